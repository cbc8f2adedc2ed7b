"""A simulated device: its RTSP and its web port, as one make has them."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
import ssl
import threading
from typing import Any, Self

from aiohttp import web

from tests.cameras.login import Auth
from tests.cameras.stream import CameraStream
from tests.certificate import put_on
from tests.ports import hold_port

from .account import Account, AccountLogin
from .answers import Slot, answer
from .makes import MAKES, Make
from .onvif import OnvifSide
from .rtsp import DeviceConnection, DeviceSite


@dataclass(kw_only=True)
class SimulatedDevice:
    """A device of a make. `Devices` runs it.

    `empty` are channels without a camera. `streams` plays pictures, by "1 main" and the like; what has
    none is only described. `api` False is a device whose web interface is switched off, `onvif` likewise;
    `shut` names ways in ("rtsp", "http", "onvif") that take no login. `garbage` is what the web port
    answers to everything; `silent` takes connections and says nothing, `silent_web` on the web port alone.
    `serves` is how that is asked: by "http", by "https" alone, by "both", by "https" to which http "leads", or
    "mute" by an encrypted port that answers nothing.
    """

    make: str = "hikvision"
    channels: int = 1
    empty: Sequence[int] = ()
    names: Mapping[int, str] = field(default_factory=dict)
    user: str = "admin"
    password: str = field(default="right-secret", repr=False)
    auth: str = "digest"
    api: bool = True
    onvif: bool = True
    rtsp: bool = True
    shut: Sequence[str] = ()
    behind: timedelta = timedelta(0)
    hangs_up: bool = False
    every_path: bool = False
    garbage: bytes | None = None
    endless: bool = False
    silent: bool = False
    silent_web: bool = False
    serves: str = "http"
    streams: Mapping[str, CameraStream] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.account = Account(self.user, self.password)
        self.asked: list[str] = []
        self.sent_bytes = 0
        self._places = [hold_port(), hold_port(), hold_port()]
        self.port, self.http_port, self.https_port = (place.getsockname()[1] for place in self._places)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.certificate = ""
        self._server: asyncio.Server | None = None
        self._mute: asyncio.Server | None = None
        self._runner: web.AppRunner | None = None
        made = self.made
        self._login = self._way_in("rtsp", made.rtsp_realm)
        self._web_login = self._way_in("http", made.http_realm or "device")
        self.site = DeviceSite({}, self._login, server=made.rtsp_server, hangs_up=self.hangs_up)
        self.site.paths = _Everything() if self.every_path else self._paths()
        self._onvif = OnvifSide(
            self.account,
            made.maker,
            made.model,
            self._urls(),
            self._sizes(),
            behind=self.behind,
        )
        self._onvif.shut = "onvif" in self.shut

    def _way_in(self, name: str, realm: str) -> AccountLogin:
        return AccountLogin(
            Auth(self.auth),
            self.user,
            self.password,
            realm=realm,
            account=self.account,
            shut=name in self.shut,
        )

    @property
    def made(self) -> Make:
        """Return the make."""
        return MAKES[self.make]

    def _each(self) -> Iterator[tuple[int, str, str]]:
        """Iterate over channel, stream and path of what has a picture."""
        for channel in range(1, self.channels + 1):
            for stream in ("main", "sub"):
                path = self.made.path(channel, stream)
                if path is not None and channel not in self.empty:
                    yield channel, stream, path

    def _paths(self) -> dict[str, CameraStream | None]:
        return {path: self.streams.get(f"{channel} {stream}") for channel, stream, path in self._each()}

    def _urls(self) -> dict[str, str]:
        # A device behind an address translation names a host that nobody can reach.
        return {
            f"p{channel}{stream}": f"rtsp://10.99.99.99:{self.port}{path}"
            for channel, stream, path in self._each()
        }

    def _sizes(self) -> list[tuple[str, str, int, int]]:
        size = {"main": (1920, 1080), "sub": (640, 360)}
        return [
            (f"p{channel}{stream}", f"source{channel}", *size[stream]) for channel, stream, _ in self._each()
        ]

    def _slots(self) -> list[Slot]:
        return [
            Slot(number=at, name=self.names.get(at, f"Camera {at:02d}"), online=at not in self.empty)
            for at in range(1, self.channels + 1)
        ]

    def show_another_certificate(self) -> None:
        """Be somebody else from the next connection on."""
        self.certificate = put_on(self._context, f"{self.made.maker} Device", "CAServer")

    async def _start_web(self) -> None:
        if self.serves != "http":
            self.show_another_certificate()
        if self.serves == "mute":
            self._mute = await asyncio.start_server(
                lambda _, writer: writer.close(), "127.0.0.1", self.https_port, ssl=self._context
            )
            return
        app = web.Application()
        app.router.add_route("*", "/{tail:.*}", self._page)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        if self.serves in {"http", "both", "leads"}:
            await web.TCPSite(self._runner, "127.0.0.1", self.http_port, reuse_address=True).start()
        if self.serves in {"https", "both", "leads"}:
            await web.TCPSite(
                self._runner, "127.0.0.1", self.https_port, reuse_address=True, ssl_context=self._context
            ).start()

    async def start(self) -> None:
        """Listen; called by `Devices` in its loop."""
        loop = asyncio.get_running_loop()
        if self.rtsp:
            self._server = await loop.create_server(
                lambda: asyncio.Protocol() if self.silent else DeviceConnection(self.site),
                "127.0.0.1",
                self.port,
                reuse_address=True,
            )
        await self._start_web()
        self._tasks = [
            asyncio.create_task(run())
            for stream in self.streams.values()
            for run in (stream.run_pictures, stream.run_sound)
        ]

    async def stop(self) -> None:
        """End everything; called by `Devices` in its loop."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for server in (self._server, self._mute):
            if server is not None:
                server.close()
        for connection in list(self.site.connections):
            connection.cut()
        if self._runner is not None:
            await self._runner.cleanup()
        for place in self._places:
            place.close()

    async def _page(self, request: web.Request) -> web.StreamResponse:
        target = request.raw_path
        self.asked.append(f"{request.scheme}:{target}" if self.serves != "http" else target)
        if self.serves == "leads" and request.scheme == "http":
            raise web.HTTPFound(f"https://10.99.99.99:{self.https_port}{target}")
        if self.silent or self.silent_web:
            await asyncio.sleep(3600)
        if self.endless:
            return await self._flood(request)
        if self.garbage is not None:
            return web.Response(body=self.garbage, content_type="text/xml")
        headers = {"Server": self.made.http_server} if self.made.http_server else {}
        if target == "/onvif/device_service" or target == "/onvif/Media":
            return await self._by_onvif(request)
        if target == "/":
            return web.Response(text="<title>WEB</title>", content_type="text/html", headers=headers)
        found = answer(self.made.api, target, self.made.model, self._slots()) if self.api else None
        if found is None:
            return web.Response(status=404, headers=headers)
        if not self._web_login.accepts(request.method, request.headers.get("Authorization", "")):
            headers["WWW-Authenticate"] = self._web_login.challenge()
            return web.Response(status=401, headers=headers)
        return web.Response(text=found[0], content_type=found[1], headers=headers)

    async def _by_onvif(self, request: web.Request) -> web.Response:
        if not (self.onvif and self.made.onvif):
            return web.Response(status=404)
        status, body = self._onvif.answer((await request.read()).decode())
        return web.Response(status=status, text=body, content_type="application/soap+xml")

    async def _flood(self, request: web.Request) -> web.StreamResponse:
        """Send 100 MB, as long as somebody takes them."""
        response = web.StreamResponse(headers={"Content-Type": "text/xml"})
        await response.prepare(request)
        for _ in range(1600):
            await response.write(b"<a>" * 21_845)
            self.sent_bytes += 65_535
        return response


class _Everything(dict[str, CameraStream | None]):
    """Answers to every path, as some cameras do."""

    def __contains__(self, path: object) -> bool:
        return True

    def __missing__(self, path: str) -> None:
        return None


class Devices:
    """Devices in a background thread; use as a context manager."""

    def __init__(self, *devices: SimulatedDevice) -> None:
        self._devices: Iterable[SimulatedDevice] = devices
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="devices", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        for device in self._devices:
            self._run(device.start())
        return self

    def __exit__(self, *_: object) -> None:
        for device in self._devices:
            self._run(device.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(60)
        self._loop.close()

    def _run(self, work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(60)
