"""Copies footage: every byte is read once, moved in time, hashed and written, stretch by stretch, in two threads."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
import hashlib
import threading
from typing import Any, Self

from ..errors import RequestError
from ..recorder.format.fragment import patch_tfdt
from ..recorder.format.index import FragmentEntry
from .cutting import Piece, audio_rate, audio_shift
from .reading import Reading

_THREADS = 2
_AHEAD = 2 * _THREADS
"""Leaves that may be under way: what bounds how much is done after somebody cancelled."""
_LEAF = 4 << 20
_LEAF_TICKS = 5_400_000
"""A leaf of the manifest is at most a minute long or so: a change has a camera and a time."""
_SLICE = 1 << 20
"""As much as stays in the processor's cache from reading over hashing to writing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Leaf:
    """Fragments one behind the other: where they lie in the archive, and from `at` on in the copy."""

    path: str
    source: str
    entries: list[FragmentEntry]
    at: int
    shift: int
    audio_shift: int

    @property
    def size(self) -> int:
        """Return the bytes of it."""
        return self.entries[-1].end - self.entries[0].offset


class Copier:
    """Copies pieces into files of their own; use it in a `with` block. Raises RequestError, OSError."""

    def __init__(self, reading: Reading) -> None:
        """Copy from an archive, behind all that is recorded."""
        self._fs = reading.env.fs
        self._reading = reading
        self._pool = ThreadPoolExecutor(_THREADS, "copy", reading.env.stand_back)
        self._buffers = threading.local()
        self._writing = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def copy(self, piece: Piece, path: str, heard: Callable[[int], None]) -> tuple[str, list[dict[str, Any]]]:
        """Write a piece to a new file that is then on the disk; returns the hash of its init segment, and its leaves.

        `heard` gets the bytes of each leaf, and may raise to end it.
        """
        found: list[dict[str, Any]] = []
        under_way: list[tuple[_Leaf, Future[str]]] = []
        target = self._fs.create(path)

        def take() -> None:
            leaf, digest = under_way[0]
            found.append(_told(leaf, digest.result()))
            del under_way[0]
            heard(leaf.size)

        try:
            self._fs.write_all(target, piece.init, 0)
            for leaf in self._leaves(piece):
                under_way.append((leaf, self._pool.submit(self._copy, leaf, target)))
                if len(under_way) >= _AHEAD:
                    take()
            while under_way:
                take()
            self._fs.sync(target)
        finally:
            for _, digest in under_way:
                digest.cancel()
            # Nobody may write any more: the number of a closed file is soon another file's.
            wait([digest for _, digest in under_way])
            self._fs.close(target)
        return hashlib.sha256(piece.init).hexdigest(), found

    def _leaves(self, piece: Piece) -> Iterator[_Leaf]:
        at = len(piece.init)
        rate = audio_rate(piece.init)
        for part in piece.parts:
            source = self._reading.full(part.path)
            for group in _groups(part.entries, _LEAF, _LEAF_TICKS):
                leaf = _Leaf(
                    path=part.path, source=source, entries=group, at=at, shift=part.shift,
                    audio_shift=audio_shift(part, piece.base, rate),
                )  # fmt: skip
                yield leaf
                at += leaf.size

    def _copy(self, leaf: _Leaf, target: int) -> str:
        """Copy a leaf in a thread; returns its SHA-256 as it is written."""
        fs = self._fs
        found = hashlib.sha256()
        source = fs.open(leaf.source)
        try:
            for some in _groups(leaf.entries, _SLICE):
                offset, size = some[0].offset, some[-1].end - some[0].offset
                data = self._buffer(size)
                if fs.read_into(source, data, offset) < size:
                    raise RequestError("not_found", f"{leaf.path} was cut short meanwhile")
                if leaf.shift:
                    patch_tfdt(data, leaf.shift, leaf.audio_shift)
                found.update(data)
                at = leaf.at + offset - leaf.entries[0].offset
                with self._writing:  # waiting here costs less than at the kernel's lock of the file
                    fs.write_all(target, data, at)
                fs.write_back(target, at, size)
        finally:
            fs.close(source)
        return found.hexdigest()

    def _buffer(self, size: int) -> memoryview:
        """Return this thread's room for so many bytes."""
        room: bytearray | None = getattr(self._buffers, "room", None)
        if room is None or len(room) < size:
            room = self._buffers.room = bytearray(max(size, _SLICE))
        return memoryview(room)[:size]


def _groups(
    entries: Iterable[FragmentEntry], most: int, ticks: int | None = None
) -> Iterator[list[FragmentEntry]]:
    """Split fragments into stretches that lie one behind the other, of so many bytes (and ticks) at most.

    A fragment is never split, however large it is.
    """
    group: list[FragmentEntry] = []
    size = length = 0
    for entry in entries:
        full = size + entry.size > most or (ticks is not None and length >= ticks)
        if group and (entry.offset != group[-1].end or full):
            yield group
            group, size, length = [], 0, 0
        group.append(entry)
        size += entry.size
        length += entry.duration
    if group:
        yield group


def _told(leaf: _Leaf, digest: str) -> dict[str, Any]:
    """Return the manifest's line of a leaf: where it lies here and in the archive, how far its times were moved."""
    return {
        "path": leaf.path, "offset": leaf.entries[0].offset, "size": leaf.size, "at": leaf.at,
        "count": len(leaf.entries), "shift": leaf.shift, "sha256": digest,
    }  # fmt: skip
