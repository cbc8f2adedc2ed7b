"""What the assembler hands on: the samples of one fragment, before they become bytes."""

from dataclasses import dataclass, field


@dataclass(kw_only=True, slots=True)
class VideoSample:
    """One picture. `duration` and `composition` (PTS - DTS, signed) are in 90 kHz ticks."""

    size: int
    duration: int
    composition: int
    key: bool


@dataclass(kw_only=True, slots=True)
class AudioSample:
    """One AAC frame; `duration` in units of the sample rate."""

    size: int
    duration: int


@dataclass(kw_only=True, slots=True)
class Samples:
    """At most one second of a run: the content of one fragment.

    `ticks` is the decoding time of the first picture since the run began (90 kHz), `duration`
    the sum of the pictures' durations. `rel_start_us`/`rel_end_us` are the same edges on the
    epoch's clock. `video_data` are length-prefixed NAL units in decoding order, `audio_data` AAC
    frames; `audio_ticks` is the time of the first frame since the run began, in units of the
    audio sample rate.
    """

    ticks: int
    rel_start_us: int
    rel_end_us: int
    video: list[VideoSample] = field(default_factory=list)
    video_data: list[bytes | memoryview] = field(default_factory=list)
    audio: list[AudioSample] = field(default_factory=list)
    audio_data: list[bytes] = field(default_factory=list)
    audio_ticks: int = 0

    @property
    def key(self) -> bool:
        """Tell whether the fragment can be decoded by itself."""
        return bool(self.video) and self.video[0].key

    @property
    def duration(self) -> int:
        """Return the length in 90 kHz ticks."""
        return sum(sample.duration for sample in self.video)
