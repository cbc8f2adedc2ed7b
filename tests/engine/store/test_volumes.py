"""Several volumes: one is written, the others are read until what is on them is old."""

from pathlib import Path

import pytest

from kindergarten_engine.recorder.store.store import Store
from kindergarten_engine.recorder.store.views import StoreSettings, VolumeRef
from tests.demo_archive.machine import UnsyncedFiles

from .rig import Events, Feed, RealDisk, record, uid

HALL = uid(1)
ALL = (0, 1 << 60)
DAY_S = 86_400
SETTINGS = StoreSettings(file_s=10, days=2, minimum_days=1, ballast_bytes=0)


class Site:
    """A camera whose archive moves from one disk to another while it is recorded."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env, self.events = RealDisk(), Events()
        self.env.fs = UnsyncedFiles()
        self.store = Store(self.env, self.events, SETTINGS)
        self.first = self.open("first")
        self.store.declare(HALL, "Hall")
        self.feed = Feed(self.store, HALL)
        self.feed.begin()
        self.record(35)

    def open(self, name: str, archive_id: str | None = None) -> VolumeRef:
        state = self.store.open(str(self.folder / name), archive_id)
        assert state.status == "ok"
        assert state.path is not None
        assert state.archive_id is not None
        return VolumeRef(path=state.path, archive_id=state.archive_id)

    def record(self, seconds: int) -> None:
        for _ in range(seconds):
            record(self.env, self.feed, 1)
            self.store.step()

    def move(self) -> None:
        """Record to a second disk, keep the first."""
        self.second = self.open("second")
        self.store.keep_old([self.first])
        self.record(35)

    def files(self, name: str) -> int:
        return len(list((self.folder / name / "video").glob("*/*/*.mp4")))


def test_cameras_go_on_when_the_archive_moves_and_all_footage_stays_one(tmp_path: Path) -> None:
    site = Site(tmp_path)
    before = site.store.timeline(HALL, "main", *ALL)
    site.move()
    timeline = site.store.timeline(HALL, "main", *ALL)
    assert [each.start_us for each in timeline.recordings][: len(before.recordings)] == [
        each.start_us for each in before.recordings
    ]
    assert len({each.id for each in timeline.recordings}) == len(timeline.recordings)
    ends = [each.end_us for each in before.recordings]
    after = next(each for each in timeline.recordings if each.start_us >= ends[-1])
    assert after.start_us - ends[-1] <= 3_000_000
    start, end = timeline.recordings[0].start_us, timeline.recordings[-1].end_us
    coverage = site.store.coverage(HALL, start, end, 3600)
    assert sum(coverage.recorded) == pytest.approx((end - start) / 1e6, abs=3)
    assert sum(coverage.planned) <= (end - start) / 1e6 + 0.1
    assert site.store.facts(HALL).oldest_us == before.recordings[0].start_us
    (camera,) = site.store.cameras()
    assert (camera.oldest_us, camera.newest_us) == (start, end)
    assert sum(day.recorded_s for day in site.store.days(HALL)) == pytest.approx((end - start) / 1e6, abs=3)
    site.store.close("upgrade")


def test_what_is_on_an_old_volume_plays(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.move()
    recordings = site.store.timeline(HALL, "main", *ALL).recordings
    slices = site.store.fragments(HALL, "main", recordings[0].start_us, recordings[-1].end_us)
    assert [each.times_us[0] for each in slices] == sorted(each.times_us[0] for each in slices)
    for each in slices:
        assert b"moof" in site.store.read_media(each.recording, each.first, each.first)
        assert site.store.init(each.init_sha)
    key = site.store.key_frame_at(HALL, "main", recordings[0].start_us + 1_500_000)
    assert key is not None
    assert key.time_us == recordings[0].start_us
    site.store.close("upgrade")


def test_an_old_volume_is_not_written_and_ages_out(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.move()
    there = site.files("first")
    assert there
    for _ in range(60):
        site.env.advance(3600)
        site.record(2)
    assert site.files("first") == 0
    assert site.files("second") > 0
    gone = [each for each in site.events.of("deleted") if each.get("volume") == site.first.path]
    assert sum(each["files"] for each in gone) == there
    assert {each["reason"] for each in gone} == {"age"}
    assert site.store.volumes()[1].oldest_us is None
    site.store.close("upgrade")


def test_a_hold_of_today_keeps_what_is_on_an_old_volume(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.move()
    old = site.store._old
    there = site.files("first")
    for volume in old._volumes.values():
        volume.keeper.also_held = lambda *_: True
    for _ in range(60):
        site.env.advance(3600)
        site.record(2)
    assert site.files("first") == there
    site.store.close("upgrade")


def test_a_missing_old_volume_is_named_and_comes_back(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.move()
    (tmp_path / "first").rename(tmp_path / "away")
    site.record(15)
    states = {Path(each.path).name: each.state for each in site.store.volumes()}
    assert states == {"second": "ok", "first": "missing"}
    assert [each["volume"] for each in site.events.of("archive_unavailable")] == [site.first.path]
    assert site.store.timeline(HALL, "main", *ALL).recordings
    (tmp_path / "away").rename(tmp_path / "first")
    site.record(15)
    assert {each.state for each in site.store.volumes()} == {"ok"}
    assert site.store.state.status == "ok"
    assert [each for each in site.store.timeline(HALL, "main", *ALL).gaps if each.cause != "connect"] == []
    site.store.close("upgrade")


def test_an_old_volume_that_was_never_there_is_named(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.store.keep_old([VolumeRef(path=str(tmp_path / "nowhere"), archive_id="0" * 32)])
    (told,) = site.events.of("archive_unavailable")
    assert (told["status"], told["volume"]) == ("missing", str(tmp_path / "nowhere"))
    site.record(5)
    assert site.store.state.status == "ok"


def test_an_archive_is_adopted_by_a_new_installation(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.store.close("user")
    site.env.boot = "boot-of-another"
    store = Store(site.env, site.events, SETTINGS)
    offered = store.open(site.first.path)
    assert (offered.status, offered.archive_id) == ("foreign", site.first.archive_id)
    assert store.open(site.first.path, offered.archive_id).status == "ok"
    store.declare(uid(2), "Yard")
    feed = Feed(store, uid(2))
    feed.begin()
    record(site.env, feed, 12)
    store.step()
    assert {each.uid for each in store.cameras()} == {HALL, uid(2)}
    assert store.timeline(HALL, "main", *ALL).recordings
    assert store.timeline(uid(2), "main", *ALL).recordings
    assert store.state.deletion == ""
    assert store.check(content=True) == []
    store.close("user")
