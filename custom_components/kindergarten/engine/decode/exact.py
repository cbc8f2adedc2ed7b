"""An exact copy of a stretch of a video file, encoded anew: for watching, never instead of the original."""

from fractions import Fraction
from typing import Any

import av
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from ..errors import FormatError

_MICRO = Fraction(1, 1_000_000)
_TICK = Fraction(1, 90_000)
_QUALITY = "18"
MARK = "re-encoded copy; the evidence is the file it was made from"


def exact(source: str, target: str, start_us: int, end_us: int) -> int:
    """Write what of `source` lies from `start_us` to `end_us` (since its begin); returns the number of pictures.

    Pictures become H.264, sound stays as it is, but for the frames that the edges cut. The new file says in its
    title that it is a copy. Raises FormatError.
    """
    try:
        with (
            av.open(source) as reading,
            av.open(target, "w", format="mp4", options={"movflags": "faststart"}) as writing,
        ):
            writing.metadata["title"] = MARK
            return _Copy(reading, writing, start_us * _MICRO, end_us * _MICRO).run()
    except (av.FFmpegError, IndexError, OSError) as error:
        raise FormatError("the stretch does not decode") from error


class _Copy:
    """One copy; times are in seconds."""

    def __init__(
        self, reading: InputContainer, writing: OutputContainer, start: Fraction, end: Fraction
    ) -> None:
        self._reading, self._writing = reading, writing
        self._start, self._end = start, end
        self._video = reading.streams.video[0]
        self._sound = next(iter(reading.streams.audio), None)
        self._pictures: VideoStream | None = None
        self._tones: AudioStream | None = None
        self._early: list[Packet[Any]] = []
        """Sound from before the first picture, while there are no streams to write to."""

    def run(self) -> int:
        count = 0
        for packet in self._reading.demux([each for each in (self._video, self._sound) if each is not None]):
            if packet.stream.type == "audio":
                self._hear(packet)
                continue
            for frame in packet.decode():
                if isinstance(frame, VideoFrame) and self._inside(frame):
                    self._see(frame)
                    count += 1
        if self._pictures is None:
            raise FormatError("there is no picture in the stretch")
        self._writing.mux(self._pictures.encode(None))
        return count

    def _inside(self, each: VideoFrame | Packet[Any]) -> bool:
        """Tell whether a picture or a piece of sound lies in the stretch."""
        if each.pts is None or each.time_base is None:
            return False
        return self._start <= each.pts * each.time_base < self._end

    def _see(self, frame: VideoFrame) -> None:
        made = self._pictures or self._open(frame)
        base = made.codec_context.time_base or _TICK
        assert frame.pts is not None
        assert frame.time_base is not None
        frame.pts = round((frame.pts * frame.time_base - self._start) / base)
        frame.time_base = base
        frame.pict_type = 0
        self._writing.mux(made.encode(frame))

    def _hear(self, packet: Packet[Any]) -> None:
        if not self._inside(packet) or packet.size == 0:
            return
        if self._pictures is None:
            self._early.append(packet)
        elif self._tones is not None:
            assert packet.pts is not None
            packet.pts -= round(self._start / packet.time_base)
            packet.dts = packet.pts
            packet.stream = self._tones
            self._writing.mux(packet)

    def _open(self, first: VideoFrame) -> VideoStream:
        """Begin the new file: its streams must all be there before anything is written."""
        rate = self._video.average_rate or Fraction(25)
        made = self._writing.add_stream("libx264", rate=rate, options={"crf": _QUALITY, "preset": "veryfast"})
        made.width, made.height, made.pix_fmt = first.width, first.height, "yuv420p"
        made.codec_context.time_base = self._video.time_base or _TICK
        self._pictures = made
        if self._sound is not None:
            self._tones = self._writing.add_stream_from_template(self._sound)
        early, self._early = self._early, []
        for packet in early:
            self._hear(packet)
        return made
