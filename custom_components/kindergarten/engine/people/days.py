"""What is true of some days or minutes: holidays, who is there, pauses."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from .errors import PeopleError
from .store import Store, known

LONGEST_PAUSE_US: Final = 12 * 3_600_000_000
_MOST_CLOSURES: Final = 500


class Days(Store):
    """Holidays, presence and pauses."""

    def set_closures(self, closures: Iterable[tuple[date, date, str | None]]) -> None:
        """Say all holidays: first day, last day, and the room (None for all).

        Raises PeopleError: days_order, too_many.
        """
        wanted = sorted(set(closures), key=str)
        if len(wanted) > _MOST_CLOSURES:
            raise PeopleError("too_many", "closures")
        if any(until_day < from_day for from_day, until_day, _ in wanted):
            raise PeopleError("days_order", "closures")
        with self._change() as db:
            db.execute("DELETE FROM closures")
            db.executemany(
                "INSERT INTO closures VALUES(?, ?, ?, ?)",
                [
                    (self._new_id(), from_day.isoformat(), until_day.isoformat(), room_id)
                    for from_day, until_day, room_id in wanted
                ],
            )

    def set_presence(self, child_ids: Iterable[str], day: date, present: bool = True) -> None:
        """Sign children in or out for a day; raises PeopleError("unknown")."""
        with self._change(access=False) as db:
            for child_id in child_ids:
                known(self.snapshot.children, child_id, "child")
                values = (child_id, day.isoformat())
                if present:
                    db.execute("INSERT OR IGNORE INTO presences VALUES(?, ?)", values)
                else:
                    db.execute("DELETE FROM presences WHERE child_id = ? AND day = ?", values)

    def pause(self, room_id: str, until_us: int, by: str) -> None:
        """Let parents see nothing of a room until then; raises PeopleError: past, too_long."""
        now_us = self._clock.wall()
        if until_us <= now_us:
            raise PeopleError("past", "until_us")
        if until_us > now_us + LONGEST_PAUSE_US:
            raise PeopleError("too_long", "until_us")
        with self._change(access=False) as db:
            db.execute("INSERT OR REPLACE INTO pauses VALUES(?, ?, ?)", (room_id, until_us, by))

    def resume(self, room_id: str) -> None:
        """End a pause; no pause is no error."""
        with self._change(access=False) as db:
            db.execute("DELETE FROM pauses WHERE room_id = ?", (room_id,))
