"""What stands before every address, as nginx does: faults, login by door, the cache of five seconds."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
import time

from aiohttp import web

from .accounts import ADMIN_ROLE, Caller
from .answers import CALLER, ApiError, Handler, answer, nginx_page, state
from .api_accounts import set_cookie
from .faults import Fault, misbehave
from .frigate import Asked, Frigate

CACHED_S = 5
_OPEN = ("/api/login", "/api/logout", "/api/auth/first_time_login")
_SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
_ANYBODY = Caller(user="anonymous", role=ADMIN_ROLE)
_VIEWER = Caller(user="viewer", role="viewer")


@dataclass
class Gate:
    """The middleware of a server; `internal` tells whether a request came in by the door without login."""

    internal: Callable[[web.Request], bool]
    faults: list[Fault] = field(default_factory=list)
    away: bool = False
    _cache: dict[str, tuple[float, web.Response]] = field(default_factory=dict)

    def middleware(self) -> Callable[[web.Request, Handler], object]:
        """Return it as aiohttp wants it."""

        @web.middleware
        async def gate(request: web.Request, handler: Handler) -> web.StreamResponse:
            status = 0
            try:
                response = await self._pass(request, handler)
                status = response.status
                return response
            except web.HTTPException as error:
                status = error.status
                raise
            finally:
                self._note(request, status)

        return gate

    def heal(self) -> None:
        """End all faults; what hangs is cut."""
        for fault in self.faults:
            fault.ended = True
        self.faults.clear()

    async def _pass(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        for fault in self.faults:
            if fault.fits(request.path_qs):
                return await misbehave(fault, request, partial(self._truly, handler=handler))
        return await self._truly(request, handler)

    async def _truly(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        frigate = state(request)
        if self.away:
            return nginx_page(502)
        if request.path.startswith(("/api/", "/ws", "/vod/")):
            await frigate.thawed()
        who, cookie = self._who(request, frigate)
        if who is None:
            return nginx_page(401, {"Location": "/login"})
        request[CALLER] = who
        response = await self._cached(request, handler, who)
        if cookie and not response.prepared:
            set_cookie(response, frigate.accounts.cookie, cookie)
        return response

    def _who(self, request: web.Request, frigate: Frigate) -> tuple[Caller | None, str | None]:
        """Return who asks, None for nobody, and a renewed token for a cookie."""
        if self.internal(request) or request.path in _OPEN:
            return _ANYBODY, None
        accounts = frigate.accounts
        if not frigate.settings.login:
            return _VIEWER, None
        header = request.headers.get("Authorization", "")
        if header.startswith("Bearer "):
            return accounts.caller(header.removeprefix("Bearer ")), None
        who = accounts.caller(request.cookies.get(accounts.cookie, ""))
        return who, accounts.renewed(who) if who else None

    async def _cached(self, request: web.Request, handler: Handler, who: Caller) -> web.StreamResponse:
        """Answer JSON below `/api/` for five seconds out of the cache, unless the request says otherwise."""
        frigate = state(request)
        cachable = (
            request.method == "GET" and request.path.startswith("/api/") and "/vod/" not in request.path
        )
        key = request.path_qs
        if frigate.version.cache_knows_roles:
            key += f"|{who.role}|{who.user}"
        if cachable and "X-Cache-Bypass" not in request.headers:
            at, kept = self._cache.get(key, (-CACHED_S, None))
            if kept is not None and time.monotonic() - at < CACHED_S:
                return _copy(kept, "HIT")
        response = await self._api(request, handler)
        if cachable and isinstance(response, web.Response) and response.content_type == "application/json":
            if response.status == 200:
                self._cache = {each: kept for each, kept in self._cache.items() if _fresh(kept[0])}
                self._cache[key] = (time.monotonic(), response)
            return _copy(response, "BYPASS" if "X-Cache-Bypass" in request.headers else "MISS")
        return response

    async def _api(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer as Frigate's own process behind nginx."""
        if (
            request.method not in _SAFE
            and "Origin" in request.headers
            and "X-CSRF-TOKEN" not in request.headers
        ):
            return answer({"success": False, "message": "Missing CSRF header"}, 401)
        state(request).catch_up()
        try:
            return await handler(request)
        except ApiError as error:
            return nginx_page(error.status) if error.body is None else answer(error.body, error.status)
        except web.HTTPNotFound:
            if request.path.startswith("/api/"):
                return answer({"detail": "Not Found"}, 404)
            return nginx_page(404)
        except KeyError as error:
            missing = {"type": "missing", "loc": ["body", str(error.args[0])], "msg": "Field required"}
            return answer({"detail": [missing]}, 422)

    def _note(self, request: web.Request, status: int) -> None:
        who = request.get(CALLER)
        state(request).asked.append(
            Asked(
                method=request.method,
                path=request.path,
                query=request.query_string,
                door="internal" if self.internal(request) else "external",
                user=who.user if who else "",
                status=status,
                at=time.monotonic(),
            )
        )


def _fresh(at: float) -> bool:
    return time.monotonic() - at < CACHED_S


def _copy(response: web.Response, status: str) -> web.Response:
    headers = {"Content-Type": "application/json", "Cache-Control": "no-store", "X-Cache-Status": status}
    return web.Response(body=response.body, status=response.status, headers=headers)
