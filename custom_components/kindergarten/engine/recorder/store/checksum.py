"""A checksum in every fragment, so that a page lost in a power cut is seen whatever the file system.

It is a `free` box (ISO/IEC 14496-12 §8.1.2) at the end of `moof`: players pass over it, and it
costs no second write. CRC-32 of the whole fragment as it lies in the file, its own field 0.
"""

import struct
import zlib

from ..format.fragment import pieces
from ..fragments import Samples

_BOX = struct.Struct(">I4s4sI")
_MARK = b"kgCR"
_U32 = struct.Struct(">I")
SIZE = _BOX.size


def checked(samples: Samples, sequence: int, base_ticks: int, audio_rate: int = 0) -> bytearray:
    """Return a `moof` + `mdat` with the checksum in it; see `fragment.pieces`. Its bytes are copied once."""
    tail = _BOX.pack(SIZE, b"free", _MARK, 0)
    data = bytearray().join(pieces(samples, sequence, base_ticks, audio_rate, tail))
    _U32.pack_into(data, _U32.unpack_from(data)[0] - _U32.size, zlib.crc32(data))
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
