"""What proves an archive: holds, hour records, seals and signed heads, looked after while it is open."""

from .archive import Archive
from .holds import Holds
from .retention import Retention

_LOOK_NS = 60_000_000_000


class Evidence:
    """The keeping of evidence of one archive. Raises OSError and sqlite3.Error."""

    def __init__(self, archive: Archive, retention: Retention) -> None:
        """Begin with an archive just opened."""
        self._archive = archive
        self._looked_ns: int | None = None
        self.holds = Holds(archive, retention)

    def work(self) -> None:
        """Do what is due; called each second."""
        now = self._archive.env.monotonic_ns()
        if self._looked_ns is not None and now - self._looked_ns < _LOOK_NS:
            return
        self._looked_ns = now
        self.holds.look()
