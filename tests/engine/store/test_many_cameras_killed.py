"""A recorder of many cameras that was killed: their files are put right together."""

from pathlib import Path
import shutil

from kindergarten_engine.recorder.store.store import Store
from kindergarten_engine.recorder.store.views import StoreSettings

from .rig import Events, Feed, RealDisk, uid

CAMERAS = 12
SECONDS = 6
SETTINGS = StoreSettings(file_s=60, ballast_bytes=0)


def killed_while_recording(env: RealDisk, folder: Path) -> str:
    """Leave the archive of a recorder of many cameras that was killed in a folder; returns its id."""
    live = folder.with_name("live")
    store = Store(env, Events(), SETTINGS)
    archive_id = store.open(str(live)).archive_id
    assert archive_id is not None
    feeds = []
    for number in range(1, CAMERAS + 1):
        store.declare(uid(number), "")
        feeds.append(Feed(store, uid(number)))
        feeds[-1].begin()
    for _ in range(SECONDS):
        env.advance(1)
        for feed in feeds:
            feed.add()
    assert store.flush()
    shutil.copytree(live, folder)
    store.close("user")
    return archive_id


def test_each_file_keeps_what_was_whole_and_loses_what_was_torn(tmp_path: Path) -> None:
    env = RealDisk()
    killed = tmp_path / "killed"
    archive_id = killed_while_recording(env, killed)
    videos = sorted(killed.rglob("*.mp4"))
    assert len(videos) == CAMERAS
    for number, path in enumerate(videos):
        with path.open("ab") as file:
            file.write(b"torn" * number)
    videos[0].unlink()
    events = Events()
    store = Store(env, events, SETTINGS)

    assert store.open(str(killed), archive_id).status == "ok"
    (told,) = events.of("recovered")
    assert told["files"] == CAMERAS - 1
    assert told["cut"] == sum(4 * number for number in range(1, CAMERAS))
    assert store.check(content=True) == []
    lengths = {
        camera: sum(
            each.end_us - each.start_us for each in store.timeline(camera, "main", 0, 1 << 60).recordings
        )
        for camera in map(uid, range(1, CAMERAS + 1))
    }
    gone = next(camera for camera in lengths if camera.startswith(videos[0].parent.parent.name))
    assert lengths.pop(gone) == 0
    assert set(lengths.values()) == {SECONDS * 1_000_000}
    store.close("user")
