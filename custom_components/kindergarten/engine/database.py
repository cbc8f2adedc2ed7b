"""Opens SQLite databases on disks whose locks are not what SQLite takes them for."""

from contextlib import suppress
import errno
import fcntl
import os
import sqlite3
from urllib.parse import quote

_PROBE = "-locks"
_FIRST, _SIZE = 0x40000002, 510
"""Where SQLite's shared locks are (https://sqlite.org/fileformat.html#the_lock_byte_page)."""

_NOT_ABOUT_LOCKS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})


def connect(path: str) -> sqlite3.Connection:
    """Open a database that whoever calls has the right to; without locks where they cannot be had.

    Raises sqlite3.Error.
    """
    if locks_can_be_raised(path + _PROBE):
        return sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    # https://sqlite.org/vfs.html#standard_unix_vfses: the archive's own lock keeps other engines away.
    address = f"file:{quote(path)}?vfs=unix-none"
    return sqlite3.connect(address, uri=True, check_same_thread=False, isolation_level=None)


def locks_can_be_raised(probe: str) -> bool:
    """Tell whether a shared lock can become an exclusive one, as SQLite does it, on the disk of a path.

    A Windows share (SMB) never grants that: there our own shared lock stands in the way.
    """
    try:
        fd = os.open(probe, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError:
        return True
    try:
        for kind in (fcntl.LOCK_SH, fcntl.LOCK_EX):
            fcntl.lockf(fd, kind | fcntl.LOCK_NB, _SIZE, _FIRST)
    except OSError as error:
        return error.errno in _NOT_ABOUT_LOCKS
    finally:
        os.close(fd)
        with suppress(OSError):
            os.unlink(probe)
    return True
