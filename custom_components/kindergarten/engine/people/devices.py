"""Browsers that are remembered: made by a way in, kept by being used, ended by anybody."""

import base64
import sqlite3
from typing import Final

from .errors import PeopleError, RedeemError
from .loading import device_of
from .names import clean_label
from .records import MOST_DEVICES, Credentials, Device
from .snapshot import secret_hash
from .store import Store, known

DAY_US: Final = 86_400_000_000
IDLE_US: Final = 14 * DAY_US
ABSOLUTE_US: Final = 90 * DAY_US
AGAIN_US: Final = 120_000_000
"""So long the same question has the same answer: on a bad line the first one may be lost."""
_TOUCH_US: Final = 600_000_000


class Devices(Store):
    """The remembered browsers."""

    def touch(self, device_id: str) -> None:
        """Note that a browser was used; cheap when that was noted a moment ago."""
        now_us = self._clock.now()
        device = self.snapshot.devices.get(device_id)
        if device is None or not device.alive(now_us) or 0 <= now_us - device.seen_us < _TOUCH_US:
            return
        with self._seen() as db:
            db.execute(
                "UPDATE devices SET seen_us = ?, idle_us = ? WHERE id = ? AND revoked_us IS NULL",
                (now_us, now_us + IDLE_US, device_id),
            )

    def revoke_device(self, device_id: str) -> None:
        """Forget a browser: its next request is a stranger's; one that has ended already stays so."""
        with self._change() as db:
            if self._asked_row("devices", device_id) is None:
                raise PeopleError("unknown", "device")
            self._revoke(db, device_id)

    def all_devices(self) -> tuple[Device, ...]:
        """Return every browser that is still known, those that ended in the last weeks too, the newest first."""
        rows = self._rows("SELECT * FROM devices ORDER BY seen_us DESC")
        return tuple(device_of(self._cipher, row) for row in rows)

    def logout(self, device_id: str) -> None:
        """Forget a browser, as its own owner asks; one that is gone already is no error."""
        if device_id in self.snapshot.devices:
            self.revoke_device(device_id)

    def revoke_guardian(self, guardian_id: str) -> None:
        """Forget all browsers of a guardian, and every invitation and pairing."""
        with self._change() as db:
            known(self.snapshot.guardians, guardian_id, "guardian")
            self._end_ways_in(db, guardian_id)

    # -- for the ways in --------------------------------------------------------------------

    def _end_ways_in(self, db: sqlite3.Connection, guardian_id: str) -> None:
        """Kill every way in of a guardian."""
        now_us = self._clock.now()
        for table in ("devices", "invitations"):
            db.execute(
                f"UPDATE {table} SET revoked_us = ? WHERE guardian_id = ? AND revoked_us IS NULL",  # noqa: S608
                (now_us, guardian_id),
            )
        db.execute("DELETE FROM pairings WHERE guardian_id = ?", (guardian_id,))
        theirs = "SELECT id FROM devices WHERE guardian_id = ?"
        db.execute(f"DELETE FROM handoffs WHERE from_id IN ({theirs})", (guardian_id,))  # noqa: S608

    def _revoke(self, db: sqlite3.Connection, device_id: str) -> None:
        db.execute(
            "UPDATE devices SET revoked_us = ? WHERE id = ? AND revoked_us IS NULL",
            (self._clock.now(), device_id),
        )

    def _secret(self, device_id: str, *told: str) -> str:
        """Return a browser's secret, which only who told us the same things before can have again."""
        digest = self._cipher.digest("device", device_id, *told)
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    def _make_device(self, db: sqlite3.Connection, guardian_id: str, label: str, *told: str) -> Credentials:
        device_id, now_us = self._new_id(), self._clock.now()
        secret = self._secret(device_id, *told)
        sealed = self._cipher.seal("devices", "label", device_id, clean_label(label))
        db.execute(
            "INSERT INTO devices VALUES(?, ?, ?, ?, ?, ?, ?, ?, NULL)",
            (
                device_id,
                guardian_id,
                sealed,
                secret_hash(secret),
                now_us,
                now_us,
                now_us + IDLE_US,
                now_us + ABSOLUTE_US,
            ),
        )
        return Credentials(device_id=device_id, secret=secret)

    def _make_room(
        self,
        db: sqlite3.Connection,
        guardian_id: str,
        current: str | None,
        *,
        switch: bool,
        tries_left: int | None,
    ) -> None:
        """See that a guardian may have one more browser in place of the `current` one.

        Raises RedeemError: other_guardian (the browser is somebody else's and nobody said to
        switch), too_many_devices.
        """
        now_us = self._clock.now()
        device = self.snapshot.devices.get(current) if current else None
        if device is not None and not device.alive(now_us):
            device = None
        if device is not None and device.guardian_id != guardian_id and not switch:
            raise RedeemError("other_guardian", tries_left)
        others = [
            each
            for each in self.snapshot.devices_of(guardian_id, now_us)
            if device is None or each.id != device.id
        ]
        if len(others) >= MOST_DEVICES:
            raise RedeemError("too_many_devices", tries_left)
        if device is not None:
            self._revoke(db, device.id)

    def _again(self, device_id: str | None, used_us: int | None, *told: str) -> Credentials | None:
        """Return the same answer once more, if it is not too late for that."""
        device = self.snapshot.devices.get(device_id) if device_id else None
        now_us = self._clock.now()
        if device is None or used_us is None or now_us - used_us > AGAIN_US or not device.alive(now_us):
            return None
        return Credentials(device_id=device.id, secret=self._secret(device.id, *told))
