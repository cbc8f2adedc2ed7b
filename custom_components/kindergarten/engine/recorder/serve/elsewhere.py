"""The route that gives out files of footage that somebody else keeps; playlists come from `media.py`."""

from typing import TYPE_CHECKING

from aiohttp import web

from ...errors import EngineError, RequestError
from . import answers
from .queries import UID

if TYPE_CHECKING:
    from ...engine import Engine

_NO_STORE = {"Cache-Control": "no-store, private"}


class ElsewhereRoutes:
    """Passes on what a playlist of a server names."""

    def __init__(self, engine: Engine) -> None:
        """Ask an engine's servers."""
        self._engine = engine

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [web.get(f"/v1/cameras/{UID}/main/vod/{{name:[a-z0-9.-]{{1,80}}}}", self.part)]

    async def part(self, request: web.Request) -> web.StreamResponse:
        """Return a file of a stretch's playlist."""
        footage = self._engine.servers.footage(request.match_info["uid"])
        if footage is None:
            raise RequestError("not_found", "there is no such file")
        start, end = answers.span(request)
        async with footage.part(start, end, request.match_info["name"]) as (content_type, parts):
            response = web.StreamResponse(headers={**_NO_STORE, "Content-Type": content_type})
            response.enable_chunked_encoding()
            await response.prepare(request)
            try:
                async for part in parts:
                    await response.write(part)
            except EngineError:
                # The head is out: only a torn connection tells that this is not all.
                if request.transport is not None:
                    request.transport.abort()
                return response
            await response.write_eof()
            return response
