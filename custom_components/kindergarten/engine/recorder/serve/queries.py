"""The routes that tell what the archive has."""

from dataclasses import asdict
from itertools import pairwise
from typing import TYPE_CHECKING

from aiohttp import web

from ...errors import RequestError
from ...status import known_cameras
from ..store.store import Store
from ..store.views import RecordingView
from . import answers

if TYPE_CHECKING:
    from ...engine import Engine

UID = "{uid:[0-9a-f]{32}}"
_MAX_STEPS = 20_000
_MAX_TZ_S = 50_400
_JOIN_US = 100_000
"""Files of one run follow each other without a break; their edges are rounded."""


class Queries:
    """What was recorded and what was not."""

    def __init__(self, engine: Engine) -> None:
        """Answer from an engine's store."""
        self._engine = engine

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.get("/v1/cameras", self.cameras),
            web.get(f"/v1/cameras/{UID}/timeline", self.timeline),
            web.get(f"/v1/cameras/{UID}/coverage", self.coverage),
            web.get(f"/v1/cameras/{UID}/days", self.days),
        ]

    async def _camera(self, request: web.Request) -> str:
        uid = request.match_info["uid"]
        await self._engine.known(uid)
        return uid

    async def cameras(self, _request: web.Request) -> web.Response:
        """List every camera with footage, and those that are recorded now."""
        cameras = await self._engine.ask(known_cameras, self._engine.store)
        return web.json_response([asdict(camera) for camera in cameras])

    async def timeline(self, request: web.Request) -> web.Response:
        """List recordings and gaps between two times."""
        uid = await self._camera(request)
        start, end = answers.span(request)
        found = await self._engine.ask(self._engine.store.timeline, uid, "main", start, end)
        held = await self._engine.ask(_held, self._engine.store, uid, start, end)
        return web.json_response(
            {
                "horizon_us": found.horizon_us,
                "recordings": joined(found.recordings),
                "gaps": [asdict(gap) for gap in found.gaps],
                "holds": [{"start_us": t0, "end_us": t1, "uid": hold} for t0, t1, hold in held],
            }
        )

    async def coverage(self, request: web.Request) -> web.Response:
        """Tell how much of each step between two times was recorded."""
        uid = await self._camera(request)
        start, end = answers.span(request)
        step_s = answers.number(request, "step", 3600)
        if step_s < 1 or (end - start) / 1e6 / step_s > _MAX_STEPS:
            raise RequestError("out_of_range", f"must make 1 to {_MAX_STEPS} steps", "step")
        found = await self._engine.ask(self._engine.store.coverage, uid, start, end, step_s)
        return web.json_response(asdict(found))

    async def days(self, request: web.Request) -> web.Response:
        """List the local days with footage."""
        uid = await self._camera(request)
        offset_s = answers.number(request, "tz_offset_s", 0, _MAX_TZ_S)
        found = await self._engine.ask(self._engine.store.days, uid, offset_s)
        return web.json_response([asdict(day) for day in found])


def _held(store: Store, uid: str, start: int, end: int) -> list[tuple[int, int, str]]:
    with store.evidence() as evidence:
        return evidence.holds.spans(uid, start, end)


def joined(recordings: list[RecordingView]) -> list[dict[str, object]]:
    """Return stretches without a break from files in time order."""
    if not recordings:
        return []
    groups = [[recordings[0]]]
    for before, recording in pairwise(recordings):
        if recording.run == before.run and recording.start_us - before.end_us <= _JOIN_US:
            groups[-1].append(recording)
        else:
            groups.append([recording])
    return [
        {
            "start_us": group[0].start_us,
            "end_us": group[-1].end_us,
            "run": group[0].run,
            "stream": group[0].stream,
        }
        for group in groups
    ]
