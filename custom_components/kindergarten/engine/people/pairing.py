"""A phone at the door: it shows four digits, and somebody who stands there says whose it is."""

import hmac
from typing import Final

from .devices import AGAIN_US, Devices
from .errors import PeopleError
from .invitations import digits
from .names import clean_label
from .records import MOST_DEVICES, Pairing, PendingPairing, Poll
from .snapshot import secret_hash
from .store import known

MINUTE_US: Final = 60_000_000
LIFE_US: Final = 10 * MINUTE_US
CODE_DIGITS: Final = 4
MOST_WAITING: Final = 12
_KEY_BYTES: Final = 32
_LONGEST_WINDOW_MIN: Final = 240
_NOTHING: Final = b"\0" * 32


class Pairings(Devices):
    """The window at the door, and the phones in it."""

    def open_window(self, by: str, minutes: int = 30) -> int:
        """Let phones ask to be paired for some minutes; returns until when. `by` is an opaque id."""
        if not 1 <= minutes <= _LONGEST_WINDOW_MIN:
            raise PeopleError("too_long", "minutes")
        until_us = self._clock.now() + minutes * MINUTE_US
        with self._change(access=False) as db:
            self._count(db, "window_until_us", until_us)
            db.execute("INSERT OR REPLACE INTO meta VALUES('window_by', ?)", (by,))
        return until_us

    def close_window(self) -> None:
        """Let no phone ask any more; those that wait are turned away."""
        with self._change(access=False) as db:
            self._count(db, "window_until_us", 0)
            db.execute("DELETE FROM pairings WHERE state = 'waiting'")

    def begin(self, label: str) -> Pairing:
        """Let a phone wait at the door. Raises PeopleError: no_window, busy."""
        with self._note() as db:
            now_us = self._clock.now()
            if self.snapshot.window_until_us <= now_us:
                raise PeopleError("no_window")
            db.execute("DELETE FROM pairings WHERE until_us <= ?", (now_us,))
            taken = {code for (code,) in db.execute("SELECT code FROM pairings WHERE state = 'waiting'")}
            if len(taken) >= MOST_WAITING:
                raise PeopleError("busy")
            code = digits(self._token_bytes(8), CODE_DIGITS)
            while code in taken:
                code = digits(self._token_bytes(8), CODE_DIGITS)
            pairing = Pairing(
                id=self._new_id(),
                key=self._token_bytes(_KEY_BYTES).hex(),
                code=code,
                until_us=now_us + LIFE_US,
            )
            db.execute(
                "INSERT INTO pairings VALUES(?, ?, ?, ?, ?, ?, 'waiting', NULL, NULL, NULL, NULL, NULL)",
                (
                    pairing.id,
                    secret_hash(pairing.key),
                    code,
                    self._cipher.seal("pairings", "label", pairing.id, clean_label(label)),
                    now_us,
                    pairing.until_us,
                ),
            )
        return pairing

    def pending(self) -> tuple[PendingPairing, ...]:
        """Return the phones that wait, the first one first."""
        query = "SELECT * FROM pairings WHERE state = 'waiting' AND until_us > ? ORDER BY made_us, rowid"
        return tuple(
            PendingPairing(
                id=row["id"],
                code=row["code"],
                label=self._cipher.open("pairings", "label", row["id"], row["label"]),
                made_us=row["made_us"],
                until_us=row["until_us"],
            )
            for row in self._rows(query, (self._clock.now(),))
        )

    def approve(self, pairing_id: str, guardian_id: str, by: str) -> None:
        """Say whose phone it is. Raises PeopleError: unknown, blocked, too_many_devices."""
        with self._change() as db:
            guardian = known(self.snapshot.guardians, guardian_id, "guardian")
            now_us = self._clock.now()
            if guardian.blocked:
                raise PeopleError("blocked", "guardian")
            if len(self.snapshot.devices_of(guardian_id, now_us)) >= MOST_DEVICES:
                raise PeopleError("too_many_devices", "guardian")
            approved = db.execute(
                "UPDATE pairings SET state = 'approved', guardian_id = ?, decided_us = ?, by_id = ?"
                " WHERE id = ? AND state = 'waiting' AND until_us > ?",
                (guardian_id, now_us, by, pairing_id, now_us),
            )
            if approved.rowcount == 0:
                raise PeopleError("unknown", "pairing")

    def refuse(self, pairing_id: str, by: str) -> None:
        """Turn a phone away; raises PeopleError("unknown")."""
        with self._note() as db:
            refused = db.execute(
                "UPDATE pairings SET state = 'refused', decided_us = ?, by_id = ?"
                " WHERE id = ? AND state = 'waiting'",
                (self._clock.now(), by, pairing_id),
            )
            if refused.rowcount == 0:
                raise PeopleError("unknown", "pairing")

    def poll(self, pairing_id: str, key: str) -> Poll:
        """Tell a phone how it stands; whoever has not its key hears that it is over."""
        with self._lock:
            now_us = self._clock.now()
            row = self._asked_row("pairings", pairing_id)
            right = hmac.compare_digest(row["key_hash"] if row else _NOTHING, secret_hash(key))
            if row is None or not right:
                return Poll(state="ended")
            if row["state"] == "waiting":
                return Poll(state="waiting" if now_us < row["until_us"] else "ended")
            if row["state"] == "refused":
                return Poll(state="refused")
            if row["collected_us"] is not None:
                again = self._again(row["device_id"], row["collected_us"], pairing_id, key)
                return Poll(state="approved", credentials=again) if again else Poll(state="ended")
            if now_us > row["decided_us"] + AGAIN_US + LIFE_US:
                return Poll(state="ended")
            return self._collect(pairing_id, key, row["guardian_id"])

    def _collect(self, pairing_id: str, key: str, guardian_id: str) -> Poll:
        """Make the browser that was approved, now that it asks: before, nobody had its key."""
        now_us = self._clock.now()
        guardian = self.snapshot.guardians.get(guardian_id)
        if guardian is None or guardian.blocked:
            return Poll(state="ended")
        if len(self.snapshot.devices_of(guardian_id, now_us)) >= MOST_DEVICES:
            return Poll(state="ended")
        with self._change() as db:
            row = self._row("SELECT label FROM pairings WHERE id = ?", (pairing_id,))
            label = self._cipher.open("pairings", "label", pairing_id, row["label"]) if row else ""
            made = self._make_device(db, guardian_id, label, pairing_id, key)
            db.execute(
                "UPDATE pairings SET device_id = ?, collected_us = ? WHERE id = ?",
                (made.device_id, now_us, pairing_id),
            )
        return Poll(state="approved", credentials=made)
