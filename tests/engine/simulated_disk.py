"""A disk in memory that knows what was synced.

A power cut keeps what was synced and an arbitrary, seeded part of what was not: of every file a
prefix of its writes with pages of it torn, of every folder a prefix of its changes.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
import errno
import os
import random
import sqlite3
from typing import override

from kindergarten_engine.filesystem import Entry, FileSystem, Space

PAGE = 256
MOUNT = "/archive"


class PowerCut(BaseException):
    """The machine is off; nobody may catch this but the test."""


@dataclass(slots=True, eq=False)
class Node:
    """A file: what programs see, what is durable, and the changes in between.

    `database`: SQLite keeps it whole; its bytes do not count against the disk's room.
    """

    data: bytearray = field(default_factory=bytearray)
    durable: bytes = b""
    changes: list[tuple[int, bytes | None]] = field(default_factory=list)
    base: sqlite3.Connection | None = None
    database: bool = False


@dataclass(slots=True, eq=False)
class Folder:
    """A folder: its names, the durable ones, and the changes in between."""

    names: dict[str, Node | Folder] = field(default_factory=dict)
    durable: dict[str, Node | Folder] = field(default_factory=dict)
    changes: list[tuple[str, Node | Folder | None]] = field(default_factory=list)


class SimulatedDisk(FileSystem):
    """A disk mounted at `/archive`."""

    def __init__(self, seed: random.Random, capacity: int = 1 << 40) -> None:
        self.random = seed
        self.capacity = capacity
        self.root = Folder()
        self.mounted = True
        self.leaked: list[str] = []
        self.fuse: int | None = None
        self.dead = False
        self.broken: set[str] = set()
        self.used = 0
        self._open: dict[int, Node] = {}
        self._next = 3

    # -- faults -----------------------------------------------------------------------------

    def tick(self, operation: str) -> None:
        """Burn the fuse; raise what is broken."""
        if self.dead:
            raise PowerCut
        if self.fuse is not None:
            self.fuse -= 1
            if self.fuse <= 0:
                self.dead = True
                raise PowerCut
        if operation in self.broken:
            raise OSError(errno.EIO, f"simulated error in {operation}")

    def power_cut(self) -> None:
        """Lose what was not synced, by the dice."""
        self._cut(self.root)
        self._reborn()

    def killed(self) -> None:
        """End the program: everything written stays."""
        self._keep(self.root)
        self._reborn()

    def _reborn(self) -> None:
        self._open.clear()
        self.fuse, self.dead = None, False
        self.used = sum(len(node.data) for node in _nodes(self.root) if not node.database)

    def _cut(self, folder: Folder) -> None:
        names = dict(folder.durable)
        for name, item in folder.changes[: self.random.randint(0, len(folder.changes))]:
            if item is None:
                names.pop(name, None)
            else:
                names[name] = item
        folder.names, folder.durable, folder.changes = names, dict(names), []
        for item in names.values():
            if isinstance(item, Folder):
                self._cut(item)
            else:
                self._tear(item)

    def _tear(self, node: Node) -> None:
        if node.base is not None:
            freeze(node)
        else:
            state = bytearray(node.durable)
            kept = node.changes[: self.random.randint(0, len(node.changes))]
            for offset, data in kept:
                _apply(state, offset, data)
            if kept and self.random.random() < 0.6:
                self._tear_pages(node, state)
            node.data = state
        node.durable, node.changes = bytes(node.data), []

    def _tear_pages(self, node: Node, state: bytearray) -> None:
        """Lose single pages, and the end, of what was not durable."""
        if len(state) > len(node.durable) and self.random.random() < 0.5:
            del state[self.random.randint(len(node.durable), len(state)) :]
        for start in range(0, len(state), PAGE):
            old = node.durable[start : start + PAGE]
            new = state[start : start + PAGE]
            if new != old and self.random.random() < 0.3:
                state[start : start + len(new)] = old[: len(new)].ljust(len(new), b"\0")

    def _keep(self, folder: Folder) -> None:
        folder.durable, folder.changes = dict(folder.names), []
        for item in folder.names.values():
            if isinstance(item, Folder):
                self._keep(item)
            else:
                if item.base is not None:
                    freeze(item)
                item.durable, item.changes = bytes(item.data), []

    # -- names ------------------------------------------------------------------------------

    def _folder(self, path: str) -> Folder:
        if not self.mounted:
            if path.rstrip("/") == MOUNT:
                return Folder()
            raise FileNotFoundError(errno.ENOENT, path)
        found: Node | Folder = self.root
        for part in _parts(path):
            if not isinstance(found, Folder) or part not in found.names:
                raise FileNotFoundError(errno.ENOENT, path)
            found = found.names[part]
        if not isinstance(found, Folder):
            raise NotADirectoryError(errno.ENOTDIR, path)
        return found

    def node(self, path: str) -> Node:
        """Return the file of a path."""
        folder, name = os.path.split(path)
        found = self._folder(folder).names.get(name)
        if found is None:
            raise FileNotFoundError(errno.ENOENT, path)
        if isinstance(found, Folder):
            raise IsADirectoryError(errno.EISDIR, path)
        return found

    @staticmethod
    def _change(folder: Folder, name: str, item: Node | Folder | None) -> None:
        if item is None:
            folder.names.pop(name, None)
        else:
            folder.names[name] = item
        folder.changes.append((name, item))

    @override
    def make_folder(self, path: str) -> None:
        if not self.mounted:
            self.leaked.append(path)
            return
        folder = self.root
        for part in _parts(path):
            found = folder.names.get(part)
            if found is None:
                self.tick("make_folder")
                found = Folder()
                self._change(folder, part, found)
            if not isinstance(found, Folder):
                raise FileExistsError(errno.EEXIST, path)
            folder = found

    @override
    def list(self, path: str) -> list[Entry]:
        self.tick("list")
        return [
            Entry(
                name=name,
                folder=isinstance(item, Folder),
                file=isinstance(item, Node),
                size=0 if isinstance(item, Folder) else len(item.data),
            )
            for name, item in sorted(self._folder(path).names.items())
        ]

    @override
    def exists(self, path: str) -> bool:
        if path.rstrip("/") == MOUNT:
            return True
        folder, name = os.path.split(path)
        try:
            return name in self._folder(folder).names
        except FileNotFoundError, NotADirectoryError:
            return False

    @override
    def rename(self, old: str, new: str) -> None:
        self.tick("rename")
        folder, name = os.path.split(old)
        target, new_name = os.path.split(new)
        assert folder == target, "only renames inside a folder are simulated"
        item = self._folder(folder).names.get(name)
        if item is None:
            raise FileNotFoundError(errno.ENOENT, old)
        holder = self._folder(folder)
        holder.names.pop(name)
        holder.names[new_name] = item
        holder.changes += [(new_name, item), (name, None)]

    @override
    def unlink(self, path: str) -> None:
        node = self.node(path)
        self.tick("unlink")
        folder, name = os.path.split(path)
        self._change(self._folder(folder), name, None)
        self.used -= 0 if node.database else len(node.data)

    @override
    def remove_folder(self, path: str) -> None:
        self.tick("remove_folder")
        if self._folder(path).names:
            raise OSError(errno.ENOTEMPTY, path)
        folder, name = os.path.split(path)
        self._change(self._folder(folder), name, None)

    @override
    def sync_folder(self, path: str) -> None:
        folder = self._folder(path)
        self.tick("sync_folder")
        folder.durable, folder.changes = dict(folder.names), []

    @override
    def device(self, path: str) -> int:
        self._folder(path)
        return 2 if self.mounted else 1

    @override
    def space(self, path: str) -> Space:
        return Space(total=self.capacity, free=max(0, self.capacity - self.used))

    # -- files ------------------------------------------------------------------------------

    @override
    def create(self, path: str) -> int:
        if not self.mounted:
            self.leaked.append(path)
        self.tick("create")
        folder, name = os.path.split(path)
        holder = self._folder(folder)
        if name in holder.names:
            raise FileExistsError(errno.EEXIST, path)
        node = Node()
        self._change(holder, name, node)
        return self._descriptor(node)

    def _descriptor(self, node: Node) -> int:
        self._next += 1
        self._open[self._next] = node
        return self._next

    def _of(self, fd: int) -> Node:
        if self.dead:
            raise PowerCut
        if not self.mounted:
            raise OSError(errno.EIO, "the disk is gone")
        node = self._open.get(fd)
        if node is None:
            raise OSError(errno.EBADF, "not open")
        return node

    @override
    def open(self, path: str, *, write: bool = False) -> int:
        self.tick("open")
        return self._descriptor(self.node(path))

    @override
    def lock(self, path: str) -> int | None:
        return self._descriptor(Node())

    @override
    def pread(self, fd: int, size: int, offset: int) -> bytes:
        return bytes(self._of(fd).data[offset : offset + size])

    @override
    def pwrite(self, fd: int, data: bytes | memoryview, offset: int) -> int:
        node = self._of(fd)
        if "pwrite" in self.broken:
            raise OSError(errno.EIO, "simulated error in pwrite")
        growth = max(0, offset + len(data) - len(node.data))
        room = self.capacity - self.used
        if growth > room:
            if len(data) - (growth - room) <= 0 or room <= 0:
                raise OSError(errno.ENOSPC, "the simulated disk is full")
            data = bytes(data[: len(data) - (growth - room)])
            growth = room
        self.used += growth
        piece = bytes(data)
        _apply(node.data, offset, piece)
        node.changes.append((offset, piece))
        self.tick("pwrite")
        return len(piece)

    @override
    def truncate(self, fd: int, size: int) -> None:
        node = self._of(fd)
        self.used += size - len(node.data)
        _apply(node.data, size, None)
        node.changes.append((size, None))
        self.tick("truncate")

    @override
    def allocate(self, fd: int, size: int) -> None:
        self.pwrite(fd, bytes(size), 0)

    @override
    def sync(self, fd: int) -> None:
        node = self._of(fd)
        self.tick("sync")
        node.durable, node.changes = bytes(node.data), []

    @override
    def close(self, fd: int) -> None:
        if self._open.pop(fd, None) is None and not self.dead:
            raise OSError(errno.EBADF, "not open")

    @override
    def size(self, fd: int) -> int:
        return len(self._of(fd).data)


def _parts(path: str) -> list[str]:
    assert path == MOUNT or path.startswith(f"{MOUNT}/"), path
    return [part for part in path[len(MOUNT) :].split("/") if part]


def _nodes(folder: Folder) -> Iterator[Node]:
    for item in folder.names.values():
        if isinstance(item, Folder):
            yield from _nodes(item)
        else:
            yield item


def _apply(state: bytearray, offset: int, data: bytes | None) -> None:
    if data is None:
        if offset < len(state):
            del state[offset:]
        else:
            state.extend(bytes(offset - len(state)))
        return
    if offset > len(state):
        state.extend(bytes(offset - len(state)))
    state[offset : offset + len(data)] = data


def freeze(node: Node) -> None:
    """Put what a database has committed into its file."""
    base, node.base = node.base, None
    assert base is not None
    if base.in_transaction:
        sqlite3.Connection.rollback(base)
    node.data = bytearray(base.serialize())
    node.durable, node.changes = bytes(node.data), []
    sqlite3.Connection.close(base)
