"""A folder that appears whole or not at all: written as `<name>.part`, renamed when it is complete."""

from contextlib import suppress
from dataclasses import dataclass
import hashlib
import os
from typing import Any, Self

from ..filesystem import FileSystem

PART = ".part"
_READ = 1 << 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Wrote:
    """A file that was written; `digest` is its SHA-256, or for footage (`tree`) the root over its leaves' hashes."""

    size: int
    digest: str
    tree: bool = False

    @property
    def entry(self) -> dict[str, Any]:
        """Return how a manifest lists it."""
        return {"bytes": self.size, "root" if self.tree else "sha256": self.digest}


class Folder:
    """A folder in the making; leaving the `with` block without `finish` removes it. Raises OSError."""

    def __init__(self, fs: FileSystem, parent: str, name: str) -> None:
        """Name the folder; entering makes it."""
        self._fs = fs
        self._parent = parent
        self._final = f"{parent}/{name}"
        self._part = self._final + PART
        self._done = False
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
        if not self._done:
            with suppress(OSError):
                remove(self._fs, self._part)

    def place(self, name: str) -> str:
        """Return where a file of that name is to be written; its folder is there then."""
        path = f"{self._part}/{name}"
        self._fs.make_folder(os.path.dirname(path))
        return path

    def add(self, name: str, data: bytes) -> None:
        """Write a small file."""
        fd = self._fs.create(self.place(name))
        try:
            self._fs.write_all(fd, data, 0)
            self._fs.sync(fd)
        finally:
            self._fs.close(fd)
        self.files[name] = Wrote(size=len(data), digest=hashlib.sha256(data).hexdigest())

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
        self.files[name] = Wrote(size=size, digest=found.hexdigest())

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
