"""Old volumes on a network folder whose server is away: nobody waits for them, and nobody for the other one."""

from collections.abc import Callable, Iterator
from pathlib import Path
import sqlite3
import threading
import time
from typing import Any, override

import pytest

from kindergarten_engine.env import RealEnv
from kindergarten_engine.filesystem import Entry, RealFileSystem, Space
from kindergarten_engine.recorder.store import pulse
from kindergarten_engine.recorder.store.store import Store
from kindergarten_engine.recorder.store.views import StoreSettings, VolumeRef
from tests.stopwatch import Stopwatch

from .rig import Feed, uid
from .test_silent_disk import PATIENT_NS, wait

SETTINGS = StoreSettings(ballast_bytes=0)
ALL = (0, 1 << 60)


class Servers(RealFileSystem):
    """Folders of this machine; whoever wants something of a folder in `away` waits until it is back."""

    def __init__(self) -> None:
        self.away: set[str] = set()
        self.back = threading.Condition()
        self.paths: dict[int, str] = {}

    def reach(self, path: str) -> None:
        with self.back:
            self.back.wait_for(lambda: not any(path.startswith(folder) for folder in self.away))

    def leave(self, folder: Path) -> None:
        with self.back:
            self.away.add(str(folder))

    def come(self) -> None:
        with self.back:
            self.away.clear()
            self.back.notify_all()

    @override
    def create(self, path: str) -> int:
        self.reach(path)
        return self._known(super().create(path), path)

    @override
    def open(self, path: str, *, write: bool = False) -> int:
        self.reach(path)
        return self._known(super().open(path, write=write), path)

    def _known(self, fd: int, path: str) -> int:
        self.paths[fd] = path
        return fd

    @override
    def lock(self, path: str) -> int | None:
        self.reach(path)
        return super().lock(path)

    @override
    def list(self, path: str) -> list[Entry]:
        self.reach(path)
        return super().list(path)

    @override
    def exists(self, path: str) -> bool:
        self.reach(path)
        return super().exists(path)

    @override
    def device(self, path: str) -> int:
        self.reach(path)
        return super().device(path)

    @override
    def space(self, path: str) -> Space:
        self.reach(path)
        return super().space(path)

    @override
    def pread(self, fd: int, size: int, offset: int) -> bytes:
        self.reach(self.paths.get(fd, ""))
        return super().pread(fd, size, offset)

    @override
    def pwrite(self, fd: int, data: bytes | memoryview, offset: int) -> int:
        self.reach(self.paths.get(fd, ""))
        return super().pwrite(fd, data, offset)


class Machine(RealEnv):
    """This machine, with such folders."""

    def __init__(self) -> None:
        super().__init__()
        self.servers = self.fs = Servers()

    @override
    def database(self, path: str) -> sqlite3.Connection:
        self.servers.reach(path)
        return super().database(path)


class Site:
    """A camera that was recorded to one volume and is now recorded to another."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.env = Machine()
        self.store = self.new_store()
        self.old = self.record(folder / "old")
        self.store.close("upgrade")
        self.store = self.new_store()
        self.new = self.record(folder / "new")
        self.old_folder, self.new_folder = folder / "old", folder / "new"

    def new_store(self) -> Store:
        store = Store(self.env, lambda kind, _, data: self.told.append((kind, dict(data))), SETTINGS)
        store.feel_pulse()
        return store

    def record(self, folder: Path) -> VolumeRef:
        state = self.store.open(str(folder))
        assert state.archive_id
        self.store.start()
        self.store.declare(uid(1), "Hall")
        self.feed = Feed(self.store, uid(1), length_s=0.1)
        self.feed.begin()
        self.add()
        return VolumeRef(path=str(folder), archive_id=state.archive_id)

    def add(self) -> None:
        """Record a little more."""
        for _ in range(3):
            time.sleep(0.1)
            self.feed.add()
        assert self.store.flush(60)

    def leave(self, folder: Path) -> None:
        """Take a folder's server away, and let the store be soon impatient."""
        self._patch.setattr(pulse, "_SILENT_NS", 1_500_000_000)
        self.env.servers.leave(folder)

    def come(self) -> None:
        """Let all servers answer; from then on no busy machine is taken for a silent one."""
        self.env.servers.come()
        wait(lambda: not self.store.silent and not self.store.silent_disks)
        self._patch.setattr(pulse, "_SILENT_NS", PATIENT_NS)

    def begins(self) -> int:
        """Return when the first footage that can be looked at begins."""
        return self.store.timeline(uid(1), "main", *ALL).recordings[0].start_us

    def states(self) -> list[str]:
        return [str(view.state) for view in self.store.volumes()]

    def kinds(self) -> list[tuple[str, object]]:
        self.store.look_at_pulse()
        return [(kind, data.get("volume")) for kind, data in self.told if kind.startswith("archive_")]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Return a site that often looks."""
    monkeypatch.setattr(pulse, "EVERY_S", 0.02)
    monkeypatch.setattr(pulse, "_SILENT_NS", PATIENT_NS)
    site = Site(tmp_path, monkeypatch)
    yield site
    site.env.servers.come()
    site.store.close("user")


def quickly[T](what: Callable[[], T]) -> T:
    """Return what is answered without waiting for any disk."""
    watch = Stopwatch()
    answer = what()
    assert watch.seconds < 3
    return answer


def test_an_old_volume_that_is_silent_from_the_start_keeps_nobody_waiting(site: Site) -> None:
    site.leave(site.old_folder)
    quickly(lambda: site.store.keep_old([site.old]))
    assert site.states() == ["ok", "error"]
    assert "does not answer" in site.store.volumes()[1].detail
    site.add()
    since = quickly(site.begins)
    quickly(lambda: site.store.configure(SETTINGS))
    quickly(site.store.retention_pass)
    assert site.kinds() == [("archive_unavailable", site.old.path)]

    site.come()
    wait(lambda: site.states() == ["ok", "ok"])
    assert site.begins() < since


def test_an_old_volume_that_falls_silent_is_told_and_left_out_until_it_is_back(site: Site) -> None:
    site.store.keep_old([site.old])
    begins = site.begins()
    site.leave(site.old_folder)
    wait(lambda: site.store.silent_disks == {site.old.path})
    assert quickly(site.states) == ["ok", "error"]
    assert quickly(site.begins) > begins
    with site.store.using_all() as volumes:
        assert (len(volumes.archives), volumes.absent) == (1, [site.old.path])
    # Long enough for the thread that looks after old volumes to be stuck: recording does not notice.
    time.sleep(1.7)
    site.add()
    assert site.kinds() == [("archive_unavailable", site.old.path)]

    site.come()
    wait(lambda: site.begins() == begins)
    assert site.kinds()[-1] == ("archive_restored", site.old.path)


def test_old_footage_can_be_looked_at_while_the_disk_in_use_is_silent(site: Site) -> None:
    site.store.keep_old([site.old])
    begins = site.begins()
    site.leave(site.new_folder)
    wait(lambda: site.store.silent)
    assert quickly(site.begins) == begins
    assert quickly(site.states) == ["error", "ok"]
    assert quickly(site.store.space) is None


def test_a_silent_old_volume_does_not_hinder_the_end(site: Site) -> None:
    site.store.keep_old([site.old])
    site.leave(site.old_folder)
    wait(lambda: site.store.silent_disks == {site.old.path})
    quickly(lambda: site.store.close("user"))
    site.store = site.new_store()
