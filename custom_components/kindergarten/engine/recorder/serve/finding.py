"""The route that looks for the streams of a device, before it is desired."""

from dataclasses import asdict
import re
from typing import TYPE_CHECKING

from aiohttp import web

from ...fields import FieldError, Fields
from ...finding.found import Wanted
from ...finding.search import find
from . import answers

if TYPE_CHECKING:
    from ...engine import Engine

_HOST = re.compile(r"[\w.:%-]+")
_PATH = re.compile(r"(?:/[\x21-\x7e]*)?")


class FindRoutes:
    """Searches devices; nothing is remembered of them."""

    def __init__(self, engine: Engine) -> None:
        """Search with an engine's clock."""
        self._engine = engine

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [web.post("/v1/find", self.find)]

    async def find(self, request: web.Request) -> web.Response:
        """Tell which streams a device has."""
        fields = Fields(await answers.body(request))
        wanted = Wanted(
            host=_fitting(_HOST, fields, "host", 255),
            user=fields.text("user", 256, ""),
            secret=fields.text("secret", 1024, ""),
            port=fields.integer("port", 1, 65_535, 554),
            http_port=fields.integer("http_port", 1, 65_535, 80),
            https_port=fields.integer("https_port", 1, 65_535, 443),
            encrypted=fields.boolean("encrypted", False),
            path=_fitting(_PATH, fields, "path", 1000),
        )
        fields.done()
        return web.json_response(asdict(await find(self._engine.env, wanted)))


def _fitting(pattern: re.Pattern[str], fields: Fields, name: str, most: int) -> str:
    """Return a text that looks as it must."""
    text = fields.text(name, most)
    if not pattern.fullmatch(text):
        raise FieldError("bad_address", "cannot be part of an address", fields.path(name))
    return text
