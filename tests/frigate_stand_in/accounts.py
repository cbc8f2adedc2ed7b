"""Who may come in: users, roles, tokens that outlive their account, and a limit on failed logins."""

from collections import deque
from dataclasses import dataclass, field
import re
import secrets
import time
from typing import Any

import jwt

from .clock import Clock
from .versions import Version

ADMIN_ROLE = "admin"
_PER = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who asks, as nginx tells the API."""

    user: str
    role: str
    token: dict[str, Any] | None = None


@dataclass(kw_only=True)
class User:
    """An account."""

    password: str = field(repr=False)
    role: str


class Accounts:
    """The accounts of a server; `roles` limits custom roles to cameras."""

    def __init__(self, version: Version, clock: Clock) -> None:
        self.version = version
        self.users: dict[str, User] = {}
        self.roles: dict[str, list[str]] = {}
        self.session_s = 86_400
        self.cookie = "frigate_token"
        self.rate_limit = ""
        self.new_secret()
        self._clock = clock
        self._tries: deque[float] = deque(maxlen=1000)

    @property
    def refresh_s(self) -> int:
        """Return how long before its end a cookie is renewed."""
        return 1800 if self.version.at_least(0, 17) else 43_200

    def new_secret(self) -> None:
        """Make all tokens invalid."""
        self._secret = secrets.token_hex(64)

    def limited(self) -> str | None:
        """Note a try to log in; return the limit that it broke."""
        now = time.monotonic()
        for part in self.rate_limit.split(";"):
            if not (match := re.fullmatch(r"\s*(\d+)/(second|minute|hour|day)\s*", part)):
                continue
            if sum(now - at < _PER[match[2]] for at in self._tries) >= int(match[1]):
                return f"{match[1]} per 1 {match[2]}"
        self._tries.append(now)
        return None

    def login(self, user: str, password: str) -> str | None:
        """Return a token, None when user or password is wrong."""
        found = self.users.get(user)
        if found is None or found.password != password:
            return None
        return self.token(user, found.role)

    def token(self, user: str, role: str) -> str:
        """Return a token of now."""
        now = int(self._clock.now())
        claims: dict[str, Any] = {"sub": user, "exp": now + self.session_s}
        if self.version.roles:
            claims["role"] = role
        if self.version.at_least(0, 17):
            claims["iat"] = now
        return jwt.encode(claims, self._secret, algorithm="HS256")

    def caller(self, token: str) -> Caller | None:
        """Return whose token it is; nobody asks whether that account still exists."""
        try:
            claims = jwt.decode(
                token, self._secret, algorithms=["HS256"], options={"verify_exp": False, "verify_iat": False}
            )
        except jwt.InvalidTokenError:
            return None
        if claims["exp"] <= self._clock.now():
            return None
        return Caller(user=claims["sub"], role=claims.get("role", "admin"), token=claims)

    def renewed(self, caller: Caller) -> str | None:
        """Return a new token for a cookie that ends soon."""
        if caller.token and caller.token["exp"] - self.refresh_s <= self._clock.now():
            return self.token(caller.user, caller.role)
        return None

    def allowed(self, role: str, cameras: list[str]) -> list[str]:
        """Return the cameras that a role may see."""
        limited = self.roles.get(role)
        return [camera for camera in cameras if camera in limited] if limited else list(cameras)

    def restricted(self, role: str) -> bool:
        """Tell whether a role has a list of cameras."""
        return bool(self.roles.get(role))
