"""Counts refused logins: devices lock an account after a few, so a search stops long before."""

from collections.abc import Callable, Sequence
from typing import override

from ..recorder.reader.native.auth import Login, challenge

MOST = 2
"""Refused logins of one search, over everything that the device was asked by."""


class Tally:
    """How often a login was refused."""

    def __init__(self) -> None:
        """Begin with none."""
        self.refused = 0

    @property
    def open(self) -> bool:
        """Return whether the login may be said again."""
        return self.refused < MOST

    def refuse(self) -> None:
        """Count a request with the login that was refused."""
        self.refused += 1

    def forgive(self) -> None:
        """Take one back that was about an old nonce, as was seen when the same login was accepted."""
        self.refused -= 1


class CountedLogin(Login):
    """A login for one connection; every answer to it is counted, whatever the device calls it."""

    def __init__(
        self, user: str, secret: str, token: Callable[[int], str], tally: Tally, *, proved: bool = False
    ) -> None:
        """Count into a tally that is shared with other ways to the device.

        `proved` tells that an earlier connection of the same kind took this login.
        """
        super().__init__(user, secret, token)
        self._tally = tally
        self._said = False
        self._proved = proved
        self._doubts = 0

    @property
    def proved(self) -> bool:
        """Return whether the device took this login."""
        return self._proved

    @override
    def header(self, method: str, uri: str) -> str | None:
        said = super().header(method, uri)
        self._said = said is not None
        return said

    @override
    def accepted(self) -> None:
        super().accepted()
        if self._said:
            self._proved, self._said = True, False
        while self._doubts:
            self._doubts -= 1
            self._tally.forgive()

    @override
    def asked(self, headers: Sequence[str]) -> bool:
        if not self._said:
            return self._tally.open and super().asked(headers)
        self._said = False
        self._tally.refuse()
        if not self._proved or not self._tally.open or challenge(headers) is None:
            return False
        if again := super().asked(headers):
            self._doubts += 1
        return again

    def turned_away(self) -> None:
        """Hear that a request had no answer, or 403: a wrong login, unless it was accepted before."""
        if self._said and not self._proved:
            self._tally.refuse()
        self._said = False
