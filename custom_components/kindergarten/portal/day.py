"""When a room is open to parents today, for the page that tells them."""

from collections.abc import Iterator
from datetime import datetime

from ..engine.people.snapshot import Snapshot
from .access import Room, Span


def opening_today(snapshot: Snapshot, room: Room, now: datetime) -> list[tuple[datetime, datetime]]:
    """Return today's open stretches in local time; none when a schedule decides and nobody can say."""
    if room.schedule is not None:
        return []
    if room.opening is None or now.weekday() not in room.opening.days:
        return []
    if any(each.covers(room.id, now.date()) for each in snapshot.closures.values()):
        return []
    return [
        (
            datetime.combine(now.date(), span.start, now.tzinfo),
            datetime.combine(now.date(), span.end, now.tzinfo),
        )
        for span in _without(room.opening.span, room.quiet)
    ]


def _without(span: Span, breaks: tuple[Span, ...]) -> Iterator[Span]:
    start = span.start
    for quiet in sorted(breaks, key=lambda each: each.start):
        if start < min(quiet.start, span.end):
            yield Span(start=start, end=min(quiet.start, span.end))
        start = max(start, quiet.end)
    if start < span.end:
        yield Span(start=start, end=span.end)
