"""From a camera's media time to the epoch's clock.

The algorithm is Moonfire NVR's (design/time.md): a picture can be late but never early, so the
least delayed one tells when the run began; from then on the camera's clock counts, bent by at
most 500 ppm towards what the least delayed pictures say.
"""

from collections import deque

from .reader.interface import VIDEO_CLOCK

MAX_SLEW_PPM = 500
WINDOW_US = 60_000_000
"""How long an observation counts; old ones say nothing about drift."""


class Timeline:
    """The time of one run.

    Media time is in 90 kHz ticks since the run began, clock time in µs since the epoch's origin.
    Fragments tile: each begins exactly where the one before it ended.
    """

    def __init__(self, not_before_us: int = 0) -> None:
        """Let nothing begin before `not_before_us`, the end of the run before this one."""
        self._not_before_us = not_before_us
        self._seen: deque[tuple[int, int]] = deque()
        self._end_us: int | None = None
        self._end_ticks = 0

    def observe(self, ticks: int, rel_us: int) -> None:
        """Hear that the picture of `ticks` was here at `rel_us`."""
        origin_us = rel_us - ticks * 1_000_000 // VIDEO_CLOCK
        seen = self._seen
        while seen and seen[-1][1] >= origin_us:
            seen.pop()
        seen.append((rel_us, origin_us))
        while seen[0][0] < rel_us - WINDOW_US:
            seen.popleft()

    @property
    def origin_us(self) -> int | None:
        """Return when tick zero was, by the least delayed picture of the last minute."""
        return self._seen[0][1] if self._seen else None

    @property
    def error_us(self) -> int:
        """Return how far the run's time is ahead of what the pictures say (0 before it began)."""
        if self._end_us is None or self.origin_us is None:
            return 0
        return self._end_us - (self.origin_us + self._end_ticks * 1_000_000 // VIDEO_CLOCK)

    def begin(self, ticks: int, now_us: int, step: int = 0) -> int:
        """Fix the start of the run's first fragment, `now_us` when nothing was observed.

        Less than `step` ticks (a picture) after the run before this one is right after it.
        """
        origin_us = self.origin_us
        start_us = now_us if origin_us is None else origin_us + ticks * 1_000_000 // VIDEO_CLOCK
        step_us = step * 1_000_000 // VIDEO_CLOCK
        self._end_us = start_us if start_us > self._not_before_us + step_us else self._not_before_us
        self._end_ticks = ticks
        return self._end_us

    def advance(self, duration: int) -> tuple[int, int]:
        """Return start and end of the next fragment, `duration` ticks long."""
        if self._end_us is None:
            raise RuntimeError("the run has not begun")
        start_us = self._end_us
        self._end_ticks += duration
        length_us = duration * 1_000_000 // VIDEO_CLOCK
        self._end_us = start_us + length_us
        limit_us = length_us * MAX_SLEW_PPM // 1_000_000
        self._end_us -= max(-limit_us, min(limit_us, self.error_us))
        return start_us, self._end_us
