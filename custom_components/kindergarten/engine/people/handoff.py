"""A code with which a phone lets its second browser in: in-app browsers keep cookies of their own."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, override

from .devices import Devices
from .errors import PeopleError, RedeemError
from .invitations import typed_code
from .records import Credentials, Handoff

LIFE_US: Final = 600_000_000
_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Nothing in it that looks like something else."""
_LETTERS_IN_CODE: Final = 8
_LONGEST: Final = 128


class Handoffs(Devices):
    """Codes from one browser of a guardian to the next."""

    _codes: Mapping[bytes, int] = MappingProxyType({})
    """Until when each code may be of use, as hashes: so that guesses need not be looked up in the file."""

    @override
    def _begin(self) -> None:
        super()._begin()
        rows = self._rows("SELECT code_hash, until_us FROM handoffs")
        self._codes = {row["code_hash"]: row["until_us"] for row in rows}

    def hands_over(self, code: str) -> bool:
        """Return whether there was such a code a short while ago; whether it still opens is asked elsewhere."""
        code = typed_code(code)
        return len(code) <= _LONGEST and self._cipher.digest("handoff", code) in self._codes

    def handoff(self, device_id: str) -> Handoff:
        """Make a code for 10 minutes, used once; the one before it ends. Raises PeopleError("unknown")."""
        with self._note() as db:
            now_us = self._clock.now()
            device = self.snapshot.devices.get(device_id)
            if device is None or not device.alive(now_us):
                raise PeopleError("unknown", "device")
            code = "".join(self._letter() for _ in range(_LETTERS_IN_CODE))
            db.execute("DELETE FROM handoffs WHERE from_id = ? AND used_us IS NULL", (device_id,))
            db.execute(
                "INSERT INTO handoffs VALUES(?, ?, ?, ?, NULL, NULL, NULL)",
                (self._new_id(), self._cipher.digest("handoff", code), device_id, now_us + LIFE_US),
            )
            known = {each: until_us for each, until_us in self._codes.items() if now_us < until_us + LIFE_US}
            self._codes = {**known, self._cipher.digest("handoff", code): now_us + LIFE_US}
        return Handoff(code=f"{code[:4]}-{code[4:]}", until_us=now_us + LIFE_US)

    def handoff_redeem(
        self, code: str, nonce: str, label: str, current_device: str | None = None, switch: bool = False
    ) -> Credentials:
        """Let a browser in for the code of another one; the same `nonce` has the same answer for 2 minutes.

        Raises RedeemError.
        """
        code = typed_code(code)
        if max(len(code), len(nonce)) > _LONGEST or not nonce:
            raise RedeemError("not_valid")
        with self._lock:
            row = self._row(
                "SELECT * FROM handoffs WHERE code_hash = ?", (self._cipher.digest("handoff", code),)
            )
            if row is None:
                raise RedeemError("not_valid")
            if row["used_us"] is not None:
                return self._handed_over(row, code, nonce)
            now_us = self._clock.now()
            device = self.snapshot.devices.get(row["from_id"])
            if now_us >= row["until_us"] or device is None or not device.alive(now_us):
                raise RedeemError("not_valid")
            with self._change() as db:
                self._make_room(db, device.guardian_id, current_device, switch=switch, tries_left=None)
                made = self._make_device(db, device.guardian_id, label, row["id"], code, nonce)
                db.execute(
                    "UPDATE handoffs SET used_us = ?, nonce_hash = ?, device_id = ? WHERE id = ?",
                    (now_us, self._cipher.digest("nonce", row["id"], nonce), made.device_id, row["id"]),
                )
            return made

    def _handed_over(self, row: dict[str, Any], code: str, nonce: str) -> Credentials:
        asked_before = self._cipher.matches(row["nonce_hash"], "nonce", row["id"], nonce)
        again = self._again(row["device_id"], row["used_us"], row["id"], code, nonce)
        if not asked_before or again is None:
            raise RedeemError("not_valid")
        return again

    def _letter(self) -> str:
        """Return a letter, each as likely as any."""
        while (number := self._token_bytes(1)[0]) >= 256 - 256 % len(_LETTERS):
            pass
        return _LETTERS[number % len(_LETTERS)]
