"""How long to wait before a camera is tried again."""

FIRST_WAIT_S, SHORT_WAIT_S, LONGEST_WAIT_S = 0.25, 1.5, 15.0
GOOD_AFTER_S = 5.0
HURRY_S = 60.0
_SILENT = frozenset({"timeout", "stall"})
"""A try that ends so took seconds by itself."""
_PASSING = _SILENT | {"closed", "unreachable", "refused"}
"""How tries end while a camera starts anew or is unplugged; another try soon mends nothing else."""


class Waiting:
    """Waits longer each time, but not for long where a camera that was good a minute ago is away: most are back soon."""

    def __init__(self, now_ns: int) -> None:
        """Begin at a time of the monotonic clock, in a hurry."""
        self._good_ns = now_ns
        # A camera that is not there for long may answer badly at first: that begins with short waits.
        self._next_s: dict[bool, float] = {}

    def after(self, code: str, recorded_s: float, now_ns: int, spent_s: float = 0.0) -> float:
        """Return how many seconds to wait after a session that ended with an error's code.

        `recorded_s` is how long it was recorded, `spent_s` how long it took in vain.
        """
        if recorded_s >= GOOD_AFTER_S:
            self._next_s.clear()
            self._good_ns = now_ns
        passing = code in _PASSING
        next_s = self._next_s.get(passing, FIRST_WAIT_S)
        self._next_s[passing] = min(2 * next_s, LONGEST_WAIT_S)
        hurried = code in _SILENT or (passing and now_ns - self._good_ns < HURRY_S * 1e9)
        wait_s = min(next_s, SHORT_WAIT_S if hurried else LONGEST_WAIT_S)
        return max(FIRST_WAIT_S, wait_s - spent_s) if code in _SILENT else wait_s
