"""When a gap is told to be over."""

from kindergarten_engine.recorder.store.store import Store
from kindergarten_engine.recorder.store.views import StoreSettings

from ..virtual import MOUNT, VirtualEnv
from .rig import Events, Feed, uid


def run(env: VirtualEnv, store: Store, seconds: int, feed: Feed | None = None) -> None:
    """Let seconds go by, with or without pictures."""
    for _ in range(seconds):
        env.advance(1)
        if feed is not None:
            feed.add()
        store.step()


def test_a_gap_is_over_only_when_there_are_pictures_again() -> None:
    env, events = VirtualEnv(1, 1 << 30), Events()
    store = Store(env, events, StoreSettings(file_s=10, ballast_bytes=4000))
    store.open(MOUNT)
    store.declare(uid(1), "Hall")
    feed = Feed(store, uid(1))
    feed.begin()
    run(env, store, 10, feed)
    before = len(events.of("gap_closed"))
    feed.end("closed_by_camera")
    run(env, store, 20)
    store.down(uid(1), "main", store.rel_us(), "auth")
    run(env, store, 20)
    assert len(events.of("gap_closed")) == before, "the login is refused: nothing is over"
    feed.begin()
    run(env, store, 5, feed)
    feed.end()
    store.close("user")
    told = events.of("gap_closed")[before:]
    assert [each["cause"] for each in told] == ["auth"], "and the end of the engine ends no gap"
