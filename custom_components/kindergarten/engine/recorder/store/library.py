"""Footage of all volumes as one: the one that is written, and old ones that are only read."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...errors import RequestError
from .archive import Archive
from .numbers import DAY_US, Numbers, covered
from .plan import planned_over
from .queries import Queries, seconds
from .schedule import Span, union
from .views import CameraFacts, CameraView, Coverage, Day, KeyFrame, RecordingSlice, Stream, Timeline

_TAG_BITS = 39
_ID_MASK = (1 << _TAG_BITS) - 1
MOST_TAGS = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Shelf:
    """The footage of one volume. `tag` makes its numbers of recordings unlike those of others; 0 is written."""

    tag: int
    queries: Queries
    numbers: Numbers


@dataclass(frozen=True, kw_only=True, slots=True)
class Volumes:
    """The archives that can be read, the one in use first, and the paths of volumes that cannot."""

    archives: Sequence[Archive]
    absent: Sequence[str] = ()


class Library:
    """Answers about several volumes. Raises what they raise."""

    def __init__(self, shelves: Sequence[Shelf]) -> None:
        """Look at these; the one that is written comes first, if it is there."""
        self._shelves = shelves

    def timeline(self, uid: str, stream: Stream, t0: int, t1: int) -> Timeline:
        """Return recordings and gaps that touch a stretch."""
        found = [(shelf, shelf.queries.timeline(uid, stream, t0, t1)) for shelf in self._shelves]
        recordings = [
            replace(each, id=_outside(shelf, each.id)) for shelf, part in found for each in part.recordings
        ]
        gaps = [each for _, part in found for each in part.gaps]
        return Timeline(
            horizon_us=max(part.horizon_us for _, part in found),
            recordings=sorted(recordings, key=lambda each: each.start_us),
            gaps=sorted(gaps, key=lambda each: each.start_us),
        )

    def coverage(self, uid: str, t0: int, t1: int, step_s: int) -> Coverage:
        """Return seconds recorded and planned per step of the main stream."""
        recorded = union([span for shelf in self._shelves for span in shelf.queries.recorded(uid, t0, t1)])
        planned = self._planned(uid, t0, t1)
        return Coverage(
            step_s=step_s, recorded=seconds(recorded, t0, t1, step_s),
            planned=seconds(union([*recorded, *planned]), t0, t1, step_s),
        )  # fmt: skip

    def _planned(self, uid: str, t0: int, t1: int) -> list[Span]:
        """Return what was to be recorded; without the volume in use, up to the last footage of each."""
        if self._shelves[0].tag == 0:
            return planned_over([shelf.queries.archive for shelf in self._shelves], uid, t0, t1)
        ends = [(shelf, min(t1, shelf.queries.edges(uid)[1] or 0)) for shelf in self._shelves]
        return [span for shelf, end in ends for span in shelf.queries.planned(uid, t0, end)]

    def days(self, uid: str, tz_offset_s: int) -> list[Day]:
        """Return the local days with footage, oldest first."""
        found: dict[str, Day] = {}
        for shelf in self._shelves:
            for day in shelf.queries.days(uid, tz_offset_s):
                known = found.get(day.day)
                found[day.day] = (
                    day if known is None else replace(day, recorded_s=day.recorded_s + known.recorded_s)
                )
        return [found[name] for name in sorted(found)]

    def cameras(self) -> list[CameraView]:
        """Return every camera that a volume knows."""
        found: dict[str, CameraView] = {}
        for shelf in self._shelves:
            for view in shelf.numbers.cameras():
                known = found.get(view.uid)
                found[view.uid] = view if known is None else _joined(known, view)
        return list(found.values())

    def facts(self, uid: str) -> CameraFacts:
        """Return what status tells of a camera."""
        first, *others = [shelf.numbers.facts(uid) for shelf in self._shelves]
        oldest = [each.oldest_us for each in (first, *others) if each.oldest_us is not None]
        newest = [each.newest_us for each in (first, *others) if each.newest_us is not None]
        size = sum(each.bytes_24h for each in (first, *others))
        coverage = self._coverage_24h(uid) if size != first.bytes_24h else first.coverage_24h
        return replace(
            first, oldest_us=min(oldest, default=None), newest_us=max(newest, default=None), bytes_24h=size,
            coverage_24h=coverage,
        )  # fmt: skip

    def _coverage_24h(self, uid: str) -> float | None:
        """Return the coverage of the last day when two volumes have some of it."""
        now = self._shelves[0].queries.archive.clock.utc_us()
        found = self.coverage(uid, now - DAY_US, now, DAY_US // 1_000_000)
        return covered(sum(found.recorded), sum(found.planned))

    def fragments(self, uid: str, stream: Stream, t0: int, t1: int) -> list[RecordingSlice]:
        """Return the fragments of a stretch, from the key frame before it."""
        found = [
            replace(each, recording=_outside(shelf, each.recording))
            for shelf in self._shelves
            for each in shelf.queries.fragments(uid, stream, t0, t1)
        ]
        return sorted(found, key=lambda each: each.times_us[0])

    def read_media(self, recording: int, first: int, last: int) -> bytes:
        """Return whole fragments, timed from the run's beginning; raises RequestError("not_found")."""
        for shelf in self._shelves:
            if shelf.tag == recording >> _TAG_BITS:
                return shelf.queries.read_media(recording & _ID_MASK, first, last)
        raise RequestError("not_found", "the recording's volume is not there")

    def init(self, sha: str) -> bytes:
        """Return an init segment; raises RequestError("not_found")."""
        for shelf in self._shelves[:-1]:
            try:
                return shelf.queries.init(sha)
            except RequestError:
                continue
        return self._shelves[-1].queries.init(sha)

    def key_frame(self, uid: str, stream: Stream, utc: int | None) -> KeyFrame | None:
        """Return the newest key frame at or before a time."""
        best: KeyFrame | None = None
        for shelf in self._shelves:
            found = shelf.queries.key_frame(uid, stream, utc)
            if found is not None and (best is None or found.time_us > best.time_us):
                best = replace(found, recording=_outside(shelf, found.recording))
        return best


def _outside(shelf: Shelf, recording: int) -> int:
    return shelf.tag << _TAG_BITS | recording


def _joined(first: CameraView, second: CameraView) -> CameraView:
    """Return a camera that two volumes know; the first one knows its label and whether it was removed."""
    oldest = [each for each in (first.oldest_us, second.oldest_us) if each is not None]
    newest = [each for each in (first.newest_us, second.newest_us) if each is not None]
    return replace(
        first, added_us=min(first.added_us, second.added_us), oldest_us=min(oldest, default=None),
        newest_us=max(newest, default=None),
    )  # fmt: skip
