"""What guardians agree to, for each of their children; nothing is ever taken back out of the list."""

from collections.abc import Iterable
import sqlite3

from .errors import PeopleError
from .records import PURPOSES, ConsentState, ConsentWay, Guardianship, Purpose
from .store import Store, known


class Consents(Store):
    """Agreements to be shown, to be told of the recording, to a clip; and the rules of watching."""

    def accept_rules(self, guardian_id: str, version: int) -> None:
        """Note that a guardian accepted the rules of watching."""
        with self._change(access=False) as db:
            known(self.snapshot.guardians, guardian_id, "guardian")
            values = (guardian_id, version, self._clock.now())
            db.execute("INSERT OR REPLACE INTO rules VALUES(?, ?, ?)", values)

    def set_consent(
        self, guardian_id: str, child_id: str, purpose: Purpose, version: int, state: ConsentState
    ) -> None:
        """Note a guardian's own word from the portal.

        Raises PeopleError: unknown, relative, outdated (yes to a text that is no longer the one).
        """
        if state == "given" and version != self.snapshot.text_version:
            raise PeopleError("outdated", "version")
        said = self.snapshot.consent(guardian_id, child_id, purpose)
        if said is not None and (said.version, said.state, said.how) == (version, state, "portal"):
            return
        with self._change() as db:
            self._word(db, guardian_id, child_id, purpose, version, state, "portal")

    def tick_consents(
        self, pairs: Iterable[tuple[str, str]], purpose: Purpose, state: ConsentState = "given"
    ) -> int:
        """Note paper forms, (guardian, child) each, to the present text; returns how many."""
        with self._change() as db:
            count = 0
            for guardian_id, child_id in pairs:
                self._word(db, guardian_id, child_id, purpose, self.snapshot.text_version, state, "paper")
                count += 1
            return count

    def _word(
        self,
        db: sqlite3.Connection,
        guardian_id: str,
        child_id: str,
        purpose: Purpose,
        version: int,
        state: ConsentState,
        how: ConsentWay,
    ) -> None:
        guardian = known(self.snapshot.guardians, guardian_id, "guardian")
        if Guardianship(guardian_id=guardian_id, child_id=child_id) not in self.snapshot.guardianships:
            raise PeopleError("unknown", "child")
        if purpose not in PURPOSES:
            raise PeopleError("unknown", "purpose")
        if state not in {"given", "refused", "withdrawn"}:
            raise PeopleError("state", "state")
        if guardian.relative:
            raise PeopleError("relative", "guardian")
        db.execute(
            "INSERT INTO words(guardian_id, child_id, purpose, version, state, how, at_us)"
            " VALUES(?, ?, ?, ?, ?, ?, ?)",
            (guardian_id, child_id, purpose, version, state, how, self._clock.now()),
        )
