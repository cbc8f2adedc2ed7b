"""The packed index of a file's fragments, as the catalog keeps it: 6 to 8 bytes for each."""

from collections.abc import Iterable
from dataclasses import dataclass

from ...errors import FormatError

_VERSION = 1
_KEY, _JUMP = 1, 2
_MAX_FRAGMENTS = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class FragmentEntry:
    """Where a fragment lies in its file (bytes) and in the file's time (90 kHz ticks from its begin).

    `key`: it decodes by itself; `pictures` is how many pictures are in it.
    """

    offset: int
    size: int
    ticks: int
    duration: int
    key: bool
    pictures: int

    @property
    def end(self) -> int:
        """Return the offset behind its last byte."""
        return self.offset + self.size


def pack(entries: Iterable[FragmentEntry]) -> bytes:
    """Return the index of fragments in file order as varints (LEB128).

    Per fragment: size, duration * 4 + flags, pictures; where a fragment does not lie right behind
    the one before it in the file or in time, also the two distances (time zigzag).
    """
    out = bytearray((_VERSION,))
    offset = ticks = 0
    for entry in entries:
        jump = _JUMP if entry.offset != offset or entry.ticks != ticks else 0
        _put(out, entry.size)
        _put(out, entry.duration << 2 | jump | (_KEY if entry.key else 0))
        _put(out, entry.pictures)
        if jump:
            if entry.offset < offset:
                raise FormatError("fragments are not in file order")
            _put(out, entry.offset - offset)
            late = entry.ticks - ticks
            _put(out, late << 1 if late >= 0 else ~(late << 1))
        offset, ticks = entry.end, entry.ticks + entry.duration
    return bytes(out)


def unpack(blob: bytes) -> list[FragmentEntry]:
    """Return the fragments of a packed index; raises FormatError."""
    if not blob or blob[0] != _VERSION:
        raise FormatError("not a fragment index")
    numbers = iter(_numbers(blob))
    entries: list[FragmentEntry] = []
    offset = ticks = 0
    try:
        for size in numbers:
            timing, pictures = next(numbers), next(numbers)
            if timing & _JUMP:
                offset += next(numbers)
                late = next(numbers)
                ticks += ~(late >> 1) if late & 1 else late >> 1
            entry = FragmentEntry(
                offset=offset,
                size=size,
                ticks=ticks,
                duration=timing >> 2,
                key=bool(timing & _KEY),
                pictures=pictures,
            )
            entries.append(entry)
            offset, ticks = offset + size, ticks + entry.duration
    except StopIteration:
        raise FormatError("fragment index ends too early") from None
    return entries


def _put(out: bytearray, value: int) -> None:
    if value < 0:
        raise FormatError("fragment index has a negative number")
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)


def _numbers(blob: bytes) -> list[int]:
    """Return the varints behind the version byte."""
    numbers: list[int] = []
    value = shift = 0
    for byte in memoryview(blob)[1:]:
        if byte > 127:
            value |= (byte & 127) << shift
            shift += 7
            if shift > 63:
                raise FormatError("fragment index has a number that is too large")
        else:
            numbers.append(value | byte << shift)
            value = shift = 0
    if shift or len(numbers) > 5 * _MAX_FRAGMENTS:
        raise FormatError("fragment index ends too early")
    return numbers
