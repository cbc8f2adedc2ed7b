"""A running server: its two doors, its web sockets, its restream."""

import asyncio
from email.utils import formatdate
import ssl
from typing import Any

from aiohttp import web

from tests.certificate import put_on

from . import api_accounts, api_exports, api_media, api_recordings, api_server
from .answers import FRIGATE
from .frigate import Frigate
from .gate import Gate
from .restream import Restream
from .settings import Settings
from .web_socket import Sockets

_PATIENCE_S = 0.2
_TICK_S = 0.2


async def _dated(request: web.Request, response: web.StreamResponse) -> None:
    """Let answers tell the server's own time."""
    response.headers["Date"] = formatdate(request.app[FRIGATE].clock.now(), usegmt=True)


class House:
    """Starts and ends a server in the running loop; it can be away for a while, as over a restart."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.frigate = Frigate(settings)
        self.gate = Gate(self._internal)
        self.sockets = Sockets(self.frigate)
        self.ports = {"internal": settings.internal_port, "external": settings.external_port}
        self.certificate: ssl.SSLContext
        self.fingerprint = ""
        self.new_certificate()
        self.restream = Restream(settings.names, settings.host, settings.rtsp_port) if settings.rtsp else None
        self.restart_gap_s, self.restart_away_s = 60.0, 0.5
        self._runner: web.AppRunner | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self.frigate.publish = self.sockets.publish
        self.frigate.leave = lambda: self._do(self.restart())

    def new_certificate(self) -> None:
        """Make another certificate; it is used when the doors open the next time."""
        self.certificate = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.fingerprint = put_on(self.certificate, "FRIGATE DEFAULT CERT")

    async def start(self) -> None:
        """Open the doors."""
        if self.restream:
            await self.restream.start()
            self.frigate.rtsp_port = self.restream.port
        self._do(self.sockets.tell_stats())
        self._do(self._go_on())
        await self.open()

    async def stop(self) -> None:
        """End everything."""
        self.gate.heal()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.close()
        if self.restream:
            await self.restream.stop()

    async def restart(self) -> None:
        """Go away, come back with a gap in all footage."""
        await self.close()
        self.frigate.restart(self.restart_gap_s)
        await asyncio.sleep(self.restart_away_s)
        await self.open()

    async def open(self) -> None:
        """Listen at both doors."""
        app = web.Application(middlewares=[self.gate.middleware()])  # type: ignore[list-item]
        app[FRIGATE] = self.frigate
        for part in (api_server, api_accounts, api_exports, api_recordings, api_media):
            app.add_routes(part.routes())
        app.add_routes([web.get("/ws", self.sockets.serve)])
        app.on_response_prepare.append(_dated)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=_PATIENCE_S)
        await self._runner.setup()
        for door, context in (
            ("internal", None),
            ("external", self.certificate if self.settings.tls else None),
        ):
            site = web.TCPSite(
                self._runner, self.settings.host, self.ports[door], ssl_context=context, reuse_address=True
            )
            await site.start()
            self.ports[door] = self._runner.addresses[-1][1]

    async def _go_on(self) -> None:
        """Let happen what is due, also while nobody asks."""
        while True:
            await asyncio.sleep(_TICK_S)
            self.frigate.catch_up()

    async def close(self) -> None:
        """Refuse connections and end those there are."""
        await self.sockets.close()
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    def _internal(self, request: web.Request) -> bool:
        if request.transport is None:
            return False
        return bool(request.transport.get_extra_info("sockname")[1] == self.ports["internal"])

    def _do(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
