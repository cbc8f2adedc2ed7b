"""Recording into a real folder: files, catalog, gaps, and what is asked of them."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
import sqlite3

import pytest

from kindergarten_engine.errors import RequestError
from kindergarten_engine.recorder.format.recording_file import scan
from kindergarten_engine.recorder.store.store import Store
from kindergarten_engine.recorder.store.views import StoreSettings
from tests.demo_archive.machine import UnsyncedFiles

from .rig import Events, Feed, RealDisk, init, record, uid

HALL = uid(1)


@pytest.fixture
def events() -> Events:
    return Events()


@pytest.fixture
def env() -> RealDisk:
    return RealDisk()


@pytest.fixture
def store(env: RealDisk, tmp_path: Path, events: Events) -> Iterator[Store]:
    store = Store(env, events, StoreSettings(file_s=2, ballast_bytes=1 << 16))
    assert store.open(str(tmp_path / "archive")).status == "ok"
    store.declare(HALL, "Hall")
    yield store
    store.close("user")


def _part(data: bytes, offset: int, size: int) -> bytes:
    return data[offset : offset + size]


def reopened(env: RealDisk, path: Path, events: Events, archive_id: str | None) -> Store:
    env.advance(2)
    store = Store(env, events, StoreSettings(file_s=2))
    assert store.open(str(path), archive_id).status == "ok"
    return store


def test_files_follow_each_other_without_a_hole(store: Store, env: RealDisk, tmp_path: Path) -> None:
    feed = Feed(store, HALL)
    feed.begin()
    record(env, feed, 11)
    timeline = store.timeline(HALL, "main", 0, 1 << 60)
    assert len(timeline.recordings) >= 5
    assert len({each.run for each in timeline.recordings}) == 1
    ends = [each.end_us for each in timeline.recordings]
    assert [each.start_us for each in timeline.recordings[1:]] == ends[:-1]
    assert timeline.horizon_us == ends[-1]
    assert store.check(content=True) == []


def test_closed_files_are_plain_mp4_of_the_right_length(store: Store, env: RealDisk, tmp_path: Path) -> None:
    feed = Feed(store, HALL)
    feed.begin()
    record(env, feed, 4)
    feed.end()
    assert store.flush()
    for path in (tmp_path / "archive/video").rglob("*.mp4"):
        data = path.read_bytes()
        found = scan(partial(_part, data), len(data))
        assert found.closed
        assert found.identity is not None
        assert found.identity.camera == HALL


def test_threads_do_the_same_as_steps(store: Store, env: RealDisk) -> None:
    store.start()
    feed = Feed(store, HALL)
    feed.begin()
    record(env, feed, 7)
    assert store.check(content=True) == []
    assert sum(store.coverage(HALL, 0, store.utc_us() + 10_000_000, 86_400).recorded) == pytest.approx(
        7, abs=0.1
    )


def test_a_fragment_is_served_with_the_time_of_its_run(store: Store, env: RealDisk) -> None:
    feed = Feed(store, HALL)
    feed.begin()
    record(env, feed, 6)
    second = store.fragments(HALL, "main", 0, 1 << 60)[1]
    data = store.read_media(second.recording, 0, 1)
    assert int.from_bytes(data[data.index(b"tfdt") + 8 :][:8]) == second.ticks0 > 0
    assert store.init(second.init_sha) == feed.init.data


def test_fragments_begin_at_the_key_frame_before_the_time_asked(store: Store, env: RealDisk) -> None:
    feed = Feed(store, HALL, gop=4)
    feed.begin()
    record(env, feed, 3)
    start = store.timeline(HALL, "main", 0, 1 << 60).recordings[0].start_us
    found = store.fragments(HALL, "main", start + 2_500_000, start + 2_600_000)[0]
    assert (found.first, len(found.entries)) == (0, 3)
    assert found.times_us == [start, start + 1_000_000, start + 2_000_000, start + 3_000_000]


def test_key_frame_at_a_time_decodes_by_itself(store: Store, env: RealDisk) -> None:
    feed = Feed(store, HALL, gop=2)
    feed.begin()
    record(env, feed, 3)
    start = store.timeline(HALL, "main", 0, 1 << 60).recordings[0].start_us
    frame = store.key_frame_at(HALL, "main", start + 1_900_000)
    assert frame is not None
    assert frame.time_us == start
    newest = store.key_frame_at(HALL, "main", None)
    assert newest is not None
    assert newest.time_us == start + 2_000_000
    assert store.key_frame_at(HALL, "main", start - 10_000_000_000) is None


def test_what_is_not_there_is_not_found(store: Store, env: RealDisk) -> None:
    for ask in (lambda: store.init("00"), lambda: store.read_media(99, 0, 0), lambda: store.job("x")):
        with pytest.raises(RequestError, match="not_found"):
            ask()


def test_other_parameter_sets_begin_a_new_file_of_the_same_run(store: Store, env: RealDisk) -> None:
    feed = Feed(store, HALL, gop=1)
    feed.begin()
    record(env, feed, 1)
    assert feed.run is not None
    feed.run.change_init(init(1280))
    record(env, feed, 1)
    found = store.fragments(HALL, "main", 0, 1 << 60)
    assert len({each.init_sha for each in found}) == 2
    assert len({each.run for each in found}) == 1


def test_an_outage_is_a_gap_with_its_cause(store: Store, env: RealDisk) -> None:
    feed = Feed(store, HALL)
    feed.begin()
    record(env, feed, 2)
    assert feed.run is not None
    feed.run.end(2_500_000, "stall")
    store.down(HALL, "main", 3_000_000, "connect")
    store.down(HALL, "main", 6_000_000, "auth")
    env.advance(7)
    feed.begin()
    record(env, feed, 2)
    zero = store.utc_us(0)
    gaps = [
        (each.start_us - zero, each.end_us and each.end_us - zero, each.cause)
        for each in store.timeline(HALL, "main", 0, 1 << 60).gaps
    ]
    assert gaps == [(2_000_000, 6_000_000, "stall"), (6_000_000, 9_000_000, "auth")]
    assert store.check() == []


def test_too_much_waiting_drops_whole_groups_of_pictures(
    env: RealDisk, tmp_path: Path, events: Events
) -> None:
    store = Store(env, events, StoreSettings(camera_queue_bytes=1500, sync_s=1.0))
    store.open(str(tmp_path / "archive"))
    store.declare(HALL, "Hall")
    feed = Feed(store, HALL, gop=2)
    feed.begin()
    for _ in range(8):
        env.advance(1)
        feed.add()
    store.flush()
    record(env, feed, 2)
    gaps = store.timeline(HALL, "main", 0, 1 << 60).gaps
    assert [each.cause for each in gaps] == ["disk_slow"]
    assert store.check(content=True) == []


def test_another_start_goes_on_where_the_last_ended(
    store: Store, env: RealDisk, tmp_path: Path, events: Events
) -> None:
    feed = Feed(store, HALL)
    feed.begin()
    record(env, feed, 3)
    archive_id = store.state.archive_id
    store.close("upgrade")
    again = reopened(env, tmp_path / "archive", events, archive_id)
    again.declare(HALL, "Hall")
    again.step()
    causes = [each.cause for each in again.timeline(HALL, "main", 0, 1 << 60).gaps]
    assert causes == ["upgrade", "connect"]
    assert again.check(content=True) == []
    again.close("user")


def test_a_damaged_catalog_is_kept_and_read_back_from_the_files(
    store: Store, env: RealDisk, tmp_path: Path, events: Events
) -> None:
    feed = Feed(store, HALL)
    feed.begin()
    record(env, feed, 5)
    before = [
        (each.run, each.seq, each.bytes) for each in store.timeline(HALL, "main", 0, 1 << 60).recordings
    ]
    archive_id = store.state.archive_id
    store.close("upgrade")
    catalog = tmp_path / "archive/catalog/catalog.db"
    catalog.write_bytes(b"this is no database" * 100)
    again = reopened(env, tmp_path / "archive", events, archive_id)
    again.step()
    after = [(each.run, each.seq) for each in again.timeline(HALL, "main", 0, 1 << 60).recordings]
    assert after == [each[:2] for each in before]
    assert list(catalog.parent.glob("catalog.db.damaged-*"))
    assert events.of("recovered")[-1]["catalog"]
    assert again.check(content=True) == []
    again.close("user")


def test_a_catalog_of_another_version_is_moved_aside(
    store: Store, env: RealDisk, tmp_path: Path, events: Events
) -> None:
    archive_id = store.state.archive_id
    store.close("upgrade")
    with sqlite3.connect(tmp_path / "archive/catalog/catalog.db") as db:
        db.execute("UPDATE meta SET v = '999' WHERE k = 'schema'")
    db.close()
    again = reopened(env, tmp_path / "archive", events, archive_id)
    assert again.state.status == "ok"
    assert events.of("recovered")[-1]["catalog"]
    again.close("user")


def test_own_unknown_files_are_adopted_and_foreign_ones_left_alone(
    store: Store, env: RealDisk, tmp_path: Path, events: Events
) -> None:
    feed = Feed(store, HALL)
    feed.begin()
    record(env, feed, 5)
    archive_id = store.state.archive_id
    store.close("upgrade")
    files = sorted((tmp_path / "archive/video").rglob("*.mp4"))
    with sqlite3.connect(tmp_path / "archive/catalog/catalog.db") as db:
        db.execute("DELETE FROM recording WHERE seq = 0")
    db.close()
    foreign = files[0].with_name("holiday.mp4")
    foreign.write_bytes(b"\0\0\0\x18ftypmp42" + bytes(5000))
    cut = files[0].with_name("cut.mp4")
    cut.write_bytes(files[1].read_bytes()[:40])
    again = reopened(env, tmp_path / "archive", events, archive_id)
    job = again.start_job("recheck")
    again.step()
    result = again.job(job)
    assert (result["state"], result["adopted"], result["foreign"]) == ("done", 1, 2)
    assert foreign.exists()
    assert cut.exists()
    assert again.timeline(HALL, "main", 0, 1 << 60).recordings[0].state == "adopted"
    assert again.check(content=True) == []
    again.close("user")


def test_files_cut_short_by_somebody_no_longer_count(
    store: Store, env: RealDisk, tmp_path: Path, events: Events
) -> None:
    feed = Feed(store, HALL)
    feed.begin()
    record(env, feed, 5)
    archive_id = store.state.archive_id
    store.close("upgrade")
    files = sorted((tmp_path / "archive/video").rglob("*.mp4"))
    files[0].write_bytes(files[0].read_bytes()[:-100])
    files[1].unlink()
    again = reopened(env, tmp_path / "archive", events, archive_id)
    job = again.start_job("recheck")
    again.step()
    assert again.job(job)["missing"] == 2
    assert again.check(content=True) == []
    again.close("user")


@pytest.mark.parametrize("what", ["file", "full", "other", "nothing above"])
def test_a_bad_folder_is_a_state_and_nothing_is_made_in_it(tmp_path: Path, events: Events, what: str) -> None:
    folder = tmp_path / "place"
    if what == "file":
        folder.write_text("a file")
    elif what == "full":
        folder.mkdir()
        (folder / "letter.txt").write_text("mine")
    elif what == "other":
        other = Store(RealDisk(), events)
        other.open(str(folder))
        other.close("user")
    else:
        folder = tmp_path / "no" / "such" / "folder"
    store = Store(RealDisk(), events)
    state = store.open(str(folder))
    assert state.status in {"foreign", "missing", "error"}
    assert (state.archive_id is not None) == (what == "other")
    assert store.open(str(folder), "0" * 32).status in {"foreign", "missing"}
    store.step()
    store.close("user")
    if what == "full":
        assert [each.name for each in folder.iterdir()] == ["letter.txt"]


def test_a_removed_camera_keeps_its_footage(store: Store, env: RealDisk) -> None:
    feed = Feed(store, HALL)
    feed.begin()
    record(env, feed, 3)
    store.remove(HALL)
    store.step()
    assert store.cameras()[0].removed_us is not None
    assert store.timeline(HALL, "main", 0, 1 << 60).recordings
    store.declare(HALL, "Hall")
    store.step()
    assert store.cameras()[0].removed_us is None
    assert store.check() == []


def test_catalog_asks_no_shared_memory_of_the_volume(store: Store, tmp_path: Path) -> None:
    names = {each.name for each in (tmp_path / "archive/catalog").iterdir()}
    assert names == {"catalog.db", "catalog.db-wal"}


def test_sixteen_cameras_need_few_transactions(env: RealDisk, tmp_path: Path, events: Events) -> None:
    env.fs = UnsyncedFiles()
    store = Store(env, events, StoreSettings(ballast_bytes=0))
    store.open(str(tmp_path / "archive"))
    feeds = [Feed(store, uid(number), length_s=5.0) for number in range(1, 17)]
    for feed in feeds:
        store.declare(feed.camera, "")
        feed.begin()
    archive = store._keeper.writer.archive
    assert archive is not None
    for second in range(0, 1500, 5):
        if second == 600:
            before = archive.catalog.commits
        env.advance(5)
        for feed in feeds:
            feed.add()
        store.step()
    assert (archive.catalog.commits - before) / 900 <= 0.2
    store.close("user")
