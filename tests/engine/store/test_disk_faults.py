"""Disks that fail, fill up or vanish: recording goes on as soon as it can, and says what is missing."""

import errno
import os
from pathlib import Path
import subprocess
import sys
import textwrap
from typing import Any, override

import pytest

from kindergarten_engine.filesystem import RealFileSystem
from kindergarten_engine.recorder.store.store import Store
from kindergarten_engine.recorder.store.views import StoreSettings

from ..virtual import MOUNT, VirtualEnv
from .rig import Events, Feed, RealDisk, record, uid

HALL = uid(1)
ROOT = Path(__file__).parents[3]


class Site:
    """One camera recording to a simulated disk."""

    def __init__(self, capacity: int = 1 << 30, **settings: Any) -> None:
        self.env = VirtualEnv(7, capacity)
        self.events = Events()
        self.store = Store(self.env, self.events, StoreSettings(file_s=10, ballast_bytes=4000, **settings))
        assert self.store.open(MOUNT).status == "ok"
        self.store.declare(HALL, "Hall")
        self.feed = Feed(self.store, HALL)
        self.feed.begin()

    def record(self, seconds: int) -> None:
        for _ in range(seconds):
            self.env.advance(1)
            self.feed.add()
            self.store.step()

    def gaps(self) -> list[tuple[int, str]]:
        """Return length in ms and cause of the gaps."""
        found = self.store.timeline(HALL, "main", 0, 1 << 60).gaps
        return [((each.end_us or 0) // 1000 - each.start_us // 1000, each.cause) for each in found]


def test_a_failed_sync_costs_only_what_was_not_on_the_disk() -> None:
    site = Site()
    site.record(6)
    site.env.disk.broken = {"sync"}
    site.record(2)
    site.env.disk.broken = set()
    site.record(6)
    assert site.gaps() == [(2000, "disk_error")]
    assert site.store.check(content=True) == []


def test_a_failed_write_begins_another_file() -> None:
    site = Site()
    site.record(5)
    site.env.disk.broken = {"pwrite"}
    site.record(3)
    site.env.disk.broken = set()
    site.env.advance(10)
    site.store.step()
    site.feed.number = 0
    site.record(6)
    assert [cause for _, cause in site.gaps()] == ["disk_error"]
    assert site.store.check(content=True) == []


def test_a_process_with_too_many_open_files_does_not_blame_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    site = Site()
    site.record(5)

    def refuse(*_: object) -> None:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    with monkeypatch.context() as patch:
        patch.setattr(site.env.fs, "create", refuse)
        site.record(8)
    site.record(25)
    gaps = site.store.timeline(HALL, "main", 0, 1 << 60).gaps
    assert {(gap.cause, gap.detail) for gap in gaps} == {("disk_error", "too many open files")}
    assert site.store.state.status == "ok"


def test_a_vanished_disk_is_noticed_and_nothing_is_written_in_its_place() -> None:
    site = Site()
    site.record(12)
    site.env.disk.mounted = False
    site.record(25)
    assert site.store.state.status == "missing"
    assert site.env.disk.leaked == []
    site.env.disk.mounted = True
    site.record(25)
    assert site.store.state.status == "ok"
    kinds = [kind for kind, _, _ in site.events.seen]
    assert kinds.index("archive_unavailable") < kinds.index("archive_restored")
    assert [cause for _, cause in site.gaps()] == ["disk_error"]
    assert site.store.check(content=True) == []


def test_nothing_is_written_where_a_disk_was_mounted(tmp_path: Path) -> None:
    env, archive = RealDisk(), tmp_path / "archive"

    class Unmounting(RealFileSystem):
        """Loses the disk right after somebody made sure that it is there."""

        losing = False

        @override
        def read(self, path: str) -> bytes:
            content = super().read(path)
            if self.losing and path.endswith("kindergarten-archive.json"):
                self.losing = False
                archive.rename(tmp_path / "gone")
                archive.mkdir()
            return content

    env.fs = disk = Unmounting()
    store = Store(env, Events(), StoreSettings(file_s=2, ballast_bytes=0))
    store.open(str(archive))
    store.declare(HALL, "Hall")
    feed = Feed(store, HALL)
    feed.begin()
    record(env, feed, 5)
    disk.losing = True
    record(env, feed, 5)
    assert not disk.losing
    assert list(archive.iterdir()) == []
    assert store.state.status != "ok"
    store.close("user")


def test_a_renamed_folder_is_noticed(tmp_path: Path) -> None:
    env, events = RealDisk(), Events()
    store = Store(env, events, StoreSettings(file_s=2, ballast_bytes=0))
    store.open(str(tmp_path / "archive"))
    store.declare(HALL, "Hall")
    feed = Feed(store, HALL)
    feed.begin()
    record(env, feed, 5)
    (tmp_path / "archive").rename(tmp_path / "gone")
    for _ in range(12):
        record(env, feed, 1)
        store.step()
    assert store.state.status == "missing"
    assert not (tmp_path / "archive").exists()
    (tmp_path / "gone").rename(tmp_path / "archive")
    for _ in range(12):
        record(env, feed, 1)
        store.step()
    assert store.state.status == "ok"
    assert store.check(content=True) == []
    store.close("user")


def test_a_full_disk_makes_room_and_loses_no_picture() -> None:
    site = Site(capacity=60_000, minimum_days=1)
    site.record(200)
    assert site.gaps() == []
    assert not site.store._keeper.writer.full
    deleted = site.events.of("deleted")
    assert {each["below_minimum"] for each in deleted} == {True}
    assert site.events.of("retention_broken")
    assert site.store.check(content=True) == []
    end = site.store.timeline(HALL, "main", 0, 1 << 60).recordings[-1].end_us
    assert end == site.store.utc_us()


def test_when_nothing_may_be_deleted_recording_stops_until_there_is_room() -> None:
    site = Site()
    archive_id = site.store.state.archive_id
    site.store.close("upgrade")
    disk = site.env.disk
    disk.node(f"{MOUNT}/ledger/00000001.jsonl").data[50:60] = b"0123456789"
    site.store = site.feed.store = Store(site.env, site.events, StoreSettings(file_s=10))
    assert site.store.open(MOUNT, archive_id).deletion == "ledger"
    site.store.declare(HALL, "Hall")
    site.feed.begin()
    site.record(4)
    theirs = disk.capacity - disk.used
    disk.used += theirs
    site.record(14)
    assert site.store.state.status == "full"
    disk.used -= theirs
    site.record(14)
    assert site.store.state.status == "ok"
    assert "disk_full" in [cause for _, cause in site.gaps()]


FULL_TMPFS = """
    import sys
    sys.path.insert(0, sys.argv[1])
    import importlib.util
    spec = importlib.util.spec_from_file_location("boot", sys.argv[1] + "/custom_components/kindergarten/engine/boot.py")
    boot = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(boot)
    boot.load()
    from kindergarten_engine.recorder.store.store import Store
    from kindergarten_engine.recorder.store.views import StoreSettings
    from tests.engine.store.rig import Events, Feed, RealDisk, record, uid
    env, events = RealDisk(), Events()
    store = Store(env, events, StoreSettings(file_s=5, minimum_days=1, ballast_bytes=1 << 19))
    assert store.open(sys.argv[2] + "/archive").status == "ok"
    store.declare(uid(1), "Hall")
    feed = Feed(store, uid(1), size=20_000)
    feed.begin()
    for _ in range(900):
        record(env, feed, 1)
        store.step()
    assert events.of("deleted"), "nothing was deleted"
    assert not store.timeline(uid(1), "main", 0, 1 << 60).gaps
    assert store.check(content=True) == []
    store.close("user")
    print("no picture lost")
"""


def test_a_really_full_disk_loses_no_picture(tmp_path: Path) -> None:
    command = f'mount -t tmpfs -o size=48m tmpfs {tmp_path} && exec "$0" "$@"'
    program = [sys.executable, "-c", textwrap.dedent(FULL_TMPFS), str(ROOT), str(tmp_path)]
    trial = ["unshare", "-rm", "sh", "-c"]
    if subprocess.run([*trial, command, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a small disk (unshare -rm)")
    done = subprocess.run(
        [*trial, command, *program], check=False, capture_output=True, text=True, timeout=500
    )
    assert done.stdout.strip() == "no picture lost", done.stderr
