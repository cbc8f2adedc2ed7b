"""The account of a device: one for all ways in, and locked after some wrong logins."""

from dataclasses import dataclass, field
from typing import override

from tests.cameras.login import Auth, Login


@dataclass
class Account:
    """Counts logins. `locked` once too many were refused; from then on nobody comes in."""

    user: str
    password: str = field(repr=False)
    lock_after: int = 3
    refused: int = 0
    accepted: int = 0

    @property
    def locked(self) -> bool:
        """Return whether it is locked."""
        return self.refused >= self.lock_after

    def judge(self, *, right: bool) -> bool:
        """Count a login, and tell whether it may pass."""
        if right and not self.locked:
            self.accepted += 1
            return True
        self.refused += 1
        return False


@dataclass
class AccountLogin(Login):
    """One way into an account; what comes without a login costs nothing."""

    account: Account = field(default_factory=lambda: Account("", ""))
    shut: bool = False
    """Whether this way in takes no login at all, as when ONVIF has users of its own."""

    @override
    def accepts(self, method: str, authorization: str) -> bool:
        if self.auth is Auth.NONE:
            return True
        if not authorization:
            return False
        return self.account.judge(right=super().accepts(method, authorization) and not self.shut)
