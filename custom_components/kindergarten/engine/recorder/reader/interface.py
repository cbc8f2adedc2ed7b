"""What a reader is: it turns one camera stream into access units.

A reader owns one session with the camera and calls its sink from one thread at a time. Which one
is behind it (ours for RTSP, PyAV for the rest) nobody else knows.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from ...errors import SourceError

VIDEO_CLOCK = 90_000
"""Ticks per second of every video time in the recorder (RFC 3551 §5)."""


class NotUnderstoodError(SourceError):
    """A camera speaks in a way that this reader does not; another one may understand it."""


class Loss(StrEnum):
    """Whether the reader saw that something of the stream was lost."""

    NO = "no"
    YES = "yes"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """Where a stream comes from. The URL never contains the login."""

    url: str
    user: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    sound: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class VideoTrack:
    """The picture part of a stream, as it was described before the first picture.

    `codec` is "h264" or "h265"; `parameter_sets` are NAL units without start codes and may be
    empty when the camera sends them only in band.
    """

    codec: str
    parameter_sets: tuple[bytes, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class AudioTrack:
    """The sound part. `codec` is "aac", "pcm_alaw" or "pcm_mulaw"; `rate` is in Hz.

    `config` is the AudioSpecificConfig of AAC (ISO/IEC 14496-3 §1.6.2.1), else empty.
    """

    codec: str
    rate: int
    channels: int
    config: bytes = b""


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamDescription:
    """What a camera sends."""

    video: VideoTrack
    audio: AudioTrack | None = None


@dataclass(kw_only=True, slots=True)
class AccessUnit:
    """One picture.

    `pts` is in 90 kHz ticks of the camera's media clock, unwrapped, any origin; `arrival_ns` is
    our monotonic clock when its last byte was here, `None` when unknown; `units` are its NAL units
    without start codes, access unit delimiters left out.
    """

    pts: int
    arrival_ns: int | None
    units: list[bytes | memoryview]
    loss: Loss = Loss.UNKNOWN


@dataclass(kw_only=True, slots=True)
class AudioUnit:
    """One piece of sound: an AAC frame, or any number of G.711 samples.

    `pts` is in 90 kHz ticks of the same media clock as the pictures.
    """

    pts: int
    data: bytes


class Sink(Protocol):
    """Takes what a reader reads. It may raise nothing."""

    def described(self, description: StreamDescription) -> None:
        """Hear what the camera sends; comes first, and again when the tracks change."""

    def picture(self, unit: AccessUnit) -> None:
        """Take the next picture, in decoding order."""

    def sound(self, unit: AudioUnit) -> None:
        """Take the next piece of sound."""

    def camera_clock(self, offset_us: int) -> None:
        """Hear how far the camera's wall clock is ahead of ours (sender reports), in µs."""

    def ended(self, error: SourceError) -> None:
        """Hear why the session ended; the last call. A hang-up is `closed`."""


class Reader(ABC):
    """One session with one camera stream."""

    name: str

    @abstractmethod
    def start(self, source: Source, sink: Sink) -> None:
        """Begin to connect and read; returns at once. Called once."""

    @abstractmethod
    def stop(self) -> None:
        """Ask the session to end; `Sink.ended` follows within seconds. Never blocks."""
