"""A look at a stream, before it becomes a camera: what it sends, and a still picture."""

from dataclasses import asdict, dataclass
import itertools
import statistics
import threading

from ..env import Env
from ..errors import FormatError, SourceError
from ..recorder.format import fragment
from ..recorder.format.annexb import length_prefixed
from ..recorder.format.init import make_init
from ..recorder.format.parameter_sets import VideoConfig, syntax, video_config
from ..recorder.fragments import Samples, VideoSample
from ..recorder.reader.automatic import Readers
from ..recorder.reader.interface import VIDEO_CLOCK, AccessUnit, AudioUnit, Sink, Source, StreamDescription
from ..recorder.reader.pyav import PyAVReader
from .still import still
from .stranger import named

LIMIT_S = 8.0
CLOCK_LIMIT_S = 6.0
GOPS = 2
STILL_HEIGHT, STILL_WIDTH = 480, 640
_OPEN_S = 14.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Video:
    """What a stream's pictures are. `gop_s` is `None` when less than two key frames came."""

    codec: str
    width: int
    height: int
    fps: float | None
    bps: int | None
    gop_s: float | None
    codecs: str
    browser: bool


class _Look(Sink):
    """Remembers what a reader reads."""

    def __init__(self, env: Env) -> None:
        self._env = env
        self.described_at = threading.Event()
        self.enough = threading.Event()
        self.description: StreamDescription | None = None
        self.error: SourceError | None = None
        self.offset_us: int | None = None
        self.times: list[int] = []
        self.keys: list[int] = []
        self.size = 0
        self.sets: tuple[bytes, ...] = ()
        self.first_key: AccessUnit | None = None
        self._began_ns = 0

    def described(self, description: StreamDescription) -> None:
        self.description = description
        self.sets = description.video.parameter_sets
        self._inspect = syntax(description.video.codec)[1]
        self._began_ns = self._env.monotonic_ns()
        self.described_at.set()

    def picture(self, unit: AccessUnit) -> None:
        info = self._inspect(unit.units)
        if info.parameter_sets and not self.keys:
            self.sets += info.parameter_sets
        if info.key:
            self.keys.append(unit.pts)
            self.first_key = self.first_key or unit
        self.times.append(unit.pts)
        self.size += sum([len(part) for part in unit.units])
        passed_s = (self._env.monotonic_ns() - self._began_ns) / 1e9
        if len(self.keys) > GOPS and (self.offset_us is not None or passed_s > CLOCK_LIMIT_S):
            self.enough.set()

    def sound(self, unit: AudioUnit) -> None:
        """Sound is known from its description."""

    def camera_clock(self, offset_us: int) -> None:
        self.offset_us = offset_us

    def ended(self, error: SourceError) -> None:
        self.error = error
        self.described_at.set()
        self.enough.set()


def probe(env: Env, source: Source, limit_s: float = LIMIT_S) -> tuple[dict[str, object], bytes | None]:
    """Return what a stream sends, as the control API says it, and a JPEG; takes up to `limit_s` + 14 s.

    Raises SourceError.
    """
    look = _Look(env)
    reader = Readers(PyAVReader)(env)  # this is a process apart already
    reader.start(source, look)
    opened = look.described_at.wait(_OPEN_S)
    if opened:
        look.enough.wait(limit_s)
    reader.stop()
    description = look.description
    if description is None or not look.times:
        error = look.error or SourceError("timeout", "the camera does not answer in time")
        raise named(error, source)
    config = _config(look, description)
    audio = description.audio
    result: dict[str, object] = {
        "video": asdict(_video(look, config)),
        "audio": None if audio is None else {"codec": audio.codec, "rate": audio.rate},
        "clock_offset_ms": None if look.offset_us is None else look.offset_us // 1000,
    }
    return result, _still(look, config)


def _config(look: _Look, description: StreamDescription) -> VideoConfig:
    try:
        return video_config(description.video.codec, look.sets)
    except FormatError as error:
        if look.keys:
            raise SourceError("unsupported_codec", error.text) from None
        raise SourceError("no_video", "no key frame came") from None


def _video(look: _Look, config: VideoConfig) -> Video:
    times = sorted(set(look.times))
    steps = [after - before for before, after in itertools.pairwise(times)]
    step = statistics.median(steps) if steps else None
    span_s = (times[-1] - times[0]) / VIDEO_CLOCK
    gops = [after - before for before, after in itertools.pairwise(look.keys) if after > before]
    return Video(
        codec=config.codec,
        width=config.width,
        height=config.height,
        fps=round(VIDEO_CLOCK / step, 2) if step else None,
        bps=round(look.size * 8 / span_s) if span_s > 0 else None,
        gop_s=round(statistics.median(gops) / VIDEO_CLOCK, 2) if gops else None,
        codecs=config.codecs,
        browser=config.browser,
    )


def _still(look: _Look, config: VideoConfig) -> bytes | None:
    if look.first_key is None:
        return None
    chunks, size = length_prefixed(look.first_key.units)
    picture = VideoSample(size=size, duration=VIDEO_CLOCK, composition=0, key=True)
    samples = Samples(ticks=0, rel_start_us=0, rel_end_us=0, video=[picture], video_data=chunks)
    height = min(STILL_HEIGHT, STILL_WIDTH * config.height // max(1, config.width))
    try:
        return still(make_init(config).data, fragment.build(samples, 1, 0), height)
    except FormatError:
        return None
