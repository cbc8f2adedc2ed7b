"""A still picture of a fragment."""

from fractions import Fraction
import io

import av
from av.video.frame import VideoFrame

from ..errors import FormatError

MAX_HEIGHT = 2160
_QUALITY = 5
"""MJPEG's quantiser: 2 is best, 31 worst."""


def still(init: bytes, fragment: bytes, height: int | None = None) -> bytes:
    """Return the first picture of a fragment as a JPEG, at most `height` pixels high.

    Raises FormatError when there is no picture that decodes.
    """
    try:
        with av.open(io.BytesIO(init + fragment), mode="r", format="mp4") as container:
            for frame in container.decode(container.streams.video[0]):
                return jpeg(frame, height=height)
    except av.FFmpegError, IndexError:
        raise FormatError("no picture decodes") from None
    raise FormatError("no picture decodes")


def jpeg(frame: VideoFrame, *, height: int | None = None, width: int | None = None) -> bytes:
    """Return a frame as JPEG, made smaller (never larger) to fit `width` and `height` in pixels."""
    scale = min(1.0, (height or frame.height) / frame.height, (width or frame.width) / frame.width)
    across = max(2, round(frame.width * scale) // 2 * 2)
    down = max(2, round(frame.height * scale) // 2 * 2)
    small = frame.reformat(
        width=across, height=down, format="yuvj420p", dst_color_range="JPEG", interpolation="AREA"
    )
    encoder = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt = across, down, "yuvj420p"
    encoder.time_base = Fraction(1, 25)
    encoder.options = {"qmin": str(_QUALITY), "qmax": str(_QUALITY)}
    small.pts = 0
    packets = encoder.encode(small) + encoder.encode(None)
    return b"".join(bytes(packet) for packet in packets)
