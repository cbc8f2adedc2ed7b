"""Who watched what, and who asked for a recording: kept longer than the recordings themselves."""

from typing import Any, Final

from .errors import PeopleError
from .records import Request, RequestState, Viewing
from .store import Store, known

MOST_OPEN: Final = 2
LONGEST_US: Final = 2 * 3_600_000_000
LOST: Final = "lost"
"""Why a viewing ended that nobody saw the end of: Home Assistant was killed."""
_MOST_ROWS: Final = 5000
_LONGEST_END: Final = 32
_LONGEST_VIEWING_US: Final = 48 * 3_600_000_000
"""No viewing outlasts the hours of its room."""


class Viewings(Store):
    """The audit of watching, and requests for recordings."""

    def begin_viewing(self, device_id: str, room_id: str) -> str:
        """Note that a phone begins to watch; returns the viewing's id. Raises PeopleError("unknown").

        One that was ended in the same moment has watched all the same.
        """
        device = self._asked_row("devices", device_id)
        if device is None:
            raise PeopleError("unknown", "device")
        viewing_id = self._new_id()
        with self._note() as db:
            db.execute(
                "INSERT INTO viewings VALUES(?, ?, ?, ?, ?, NULL, NULL)",
                (viewing_id, device_id, device["guardian_id"], room_id, self._clock.now()),
            )
        return viewing_id

    def end_viewing(self, viewing_id: str, end: str) -> None:
        """Note why a phone watches no more; the first reason stays."""
        with self._note() as db:
            db.execute(
                'UPDATE viewings SET until_us = ?, "end" = ? WHERE id = ? AND until_us IS NULL',
                (self._clock.now(), end[:_LONGEST_END], viewing_id),
            )

    def viewings(
        self,
        since_us: int = 0,
        until_us: int | None = None,
        guardian_id: str | None = None,
        room_id: str | None = None,
        limit: int = 500,
    ) -> tuple[Viewing, ...]:
        """Return what was watched, the newest first. A forgotten guardian's id is empty."""
        # Only with the terms that are asked for are the indexes used: parents ask this often.
        terms: list[tuple[str, object]] = [
            ("from_us >= ?", since_us - _LONGEST_VIEWING_US),
            ("coalesce(until_us, from_us) >= ?", since_us),
        ]
        if until_us is not None:
            terms.append(("from_us < ?", until_us))
        if guardian_id is not None:
            terms.append(("guardian_id = ?", guardian_id))
        if room_id is not None:
            terms.append(("room_id = ?", room_id))
        rows = self._rows(
            f"SELECT * FROM viewings WHERE {' AND '.join(term for term, _ in terms)}"  # noqa: S608 - ours
            " ORDER BY from_us DESC, rowid DESC LIMIT ?",
            (*(value for _, value in terms), min(limit, _MOST_ROWS)),
        )
        return tuple(Viewing(**row) for row in rows)

    def add_request(self, guardian_id: str, child_id: str, room_id: str, from_us: int, to_us: int) -> int:
        """Ask for a recording of a child's room; returns the number for both sides.

        Raises PeopleError: own_child, days_order, too_long, future, too_many.
        """
        snapshot = self.snapshot
        known(snapshot.guardians, guardian_id, "guardian")
        rooms = {
            snapshot.groups[each.group_id].room_id
            for each in snapshot.memberships_of(child_id)
            if each.group_id in snapshot.groups
        }
        if child_id not in snapshot.children_of(guardian_id) or room_id not in rooms:
            raise PeopleError("own_child", "room")
        if to_us <= from_us:
            raise PeopleError("days_order", "to_us")
        if to_us - from_us > LONGEST_US:
            raise PeopleError("too_long", "to_us")
        now_us = self._clock.now()
        if to_us > now_us:
            raise PeopleError("future", "to_us")
        with self._note() as db:
            mine = "SELECT count(*) FROM requests WHERE guardian_id = ? AND state = 'open'"
            if db.execute(mine, (guardian_id,)).fetchone()[0] >= MOST_OPEN:
                raise PeopleError("too_many")
            added = db.execute(
                "INSERT INTO requests(guardian_id, child_id, room_id, from_us, to_us, state, made_us)"
                " VALUES(?, ?, ?, ?, ?, 'open', ?)",
                (guardian_id, child_id, room_id, from_us, to_us, now_us),
            )
            return int(added.lastrowid or 0)

    def set_request_hold(self, number: int, hold_uid: str) -> None:
        """Note which hold keeps what was asked for; raises PeopleError("unknown")."""
        with self._note() as db:
            done = db.execute("UPDATE requests SET hold_uid = ? WHERE number = ?", (hold_uid, number))
            if done.rowcount == 0:
                raise PeopleError("unknown", "number")

    def decide_request(self, number: int, state: RequestState, by: str) -> None:
        """Answer a request, or close it. Raises PeopleError: unknown, state."""
        if state not in {"granted", "refused", "closed"}:
            raise PeopleError("state", "state")
        with self._note() as db:
            done = db.execute(
                "UPDATE requests SET state = ?, decided_us = ?, by_id = ? WHERE number = ?"
                " AND state != 'closed'",
                (state, self._clock.now(), by, number),
            )
            if done.rowcount == 0:
                raise PeopleError("unknown", "number")

    def requests(self, guardian_id: str | None = None) -> tuple[Request, ...]:
        """Return what was asked for, the newest first; by one guardian or by all."""
        query = (
            "SELECT number, guardian_id, child_id, room_id, from_us, to_us, state, hold_uid, made_us"
            " FROM requests WHERE ?1 IS NULL OR guardian_id = ?1 ORDER BY number DESC LIMIT ?2"
        )
        return tuple(_request(row) for row in self._rows(query, (guardian_id, _MOST_ROWS)))


def _request(row: dict[str, Any]) -> Request:
    return Request(**row)
