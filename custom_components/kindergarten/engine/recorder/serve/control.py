"""The control API: what Home Assistant's side asks of the engine, on a unix socket."""

import asyncio
import json
import logging
from typing import TYPE_CHECKING

from aiohttp import web

from ...config import source
from ...fields import Fields
from . import answers
from .finding import FindRoutes

if TYPE_CHECKING:
    from ...engine import Engine

BEAT_S = 15.0
STOP_CAUSES = ("upgrade", "host_restart", "removed", "user")
_PROBE_S = 8.0

_LOGGER = logging.getLogger(__name__)


class Control:
    """The routes that steer and watch the engine."""

    def __init__(self, engine: Engine) -> None:
        """Speak for an engine."""
        self._engine = engine

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.get("/v1/hello", self.hello),
            web.post("/v1/lease", self.lease),
            web.post("/v1/stop", self.stop),
            web.put("/v1/config", self.config),
            web.get("/v1/status", self.status),
            web.get("/v1/events", self.events),
            web.post("/v1/probe", self.probe),
            *FindRoutes(self._engine).routes(),
        ]

    async def hello(self, _request: web.Request) -> web.Response:
        """Say who we are."""
        return web.json_response(self._engine.hello())

    async def lease(self, request: web.Request) -> web.Response:
        """Hear that Home Assistant is there for at least `ttl_s` seconds."""
        fields = Fields(await answers.body(request))
        ttl_s = fields.integer("ttl_s", 1, 86_400)
        fields.done()
        self._engine.lease.renew(ttl_s)
        return web.json_response({})

    async def stop(self, request: web.Request) -> web.Response:
        """End, and say to the archive why."""
        fields = Fields(await answers.body(request))
        cause = fields.choice("cause", STOP_CAUSES)
        fields.done()
        asyncio.get_running_loop().call_later(0.02, self._engine.request_stop, cause)
        return web.json_response({})

    async def config(self, request: web.Request) -> web.Response:
        """Take the whole desired state."""
        return web.json_response(await self._engine.configure(await answers.body(request)))

    async def status(self, _request: web.Request) -> web.Response:
        """Say how everything is."""
        return web.json_response(await self._engine.status())

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Tell what happens, one JSON object per line, for as long as somebody listens."""
        after = answers.number(request, "after", 0)
        response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
        await response.prepare(request)
        async for event in self._engine.events.follow(max(0, after), BEAT_S):
            line: dict[str, object] = {"kind": "beat"}
            if event is not None:
                line = {
                    "n": event.n,
                    "t_us": event.t_us,
                    "kind": event.kind,
                    "camera": event.camera,
                    "data": dict(event.data),
                }
            await response.write(json.dumps(line).encode() + b"\n")
        return response

    async def probe(self, request: web.Request) -> web.Response:
        """Look at a stream."""
        fields = Fields(await answers.body(request))
        wanted = source(fields.inner("source"))
        fields.done()
        return web.json_response(await self._engine.probe(wanted, _PROBE_S))
