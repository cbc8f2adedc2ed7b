"""Figures about an archive: how much, since when, for how long."""

from collections.abc import Callable, Mapping
import threading

from .archive import Archive
from .forecast import Forecaster
from .gaps import Tiling
from .queries import Queries
from .retention import Retention
from .views import CameraFacts, CameraView, Forecast, SpaceView

DAY_US = 86_400_000_000
_FRESH_NS = 60_000_000_000
_MEASURED_S = 600


class Numbers:
    """Measured figures; what takes a walk over a day is remembered for a minute."""

    def __init__(
        self,
        archive: Archive,
        queries: Queries,
        tilings: Mapping[str, Tiling],
        retention: Retention,
        planned_s: Callable[[str], float],
    ) -> None:
        """Measure one archive; `planned_s` is how long a camera records on an ordinary day."""
        self._archive = archive
        self._queries = queries
        self._forecaster = Forecaster(archive, tilings, retention, planned_s)
        self._forecast: tuple[int, Forecast] | None = None
        self._lock = threading.Lock()
        self._days: dict[str, tuple[int, float | None, int, float]] = {}
        self._used: tuple[int, int] | None = None

    def cameras(self) -> list[CameraView]:
        """Return every camera that the archive knows."""
        rows = self._archive.catalog.query(
            "SELECT c.uid, c.label, a.utc0 + c.added_rel, r.utc0 + c.removed_rel FROM camera c"
            " LEFT JOIN epoch a ON a.id = c.added_epoch LEFT JOIN epoch r ON r.id = c.removed_epoch ORDER BY c.id"
        )
        views = []
        for uid, label, added, removed in rows:
            oldest, newest = self._queries.edges(uid)
            views.append(
                CameraView(
                    uid=uid, label=label, added_us=added or oldest or 0, removed_us=removed, oldest_us=oldest,
                    newest_us=newest,
                )
            )  # fmt: skip
        return views

    def facts(self, uid: str) -> CameraFacts:
        """Return what status tells of a camera."""
        oldest, newest = self._queries.edges(uid)
        _, coverage, size, seconds = self._day(uid)
        return CameraFacts(
            newest_us=newest, oldest_us=oldest, coverage_24h=coverage, bytes_24h=size,
            bitrate_bps=round(size * 8 / seconds) if seconds >= 1 else None,
        )  # fmt: skip

    def space(self) -> SpaceView:
        """Return the space of the disk, and what recordings take of it. Raises OSError."""
        space = self._archive.volume.space()
        now = self._archive.env.monotonic_ns()
        with self._lock:
            used = self._used
        if used is None or now - used[0] >= _FRESH_NS:
            row = self._archive.catalog.one(
                "SELECT coalesce(sum(bytes), 0) FROM recording INDEXED BY recording_time"
            ) or (0,)
            used = (now, row[0])
            with self._lock:
                self._used = used
        growing = sum(file.size for file in list(self._archive.files.values()))
        return SpaceView(total=space.total, free=space.free, used=used[1] + growing)

    def oldest_us(self) -> int | None:
        """Return when the oldest footage of any camera begins."""
        return min((each.oldest_us for each in self.cameras() if each.oldest_us is not None), default=None)

    def bytes_per_day(self) -> int:
        """Return the bytes a day that all cameras that should record make; 0 until measured."""
        return self.forecast().bytes_per_day or 0

    def forecast(self) -> Forecast:
        """Return how many days the disk holds at the measured rate. Raises OSError, sqlite3.Error."""
        now = self._archive.env.monotonic_ns()
        with self._lock:
            known = self._forecast
        if known is not None and now - known[0] < _FRESH_NS:
            return known[1]
        found = self._forecaster.forecast()
        with self._lock:
            self._forecast = (now, found)
        return found

    def _day(self, uid: str) -> tuple[int, float | None, int, float]:
        """Return when measured, coverage (not of a first moment), bytes and recorded seconds of 24 hours."""
        now_ns = self._archive.env.monotonic_ns()
        with self._lock:
            known = self._days.get(uid)
        if known is not None and now_ns - known[0] < _FRESH_NS:
            return known
        now = self._archive.clock.utc_us()
        coverage = self._queries.coverage(uid, now - DAY_US, now, 86_400)
        planned = sum(coverage.planned)
        ratio = covered(sum(coverage.recorded), planned)
        size = self._queries.bytes_between(uid, now - DAY_US, now)
        found = (now_ns, ratio, size, sum(coverage.recorded))
        with self._lock:
            self._days[uid] = found
        return found


def covered(recorded_s: float, planned_s: float) -> float | None:
    """Return the share (0..1) of what should have been recorded; None of a first moment."""
    return min(1.0, recorded_s / planned_s) if planned_s >= _MEASURED_S else None
