"""What one camera may do to the archive: how often it may break its runs, and how much it may send.

A camera whose clock or settings flap would make a file of every picture, one that sends without
end would fill the disk that all cameras share. Neither is recorded on: the session is ended and
tried again after a rest.
"""

from collections import deque
import logging

from ..env import Env
from ..errors import SourceError

MOST_BREAKS = 10
MOST_BPS = 60_000_000
"""More than any camera for these rooms sends at its best setting (4K H.264: up to 32 Mbit/s)."""
RATE_S = 10
FIRST_REST_S, LONGEST_REST_S = 1.0, 60.0
GOOD_S = 60.0
MISCONDUCT = frozenset({"unsteady", "too_much"})
_WHY = {"clock_jump": "the camera's clock jumps", "param_change": "the camera changes its settings"}
_MINUTE_NS = 60_000_000_000
_SLICE_NS = 250_000_000
_LOGGER = logging.getLogger(__name__)


class Conduct:
    """How one stream behaves, over all its sessions. Used by one session at a time."""

    def __init__(self, env: Env, name: str) -> None:
        """Know nothing bad yet; the log calls the stream `name`."""
        self._env = env
        self._name = name
        self._breaks: deque[int] = deque()
        self._slices: deque[list[int]] = deque()
        self._bytes = 0
        self._rest_s = 0.0
        self.cause = ""
        self.problem: SourceError | None = None

    def fresh(self) -> None:
        """Begin a session: what it does not do itself is not held against it at once."""
        self.problem = None
        self._slices.clear()
        self._bytes = 0

    def broke(self, cause: str) -> None:
        """Hear that a run or a file of it ended; `problem` is set when that happens too often."""
        if cause not in _WHY:
            return
        now_ns = self._env.monotonic_ns()
        self._breaks.append(now_ns)
        while self._breaks[0] < now_ns - _MINUTE_NS or len(self._breaks) > MOST_BREAKS + 1:
            self._breaks.popleft()
        if len(self._breaks) > MOST_BREAKS:
            text = f"{_WHY[cause]} again and again, more than {MOST_BREAKS} times within a minute"
            self.cause, self.problem = cause, SourceError("unsteady", text)

    def took(self, size: int) -> None:
        """Hear of so many bytes that came; `problem` is set when they are too many."""
        now_ns = self._env.monotonic_ns()
        slices = self._slices
        if slices and now_ns - slices[-1][0] < _SLICE_NS:
            slices[-1][1] += size
        else:
            slices.append([now_ns, size])
            while slices[0][0] <= now_ns - RATE_S * 1_000_000_000:
                self._bytes -= slices.popleft()[1]
        self._bytes += size
        if self._bytes * 8 > MOST_BPS * RATE_S:
            text = f"the camera sends more than {MOST_BPS // 1_000_000} Mbit/s"
            self.cause, self.problem = "too_much", SourceError("too_much", text)

    def rest_s(self, problem: SourceError, recorded_s: float) -> float:
        """Return how long to leave the camera alone: 1 s, then twice as long each time, up to 60 s.

        `recorded_s` is how long the session was recorded; its last minute was no good.
        """
        self.behaved(recorded_s - GOOD_S)
        if not self._rest_s:
            _LOGGER.warning("Stream %s is left alone for a while: %s", self._name, problem.text)
        self._rest_s = min(2 * self._rest_s or FIRST_REST_S, LONGEST_REST_S)
        return self._rest_s

    def behaved(self, seconds: float) -> None:
        """Hear how long the stream was good; a minute of it is enough to begin anew."""
        if seconds >= GOOD_S:
            self._rest_s = 0.0
