"""When a room is open, and when it is recorded: always, or while open and an hour before and after."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from .archive.protocol import Schedule
from .const import CONF_DAYS, CONF_FROM, CONF_OPENING, CONF_RECORDING, CONF_TO, RECORDING_OPENING, WEEKDAYS

MARGIN_MIN: Final = 60
_DAY_MIN: Final = 24 * 60


def recording_schedule(room: Mapping[str, Any]) -> Schedule | None:
    """Return the local times at which a room is recorded, `None` for around the clock.

    Outside of them a gap is planned. A room without opening hours is always open.
    """
    opening = room.get(CONF_OPENING)
    if room.get(CONF_RECORDING) != RECORDING_OPENING or not opening:
        return None
    start = max(0, _minutes(opening[CONF_FROM]) - MARGIN_MIN)
    end = min(_DAY_MIN, _minutes(opening[CONF_TO]) + MARGIN_MIN)
    span = (_clock(start), _clock(end))
    return {day: (span,) for day in WEEKDAYS if day in opening[CONF_DAYS]}


def opening_hours(room: Mapping[str, Any]) -> Schedule | None:
    """Return the local times at which children are in a room, `None` when nobody said."""
    if not (opening := room.get(CONF_OPENING)):
        return None
    start, end = _minutes(opening[CONF_FROM]), _minutes(opening[CONF_TO])
    if start >= end:  # less than a minute
        return None
    return {day: ((_clock(start), _clock(end)),) for day in WEEKDAYS if day in opening[CONF_DAYS]}


def open_at(room: Mapping[str, Any], local: datetime) -> bool:
    """Return whether children are in a room at a local time; one without opening hours is always open."""
    if not (opening := room.get(CONF_OPENING)):
        return True
    minute = local.hour * 60 + local.minute
    today = WEEKDAYS[local.weekday()] in opening[CONF_DAYS]
    return today and _minutes(opening[CONF_FROM]) <= minute < _minutes(opening[CONF_TO])


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")[:2]
    return int(hours) * 60 + int(minutes)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
