"""Groups, children and guardians, and who belongs to whom."""

from datetime import date, timedelta
import sqlite3
from typing import Final

from .devices import Devices
from .errors import PeopleError
from .names import clean_name, clean_phone, same
from .records import LANGUAGES, Language
from .store import known

MOST: Final = 5000
"""So many children or guardians at most: more is no kindergarten but a mistake."""
_SALT_BYTES: Final = 16
_DAY: Final = timedelta(days=1)


class Register(Devices):
    """The kindergarten's own list. Every method raises PeopleError."""

    # -- groups -----------------------------------------------------------------------------

    def add_group(self, name: str, room_id: str | None = None, needs_presence: bool = False) -> str:
        """Add a group and return its id."""
        with self._change() as db:
            return self._insert_group(db, self._group_name(name), room_id, needs_presence)

    def change_group(self, group_id: str, name: str, room_id: str | None, needs_presence: bool) -> None:
        """Change everything about a group."""
        with self._change() as db:
            known(self.snapshot.groups, group_id, "group")
            sealed = self._cipher.seal("groups", "name", group_id, self._group_name(name, group_id))
            db.execute(
                "UPDATE groups SET name = ?, room_id = ?, needs_presence = ? WHERE id = ?",
                (sealed, room_id, needs_presence, group_id),
            )

    def remove_group(self, group_id: str) -> None:
        """Remove a group that no child was ever in."""
        with self._change() as db:
            known(self.snapshot.groups, group_id, "group")
            if any(each.group_id == group_id for each in self.snapshot.memberships.values()):
                raise PeopleError("in_use", "group")
            db.execute("DELETE FROM groups WHERE id = ?", (group_id,))

    # -- children ---------------------------------------------------------------------------

    def add_child(self, name: str) -> str:
        """Add a child and return its id."""
        with self._change() as db:
            return self._insert_child(db, clean_name(name))

    def change_child(self, child_id: str, name: str) -> None:
        """Correct a child's name."""
        with self._change() as db:
            known(self.snapshot.children, child_id, "child")
            sealed = self._cipher.seal("children", "name", child_id, clean_name(name))
            db.execute("UPDATE children SET name = ? WHERE id = ?", (sealed, child_id))

    def enrol(self, child_id: str, group_id: str, from_day: date, until_day: date | None = None) -> str:
        """Put a child into a group from a day on, out of the one it was in; returns the membership's id."""
        with self._change() as db:
            known(self.snapshot.children, child_id, "child")
            known(self.snapshot.groups, group_id, "group")
            if until_day is not None and until_day < from_day:
                raise PeopleError("days_order", "until_day")
            return self._enrol(db, child_id, group_id, from_day, until_day)

    def leave(self, child_id: str, last_day: date) -> None:
        """Let a child leave after its last day; what was to come after it is off."""
        with self._change() as db:
            known(self.snapshot.children, child_id, "child")
            self._end_memberships(db, child_id, last_day)

    def move_group(self, old_id: str, new_id: str, from_day: date) -> int:
        """Move everybody in a group to another one from a day on; returns how many children."""
        with self._change() as db:
            known(self.snapshot.groups, old_id, "group")
            known(self.snapshot.groups, new_id, "new_group")
            if old_id == new_id:
                raise PeopleError("in_use", "new_group")
            moving = [
                each
                for each in self.snapshot.memberships.values()
                if each.group_id == old_id and (each.until_day is None or each.until_day >= from_day)
            ]
            for each in moving:
                self._enrol(db, each.child_id, new_id, max(from_day, each.from_day), each.until_day)
            return len({each.child_id for each in moving})

    # -- guardians --------------------------------------------------------------------------

    def add_guardian(
        self,
        name: str,
        phone: str,
        language: Language,
        valid_from: date,
        relative: bool = False,
        valid_until: date | None = None,
    ) -> str:
        """Add a guardian and return the id."""
        _check_guardian(language, valid_from, valid_until)
        with self._change() as db:
            return self._insert_guardian(
                db, clean_name(name), clean_phone(phone), language, valid_from, relative, valid_until
            )

    def change_guardian(
        self,
        guardian_id: str,
        name: str,
        phone: str,
        language: Language,
        valid_from: date,
        relative: bool,
        valid_until: date | None,
    ) -> None:
        """Change everything about a guardian but whether they are blocked."""
        _check_guardian(language, valid_from, valid_until)
        with self._change() as db:
            known(self.snapshot.guardians, guardian_id, "guardian")
            seal = self._cipher.seal
            db.execute(
                "UPDATE guardians SET name = ?, phone = ?, language = ?, relative = ?, valid_from = ?,"
                " valid_until = ? WHERE id = ?",
                (
                    seal("guardians", "name", guardian_id, clean_name(name)),
                    seal("guardians", "phone", guardian_id, clean_phone(phone)),
                    language,
                    relative,
                    valid_from.isoformat(),
                    _day_text(valid_until),
                    guardian_id,
                ),
            )

    def block(self, guardian_id: str) -> None:
        """Shut a guardian out: phones, invitations and pairings are dead at once."""
        with self._change() as db:
            known(self.snapshot.guardians, guardian_id, "guardian")
            db.execute("UPDATE guardians SET blocked = 1 WHERE id = ?", (guardian_id,))
            self._end_ways_in(db, guardian_id)

    def unblock(self, guardian_id: str) -> None:
        """Let a guardian in again, who needs a new invitation."""
        with self._change() as db:
            known(self.snapshot.guardians, guardian_id, "guardian")
            db.execute("UPDATE guardians SET blocked = 0 WHERE id = ?", (guardian_id,))

    def link(self, guardian_id: str, child_id: str) -> None:
        """Make somebody a guardian of a child."""
        with self._change() as db:
            known(self.snapshot.guardians, guardian_id, "guardian")
            known(self.snapshot.children, child_id, "child")
            db.execute("INSERT OR IGNORE INTO guardianships VALUES(?, ?)", (guardian_id, child_id))

    def unlink(self, guardian_id: str, child_id: str) -> None:
        """Let somebody be no guardian of a child any more; what they agreed to for it goes too."""
        with self._change() as db:
            pair = (guardian_id, child_id)
            db.execute("DELETE FROM guardianships WHERE guardian_id = ? AND child_id = ?", pair)
            db.execute("DELETE FROM words WHERE guardian_id = ? AND child_id = ?", pair)

    def set_text_version(self, version: int) -> None:
        """Say which version of the texts families have to agree to from now on."""
        if version == self.snapshot.text_version:
            return
        with self._change() as db:
            self._count(db, "text_version", version)

    # -- inside -----------------------------------------------------------------------------

    def _group_name(self, name: str, itself: str | None = None) -> str:
        cleaned = clean_name(name)
        if any(
            each.id != itself and same(each.name) == same(cleaned) for each in self.snapshot.groups.values()
        ):
            raise PeopleError("name_taken", "name")
        return cleaned

    def _insert_group(
        self, db: sqlite3.Connection, name: str, room_id: str | None = None, needs_presence: bool = False
    ) -> str:
        group_id = self._new_id()
        sealed = self._cipher.seal("groups", "name", group_id, name)
        db.execute("INSERT INTO groups VALUES(?, ?, ?, ?)", (group_id, sealed, room_id, needs_presence))
        return group_id

    def _insert_child(self, db: sqlite3.Connection, name: str) -> str:
        if len(self.snapshot.children) >= MOST:
            raise PeopleError("too_many", "child")
        child_id = self._new_id()
        sealed = self._cipher.seal("children", "name", child_id, name)
        db.execute("INSERT INTO children VALUES(?, ?)", (child_id, sealed))
        return child_id

    def _insert_guardian(
        self,
        db: sqlite3.Connection,
        name: str,
        phone: str,
        language: Language,
        valid_from: date,
        relative: bool = False,
        valid_until: date | None = None,
    ) -> str:
        if len(self.snapshot.guardians) >= MOST:
            raise PeopleError("too_many", "guardian")
        guardian_id, seal = self._new_id(), self._cipher.seal
        db.execute(
            "INSERT INTO guardians VALUES(?, ?, ?, ?, ?, ?, ?, 0, ?)",
            (
                guardian_id,
                seal("guardians", "name", guardian_id, name),
                seal("guardians", "phone", guardian_id, phone),
                language,
                relative,
                valid_from.isoformat(),
                _day_text(valid_until),
                self._token_bytes(_SALT_BYTES),
            ),
        )
        return guardian_id

    def _enrol(
        self, db: sqlite3.Connection, child_id: str, group_id: str, from_day: date, until_day: date | None
    ) -> str:
        """Give a child a time in a group; nothing is left of its other times from that day on."""
        present = [each for each in self.snapshot.memberships_of(child_id) if each.covers(from_day)]
        if len(present) == 1 and present[0].group_id == group_id and present[0].until_day == until_day:
            return present[0].id
        self._end_memberships(db, child_id, from_day - _DAY)
        membership_id = self._new_id()
        db.execute(
            "INSERT INTO memberships VALUES(?, ?, ?, ?, ?)",
            (membership_id, child_id, group_id, from_day.isoformat(), _day_text(until_day)),
        )
        return membership_id

    @staticmethod
    def _end_memberships(db: sqlite3.Connection, child_id: str, last_day: date) -> None:
        last = last_day.isoformat()
        db.execute("DELETE FROM memberships WHERE child_id = ? AND from_day > ?", (child_id, last))
        db.execute(
            "UPDATE memberships SET until_day = ? WHERE child_id = ?"
            " AND (until_day IS NULL OR until_day > ?)",
            (last, child_id, last),
        )


def _check_guardian(language: str, valid_from: date, valid_until: date | None) -> None:
    if language not in LANGUAGES:
        raise PeopleError("language", "language")
    if valid_until is not None and valid_until < valid_from:
        raise PeopleError("days_order", "valid_until")


def _day_text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
