"""Boxes of ISO base media files (ISO/IEC 14496-12 §4.2): building and walking."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
import struct

type Read = Callable[[int, int], bytes]
"""Returns up to `size` bytes from `offset`; fewer only at the end of the file."""

_U32 = struct.Struct(">I")
_U64 = struct.Struct(">Q")
_HEADER = struct.Struct(">I4s")


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """Where a box lies: `offset` of its header, `header` and whole `size` in bytes."""

    kind: bytes
    offset: int
    header: int
    size: int

    @property
    def body(self) -> int:
        """Return the offset of the first byte after the header."""
        return self.offset + self.header

    @property
    def end(self) -> int:
        """Return the offset of the first byte after the box."""
        return self.offset + self.size


def box(kind: bytes, *parts: bytes) -> bytes:
    """Return a box of `kind` around `parts`."""
    body = b"".join(parts)
    return _HEADER.pack(len(body) + 8, kind) + body


def full_box(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    """Return a box with version and flags around `parts`."""
    return box(kind, _U32.pack(version << 24 | flags), *parts)


def walk(read: Read, start: int, end: int) -> Iterator[Box]:
    """Yield the whole boxes from `start` on.

    Ends before the first box that does not fit into `end` or makes no sense, so the last box's end
    tells how far the file is good. A box that says "until the end" (size 0) is taken as such only
    when it has a name.
    """
    while end - start >= 8:
        found = parse_header(read(start, min(16, end - start)), start, end)
        if found is None:
            return
        yield found
        start = found.end


def parse_header(head: bytes, offset: int, end: int) -> Box | None:
    """Return the box whose first (up to 16) bytes are `head`, or None when it cannot be whole."""
    if len(head) < 8:
        return None
    size, kind = _HEADER.unpack_from(head)
    header = 8
    if not all(32 <= byte < 127 or byte == 0xA9 for byte in kind):
        return None
    if size == 1:
        if len(head) < 16:
            return None
        size = _U64.unpack_from(head, 8)[0]
        header = 16
    elif size == 0:
        size = end - offset
    if size < header or offset + size > end:
        return None
    return Box(kind=kind, offset=offset, header=header, size=size)


def children(data: bytes | bytearray | memoryview, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield kind, body offset and end of the boxes in `data[start:end]`; stops at nonsense.

    For boxes inside others that are in memory already; 64-bit sizes do not occur there.
    """
    unpack = _HEADER.unpack_from
    end = min(end, len(data))
    while end - start >= 8:
        size, kind = unpack(data, start)
        if size < 8 or start + size > end:
            return
        yield kind, start + 8, start + size
        start += size
