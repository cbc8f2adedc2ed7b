"""Deleting: what is past its time, and what is in the way of recording. Nothing else ever deletes footage.

Two promises: keep the minimum, and never stop recording. Age counts only while the clock is trusted,
and never more of it than the time that really passed: `retention` in the catalog's meta table says up
to which UTC footage may be deleted for its age, and that moves no faster than the monotonic clock.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
import json
import sqlite3
import threading

from ...env import Space
from ...ledger.chain import Json, LedgerState
from . import replay
from .archive import Archive
from .epochs import PLAUSIBLE, SYNCHRONISED
from .recovery import finish_deletions
from .views import StoreSettings

_DAY_US = 86_400_000_000
_SLACK_US = 3_600_000_000
_BATCH = 64
_URGENT = 8
_ROUNDS = 64
_GIB = 1 << 30
# The oldest few of each stream in each epoch come from the index; only those are sorted.
_OLDEST = (
    "SELECT r.id, c.uid, r.stream, r.run, r.seq, r.epoch, r.rel_start, r.rel_end, r.bytes, e.utc0 + r.rel_end"
    " FROM epoch e, camera c, (SELECT 'main' AS name UNION ALL SELECT 'sub') s JOIN recording r ON r.id IN"
    " (SELECT id FROM recording WHERE camera = c.id AND stream = s.name AND epoch = e.id"
    " AND state IN ('closed', 'sealed', 'adopted') ORDER BY rel_start LIMIT ?1)"
    " ORDER BY e.utc0 + r.rel_end, r.id LIMIT ?1"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A recording that may go; `end_us` is UTC."""

    file: replay.Deleted
    end_us: int


class Retention:
    """Decides what goes, and lets it go in the order that a crash cannot harm."""

    def __init__(self, archive: Archive, settings: StoreSettings) -> None:
        """Look after one archive."""
        self._archive = archive
        self._lock = threading.RLock()
        self._busy = False
        self.settings = settings
        self.bytes_per_s = 0.0
        self.learn: Callable[[], None] = lambda: None

    @property
    def blocked(self) -> str:
        """Return why nothing may be deleted: "ledger", or "" when it may."""
        return "" if self._archive.ledger.state is LedgerState.GOOD else "ledger"

    def prepare(self) -> None:
        """Have room before recording begins, as far as may be. Raises OSError, sqlite3.Error."""
        volume = self._archive.volume
        if not self.blocked and volume.space().free < self.low_water(volume.space()):
            with self._lock:
                self._for_room()
        volume.keep_reserve()

    def run(self) -> int:
        """Delete by age, then for room; returns the number of files. Raises OSError, sqlite3.Error."""
        with self._lock:
            finish_deletions(self._archive)
            if self.blocked:
                return 0
            # While the catalog is being rebuilt, the oldest that it knows need not be the oldest.
            return (0 if self._archive.incomplete else self._by_age()) + self._for_room()

    def make_room(self) -> bool:
        """A write found the disk full: give back the ballast and delete the oldest, now."""
        volume = self._archive.volume
        with self._lock:
            if self._busy:
                return False
            released = volume.release_ballast()
            if self.blocked:
                return released
            deleted = self._for_room(at_least=1)
            volume.keep_reserve()
            return volume.reserved and (deleted > 0 or released)

    def low_water(self, space: Space) -> int:
        """Return how many bytes are to stay free: 2 %, ten minutes of all cameras, 2 GB (less on a small disk)."""
        wanted = max(space.total // 50, int(self.bytes_per_s * 600), min(2 * _GIB, space.total // 20))
        return min(wanted, space.total // 4)

    # -- by age -----------------------------------------------------------------------------

    def _by_age(self) -> int:
        clock = self._archive.clock
        horizon = self._advance()
        if clock.epoch.trust < PLAUSIBLE:
            return 0
        deleted = 0
        for _ in range(_ROUNDS):
            batch = [each for each in self._oldest(_BATCH) if each.end_us <= horizon]
            if not batch:
                break
            self._delete(batch, "age", below_minimum=False)
            deleted += len(batch)
        self._forget_gaps(horizon)
        return deleted

    def _advance(self) -> int:
        """Move the limit of deletion by age on, by no more than the time that passed; returns it (UTC)."""
        archive = self._archive
        epoch = archive.clock.epoch
        mono = archive.env.monotonic_ns() // 1000
        now = archive.clock.utc_us()
        wanted = now - max(self.settings.days, self.settings.minimum_days) * _DAY_US
        if epoch.trust < PLAUSIBLE:
            wanted = 0
        text = archive.catalog.meta("retention")
        if text is None:
            oldest = self._oldest(1)
            limit = min([wanted, *(each.end_us for each in oldest)])
        else:
            before = json.loads(text)
            passed = mono - before["mono"] if before["boot"] == epoch.boot_id else 0
            if before["boot"] != epoch.boot_id and epoch.trust == before["trust"] == SYNCHRONISED:
                passed = max(0, now - before["now"])
            limit = min(wanted, before["limit"] + max(0, passed))
            limit = max(limit, min(before["limit"], wanted))
        state = {
            "limit": limit, "mono": mono, "boot": epoch.boot_id, "now": now, "trust": epoch.trust,
        }  # fmt: skip
        if text is None or json.loads(text) != state:
            archive.catalog.write(
                lambda db: _put(db, json.dumps(state)),
            )
        return limit

    def _forget_gaps(self, horizon: int) -> None:
        """Forget the gaps, and the memory of deletions, that are older than any footage may be."""

        def change(db: sqlite3.Connection) -> None:
            for table in ("gap", "deletion"):
                db.execute(
                    f"DELETE FROM {table} WHERE rel_end + (SELECT utc0 FROM epoch WHERE id = epoch) < ?"  # noqa: S608
                    f" AND NOT EXISTS (SELECT 1 FROM recording r WHERE r.camera = {table}.camera"
                    f" AND r.stream = {table}.stream AND r.epoch = {table}.epoch"
                    f" AND r.rel_start < {table}.rel_end)",
                    (horizon,),
                )

        if self._archive.catalog.one(
            "SELECT 1 FROM gap g JOIN epoch e ON e.id = g.epoch WHERE e.utc0 + g.rel_end < ? LIMIT 1",
            (horizon - _DAY_US,),
        ):
            self._archive.catalog.write(change)

    # -- for room ---------------------------------------------------------------------------

    def _for_room(self, at_least: int = 0) -> int:
        """Delete the globally oldest until there is room; returns the number of files."""
        deleted = 0
        mark: int | None = None
        for _ in range(_ROUNDS):
            space = self._archive.volume.space()
            low = self.low_water(space)
            if space.free >= (mark or low) and deleted >= at_least:
                break
            mark = low + low // 4
            if self._archive.incomplete:
                self.learn()
            batch = self._enough(max(1, mark - space.free))
            if not batch:
                break
            self._delete_for_room(batch)
            deleted += len(batch)
        return deleted

    def _enough(self, wanted: int) -> list[Candidate]:
        """Return the oldest that together make that many bytes: few, their record must fit into the reserve."""
        batch = []
        for each in self._oldest(_URGENT):
            batch.append(each)
            wanted -= each.file.bytes
            if wanted <= 0:
                break
        return batch

    def _delete_for_room(self, batch: Sequence[Candidate]) -> None:
        minimum = self._archive.clock.utc_us() - self.settings.minimum_days * _DAY_US
        old = [each for each in batch if each.end_us <= minimum]
        young = [each for each in batch if each.end_us > minimum]
        if old:
            self._delete(old, "room", below_minimum=False)
        if young:
            self._delete(young, "room", below_minimum=True)
            self._archive.emit(
                "retention_broken",
                None,
                {
                    "oldest_us": young[0].end_us, "newest_us": young[-1].end_us, "files": len(young),
                    "cameras": sorted({each.file.camera for each in young}),
                },
            )  # fmt: skip

    # -- both -------------------------------------------------------------------------------

    def _oldest(self, count: int) -> list[Candidate]:
        rows = self._archive.catalog.query(_OLDEST, (count,))
        return [
            Candidate(
                file=replay.Deleted(
                    camera=uid, stream=stream, run=run, seq=seq, epoch=epoch, start=start, end=end, bytes=size
                ),
                end_us=end_us,
            )
            for _, uid, stream, run, seq, epoch, start, end, size, end_us in rows
        ]

    def _delete(self, batch: Sequence[Candidate], reason: str, *, below_minimum: bool) -> None:
        """Ledger record, synced; row `deleting`; unlink; folder synced; row gone."""
        files: list[Json] = [each.file.data() for each in batch]
        data: dict[str, Json] = {"reason": reason, "below_minimum": below_minimum, "files": files}
        self._busy = True
        try:
            self._archive.record([("delete", data)])
            finish_deletions(self._archive)
        finally:
            self._busy = False
        self._archive.emit(
            "deleted",
            None,
            {
                "files": len(batch), "bytes": sum(each.file.bytes for each in batch), "reason": reason,
                "below_minimum": below_minimum, "until_us": batch[-1].end_us,
                "cameras": sorted({each.file.camera for each in batch}),
            },
        )  # fmt: skip


def _put(db: sqlite3.Connection, value: str) -> None:
    db.execute("INSERT OR REPLACE INTO meta (k, v) VALUES ('retention', ?)", (value,))
