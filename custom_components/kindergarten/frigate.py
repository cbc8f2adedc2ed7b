"""Cameras that a Frigate server records, as the owner entered them."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import CONF_PASSWORD, CONF_URL, CONF_USERNAME
from homeassistant.core import HomeAssistant
from homeassistant.util.network import is_ipv6_address

from .archive.protocol import DesiredKeeper, DesiredServer
from .const import (
    CONF_KEEPER_CAMERA,
    CONF_SERVER,
    CONF_SOURCE,
    CONF_SUB_PATH,
    SOURCE_SERVER,
    SUBENTRY_CAMERA,
    SUBENTRY_FRIGATE,
)

CONF_SERVER_ID: Final = "server_id"
CONF_TRUST: Final = "trust"
CONF_FINGERPRINT: Final = "fingerprint"
CONF_RTSP_PORT: Final = "rtsp_port"
RTSP_PORT: Final = 8554


def servers_of(entry: ConfigEntry[Any]) -> dict[str, ConfigSubentry]:
    """Return the servers by the id that the recorder knows them by."""
    return {each.data[CONF_SERVER_ID]: each for each in entry.get_subentries_of_type(SUBENTRY_FRIGATE)}


def async_follow_servers(entry: ConfigEntry[Any]) -> None:
    """Take cameras away with their server from now on; their history stays in the archive."""
    known = set(servers_of(entry))

    async def changed(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
        # A new server's cameras are there before it is, so only one that was known can be gone.
        gone = known - servers_of(entry).keys()
        known.difference_update(gone)
        known.update(servers_of(entry))
        for camera in entry.get_subentries_of_type(SUBENTRY_CAMERA):
            if camera.data[CONF_SOURCE] == SOURCE_SERVER and camera.data[CONF_SERVER] in gone:
                hass.config_entries.async_remove_subentry(entry, camera.subentry_id)

    entry.async_on_unload(entry.add_update_listener(changed))


def desired_server(data: Mapping[str, Any]) -> DesiredServer:
    """Return a server as the recorder hears of it."""
    return DesiredServer(
        uid=data[CONF_SERVER_ID],
        url=data[CONF_URL],
        user=data[CONF_USERNAME],
        secret=data[CONF_PASSWORD],
        trust=data[CONF_TRUST],
        fingerprint=data[CONF_FINGERPRINT],
    )


def keeper_of(data: Mapping[str, Any]) -> DesiredKeeper:
    """Return who keeps a camera's footage."""
    return DesiredKeeper(server=data[CONF_SERVER], camera=data[CONF_KEEPER_CAMERA])


def relay_url(server: Mapping[str, Any], camera: Mapping[str, Any]) -> str:
    """Return where a server gives out a camera's live picture."""
    host = urlsplit(server[CONF_URL]).hostname or ""
    shown = f"[{host}]" if is_ipv6_address(host) else host
    return f"rtsp://{shown}:{server[CONF_RTSP_PORT]}{camera[CONF_SUB_PATH]}"
