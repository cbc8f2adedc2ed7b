"""Five minutes of a camera at one tiny picture a second, as the fragments of a file."""

from dataclasses import dataclass
from fractions import Fraction

import av
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType

from kindergarten_engine.recorder.format.init import Init, make_init
from kindergarten_engine.recorder.format.parameter_sets import video_config
from kindergarten_engine.recorder.fragments import Samples, VideoSample
from kindergarten_engine.recorder.store.checksum import checked
from tests.cameras.clips import split_annexb
from tests.cameras.picture import Painter

TICKS = 90_000
GOP_S = 10
WIDTH, HEIGHT = 128, 72


@dataclass(frozen=True, kw_only=True, slots=True)
class Loop:
    """What every file of a camera holds: fragments of `GOP_S` seconds, the first at time 0."""

    init: Init
    fragments: tuple[bytes, ...]


def make_loop(label: str, seconds: int, first: int = 0) -> Loop:
    """Return a loop that shows the camera's name and the second of the minute, from `first` on.

    `seconds` is whole GOPs.
    """
    encoder = _encoder()
    painter = Painter(WIDTH, HEIGHT, label)
    packets = []
    for second in range(seconds):
        rgb = painter.paint((first + second) % 60, 0)
        rgb[HEIGHT * 2 // 3 : HEIGHT * 5 // 6] = rgb[HEIGHT * 2 // 3 - 1, WIDTH // 2]  # noise is costly
        frame = av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(format="yuv420p")
        frame.pts = second * TICKS
        frame.time_base = Fraction(1, TICKS)
        frame.pict_type = PictureType.I if second % GOP_S == 0 else PictureType.NONE
        packets += [bytes(packet) for packet in encoder.encode(frame)]
    packets += [bytes(packet) for packet in encoder.encode(None)]
    units = [split_annexb(packet) for packet in packets]
    init = make_init(video_config("h264", [unit for unit in units[0] if unit[0] & 31 in {7, 8}]))
    pictures = [_picture(each) for each in units]
    return Loop(
        init=init,
        fragments=tuple(
            _fragment(number, pictures[number * GOP_S : (number + 1) * GOP_S])
            for number in range(seconds // GOP_S)
        ),
    )


def _picture(units: list[bytes]) -> bytes:
    slices = [unit for unit in units if unit[0] & 31 in {1, 5}]
    return b"".join(len(unit).to_bytes(4, "big") + unit for unit in slices)


def _fragment(number: int, pictures: list[bytes]) -> bytes:
    samples = Samples(
        ticks=number * GOP_S * TICKS,
        rel_start_us=0,
        rel_end_us=0,
        video=[
            VideoSample(size=len(data), duration=TICKS, composition=0, key=index == 0)
            for index, data in enumerate(pictures)
        ],
        video_data=list(pictures),
    )
    return bytes(checked(samples, number + 1, 0))


def _encoder() -> VideoCodecContext:
    encoder = av.CodecContext.create("libx264", "w")
    assert isinstance(encoder, VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    encoder.time_base = Fraction(1, TICKS)
    encoder.framerate = Fraction(1)
    encoder.thread_count = 1
    encoder.options = {
        "preset": "veryfast", "crf": "51", "forced-idr": "1",
        "x264-params": "keyint=100000:min-keyint=1:scenecut=0:bframes=0:rc-lookahead=0",
    }  # fmt: skip
    return encoder
