"""Thousands of ways to lose power: nothing synced is lost, nothing torn is served, time stays tiled."""

from collections.abc import Callable, Sequence
import os
import random
from typing import cast, override

import pytest

from kindergarten_engine.recorder.store.files import OpenFile
from kindergarten_engine.recorder.store.store import Store
from kindergarten_engine.recorder.store.views import StoreSettings

from ..virtual import MOUNT, PowerCut, VirtualEnv
from .rig import Events, Feed, init, uid

SEEDS = int(os.environ.get("KINDERGARTEN_POWER_CUTS", "2000"))
GROUPS = 20
SETTINGS = StoreSettings(file_s=6, days=30, minimum_days=1, ballast_bytes=400)

type Key = tuple[str, str, int, int]


class World:
    """A recorder's life under a seed, with what must survive remembered outside of it."""

    capacities: Sequence[int] = (60_000, 120_000, 1 << 30)

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed ^ 0x5EED)
        capacity = self.dice.choice(self.capacities)
        self.env = VirtualEnv(seed, capacity)
        self.events = Events()
        self.archive_id: str | None = None
        self.durable: dict[Key, int] = {}
        self.files: list[OpenFile] = []
        self.feeds: list[Feed] = []
        self.cameras = self.dice.randint(1, 3)
        self.store = self.boot()

    def boot(self) -> Store:
        """Start the program, as the engine would."""
        self.env.real_ns += 1_000_000  # never twice within the same millisecond
        store = Store(self.env, self.events, SETTINGS)
        state = store.open(MOUNT, self.archive_id)
        assert state.status == "ok", state
        self.archive_id = state.archive_id
        for number in range(self.cameras):
            store.declare(uid(number), f"Camera {number}")
        store.step()
        self.feeds = [
            Feed(store, uid(number), gop=self.dice.choice([1, 2, 3])) for number in range(self.cameras)
        ]
        if self.dice.random() < 0.3:
            self.feeds.append(Feed(store, uid(0), stream="sub"))
        self.store = store
        return store

    def note(self) -> None:
        """Remember what is on the disk for good."""
        archive = self.store._keeper.writer.archive
        if archive is not None:
            self.files += [file for file in archive.files.values() if file not in self.files]
        for file in list(self.files):
            identity = file.identity
            key = (identity.camera, identity.stream, identity.run, identity.seq)
            self.durable[key] = max(self.durable.get(key, 0), file.synced_entries)
            if file.closed:
                self.files.remove(file)

    def turn(self) -> None:
        """Let something happen."""
        act: Callable[[], None] = self.dice.choices(
            [self.record, self.hang_up, self.set_clock, self.remove, self.clean], [20, 2, 0.5, 0.3, 1]
        )[0]
        act()
        self.store.step()
        self.note()

    def record(self) -> None:
        for _ in range(self.dice.randint(1, 4)):
            self.env.advance(1)
            for feed in self.feeds:
                if feed.run is None:
                    feed.begin()
                feed.add()
            if self.dice.random() < 0.5:
                self.store.step()
                self.note()

    def hang_up(self) -> None:
        feed = self.dice.choice(self.feeds)
        feed.end(self.dice.choice(["stall", "closed_by_camera", "auth", "connect"]))
        feed.init = init(self.dice.choice([640, 1280]))
        self.env.advance(self.dice.choice([0.01, 0.5, 3, 20]))

    def set_clock(self) -> None:
        self.env.step_clock(self.dice.choice([-7200, -3, 5, 3600, 86_400 * 400]))

    def remove(self) -> None:
        feed = self.feeds[0]
        for each in self.feeds:
            if each.camera == feed.camera:
                each.end("camera_removed")
        self.store.remove(feed.camera)
        self.store.step()
        self.env.advance(self.dice.choice([0.02, 4]))
        self.store.declare(feed.camera, "again")

    def clean(self) -> None:
        self.store.retention_pass()

    def end(self) -> None:
        """End the program: properly, killed, or without power; then start it again."""
        how = self.dice.choice(["cut", "cut", "cut", "kill", "stop"])
        self.env.disk.fuse = self.dice.randint(1, 60) if how != "stop" else None
        try:
            while how != "stop":
                self.turn()
            self.store.close("upgrade")
        except PowerCut:
            pass
        self.note()
        self.files.clear()
        if how == "cut":
            self.env.power_cut(self.dice.choice([1, 300]))
        else:
            self.env.kill()
        self.lose_catalog()
        self.restart()

    def restart(self) -> None:
        """Start again; in one of three times the power goes while it recovers."""
        if self.dice.random() < 0.33:
            self.env.disk.fuse = self.dice.randint(1, 60)
            try:
                self.boot()
                self.store.step()
                self.note()
            except PowerCut:
                pass
            self.env.disk.fuse = None
            self.env.power_cut()
            self.files.clear()
        self.boot()

    def lose_catalog(self) -> None:
        disk, path = self.env.disk, f"{MOUNT}/catalog/catalog.db"
        luck = self.dice.random()
        if not disk.exists(path) or luck > 0.2:
            return
        if luck < 0.1:
            disk.unlink(path)
        else:
            node = disk.node(path)
            node.data = bytearray(b"garbage" * 50)
            node.durable = bytes(node.data)
        disk.sync_folder(f"{MOUNT}/catalog")

    def verify(self) -> None:
        """Check everything that was promised."""
        for _ in range(50):
            self.store.step()
            if all(job["state"] == "done" for job in self.store._keeper.jobs.values()):
                break
        archive = self.store._keeper.writer.archive
        assert archive is not None, self.store.state
        assert not archive.incomplete
        assert self.store.check(content=True) == []
        gone = {
            tuple(each[:4])
            for record in archive.ledger.records()
            if record.kind == "delete"
            for each in cast("list[list[object]]", record.data["files"])
        }
        kept = {
            (camera, stream, run, seq): pictures // 5
            for camera, stream, run, seq, pictures in archive.catalog.query(
                "SELECT c.uid, stream, run, seq, pictures FROM recording r JOIN camera c ON c.id = r.camera"
            )
        }
        for file in archive.files.values():
            identity = file.identity
            kept[identity.camera, identity.stream, identity.run, identity.seq] = len(file.entries)
        lost = {
            key: (count, kept.get(key, 0))
            for key, count in self.durable.items()
            if key not in gone and kept.get(key, 0) < count
        }
        assert not lost
        self.durable = {key: count for key, count in self.durable.items() if key not in gone}
        assert archive.ledger.state == "good"


class FullWorld(World):
    """A life on a disk that is always full, where the power goes while it is opened, again and again."""

    capacities = (60_000, 80_000)

    @override
    def restart(self) -> None:
        for _ in range(self.dice.randint(1, 6)):
            self.env.disk.fuse = self.dice.randint(1, 80)
            try:
                self.boot()
                self.store.step()
                self.note()
            except PowerCut:
                pass
            self.env.disk.fuse = None
            self.env.power_cut()
            self.files.clear()
        self.boot()


def live(seed: int, kind: type[World] = World) -> None:
    """Live a few lives under a seed."""
    world = kind(seed)
    for _ in range(world.dice.randint(1, 3)):
        for _ in range(world.dice.randint(0, 6)):
            world.turn()
        world.end()
        world.verify()


@pytest.mark.parametrize(
    "group",
    [pytest.param(group, marks=pytest.mark.long if group >= GROUPS // 2 else ()) for group in range(GROUPS)],
)
def test_power_cuts_lose_nothing_that_was_synced(group: int) -> None:
    for seed in range(group, SEEDS, GROUPS):
        try:
            live(seed)
        except (Exception, PowerCut) as error:
            raise AssertionError(f"seed {seed}: {error!r}") from error


@pytest.mark.parametrize("group", [0, *(pytest.param(each, marks=pytest.mark.long) for each in (1, 2, 3))])
def test_cuts_while_a_full_disk_is_opened_leave_it_fit_to_be_opened(group: int) -> None:
    for seed in range(group, SEEDS // 5, 4):
        try:
            live(seed, FullWorld)
        except (Exception, PowerCut) as error:
            raise AssertionError(f"seed {seed}: {error!r}") from error


def test_the_seed_that_found_a_full_disk_stuck() -> None:
    live(9822)
