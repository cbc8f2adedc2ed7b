"""Answers in the words of nginx and of Frigate's API, and how a handler reads what was asked."""

from collections.abc import Awaitable, Callable
import json
from typing import Any

from aiohttp import web

from .accounts import Caller
from .frigate import Frigate

FRIGATE = web.AppKey("frigate", Frigate)
CALLER = "frigate_caller"
type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_REASONS = {
    401: "401 Authorization Required",
    403: "403 Forbidden",
    404: "404 Not Found",
    405: "405 Not Allowed",
    502: "502 Bad Gateway",
    504: "504 Gateway Time-out",
}


class ApiError(Exception):
    """An answer that is not the one asked for."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(status)
        self.status, self.body = status, body


def answer(body: Any, status: int = 200) -> web.Response:
    """Return JSON."""
    return web.Response(
        text=json.dumps(body, separators=(",", ":")),
        status=status,
        content_type="application/json",
        charset=None,
    )


def said(message: str, status: int = 200, **more: Any) -> web.Response:
    """Return `{success, message}`."""
    return answer({"success": status < 400, "message": message, **more}, status)


def nginx_page(status: int, headers: dict[str, str] | None = None) -> web.Response:
    """Return one of nginx's own pages."""
    title = _REASONS.get(status, str(status))
    page = f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n"
    return web.Response(text=page, status=status, content_type="text/html", headers=headers)


def state(request: web.Request) -> Frigate:
    """Return the server that is asked."""
    return request.app[FRIGATE]


def caller(request: web.Request) -> Caller:
    """Return who asks."""
    found: Caller = request[CALLER]
    return found


def need_admin(request: web.Request) -> None:
    """Refuse everybody but administrators; before 0.16 there were none."""
    if state(request).version.roles and caller(request).role != "admin":
        role = caller(request).role
        raise ApiError(403, {"detail": f"Role {role} not authorized. Required: ['admin']"})


def allowed(request: web.Request) -> list[str]:
    """Return the cameras the caller may see."""
    frigate = state(request)
    return frigate.accounts.allowed(caller(request).role, frigate.cameras)


def camera(request: web.Request) -> str:
    """Return the camera of the path, known or not; refuse a restricted role its foreign ones."""
    name = request.match_info["camera"]
    frigate = state(request)
    if frigate.accounts.restricted(caller(request).role) and name not in (mine := allowed(request)):
        raise ApiError(403, {"detail": f"Access denied to camera '{name}'. Allowed: {mine}"})
    return name


def number(request: web.Request, name: str, default: float) -> float:
    """Return a number of the query."""
    text = request.query.get(name)
    if text is None:
        return default
    return _number(text, ("query", name))


def part(request: web.Request, name: str) -> float:
    """Return a number of the path."""
    return _number(request.match_info[name], ("path", name))


def _number(text: str, where: tuple[str, str]) -> float:
    try:
        return float(text)
    except ValueError:
        kind = "Input should be a valid number, unable to parse string as a number"
        raise ApiError(
            422, {"detail": [{"type": "float_parsing", "loc": list(where), "msg": kind, "input": text}]}
        ) from None


async def body(request: web.Request) -> dict[str, Any]:
    """Return the JSON object of a request that must have one."""
    try:
        found = json.loads(await request.text())
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ApiError(
            422, {"detail": [{"type": "missing", "loc": ["body"], "msg": "Field required", "input": None}]}
        )
    return found
