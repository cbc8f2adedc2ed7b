"""Requests to a Frigate server: with a deadline, a limit in bytes, and no way to another host.

Nothing that a browser sent goes along. No redirect is followed, nothing is unpacked, no cookie kept.
"""

import asyncio
from base64 import urlsafe_b64decode
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from email.utils import parsedate_to_datetime
from http.cookies import CookieError, SimpleCookie
import json
import ssl

import aiohttp
from yarl import URL

from ..env import Env
from .errors import FrigateError
from .parsing import finite
from .server import Server, unverified

_CONNECT_S = 5.0
_AT_ONCE = 4
_LOGIN_BYTES = 1 << 16
_EARLY_S = 600
"""A token is renewed this long before it ends, or after three quarters of a short life."""
_USUAL_S = 86_400
_HEADERS = {"X-Cache-Bypass": "1", "Accept-Encoding": "identity", "User-Agent": "kindergarten"}

type Params = Mapping[str, str]


class Connection:
    """The requests to one server; at most four at once."""

    def __init__(self, env: Env, server: Server) -> None:
        """Prepare; nothing is asked yet. Needs the running loop."""
        self._env = env
        self._server = server
        self._session: aiohttp.ClientSession | None = None
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._logging_in = asyncio.Lock()
        self._token: tuple[str, float] | None = None
        self.requests = 0
        self.date_s: float | None = None
        """When the newest answer was given by the server's own clock (s, Unix)."""

    async def close(self) -> None:
        """Hang up."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def ask(
        self,
        method: str,
        path: str,
        params: Params | None = None,
        *,
        limit_s: float,
        limit_bytes: int,
        body: object = None,
    ) -> bytes:
        """Return the whole answer of a path; raises FrigateError."""
        async with self._turn:
            try:
                async with (
                    asyncio.timeout(limit_s),
                    self.open(method, path, params, body=body) as answer,
                ):
                    return await read(answer, limit_bytes)
            except TimeoutError as error:
                raise FrigateError("timeout", f"no whole answer within {limit_s:g} s") from error

    async def ask_json(
        self,
        method: str,
        path: str,
        params: Params | None = None,
        *,
        limit_s: float,
        limit_bytes: int,
        body: object = None,
    ) -> object:
        """Return the JSON of a path; raises FrigateError."""
        data = await self.ask(method, path, params, limit_s=limit_s, limit_bytes=limit_bytes, body=body)
        try:
            # A month of rows takes a moment to read, and the loop has other cameras.
            return json.loads(data) if len(data) < _LOGIN_BYTES else await asyncio.to_thread(json.loads, data)
        except (ValueError, RecursionError) as error:
            raise FrigateError("bad_answer", f"{path} answered no JSON") from error

    @asynccontextmanager
    async def open(
        self, method: str, path: str, params: Params | None = None, *, body: object = None
    ) -> AsyncGenerator[aiohttp.ClientResponse]:
        """Open a path's answer, logging in where that is needed; the caller keeps the time. Raises FrigateError."""
        with _errors():
            answer = await self._send(method, path, params, body)
            if answer.status == 401 and self._server.user:
                answer.release()
                self._token = None
                answer = await self._send(method, path, params, body)
            async with answer:
                await _check(answer, path)
                yield answer

    async def _send(
        self, method: str, path: str, params: Params | None, body: object
    ) -> aiohttp.ClientResponse:
        headers = {"Authorization": f"Bearer {await self._bearer()}"} if self._server.user else {}
        return await self._request(method, path, params, body, headers)

    async def _request(
        self, method: str, path: str, params: Params | None, body: object, headers: Mapping[str, str]
    ) -> aiohttp.ClientResponse:
        self.requests += 1
        # The path is as we wrote it: nothing is made of its percent signs.
        url = URL(self._server.url + path, encoded=True)
        if params:
            url = url.with_query(dict(params))
        answer = await self._client().request(method, url, json=body, headers=headers, allow_redirects=False)
        self.date_s = _date(answer.headers.get("Date", ""))
        return answer

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(ssl=_ssl(self._server), limit=2 * _AT_ONCE),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_S, sock_read=30),
                headers=_HEADERS,
                auto_decompress=False,
                trust_env=False,
                max_line_size=16_384,
                max_field_size=16_384,
            )
        return self._session

    async def _bearer(self) -> str:
        async with self._logging_in:
            if self._token is None or self._now_s() >= self._token[1]:
                self._token = await self._log_in()
            return self._token[0]

    async def _log_in(self) -> tuple[str, float]:
        """Return a new token and when to ask for the next one (s, Unix)."""
        self._token = None
        login = {"user": self._server.user, "password": self._server.secret}
        answer = await self._request("POST", "/api/login", None, login, {})
        async with answer:
            if answer.status in (400, 401):
                raise FrigateError("auth", "the login is refused")
            if answer.status == 429:
                raise FrigateError("busy", "too many logins")
            await _check(answer, "/api/login")
            await read(answer, _LOGIN_BYTES)
            for header in answer.headers.getall("Set-Cookie", ()):
                for token in _cookies(header):
                    if (claims := _claims(token)) is not None:
                        return token, self._renew_at(claims)
        raise FrigateError("not_frigate", "a login without a token")

    def _renew_at(self, claims: Mapping[str, object]) -> float:
        now = self._now_s()
        end = finite(claims.get("exp"))
        left = end - now if end is not None else _USUAL_S
        return now + max(1.0, left - min(_EARLY_S, left / 4))

    def _now_s(self) -> float:
        return self._env.realtime_ns() / 1e9


async def read(answer: aiohttp.ClientResponse, limit_bytes: int) -> bytes:
    """Return a body of at most so many bytes; raises FrigateError("too_large")."""
    if (answer.content_length or 0) > limit_bytes:
        answer.close()
        raise FrigateError("too_large", f"more than {limit_bytes} bytes")
    found = bytearray()
    async for chunk in answer.content.iter_any():
        found += chunk
        if len(found) > limit_bytes:
            answer.close()
            raise FrigateError("too_large", f"more than {limit_bytes} bytes")
    return bytes(found)


async def chunks(answer: aiohttp.ClientResponse, limit_s: float) -> AsyncIterator[bytes]:
    """Iterate over a body; raises FrigateError when nothing comes for so long."""
    with _errors():
        while True:
            try:
                async with asyncio.timeout(limit_s):
                    chunk = await answer.content.readany()
            except TimeoutError as error:
                raise FrigateError("timeout", "it fell silent") from error
            if not chunk:
                return
            yield chunk


async def _check(answer: aiohttp.ClientResponse, path: str) -> None:
    """Raise what an answer's status means."""
    status = answer.status
    if status == 200 or status == 202 or status == 206:
        if answer.headers.get("Content-Encoding", "identity") != "identity":
            raise FrigateError("bad_answer", f"{path} answered packed")
        return
    codes = {400: "bad_request", 401: "auth", 403: "forbidden", 404: "not_found", 503: "busy"}
    if status in codes:
        raise FrigateError(codes[status], f"{path} answered {status}")
    if 300 <= status < 400:
        raise FrigateError("not_frigate", f"{path} leads elsewhere")
    raise FrigateError("failed" if status >= 500 else "bad_answer", f"{path} answered {status}")


class _errors:  # noqa: N801 (a context manager)
    """Turns what the network raises into FrigateError."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        match error:
            case aiohttp.ServerFingerprintMismatch():
                raise FrigateError("fingerprint", "it shows another certificate") from None
            case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientSSLError() | ssl.SSLError():
                raise FrigateError("tls", "no trusted connection") from error
            case aiohttp.ConnectionTimeoutError():
                raise FrigateError("unreachable", "nobody answers there") from error
            case aiohttp.ServerTimeoutError():
                raise FrigateError("timeout", "it fell silent") from error
            case aiohttp.ClientConnectorError():
                raise FrigateError("unreachable", "nobody answers there") from error
            case aiohttp.ClientError() | OSError():
                raise FrigateError("bad_answer", "the answer broke off, or is no HTTP") from error
            case ValueError():
                raise FrigateError("bad_answer", "the answer cannot be read") from error


def _ssl(server: Server) -> ssl.SSLContext | aiohttp.Fingerprint | bool:
    if server.trust == "pin" and server.fingerprint:
        return aiohttp.Fingerprint(bytes.fromhex(server.fingerprint))
    return unverified() if server.trust == "any" else True


def _cookies(header: str) -> list[str]:
    try:
        return [morsel.value for morsel in SimpleCookie(header).values()]
    except CookieError:
        return []


def _date(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except ValueError, OverflowError:
        return None


def _claims(token: str) -> dict[str, object] | None:
    """Return what a token says of itself; None for what is no token."""
    parts = token.split(".")
    if len(parts) != 3 or not token.isascii() or len(token) > 8192:
        return None
    try:
        claims = json.loads(urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError, RecursionError:
        return None
    return claims if isinstance(claims, dict) else None
