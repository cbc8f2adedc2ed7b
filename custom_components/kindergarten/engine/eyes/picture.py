"""The small grey picture that everything here looks at."""

from dataclasses import dataclass
import io

import av
from av.video.frame import VideoFrame
import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError

WIDTH, HEIGHT = 320, 180

type Grey = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """Brightness as `HEIGHT` × `WIDTH` bytes, and how far the colours are from grey on average (0..255).

    A camera that switched to infrared sends no colour at all.
    """

    grey: Grey
    colour: float


def of_fragment(init: bytes, fragment: bytes) -> Picture:
    """Return the first picture of a fragment, made small; without an `init` the fragment is a JPEG.

    Raises FormatError when none decodes.
    """
    try:
        kind = "mp4" if init else "mjpeg"
        with av.open(io.BytesIO(init + fragment), mode="r", format=kind) as container:
            stream = container.streams.video[0]
            stream.codec_context.skip_frame = "NONKEY"
            stream.thread_type = "SLICE"
            for frame in container.decode(stream):
                return of_frame(frame)
    except av.FFmpegError, IndexError:
        raise FormatError("no picture decodes") from None
    raise FormatError("no picture decodes")


def of_frame(frame: VideoFrame) -> Picture:
    """Return a frame made small, whatever its size and shape."""
    small = frame.reformat(
        width=WIDTH, height=HEIGHT, format="yuv420p", dst_color_range="JPEG", interpolation="AREA"
    )
    planes: Grey = small.to_ndarray().astype(np.uint8, copy=False)
    grey = np.ascontiguousarray(planes[:HEIGHT])
    colour = float(np.abs(planes[HEIGHT:].astype(np.int16) - 128).mean())
    return Picture(grey=grey, colour=colour)
