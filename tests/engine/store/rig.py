"""What the store's tests share: a camera that delivers fragments of known content."""

from dataclasses import dataclass, field
import struct
from typing import Any, override

from kindergarten_engine.env import RealEnv
from kindergarten_engine.recorder.format.init import Init, make_init
from kindergarten_engine.recorder.format.parameter_sets import AudioConfig, VideoConfig
from kindergarten_engine.recorder.fragments import Samples, VideoSample
from kindergarten_engine.recorder.store.store import Run, Store

TICKS = 90_000
PICTURES = 5


def init(width: int = 640, *, audio: AudioConfig | None = None) -> Init:
    """Return an init segment."""
    entry = struct.pack(">I4s", 8, b"avc1")
    video = VideoConfig(
        codec="h264", width=width, height=360, sample_entry=entry, codecs="avc1.64001e", shape=(width, 360), parameter_sets=(),
        browser=True,
    )  # fmt: skip
    return make_init(video, audio)


@dataclass
class Events:
    """What the store told."""

    seen: list[tuple[str, str | None, dict[str, Any]]] = field(default_factory=list)

    def __call__(self, kind: str, camera: str | None, data: Any) -> None:
        self.seen.append((kind, camera, dict(data)))

    def of(self, kind: str) -> list[dict[str, Any]]:
        """Return the data of the events of a kind."""
        return [data for each, _, data in self.seen if each == kind]


@dataclass
class Feed:
    """One stream: fragments of `length_s`, a key frame every `gop` fragments."""

    store: Store
    camera: str
    stream: Any = "main"
    gop: int = 2
    length_s: float = 1.0
    size: int = 60
    ticks: int = 0
    number: int = 0
    run: Run | None = None
    init: Init = field(default_factory=init)

    def begin(self) -> None:
        """Begin a run now."""
        self.ticks = self.number = 0
        self.run = self.store.begin_run(
            self.camera, self.stream, self.init, self.store.rel_us(), "test", "no"
        )

    def samples(self, end_us: int) -> Samples:
        """Return the fragment that ends at `end_us` of the epoch."""
        duration = round(self.length_s * TICKS) // PICTURES
        key = self.number % self.gop == 0
        data = [
            (self.number * PICTURES + index + 1).to_bytes(4, "big") * (self.size // 4)
            for index in range(PICTURES)
        ]
        samples = Samples(
            ticks=self.ticks,
            rel_start_us=end_us - round(self.length_s * 1e6),
            rel_end_us=end_us,
            video=[
                VideoSample(size=len(each), duration=duration, composition=0, key=key and index == 0)
                for index, each in enumerate(data)
            ],
            video_data=list(data),
        )
        self.ticks += duration * PICTURES
        self.number += 1
        return samples

    def add(self, at_us: int | None = None) -> Samples:
        """Deliver the next fragment, which ends now."""
        samples = self.samples(self.store.rel_us() if at_us is None else at_us)
        assert self.run is not None
        self.run.add(samples)
        return samples

    def end(self, cause: str = "closed_by_camera") -> None:
        """End the run now."""
        if self.run is not None:
            self.run.end(self.store.rel_us(), cause)
            self.run = None


def uid(number: int) -> str:
    """Return the id of a camera."""
    return f"{number:02x}" * 16


class RealDisk(RealEnv):
    """This machine's files and databases under a clock that the test turns."""

    def __init__(self) -> None:
        super().__init__()
        self.mono_ns = 10**12
        self.real_ns = 1_790_000_000_000_000_000
        self.boot = "boot-0"
        self.synced: bool | None = None

    def advance(self, seconds: float) -> None:
        """Let time go by."""
        self.mono_ns += round(seconds * 1e9)
        self.real_ns += round(seconds * 1e9)

    @override
    def monotonic_ns(self) -> int:
        return self.mono_ns

    @override
    def realtime_ns(self) -> int:
        return self.real_ns

    @override
    def boot_id(self) -> str:
        return self.boot

    @override
    def clock_synchronised(self) -> bool | None:
        return self.synced


def record(env: RealDisk, feed: Feed, seconds: int) -> None:
    """Deliver fragments of a second each, as time goes by."""
    for _ in range(seconds):
        env.advance(1)
        feed.add()
    assert feed.store.flush()
