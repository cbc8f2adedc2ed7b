"""The running number that every simulated picture carries, and the proof that it is whole.

An SEI message "user data unregistered" (H.264 / H.265 Annex D) is put in front of the slices when
the picture is sent. Only the standard library and the syntax of Python 3.11: the GStreamer server
runs on the system's Python and shares this file.
"""

from collections.abc import Iterable
from dataclasses import dataclass
import struct
import uuid
import zlib

PROJECT = uuid.UUID("6b1f2a54-0d7c-5e0b-9a3c-4b696e646572").bytes
_BODY = struct.Struct(">QIQHB")
_SEI_HEADER = {"h264": b"\x06", "h265": b"\x4e\x01"}


@dataclass(frozen=True)
class Stamp:
    """What the SEI says: the running number, CRC-32 of the slices, sender's UTC in µs, who sent it."""

    number: int
    checksum: int
    wall_us: int
    camera: int
    sub: bool


def slice_checksum(units: Iterable[bytes | memoryview]) -> int:
    """Return the CRC-32 over the slice NAL units of one picture, headers included."""
    crc = 0
    for unit in units:
        crc = zlib.crc32(unit, crc)
    return crc


def is_slice(codec: str, unit: bytes | memoryview) -> bool:
    """Tell whether a NAL unit holds picture data (H.264 table 7-1, H.265 table 7-1)."""
    return 1 <= unit[0] & 0x1F <= 5 if codec == "h264" else (unit[0] >> 1) & 0x3F < 32


def escape(payload: bytes) -> bytes:
    """Add emulation prevention bytes (H.264 §7.4.1.1)."""
    out = bytearray()
    zeros = 0
    for byte in payload:
        if zeros >= 2 and byte <= 3:
            out.append(3)
            zeros = 0
        out.append(byte)
        zeros = zeros + 1 if byte == 0 else 0
    return bytes(out)


def unescape(payload: bytes) -> bytes:
    """Remove emulation prevention bytes."""
    return payload.replace(b"\x00\x00\x03", b"\x00\x00")


def sei(codec: str, stamp: Stamp) -> bytes:
    """Return the SEI NAL unit, without start code, that carries a stamp."""
    body = _BODY.pack(stamp.number, stamp.checksum, stamp.wall_us, stamp.camera, stamp.sub)
    message = PROJECT + body
    return _SEI_HEADER[codec] + escape(bytes((5, len(message))) + message + b"\x80")


def read_stamp(codec: str, unit: bytes | memoryview) -> Stamp | None:
    """Return the stamp in a NAL unit, or None when it is something else."""
    header = _SEI_HEADER[codec]
    if len(unit) > 200 or unit[0] & (0x1F if codec == "h264" else 0x7E) != header[0]:
        return None
    raw = unescape(bytes(unit[len(header) :]))
    if raw[2:18] != PROJECT or len(raw) < 18 + _BODY.size:
        return None
    number, checksum, wall_us, camera, sub = _BODY.unpack_from(raw, 18)
    return Stamp(number, checksum, wall_us, camera, bool(sub))
