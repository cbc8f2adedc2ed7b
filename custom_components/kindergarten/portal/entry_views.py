"""What a browser without a session may ask: the page itself, its files, and the ways in."""

from typing import Final

from aiohttp import hdrs, web

from .answers import nothing_here
from .pages import ASSET_HEADERS, asset, shell
from .routes import PortalRequest, Route


async def _shell(request: PortalRequest) -> web.StreamResponse:
    body = shell(request.portal.entry.title)
    return web.Response(body=body, content_type="text/html", charset="utf-8")


async def _asset(request: PortalRequest) -> web.StreamResponse:
    match = request.match
    if (found := asset(f"{match['name']}.{match['hash']}.{match['ext']}")) is None:
        raise nothing_here()
    headers = {**ASSET_HEADERS, hdrs.CONTENT_TYPE: found.content_type, hdrs.VARY: hdrs.ACCEPT_ENCODING}
    if "gzip" not in request.request.headers.get(hdrs.ACCEPT_ENCODING, ""):
        return web.Response(body=found.body, headers=headers)
    return web.Response(body=found.packed, headers={**headers, hdrs.CONTENT_ENCODING: "gzip"})


ENTRY_ROUTES: Final = (
    Route(method="GET", pattern="/", handler=_shell, session=False, changes=False),
    Route(method="GET", pattern="/a/{name}.{hash}.{ext}", handler=_asset, session=False, changes=False),
)
