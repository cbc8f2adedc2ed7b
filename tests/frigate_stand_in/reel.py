"""The moving pictures behind the computed segments: one encoded minute, cut where it is asked for.

A picture shows the second of the minute (UTC) of when it was "recorded", as the simulated cameras do.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
import functools
import io
from itertools import accumulate
import struct

from PIL import Image

from tests.cameras.clips import ClipSpec, labelled, load_clip
from tests.cameras.picture import Painter
from tests.engine_package import load

from .footage import FPS

load()

from kindergarten_engine.recorder.format.boxes import box, full_box  # noqa: E402
from kindergarten_engine.recorder.format.fragment import build  # noqa: E402
from kindergarten_engine.recorder.format.init import init_segment  # noqa: E402
from kindergarten_engine.recorder.format.mpegts import TsMuxer  # noqa: E402
from kindergarten_engine.recorder.format.parameter_sets import video_config  # noqa: E402
from kindergarten_engine.recorder.fragments import Samples, VideoSample  # noqa: E402

SPEC = ClipSpec(width=320, height=180, fps=FPS, gop_s=1, loop_s=60, bitrate=100_000)
TICKS = 90_000
TICK = TICKS // FPS
_LOOP = FPS * SPEC.loop_s
_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


@dataclass(frozen=True, slots=True)
class Cut:
    """`frames` pictures from a whole second on, Unix seconds."""

    start: int
    frames: int


class Reel:
    """A camera's pictures; `label` is written into them, empty for none."""

    def __init__(self, label: str) -> None:
        clip = load_clip(labelled(SPEC, label))
        self._video = video_config("h264", list(clip.sets))
        self._pictures = [
            b"".join(len(unit).to_bytes(4) + unit for unit in picture.units) for picture in clip.pictures
        ]
        sizes = [len(picture) for picture in self._pictures]
        self._until = list(accumulate(sizes + sizes, initial=0))
        self._painter = Painter(SPEC.width, SPEC.height, label)

    def file_size(self, cut: Cut) -> int:
        """Return the bytes of a segment's file."""
        return _head_size(len(self._video.sample_entry), cut.frames) + self._size(cut)

    def file(self, cut: Cut) -> bytes:
        """Return a segment as an ordinary MP4, index first."""
        return self.head([cut]) + self.pictures(cut)

    def head(self, cuts: Sequence[Cut]) -> bytes:
        """Return what stands before the pictures of an MP4 of some cuts, one after the other."""
        sizes = [len(self._pictures[index]) for cut in cuts for index in _indices(cut)]
        keys = [number for number, index in enumerate(_all_indices(cuts), start=1) if index % FPS == 0]
        head = _head_size(len(self._video.sample_entry), len(sizes), len(keys))
        moov = _moov(self._video.sample_entry, sizes, keys, head)
        return moov + struct.pack(">I4sQ", 1, b"mdat", 16 + sum(sizes))

    def pictures(self, cut: Cut) -> bytes:
        """Return the pictures of a cut."""
        return b"".join(self._pictures[index] for index in _indices(cut))

    def pictures_size(self, cut: Cut) -> int:
        """Return how many bytes `pictures` has."""
        return self._size(cut)

    def init(self) -> bytes:
        """Return the init segment of HLS."""
        return init_segment(self._video)

    def fragment(self, cut: Cut, ticks: int, sequence: int = 1) -> bytes:
        """Return `moof` and `mdat` of a cut at a decoding time (90 kHz)."""
        data = [self._pictures[index] for index in _indices(cut)]
        video = [
            VideoSample(size=len(picture), duration=TICK, composition=0, key=index % FPS == 0)
            for picture, index in zip(data, _indices(cut), strict=True)
        ]
        samples = Samples(ticks=ticks, rel_start_us=0, rel_end_us=0, video=video, video_data=list(data))
        return build(samples, sequence, 0)

    def transport(self, cut: Cut, ticks: int) -> bytes:
        """Return a cut as MPEG-TS."""
        return TsMuxer(self._video).fragment(self.fragment(cut, ticks))

    def still(self, at: float) -> bytes:
        """Return a JPEG of a moment."""
        return _jpeg(self._painter, int(at) % 60)

    def _size(self, cut: Cut) -> int:
        first = cut.start % SPEC.loop_s * FPS
        return (
            self._until[first + cut.frames] - self._until[first]
            if cut.frames <= _LOOP
            else sum(len(self._pictures[index]) for index in _indices(cut))
        )


@functools.cache
def reel(label: str = "") -> Reel:
    """Return the reel with a label; slow the first time."""
    return Reel(label)


def error_picture() -> bytes:
    """Return what Frigate shows for a dead camera."""
    data = io.BytesIO()
    Image.new("RGB", (SPEC.width, SPEC.height), (40, 40, 40)).save(data, "JPEG")
    return data.getvalue()


def _jpeg(painter: Painter, second: int) -> bytes:
    data = io.BytesIO()
    Image.fromarray(painter.paint(second, 0)).save(data, "JPEG", quality=70)
    return data.getvalue()


def _indices(cut: Cut) -> Iterator[int]:
    first = cut.start % SPEC.loop_s * FPS
    return (index % _LOOP for index in range(first, first + cut.frames))


def _all_indices(cuts: Iterable[Cut]) -> Iterator[int]:
    for cut in cuts:
        yield from _indices(cut)


@functools.cache
def _head_size(entry: int, frames: int, keys: int | None = None) -> int:
    """Return the bytes before the pictures; cuts begin with a key picture, one follows each second."""
    keys = -(-frames // FPS) if keys is None else keys
    return len(_moov(bytes(entry), [0] * frames, [0] * keys, 0)) + 16


def _moov(entry: bytes, sizes: Sequence[int], keys: Sequence[int], data_at: int) -> bytes:
    """Return `ftyp` and `moov` of one picture track in one chunk (ISO/IEC 14496-12 §8)."""
    count, length = len(sizes), len(sizes) * TICK
    table = box(
        b"stbl",
        full_box(b"stsd", 0, 0, struct.pack(">I", 1), entry),
        full_box(b"stts", 0, 0, struct.pack(">III", 1, count, TICK)),
        full_box(b"stss", 0, 0, struct.pack(f">I{len(keys)}I", len(keys), *keys)),
        full_box(b"stsc", 0, 0, struct.pack(">IIII", 1, 1, count, 1)),
        full_box(b"stsz", 0, 0, struct.pack(f">II{count}I", 0, count, *sizes)),
        full_box(b"co64", 0, 0, struct.pack(">IQ", 1, data_at)),
    )
    reference = box(b"dinf", full_box(b"dref", 0, 0, struct.pack(">I", 1), full_box(b"url ", 0, 1)))
    media = box(
        b"mdia",
        full_box(b"mdhd", 1, 0, struct.pack(">QQIQHH", 0, 0, TICKS, length, 0x55C4, 0)),
        full_box(b"hdlr", 0, 0, struct.pack(">I4s12s", 0, b"vide", b""), b"\0"),
        box(b"minf", full_box(b"vmhd", 0, 1, bytes(8)), reference, table),
    )
    track = full_box(
        b"tkhd", 1, 3, struct.pack(">QQIIQ", 0, 0, 1, 0, length), bytes(16), _MATRIX,
        struct.pack(">II", SPEC.width << 16, SPEC.height << 16),
    )  # fmt: skip
    movie = full_box(
        b"mvhd", 1, 0, struct.pack(">QQIQ", 0, 0, TICKS, length), struct.pack(">IH10x", 0x10000, 0x100),
        _MATRIX, bytes(24), struct.pack(">I", 2),
    )  # fmt: skip
    return box(b"ftyp", b"isom\0\0\2\0isomiso2avc1mp41") + box(b"moov", movie, box(b"trak", track, media))
