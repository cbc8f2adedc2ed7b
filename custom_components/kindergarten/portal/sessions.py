"""A phone's session: the cookie it is known by, and the token that its own page alone can know."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
import hashlib
import hmac
import re
from typing import Final

from aiohttp import hdrs, web

from ..engine.people.records import Credentials
from .routes import PREFIX

TOKEN_HEADER: Final = "X-Kindergarten-Token"  # noqa: S105 - a name
LIFETIME_S: Final = 90 * 24 * 3600
"""How long a browser keeps the cookie; the people's store ends a session earlier, and alone decides."""

_ID_BYTES: Final = 16
_NAME: Final = "kindergarten"
_SHAPE: Final = re.compile(r"(?:[A-Za-z0-9_-]{4}){6,64}(?:[A-Za-z0-9_-]{2,3})?")
_TOKEN: Final = b"kindergarten portal token v1"


def cookie_name(own_host: bool) -> str:
    """Return the cookie's name; on a host that is the portal's alone no other host can plant it."""
    return f"__Host-{_NAME}" if own_host else f"__Secure-{_NAME}"


def read_cookie(request: web.Request, own_host: bool) -> Credentials | None:
    """Return what the cookie says, if it has our shape; of two nobody knows which one is planted."""
    name = cookie_name(own_host)
    sent = [part.strip() for line in request.headers.getall(hdrs.COOKIE, []) for part in line.split(";")]
    values = [part.removeprefix(f"{name}=") for part in sent if part.startswith(f"{name}=")]
    value = values[0] if len(values) == 1 else ""
    if not _SHAPE.fullmatch(value):
        return None
    raw = urlsafe_b64decode(value + "=" * (-len(value) % 4))
    try:
        secret = raw[_ID_BYTES:].decode("ascii")
    except UnicodeDecodeError:
        return None
    return Credentials(device_id=raw[:_ID_BYTES].hex(), secret=secret) if secret else None


def write_cookie(response: web.Response, credentials: Credentials, own_host: bool) -> None:
    """Let the phone keep its credentials where no script can read them."""
    raw = bytes.fromhex(credentials.device_id) + credentials.secret.encode("ascii")
    _set(response, urlsafe_b64encode(raw).decode().rstrip("="), LIFETIME_S, own_host)


def drop_cookie(response: web.Response, own_host: bool) -> None:
    """Let the phone forget its credentials."""
    _set(response, "", 0, own_host)


def _set(response: web.Response, value: str, max_age: int, own_host: bool) -> None:
    response.set_cookie(
        cookie_name(own_host),
        value,
        max_age=max_age,
        path="/" if own_host else PREFIX,
        secure=True,
        httponly=True,
        samesite="Strict",
    )


def token_of(credentials: Credentials) -> str:
    """Return the token that changes made with this session must carry."""
    return hmac.digest(credentials.secret.encode(), _TOKEN, hashlib.sha256).hex()


def is_token(credentials: Credentials, offered: str) -> bool:
    """Tell, in constant time, whether the token belongs to the session."""
    return hmac.compare_digest(token_of(credentials).encode(), offered.encode("utf-8", "replace"))
