"""Coverage is measured against what was to be recorded then, as ledger and catalog remember it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from kindergarten_engine.recorder.store.schedule import Schedule, parse
from kindergarten_engine.recorder.store.store import Store
from kindergarten_engine.recorder.store.views import StoreSettings

from ..virtual import MOUNT, VirtualEnv
from .rig import Events, Feed, uid

HALL = uid(1)
ALMATY = "Asia/Almaty"
HOUR_US = 3_600_000_000
DAY = {"mon": [["08:00", "12:00"]], "tue": [["08:00", "10:00"]]}
MONDAY = round(datetime(2026, 9, 21, tzinfo=ZoneInfo(ALMATY)).timestamp()) * 1_000_000


class Site:
    """A camera that keeps to a schedule, from a Monday's midnight on."""

    def __init__(self) -> None:
        self.env, self.events = VirtualEnv(4), Events()
        self.env.real_ns = MONDAY * 1000
        self.archive_id: str | None = None
        self.schedule: Schedule | None = parse(DAY, ALMATY)
        self.start()

    def start(self) -> None:
        self.store = Store(self.env, self.events, StoreSettings(file_s=3600, days=30, ballast_bytes=0))
        assert self.store.open(MOUNT, self.archive_id).status == "ok"
        self.archive_id = self.store.state.archive_id
        self.store.declare(HALL, "Hall")
        self.store.plan(HALL, self.schedule)
        if self.schedule is not None and not self.schedule.wanted(self.store.utc_us()):
            self.store.down(HALL, "main", self.store.rel_us(), "schedule")
        self.feed = Feed(self.store, HALL, length_s=60)

    def minutes(self, count: int, *, broken: bool = False) -> None:
        """Let time go by; a broken camera records nothing."""
        for _ in range(count):
            now = self.store.utc_us()
            wanted = self.schedule is None or self.schedule.wanted(now)
            if self.feed.run is not None and (broken or not wanted):
                self.feed.end("stall" if wanted else "schedule")
            self.env.advance(60)
            if wanted and not broken:
                if self.feed.run is None:
                    self.feed.begin()
                self.feed.add()
            elif not wanted:
                self.store.down(HALL, "main", self.store.rel_us(), "schedule")
            self.store.step()

    def hours(self, first: int, count: int) -> list[tuple[float, float]]:
        """Return recorded and planned hours of some hours since the Monday."""
        t0 = MONDAY + first * HOUR_US
        found = self.store.coverage(HALL, t0, t0 + count * HOUR_US, 3600)
        return [
            (round(recorded / 3600, 2), round(planned / 3600, 2))
            for recorded, planned in zip(found.recorded, found.planned, strict=True)
        ]


def test_outside_the_schedule_nothing_is_missing() -> None:
    site = Site()
    site.minutes(30 * 60)
    assert site.hours(6, 8) == [(0, 0), (0, 0), (1, 1), (1, 1), (1, 1), (1, 1), (0, 0), (0, 0)]
    gaps = site.store.timeline(HALL, "main", 0, 1 << 60).gaps
    assert {each.cause for each in gaps if each.planned} == {"schedule"}
    assert site.events.of("recording_stopped") == []
    assert site.store.facts(HALL).coverage_24h == 1.0
    assert site.store.check(content=True) == []


def test_what_was_to_be_recorded_and_was_not_counts() -> None:
    site = Site()
    site.minutes(9 * 60)
    site.minutes(90, broken=True)
    site.minutes(90)
    assert site.hours(8, 4) == [(1, 1), (0, 1), (0.5, 1), (1, 1)]


def test_the_past_is_judged_by_the_schedule_of_then() -> None:
    site = Site()
    site.minutes(13 * 60)
    site.schedule = None
    site.store.plan(HALL, None)
    site.minutes(2 * 60)
    site.schedule = parse({"mon": [["16:00", "17:00"]]}, ALMATY)
    site.store.plan(HALL, site.schedule)
    site.minutes(3 * 60)
    expected = [(0, 0), (1, 1), (1, 1), (1, 1), (1, 1), (0, 0), (1, 1), (1, 1), (0, 0), (1, 1), (0, 0)]
    assert site.hours(7, 11) == expected
    site.store.close("upgrade")
    site.env.disk.unlink(f"{MOUNT}/catalog/catalog.db")
    site.env.kill()
    site.start()
    for _ in range(20):
        site.store.step()
    assert site.hours(7, 11) == expected
    assert site.store.check(content=True) == []


def test_a_machine_that_was_off_at_night_missed_nothing() -> None:
    site = Site()
    site.minutes(13 * 60)
    site.store.close("host_restart")
    site.env.power_cut(off_s=18 * 3600)
    site.start()
    site.minutes(3 * 60)
    assert [
        each.cause for each in site.store.timeline(HALL, "main", 0, 1 << 60).gaps if not each.planned
    ] == []
    assert site.hours(24 + 7, 4) == [(0, 0), (1, 1), (1, 1), (0, 0)]


def test_the_forecast_knows_how_long_is_recorded() -> None:
    site = Site()
    site.minutes(12 * 60)
    forecast, space = site.store.forecast(), site.store.space()
    assert space is not None
    assert forecast.bytes_per_day is not None
    assert 0.9 < forecast.bytes_per_day / (space.used / 4 * 6 / 7) < 1.1
