"""A stream that is read for a test: its runs become files, and what happens is remembered."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
import time
from typing import Any

from kindergarten_engine.env import RealEnv
from kindergarten_engine.recorder.format import fragment
from kindergarten_engine.recorder.reader.interface import Reader, Source
from kindergarten_engine.recorder.reader.pyav import PyAVReader
from kindergarten_engine.recorder.session import SessionFacts, StreamSession
from tests.cameras.camera import SimulatedCamera
from tests.cameras.check import PictureReport, check_files


def wait_for(what: Callable[[], object], limit_s: float = 150.0) -> float:
    """Wait until something is true; return how long that took, in seconds."""
    began = time.monotonic()
    while not what():
        assert time.monotonic() - began < limit_s, "this never came true"
        time.sleep(0.02)
    return time.monotonic() - began


@dataclass
class FileRun:
    """One run: a file per init segment, and how it ended."""

    start_us: int
    paths: list[Path] = field(default_factory=list)
    inits: list[Any] = field(default_factory=list)
    fragments: list[Any] = field(default_factory=list)
    end: Any = None  # (rel_us, cause, detail)


class FileOutput:
    """Writes runs to files, without an archive."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.runs: list[FileRun] = []
        self.downs: list[tuple[str, str]] = []
        self.runs_before: list[int] = []
        self.states: list[SessionFacts] = []
        self.pictures = 0
        self._base = 0

    def begin(self, init: Any, rel_start_us: int) -> None:
        self.runs.append(FileRun(rel_start_us))
        self.change_init(init)

    def change_init(self, init: Any) -> None:
        run = self.runs[-1]
        path = self._folder / f"{len(self.runs):03}-{len(run.paths):03}.mp4"
        path.write_bytes(init.data)
        run.paths.append(path)
        run.inits.append(init)
        self._base = -1

    def add(self, samples: Any) -> None:
        run = self.runs[-1]
        if self._base < 0:
            self._base = samples.ticks
        run.fragments.append(samples)
        rate = run.inits[-1].audio.rate if run.inits[-1].audio else 0
        with run.paths[-1].open("ab") as file:
            file.write(fragment.build(samples, len(run.fragments), self._base, rate))
        self.pictures += len(samples.video)

    def end(self, rel_end_us: int, cause: str, detail: str) -> None:
        self.runs[-1].end = (rel_end_us, cause, detail)

    def down(self, rel_us: int, cause: str, detail: str) -> None:
        self.runs_before.append(len(self.runs))
        self.downs.append((cause, detail))

    def changed(self, facts: SessionFacts) -> None:
        self.states.append(facts)

    def has(self, pictures: int) -> Callable[[], bool]:
        """Return a condition: so many pictures are written."""
        return lambda: self.pictures >= pictures

    @property
    def paths(self) -> list[Path]:
        return [path for run in self.runs for path in run.paths]

    def report(self) -> PictureReport:
        return check_files(self.paths)


def source(camera: SimulatedCamera, stream: str = "main", **kwargs: Any) -> Source:
    return Source(url=camera.url(stream), user=camera.user, secret=camera.password, **kwargs)


@contextmanager
def reading(
    camera: SimulatedCamera | Source,
    folder: Path,
    *,
    stream: str = "main",
    sound: bool = False,
    make_reader: Callable[..., Reader] = PyAVReader,
    **kwargs: Any,
) -> Iterator[tuple[StreamSession, FileOutput]]:
    """Read a stream until the block ends; then the run is ended with cause "upgrade"."""
    output = FileOutput(folder)
    session = StreamSession(
        RealEnv(),
        camera if isinstance(camera, Source) else source(camera, stream, sound=sound),
        output,
        make_reader=make_reader,
        rel_us=lambda ns: (time.monotonic_ns() if ns is None else ns) // 1000,
        **kwargs,
    )
    session.start()
    try:
        yield session, output
    finally:
        session.stop("upgrade")
    assert session.join(150)
