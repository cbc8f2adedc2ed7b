"""Clips: a loop of pictures, encoded once, kept in a cache folder as NAL units."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
import fcntl
from fractions import Fraction
import functools
import hashlib
import json
import os
from pathlib import Path

import av
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType

from .lens import SIGHTS, LensPainter
from .numbering import is_slice, slice_checksum
from .picture import Painter

CACHE = Path(__file__).parents[2] / ".cache" / "clips"
VERSION = 2
TICKS = 90_000
_ENCODER = {"h264": "libx264", "h265": "libx265"}


@dataclass(frozen=True, kw_only=True)
class ClipSpec:
    """What a clip is made of. Key frames come every `gop_s` seconds; `loop_s` divides an hour.

    A loop of 60 s shows the second of the minute. `label` is written into the picture (and so makes
    a clip of its own). `variable` leaves pictures out in an irregular pattern. `sight` is what
    is wrong with the lens (one of `SIGHTS`), empty when nothing is.
    """

    codec: str = "h264"
    width: int = 640
    height: int = 360
    fps: float = 25
    gop_s: float = 2
    loop_s: int = 60
    bitrate: int = 500_000
    b_frames: int = 0
    slices: int = 1
    variable: bool = False
    label: str = ""
    sight: str = ""

    def __post_init__(self) -> None:
        if self.codec not in _ENCODER:
            raise ValueError(f"codec {self.codec}")
        if self.sight not in ("", *SIGHTS):
            raise ValueError(f"sight {self.sight}")
        for value in (self.rate * self.loop_s, self.rate * self.gop, Fraction(self.loop_s) / self.gop):
            if value.denominator != 1:
                raise ValueError(f"{self.fps} fps, GOP {self.gop_s} s and loop {self.loop_s} s do not fit")
        if 3600 % self.loop_s:
            raise ValueError(f"a loop of {self.loop_s} s does not divide an hour")

    @property
    def rate(self) -> Fraction:
        """Return the pictures per second, exact."""
        return Fraction(self.fps).limit_denominator(1001)

    @property
    def gop(self) -> Fraction:
        """Return the seconds from key frame to key frame, exact."""
        return Fraction(self.gop_s).limit_denominator(1001)

    @property
    def key(self) -> str:
        """Return the name of the cached file."""
        told = {name: value for name, value in asdict(self).items() if value or name != "sight"}
        digest = hashlib.sha256(json.dumps([VERSION, told], sort_keys=True).encode()).hexdigest()
        return f"{self.codec}-{self.width}x{self.height}-{digest[:16]}"


TEST_MAIN = ClipSpec()
TEST_SUB = ClipSpec(width=320, height=180, fps=10, bitrate=150_000)
BENCH_MAIN = ClipSpec(width=1920, height=1080, loop_s=10, bitrate=4_000_000)


@dataclass(frozen=True, slots=True)
class Picture:
    """One access unit: presentation time in 90 kHz ticks from the loop's start, its slices."""

    pts: int
    key: bool
    units: tuple[bytes, ...]
    checksum: int


@dataclass(frozen=True, slots=True)
class Clip:
    """An encoded clip: the parameter sets and the pictures in decoding order."""

    spec: ClipSpec
    sets: tuple[bytes, ...]
    pictures: tuple[Picture, ...]


def load_clip(spec: ClipSpec) -> Clip:
    """Return a clip from the cache; encode it first when it is not there. Slow the first time."""
    return _load(spec)


@functools.cache
def _load(spec: ClipSpec) -> Clip:
    return _read(clip_path(spec), spec)


def clip_path(spec: ClipSpec) -> Path:
    """Return the cached file of a clip, made when it is missing.

    The file is one line of JSON `{"codec", "loop_s", "sets": [hex], "pictures": [[pts, key,
    [lengths]]]}` and then the slice NAL units, one after the other.
    """
    path = CACHE / spec.key
    return path if path.exists() else made_once(path, lambda: _encode(spec))


def made_once(path: Path, make: Callable[[], bytes]) -> Path:
    """Write what `make` returns to `path`, once among all processes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            part = path.with_suffix(f".{os.getpid()}.part")
            part.write_bytes(make())
            part.rename(path)
    return path


def _read(path: Path, spec: ClipSpec) -> Clip:
    with path.open("rb") as file:
        head = json.loads(file.readline())
        pictures = []
        for pts, key, lengths in head["pictures"]:
            units = tuple(file.read(length) for length in lengths)
            pictures.append(Picture(pts, key, units, slice_checksum(units)))
    return Clip(spec, tuple(bytes.fromhex(unit) for unit in head["sets"]), tuple(pictures))


def _encode(spec: ClipSpec) -> bytes:
    sets: list[bytes] = []
    pictures: list[tuple[int, bool, list[int]]] = []
    data: list[bytes] = []
    for pts, key, unit_data in _frozen(spec) if spec.sight == "frozen" else _packets(spec):
        units = split_annexb(unit_data)
        slices = [unit for unit in units if is_slice(spec.codec, unit)]
        if not sets:
            sets = [unit for unit in units if _is_set(spec.codec, unit)]
        pictures.append((pts, key, [len(unit) for unit in slices]))
        data += slices
    head = {
        "codec": spec.codec,
        "loop_s": spec.loop_s,
        "sets": [unit.hex() for unit in sets],
        "pictures": pictures,
    }
    return json.dumps(head).encode() + b"\n" + b"".join(data)


def _packets(spec: ClipSpec) -> Iterator[tuple[int, bool, bytes]]:
    encoder = _encoder(spec)
    painter = LensPainter(Painter(spec.width, spec.height, spec.label), spec.sight)
    every = int(spec.rate * spec.gop)
    for index in range(int(spec.rate * spec.loop_s)):
        key = index % every == 0
        if spec.variable and not key and index * 7 % 11 in (0, 3, 4):
            continue
        seconds = index / spec.rate
        rgb = painter.paint(int(seconds) % 60, float(seconds % 1))
        frame = av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(format="yuv420p")
        frame.pts = round(seconds * TICKS)
        frame.time_base = Fraction(1, TICKS)
        frame.pict_type = PictureType.I if key else PictureType.NONE
        for packet in encoder.encode(frame):
            yield packet.pts or 0, packet.is_keyframe, bytes(packet)
    for packet in encoder.encode(None):
        yield packet.pts or 0, packet.is_keyframe, bytes(packet)


def _frozen(spec: ClipSpec) -> Iterator[tuple[int, bool, bytes]]:
    """Repeat one group of pictures: the very same bytes come again and again."""
    once = [packet for packet in _packets(spec) if packet[0] < spec.gop * TICKS]
    for number in range(int(spec.loop_s / spec.gop)):
        for pts, key, data in once:
            yield pts + int(number * spec.gop * TICKS), key, data


def _encoder(spec: ClipSpec) -> VideoCodecContext:
    encoder = av.CodecContext.create(_ENCODER[spec.codec], "w")
    assert isinstance(encoder, VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = spec.width, spec.height, "yuv420p"
    encoder.time_base = Fraction(1, TICKS)
    encoder.framerate = spec.rate
    encoder.bit_rate = spec.bitrate
    encoder.gop_size = 100_000
    encoder.max_b_frames = spec.b_frames
    encoder.thread_count, encoder.thread_type = 2, "FRAME"
    common = f"keyint=100000:min-keyint=1:scenecut=0:open-gop=0:bframes={spec.b_frames}:b-adapt=0:slices={spec.slices}"
    common += f":vbv-maxrate={spec.bitrate * 3 // 2000}:vbv-bufsize={spec.bitrate * 2 // 1000}"
    if spec.codec == "h264":
        encoder.options = {"preset": "veryfast", "forced-idr": "1", "x264-params": common}
    else:
        common += ":log-level=none:info=0:repeat-headers=1:rc-lookahead=10"
        encoder.options = {"preset": "ultrafast", "forced-idr": "1", "x265-params": common}
    return encoder


def _is_set(codec: str, unit: bytes) -> bool:
    return unit[0] & 0x1F in (7, 8) if codec == "h264" else (unit[0] >> 1) & 0x3F in (32, 33, 34)


def split_annexb(data: bytes) -> list[bytes]:
    """Return the NAL units of a byte stream (H.264 / H.265 Annex B) without start codes."""
    parts = data.split(b"\x00\x00\x01")[1:]
    return [part.rstrip(b"\x00") for part in parts if part]


def through(spec: ClipSpec, sight: str) -> ClipSpec:
    """Return the same clip through a lens that has something; short, so that it is soon encoded."""
    loop = 5 * spec.gop
    fits = loop.denominator == 1 and 3600 % loop == 0 and (spec.rate * loop).denominator == 1
    return replace(spec, sight=sight, loop_s=int(loop) if fits else spec.loop_s)


def labelled(spec: ClipSpec, label: str) -> ClipSpec:
    """Return the same clip with a name written into the picture."""
    return replace(spec, label=label)
