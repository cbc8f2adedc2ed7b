"""Whether a camera's wall clock is wrong for long enough, and whether it is the time zone that is."""

from dataclasses import dataclass

LIMIT_MS = 60_000
RIGHT_SHARE = 0.8
"""A clock that is off is right again below this part of the limit."""
_QUARTER_MS = 900_000
_ZONES_MS = 26 * 3_600_000
_YEARS_MS = 10 * 365 * 86_400_000
_UNTIL = 3


@dataclass(kw_only=True, slots=True)
class ClockWatch:
    """What is known of a camera's clock: wrong since `since_us` (µs, UTC), None while it is right."""

    since_us: int | None = None
    differing: int = 0

    def look(self, offset_ms: int | None, time_us: int) -> bool:
        """Take the camera's offset (ms ahead of ours) at a time; tells whether anything changed.

        A camera that counts from its start or from 1900 tells no time of day: its offset says nothing.
        """
        if offset_ms is None or abs(offset_ms) > _YEARS_MS:
            return False
        wrong = self.since_us is not None
        if wrong == (abs(offset_ms) > LIMIT_MS * (RIGHT_SHARE if wrong else 1)):
            self.differing = 0
            return False
        self.differing += 1
        if self.differing < _UNTIL:
            return False
        self.differing = 0
        self.since_us = None if wrong else time_us
        return True


def is_time_zone(offset_ms: int) -> bool:
    """Tell whether a clock is off by a whole number of quarters of an hour: as a wrong time zone is."""
    quarters = round(offset_ms / _QUARTER_MS)
    near = abs(offset_ms - quarters * _QUARTER_MS) <= LIMIT_MS
    return quarters != 0 and near and abs(offset_ms) <= _ZONES_MS
