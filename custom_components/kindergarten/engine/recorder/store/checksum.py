"""A checksum in every fragment, so that a page lost in a power cut is seen whatever the file system.

It is a `free` box (ISO/IEC 14496-12 §8.1.2) at the end of `moof`: players pass over it, and it
costs no second write. CRC-32 of the whole fragment as it lies in the file, its own field 0.
"""

import struct
import zlib

from ..format.boxes import children

_BOX = struct.Struct(">I4s4sI")
_MARK = b"kgCR"
_U32 = struct.Struct(">I")
_I32 = struct.Struct(">i")
SIZE = _BOX.size


def with_checksum(fragment: bytes) -> bytearray:
    """Return a `moof` + `mdat` with the checksum in it; the data it points to moves by `SIZE`."""
    data = bytearray(fragment)
    end = _U32.unpack_from(data)[0]
    for kind, body, stop in children(data, 8, end):
        if kind == b"traf":
            for inner, at, _ in children(data, body, stop):
                if inner == b"trun" and data[at + 3] & 1:
                    _I32.pack_into(data, at + 8, _I32.unpack_from(data, at + 8)[0] + SIZE)
    _U32.pack_into(data, 0, end + SIZE)
    data[end:end] = _BOX.pack(SIZE, b"free", _MARK, 0)
    _U32.pack_into(data, end + SIZE - 4, zlib.crc32(data))
    return data


def intact(fragment: bytes) -> bool:
    """Tell whether a fragment read from a file is what was written; one without checksum is not judged."""
    if len(fragment) < 8:
        return False
    end = _U32.unpack_from(fragment)[0]
    if not SIZE < end <= len(fragment):
        return False
    expected: int
    size, kind, mark, expected = _BOX.unpack_from(fragment, end - SIZE)
    if (size, kind, mark) != (SIZE, b"free", _MARK):
        return b"\0" * 256 not in fragment
    data = bytearray(fragment)
    _U32.pack_into(data, end - 4, 0)
    return zlib.crc32(data) == expected
