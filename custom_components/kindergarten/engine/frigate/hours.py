"""What a Frigate server has of an hour, and what is missing: pure functions over its answers."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ..frigate_api.models import HourSum, ListedFile, Segment
from ..recorder.store.elsewhere import KnownHour, SeenHour
from ..recorder.store.elsewhere_rows import HOUR_US, joined
from ..recorder.store.schedule import Span, without

WHOLE_S = 3590.0
"""An hour's segments are counted where they begin: a whole hour has up to one more or less."""
HOLE_US = 15_000_000
"""Segments are ten seconds: a longer hole is one."""
SAME_S = 15.0
_FILE_S = 20
"""A file is ten seconds and sometimes a bit more; what follows later does not follow."""
_LONE_S = 10
_OLDEST_H = 400 * 24
"""What is older was recorded by a clock that was not set yet: nobody keeps footage for so long."""

type CauseOf = Callable[[int, int], str]
"""Returns the best known cause of a hole (UTC µs)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """What an hourly look has to do: hours to be read in detail, whole ones, empty ones, and lost ones."""

    detail: tuple[int, ...]
    whole: tuple[int, ...]
    empty: tuple[int, ...]
    gone: tuple[int, ...]


def compare(sums: Sequence[HourSum], known: Mapping[int, KnownHour], until: int, ageing: int) -> Work:
    """Return what differs between what a server has now and what we know, before hour number `until`.

    Hours before `ageing` are being deleted for their age: what is left of them tells nothing new.
    """
    there = {each.hour: each.seconds for each in sums if until - _OLDEST_H <= each.hour < until}
    detail: list[int] = []
    whole: list[int] = []
    for hour, seconds in there.items():
        before = known.get(hour)
        if before is not None and _unchanged(before, seconds, ageing=hour < ageing):
            continue
        (whole if seconds >= WHOLE_S else detail).append(hour)
    begin = min([*there, *known], default=until)
    empty = [hour for hour in range(begin, until) if hour not in there and hour not in known]
    gone = [
        hour for hour, each in known.items() if hour not in there and not each.gone and each.seconds > SAME_S
    ]
    return Work(detail=tuple(detail), whole=tuple(whole), empty=tuple(empty), gone=tuple(gone))


def _unchanged(before: KnownHour, seconds: float, *, ageing: bool) -> bool:
    if before.gone:
        return False
    shrunk = seconds < before.seconds - SAME_S and not (before.seconds >= WHOLE_S <= seconds)
    if shrunk:
        return ageing
    # More rows than files were found is no news.
    return before.files is not None or seconds <= before.seconds + SAME_S


def whole_hour(hour: int) -> SeenHour:
    """Return an hour without a hole."""
    return SeenHour(hour=hour, footage=((hour * HOUR_US, (hour + 1) * HOUR_US),))


def seen_hour(hour: int, segments: Iterable[Segment], cause_of: CauseOf) -> SeenHour:
    """Return an hour as its segments tell it."""
    start, end = hour * HOUR_US, (hour + 1) * HOUR_US
    touching = [each for each in segments if each.start_us < end and each.end_us > start]
    footage = joined([(max(start, each.start_us), min(end, each.end_us)) for each in touching])
    size = sum(each.bytes for each in touching if each.start_us >= start)
    return with_gaps(SeenHour(hour=hour, footage=tuple(footage), bytes=size), cause_of)


def with_gaps(seen: SeenHour, cause_of: CauseOf) -> SeenHour:
    """Return an hour with its holes named."""
    start, end = seen.hour * HOUR_US, (seen.hour + 1) * HOUR_US
    holes = [hole for hole in without([(start, end)], seen.footage) if hole[1] - hole[0] > HOLE_US]
    return replace(seen, gaps=tuple((begin, until, cause_of(begin, until)) for begin, until in holes))


def proven(seen: SeenHour, files: Sequence[ListedFile], cause_of: CauseOf) -> SeenHour:
    """Return what of an hour the files on the server's disk prove."""
    start = seen.hour * HOUR_US
    spans: list[Span] = []
    for position, file in enumerate(files):
        following = files[position + 1].start_s if position + 1 < len(files) else 3600
        length = following - file.start_s
        until = following if length <= _FILE_S else file.start_s + _LONE_S
        # A file's name is a whole second, and what began before the hour lies in the folder before.
        begin = 0 if file.start_s <= _FILE_S else file.start_s - 1
        spans.append((start + begin * 1_000_000, start + (until + 1) * 1_000_000))
    there = joined(spans)
    missing = without(seen.footage, there)
    left = without(seen.footage, missing) if files else []
    found = replace(
        seen, footage=tuple(left), files=len(files), bytes=seen.bytes or sum(f.bytes for f in files)
    )
    if not any(end - begin > HOLE_US for begin, end in missing):
        return replace(found, footage=seen.footage if files else ())
    return with_gaps(
        found, lambda begin, end: "disk_error" if _within(begin, end, missing) else cause_of(begin, end)
    )


def begun(hours: Sequence[SeenHour], first: int) -> list[SeenHour]:
    """Return hours of which the first of all has no gap before its footage: nobody was asked for it."""
    return [
        replace(each, gaps=tuple(gap for gap in each.gaps if gap[0] > each.hour * HOUR_US))
        if each.hour == first and each.footage
        else each
        for each in hours
    ]


def early(gone: Collection[int], oldest_kept: int) -> tuple[list[int], list[int]]:
    """Split hours that are gone: those past their time, and those that should still be there."""
    return [hour for hour in gone if hour < oldest_kept], [hour for hour in gone if hour >= oldest_kept]


def _within(begin: int, end: int, spans: Iterable[Span]) -> bool:
    return any(start <= begin + HOLE_US and end - HOLE_US <= until for start, until in spans)
