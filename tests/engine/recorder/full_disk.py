"""Records simulated cameras to a disk that somebody else fills to its last byte again and again.

`python -m tests.engine.recorder.full_disk DISK FOLDER SECONDS PERIOD`: DISK is a small file system of
its own, FOLDER has room for copies of what is recorded. Prints what happened as JSON.
"""

import errno
import json
from pathlib import Path
import shutil
import sys
import threading
import time
from typing import Any, override

from tests import engine_package

engine_package.load()

from kindergarten_engine.env import RealEnv  # noqa: E402
from kindergarten_engine.filesystem import RealFileSystem  # noqa: E402
from kindergarten_engine.recorder.store.store import Store  # noqa: E402
from kindergarten_engine.recorder.store.views import StoreSettings  # noqa: E402
from tests.cameras.camera import SimulatedCamera  # noqa: E402
from tests.cameras.check import check_files  # noqa: E402
from tests.cameras.clips import ClipSpec  # noqa: E402
from tests.cameras.fleet import Fleet  # noqa: E402
from tests.engine.recorder.archive import recording, uid  # noqa: E402
from tests.engine.store.rig import Events, Feed, RealDisk, record  # noqa: E402
from tests.stopwatch import Stopwatch  # noqa: E402

CLIP = ClipSpec(loop_s=10, gop_s=1, width=320, height=180, bitrate=900_000)
CAMERAS = 4
OLD_H = 3
FREE = 0.15


class CountingFiles(RealFileSystem):
    """This machine's files; counts how often there was no room, and keeps a copy of what is deleted."""

    def __init__(self, copies: dict[str, Path]) -> None:
        super().__init__()
        self.met = 0
        self.copies = copies

    @override
    def unlink(self, path: str) -> None:
        # Whoever copies beside the recorder may come too late on a busy machine, and call that a loss.
        self.keep(Path(path))
        super().unlink(path)

    def keep(self, path: Path) -> None:
        """Copy a file of a camera that is counted."""
        folder = self.copies.get(path.parent.parent.name) if path.suffix == ".mp4" else None
        if folder is not None:
            shutil.copyfile(path, folder / path.name)

    @override
    def pwrite(self, fd: int, data: bytes | memoryview, offset: int) -> int:
        try:
            return super().pwrite(fd, data, offset)
        except OSError as error:
            if error.errno == errno.ENOSPC:
                self.met += 1
            raise


def prefill(folder: Path) -> str:
    """Record an old camera until little of the disk is free; returns the archive's id."""
    env = RealDisk()
    env.real_ns = time.time_ns() - OLD_H * 3_600 * 10**9
    store = Store(env, Events(), StoreSettings(file_s=5, minimum_days=0, ballast_bytes=1 << 20))
    assert store.open(str(folder)).status == "ok"
    store.declare(uid("old"), "old")
    feed = Feed(store, uid("old"), size=20_000)
    feed.begin()
    while env.fs.space(str(folder)).free > FREE * env.fs.space(str(folder)).total:
        record(env, feed, 1)
        store.step()
    archive_id = store.state.archive_id
    store.close("upgrade")
    assert archive_id is not None
    return archive_id


def fill(disk: Path, stop: threading.Event, period_s: float) -> None:
    """Take all that is free, keep it for half a period, give it back; again and again."""
    filler = disk / "somebody-elses"
    while not stop.is_set():
        with filler.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(1 << 16))
            except OSError:
                stop.wait(period_s / 2)
        filler.unlink()
        stop.wait(period_s / 2)


def main(disk: Path, folder: Path, seconds: float, period_s: float) -> dict[str, Any]:
    """Record; returns what happened."""
    home = disk / "archive"
    archive_id = prefill(home)
    names = [f"room {number}" for number in range(CAMERAS)]
    for name in names:
        (folder / name).mkdir()
    cameras = [SimulatedCamera(name=name, main=CLIP, sub=None) for name in names]
    stop = threading.Event()
    env = RealEnv()
    files = env.fs = CountingFiles({uid(name)[:12]: folder / name for name in names})
    with (
        Fleet(cameras),
        recording(home, cameras, file_s=5, archive_id=archive_id, env=env, minimum_days=0) as archive,
    ):
        while not all(archive.state(name) == "recording" for name in names):
            time.sleep(0.1)
        stopwatch = Stopwatch()
        filler = threading.Thread(target=fill, args=(disk, stop, period_s))
        filler.start()
        time.sleep(seconds)
        stop.set()
        filler.join()
        archive.end()
        owed_s = stopwatch.owed_s
        for name in names:
            for path in archive.files(name):
                files.keep(path)
        gaps = {name: [gap.cause for gap in archive.timeline(name).gaps] for name in names}
        wrong = archive.store.check(content=True)
        kinds = [kind for kind, _, _ in archive.events]
    copies = {name: list((folder / name).glob("*.mp4")) for name in names}
    reports = {
        name: check_files(sorted(paths, key=lambda path: _order(Path(path))))
        for name, paths in copies.items()
    }
    return {
        "pictures": sum(report.pictures for report in reports.values()),
        "lost": sum(report.missing_count for report in reports.values()),
        "whole": all(report.whole for report in reports.values()),
        "gaps": gaps,
        "wrong": wrong,
        "full": files.met,
        "owed_s": owed_s,
        "deleted": kinds.count("deleted"),
        "stopped": kinds.count("recording_stopped") + kinds.count("archive_unavailable"),
    }


def _order(path: Path) -> tuple[str, int]:
    moment, _, _run, seq = path.stem.split("-")
    return moment, int(seq)


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]))))
