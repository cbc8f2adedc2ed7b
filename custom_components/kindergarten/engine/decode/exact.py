"""An exact copy of a stretch of a video file, encoded anew: for watching, never instead of the original."""

from fractions import Fraction

import av
from av.container import InputContainer, OutputContainer
from av.video.stream import VideoStream

from ..errors import FormatError

_MICRO = Fraction(1, 1_000_000)
_QUALITY = "18"
MARK = "re-encoded copy; the evidence is the file it was made from"


def exact(source: str, target: str, start_us: int, end_us: int) -> int:
    """Write the pictures of `source` from `start_us` to `end_us` (since its begin) as H.264; returns their number.

    The new file says in its title that it is a copy. Raises FormatError.
    """
    try:
        with (
            av.open(source) as reading,
            av.open(target, "w", format="mp4", options={"movflags": "faststart"}) as writing,
        ):
            writing.metadata["title"] = MARK
            return _copy(reading, writing, start_us * _MICRO, end_us * _MICRO)
    except (av.FFmpegError, IndexError, OSError) as error:
        raise FormatError("the stretch does not decode") from error


def _copy(reading: InputContainer, writing: OutputContainer, start: Fraction, end: Fraction) -> int:
    video = reading.streams.video[0]
    rate = video.average_rate or Fraction(25)
    made: VideoStream | None = None
    count = 0
    for frame in reading.decode(video):
        if frame.pts is None or frame.time_base is None:
            continue
        at = frame.pts * frame.time_base
        if at >= end:
            break
        if at < start:
            continue
        if made is None:
            made = writing.add_stream("libx264", rate=rate, options={"crf": _QUALITY, "preset": "veryfast"})
            made.width, made.height, made.pix_fmt = frame.width, frame.height, "yuv420p"
            made.codec_context.time_base = video.time_base or Fraction(1, 90_000)
        frame.pts = round((at - start) / (made.codec_context.time_base or Fraction(1, 90_000)))
        frame.time_base = made.codec_context.time_base
        frame.pict_type = 0
        writing.mux(made.encode(frame))
        count += 1
    if made is None:
        raise FormatError("there is no picture in the stretch")
    writing.mux(made.encode(None))
    return count
