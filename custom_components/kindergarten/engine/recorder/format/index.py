"""The packed index of a file's fragments, as the catalog keeps it: 3 to 5 bytes for each."""

from collections.abc import Callable, Iterable
from functools import partial
from itertools import accumulate
from operator import add, sub
import struct
from typing import NamedTuple
import zlib

from ...errors import FormatError

_HEAD = struct.Struct("<BI")
_VERSION = 2
_MAX_FRAGMENTS = 1_000_000
_COLUMNS = "IQHBQq"
"""Size, duration, pictures, key; how far it lies from the end of the one before in the file and in time."""


class FragmentEntry(NamedTuple):
    """Where a fragment lies in its file (bytes) and in the file's time (90 kHz ticks from its begin).

    `key`: it decodes by itself; `pictures` is how many pictures are in it. A tuple, since the
    playlist of an hour makes 3,600 of them.
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


_ENTRY: Callable[[Iterable[object]], FragmentEntry] = partial(tuple.__new__, FragmentEntry)


def pack(entries: Iterable[FragmentEntry]) -> bytes:
    """Return the index of fragments in file order; raises FormatError for what cannot be.

    Column by column and deflated: most columns hold the same number over and over, and a column is
    read back in one call, which matters more than the last byte.
    """
    found = list(entries)
    ends = [0, *(entry.end for entry in found)]
    until = [0, *(entry.ticks + entry.duration for entry in found)]
    columns: list[list[int]] = [
        [entry.size for entry in found],
        [entry.duration for entry in found],
        [entry.pictures for entry in found],
        [entry.key for entry in found],
        [entry.offset - end for entry, end in zip(found, ends, strict=False)],
        [entry.ticks - end for entry, end in zip(found, until, strict=False)],
    ]
    count = len(found)
    try:
        body = b"".join(
            [struct.pack(f"<{count}{kind}", *column) for kind, column in zip(_COLUMNS, columns, strict=True)]
        )
    except struct.error as error:
        raise FormatError(
            "fragment index has an impossible number, or fragments not in file order"
        ) from error
    return _HEAD.pack(_VERSION, count) + zlib.compress(body, 6)


def unpack(blob: bytes) -> list[FragmentEntry]:
    """Return the fragments of a packed index; raises FormatError."""
    try:
        version, count = _HEAD.unpack_from(blob)
        if version != _VERSION or count > _MAX_FRAGMENTS:
            raise FormatError("not a fragment index")
        layouts = [struct.Struct(f"<{count}{kind}") for kind in _COLUMNS]
        size = sum(layout.size for layout in layouts)
        body = zlib.decompressobj().decompress(blob[_HEAD.size :], size + 1)
        if len(body) != size:
            raise FormatError("fragment index has the wrong length")
        starts = accumulate((layout.size for layout in layouts), initial=0)
        sizes, durations, pictures, keys, skips, lates = (
            layout.unpack_from(body, start) for layout, start in zip(layouts, starts, strict=False)
        )
    except (struct.error, zlib.error) as error:
        raise FormatError("not a fragment index") from error
    ends = accumulate(map(add, sizes, skips, strict=True))
    until = accumulate(map(add, durations, lates, strict=True))
    rows = zip(
        map(sub, ends, sizes, strict=True),
        sizes,
        map(sub, until, durations, strict=True),
        durations,
        map(bool, keys),
        pictures,
        strict=True,
    )
    return list(map(_ENTRY, rows))
