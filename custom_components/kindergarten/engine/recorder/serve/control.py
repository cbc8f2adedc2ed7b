"""The control API: what Home Assistant's side asks of the engine, on a unix socket."""

import asyncio
import json
import logging
from typing import TYPE_CHECKING

from aiohttp import web

from ...config import source
from ...fields import Fields
from . import answers

if TYPE_CHECKING:
    from ...engine import Engine

BEAT_S = 15.0
STOP_CAUSES = ("upgrade", "host_restart", "removed", "user")
JOBS = ("rebuild", "recheck")
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
            web.post("/v1/jobs", self.start_job),
            web.get("/v1/jobs/{job:[0-9a-f]{1,32}}", self.job),
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

    async def start_job(self, request: web.Request) -> web.Response:
        """Begin a long task."""
        fields = Fields(await answers.body(request))
        kind = fields.choice("kind", JOBS)
        fields.done()
        job_id = await self._engine.ask(self._engine.store.start_job, kind)
        return web.json_response({"id": job_id}, status=202)

    async def job(self, request: web.Request) -> web.Response:
        """Say how a long task is."""
        job_id = request.match_info["job"]
        found = dict(await self._engine.ask(self._engine.store.job, job_id))
        done, total = found.get("done"), found.get("total")
        share = done / total if isinstance(done, int) and isinstance(total, int) and total else None
        state = {name: found.get(name) for name in ("kind", "state", "detail")}
        return web.json_response({"id": job_id, **state, "done": share})
