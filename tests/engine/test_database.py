"""Databases on disks that lock otherwise than SQLite thinks."""

from contextlib import closing
import errno
import fcntl
from pathlib import Path
import sqlite3
from typing import Any

import pytest

from kindergarten_engine.env import RealEnv

EX = fcntl.LOCK_EX


def like_smb(fd: int, kind: int, size: int, start: int) -> None:
    """Lock as a Windows share does: our own shared lock is in the way of an exclusive one."""
    if kind & EX:
        raise PermissionError(errno.EACCES, "Permission denied")


def write(db: sqlite3.Connection) -> int:
    """Use a database as the catalog does; returns its rows."""
    db.execute("PRAGMA locking_mode = EXCLUSIVE")
    assert db.execute("PRAGMA journal_mode = WAL").fetchone() == ("wal",)
    db.execute("CREATE TABLE IF NOT EXISTS x (a)")
    db.execute("INSERT INTO x VALUES (1)")
    return int(db.execute("SELECT count(*) FROM x").fetchone()[0])


def test_a_disk_with_proper_locks_keeps_strangers_out(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    with closing(RealEnv().database(str(path))) as db:
        write(db)
        with (
            closing(sqlite3.connect(path, timeout=0)) as stranger,
            pytest.raises(sqlite3.OperationalError, match="locked"),
        ):
            stranger.execute("SELECT * FROM x")


def test_a_share_that_never_raises_a_lock_can_hold_a_catalog(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "share #1 of 50%" / "catalog.db"
    path.parent.mkdir()
    monkeypatch.setattr(fcntl, "lockf", like_smb)
    with closing(RealEnv().database(str(path))) as db:
        assert write(db) == 1
        stranger: Any
        with closing(sqlite3.connect(path, timeout=0)) as stranger:
            # SQLite's own locks are not there, as on the share; the archive's lock is what counts.
            stranger.execute("BEGIN IMMEDIATE")
    with closing(RealEnv().database(str(path))) as db:
        assert write(db) == 2
    assert sorted(each.name for each in path.parent.iterdir()) == ["catalog.db"]
