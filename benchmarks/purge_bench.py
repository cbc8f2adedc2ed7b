"""How long what cameras deliver waits for the disk while much that is past its time is deleted."""

import argparse
from collections import deque
from pathlib import Path
import shutil
import statistics
import tempfile
import time
from typing import Any, override

from kindergarten_engine.filesystem import RealFileSystem
from kindergarten_engine.recorder.store.store import Store
from kindergarten_engine.recorder.store.views import StoreSettings
from tests.engine.store.rig import PICTURES, Events, Feed, RealDisk, uid

FILL_BYTES = 500_000
"""A second of a camera with 4 Mbit/s."""
TIMES_FASTER = 10
_FILE_S = 10
_DAY_S, _PASS_S = 86_400, 600


class _Watched(RealFileSystem):
    """Files of this machine; notes how long each fragment waited until it was written."""

    def __init__(self) -> None:
        self.offered: deque[float] = deque()
        self.waits: list[float] = []

    @override
    def pwrite(self, fd: int, data: bytes | memoryview, offset: int) -> int:
        count = super().pwrite(fd, data, offset)
        if self.offered and len(data) >= FILL_BYTES:
            self.waits.append(time.monotonic() - self.offered.popleft())
        return count


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Fill an archive with old footage, record on while it is deleted: the figures of `script/bench purge`."""
    folder = tempfile.mkdtemp(prefix="kindergarten-bench-")
    try:
        return _Rig(folder, options.cameras, round(options.seconds)).run()
    finally:
        shutil.rmtree(folder)


class _Rig:
    """A store with cameras of known content, whose clock we turn."""

    def __init__(self, folder: str, cameras: int, seconds: int) -> None:
        self._files = _Watched()
        self._env = RealDisk()
        self._env.fs = self._files
        self._events = Events()
        settings = StoreSettings(file_s=_FILE_S, days=1, minimum_days=1, ballast_bytes=0)
        self._store = Store(self._env, self._events, settings)
        self._path = Path(folder) / "archive"
        state = self._store.open(str(self._path), None)
        if state.status != "ok":
            raise RuntimeError(f"the archive cannot be used: {state.detail}")
        self._seconds = seconds
        self._feeds = []
        for number in range(1, cameras + 1):
            self._store.declare(uid(number), f"camera {number}")
            self._feeds.append(Feed(self._store, uid(number), size=FILL_BYTES // PICTURES))

    def run(self) -> dict[str, Any]:
        """Fill, let a day go by, and record while all of that goes."""
        for feed in self._feeds:
            feed.begin()
        for _ in range(TIMES_FASTER * self._seconds):
            self._second()
            self._store.step()
        for feed in self._feeds:
            feed.end("schedule")
        self._store.step()
        for _ in range(_DAY_S // _PASS_S - 1):
            self._env.advance(_PASS_S)
            self._store.step()
        self._store.start()
        quiet, before = self._record(), self._count()
        self._env.advance(2 * _PASS_S + TIMES_FASTER * self._seconds)
        busy = self._record()
        self._store.close("upgrade")
        deleted = sum(int(data.get("files", 0)) for data in self._events.of("deleted"))
        return {
            "cameras": len(self._feeds),
            "files_before": before,
            "files_deleted": deleted or before - self._count(),
            "deleted_times_the_fill": round((deleted or 1) * _FILE_S / len(self._feeds) / self._seconds, 1),
            "writes": len(busy),
            "write_delay_ms_median": _ms(statistics.median(busy)),
            "write_delay_ms_p99": _ms(_p99(busy)),
            "write_delay_ms_max": _ms(max(busy)),
            "write_delay_ms_p99_without_purge": _ms(_p99(quiet)),
        }

    def _count(self) -> int:
        return sum(1 for _ in self._path.rglob("*.mp4"))

    def _second(self) -> None:
        self._env.advance(1)
        for feed in self._feeds:
            feed.add()

    def _record(self) -> list[float]:
        """Record, each camera at its own time of a second; return how long the writes waited."""
        pause_s = 1 / len(self._feeds)
        for feed in self._feeds:
            feed.begin()
        for _ in range(self._seconds):
            self._env.advance(1)
            for feed in self._feeds:
                self._files.offered.append(time.monotonic())
                feed.add()
                time.sleep(pause_s)
        for feed in self._feeds:
            feed.end("schedule")
        self._store.flush()
        waits, self._files.waits = self._files.waits, []
        return waits


def _p99(waits: list[float]) -> float:
    return sorted(waits)[len(waits) * 99 // 100]


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)
