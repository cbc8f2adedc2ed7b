"""Footage by the calendar of the house: which local days and hours hold how much, and where the holes are."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from .archive.protocol import Archive, ArchivedCamera, Timeline, as_utc

SHORTEST_HOLE: Final = timedelta(seconds=1)
FRESH_S: Final = 2.0
"""The first pictures of all are written, but not yet told, for a moment."""
_HOUR: Final = timedelta(hours=1)
_STEP_S: Final = 900
"""Every midnight of every time zone in use falls on a quarter of an hour."""
_MOST_ASKED: Final = timedelta(days=180)


@dataclass(frozen=True, kw_only=True)
class RecordedDay:
    """A local day with footage."""

    day: date
    recorded_s: float


@dataclass(frozen=True, kw_only=True)
class Hole:
    """A stretch without the footage that there should be, in UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True, kw_only=True)
class RecordedHour:
    """An hour of a local day, in UTC; it ends early at the end of what is known."""

    start: datetime
    end: datetime
    recorded_s: float
    holes: tuple[Hole, ...]

    @property
    def playable(self) -> bool:
        """Return whether there is something to play."""
        growing = self.end - self.start < _HOUR
        return self.recorded_s >= (FRESH_S if growing else 0.001)


def day_bounds(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return when a local day begins and ends, in UTC: 23, 24 or 25 hours apart."""
    return (
        datetime.combine(day, time(), zone).astimezone(UTC),
        datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC),
    )


def as_us(moment: datetime) -> int:
    """Return a time as the archive counts it: µs since 1970."""
    return (moment - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1)


async def async_days(archive: Archive, camera: ArchivedCamera, zone: tzinfo) -> list[RecordedDay]:
    """Return the local days with footage, the newest first."""
    if camera.oldest_us is None or camera.newest_us is None:
        return []
    first = as_utc(camera.oldest_us).astimezone(zone).date()
    last = as_utc(camera.newest_us).astimezone(zone).date()
    start, end = day_bounds(first, zone)[0], day_bounds(last, zone)[1]
    recorded: dict[date, float] = {}
    while start < end:
        until = min(start + _MOST_ASKED, end)
        coverage = await archive.coverage(camera.uid, as_us(start), as_us(until), _STEP_S)
        for number, seconds in enumerate(coverage.recorded):
            day = (start + timedelta(seconds=number * _STEP_S)).astimezone(zone).date()
            recorded[day] = recorded.get(day, 0.0) + seconds
        start = until
    return [
        RecordedDay(day=day, recorded_s=seconds)
        for day, seconds in sorted(recorded.items(), reverse=True)
        if seconds > 0
    ]


async def async_hours(archive: Archive, uid: str, day: date, zone: tzinfo) -> list[RecordedHour]:
    """Return the hours of a local day with footage or holes in them, in order."""
    start, end = day_bounds(day, zone)
    timeline = await archive.timeline(uid, as_us(start), as_us(end))
    hours: list[RecordedHour] = []
    while start < end:
        hour = _hour(timeline, start, min(start + _HOUR, end))
        if hour.recorded_s > 0 or hour.holes:
            hours.append(hour)
        start += _HOUR
    return hours


async def async_hour(archive: Archive, uid: str, start: datetime) -> RecordedHour:
    """Return the hour that begins at `start`."""
    end = start + _HOUR
    return _hour(await archive.timeline(uid, as_us(start), as_us(end)), start, end)


def _hour(timeline: Timeline, start: datetime, end: datetime) -> RecordedHour:
    known_end = end if timeline.horizon_us is None else min(end, max(start, as_utc(timeline.horizon_us)))
    recorded = timedelta()
    for span in timeline.recordings:
        if span.stream == "main":
            length = min(as_utc(span.end_us), end) - max(as_utc(span.start_us), start)
            recorded += max(length, timedelta())
    return RecordedHour(
        start=start,
        end=known_end,
        recorded_s=recorded.total_seconds(),
        holes=tuple(
            hole for hole in _holes(timeline, start, known_end) if hole.end - hole.start >= SHORTEST_HOLE
        ),
    )


def _holes(timeline: Timeline, start: datetime, end: datetime) -> list[Hole]:
    return [
        Hole(
            start=max(as_utc(gap.start_us), start),
            end=end if gap.end_us is None else min(as_utc(gap.end_us), end),
        )
        for gap in timeline.gaps
        if not gap.planned
    ]
