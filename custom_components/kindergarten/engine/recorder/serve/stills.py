"""Still pictures: the newest key frame of a camera, or the last one before a time."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from ...errors import RequestError
from . import answers
from .queries import UID

if TYPE_CHECKING:
    from ...engine import Engine

_HEIGHTS = (16, 2160)
_CACHED = 64


@dataclass(frozen=True, kw_only=True, slots=True)
class _KeyFrame:
    """A picture that decodes by itself, and what tells it from all others."""

    name: str
    time_us: int
    init: bytes
    fragment: bytes


class StillRoutes:
    """Has key frames decoded, each once."""

    def __init__(self, engine: Engine) -> None:
        """Take pictures from an engine's cameras and store."""
        self._engine = engine
        self._pictures: OrderedDict[tuple[str, str, int], asyncio.Task[bytes]] = OrderedDict()

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [web.get(f"/v1/cameras/{UID}/still.jpg", self.still)]

    async def still(self, request: web.Request) -> web.Response:
        """Return a JPEG; `X-Time-Us` says of when it is."""
        uid = request.match_info["uid"]
        await self._engine.known(uid)
        height = answers.number(request, "height", 0)
        if height and not _HEIGHTS[0] <= height <= _HEIGHTS[1]:
            raise RequestError("out_of_range", f"must be {_HEIGHTS[0]} to {_HEIGHTS[1]}", "height")
        at = answers.number(request, "at") if "at" in request.query else None
        if (elsewhere := self._engine.servers.footage(uid)) is not None:
            picture = await elsewhere.still(at, height)
            time_us = self._engine.store.utc_us() if at is None else at
        else:
            frame = await self._engine.ask(self._frame, uid, at)
            picture, time_us = await self._decoded(uid, frame, height), frame.time_us
        headers = {"Cache-Control": "no-store, private", "X-Time-Us": str(time_us)}
        return web.Response(body=picture, content_type="image/jpeg", headers=headers)

    def _frame(self, uid: str, at: int | None) -> _KeyFrame:
        """Return a key frame: of the last seconds from RAM, else from the archive."""
        store = self._engine.store
        live = self._engine.fleet.newest_key(uid) if at is None else None
        if live is not None:
            name = f"{live.init.sha256} {live.run} {live.number}"
            return _KeyFrame(
                name=name,
                time_us=store.utc_us(live.rel_start_us),
                init=live.init.data,
                fragment=live.data,
            )
        found = store.key_frame_at(uid, "main", at)
        if found is None:
            raise RequestError("no_footage", "there is no picture of that time")
        return _KeyFrame(
            name=f"{found.recording}/{found.index}",
            time_us=found.time_us,
            init=found.init,
            fragment=found.fragment,
        )

    async def _decoded(self, uid: str, frame: _KeyFrame, height: int) -> bytes:
        """Return a key frame as JPEG; who asks for the same at once waits for the same answer."""
        key = (uid, frame.name, height)
        task = self._pictures.get(key)
        if task is None or (task.done() and (task.cancelled() or task.exception())):
            decoding = self._engine.decode.still(frame.init, frame.fragment, height or None)
            task = self._pictures[key] = asyncio.ensure_future(decoding)
            while len(self._pictures) > _CACHED:
                self._pictures.popitem(last=False)
        self._pictures.move_to_end(key)
        return await asyncio.shield(task)
