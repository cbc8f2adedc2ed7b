"""Deleting keeps its two promises, whatever the clock says."""

from dataclasses import replace
from typing import Any, cast

import pytest

from kindergarten_engine.ledger.chain import MAX_RECORD, Json, canonical
from kindergarten_engine.recorder.store.store import Store
from kindergarten_engine.recorder.store.views import StoreSettings

from ..virtual import MOUNT, PowerCut, VirtualEnv
from .rig import Events, Feed, uid

DAY_S = 86_400
HALL = uid(1)


class Site:
    """A camera that records ten seconds every few hours."""

    def __init__(self, days: int = 3) -> None:
        self.env = VirtualEnv(3)
        self.events = Events()
        self.settings = StoreSettings(file_s=300, days=days, minimum_days=days, ballast_bytes=0)
        self.archive_id: str | None = None
        self.start()

    def start(self) -> None:
        self.store = Store(self.env, self.events, self.settings)
        assert self.store.open(MOUNT, self.archive_id).status == "ok"
        self.archive_id = self.store.state.archive_id
        self.store.declare(HALL, "Hall")
        self.feed = Feed(self.store, HALL)

    def hours(self, count: int) -> None:
        """Let hours go by, with a recording in each."""
        for _ in range(count):
            self.feed.begin()
            for _ in range(4):
                self.env.advance(1)
                self.feed.add()
            self.feed.end("schedule")
            self.store.step()
            for _ in range(6):
                self.env.advance(599)
                self.store.step()

    def oldest_h(self) -> float:
        """Return the age of the oldest footage in hours."""
        oldest = self.store.facts(HALL).oldest_us
        assert oldest is not None
        return (self.store.utc_us() - oldest) / 3_600_000_000


def test_footage_goes_when_its_days_are_over() -> None:
    site = Site(days=1)
    site.hours(40)
    assert 22.9 < site.oldest_h() < 24.3
    deleted = site.events.of("deleted")
    assert {each["reason"] for each in deleted} == {"age"}
    assert site.store.check(content=True) == []


@pytest.mark.parametrize("step_s", [400 * DAY_S, 3650 * DAY_S, 20 * DAY_S])
def test_a_clock_that_runs_ahead_deletes_nothing_early(step_s: int) -> None:
    site = Site(days=2)
    site.hours(10)
    site.store.close("upgrade")
    site.env.power_cut()
    site.start()
    site.env.step_clock(step_s)
    site.hours(10)
    assert site.events.of("deleted") == []
    site.env.step_clock(-step_s)
    site.hours(4)
    assert site.events.of("deleted") == []
    assert site.store.check(content=True) == []


def test_a_clock_that_is_not_set_deletes_nothing() -> None:
    site = Site(days=1)
    site.hours(20)
    site.store.close("upgrade")
    site.env.power_cut()
    site.env.real_ns = 0
    site.start()
    site.hours(30)
    assert site.events.of("deleted") == []
    assert site.store.epoch.trust == 0
    assert site.store.state.deletion == "clock"


def test_a_long_time_without_power_counts_only_when_a_time_server_says_so() -> None:
    for synced in (False, True):
        site = Site(days=2)
        site.env.synced = synced
        site.hours(10)
        site.store.close("upgrade")
        site.env.power_cut(off_s=10 * DAY_S)
        site.start()
        site.hours(2)
        assert bool(site.events.of("deleted")) == synced


def test_a_broken_ledger_stops_deletion_until_somebody_confirms() -> None:
    site = Site(days=1)
    site.hours(10)
    site.store.close("upgrade")
    node = site.env.disk.node(f"{MOUNT}/ledger/00000001.jsonl")
    node.data[200:210] = b"0123456789"
    node.durable, node.changes = bytes(node.data), []
    site.env.kill()
    site.start()
    assert site.store.state.deletion == "ledger"
    site.hours(30)
    assert site.events.of("deleted") == []
    site.store.confirm_deletion()
    assert site.store.state.deletion == ""
    site.hours(2)
    assert site.events.of("deleted")
    site.store.close("upgrade")
    site.env.kill()
    site.start()
    assert site.store.state.deletion == ""


def test_a_lost_ledger_stops_deletion() -> None:
    site = Site(days=1)
    site.hours(3)
    site.store.close("upgrade")
    site.env.disk.unlink(f"{MOUNT}/ledger/00000001.jsonl")
    site.env.kill()
    site.start()
    assert site.store.state.deletion == "ledger"
    site.hours(30)
    assert site.events.of("deleted") == []


def test_days_without_footage_leave_no_folders() -> None:
    site = Site(days=1)
    site.hours(60)
    days = site.env.disk.list(f"{MOUNT}/video/{HALL[:12]}")
    assert 1 <= len(days) <= 3


def test_forecast_follows_from_the_measured_rate() -> None:
    site = Site()
    assert site.store.forecast().days is None
    site.feed.begin()
    for _ in range(1800):
        site.env.advance(1)
        site.feed.add()
    site.store.step()
    site.env.advance(120)
    site.env.disk.capacity = 1 << 30
    forecast = site.store.forecast()
    space = site.store.space()
    assert space is not None
    assert forecast.bytes_per_day == pytest.approx(space.used / 1800 * DAY_S, rel=0.02)
    assert forecast.days is not None
    assert forecast.bytes_per_day is not None
    assert forecast.days == pytest.approx(0.95 * (1 << 30) / forecast.bytes_per_day, rel=0.05)


def test_a_catalog_lost_while_the_clock_runs_ahead_deletes_nothing() -> None:
    site = Site(days=2)
    site.hours(10)
    site.store.close("upgrade")
    site.env.disk.unlink(f"{MOUNT}/catalog/catalog.db")
    site.env.power_cut()
    site.env.step_clock(3650 * DAY_S)
    site.start()
    site.hours(20)
    assert site.events.of("deleted") == []
    assert site.store.check(content=True) == []


def test_what_is_older_than_the_law_allows_is_deleted_and_written_down() -> None:
    site = Site(days=1)
    site.store.configure(replace(site.settings, maximum_days=1))
    site.hours(40)
    deleted = site.events.of("deleted")
    assert {each["reason"] for each in deleted} == {"maximum"}
    assert site.oldest_h() < 24.3
    archive = site.store._keeper.writer.archive
    assert archive is not None
    named = [
        each
        for record in archive.ledger.records()
        if record.kind == "delete"
        for each in cast("list[Json]", record.data["files"])
    ]
    assert len(named) == sum(each["files"] for each in deleted)
    there = {
        path.name
        for folder in site.env.disk.list(f"{MOUNT}/video/{HALL[:12]}")
        for path in site.env.disk.list(f"{MOUNT}/video/{HALL[:12]}/{folder.name}")
    }
    assert len(there) == len(site.store.timeline(HALL, "main", 0, 1 << 60).recordings)


def test_files_that_cannot_be_played_do_not_outlive_the_rest() -> None:
    site = Site(days=1)
    site.hours(3)
    archive = site.store._keeper.writer.archive
    assert archive is not None
    archive.catalog.write(lambda db: db.execute("UPDATE recording SET state = 'bad' WHERE id = 1"))
    site.hours(30)
    assert archive.catalog.one("SELECT 1 FROM recording WHERE state = 'bad'") is None
    assert site.store.check(content=True) == []


def test_a_boot_without_the_time_does_not_end_deletion_for_ever() -> None:
    site = Site(days=1)
    site.env.synced = True
    site.hours(30)
    site.store.close("upgrade")
    site.env.power_cut(off_s=3600)
    right_ns, site.env.real_ns, site.env.synced = site.env.real_ns, 0, False
    site.start()
    site.hours(2)
    site.env.real_ns, site.env.synced = right_ns + 7200 * 10**9, True
    site.hours(3)
    assert site.oldest_h() < 24.5


def a_day_overdue(files: int) -> Site:
    """Return a site where so many files are past their time, and none was deleted yet."""
    site = Site(days=1)
    for _ in range(files):
        site.feed.begin()
        site.env.advance(1)
        site.feed.add()
        site.feed.end("schedule")
    site.store.step()
    site.store.retention_pass()
    site.env.advance(2 * DAY_S)
    return site


def delete_records(site: Site) -> list[dict[str, Json]]:
    archive = site.store._keeper.writer.archive
    assert archive is not None
    return [record.data for record in archive.ledger.records() if record.kind == "delete"]


def test_many_files_past_their_time_go_with_few_records_and_one_sync_of_their_folder() -> None:
    site = a_day_overdue(600)
    synced: list[str] = []
    disk: Any = site.env.disk
    sync_folder = disk.sync_folder

    def heard(path: str) -> None:
        synced.append(path)
        sync_folder(path)

    disk.sync_folder = heard
    assert site.store.retention_pass() == 600
    records = delete_records(site)
    assert len(records) <= 4
    assert all(len(canonical(data)) < MAX_RECORD for data in records)
    assert len([path for path in synced if "/video/" in path]) == 1
    assert site.store.check(content=True) == []


@pytest.mark.parametrize(("each", "stride"), [(12, 61), pytest.param(40, 37, marks=pytest.mark.long)])
def test_power_may_go_between_any_two_steps_of_a_long_deletion(each: int, stride: int) -> None:
    fuse = 0
    while True:
        fuse += 1 if fuse < each else stride
        site = a_day_overdue(300)
        site.env.disk.fuse = fuse
        try:
            site.store.retention_pass()
        except PowerCut:
            site.env.power_cut()
        else:
            break
        site.start()
        assert site.store.check(content=True) == []
        for _ in range(3):  # age counts only what this boot has seen go by
            site.store.retention_pass()
            site.env.advance(DAY_S)
        named = [
            tuple(cast("list[int]", each)[2:4])
            for data in delete_records(site)
            for each in cast("list[Json]", data["files"])
        ]
        assert len(named) == len(set(named)) == 300
    assert fuse > 300
