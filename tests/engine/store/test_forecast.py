"""What is forecast is what then happens, and is said days before it hurts."""

from typing import Any

import pytest

from kindergarten_engine.recorder.store.holds import NewHold
from kindergarten_engine.recorder.store.store import Store
from kindergarten_engine.recorder.store.views import StoreSettings

from ..virtual import MOUNT, VirtualEnv
from .rig import Events, Feed, uid

DAY_S = 86_400
DAY_US = DAY_S * 1_000_000
MINUTE_S = 60


class Site:
    """Two cameras that record day and night, the second twice as much as the first."""

    def __init__(self, capacity: int, days: int = 10, **settings: Any) -> None:
        self.env = VirtualEnv(11, capacity)
        self.events = Events()
        self.told: list[tuple[int, str]] = []
        self.store = Store(
            self.env,
            self.hear,
            StoreSettings(file_s=3600, days=days, minimum_days=days, ballast_bytes=0, **settings),
        )
        assert self.store.open(MOUNT).status == "ok"
        self.feeds = [
            Feed(self.store, uid(number), length_s=MINUTE_S, size=size)
            for number, size in ((1, 160), (2, 320))
        ]
        for feed in self.feeds:
            self.store.declare(feed.camera, "Room")
            feed.begin()

    def hear(self, kind: str, camera: str | None, data: Any) -> None:
        """Remember what the store says, and when."""
        self.events(kind, camera, data)
        self.told.append((self.env.real_ns // 1000, kind))

    def first(self, kind: str) -> int:
        """Return when something was said for the first time."""
        return next(time for time, each in self.told if each == kind)

    def run(self, days: float) -> None:
        """Let days go by."""
        for _ in range(round(days * DAY_S / MINUTE_S)):
            self.env.advance(MINUTE_S)
            for feed in self.feeds:
                feed.add()
            self.store.step()

    def forecast(self) -> Any:
        """Return the forecast."""
        return self.store.forecast()

    def oldest_days(self) -> float:
        """Return how many days back every camera has footage."""
        oldest = [self.store.facts(feed.camera).oldest_us for feed in self.feeds]
        assert None not in oldest
        return (self.store.utc_us() - max(each for each in oldest if each is not None)) / DAY_US


def test_a_disk_that_is_too_small_holds_as_many_days_as_forecast() -> None:
    site = Site(capacity=30_000_000)
    site.run(1)
    forecast, asked_us = site.forecast(), site.store.utc_us()
    assert forecast.enough is False
    assert forecast.per_camera[uid(2)] > forecast.per_camera[uid(1)]
    (risk,) = site.events.of("retention_at_risk")
    site.run(forecast.days + 1)
    assert site.oldest_days() == pytest.approx(forecast.days, rel=0.1)
    (first, *_) = site.events.of("retention_broken")
    broken, warned = site.first("retention_broken"), site.first("retention_at_risk")
    assert broken - warned > 3 * DAY_US
    assert (broken - asked_us) / DAY_US == pytest.approx((forecast.breaks_at_us - asked_us) / DAY_US, rel=0.1)
    assert (broken - asked_us) / DAY_US == pytest.approx((forecast.fills_at_us - asked_us) / DAY_US, rel=0.1)
    assert first["files"]
    assert risk["minimum_days"] == 10


def test_what_is_held_shortens_the_forecast_as_much_as_it_then_shortens_what_is_kept() -> None:
    site = Site(capacity=30_000_000)
    site.run(3)
    before, now = site.forecast(), site.store.utc_us()
    with site.store.evidence() as evidence:
        cameras = tuple(feed.camera for feed in site.feeds)
        evidence.holds.make(
            NewHold(cameras=cameras, t0=now - 2 * DAY_US, t1=now, until=None, by="owner", reason="")
        )
        held = evidence.holds.share().bytes
    site.run(0.01)
    forecast, asked_us = site.forecast(), site.store.utc_us()
    assert before.days - forecast.days == pytest.approx(held / before.bytes_per_day, rel=0.1)
    while not site.events.of("retention_broken"):
        site.run(0.05)
    broken_us = site.first("retention_broken")
    assert broken_us - asked_us == pytest.approx(forecast.breaks_at_us - asked_us, rel=0.1)
    site.run(forecast.days)
    kept = (site.store.utc_us() - site.events.of("deleted")[-1]["until_us"]) / DAY_US
    assert kept == pytest.approx(forecast.days, rel=0.1)


@pytest.mark.long
def test_a_disk_as_large_as_advised_is_enough() -> None:
    small = Site(capacity=30_000_000)
    small.run(0.5)
    advice = {each.kind: each.value for each in small.forecast().advice}
    assert advice["bitrate"] < small.forecast().bytes_per_day * 8 / DAY_S / 2
    assert 1 <= advice["schedule"] < 24
    large = Site(capacity=advice["disk"])
    large.run(12)
    assert large.forecast().enough is True
    assert large.forecast().fills_at_us is None
    assert large.oldest_days() > 9.9
    assert large.events.of("retention_at_risk") == []
    assert large.events.of("retention_broken") == []


def test_a_camera_that_is_set_higher_is_seen_days_before_the_minimum_breaks() -> None:
    site = Site(capacity=52_000_000)
    site.run(6)
    assert site.forecast().enough is True
    for feed in site.feeds:
        feed.size = feed.size * 3 // 2
    site.run(1)
    asked_us, expected_us = site.store.utc_us(), site.forecast().breaks_at_us
    while not site.events.of("retention_broken"):
        site.run(0.05)
    broken_us = site.first("retention_broken")
    assert broken_us - site.first("retention_at_risk") >= 3 * DAY_US
    assert broken_us - asked_us == pytest.approx(expected_us - asked_us, rel=0.1)


def test_nothing_is_said_of_cameras_that_nobody_measured() -> None:
    site = Site(capacity=1 << 30)
    site.run(0.1)
    site.store.declare(uid(3), "Never seen")
    site.run(0.1)
    forecast = site.forecast()
    assert forecast.enough is None
    assert set(forecast.per_camera) == {uid(1), uid(2)}
