"""Files: the only door from the engine to a disk; tests put a simulated one there."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
import ctypes
from dataclasses import dataclass
import errno
import fcntl
import os
from pathlib import Path
import stat
from typing import override

_SYNC_FILE_RANGE_WRITE = 2
_CHUNK = 1 << 20
_STRANGE = frozenset({errno.ELOOP, errno.ENXIO, errno.EISDIR})
_NO_LOCKS = frozenset({errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS})


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One name in a folder; `size` is in bytes (0 for a folder).

    `file` is false for what is no regular file: a folder, a link, a pipe, a device.
    """

    name: str
    folder: bool
    size: int
    file: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Space:
    """Bytes of a file system: in all, and free to us."""

    total: int
    free: int


class NotAFileError(OSError):
    """There is a folder, link, pipe or device where a regular file should be."""


class FileSystem(ABC):
    """The file operations that the engine needs; all raise `OSError`."""

    @abstractmethod
    def create(self, path: str) -> int:
        """Make a new file for reading and writing; fails if there is one."""

    @abstractmethod
    def open(self, path: str, *, write: bool = False) -> int:
        """Open an existing file, at once; raises NotAFileError for what is no regular one."""

    @abstractmethod
    def lock(self, path: str) -> int | None:
        """Lock a file, made if need be, until it is closed or the process ends.

        Raises BlockingIOError when somebody else has it; None where the file system has no locks.
        """

    @abstractmethod
    def pread(self, fd: int, size: int, offset: int) -> bytes:
        """Read up to `size` bytes at `offset`; fewer at the end of the file."""

    @abstractmethod
    def pwrite(self, fd: int, data: bytes | memoryview, offset: int) -> int:
        """Write at `offset` with one call; returns the bytes written, maybe too few."""

    @abstractmethod
    def truncate(self, fd: int, size: int) -> None:
        """Cut a file to `size` bytes."""

    @abstractmethod
    def allocate(self, fd: int, size: int) -> None:
        """Take `size` bytes of the disk for a file; slow where the file system has to write them."""

    @abstractmethod
    def sync(self, fd: int) -> None:
        """Make the content and length of a file durable."""

    @abstractmethod
    def close(self, fd: int) -> None:
        """Close a file; does not make it durable."""

    @abstractmethod
    def size(self, fd: int) -> int:
        """Return the length of an open file in bytes."""

    @abstractmethod
    def sync_folder(self, path: str) -> None:
        """Make the names in a folder durable."""

    @abstractmethod
    def make_folder(self, path: str) -> None:
        """Make a folder and its parents; durable parents are the caller's duty."""

    @abstractmethod
    def list(self, path: str) -> list[Entry]:
        """Return the names in a folder, sorted."""

    @abstractmethod
    def exists(self, path: str) -> bool:
        """Tell whether there is a file or folder."""

    @abstractmethod
    def rename(self, old: str, new: str) -> None:
        """Rename, replacing what `new` was."""

    @abstractmethod
    def unlink(self, path: str) -> None:
        """Remove a file's name."""

    @abstractmethod
    def remove_folder(self, path: str) -> None:
        """Remove an empty folder."""

    @abstractmethod
    def device(self, path: str) -> int:
        """Return the id of the file system that holds a path."""

    @abstractmethod
    def space(self, path: str) -> Space:
        """Return the space of the file system that holds a path."""

    def modified_ns(self, path: str) -> int | None:
        """Return when names in a folder last changed, None when that is not known."""
        return None

    def read_into(self, fd: int, buffer: memoryview, offset: int) -> int:
        """Fill a buffer from `offset` on; returns the bytes read, fewer only at the end of the file."""
        data = self.pread(fd, len(buffer), offset)
        buffer[: len(data)] = data
        return len(data)

    def write_back(self, fd: int, offset: int, size: int) -> None:
        """Have written bytes go to the disk now, so that a later sync is short; a hint, waits for nothing."""
        return

    def read(self, path: str) -> bytes:
        """Return a whole (small) file."""
        fd = self.open(path)
        try:
            parts, offset = [], 0
            while part := self.pread(fd, 1 << 20, offset):
                parts.append(part)
                offset += len(part)
            return b"".join(parts)
        finally:
            self.close(fd)

    def write_all(self, fd: int, data: bytes | bytearray | memoryview, offset: int) -> None:
        """Write everything; what a full disk cut short raises `OSError`."""
        view = memoryview(data)
        while view:
            count = self.pwrite(fd, view, offset)
            view, offset = view[count:], offset + count

    def replace(self, path: str, data: bytes) -> None:
        """Write a (small) file so that a reader or a power cut sees the old or the new one."""
        part = f"{path}.part"
        with suppress(FileNotFoundError):
            self.unlink(part)
        fd = self.create(part)
        try:
            self.write_all(fd, data, 0)
            self.sync(fd)
        finally:
            self.close(fd)
        self.rename(part, path)
        self.sync_folder(os.path.dirname(path))


_PLAIN = os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY


def _open(path: str, flags: int) -> int:
    """Open a regular file and nothing else; never waits. Raises NotAFileError, OSError."""
    try:
        fd = os.open(path, flags | _PLAIN, 0o640)
    except OSError as error:
        if error.errno not in _STRANGE:
            raise
        raise NotAFileError(errno.EINVAL, "not a regular file", path) from error
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise NotAFileError(errno.EINVAL, "not a regular file", path)
    return fd


def _sync_file_range() -> Callable[[int, int, int, int], int] | None:
    """Return Linux' function of that name, which Python does not offer."""
    try:
        found = ctypes.CDLL(None).sync_file_range
    except AttributeError, OSError:
        return None
    found.argtypes = [ctypes.c_int, ctypes.c_int64, ctypes.c_int64, ctypes.c_uint]
    call: Callable[[int, int, int, int], int] = found
    return call


_write_back = _sync_file_range()


class RealFileSystem(FileSystem):
    """The file system of this machine."""

    @override
    def create(self, path: str) -> int:
        return os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o640)

    @override
    def open(self, path: str, *, write: bool = False) -> int:
        # On a disk that somebody else wrote to, a pipe would hold us for ever and a link lead us out.
        return _open(path, os.O_RDWR if write else os.O_RDONLY)

    @override
    def lock(self, path: str) -> int | None:
        fd = _open(path, os.O_CREAT | os.O_RDWR)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(fd)
            if error.errno in _NO_LOCKS:
                return None
            if error.errno == errno.EACCES:  # how some network file systems say that it is taken
                raise BlockingIOError(errno.EWOULDBLOCK, error.strerror) from error
            raise
        return fd

    @override
    def pread(self, fd: int, size: int, offset: int) -> bytes:
        return os.pread(fd, size, offset)

    @override
    def pwrite(self, fd: int, data: bytes | memoryview, offset: int) -> int:
        return os.pwrite(fd, data, offset)

    @override
    def read_into(self, fd: int, buffer: memoryview, offset: int) -> int:
        done = 0
        while done < len(buffer) and (count := os.preadv(fd, [buffer[done:]], offset + done)):
            done += count
        return done

    @override
    def write_back(self, fd: int, offset: int, size: int) -> None:
        if _write_back is not None:
            _write_back(fd, offset, size, _SYNC_FILE_RANGE_WRITE)

    @override
    def truncate(self, fd: int, size: int) -> None:
        os.ftruncate(fd, size)

    @override
    def allocate(self, fd: int, size: int) -> None:
        try:
            os.posix_fallocate(fd, 0, size)
        except OSError as error:
            if error.errno not in {errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS}:
                raise
            for offset in range(0, size, _CHUNK):
                self.write_all(fd, bytes(min(_CHUNK, size - offset)), offset)

    @override
    def sync(self, fd: int) -> None:
        os.fdatasync(fd)

    @override
    def close(self, fd: int) -> None:
        os.close(fd)

    @override
    def size(self, fd: int) -> int:
        return os.fstat(fd).st_size

    @override
    def sync_folder(self, path: str) -> None:
        fd = os.open(path or ".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)

    @override
    def make_folder(self, path: str) -> None:
        os.makedirs(path, mode=0o750, exist_ok=True)

    @override
    def list(self, path: str) -> list[Entry]:
        with os.scandir(path) as names:
            entries = [
                Entry(
                    name=entry.name,
                    folder=entry.is_dir(follow_symlinks=False),
                    size=0
                    if entry.is_dir(follow_symlinks=False)
                    else entry.stat(follow_symlinks=False).st_size,
                    file=entry.is_file(follow_symlinks=False),
                )
                for entry in names
            ]
        return sorted(entries, key=lambda entry: entry.name)

    @override
    def exists(self, path: str) -> bool:
        return Path(path).exists()

    @override
    def rename(self, old: str, new: str) -> None:
        os.replace(old, new)

    @override
    def unlink(self, path: str) -> None:
        os.unlink(path)

    @override
    def remove_folder(self, path: str) -> None:
        os.rmdir(path)

    @override
    def device(self, path: str) -> int:
        return os.stat(path).st_dev

    @override
    def modified_ns(self, path: str) -> int | None:
        return os.stat(path).st_mtime_ns

    @override
    def space(self, path: str) -> Space:
        stat = os.statvfs(path)
        return Space(total=stat.f_blocks * stat.f_frsize, free=stat.f_bavail * stat.f_frsize)
