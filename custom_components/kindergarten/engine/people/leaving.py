"""The end of things: families that are forgotten for good, ways in that are over, backups of the past."""

from datetime import date, timedelta
import sqlite3
from typing import Final

from .devices import ABSOLUTE_US, DAY_US, IDLE_US, Devices
from .store import known
from .viewings import LOST

SHOWN_AFTER_END: Final = timedelta(days=14)
"""So long a family that left is still told so, on its own phone."""
_PRESENCE_KEPT: Final = timedelta(days=30)
_WAYS_KEPT_US: Final = 30 * DAY_US
_STEP_US: Final = 2 * DAY_US
"""One sweep forgets no more of the audit than this: a clock that jumped must not empty it."""


class Leaving(Devices):
    """What ends, and what must never come back."""

    # -- forgetting -------------------------------------------------------------------------

    def forget_family(self, child_id: str) -> None:
        """Forget a child and the guardians it alone had, for good: rows, names and salts.

        That something was watched or asked for stays known, by nobody. Raises PeopleError("unknown").
        """
        with self._change() as db:
            known(self.snapshot.children, child_id, "child")
            guardians = [
                each
                for each in self.snapshot.guardians_of(child_id)
                if self.snapshot.children_of(each) == (child_id,)
            ]
            db.execute("DELETE FROM children WHERE id = ?", (child_id,))
            db.execute("UPDATE requests SET child_id = '' WHERE child_id = ?", (child_id,))
            for guardian_id in guardians:
                self._forget_guardian(db, guardian_id)
            self._count(db, "vacuum", 1)
        self._vacuum()

    def remove_child(self, child_id: str) -> None:
        """Remove a child alone; its guardians stay."""
        with self._change() as db:
            known(self.snapshot.children, child_id, "child")
            db.execute("DELETE FROM children WHERE id = ?", (child_id,))
            db.execute("UPDATE requests SET child_id = '' WHERE child_id = ?", (child_id,))
            self._count(db, "vacuum", 1)
        self._vacuum()

    def remove_guardian(self, guardian_id: str) -> None:
        """Remove a guardian with all phones, for good."""
        with self._change() as db:
            known(self.snapshot.guardians, guardian_id, "guardian")
            self._forget_guardian(db, guardian_id)
            self._count(db, "vacuum", 1)
        self._vacuum()

    @staticmethod
    def _forget_guardian(db: sqlite3.Connection, guardian_id: str) -> None:
        db.execute(
            "UPDATE viewings SET guardian_id = '', device_id = '' WHERE guardian_id = ?", (guardian_id,)
        )
        db.execute("UPDATE requests SET guardian_id = '' WHERE guardian_id = ?", (guardian_id,))
        db.execute("DELETE FROM guardians WHERE id = ?", (guardian_id,))

    # -- once a day -------------------------------------------------------------------------

    def sweep(self, today: date, access_log_days: int) -> None:
        """Do what is due: end the ways in of families that left, forget what is too old.

        `access_log_days` is how long the profile keeps the audit of viewings. Call it hourly, with
        a clock that is believed.
        """
        ended = [each for each in self.snapshot.guardians if self._ended(each, today)]
        if ended:
            with self._change() as db:
                for guardian_id in ended:
                    self._end_ways_in(db, guardian_id)
        with self._change(access=False) as db:
            now_us = self._clock.now()
            db.execute("DELETE FROM pauses WHERE until_us <= ?", (self._clock.wall() - DAY_US,))
            db.execute("DELETE FROM presences WHERE day < ?", ((today - _PRESENCE_KEPT).isoformat(),))
            db.execute("DELETE FROM pairings WHERE until_us < ?", (now_us - DAY_US,))
            db.execute("DELETE FROM handoffs WHERE until_us < ?", (now_us - DAY_US,))
            db.execute("DELETE FROM invitations WHERE until_us < ?", (now_us - _WAYS_KEPT_US,))
            dead = "coalesce(revoked_us, min(idle_us, until_us)) < ?"
            db.execute(f"DELETE FROM devices WHERE {dead}", (now_us - _WAYS_KEPT_US,))  # noqa: S608
            self._purge(db, now_us, access_log_days)

    def _purge(self, db: sqlite3.Connection, now_us: int, days: int) -> None:
        oldest = db.execute("SELECT min(from_us) FROM viewings").fetchone()[0]
        if oldest is None:
            return
        before_us = min(now_us - days * DAY_US, max(self._meta.get("purged_us", 0), oldest) + _STEP_US)
        if before_us > self._meta.get("purged_us", 0):
            self._count(db, "purged_us", before_us)
        db.execute("DELETE FROM viewings WHERE coalesce(until_us, from_us) < ?", (before_us,))
        db.execute("DELETE FROM requests WHERE state = 'closed' AND made_us < ?", (before_us,))

    def _ended(self, guardian_id: str, today: date) -> bool:
        """Return whether a guardian has ways in left although access ended some time ago."""
        snapshot, guardian = self.snapshot, self.snapshot.guardians[guardian_id]
        if not snapshot.devices_of(guardian_id, self._clock.now()):
            return False
        limit = today - SHOWN_AFTER_END
        if guardian.valid_until is not None and guardian.valid_until < limit:
            return True
        times = [
            each
            for child_id in snapshot.children_of(guardian_id)
            for each in snapshot.memberships_of(child_id)
        ]
        return bool(times) and all(each.until_day is not None and each.until_day < limit for each in times)

    def end_lost_viewings(self) -> None:
        """End, once at the start, the viewings whose end nobody saw."""
        with self._note() as db:
            db.execute(
                'UPDATE viewings SET until_us = ?, "end" = ? WHERE until_us IS NULL',
                (self._clock.now(), LOST),
            )

    # -- backups and clocks -----------------------------------------------------------------

    def set_floor(self, generation: int) -> bool:
        """Compare with the highest generation known elsewhere; returns whether this was an old backup.

        Then every phone, link and pairing in it ends: some of them had been ended already.
        """
        if generation <= self.generation:
            return False
        with self._change(access=False) as db:
            now_us = self._clock.now()
            db.execute("UPDATE devices SET revoked_us = ? WHERE revoked_us IS NULL", (now_us,))
            db.execute(
                "UPDATE invitations SET revoked_us = ? WHERE revoked_us IS NULL AND used_us IS NULL",
                (now_us,),
            )
            db.execute("DELETE FROM pairings")
            db.execute("DELETE FROM handoffs")
            self._count(db, "window_until_us", 0)
            self._count(db, "generation", generation + 1)
        return True

    def set_locked(self, locked: bool) -> None:
        """Close everything while nobody knows whether this is an old backup, or open it again."""
        self._locked = locked
        with self._change(access=False):
            pass

    @property
    def mirrored(self) -> int:
        """Return the highest generation that is known to be written elsewhere, 0 for none yet."""
        return self._meta.get("mirrored", 0)

    def set_mirrored(self, generation: int) -> None:
        """Note that a generation is written elsewhere."""
        with self._change(access=False) as db:
            self._count(db, "mirrored", generation)

    def believe_clock(self) -> None:
        """Go on with what the clock says now, though it is behind what was seen: somebody looked at it.

        Nothing lives longer for that: links end, phones get no more than a new one would.
        """
        with self._lock:
            now_us = self._clock.believe()
            with self._change() as db:
                db.execute("UPDATE invitations SET revoked_us = ? WHERE used_us IS NULL", (now_us,))
                db.execute("DELETE FROM pairings")
                db.execute("DELETE FROM handoffs")
                db.execute(
                    "UPDATE devices SET idle_us = min(idle_us, ?), until_us = min(until_us, ?)",
                    (now_us + IDLE_US, now_us + ABSOLUTE_US),
                )
                self._count(db, "window_until_us", 0)
