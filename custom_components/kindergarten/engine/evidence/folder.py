"""A folder that appears whole or not at all: written as `<name>.part`, renamed when it is complete."""

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
import hashlib
import os
from typing import Self

from ..env import FileSystem

PART = ".part"
_READ = 1 << 20
_BEHIND = 4
"""Chunks that may wait to be hashed: what bounds the memory."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wrote:
    """A file that was written."""

    size: int
    sha256: str


class Folder:
    """A folder in the making; leaving the `with` block without `finish` removes it. Raises OSError."""

    def __init__(self, fs: FileSystem, parent: str, name: str) -> None:
        """Name the folder; entering makes it."""
        self._fs = fs
        self._parent = parent
        self._final = f"{parent}/{name}"
        self._part = self._final + PART
        self._done = False
        # One thread for whole files, whose chunks must stay in order, and one for single chunks.
        self._hashing = ThreadPoolExecutor(1, "hash")
        self._leaves = ThreadPoolExecutor(1, "leaf")
        self.files: dict[str, Wrote] = {}

    @property
    def path(self) -> str:
        """Return where the folder is now."""
        return self._final if self._done else self._part

    def __enter__(self) -> Self:
        remove(self._fs, self._part)
        self._fs.make_folder(self._part)
        return self

    def __exit__(self, *_: object) -> None:
        self._hashing.shutdown(cancel_futures=True)
        self._leaves.shutdown(cancel_futures=True)
        if not self._done:
            with suppress(OSError):
                remove(self._fs, self._part)

    def digest(self, data: bytes | bytearray) -> Future[str]:
        """Have the SHA-256 (hex) of something worked out in another thread."""
        return self._leaves.submit(lambda: hashlib.sha256(data).hexdigest())

    def add(self, name: str, data: bytes) -> None:
        """Write a small file."""
        self.write(name, [data])

    def write(self, name: str, chunks: Iterable[bytes | bytearray]) -> None:
        """Write a file from chunks; they are hashed in another thread meanwhile."""
        path = f"{self._part}/{name}"
        self._fs.make_folder(os.path.dirname(path))
        found = hashlib.sha256()
        waiting: list[Future[None]] = []
        fd = self._fs.create(path)
        try:
            size = 0
            for chunk in chunks:
                waiting.append(self._hashing.submit(found.update, chunk))
                self._fs.write_all(fd, chunk, size)
                size += len(chunk)
                if len(waiting) > _BEHIND:
                    waiting.pop(0).result()
            self._fs.sync(fd)
        finally:
            self._fs.close(fd)
        for each in waiting:
            each.result()
        self.files[name] = Wrote(size=size, sha256=found.hexdigest())

    def adopt(self, name: str) -> None:
        """Take up a file that somebody else wrote into the folder."""
        fd = self._fs.open(f"{self._part}/{name}", write=True)
        found, size = hashlib.sha256(), 0
        try:
            while data := self._fs.pread(fd, _READ, size):
                found.update(data)
                size += len(data)
            self._fs.sync(fd)
        finally:
            self._fs.close(fd)
        self.files[name] = Wrote(size=size, sha256=found.hexdigest())

    def finish(self) -> str:
        """Make the folder appear under its name; returns its path."""
        for folder in sorted({os.path.dirname(f"{self._part}/{name}") for name in self.files} | {self._part}):
            self._fs.sync_folder(folder)
        self._fs.rename(self._part, self._final)
        self._fs.sync_folder(self._parent)
        self._done = True
        return self._final


def remove(fs: FileSystem, path: str) -> None:
    """Remove a folder and all that is in it; nothing happens when there is none. Raises OSError."""
    if not fs.exists(path):
        return
    for entry in fs.list(path):
        if entry.folder:
            remove(fs, f"{path}/{entry.name}")
        else:
            fs.unlink(f"{path}/{entry.name}")
    fs.remove_folder(path)


def remove_parts(fs: FileSystem, parent: str, *, keep: str) -> int:
    """Remove what was being made when the engine died; returns the number of folders. Raises OSError.

    Names that begin with `keep` are somebody else's.
    """
    if not fs.exists(parent):
        return 0
    left = [
        entry.name
        for entry in fs.list(parent)
        if entry.folder and entry.name.endswith(PART) and not entry.name.startswith(keep)
    ]
    for name in left:
        remove(fs, f"{parent}/{name}")
    return len(left)
