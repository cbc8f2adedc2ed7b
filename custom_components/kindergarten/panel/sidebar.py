"""Puts the owner's pages into the sidebar, and hands out their files.

A browser loads the modules of a panel without a login, so there is nothing in them but code and
words; all that is worth protecting comes over the websocket, for administrators alone.
"""

from typing import Final

from aiohttp import hdrs, web
from homeassistant.components import frontend, panel_custom
from homeassistant.core import HomeAssistant

from ..api.unseen import UnseenView
from ..const import DOMAIN
from .files import FILES, HASH

ADDRESS: Final = f"/api/{DOMAIN}/panel"
ICON: Final = "mdi:teddy-bear"
OFFER: Final = f"{ADDRESS}/{HASH}/dashboard/offer.js"
"""Loaded by every page of Home Assistant, so that its dialog of new dashboards offers ours."""
TITLES: Final = {"en": "Kindergarten", "ru": "Детский сад"}
"""The sidebar shows one title to everybody: in the language of the house."""
_HEADERS: Final = {
    hdrs.CACHE_CONTROL: "public, max-age=31536000, immutable",
    hdrs.X_CONTENT_TYPE_OPTIONS: "nosniff",
    hdrs.VARY: hdrs.ACCEPT_ENCODING,
}


class PanelView(UnseenView):
    """The panel's files. They live below `/api/` because the frontend's service worker keeps the rest for a day."""

    url = f"{ADDRESS}/{{hash}}/{{name:.+}}"
    name = f"api:{DOMAIN}:panel"
    requires_auth = False

    async def get(self, request: web.Request, hash: str, name: str) -> web.Response:  # noqa: A002
        """Return a file of exactly this version, or what any unknown address gets."""
        file = FILES.get(name) if hash == HASH else None
        if file is None:
            raise web.HTTPNotFound
        headers = {**_HEADERS, hdrs.CONTENT_TYPE: file.content_type}
        if "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, ""):
            headers[hdrs.CONTENT_ENCODING] = "gzip"
            return web.Response(body=file.packed, headers=headers)
        return web.Response(body=file.body, headers=headers)


async def async_show(hass: HomeAssistant) -> None:
    """Show the panel to administrators and offer the dashboard; both stay while the kindergarten is reloaded."""
    if DOMAIN in hass.data.get(frontend.DATA_PANELS, {}):
        return
    await panel_custom.async_register_panel(
        hass,
        frontend_url_path=DOMAIN,
        webcomponent_name="kindergarten-panel",
        sidebar_title=TITLES.get(hass.config.language.partition("-")[0], TITLES["en"]),
        sidebar_icon=ICON,
        module_url=f"{ADDRESS}/{HASH}/app.js",
        require_admin=True,
    )
    frontend.add_extra_js_url(hass, OFFER)


def async_hide(hass: HomeAssistant) -> None:
    """Take the panel away, and the dashboard's offer."""
    frontend.async_remove_panel(hass, DOMAIN, warn_if_unknown=False)
    frontend.remove_extra_js_url(hass, OFFER)
