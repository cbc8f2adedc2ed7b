"""The client of our own engine, over its unix socket."""

import asyncio
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
import json
import os
from pathlib import Path
from typing import Any, override

import aiohttp
from yarl import URL

from . import wire
from .builtin_devices import DeviceClient
from .builtin_evidence import EvidenceClient
from .builtin_live import LiveClient
from .builtin_sights import SightClient
from .protocol import (
    Archive,
    ArchivedCamera,
    ArchiveRefused,
    ArchiveStatus,
    ArchiveUnavailable,
    ConfigResult,
    Coverage,
    Day,
    DesiredServer,
    DesiredState,
    Event,
    Hello,
    Media,
    ProbeResult,
    ProbeSource,
    ServerFound,
    StopCause,
    StreamName,
    Timeline,
)

SOCKET_PATH = "socket.path"
_CONNECT_S = 3.0
_SOON_S = 5.0
_ANSWER_S = 15.0
_PROBE_S = 60.0
_SERVER_S = 25.0
_LENGTHEN_S = 240.0
_MEDIA = aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_S, sock_read=30)
_EVENTS = aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_S, sock_read=40)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Answer(Media):
    """An open answer of the engine."""

    status: int
    content_type: str
    headers: Mapping[str, str]
    _response: aiohttp.ClientResponse

    @override
    async def read(self) -> bytes:
        with _translated():
            return await self._response.read()

    @override
    async def chunks(self) -> AsyncIterator[bytes]:
        with _translated():
            async for chunk in self._response.content.iter_any():
                yield chunk


class _translated:  # noqa: N801 (used like a function)
    """Turns what aiohttp and the system raise into `ArchiveUnavailable`."""

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, _type: object, error: BaseException | None, _traceback: object) -> None:
        """Raise the other error."""
        if isinstance(error, (aiohttp.ClientError, OSError, ValueError)):
            raise ArchiveUnavailable(f"the recorder does not answer: {type(error).__name__}") from error


class BuiltinArchive(DeviceClient, EvidenceClient, LiveClient, SightClient, Archive):
    """Our own engine, found by the state folder that it shares with Home Assistant.

    It has a session of its own: Home Assistant's shared one cannot speak to a unix socket.
    """

    def __init__(self, state: Path) -> None:
        """Make a client; it connects when it is first asked."""
        self._state = state
        self._session: aiohttp.ClientSession | None = None
        self._path = ""
        self._opening = asyncio.Lock()

    async def close(self) -> None:
        """Close every connection; the engine goes on."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _connected(self) -> aiohttp.ClientSession:
        """Return a session to where the engine listens now."""
        loop = asyncio.get_running_loop()
        try:
            path = os.fsdecode(await loop.run_in_executor(None, (self._state / SOCKET_PATH).read_bytes))
        except OSError as error:
            raise ArchiveUnavailable("the recorder is not running") from error
        async with self._opening:
            if self._session is None or self._session.closed or path != self._path:
                old, self._path = self._session, path
                self._session = aiohttp.ClientSession(
                    connector=aiohttp.UnixConnector(path, force_close=True, limit=0), trust_env=False
                )
                if old is not None:
                    await old.close()
            return self._session

    @override
    @asynccontextmanager
    async def _open(
        self,
        method: str,
        route: str,
        *,
        timeout: aiohttp.ClientTimeout,
        params: Mapping[str, str | int] | None = None,
        body: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Open a route's answer; raises what every method raises."""
        session = await self._connected()
        url = URL(f"http://engine/v1/{route}").with_query(params or None)
        with _translated():
            opened = await session.request(
                method, url, json=body, timeout=timeout, headers=headers, allow_redirects=False
            )
        async with opened as response:
            if response.status >= 400:
                with _translated():
                    refused = await response.read()
                raise _refusal(response.status, refused)
            yield response

    @override
    async def _ask(
        self,
        method: str,
        route: str,
        *,
        params: Mapping[str, str | int] | None = None,
        body: Mapping[str, object] | None = None,
        limit_s: float = _ANSWER_S,
    ) -> Any:
        timeout = aiohttp.ClientTimeout(total=limit_s, sock_connect=_CONNECT_S)
        async with self._open(method, route, timeout=timeout, params=params, body=body) as response:
            with _translated():
                return json.loads(await response.read())

    async def hello(self) -> Hello:
        """Return who answers."""
        return wire.decode(Hello, await self._ask("GET", "hello", limit_s=_SOON_S))

    async def lease(self, ttl_s: int) -> None:
        """Tell the engine that we are here for another `ttl_s` seconds."""
        await self._ask("POST", "lease", body={"ttl_s": ttl_s}, limit_s=_SOON_S)

    async def stop(self, cause: StopCause) -> None:
        """Ask the engine to end; it answers and ends some moments later."""
        await self._ask("POST", "stop", body={"cause": cause}, limit_s=_SOON_S)

    @override
    async def status(self) -> ArchiveStatus:
        return wire.status(await self._ask("GET", "status"))

    @override
    async def configure(self, desired: DesiredState) -> ConfigResult:
        answer = await self._ask("PUT", "config", body=wire.desired(desired), limit_s=30)
        return wire.decode(ConfigResult, answer)

    @override
    async def probe(self, source: ProbeSource) -> ProbeResult:
        wanted = {"url": source.url, "user": source.user, "secret": source.secret}
        answer = await self._ask("POST", "probe", body={"source": wanted}, limit_s=_PROBE_S)
        video = answer.get("video") if isinstance(answer, dict) else None
        if not isinstance(video, dict):
            raise ArchiveUnavailable("bad answer: video")
        try:
            still = b64decode(answer["still"], validate=True) if answer.get("still") else None
        except (Base64Error, TypeError) as error:
            raise ArchiveUnavailable("bad answer: still") from error
        rates = {name: video.get(name) for name in ("fps", "bps", "gop_s")}
        return wire.decode(ProbeResult, {**answer, **rates, "still": still})

    @override
    async def probe_server(self, server: DesiredServer) -> ServerFound:
        body = {"server": wire.desired_server(server)}
        return wire.decode(
            ServerFound, await self._ask("POST", "servers/probe", body=body, limit_s=_SERVER_S)
        )

    @override
    async def lengthen(self, server: str) -> None:
        await self._ask("POST", f"servers/{server}/lengthen", limit_s=_LENGTHEN_S)

    @override
    async def certificate(self, server: DesiredServer) -> str:
        body = {"server": wire.desired_server(server)}
        answer = await self._ask("POST", "servers/certificate", body=body)
        return wire.text(answer, "fingerprint")

    @override
    async def cameras(self) -> tuple[ArchivedCamera, ...]:
        return wire.decode_list(ArchivedCamera, await self._ask("GET", "cameras"))

    @override
    async def timeline(self, uid: str, start_us: int, end_us: int) -> Timeline:
        params = {"from": start_us, "to": end_us}
        return wire.decode(Timeline, await self._ask("GET", f"cameras/{uid}/timeline", params=params))

    @override
    async def coverage(self, uid: str, start_us: int, end_us: int, step_s: int) -> Coverage:
        params = {"from": start_us, "to": end_us, "step": step_s}
        return wire.decode(Coverage, await self._ask("GET", f"cameras/{uid}/coverage", params=params))

    @override
    async def days(self, uid: str, tz_offset_s: int) -> tuple[Day, ...]:
        params = {"tz_offset_s": tz_offset_s}
        return wire.decode_list(Day, await self._ask("GET", f"cameras/{uid}/days", params=params))

    @override
    async def still(self, uid: str, at_us: int | None = None, height: int | None = None) -> bytes:
        wanted = {"at": at_us, "height": height}
        params = {name: value for name, value in wanted.items() if value is not None}
        timeout = aiohttp.ClientTimeout(total=_ANSWER_S, sock_connect=_CONNECT_S)
        async with self._open("GET", f"cameras/{uid}/still.jpg", timeout=timeout, params=params) as response:
            with _translated():
                return await response.read()

    @override
    @asynccontextmanager
    async def open_media(
        self, uid: str, stream: StreamName, tail: str, params: Mapping[str, str] | None = None
    ) -> AsyncIterator[Media]:
        if ".." in tail or "?" in tail or "#" in tail or "%" in tail:
            raise ArchiveRefused("not_found", "there is nothing of that name", None)
        route = f"cameras/{uid}/{stream}/{tail}"
        async with self._open("GET", route, timeout=_MEDIA, params=params) as response:
            yield self._media(response)

    @override
    def _media(self, response: aiohttp.ClientResponse) -> Media:
        kept = ("Content-Type", "Content-Length", "Content-Range", "Accept-Ranges", "Cache-Control", "ETag")
        return _Answer(
            status=response.status,
            content_type=response.content_type,
            headers={name: response.headers[name] for name in kept if name in response.headers},
            _response=response,
        )

    @override
    async def events(self, after: int = 0) -> AsyncIterator[Event]:
        async with self._open("GET", "events", timeout=_EVENTS, params={"after": after}) as response:
            with _translated():
                async for line in response.content:
                    data = json.loads(line)
                    if isinstance(data, dict) and data.get("kind") != "beat":
                        yield wire.decode(Event, data)
        raise ArchiveUnavailable("the recorder hung up")


def _refusal(status: int, body: bytes) -> ArchiveRefused | ArchiveUnavailable:
    """Return what an answer of 400 and above means."""
    try:
        data = json.loads(body)
        code, text, field = str(data["code"]), str(data["text"]), data.get("field")
    except ValueError, KeyError, TypeError, AttributeError:
        return ArchiveUnavailable(f"bad answer: status {status}")
    if code == "internal":
        return ArchiveUnavailable(text)
    return ArchiveRefused(code, text, field)
