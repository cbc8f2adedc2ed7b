"""Hour records: what was recorded in each full UTC hour, written down while it is fresh."""

from ...ledger.chain import Json
from .archive import Archive
from .epochs import PLAUSIBLE
from .queries import Queries

HOUR_US = 3_600_000_000
_SETTLED_US = 600_000_000
_CATCH_UP = 48


class Hours:
    """Writes the hours of one archive into its ledger. Raises OSError, sqlite3.Error."""

    def __init__(self, archive: Archive, queries: Queries) -> None:
        """Ask an archive."""
        self._archive = archive
        self._queries = queries

    def work(self) -> None:
        """Record the full hours that are not in the ledger yet, at most the last 48."""
        archive = self._archive
        if archive.incomplete or archive.clock.epoch.trust < PLAUSIBLE:
            return
        self._until((archive.clock.utc_us() - _SETTLED_US) // HOUR_US)

    def finish(self) -> None:
        """Record the last hours of footage of an archive that is not recorded to any more."""
        newest = [
            self._queries.edges(uid)[1] for (uid,) in self._archive.catalog.query("SELECT uid FROM camera")
        ]
        known = [each for each in newest if each is not None]
        if known and not self._archive.incomplete:
            self._until(max(known) // HOUR_US + 1)

    def _until(self, end: int) -> None:
        archive = self._archive
        begun = archive.catalog.one(
            "SELECT min(e.utc0 + c.added_rel) FROM camera c JOIN epoch e ON e.id = c.added_epoch"
        )
        if begun is None or begun[0] is None:
            return
        first = max(end - _CATCH_UP, begun[0] // HOUR_US)
        known = {
            row[0] for row in archive.catalog.query("SELECT utc_hour FROM hour WHERE utc_hour >= ?", (first,))
        }
        for hour in range(first, end):
            if hour not in known:
                archive.record([("hour", {"hour": hour, "cameras": self._cameras(hour)})])

    def _cameras(self, hour: int) -> dict[str, Json]:
        start, end = hour * HOUR_US, (hour + 1) * HOUR_US
        found: dict[str, Json] = {}
        for row, uid in self._archive.catalog.query(
            "SELECT id, uid FROM camera WHERE id NOT IN (SELECT DISTINCT camera FROM elsewhere) ORDER BY uid"
        ):
            coverage = self._queries.coverage(uid, start, end, 3600)
            size, files = self._archive.catalog.one(
                "SELECT coalesce(sum(r.bytes), 0), count(*) FROM epoch e"
                " CROSS JOIN (SELECT 'main' AS name UNION ALL SELECT 'sub') s"
                " CROSS JOIN recording r INDEXED BY recording_time ON r.camera = ?1 AND r.stream = s.name"
                " AND r.epoch = e.id AND r.rel_start >= ?2 - e.utc0 AND r.rel_start < ?3 - e.utc0"
                " WHERE r.state NOT IN ('open', 'bad', 'deleting')",
                (row, start, end),
            ) or (0, 0)
            recorded, planned = round(coverage.recorded[0]), round(coverage.planned[0])
            if recorded or planned or files:
                found[uid] = {"rec": recorded, "plan": planned, "bytes": size, "files": files}
        return found
