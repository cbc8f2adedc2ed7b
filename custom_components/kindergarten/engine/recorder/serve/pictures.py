"""Pictures for parents: the newest key frame, small, with some lines of text burned in."""

import asyncio
from typing import TYPE_CHECKING

from aiohttp import web

from ...errors import RequestError
from ...fields import Fields
from ..live import LiveFragment
from ..store.views import Stream
from . import answers
from .queries import UID

if TYPE_CHECKING:
    from ...engine import Engine

HEIGHTS = (120, 480)
QUALITIES = (20, 90)
_QUALITY = 60
_LINES, _LINE = 3, 40
_OPEN_S = 8.0
"""How long a sub stream that is closed may take to open."""
_STREAMS: tuple[Stream, ...] = ("sub", "main")


class PictureRoutes:
    """Has key frames decoded once and marked for each who asks."""

    def __init__(self, engine: Engine) -> None:
        """Take pictures from an engine's cameras."""
        self._engine = engine

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [web.post(f"/v1/cameras/{UID}/picture", self.picture)]

    async def picture(self, request: web.Request) -> web.Response:
        """Return a JPEG; `X-Time-Us` says of when it is. The lines are written nowhere else."""
        uid = request.match_info["uid"]
        await self._engine.known(uid)
        fields = Fields(await answers.body(request))
        stream = fields.choice("stream", _STREAMS)
        height = fields.integer("height", *HEIGHTS, HEIGHTS[1])
        quality = fields.integer("quality", *QUALITIES, _QUALITY)
        lines = [
            Fields({"lines": line}).text("lines", _LINE, least=1) for line in fields.items("lines", _LINES)
        ]
        fields.done()
        key = await self._newest(uid, stream)
        time_us = self._engine.store.utc_us(key.rel_start_us)
        jpeg = await self._engine.decode.marked(
            f"{uid} {stream}",
            f"{key.init.sha256} {key.run} {key.number}",
            key.init.data,
            key.data,
            height=height,
            quality=quality,
            lines=lines,
            time_us=time_us,
        )
        headers = {"Cache-Control": "no-store, private", "X-Time-Us": str(time_us)}
        return web.Response(body=jpeg, content_type="image/jpeg", headers=headers)

    async def _newest(self, uid: str, stream: Stream) -> LiveFragment:
        """Return the newest key frame; asking opens a stream that is closed."""
        fleet = self._engine.fleet
        live = fleet.sub(uid) if stream == "sub" else fleet.main(uid)
        if live is None:
            raise RequestError("no_sub" if stream == "sub" else "no_picture", "there is no such stream")
        key: LiveFragment | None = None
        try:
            async with live.watch() as viewer, asyncio.timeout(_OPEN_S):
                key = await anext(viewer, None)
        except TimeoutError:
            pass
        if key is None:
            raise RequestError("no_picture", "the camera shows nothing just now")
        return key
