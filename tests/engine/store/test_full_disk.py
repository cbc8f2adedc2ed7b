"""A full disk, wherever it is noticed: room is made and the same bytes are written again."""

from collections.abc import Callable
import errno
import sqlite3
from typing import Any

import pytest

from kindergarten_engine.recorder.store.holds import NewHold
from kindergarten_engine.recorder.store.store import Store
from kindergarten_engine.recorder.store.views import StoreSettings

from ..virtual import MOUNT, VirtualEnv
from .rig import Events, Feed, uid

HALL, YARD = uid(1), uid(2)
SETTINGS = StoreSettings(file_s=10, days=1, minimum_days=0, ballast_bytes=4000)
CODES = (errno.ENOSPC, errno.EDQUOT)


class Shortage:
    """From `begin` on an operation finds the disk full, until something is deleted; each time anew."""

    def __init__(self, env: VirtualEnv, operation: str, code: int) -> None:
        self.env, self.operation, self.code = env, operation, code
        self.full = False
        self.met = 0
        disk: Any = env.disk
        self.unlink: Callable[[str], None] = disk.unlink
        disk.unlink = self.deleted
        if operation == "commit":
            self.tick: Callable[[str], None] = disk.tick
            disk.tick = self.commit
            self.create: Callable[[str], int] = disk.create
            disk.create = self.created
        else:
            self.call: Callable[..., Any] = getattr(disk, operation)
            setattr(disk, operation, self.called)

    def deleted(self, path: str) -> None:
        self.unlink(path)
        if not path.endswith(".trial"):
            self.full = False

    def created(self, path: str) -> int:
        if self.full:
            raise OSError(self.code, "simulated")
        return self.create(path)

    def called(self, *args: Any) -> Any:
        if self.full:
            self.met += 1
            if self.operation == "sync":
                self.forget(args[0])
            raise OSError(self.code, "simulated")
        return self.call(*args)

    def forget(self, fd: int) -> None:
        """Lose what was not synced, as the kernel may after a sync that failed."""
        node = self.env.disk._of(fd)
        end = len(node.data)
        node.data[:] = node.durable + bytes(end - len(node.durable))

    def commit(self, operation: str) -> None:
        if operation == "commit" and self.full:
            self.met += 1
            raise sqlite3.OperationalError(
                "database or disk is full" if self.code == errno.ENOSPC else "disk I/O error"
            )
        self.tick(operation)


def site(capacity: int = 1 << 30) -> tuple[VirtualEnv, Events, Store, Feed]:
    """Return a machine that has recorded a camera for a while."""
    env, events = VirtualEnv(7, capacity), Events()
    store = Store(env, events, SETTINGS)
    assert store.open(MOUNT).status == "ok"
    store.declare(HALL, "Hall")
    feed = Feed(store, HALL)
    feed.begin()
    record(env, store, [feed], 60)
    return env, events, store, feed


def record(env: VirtualEnv, store: Store, feeds: list[Feed], seconds: int) -> None:
    """Record second by second."""
    for _ in range(seconds):
        env.advance(1)
        for feed in feeds:
            feed.add()
        store.step()


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("operation", ["make_folder", "create", "pwrite", "sync", "sync_folder", "commit"])
def test_a_disk_that_is_full_costs_no_picture(operation: str, code: int) -> None:
    env, events, store, feed = site()
    shortage = Shortage(env, operation, code)
    other = Feed(store, YARD)
    for turn in range(12):
        shortage.full = True
        if turn == 2:
            store.declare(YARD, "Yard")
            other.begin()
        record(env, store, [feed] if turn < 2 else [feed, other], 7)
    shortage.full = False
    assert shortage.met > (0 if operation == "make_folder" else 3)
    assert events.of("archive_unavailable") == []
    for camera in (HALL, YARD):
        gaps = store.timeline(camera, "main", 0, 1 << 60).gaps
        assert [(each.cause, each.end_us) for each in gaps if each.cause != "connect"] == []
    assert store.check(content=True) == []
    store.close("upgrade")


def test_recording_stops_when_nothing_may_go_and_resumes_by_itself() -> None:
    env, events, store, feed = site(capacity=100_000)
    retention = store._keeper._retention
    assert retention is not None
    retention.held = lambda _: True
    record(env, store, [feed], 300)
    assert store.state.status == "full"
    (told,) = events.of("archive_unavailable")
    assert told == {"status": "full", "detail": "held"}
    assert {each["cause"] for each in events.of("recording_stopped")} == {"disk_full"}
    assert events.of("deleted") == []
    retention.held = lambda _: False
    record(env, store, [feed], 30)
    assert store.state.status == "ok"
    assert events.of("archive_restored")
    assert events.of("recording_resumed")
    assert [each.cause for each in store.timeline(HALL, "main", 0, 1 << 60).gaps] == ["disk_full"]
    assert store.check(content=True) == []


def test_held_footage_stays_while_everything_around_it_goes() -> None:
    env, events, store, feed = site(capacity=60_000)
    retention = store._keeper._retention
    assert retention is not None
    until_us = store.utc_us() - 30_000_000
    held = [each for each in store.timeline(HALL, "main", 0, until_us).recordings if each.end_us <= until_us]
    retention.held = lambda candidate: candidate.end_us <= until_us
    record(env, store, [feed], 400)
    assert events.of("deleted")
    there = store.timeline(HALL, "main", 0, 1 << 60)
    assert there.recordings[: len(held)] == held
    assert there.recordings[len(held)].start_us > held[-1].end_us + 60_000_000
    assert there.gaps == []
    assert store.check(content=True) == []


def full_to_the_last_byte(env: VirtualEnv) -> None:
    """Let the reserve and the ballast be given up, and somebody else take the room."""
    for name in ("reserve", "ballast"):
        if env.disk.exists(f"{MOUNT}/{name}"):
            env.disk.unlink(f"{MOUNT}/{name}")
    fd = env.disk.create(f"{MOUNT}/somebody-elses")
    env.disk.pwrite(fd, bytes(env.disk.capacity - env.disk.used), 0)
    env.kill()


def test_an_archive_on_which_everything_is_held_says_so_when_there_is_no_room_to_open_it() -> None:
    env, events, store, _ = site(capacity=100_000)
    with store.evidence() as evidence:
        now = store.utc_us()
        evidence.holds.make(
            NewHold(cameras=(HALL,), t0=now - 10**9, t1=now, until=None, by="owner", reason="")
        )
    archive_id = store.state.archive_id
    store.close("upgrade")
    full_to_the_last_byte(env)
    state = Store(env, events, SETTINGS).open(MOUNT, archive_id)
    assert (state.status, state.detail) == ("full", "held")
    assert events.of("deleted") == []


def test_what_is_marked_as_deleted_makes_the_room_that_opening_needs() -> None:
    env, events, store, feed = site(capacity=100_000)
    record(env, store, [feed], 60)
    retention, archive_id = store._keeper._retention, store.state.archive_id
    assert retention is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kindergarten_engine.recorder.store.retention.finish_deletions", lambda _: 0)
        retention._delete(retention._oldest(2), "room", below_minimum=False)
    full_to_the_last_byte(env)
    again = Store(env, events, SETTINGS)
    assert again.open(MOUNT, archive_id).status == "ok"
    again.step()
    assert again.check(content=True) == []


def test_room_is_made_first_where_there_is_most_beyond_the_minimum() -> None:
    env, events = VirtualEnv(9, 8_000_000), Events()
    store = Store(env, events, StoreSettings(file_s=600, days=30, minimum_days=1, ballast_bytes=0))
    assert store.open(MOUNT).status == "ok"
    small, large = Feed(store, HALL, length_s=60), Feed(store, YARD, length_s=60, size=240)
    for feed in (small, large):
        store.declare(feed.camera, "Room")
        feed.begin()
    while not (deleted := events.of("deleted")):
        env.advance(60)
        for feed in (small, large):
            feed.add()
        store.step()
    assert deleted[0]["cameras"] == [YARD]
    assert deleted[0]["below_minimum"] is False
