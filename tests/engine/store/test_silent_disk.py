"""A disk that answers nobody: the server of a network folder went away, and whoever asks waits."""

from collections.abc import Callable, Iterator
import errno
from pathlib import Path
import threading
import time
from typing import Any, override

import pytest

from kindergarten_engine.env import RealEnv
from kindergarten_engine.errors import RequestError
from kindergarten_engine.filesystem import RealFileSystem, Space
from kindergarten_engine.recorder.store import keeper, pulse
from kindergarten_engine.recorder.store.store import Store
from kindergarten_engine.recorder.store.views import StoreSettings
from tests.stopwatch import Stopwatch

from .rig import uid

SETTINGS = StoreSettings(ballast_bytes=0)
PATIENT_NS = 300_000_000_000


class HangingDisk(RealFileSystem):
    """Files of this machine, which nobody gets at while `away`."""

    def __init__(self) -> None:
        self.there = threading.Event()
        self.there.set()
        self.patience_s: float | None = None

    @override
    def space(self, path: str) -> Space:
        if not self.there.wait(self.patience_s):
            raise OSError(errno.EIO, "gave up")
        return super().space(path)

    @override
    def pwrite(self, fd: int, data: bytes | memoryview, offset: int) -> int:
        self.there.wait()
        return super().pwrite(fd, data, offset)

    @override
    def sync(self, fd: int) -> None:
        self.there.wait()
        super().sync(fd)


class Machine(RealEnv):
    """This machine, whose archive is on such a disk."""

    def __init__(self) -> None:
        super().__init__()
        self.disk = self.fs = HangingDisk()


class Site:
    """A running store, and what it tells."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.env = Machine()
        self.store = Store(self.env, lambda kind, _, data: self.told.append((kind, dict(data))), SETTINGS)
        self.store.feel_pulse()
        assert self.store.open(str(folder)).status == "ok"
        self.store.start()
        self.store.declare(uid(1), "Hall")
        assert self.store.flush(60)

    def leave(self) -> None:
        """Let nobody get at the disk any more, and the store be soon impatient."""
        self._patch.setattr(pulse, "_SILENT_NS", 1_000_000_000)
        self.env.disk.there.clear()

    def come(self) -> None:
        """Let the disk answer; from then on no busy machine is taken for a silent one."""
        self.env.disk.there.set()
        wait(lambda: not self.store.silent)
        self._patch.setattr(pulse, "_SILENT_NS", PATIENT_NS)

    def kinds(self) -> list[str]:
        """Return what was told about the archive."""
        self.store.look_at_pulse()
        return [kind for kind, _ in self.told if kind.startswith("archive")]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Return a site that often looks."""
    monkeypatch.setattr(pulse, "EVERY_S", 0.02)
    monkeypatch.setattr(pulse, "_SILENT_NS", PATIENT_NS)
    monkeypatch.setattr(keeper, "_LOOK_NS", 3_600_000_000_000)
    site = Site(tmp_path / "archive", monkeypatch)
    yield site
    site.env.disk.there.set()
    site.store.close("user")


def wait(what: Callable[[], object]) -> None:
    """Wait until something is true."""
    end = time.monotonic() + 150
    while not what():
        assert time.monotonic() < end, "this never came true"
        time.sleep(0.02)


def test_a_silent_disk_is_told_and_nobody_waits_for_it(site: Site) -> None:
    site.leave()
    wait(lambda: site.store.silent)
    watch = Stopwatch()
    state = site.store.state
    assert state.status == "error"
    assert "does not answer" in state.detail
    (volume,) = site.store.volumes()
    assert (volume.state, volume.free) == ("error", None)
    assert site.store.space() is None
    assert site.store.forecast().days is None
    with pytest.raises(RequestError) as error:
        site.store.timeline(uid(1), "main", 0, 1 << 50)
    assert error.value.code == "unavailable"
    assert watch.seconds < 1
    assert site.kinds() == ["archive_unavailable"]


def test_all_is_well_when_the_disk_answers_again(site: Site) -> None:
    site.leave()
    wait(lambda: site.store.silent)
    assert site.kinds() == ["archive_unavailable"]
    site.come()
    assert site.store.state.status == "ok"
    assert site.kinds() == ["archive_unavailable", "archive_restored"]
    assert site.store.space() is not None


def test_a_disk_that_others_gave_up_waiting_for_stays_silent(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulse, "GIVEN_UP_NS", 50_000_000)
    site.env.disk.patience_s = 0.1
    site.leave()
    wait(lambda: site.store.silent)
    end = time.monotonic() + 0.5
    while time.monotonic() < end:
        assert site.store.silent
        assert site.kinds() == ["archive_unavailable"]
        time.sleep(0.01)


def test_a_slow_answer_is_no_silence(site: Site) -> None:
    site.env.disk.there.clear()
    time.sleep(0.1)
    site.env.disk.there.set()
    assert not site.store.silent
    assert site.kinds() == []


def test_a_folder_that_is_not_there_answers(tmp_path: Path) -> None:
    feeling = pulse.Pulse(RealEnv(), str(tmp_path / "nowhere"))
    feeling.start()
    time.sleep(0.05)
    assert feeling.silent_s == 0
    feeling.stop()
