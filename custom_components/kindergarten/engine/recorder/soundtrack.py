"""Lays AAC frames onto the time line of a run."""

from collections import deque
from dataclasses import dataclass

from .fragments import AudioSample, Samples
from .reader.interface import VIDEO_CLOCK

FRAME = 1024
"""Samples in an AAC frame (ISO/IEC 14496-3)."""

TOLERANCE_S = 0.1
"""Frames are laid end to end until their times say otherwise by more than this."""


@dataclass(kw_only=True, slots=True)
class _Frame:
    place: int
    data: bytes


class Soundtrack:
    """The sound of one run; frames in time order in, samples of fragments out."""

    def __init__(self, rate: int) -> None:
        """Lay frames of `rate` samples per second."""
        self._rate = rate
        self._waiting: deque[tuple[int, bytes]] = deque()
        self._next: int | None = None

    def add(self, pts: int, data: bytes) -> None:
        """Take a frame; `pts` is in 90 kHz ticks of the pictures' clock. Any thread may call this."""
        self._waiting.append((pts, data))

    def reached(self, until: int) -> bool:
        """Tell whether the sound up to a PTS is here."""
        return bool(self._waiting) and self._waiting[-1][0] + FRAME * VIDEO_CLOCK // self._rate >= until

    def fill(self, samples: Samples, origin: int, until: int) -> None:
        """Put the frames before `until` into a fragment; `origin` is the PTS where the run began."""
        frames: list[_Frame] = []
        while self._waiting and self._waiting[0][0] < until:
            pts, data = self._waiting.popleft()
            place = self._place((pts - origin) * self._rate // VIDEO_CLOCK)
            if place is not None:
                frames.append(_Frame(place=place, data=data))
        if not frames:
            return
        samples.audio_ticks = frames[0].place
        ends = [frame.place for frame in frames[1:]] + [frames[-1].place + FRAME]
        samples.audio = [
            AudioSample(size=len(frame.data), duration=end - frame.place)
            for frame, end in zip(frames, ends, strict=True)
        ]
        samples.audio_data = [frame.data for frame in frames]

    def _place(self, said: int) -> int | None:
        """Return where a frame begins, or None when there is no room for it."""
        expected = self._next
        tolerance = int(TOLERANCE_S * self._rate)
        if expected is None:
            if said < 0:
                return None
            expected = said
        elif said - expected > tolerance:
            expected = said
        elif expected - said > tolerance:
            return None
        self._next = expected + FRAME
        return expected
