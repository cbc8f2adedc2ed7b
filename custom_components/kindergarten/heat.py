"""How much of each local day was recorded: asked for in whole days wherever the clock is not changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from .archive.protocol import Archive
from .footage import as_us, day_bounds


@dataclass(frozen=True, kw_only=True)
class HeatDay:
    """A local day of a camera: seconds recorded, of those that had to be."""

    recorded_s: float = 0.0
    wanted_s: float = 0.0


async def async_heat(
    archive: Archive, uid: str, first: date, days: int, zone: tzinfo, now: datetime
) -> list[HeatDay]:
    """Return so many days of a camera, today until now; days of 23 and 25 hours are whole days too."""
    found: list[HeatDay] = []
    for start, end, count in _stretches(first, days, zone, now):
        step_s = int((end - start).total_seconds()) // count
        coverage = await archive.coverage(uid, as_us(start), as_us(end), step_s)
        recorded, wanted = ([*each, *([0.0] * count)] for each in (coverage.recorded, coverage.planned))
        found += [HeatDay(recorded_s=recorded[at], wanted_s=wanted[at]) for at in range(count)]
    return found + [HeatDay()] * (days - len(found))


def _stretches(
    first: date, days: int, zone: tzinfo, now: datetime
) -> Iterator[tuple[datetime, datetime, int]]:
    """Yield neighbouring days of one length together: begin, end, how many."""
    stretches: list[tuple[datetime, datetime, int]] = []
    now = now.replace(microsecond=0)
    for ahead in range(days):
        start, end = day_bounds(first + timedelta(days=ahead), zone)
        end = min(end, now)
        if end <= start:
            break
        if stretches:
            begin, until, count = stretches[-1]
            if end - start == (until - begin) / count:
                stretches[-1] = (begin, end, count + 1)
                continue
        stretches.append((start, end, 1))
    yield from stretches
