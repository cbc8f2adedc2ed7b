"""Deleting: what is past its time, and what is in the way of recording. Nothing else ever deletes footage.

Two promises: keep the minimum, and never stop recording. Age counts only while the clock is trusted,
and never more of it than the time that really passed: `retention` in the catalog's meta table says up
to which UTC footage may be deleted for its age, and that moves no faster than the monotonic clock.
"""

from collections.abc import Callable, Iterator, Sequence
import json
import sqlite3
import threading

from ...budget import low_water
from ...filesystem import Space
from ...ledger.chain import Json, LedgerState
from . import replay
from .archive import Archive
from .candidates import DAMAGED, DUE, OLDEST, SURPLUS, Candidate, candidates, sealed
from .epochs import PLAUSIBLE, SYNCHRONISED
from .recovery import finish_deletions
from .views import StoreSettings

_DAY_US = 86_400_000_000
_FOR_AGE = ("age", "maximum")
_BATCH = 250
"""So many files are named by one record (64 KiB), and no query waits for more of them."""
_SEEN = 512
_TOGETHER = 40
_URGENT = 8
_ROUNDS = 64
_MOST = 1 << 17


class Retention:
    """Decides what goes, and lets it go in the order that a crash cannot harm.

    `held` tells what may never go, `held_files` end (UTC) and bytes of what that is now. A `retired` volume is not written any more: there, only age deletes.
    """

    def __init__(self, archive: Archive, settings: StoreSettings, *, retired: bool = False) -> None:
        """Look after one archive."""
        self._archive = archive
        self._lock = threading.RLock()
        self._busy = False
        self._retired = retired
        self.settings = settings
        self.bytes_per_s = 0.0
        self.learn: Callable[[], None] = lambda: None
        self.held: Callable[[Candidate], bool] = lambda _: False
        self.held_files: Callable[[], list[tuple[int, int]]] = list
        self.stuck = ""

    @property
    def blocked(self) -> str:
        """Return why nothing may be deleted: "ledger", or "" when it may."""
        return "" if self._archive.ledger.state is LedgerState.GOOD else "ledger"

    def heed(self, also: Callable[[str, int, int], bool]) -> None:
        """Keep what somebody else holds as well: `also` is asked for camera, begin and end (UTC)."""
        own = self.held

        def held(each: Candidate) -> bool:
            start = each.end_us - (each.file.end - each.file.start)
            return own(each) or also(each.file.camera, start, each.end_us)

        self.held = held

    def prepare(self) -> None:
        """Have room before recording begins, as far as may be. Raises OSError, sqlite3.Error."""
        volume = self._archive.volume
        self.stuck = self.blocked
        if not (self.blocked or self._retired) and volume.space().free < self.low_water(volume.space()):
            with self._lock:
                self.stuck = "" if self._for_room() else self._why_stuck()
        volume.keep_reserve()

    def run(self) -> int:
        """Delete by age, then for room; returns the number of files. Raises OSError, sqlite3.Error."""
        with self._lock:
            finish_deletions(self._archive)
        if self.blocked:
            return 0
        # While the catalog is being rebuilt, the oldest that it knows need not be the oldest.
        deleted = 0 if self._archive.incomplete else self._by_age()
        if not self._retired:
            with self._lock:
                deleted += self._for_room()
        return deleted

    def make_room(self) -> bool:
        """A write found the disk full: give back the ballast and delete the oldest, now."""
        volume = self._archive.volume
        with self._lock:
            if self._busy:
                return False
            released = volume.release_ballast()
            if self.blocked or self._retired:
                self.stuck = self.blocked
                return released
            deleted = self._for_room(at_least=1)
            volume.keep_reserve()
            self.stuck = "" if deleted else self._why_stuck()
            return volume.reserved and (deleted > 0 or released)

    def _why_stuck(self) -> str:
        """Return why nothing could be deleted for room: all is "held", or there is no footage ("empty")."""
        return "held" if self._oldest(1, whatever=True) else "empty"

    def low_water(self, space: Space) -> int:
        """Return how many bytes are to stay free: 2 %, ten minutes of all cameras, 2 GB (less on a small disk)."""
        return low_water(space.total, self.bytes_per_s)

    # -- by age -----------------------------------------------------------------------------

    def _by_age(self) -> int:
        if self._archive.clock.epoch.trust < PLAUSIBLE:
            return 0
        with self._lock:
            horizon = self._advance()
        deleted = 0
        for number, batch in enumerate(self._due(horizon), 1):
            # Who needs room meanwhile need not wait for all of it.
            with self._lock:
                self._delete_for_age(batch)
                if number % _TOGETHER == 0:
                    finish_deletions(self._archive)
            deleted += len(batch)
        with self._lock:
            # Files go together, so that each folder is synced once.
            finish_deletions(self._archive)
            self._forget_gaps(horizon)
        return deleted

    def _due(self, horizon: int) -> Iterator[list[Candidate]]:
        """Yield what is past its time and not held, oldest first; last what does not count as footage."""
        catalog = self._archive.catalog
        seen = {uid: (-1 << 62, 0) for (uid,) in catalog.query("SELECT uid FROM camera")}
        while seen:
            known: list[Candidate] = []
            for uid, last in list(seen.items()):  # no question keeps others waiting for long
                part = candidates(catalog.query(DUE, (uid, horizon, *last, _SEEN)))
                known += part
                if len(part) < _SEEN:
                    del seen[uid]
                else:
                    seen[uid] = part[-1].end_us, part[-1].row
            free = sorted((each for each in known if not self.held(each)), key=lambda each: each.end_us)
            for start in range(0, len(free), _BATCH):
                yield free[start : start + _BATCH]
        if damaged := self._damaged(horizon):
            yield damaged

    def _delete_for_age(self, batch: Sequence[Candidate]) -> None:
        """Say of each whether the law's maximum made it go, or only what was asked for."""
        maximum = self.settings.maximum_days
        limit = None if maximum is None else self._archive.clock.utc_us() - maximum * _DAY_US
        for reason, over in (("maximum", True), ("age", False)):
            part = [each for each in batch if (limit is not None and each.end_us <= limit) is over]
            if part:
                self._record(part, reason, below_minimum=False)

    def _damaged(self, horizon: int) -> list[Candidate]:
        """Return the files that do not count as footage and yet must not outlive it."""
        found = candidates(self._archive.catalog.query(DAMAGED, (horizon, _BATCH)))
        return [each for each in found if not self.held(each)]

    def _advance(self) -> int:
        """Move the limit of deletion by age on, by no more than the time that passed; returns it (UTC)."""
        archive = self._archive
        epoch = archive.clock.epoch
        mono = archive.env.monotonic_ns() // 1000
        now = archive.clock.utc_us()
        wanted = now - max(self.settings.days, self.settings.minimum_days) * _DAY_US
        text = archive.catalog.meta("retention")
        if text is None:
            limit = self._begin_anew(wanted)
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

    def _begin_anew(self, wanted: int) -> int:
        """Return where the limit begins in a catalog that knows of none: a new one, or one made anew.

        Without a time server to trust, that is where the ledger says it was, else so that nothing goes soon.
        """
        archive = self._archive
        oldest = self._oldest(1, whatever=True)
        if not oldest or archive.clock.epoch.trust == SYNCHRONISED:
            return wanted
        utc0 = dict(archive.catalog.query("SELECT id, utc0 FROM epoch"))
        before = oldest[0].end_us - max(self.settings.days, self.settings.minimum_days) * _DAY_US
        for record in archive.ledger.records():
            if record.kind == "delete" and record.data["reason"] in _FOR_AGE:
                ends = [
                    utc0[each.epoch] + each.end for each in replay.deleted_files(record) if each.epoch in utc0
                ]
                before = max(ends, default=before)
        return min(wanted, before)

    def _forget_gaps(self, horizon: int) -> None:
        """Forget the gaps, and the memory of deletions, that are older than any footage may be."""

        def change(db: sqlite3.Connection) -> None:
            for table in ("gap", "deletion"):
                db.execute(
                    f"DELETE FROM {table} WHERE rel_end + (SELECT utc0 FROM epoch WHERE id = epoch) < ?"  # noqa: S608
                    f" AND NOT EXISTS (SELECT 1 FROM recording r WHERE r.camera = {table}.camera"
                    f" AND r.stream = {table}.stream AND r.epoch < {table}.epoch)"
                    f" AND NOT EXISTS (SELECT 1 FROM recording r WHERE r.camera = {table}.camera"
                    f" AND r.stream = {table}.stream AND r.epoch = {table}.epoch AND r.rel_start < {table}.rel_end)",
                    (horizon,),
                )

        if self._archive.catalog.one(
            "SELECT 1 FROM gap g JOIN epoch e ON e.id = g.epoch WHERE e.utc0 + g.rel_end < ? LIMIT 1",
            (horizon - _DAY_US,),
        ):
            self._archive.catalog.write(change)

    # -- for room ---------------------------------------------------------------------------

    def _for_room(self, at_least: int = 0) -> int:
        """Delete until there is room; returns the number of files.

        First goes what is older than the minimum, of the camera that has most of it; then the oldest of all.
        """
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
        for each in self._first():
            batch.append(each)
            wanted -= each.file.bytes
            if wanted <= 0:
                break
        return batch

    def _first(self) -> list[Candidate]:
        """Return the first few to go for room."""
        minimum = self._archive.clock.utc_us() - self.settings.minimum_days * _DAY_US
        for (uid,) in self._archive.catalog.query(SURPLUS, (minimum,)):
            batch = self._oldest(_URGENT, uid=uid, until_us=minimum)
            if batch:
                return batch
        return self._oldest(_URGENT)

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

    def _oldest(
        self, count: int, *, uid: str | None = None, until_us: int | None = None, whatever: bool = False
    ) -> list[Candidate]:
        """Return the oldest that may go (or `whatever` is oldest), of a camera, that ended by a time."""
        asked = count
        while True:
            known = self._known(asked, uid)
            found = [
                each
                for each in known
                if (until_us is None or each.end_us <= until_us) and (whatever or not self.held(each))
            ]
            # Where all of them are held, those behind them may go.
            over = until_us is not None and bool(known) and known[-1].end_us > until_us
            if len(found) >= count or len(known) < asked or over or asked >= _MOST:
                return found[:count]
            asked *= 4

    def _known(self, count: int, uid: str | None) -> list[Candidate]:
        return candidates(self._archive.catalog.query(OLDEST, (count, uid)))

    def _delete(self, batch: Sequence[Candidate], reason: str, *, below_minimum: bool) -> None:
        """Ledger record, synced; row `deleting`; unlink; folder synced; row gone."""
        self._record(batch, reason, below_minimum=below_minimum)
        finish_deletions(self._archive)

    def _record(self, batch: Sequence[Candidate], reason: str, *, below_minimum: bool) -> None:
        """Take the first two steps of deleting: ledger record, synced; rows `deleting`."""
        self._busy = True
        try:
            # A hold that is made meanwhile comes to the ledger before, and is seen, or after the deletion.
            with self._archive.recording:
                batch = [each for each in batch if not self.held(each)]
                if not batch:
                    return
                files: list[Json] = [each.data() for each in sealed(self._archive, batch)]
                data: dict[str, Json] = {"reason": reason, "below_minimum": below_minimum, "files": files}
                self._archive.record([("delete", data)])
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
