"""What the portal answers: the headers of everything, JSON, and refusals."""

from collections.abc import Mapping
from http import HTTPStatus
import json
from typing import Final

from aiohttp import hdrs, web

NO_STORE: Final = "no-store, private"

_CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src blob:; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_DENIED: Final = (
    *("accelerometer", "camera", "display-capture", "encrypted-media", "geolocation"),
    *("gyroscope", "hid", "magnetometer", "microphone", "midi", "payment", "picture-in-picture"),
    *("publickey-credentials-get", "serial", "usb", "xr-spatial-tracking"),
)

HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": _CSP,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join([*(f"{name}=()" for name in _DENIED), "fullscreen=(self)"]),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    hdrs.SERVER: "",
}
"""On every answer of the portal, whatever else it carries."""


class Refusal(Exception):  # noqa: N818 - a word of the portal
    """A no that the page has words for: `code` is a key of the portal's locales."""

    def __init__(self, code: str, status: int = HTTPStatus.CONFLICT, **details: object) -> None:
        """Refuse; `details` stand beside the code in the answer."""
        super().__init__(code)
        self.code = code
        self.status = status
        self.details = details


def nothing_here() -> web.HTTPNotFound:
    """Return, to be raised, what Home Assistant itself says of an address that it does not know."""
    return web.HTTPNotFound()


def answer(
    content: object, status: int = HTTPStatus.OK, headers: Mapping[str, str] | None = None
) -> web.Response:
    """Return JSON that nobody keeps."""
    return web.Response(
        body=json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode(),
        status=status,
        content_type="application/json",
        charset="utf-8",
        headers=headers,
    )


def refused(refusal: Refusal) -> web.Response:
    """Return a no as JSON."""
    response = answer({"code": refusal.code, **refusal.details}, refusal.status)
    if isinstance(wait_s := refusal.details.get("wait_s"), int):
        response.headers[hdrs.RETRY_AFTER] = str(wait_s)
    return response


def dress(response: web.StreamResponse) -> None:
    """Give an answer the portal's headers; to be done before it is prepared.

    What a handler does not call public by `Cache-Control` itself, nobody may keep.
    """
    response.headers.update(HEADERS)
    response.headers.setdefault(hdrs.CACHE_CONTROL, NO_STORE)
    if not response.headers[hdrs.CACHE_CONTROL].startswith("public"):
        response.headers[hdrs.VARY] = "Cookie"
