"""Cuts pictures into fragments of at most a second, at places where players can bear it."""

from dataclasses import dataclass
import statistics

from .format.annexb import Unit
from .format.init import Init
from .fragments import VideoSample
from .reader.interface import VIDEO_CLOCK

FRAGMENT_TICKS = VIDEO_CLOCK
MAX_PENDING = 1_500
MAX_PENDING_BYTES = 8 << 20
"""Pictures whose time stands still are cut here, so that they cannot fill the memory."""
DEFAULT_DURATION = VIDEO_CLOCK // 25


@dataclass(kw_only=True, slots=True)
class Picture:
    """One picture: `chunks` are its length-prefixed NAL units, `init` is set where it changes."""

    pts: int
    key: bool
    chunks: list[Unit]
    size: int
    init: Init | None = None


@dataclass(kw_only=True, slots=True)
class Group:
    """The pictures of a fragment. `start` is the first decoding time, `end` that of the next group."""

    start: int
    end: int
    samples: list[VideoSample]
    chunks: list[Unit]
    init: Init | None


class Cutter:
    """Pictures in decoding order in, groups out. All times are in ticks of the pictures' PTS.

    RTP carries no decoding times, so they are the sorted presentation times of a group (ISO/IEC
    14496-12 allows signed composition offsets). That is right as long as every picture of a group
    is shown before every picture of the next: groups begin only at a picture that is shown later
    than all before it, and in a stream that reorders only when the pictures that follow it in
    decoding order but are shown before it are known too. Where a stream breaks that, decoding
    times still increase and presentation times are kept.
    """

    def __init__(self, reorder: int | None = None, duration: int = DEFAULT_DURATION) -> None:
        """Expect `reorder` late pictures (None: see) of `duration` ticks each."""
        self._pending: list[Picture] = []
        self._bytes = 0
        self._start: int | None = None
        self._newest = 0
        self._anchor = 0
        self._fits: int | None = None
        self._reorders = bool(reorder)
        self._duration = duration

    def add(self, picture: Picture) -> list[Group]:
        """Take the next picture; return the groups that are complete now."""
        groups: list[Group] = []
        pending = self._pending
        if pending and picture.pts <= self._newest:
            self._reorders = self._reorders or picture.pts < self._newest
            if len(pending) >= MAX_PENDING or self._bytes > MAX_PENDING_BYTES:
                groups.append(self._cut(len(pending), picture.pts))
        else:
            if pending:
                self._at_anchor(picture, groups)
            self._newest = picture.pts
            self._anchor = len(self._pending)
        self._pending.append(picture)
        self._bytes += picture.size
        return groups

    def finish(self) -> list[Group]:
        """Return what is left; the last picture gets the duration of the one before it."""
        groups: list[Group] = []
        pending = self._pending
        if pending and self._reorders and self._anchor and pending[self._anchor].key:
            if self._fits and pending[self._anchor].pts - self._first() > FRAGMENT_TICKS:
                groups.append(self._cut(self._fits, None))
            groups.append(self._cut(self._anchor, None))
        if self._fits and self._newest + self._last_duration() - self._first() > FRAGMENT_TICKS:
            groups.append(self._cut(self._fits, None))
        if self._pending:
            groups.append(self._cut(len(self._pending), None))
        return groups

    def _at_anchor(self, picture: Picture, groups: list[Group]) -> None:
        """Cut if a group is complete, now that a picture comes that is shown after all others."""
        pending = self._pending
        place = self._anchor if self._reorders else len(pending)
        if not place:
            return
        opening = pending[place] if place < len(pending) else picture
        span = opening.pts - self._first()
        if span > FRAGMENT_TICKS and self._fits:
            moved = self._fits
            groups.append(self._cut(moved, picture.pts))
            place -= moved
            if not place:
                return
            span = opening.pts - self._first()
        if opening.key or span >= FRAGMENT_TICKS:
            groups.append(self._cut(place, picture.pts))
        else:
            self._fits = place

    def _last_duration(self) -> int:
        """Return what the last picture will get when nothing follows."""
        times = sorted([picture.pts for picture in self._pending])
        return times[-1] - times[-2] if len(times) > 1 else self._duration

    def _first(self) -> int:
        return self._pending[0].pts if self._start is None else self._start

    def _cut(self, place: int, following: int | None) -> Group:
        """Make a group of the first `place` pictures; `following` is the PTS of the next picture."""
        pictures, self._pending = self._pending[:place], self._pending[place:]
        self._bytes = sum(picture.size for picture in self._pending)
        self._anchor = max(0, self._anchor - place)
        self._fits = None
        times = sorted([picture.pts for picture in pictures])
        if self._start is not None:
            times[0] = self._start
        for index in range(1, len(times)):
            if times[index] <= times[index - 1]:
                times[index] = times[index - 1] + 1
        after = [picture.pts for picture in self._pending]
        if following is not None:
            after.append(following)
        if len(times) > 1:
            self._duration = times[-1] - times[-2]
        end = max(min(after), times[-1] + 1) if after else times[-1] + self._duration
        if len(times) == 1 and after:
            self._duration = end - times[0]
        start, self._start = times[0], end
        times.append(end)
        samples = [
            VideoSample(
                size=picture.size,
                duration=times[index + 1] - times[index],
                composition=picture.pts - times[index],
                key=picture.key,
            )
            for index, picture in enumerate(pictures)
        ]
        chunks = [chunk for picture in pictures for chunk in picture.chunks]
        return Group(start=start, end=end, samples=samples, chunks=chunks, init=pictures[0].init)


class Pace:
    """How far apart a camera's pictures are: the median of the last 32 distances, in ticks."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._steps: list[int] = []
        self._next = 0

    def add(self, step: int) -> None:
        """Hear of a distance between two pictures."""
        if len(self._steps) < 32:
            self._steps.append(step)
        else:
            self._steps[self._next] = step
            self._next = (self._next + 1) % 32

    @property
    def settled(self) -> bool:
        """Tell whether there were enough pictures to judge by."""
        return len(self._steps) >= 4

    @property
    def step(self) -> int:
        """Return the usual distance."""
        return max(1, round(statistics.median(self._steps))) if self._steps else DEFAULT_DURATION
