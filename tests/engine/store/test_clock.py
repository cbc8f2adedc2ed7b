"""The wall clock may do what it likes: recordings lie on the monotonic clock and are re-timed with it."""

from kindergarten_engine.recorder.store.store import Store
from kindergarten_engine.recorder.store.views import StoreSettings

from ..virtual import MOUNT, VirtualEnv
from .rig import Events, Feed, uid

HALL = uid(1)


def test_a_clock_set_late_re_times_what_was_recorded_before() -> None:
    env, events = VirtualEnv(5), Events()
    right = env.real_ns
    store = Store(env, events, StoreSettings(file_s=60))
    archive_id = store.open(MOUNT).archive_id
    store.declare(HALL, "Hall")
    feed = Feed(store, HALL)
    feed.begin()
    for _ in range(5):
        env.advance(1)
        feed.add()
        store.step()
    store.close("host_restart")
    env.power_cut(off_s=100)
    env.real_ns = 0
    store = Store(env, events, StoreSettings(file_s=60))
    store.open(MOUNT, archive_id)
    assert store.epoch.trust == 0
    store.declare(HALL, "Hall")
    feed = Feed(store, HALL)
    feed.begin()
    for second in range(20):
        env.advance(1)
        feed.add()
        if second == 10:
            env.real_ns = right + 116_000_000_000
        store.step()
    assert store.epoch.trust == 1
    timeline = store.timeline(HALL, "main", 0, 1 << 60)
    first, *later = timeline.recordings
    assert first.end_us == right // 1000 + 5_000_000
    assert later[0].start_us == right // 1000 + 105_000_000
    assert [(each.start_us, each.end_us, each.cause) for each in timeline.gaps] == [
        (first.end_us, later[0].start_us, "host_restart")
    ]
    assert len({each.run for each in later}) == 1
    assert events.of("clock_changed")
    assert store.check(content=True) == []


def test_small_differences_are_left_to_the_time_server() -> None:
    env, events = VirtualEnv(6), Events()
    store = Store(env, events)
    store.open(MOUNT)
    before = store.epoch.utc0_us
    env.step_clock(0.8)
    store.step()
    assert store.epoch.utc0_us == before
    env.step_clock(0.4)
    store.step()
    assert store.epoch.utc0_us == before + 1_200_000


def test_a_killed_engine_leaves_a_gap_exact_to_the_picture() -> None:
    env, events = VirtualEnv(8), Events()
    store = Store(env, events)
    archive_id = store.open(MOUNT).archive_id
    store.declare(HALL, "Hall")
    feed = Feed(store, HALL)
    feed.begin()
    for _ in range(5):
        env.advance(1)
        feed.add()
    store.step()
    end = store.utc_us()
    env.kill(off_s=1.5)
    store = Store(env, events)
    store.open(MOUNT, archive_id)
    store.declare(HALL, "Hall")
    env.advance(2)
    store.step()
    gaps = store.timeline(HALL, "main", 0, 1 << 60).gaps
    assert [(each.start_us, each.end_us, each.cause) for each in gaps] == [
        (end, end + 1_500_000, "engine_crash"),
        (end + 1_500_000, None, "connect"),
    ]
