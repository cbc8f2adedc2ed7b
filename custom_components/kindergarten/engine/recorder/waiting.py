"""How long to wait before a camera is tried again."""

FIRST_WAIT_S, SHORT_WAIT_S, LONGEST_WAIT_S = 0.25, 1.5, 15.0
GOOD_AFTER_S = 5.0
HURRY_S = 60.0
_SILENT = frozenset({"timeout", "stall"})
"""A try that ends so took seconds by itself."""


class Waiting:
    """Waits longer each time, but never long while a camera was good a minute ago: most are back soon."""

    def __init__(self, now_ns: int) -> None:
        """Begin at a time of the monotonic clock, in a hurry."""
        self._wait_s = FIRST_WAIT_S
        self._good_ns = now_ns

    def after(self, code: str, recorded_s: float, now_ns: int, spent_s: float = 0.0) -> float:
        """Return how many seconds to wait after a session that ended with an error's code.

        `recorded_s` is how long it was recorded, `spent_s` how long it took in vain.
        """
        if recorded_s >= GOOD_AFTER_S:
            self._wait_s, self._good_ns = FIRST_WAIT_S, now_ns
        hurried = code in _SILENT or now_ns - self._good_ns < HURRY_S * 1e9
        wait_s = min(self._wait_s, SHORT_WAIT_S if hurried else LONGEST_WAIT_S)
        self._wait_s = min(2 * self._wait_s, LONGEST_WAIT_S)
        return max(FIRST_WAIT_S, wait_s - spent_s)
