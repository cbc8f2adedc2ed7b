"""Evidence beside recording: what is being written just now is there too, and nothing gets in its way."""

from pathlib import Path

from kindergarten_engine.evidence.cutting import audio_rate, cut, holes
from kindergarten_engine.evidence.jobs import Task
from kindergarten_engine.evidence.opening import beside, living
from kindergarten_engine.evidence.verify import verify
from kindergarten_engine.recorder.format.parameter_sets import audio_config
from kindergarten_engine.recorder.store.store import Store
from kindergarten_engine.recorder.store.views import StoreSettings
from tests.engine.store.rig import Feed, RealDisk, init, record, uid

SECOND = 1_000_000


def recording(tmp_path: Path, seconds: int) -> tuple[RealDisk, Store]:
    """Record for some seconds, with files of 20 s, and go on."""
    env = RealDisk()
    store = Store(env, lambda *_: None, StoreSettings(ballast_bytes=0, file_s=20))
    store.open(str(tmp_path / "archive"))
    store.declare(uid(1), "Room")
    store.step()
    feed = Feed(store, uid(1))
    feed.begin()
    record(env, feed, seconds)
    return env, store


def test_file_being_written_is_exported_up_to_its_last_fragment(tmp_path: Path) -> None:
    env, store = recording(tmp_path, 50)
    now = env.real_ns // 1000
    with store.using() as archive:
        footage = beside(archive)
        pieces = cut(footage, uid(1), now - 45 * SECOND, now)
        (piece,) = pieces
        assert abs(piece.t1 - now) < SECOND
        assert len({part.path for part in piece.parts}) >= 2
        assert holes(footage, uid(1), pieces, now - 45 * SECOND, piece.t1) == []
    store.close("user")


def test_file_being_written_is_no_stranger_to_verifying(tmp_path: Path) -> None:
    env, store = recording(tmp_path, 50)
    with store.using() as archive:
        result = verify(Task(env=env, kind="verify"), beside(archive).reading, "quick", living(archive))
    assert result["ok"], result
    store.close("user")


def test_sound_keeps_its_own_rate() -> None:
    assert audio_rate(init(audio=audio_config(16_000, 1)).data) == 16_000
    assert audio_rate(init().data) == 0
