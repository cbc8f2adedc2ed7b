"""Simulated cameras recorded into a real archive, through the engine's own classes."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
import uuid

from kindergarten_engine.config import CameraConfig
from kindergarten_engine.env import RealEnv
from kindergarten_engine.recorder.camera import Camera, Means
from kindergarten_engine.recorder.reader.automatic import Readers
from kindergarten_engine.recorder.store.store import Store
from kindergarten_engine.recorder.store.views import StoreSettings
from tests.cameras.camera import SimulatedCamera
from tests.cameras.check import PictureReport, check_files

from .rig import source

HOUR_US = 3_600_000_000


def uid(name: str) -> str:
    """Return the id of a camera by its name."""
    return uuid.uuid5(uuid.NAMESPACE_DNS, name).hex


def config(camera: SimulatedCamera, **changes: Any) -> CameraConfig:
    values: dict[str, Any] = {
        "uid": uid(camera.name),
        "label": camera.name,
        "main": source(camera, sound=camera.audio is not None),
        "sub": source(camera, "sub") if camera.sub else None,
        "sub_policy": "demand",
    }
    return CameraConfig(**values | changes)


@dataclass
class Archive:
    """A store with its cameras."""

    folder: Path
    store: Any
    means: Any
    cameras: dict[str, Any] = field(default_factory=dict)
    events: list[tuple[str, str | None, Any]] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)

    def add(self, name: str, wanted: CameraConfig) -> None:
        """Begin to record a camera."""
        self.cameras[name] = Camera(self.means, wanted, place=len(self.cameras))
        self.cameras[name].start()

    def files(self, name: str, stream: str = "m") -> list[Path]:
        """Return a camera's files in the order in which they were recorded."""
        folder = self.folder / "video" / uid(name)[:12]
        return sorted(folder.glob(f"*/*-{stream}-*.mp4"), key=_order)

    def report(self, name: str) -> PictureReport:
        return check_files(self.files(name))

    def timeline(self, name: str) -> Any:
        now_us = self.store.utc_us()
        return self.store.timeline(uid(name), "main", now_us - HOUR_US, now_us + HOUR_US)

    def state(self, name: str) -> str:
        return str(self.cameras[name].status()["state"])

    def records(self, name: str) -> Callable[[], bool]:
        """Return a condition: a camera is being recorded."""
        return lambda: self.state(name) == "recording"

    def end(self, cause: str = "upgrade") -> None:
        """End all cameras and finish their files."""
        for camera in self.cameras.values():
            camera.stop(cause)
        assert all(camera.join(150) for camera in self.cameras.values())
        assert self.store.flush()


def _order(path: Path) -> tuple[str, int]:
    time, _, _run, seq = path.stem.split("-")
    return time, int(seq)


@contextmanager
def recording(
    folder: Path,
    cameras: Iterable[SimulatedCamera],
    *,
    file_s: int = 86_400,
    transcoders: Any = None,
    archive_id: str | None = None,
    env: Any = None,
    minimum_days: int = 30,
    make_reader: Any = None,
    **options: Any,
) -> Iterator[Archive]:
    env = env or RealEnv()
    events: list[tuple[str, str | None, Any]] = []
    settings = StoreSettings(file_s=file_s, minimum_days=minimum_days, ballast_bytes=1 << 20)
    store = Store(env, lambda *event: events.append(event), settings)
    assert store.open(str(folder), archive_id).status == "ok"
    store.start()
    changes: list[str] = []
    means = Means(
        env=env,
        store=store,
        make_reader=make_reader or Readers(),
        transcoders=transcoders,
        changed=changes.append,
    )
    archive = Archive(folder, store, means, events=events, changes=changes)
    try:
        for camera in cameras:
            archive.add(camera.name, config(camera, **options))
        yield archive
    finally:
        for running in archive.cameras.values():
            running.stop("upgrade")
        store.close("upgrade")
