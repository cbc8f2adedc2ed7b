"""A link for one guardian: its secret in the link, its code another way, both known here by hash only."""

import hmac
from typing import Any, Final

from .devices import DAY_US, Devices
from .errors import PeopleError, RedeemError
from .records import Credentials, Invitation, InvitationState, InvitationView
from .snapshot import secret_hash
from .store import known

LIFE_US: Final = 3 * DAY_US
PRINTED_LIFE_US: Final = 14 * DAY_US
TRIES: Final = 5
CODE_DIGITS: Final = 6
SECRET_BYTES: Final = 24
_MOST_OPEN: Final = 3
"""So many links of one guardian may be under way; older ones end."""
_LONGEST: Final = 128
_NOTHING: Final = b"\0" * 32


class Invitations(Devices):
    """Links under way, and their redemption."""

    def invite(self, guardian_id: str, printed: bool = False) -> Invitation:
        """Make a link for a guardian, for 72 hours, or 14 days on paper; told this once.

        Raises PeopleError: unknown, blocked.
        """
        with self._change() as db:
            if known(self.snapshot.guardians, guardian_id, "guardian").blocked:
                raise PeopleError("blocked", "guardian")
            now_us = self._clock.now()
            invitation = Invitation(
                id=self._new_id(),
                guardian_id=guardian_id,
                secret=self._token_bytes(SECRET_BYTES).hex(),
                code=digits(self._token_bytes(8), CODE_DIGITS),
                until_us=now_us + (PRINTED_LIFE_US if printed else LIFE_US),
            )
            db.execute(
                "UPDATE invitations SET revoked_us = ? WHERE used_us IS NULL AND revoked_us IS NULL AND id IN"
                " (SELECT id FROM invitations WHERE guardian_id = ? AND used_us IS NULL AND revoked_us IS NULL"
                " ORDER BY made_us DESC, rowid DESC LIMIT -1 OFFSET ?)",
                (now_us, guardian_id, _MOST_OPEN - 1),
            )
            db.execute(
                "INSERT INTO invitations VALUES(?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL, NULL)",
                (
                    invitation.id,
                    guardian_id,
                    secret_hash(invitation.secret),
                    self._cipher.digest("code", invitation.id, invitation.code),
                    printed,
                    now_us,
                    invitation.until_us,
                    TRIES,
                ),
            )
        return invitation

    def cancel_invitation(self, invitation_id: str) -> None:
        """Take a link back; raises PeopleError("unknown")."""
        with self._change() as db:
            changed = db.execute(
                "UPDATE invitations SET revoked_us = ? WHERE id = ? AND used_us IS NULL"
                " AND revoked_us IS NULL",
                (self._clock.now(), invitation_id),
            )
            if changed.rowcount == 0:
                raise PeopleError("unknown", "invitation")

    def invitations(self) -> tuple[InvitationView, ...]:
        """Return how all links are, the newest first."""
        now_us = self._clock.now()
        rows = self._rows("SELECT * FROM invitations ORDER BY made_us DESC, rowid DESC")
        return tuple(
            InvitationView(
                id=row["id"],
                guardian_id=row["guardian_id"],
                printed=bool(row["printed"]),
                made_us=row["made_us"],
                until_us=row["until_us"],
                used_us=row["used_us"],
                device_id=row["device_id"],
                tries_left=row["tries"],
                state=_state(row, now_us),
            )
            for row in rows
        )

    def redeem(
        self,
        invitation_id: str,
        secret: str,
        code: str,
        nonce: str,
        label: str,
        current_device: str | None = None,
        switch: bool = False,
    ) -> Credentials:
        """Let the browser in that has link and code; the same `nonce` has the same answer for 2 minutes.

        `current_device` is what the browser is remembered as already: it ends. A right code does not
        cost a try. Raises RedeemError.
        """
        code = typed_code(code)
        if max(map(len, (invitation_id, secret, code, nonce))) > _LONGEST or not nonce:
            raise RedeemError("not_valid")
        with self._lock:
            row = self._asked_row("invitations", invitation_id)
            right = hmac.compare_digest(row["secret_hash"] if row else _NOTHING, secret_hash(secret))
            if row is None or not right:
                raise RedeemError("not_valid")
            if row["used_us"] is not None:
                return self._redeemed(row, secret, code, nonce)
            self._take_try(row)
            if not self._cipher.matches(row["code_hash"], "code", invitation_id, code):
                left = row["tries"] - 1
                raise RedeemError("wrong_code" if left else "not_valid", left)
            return self._use(row, secret, nonce, label, current_device, switch=switch)

    def _redeemed(self, row: dict[str, Any], secret: str, code: str, nonce: str) -> Credentials:
        """Answer the same question once more: the first answer may have been lost on the way."""
        asked_before = self._cipher.matches(row["nonce_hash"] or _NOTHING, "nonce", row["id"], nonce)
        right = self._cipher.matches(row["code_hash"], "code", row["id"], code)
        again = self._again(row["device_id"], row["used_us"], row["id"], secret, nonce)
        if not asked_before or not right or again is None:
            raise RedeemError("not_valid")
        return again

    def _take_try(self, row: dict[str, Any]) -> None:
        """Count a try, for good, before anybody looks whether the code is right."""
        with self._note() as db:
            taken = db.execute(
                "UPDATE invitations SET tries = tries - 1 WHERE id = ? AND tries > 0 AND used_us IS NULL"
                " AND revoked_us IS NULL AND until_us > ?",
                (row["id"], self._clock.now()),
            )
            if taken.rowcount == 0:
                raise RedeemError("not_valid")

    def _use(
        self,
        row: dict[str, Any],
        secret: str,
        nonce: str,
        label: str,
        current_device: str | None,
        *,
        switch: bool,
    ) -> Credentials:
        guardian_id, tries_left = row["guardian_id"], row["tries"]
        refused: RedeemError | None = None
        with self._change() as db:
            # The code was right: the try that was counted is given back, whatever else may be in the way.
            db.execute("UPDATE invitations SET tries = tries + 1 WHERE id = ?", (row["id"],))
            try:
                self._make_room(db, guardian_id, current_device, switch=switch, tries_left=tries_left)
            except RedeemError as error:
                refused = error
            else:
                made = self._make_device(db, guardian_id, label, row["id"], secret, nonce)
                db.execute(
                    "UPDATE invitations SET used_us = ?, nonce_hash = ?, device_id = ? WHERE id = ?",
                    (
                        self._clock.now(),
                        self._cipher.digest("nonce", row["id"], nonce),
                        made.device_id,
                        row["id"],
                    ),
                )
        if refused is not None:
            raise refused
        return made


def digits(random: bytes, count: int) -> str:
    """Return so many digits, each as likely as any (2 in 10^13 less so)."""
    return f"{int.from_bytes(random) % 10**count:0{count}}"


def typed_code(text: str) -> str:
    """Return a code as it was meant, however it was typed."""
    return "".join(char for char in text if char.isalnum()).upper()


def _state(row: dict[str, Any], now_us: int) -> InvitationState:
    if row["used_us"] is not None:
        return "used"
    if row["revoked_us"] is not None:
        return "revoked"
    if row["tries"] == 0:
        return "dead"
    return "expired" if row["until_us"] <= now_us else "open"
