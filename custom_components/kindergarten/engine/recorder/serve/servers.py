"""The routes that look at servers which record cameras themselves, before they are desired."""

from typing import TYPE_CHECKING

from aiohttp import web

from ...fields import Fields
from ...frigate.probe import certificate, probe
from ...kept import server_of
from . import answers

if TYPE_CHECKING:
    from ...engine import Engine


class ServerRoutes:
    """Looks at servers; nothing is remembered of them."""

    def __init__(self, engine: Engine) -> None:
        """Look with an engine's clock."""
        self._engine = engine

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.post("/v1/servers/probe", self.probe),
            web.post("/v1/servers/certificate", self.certificate),
            web.post("/v1/servers/{server:[0-9a-zA-Z]{1,64}}/lengthen", self.lengthen),
        ]

    async def probe(self, request: web.Request) -> web.Response:
        """Tell who answers and which cameras it has."""
        fields = Fields(await answers.body(request))
        server = server_of(fields.inner("server"))
        fields.done()
        return web.json_response(await probe(self._engine.env, server))

    async def lengthen(self, request: web.Request) -> web.Response:
        """Have a server keep footage for the minimum and a day; takes minutes and costs one of footage."""
        await self._engine.servers.lengthen(request.match_info["server"])
        return web.json_response({})

    async def certificate(self, request: web.Request) -> web.Response:
        """Tell the fingerprint of the certificate that is shown at an address."""
        fields = Fields(await answers.body(request))
        server = server_of(fields.inner("server"))
        fields.done()
        return web.json_response({"fingerprint": await certificate(server.url)})
