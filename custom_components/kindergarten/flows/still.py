"""Shows the picture of a camera that is about to be added: a form cannot hold one itself."""

from datetime import timedelta
from http import HTTPStatus
import secrets

from aiohttp import web
from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.http import KEY_HASS, HomeAssistantView
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN

URL = f"/api/{DOMAIN}/flow_still/{{still_id}}"
VALID_FOR = timedelta(minutes=30)

STILLS: HassKey[dict[str, bytes]] = HassKey(f"{DOMAIN}_flow_stills")


class FlowStillView(HomeAssistantView):
    """Gives out the pictures of flows in progress.

    The id is random, known only to the flow's form and forgotten with the flow; the form carries
    a signed path, so that an `img` element can load it.
    """

    url = URL
    name = f"api:{DOMAIN}:flow_still"

    async def get(self, request: web.Request, still_id: str) -> web.Response:
        """Return the JPEG."""
        if (still := request.app[KEY_HASS].data.get(STILLS, {}).get(still_id)) is None:
            return web.Response(status=HTTPStatus.NOT_FOUND)
        return web.Response(
            body=still, content_type="image/jpeg", headers={"Cache-Control": "no-store, private"}
        )


@callback
def async_keep_still(hass: HomeAssistant, still: bytes) -> str:
    """Keep a JPEG until it is dropped, and return its id."""
    if STILLS not in hass.data:
        hass.data[STILLS] = {}
        hass.http.register_view(FlowStillView)
    still_id = secrets.token_urlsafe(24)
    hass.data[STILLS][still_id] = still
    return still_id


@callback
def async_drop_still(hass: HomeAssistant, still_id: str) -> None:
    """Forget a JPEG."""
    hass.data[STILLS].pop(still_id, None)


@callback
def async_still_url(hass: HomeAssistant, still_id: str) -> str:
    """Return a signed path to a JPEG that was kept."""
    return async_sign_path(hass, URL.format(still_id=still_id), VALID_FOR)
