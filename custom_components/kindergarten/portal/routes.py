"""What an address of the portal is, and what its handler is given."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
import re
from typing import TYPE_CHECKING, Final, Literal

from aiohttp import web

from ..engine.people.records import Device, Guardian

if TYPE_CHECKING:
    from .portal import Portal

PREFIX: Final = "/api/kindergarten/portal"

_NAME: Final = re.compile(r"\{([a-z]+)\}")
_VALUE: Final = "[A-Za-z0-9_-]{1,64}"


@dataclass(frozen=True, kw_only=True)
class PortalRequest:
    """A request that passed the gate.

    `match` holds what stood at the pattern's names, `body` the JSON object of a route that changes
    something. On a session route `device` and `guardian` are whose phone it is; elsewhere they are
    those of a valid cookie, or `None`. `now` is the one moment, local and aware, that everything
    about the request is decided for.
    """

    request: web.Request = field(repr=False)
    portal: Portal = field(repr=False)
    match: Mapping[str, str]
    device: Device | None
    guardian: Guardian | None
    body: Mapping[str, object] = field(repr=False)
    now: datetime

    @property
    def now_us(self) -> int:
        """Return the moment in µs since 1970 in UTC."""
        return round(self.now.timestamp() * 1_000_000)

    @property
    def whose(self) -> Device:
        """Return the phone of a session route."""
        assert self.device is not None
        return self.device


type Handler = Callable[[PortalRequest], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, kw_only=True)
class Route:
    """One address, below the prefix: `/v/{vid}/live`, a name stands for 1-64 characters of base64url.

    `session` wants a valid cookie; `changes` means POST with origin, JSON and, with a session, the token.
    """

    method: Literal["GET", "POST"]
    pattern: str
    handler: Handler
    session: bool
    changes: bool

    @cached_property
    def _shape(self) -> re.Pattern[str]:
        literal = _NAME.split(self.pattern)
        parts = [
            f"(?P<{part}>{_VALUE})" if position % 2 else re.escape(part)
            for position, part in enumerate(literal)
        ]
        return re.compile("".join(parts))

    def match(self, method: str, path: str) -> Mapping[str, str] | None:
        """Return the values of the pattern's names if this is the address, byte for byte."""
        found = self._shape.fullmatch(path) if method == self.method else None
        return found and found.groupdict()


def find_route(table: Iterable[Route], method: str, path: str) -> tuple[Route, Mapping[str, str]] | None:
    """Return the route at an address below the prefix, and the values of its names."""
    for route in table:
        if (match := route.match(method, path)) is not None:
            return route, match
    return None
