"""The test from outside: the owner's phone, on mobile data, tells what a stranger would see."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
import secrets
import time
from typing import Final, Literal

from aiohttp import web

from . import fields
from .answers import HEADERS, NO_STORE, answer, nothing_here
from .routes import PortalRequest, Route

LIFE_S: Final = 900.0
type Light = Literal["green", "yellow", "red"]

PROBES: Final = ("home", "login", "api", "unknown")
"""What the phone asks for beside the portal: HA's page, its login, its API, and nothing at all."""
_HIDDEN: Final = {403, 404, 410, 421, 502, 503, 0}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing a stranger would see; `key` has its words in the panel."""

    key: str
    light: Light


@dataclass(kw_only=True)
class OutsideTest:
    """One test at a time, begun by an administrator; its link is good once, for a quarter of an hour."""

    clock: Callable[[], float] = time.monotonic
    _token: str = field(default="", repr=False)
    _until_s: float = 0.0
    findings: tuple[Finding, ...] | None = None

    def start(self) -> str:
        """Begin anew, and return the token for the phone's link."""
        self._token, self.findings = secrets.token_urlsafe(24), None
        self._until_s = self.clock() + LIFE_S
        return self._token

    @property
    def waiting(self) -> bool:
        """Return whether a phone is still expected."""
        return bool(self._token) and self.clock() < self._until_s

    def take(self, token: str, findings: tuple[Finding, ...]) -> bool:
        """Keep what a phone found, once; return whether it was expected."""
        offered = token.encode(errors="replace")
        if not self.waiting or not secrets.compare_digest(offered, self._token.encode()):
            return False
        self._token, self.findings = "", findings
        return True


async def _check(request: PortalRequest) -> web.StreamResponse:
    """Hear what the phone saw; whoever has no token learns that there is nothing here."""
    body, portal = request.body, request.portal
    token = fields.text(body, "token", 64)
    if not portal.outside.waiting:
        raise nothing_here()
    statuses = {name: fields.number(body, name, 599) for name in PROBES}
    headers = body.get("headers")
    found = findings(statuses, headers if isinstance(headers, Mapping) else {}, request.request.remote or "")
    if not portal.outside.take(token, found):
        raise nothing_here()
    return answer({"findings": [{"key": each.key, "light": each.light} for each in found]})


def findings(statuses: Mapping[str, int], headers: Mapping[str, object], remote: str) -> tuple[Finding, ...]:
    """Return what follows from a phone's answers: HTTP statuses (0 is no answer), the page's headers."""
    found = [Finding(key="portal_answers", light="green")]
    if _is_private(remote):
        found.append(Finding(key="phone_inside", light="yellow"))
    seen = any(statuses[name] not in _HIDDEN for name in ("home", "login", "api"))
    found.append(Finding(key="house_seen" if seen else "house_hidden", light="yellow" if seen else "green"))
    right = statuses["unknown"] == 404
    found.append(
        Finding(key="unknown_hidden" if right else "unknown_seen", light="green" if right else "red")
    )
    kept = headers.get("csp") == HEADERS["Content-Security-Policy"] and headers.get("cache") == NO_STORE
    found.append(Finding(key="headers_kept" if kept else "headers_changed", light="green" if kept else "red"))
    return tuple(found)


def _is_private(remote: str) -> bool:
    """Return whether the phone came from this house's own network, or through a proxy that hides it."""
    try:
        return not ip_address(remote).is_global
    except ValueError:
        return True


CHECK_ROUTES: Final = (Route(method="POST", pattern="/check", handler=_check, session=False, changes=True),)
