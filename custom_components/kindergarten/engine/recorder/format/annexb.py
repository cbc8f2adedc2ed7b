"""NAL units in a byte stream (ITU-T H.264 and H.265 Annex B) and with length prefixes."""

from dataclasses import dataclass
from enum import StrEnum
import struct

type Unit = bytes | memoryview
"""A NAL unit without start code."""

_LENGTH = struct.Struct(">I")


class RandomAccess(StrEnum):
    """How a decoder may start at a picture."""

    NONE = "none"
    IDR = "idr"
    RECOVERY = "recovery"
    CRA = "cra"
    BLA = "bla"


@dataclass(kw_only=True, slots=True)
class UnitInfo:
    """What the NAL units of one access unit tell.

    `key`: a recording may start here. `slices` counts the slices (0: no picture), `first_slice`:
    the picture's first slice is there. `rasl`/`radl` are H.265's leading pictures: a RASL picture
    cannot be decoded right after the CRA where a recording starts.
    """

    key: bool = False
    random_access: RandomAccess = RandomAccess.NONE
    parameter_sets: tuple[bytes, ...] = ()
    slices: int = 0
    first_slice: bool = False
    rasl: bool = False
    radl: bool = False


def split(data: bytes) -> list[Unit]:
    """Return the NAL units of an Annex B buffer, without start codes and trailing zeros.

    Units of a buffer with several are views of `data`. Bytes before the first start code are
    dropped.
    """
    find = data.find
    at = find(b"\0\0\1")
    if at < 0:
        return []
    view = memoryview(data)
    units: list[Unit] = []
    while at >= 0:
        start = at + 3
        at = find(b"\0\0\1", start)
        end = at if at >= 0 else len(data)
        while end > start and not data[end - 1]:
            end -= 1
        if end > start:
            units.append(view[start:end])
    return units


def join(units: list[Unit]) -> bytes:
    """Return `units` as an Annex B buffer with 4-byte start codes."""
    return b"".join([part for unit in units for part in (b"\0\0\0\1", unit)])


def length_prefixed(units: list[Unit]) -> tuple[list[Unit], int]:
    """Return the chunks of a sample (a 4-byte length before each unit) and their size in bytes."""
    chunks: list[Unit] = []
    size = 4 * len(units)
    pack = _LENGTH.pack
    for unit in units:
        length = len(unit)
        size += length
        chunks.append(pack(length))
        chunks.append(unit)
    return chunks, size


def split_prefixed(sample: bytes | memoryview) -> list[Unit]:
    """Return the NAL units of a sample with 4-byte lengths; a torn last unit is left out."""
    view = memoryview(sample)
    units: list[Unit] = []
    at, end = 0, len(view)
    while end - at > 4:
        length = _LENGTH.unpack_from(view, at)[0]
        at += 4
        if not length or at + length > end:
            break
        units.append(view[at : at + length])
        at += length
    return units
