"""When a camera should record: local times of weekdays, and since when they hold.

A span's local times are taken generously when clocks change: what begins in an hour that is there
twice begins the first time and ends the second; what lies in an hour that is not there loses nothing.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
import re
from zoneinfo import ZoneInfo

from ...ledger.chain import Json

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00")
_MOST_SPANS = 12

type Span = tuple[int, int]
"""Begin and end: UTC in µs."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Schedule:
    """Spans of minutes of the local day, seven lists from Monday on; they neither overlap nor touch."""

    zone: str
    days: tuple[tuple[tuple[int, int], ...], ...]

    def spec(self) -> dict[str, Json]:
        """Return it as it stands in configuration and ledger."""
        days: dict[str, Json] = {
            name: [[_text(start), _text(end)] for start, end in spans]
            for name, spans in zip(WEEKDAYS, self.days, strict=True)
            if spans
        }
        return {"zone": self.zone, "days": days}

    def spans(self, t0: int, t1: int) -> list[Span]:
        """Return when to record between two times (UTC in µs), in time order."""
        found: list[Span] = []
        zone = ZoneInfo(self.zone)
        day = datetime.fromtimestamp(t0 / 1e6, zone).date() - timedelta(days=1)
        last = datetime.fromtimestamp(t1 / 1e6, zone).date()
        while day <= last:
            for start, end in _of_day(self, day):
                if start < t1 and end > t0:
                    found.append((max(start, t0), min(end, t1)))
            day += timedelta(days=1)
        return union(found)

    def wanted(self, utc_us: int) -> bool:
        """Tell whether to record at a time."""
        return bool(self.spans(utc_us, utc_us + 1))

    @property
    def share(self) -> float:
        """Return the part of an ordinary week that is recorded, 0..1."""
        return sum(end - start for spans in self.days for start, end in spans) / (7 * 1440)


@dataclass(frozen=True, kw_only=True, slots=True)
class Since:
    """A schedule (None: around the clock) from a time on."""

    from_us: int
    schedule: Schedule | None


def parse(days: Mapping[str, object], zone: str) -> Schedule:
    """Return the schedule of `{"mon": [["07:00", "19:00"]], …}`; raises ValueError with a reason."""
    unknown = set(days) - set(WEEKDAYS)
    if unknown:
        raise ValueError(f"{min(unknown)[:20]} is no weekday")
    week = tuple(_parse_day(days.get(name, [])) for name in WEEKDAYS)
    if not any(week):
        raise ValueError("there is no time to record")
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("the time zone is unknown") from error
    return Schedule(zone=zone, days=week)


def from_spec(spec: Json) -> Schedule | None:
    """Return what `Schedule.spec` wrote; None (around the clock) for what cannot be read."""
    match spec:
        case {"zone": str(zone), "days": dict(days)}:
            try:
                return parse(days, zone)
            except ValueError:
                return None
    return None


def wanted_spans(history: Sequence[Since], t0: int, t1: int) -> list[Span]:
    """Return when to record between two times, by what held when; around the clock before the first."""
    found: list[Span] = []
    starts = [each.from_us for each in history]
    position = bisect_right(starts, t0)
    begin = t0
    while begin < t1:
        end = min(t1, starts[position]) if position < len(starts) else t1
        schedule = history[position - 1].schedule if position else None
        if end > begin:
            found += [(begin, end)] if schedule is None else schedule.spans(begin, end)
        begin, position = max(begin, end), position + 1
    return union(found)


def union(spans: Sequence[Span]) -> list[Span]:
    """Return the spans in time order, those that overlap or touch as one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found


def without(spans: Sequence[Span], holes: Sequence[Span]) -> list[Span]:
    """Return what is left of spans where there are no holes."""
    left: list[Span] = []
    for start, end in spans:
        for begin, until in union(holes):
            if until <= start or begin >= end:
                continue
            if begin > start:
                left.append((start, begin))
            start = max(start, until)
        if start < end:
            left.append((start, end))
    return left


@lru_cache(maxsize=4096)
def _of_day(schedule: Schedule, day: date) -> tuple[Span, ...]:
    zone = ZoneInfo(schedule.zone)
    return tuple(
        (min(_utc(day, start, zone)), max(_utc(day, end, zone)))
        for start, end in schedule.days[day.weekday()]
    )


def _utc(day: date, minute: int, zone: ZoneInfo) -> tuple[int, int]:
    """Return what a local time may be in UTC: two times in an hour that is there twice, or not at all."""
    days, minute = divmod(minute, 1440)
    local = datetime.combine(day + timedelta(days=days), time(minute // 60, minute % 60), zone)
    first, second = (local.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    return round(first.timestamp()) * 1_000_000, round(second.timestamp()) * 1_000_000


def _parse_day(value: object) -> tuple[tuple[int, int], ...]:
    if not isinstance(value, list) or len(value) > _MOST_SPANS:
        raise ValueError(f"a day is a list of at most {_MOST_SPANS} spans")
    spans: list[tuple[int, int]] = []
    for each in value:
        match each:
            case [str(start), str(end)] if _TIME.fullmatch(start) and _TIME.fullmatch(end):
                spans.append((_minute(start), _minute(end)))
            case _:
                raise ValueError("a span is two local times HH:MM")
        if spans[-1][0] >= spans[-1][1]:
            raise ValueError("a span ends after it begins, by 24:00 at the latest")
    return tuple(union(spans))


def _minute(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def _text(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
