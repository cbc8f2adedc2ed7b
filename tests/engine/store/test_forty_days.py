"""Forty days in seconds: gaps, deletions, restarts, crashes and lying clocks, and every promise is kept."""

import random
from typing import Any, cast

import pytest

from kindergarten_engine.recorder.store.holds import NewHold
from kindergarten_engine.recorder.store.store import Store
from kindergarten_engine.recorder.store.views import StoreSettings

from ..virtual import MOUNT, PowerCut, VirtualEnv
from .rig import Events, Feed, uid

DAY_S = 86_400
DAY_US = DAY_S * 1_000_000
KEPT = 30
CAMERAS = 2
SETTINGS = StoreSettings(file_s=7200, days=KEPT, minimum_days=KEPT, maximum_days=KEPT, ballast_bytes=4000)


class World:
    """A recorder's forty days, and the true time, which nothing of it knows."""

    def __init__(self, seed: int, step_s: int) -> None:
        self.step_s = step_s
        self.dice = random.Random(seed)
        self.env = VirtualEnv(seed, 1 << 32)
        self.env.synced = True
        self.true_us = 0
        self.origin: dict[int, int] = {}
        self.checked = 0
        self.deleted = 0
        self.wrong_clock_s = 0
        self.restarts = 0
        self.careful = False
        self.hold = (0, 0)
        self.held: list[tuple[int, int]] = []
        self.events = Events()
        self.archive_id: str | None = None
        self.boot()

    def boot(self) -> None:
        """Start the program; in one of five times the power goes meanwhile."""
        for attempt in range(5):
            self.go(1)
            self.env.disk.fuse = (
                self.dice.randint(1, 80)
                if self.archive_id and not attempt and self.dice.random() < 0.2
                else None
            )
            try:
                self.store = Store(self.env, self.events, SETTINGS)
                state = self.store.open(MOUNT, self.archive_id)
                assert state.status == "ok", state
                self.origin[self.store.epoch.id] = self.true_us
                self.archive_id = state.archive_id
                for number in range(CAMERAS):
                    self.store.declare(uid(number), "Room")
                for _ in range(3):
                    self.store.step()
            except PowerCut:
                self.env.power_cut(off_s=0)
                continue
            break
        self.env.disk.fuse = None
        self.feeds = [Feed(self.store, uid(number), length_s=self.step_s, gop=1) for number in range(CAMERAS)]
        self.restarts += 1

    def go(self, seconds: int) -> None:
        """Let true time go by."""
        self.true_us += seconds * 1_000_000
        self.env.advance(seconds)

    def day(self) -> None:
        """Live for a day."""
        crash_at = self.dice.randrange(DAY_S // self.step_s) if self.dice.random() < 0.5 else -1
        for turn in range(DAY_S // self.step_s):
            if turn == crash_at:
                self.crash()
            self.go(self.step_s)
            for feed in self.feeds:
                if feed.run is not None and self.dice.random() < 0.01:
                    feed.end(self.dice.choice(["stall", "closed_by_camera", "auth"]))
                elif feed.run is None and self.dice.random() < 0.5:
                    feed.begin()
                elif feed.run is not None:
                    feed.add()
            self.store.step()

    def crash(self) -> None:
        """End the program in one of its ways, maybe lose the catalog, maybe set the clock; start again."""
        how = self.dice.choice(["stop", "kill", "cut", "cut"])
        self.env.disk.fuse = self.dice.randint(1, 40) if how != "stop" else None
        try:
            while how != "stop":
                self.go(self.step_s)
                for feed in self.feeds:
                    if feed.run is None:
                        feed.begin()
                    feed.add()
                self.store.step()
                self.store.retention_pass()
            self.store.close("upgrade")
        except PowerCut:
            pass
        if how == "cut":
            off_s = self.dice.choice([5, 600, 20_000])
            self.env.power_cut(off_s=0)
            self.go(off_s)
        else:
            self.env.kill(off_s=0)
            self.go(2)
        if self.dice.random() < 0.2:
            self.env.disk.unlink(f"{MOUNT}/catalog/catalog.db")
            self.careful = self.careful or self.wrong_clock_s != 0
        self.boot()

    def set_clock(self, seconds: int) -> None:
        """Set the wall clock wrong (or, with what is the negative of all so far, right)."""
        self.env.step_clock(seconds)
        self.wrong_clock_s += seconds
        self.env.synced = True if self.wrong_clock_s == 0 else None

    def keep(self) -> None:
        """Hold two days of the first camera's past."""
        now = self.store.utc_us()
        self.hold = now - 17 * DAY_US, now - 15 * DAY_US
        with self.store.evidence() as evidence:
            evidence.holds.make(
                NewHold(
                    cameras=(uid(0),),
                    t0=self.hold[0],
                    t1=self.hold[1],
                    until=None,
                    by="owner",
                    reason="0" * 64,
                )
            )
        self.held = self.kept_of_hold()
        assert len(self.held) > 10

    def kept_of_hold(self) -> list[tuple[int, int]]:
        """Return run and number of the files that are held."""
        found = self.store.timeline(uid(0), "main", *self.hold).recordings
        return [(each.run, each.seq) for each in found]

    def look(self) -> None:
        """Check everything that was promised."""
        assert self.store.check() == []
        archive = self.store._keeper.writer.archive
        assert archive is not None
        assert archive.ledger.state == "good"
        for record in archive.ledger.records(self.checked + 1):
            self.checked = record.number
            if record.kind != "delete":
                continue
            assert record.data["reason"] in ("age", "maximum")
            for camera, _, _, _, epoch, start, end, _ in (
                each[:8] for each in cast("list[list[Any]]", record.data["files"])
            ):
                self.deleted += 1
                if epoch in self.origin:
                    age_us = self.true_us - self.origin[epoch] - end
                    assert age_us >= KEPT * DAY_US - DAY_US // 24, (camera, start, end, age_us / DAY_US)


def live(seed: int, step_s: int = 300) -> None:
    """Live forty days under a seed, so many seconds at a time."""
    world = World(seed, step_s)
    for day in range(40):
        if day == 12:
            world.set_clock(10 * 365 * DAY_S)
        elif day == 13:
            world.set_clock(-world.wrong_clock_s)
        elif day == 33:
            world.set_clock(-DAY_S)
        elif day == 34:
            world.set_clock(-world.wrong_clock_s)
        elif day == 20:
            world.keep()
        world.day()
        world.look()
    assert world.restarts > 10
    # Who lost the catalog while the time was wrong counts thirty days from there.
    assert world.deleted > 50 or world.careful
    assert world.store.check(content=True) == []
    assert world.kept_of_hold() == world.held
    oldest = world.store.facts(uid(1)).oldest_us
    assert oldest is not None
    assert (world.store.utc_us() - oldest) / DAY_US < KEPT + 4 or world.careful


def test_forty_days_keep_every_promise() -> None:
    live(1, step_s=900)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 14))
def test_forty_days_keep_every_promise_whatever_happens(seed: int) -> None:
    live(seed)
