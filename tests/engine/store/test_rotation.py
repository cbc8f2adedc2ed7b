"""While one file is closed and the next is opened, nothing disappears for who asks meanwhile."""

from collections.abc import Callable
from pathlib import Path
from typing import override

from kindergarten_engine.filesystem import RealFileSystem
from kindergarten_engine.recorder.store.store import Store
from kindergarten_engine.recorder.store.views import StoreSettings

from .rig import Events, Feed, RealDisk, record, uid

HALL = uid(1)


class WatchedFiles(RealFileSystem):
    """Calls `look` whenever something was written, synced or closed."""

    def __init__(self) -> None:
        self.look: Callable[[], None] = lambda: None

    @override
    def pwrite(self, fd: int, data: bytes | memoryview, offset: int) -> int:
        written = super().pwrite(fd, data, offset)
        self.look()
        return written

    @override
    def sync(self, fd: int) -> None:
        super().sync(fd)
        self.look()

    @override
    def close(self, fd: int) -> None:
        super().close(fd)
        self.look()


def test_file_that_is_being_closed_stays_visible(tmp_path: Path) -> None:
    env, files = RealDisk(), WatchedFiles()
    env.fs = files
    store = Store(env, Events(), StoreSettings(file_s=2, ballast_bytes=1 << 16))
    assert store.open(str(tmp_path / "archive")).status == "ok"
    store.declare(HALL, "Hall")
    feed = Feed(store, HALL)
    feed.begin()
    record(env, feed, 3)
    seen: list[int] = []

    def look() -> None:
        files.look = lambda: None
        slices = store.fragments(HALL, "main", 0, 1 << 60)
        for part in slices:
            last = part.first + len(part.entries) - 1
            assert store.read_media(part.recording, last, last)
        seen.append(sum(len(part.entries) for part in slices))
        files.look = look

    files.look = look
    record(env, feed, 6)
    feed.end()
    assert store.flush()
    files.look = lambda: None
    store.close("user")
    assert len(seen) > 20
    assert seen == sorted(seen)
