"""A time that never goes back, so that turning the clock gives nobody a longer life."""

from collections.abc import Callable

type Microseconds = Callable[[], int]


class Clock:
    """The wall clock, but never behind the latest time seen, nor slower than time really passes."""

    def __init__(self, now_us: Microseconds, monotonic_us: Microseconds | None, floor_us: int) -> None:
        """Go on from the latest time that was written down; without a monotonic clock time may stand."""
        self._now_us = now_us
        self._monotonic_us = monotonic_us or (lambda: 0)
        self._floor_us = floor_us
        self._passed_us = self._monotonic_us()

    def now(self) -> int:
        """Return µs since 1970 in UTC."""
        passed_us = self._monotonic_us()
        elapsed_us = max(0, passed_us - self._passed_us)
        self._floor_us = max(self._now_us(), self._floor_us + elapsed_us)
        self._passed_us = passed_us
        return self._floor_us

    def wall(self) -> int:
        """Return what the wall clock says, right or wrong: a pause is meant in its time."""
        return self._now_us()

    def believe(self) -> int:
        """Begin anew with what the wall clock says: somebody looked at it and found it right."""
        self._floor_us = self._now_us()
        self._passed_us = self._monotonic_us()
        return self._floor_us
