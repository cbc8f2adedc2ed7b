"""Two engines on one archive: the second one waits, and changes nothing in it."""

import fcntl
import hashlib
import json
import os
from pathlib import Path
import sqlite3
from typing import override

import pytest

from kindergarten_engine.filesystem import FileSystem, RealFileSystem
from kindergarten_engine.recorder.store.store import Store
from kindergarten_engine.recorder.store.views import StoreSettings

from .rig import Events, Feed, RealDisk, record, uid

HALL = uid(1)
SETTINGS = StoreSettings(file_s=5, ballast_bytes=0)


class Lockless(RealFileSystem):
    """A file system without locks, as some network storage is."""

    @override
    def lock(self, path: str) -> int | None:
        return None


class Machine(RealDisk):
    """A machine that waits on its own clock only."""

    def __init__(self, files: FileSystem | None = None, boot: str = "boot-0") -> None:
        super().__init__()
        self.fs = files or self.fs
        self.boot = boot

    @override
    def sleep(self, seconds: float) -> None:
        self.advance(seconds)


class Site:
    """An archive that a first engine records to."""

    def __init__(self, folder: Path, files: FileSystem | None = None) -> None:
        self.path, self.files = folder / "archive", files
        self.env, self.events = Machine(files), Events()
        self.store = Store(self.env, self.events, SETTINGS)
        self.archive_id = self.store.open(str(self.path)).archive_id
        self.store.declare(HALL, "Hall")
        feed = Feed(self.store, HALL)
        feed.begin()
        record(self.env, feed, 8)

    def second(self, boot: str = "boot-0") -> tuple[Machine, Store]:
        """Return another engine that was told to use the archive."""
        env = Machine(self.files, boot)
        env.mono_ns, env.real_ns = self.env.mono_ns, self.env.real_ns
        store = Store(env, Events(), SETTINGS)
        store.open(str(self.path), self.archive_id)
        return env, store

    def content(self) -> dict[str, str]:
        """Return the hashes of everything in the archive."""
        return {
            str(each.relative_to(self.path)): hashlib.sha256(each.read_bytes()).hexdigest()
            for each in self.path.rglob("*")
            if each.is_file()
        }


@pytest.fixture(params=["locks", "no locks"])
def site(tmp_path: Path, request: pytest.FixtureRequest) -> Site:
    return Site(tmp_path, Lockless() if request.param == "no locks" else None)


def wait(env: Machine, store: Store, seconds: int) -> str:
    """Let time go by for a waiting engine until it has the archive; returns its state."""
    for _ in range(seconds):
        env.advance(1)
        store.step()
        if store.state.status == "ok":
            break
    return store.state.status


def test_a_second_engine_waits_and_changes_nothing(site: Site) -> None:
    before = site.content()
    env, store = site.second()
    assert store.state.status == "busy"
    assert wait(env, store, 7) == "busy"
    assert site.content() == before
    store.close("user")
    assert site.content() == before
    assert site.store.check(content=True) == []
    site.store.close("user")


def test_the_second_engine_goes_on_soon_after_the_first_has_ended(site: Site) -> None:
    env, store = site.second()
    site.store.close("upgrade")
    env.mono_ns, env.real_ns = site.env.mono_ns, site.env.real_ns
    assert wait(env, store, 4) == "ok"
    assert store.timeline(HALL, "main", 0, 1 << 60).recordings
    assert store.check(content=True) == []
    store.close("user")


def lose(site: Site) -> None:
    """Take the disk away until the engine has seen it, and bring it back."""
    site.path.rename(site.path.with_name("away"))
    for _ in range(12):
        site.env.advance(1)
        site.store.step()
    assert site.store.state.status == "missing"
    site.path.with_name("away").rename(site.path)


def test_an_engine_has_its_archive_back_as_soon_as_the_disk_is(site: Site) -> None:
    lose(site)
    assert wait(site.env, site.store, 4) == "ok"
    site.store.close("user")


def test_an_archive_is_free_for_others_when_its_disk_was_lost(tmp_path: Path) -> None:
    site = Site(tmp_path)
    lose(site)
    env, store = site.second()
    assert wait(env, store, 1) == "ok"
    store.close("user")
    site.store.close("user")


@pytest.mark.parametrize("boot", ["boot-0", "boot-of-another"])
def test_without_locks_a_silent_engine_is_followed_after_a_minute(tmp_path: Path, boot: str) -> None:
    site = Site(tmp_path, Lockless())
    silent = (site.path / "engine.alive").read_bytes()
    site.store.close("user")
    (site.path / "engine.alive").write_bytes(silent)
    env, store = site.second(boot)
    assert wait(env, store, 40) == "busy"
    assert wait(env, store, 30) == "ok"
    store.close("user")
    assert not (site.path / "engine.alive").exists()


def test_without_locks_a_machine_whose_clock_differs_is_not_taken_for_silent(tmp_path: Path) -> None:
    site = Site(tmp_path, Lockless())
    env, store = site.second("boot-of-another")
    alive = site.path / "engine.alive"
    env.real_ns += 3600 * 10**9
    for _ in range(10):
        assert wait(env, store, 10) == "busy"
        body = json.loads(alive.read_bytes())
        alive.write_text(json.dumps({**body, "utc_ns": body["utc_ns"] + 1}))
    store.close("user")
    site.store.close("user")


def test_a_lock_is_let_go_when_an_archive_cannot_be_opened(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.store.close("user")
    (site.path / "ledger").rename(site.path / "away")
    (site.path / "ledger").write_text("no folder")
    _, store = site.second()
    assert store.state.status in {"missing", "error"}
    with (site.path / "engine.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    store.close("user")


def test_a_locked_catalog_is_waited_for_and_not_moved_aside(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.store.close("user")
    stranger = sqlite3.connect(site.path / "catalog/catalog.db", isolation_level=None)
    stranger.execute("BEGIN EXCLUSIVE")
    connect = RealDisk.database

    class Hasty(Machine):
        @override
        def database(self, path: str) -> sqlite3.Connection:
            found = connect(self, path)
            found.execute("PRAGMA busy_timeout = 10")
            return found

    env = Hasty()
    env.mono_ns, env.real_ns = site.env.mono_ns, site.env.real_ns
    store = Store(env, Events(), SETTINGS)
    assert store.open(str(site.path), site.archive_id).status == "busy"
    assert wait(env, store, 4) == "busy"
    stranger.execute("ROLLBACK")
    stranger.close()
    assert wait(env, store, 4) == "ok"
    assert not list((site.path / "catalog").glob("*.damaged-*"))
    assert store.check(content=True) == []
    store.close("user")


@pytest.mark.parametrize(("code", "status"), [("SQLITE_IOERR", "error"), ("SQLITE_FULL", "full")])
def test_a_failing_disk_does_not_move_the_catalog_aside(tmp_path: Path, code: str, status: str) -> None:
    site = Site(tmp_path)
    site.store.close("user")

    class Failing(Machine):
        failing = True

        @override
        def database(self, path: str) -> sqlite3.Connection:
            if self.failing:
                error = sqlite3.OperationalError("the disk fails")
                error.sqlite_errorcode = getattr(sqlite3, code)
                raise error
            return super().database(path)

    env = Failing()
    env.mono_ns, env.real_ns = site.env.mono_ns, site.env.real_ns
    store = Store(env, Events(), SETTINGS)
    assert store.open(str(site.path), site.archive_id).status == status
    env.failing = False
    assert wait(env, store, 4) == "ok"
    assert not list((site.path / "catalog").glob("*.damaged-*"))
    store.close("user")


def test_a_catalog_that_is_no_database_is_moved_aside(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.store.close("user")
    (site.path / "catalog/catalog.db").write_bytes(os.urandom(40_000))
    env, store = site.second()
    assert store.state.status == "ok"
    wait(env, store, 1)
    assert list((site.path / "catalog").glob("catalog.db.damaged-*"))
    store.close("user")
