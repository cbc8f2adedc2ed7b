"""The one door of the portal: whatever is not meant for it gets Home Assistant's own 404."""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
import json
from typing import Final, override

from aiohttp import hdrs, web
from homeassistant.core import HomeAssistant
from homeassistant.helpers.http import KEY_HASS, HomeAssistantView
from homeassistant.helpers.network import is_cloud_connection

from ..const import DOMAIN
from ..engine.people.errors import PeopleError
from ..engine.people.records import Credentials, Device
from .answers import Refusal, dress, nothing_here, refused
from .entry_views import ENTRY_ROUTES
from .live_views import LIVE_ROUTES, WATCHING
from .me_views import ME_ROUTES
from .outside import CHECK_ROUTES
from .portal import Portal
from .requests import REQUEST_ROUTES
from .routes import PREFIX, PortalRequest, Route, find_route
from .sessions import TOKEN_HEADER, is_token, read_cookie

ROUTES: Final = (*ENTRY_ROUTES, *ME_ROUTES, *LIVE_ROUTES, *REQUEST_ROUTES, *CHECK_ROUTES)
"""Every address of the portal."""

BODY_BYTES: Final = 4096
BODY_S: Final = 5.0


class PortalView(HomeAssistantView):
    """Every address below the prefix, every method; what it does not know does not exist."""

    url = PREFIX + "{tail:.*}"
    name = "api:kindergarten:portal"
    # Parents have no account of Home Assistant: the portal's own cookie is weighed on every request.
    requires_auth = False

    @override
    def register(self, hass: HomeAssistant, app: web.Application, router: web.UrlDispatcher) -> None:
        """Take all methods at once, and no CORS: either would tell a stranger that we are here.

        With a route per method an unknown one is answered 405 and OPTIONS by the handlers of CORS;
        an address that Home Assistant does not know answers 404 to all of them.
        """
        router.add_route(hdrs.METH_ANY, self.url, self._any)

    async def _any(self, request: web.Request) -> web.StreamResponse:
        """Answer whatever is granted, and nothing else."""
        hass = request.app[KEY_HASS]
        if hass.is_stopping or (portal := _open_portal(hass)) is None:
            raise nothing_here()
        if not _is_ours(hass, request, portal):
            raise nothing_here()
        path, _, query = request.raw_path.partition("?")
        found = find_route(ROUTES, request.method, path.removeprefix(PREFIX))
        # Other people's apps hang their own words on a link, so the page itself lets them pass.
        if found is None or (query and path != f"{PREFIX}/"):
            raise nothing_here()
        response = await _answer(request, portal, *found)
        if not response.prepared:
            dress(response)
            # At once: Home Assistant would put its own, weaker frame options over ours.
            await response.prepare(request)
        return response


async def _answer(
    request: web.Request, portal: Portal, route: Route, match: Mapping[str, str]
) -> web.StreamResponse:
    now = portal.now()
    credentials = read_cookie(request, portal.own_host)
    device = portal.device(credentials, now) if credentials else None
    if route.session and device is None:
        if credentials is not None and portal.snapshot.locked:
            # Nobody can be known yet; a page that hears 404 would take its phone for a forgotten one.
            return refused(_later())
        raise nothing_here()
    if route.changes and not _may_change(request, portal, credentials if route.session else None):
        raise nothing_here()
    try:
        if device is not None and route.session:
            _count(portal, route, device)
        body = await _body(request) if route.changes else {}
        if route.changes:
            # The body took its time: who may ask is decided for the moment at which all of it is here.
            now = portal.now()
            device = portal.device(credentials, now) if credentials else None
            if route.session and device is None:
                raise nothing_here()
        asked = PortalRequest(
            request=request,
            portal=portal,
            match=match,
            device=device,
            guardian=portal.guardian(device) if device else None,
            body=body,
            now=now,
        )
        return await route.handler(asked)
    except Refusal as refusal:
        return refused(refusal)
    except PeopleError:
        # Nobody's fault who asks: the people's file cannot be written or read just now.
        return refused(_later())


def _later() -> Refusal:
    return Refusal("try_again", HTTPStatus.SERVICE_UNAVAILABLE, wait_s=10)


def _count(portal: Portal, route: Route, device: Device) -> None:
    """Let a phone do something more, and remember that it is in use; looking alone changes nothing."""
    if route.changes:
        portal.limits.change(device.guardian_id)
        portal.async_touch(device)
    elif route.pattern.startswith(WATCHING):
        portal.limits.look(device.id)
    else:
        portal.limits.question(device.guardian_id)


def _open_portal(hass: HomeAssistant) -> Portal | None:
    entry = next(iter(hass.config_entries.async_loaded_entries(DOMAIN)), None)
    portal: Portal | None = getattr(entry and entry.runtime_data, "portal", None)
    return portal if portal is not None and portal.origin is not None else None


def _is_ours(hass: HomeAssistant, request: web.Request, portal: Portal) -> bool:
    """Tell whether the browser asked the portal's own origin, as Home Assistant resolved it."""
    scheme = "https" if is_cloud_connection(hass) else request.scheme
    return (
        portal.origin is not None
        and request.raw_path.startswith(PREFIX)
        and portal.origin.is_at(scheme, request.host)
    )


def _may_change(request: web.Request, portal: Portal, credentials: Credentials | None) -> bool:
    headers = request.headers
    return (
        portal.origin is not None
        and headers.getall(hdrs.ORIGIN, []) == [portal.origin.text]
        and headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
        and headers.get(hdrs.CONTENT_TYPE, "").partition(";")[0].strip().lower() == "application/json"
        and hdrs.CONTENT_ENCODING not in headers
        and (credentials is None or is_token(credentials, headers.get(TOKEN_HEADER, "")))
    )


async def _body(request: web.Request) -> Mapping[str, object]:
    """Return the JSON object that was sent; a large, slow or other one is refused."""
    if (request.content_length or 0) > BODY_BYTES:
        raise Refusal("too_big", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    read = bytearray()
    try:
        async with asyncio.timeout(BODY_S):
            async for piece in request.content.iter_any():
                read += piece
                if len(read) > BODY_BYTES:
                    raise Refusal("too_big", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    except TimeoutError:
        raise Refusal("too_slow", HTTPStatus.REQUEST_TIMEOUT) from None
    try:
        content = json.loads(read or b"{}")
    except ValueError, RecursionError:
        content = None
    if not isinstance(content, dict):
        raise Refusal("bad_request", HTTPStatus.BAD_REQUEST)
    return content
