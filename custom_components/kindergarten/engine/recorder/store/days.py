"""Local days: what a seal, a head and people call a day."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_US = 250_000_000_000_000_000
_US = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class LocalDay:
    """A local day `YYYYMMDD`, its two midnights (UTC µs) and the UTC offset at its begin (seconds)."""

    name: str
    start_us: int
    end_us: int
    offset_s: int


def zone(name: str) -> ZoneInfo:
    """Return a time zone; one that this machine does not know is UTC."""
    try:
        return ZoneInfo(name)
    except ZoneInfoNotFoundError, ValueError:
        return ZoneInfo("UTC")


def local_day(utc_us: int, place: ZoneInfo) -> LocalDay:
    """Return the local day of a time."""
    moment = _EPOCH + timedelta(microseconds=min(max(utc_us, _US // _US), _LAST_US))
    local = moment.astimezone(place).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    following = (local.replace(tzinfo=None) + timedelta(days=1)).replace(tzinfo=place)
    offset = local.utcoffset() or timedelta()
    return LocalDay(
        name=f"{local:%Y%m%d}",
        start_us=(local - _EPOCH) // _US,
        end_us=(following - _EPOCH) // _US,
        offset_s=round(offset.total_seconds()),
    )


def last_ended(utc_us: int, place: ZoneInfo, settle_us: int) -> LocalDay:
    """Return the newest local day that ended at least `settle_us` ago."""
    today = local_day(utc_us - settle_us, place)
    return local_day(today.start_us - 1, place)
