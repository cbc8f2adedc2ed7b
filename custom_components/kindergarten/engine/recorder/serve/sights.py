"""What became of cameras' sight: stills before and after, and learning anew. For administrators."""

from typing import TYPE_CHECKING

from aiohttp import web

from ...errors import RequestError
from .queries import UID

if TYPE_CHECKING:
    from ...engine import Engine

_EVENT = "{event:[0-9]{16}-[a-z_]{1,16}}"


class SightRoutes:
    """Hands out what the lookout kept."""

    def __init__(self, engine: Engine) -> None:
        """Speak for an engine's lookout."""
        self._engine = engine

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.get(f"/v1/cameras/{UID}/sights", self.sights),
            web.get(f"/v1/cameras/{UID}/sights/{_EVENT}/{{which:before|after}}.jpg", self.still),
            web.post(f"/v1/cameras/{UID}/learn", self.learn),
        ]

    async def sights(self, request: web.Request) -> web.Response:
        """Return the events of which there are stills, the newest first."""
        return web.json_response({"events": await self._engine.lookout.events(request.match_info["uid"])})

    async def still(self, request: web.Request) -> web.Response:
        """Return a JPEG."""
        told = request.match_info
        found = await self._engine.lookout.picture(told["uid"], told["event"], told["which"])
        if found is None:
            raise RequestError("no_picture", "there is no such still")
        headers = {"Cache-Control": "no-store, private"}
        return web.Response(body=found, content_type="image/jpeg", headers=headers)

    async def learn(self, request: web.Request) -> web.Response:
        """Forget what a camera usually sees, and learn it anew."""
        await self._engine.lookout.learn_anew(request.match_info["uid"])
        return web.json_response({})
