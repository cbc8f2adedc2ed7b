"""The stand-in's own time: the machine's, moved as a test wants it."""

import time


class Clock:
    """Unix seconds. Runs with the machine's clock unless it is stopped."""

    def __init__(self) -> None:
        self._ahead_s = 0.0
        self._stopped_at: float | None = None

    def now(self) -> float:
        """Return Unix seconds."""
        return time.time() + self._ahead_s if self._stopped_at is None else self._stopped_at

    def set(self, now: float) -> None:
        """Make it another time."""
        if self._stopped_at is None:
            self._ahead_s = now - time.time()
        else:
            self._stopped_at = now

    def stop(self) -> None:
        """Let time stand still; `set` still moves it."""
        self._stopped_at = self.now()

    def go_on(self) -> None:
        """Run again from where it stands."""
        now, self._stopped_at = self.now(), None
        self.set(now)
