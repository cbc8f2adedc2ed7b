"""What a camera has recorded: segments that are computed when asked for, never stored.

Segments follow a pattern of seven in 71 seconds (most are 10 s, one begins 11 s before the next, two are a fifth
of a second too long or too short), so that joins jitter and hours sum up to a segment more or less than 3600 s.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate
import math
from zlib import crc32

from .spans import Spans

FPS = 5
HOUR_S = 3600
DAY_S = 86_400
_SPACING_S = (10, 10, 11, 10, 10, 10, 10)
_FRAMES = (50, 51, 54, 50, 50, 50, 50)
_MOTION = (0, 12, 0, 0, 35, 0, 3)
_OBJECTS = (0, 0, 1, 0, 0, 0, 2)
_PERIOD_S = sum(_SPACING_S)
_STARTS = tuple(accumulate(_SPACING_S, initial=0))[:-1]


@dataclass(frozen=True, slots=True)
class Segment:
    """One file of about ten seconds: `start` is whole Unix seconds, `frames` at `FPS`."""

    camera: str
    start: int
    frames: int
    motion: int
    objects: int

    @property
    def duration(self) -> float:
        """Return its length in seconds."""
        return self.frames / FPS

    @property
    def end(self) -> float:
        """Return when it ends, Unix seconds."""
        return self.start + self.duration

    @property
    def row_id(self) -> str:
        """Return the id of its row."""
        return f"{self.start}.0-{crc32(f'{self.camera}{self.start}'.encode()):08x}"[
            : len(str(self.start)) + 9
        ]

    @property
    def path(self) -> str:
        """Return its file below `/media/frigate`; folder and name are in UTC."""
        moment = datetime.fromtimestamp(self.start, UTC)
        return f"recordings/{moment:%Y-%m-%d/%H}/{self.camera}/{moment:%M.%S}.mp4"


@dataclass(frozen=True, slots=True)
class HourOfFootage:
    """What the summary says of an hour; `start` is Unix seconds."""

    start: int
    duration: float
    motion: int
    objects: int


class Footage:
    """The history of one camera's segments.

    `recorded` is when its recorder ran, `deleted` what has gone again (rows and files), `lost` where only
    the files have gone, `forgotten` where only the rows have, `moving` where only segments with motion were
    kept. `lag_s` passes from the end of a segment until it is known.
    """

    def __init__(self, camera: str, since: float, lag_s: float) -> None:
        self.camera = camera
        self.recorded = Spans((since, math.inf))
        self.deleted = Spans()
        self.lost = Spans()
        self.forgotten = Spans()
        self.moving = Spans()
        self.lag_s = lag_s
        self._phase_s = crc32(camera.encode()) % _PERIOD_S

    def segments(self, start: float, end: float, now: float) -> Iterator[Segment]:
        """Yield the segments that start in `[start, end)`, ascending, as the database knows them."""
        for segment in self._written(start, end, now):
            if self._kept(segment) and segment.start not in self.forgotten:
                yield segment

    def files(self, start: float, end: float, now: float) -> Iterator[Segment]:
        """Yield the segments whose files are there; what the database forgot is never deleted again."""
        for segment in self._written(start, end, now):
            there = segment.start in self.forgotten or self._kept(segment)
            if there and segment.start not in self.lost:
                yield segment

    def _written(self, start: float, end: float, now: float) -> Iterator[Segment]:
        for left, right in self.recorded.within(start - 2 * _PERIOD_S, min(end, now) + 2 * _PERIOD_S):
            for segment in self._pattern(max(left, start), min(right, end)):
                whole = segment.start + 11 <= right if right < math.inf else True
                if whole and segment.end + self.lag_s <= now:
                    yield segment

    def touching(self, start: float, end: float, now: float) -> Iterator[Segment]:
        """Yield the segments whose edges touch `[start, end]`."""
        for segment in self.segments(start - 12, end + 1, now):
            if segment.end >= start and segment.start <= end:
                yield segment

    def file(self, start: int, now: float) -> Segment | None:
        """Return the segment whose file begins at a moment."""
        return next(self.files(start, start + 1, now), None)

    def hours(self, now: float) -> Iterator[HourOfFootage]:
        """Yield the hours in which segments start, ascending."""
        done = -1
        for left, right in self.recorded:
            first = max(int(left) // HOUR_S * HOUR_S, done)
            for start in range(first, int(min(right, now)) + 1, HOUR_S):
                done = start + HOUR_S
                if hour := self._hour(start, now):
                    yield hour

    def oldest(self, now: float) -> Segment | None:
        """Return the oldest segment that is left."""
        for hour in self.hours(now):
            return next(self.segments(hour.start, hour.start + HOUR_S, now))
        return None

    def newest(self, now: float) -> Segment | None:
        """Return the newest segment that is known."""
        hours = list(self.hours(now))
        return list(self.segments(hours[-1].start, hours[-1].start + HOUR_S, now))[-1] if hours else None

    def _hour(self, start: int, now: float) -> HourOfFootage | None:
        end = start + HOUR_S
        if any(gone.covers(start, end) for gone in (self.deleted, self.forgotten)):
            return None
        around = self.recorded.around(start)
        untouched = not any(
            spans.touches(start, end) for spans in (self.deleted, self.moving, self.forgotten)
        )
        if around and around[1] >= end + 11 and end + 11 + self.lag_s <= now and untouched:
            counted = [
                self._sum(values, end) - self._sum(values, start) for values in (_FRAMES, _MOTION, _OBJECTS)
            ]
            return HourOfFootage(start, counted[0] / FPS, counted[1], counted[2])
        kept = list(self.segments(start, end, now))
        if not kept:
            return None
        return HourOfFootage(
            start,
            sum(segment.duration for segment in kept),
            sum(segment.motion for segment in kept),
            sum(segment.objects for segment in kept),
        )

    def _kept(self, segment: Segment) -> bool:
        if segment.start in self.deleted:
            return False
        return bool(segment.motion) or segment.start not in self.moving

    def _pattern(self, start: float, end: float) -> Iterator[Segment]:
        number = self._first(start)
        while (at := self._start(number)) < end:
            index = number % 7
            yield Segment(self.camera, at, _FRAMES[index], _MOTION[index], _OBJECTS[index])
            number += 1

    def _start(self, number: int) -> int:
        return number // 7 * _PERIOD_S + _STARTS[number % 7] + self._phase_s

    def _first(self, at: float) -> int:
        """Return the number of the first segment that starts at or after a moment."""
        periods, inside = divmod(math.ceil(at) - self._phase_s, _PERIOD_S)
        return periods * 7 + bisect_left(_STARTS, inside)

    def _sum(self, values: tuple[int, ...], before: float) -> int:
        """Return the sum of a column over all segments that start before a moment."""
        periods, index = divmod(self._first(before), 7)
        return periods * sum(values) + sum(values[:index])
