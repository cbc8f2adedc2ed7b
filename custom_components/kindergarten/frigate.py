"""Cameras that a Frigate server records, as the owner entered them."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import CONF_PASSWORD, CONF_URL, CONF_USERNAME
from homeassistant.util.network import is_ipv6_address

from .archive.protocol import DesiredKeeper, DesiredServer
from .const import CONF_KEEPER_CAMERA, CONF_SERVER, CONF_SUB_PATH, SUBENTRY_FRIGATE

CONF_SERVER_ID: Final = "server_id"
CONF_TRUST: Final = "trust"
CONF_FINGERPRINT: Final = "fingerprint"
CONF_RTSP_PORT: Final = "rtsp_port"
RTSP_PORT: Final = 8554


def servers_of(entry: ConfigEntry[Any]) -> dict[str, ConfigSubentry]:
    """Return the servers by the id that the recorder knows them by."""
    return {each.data[CONF_SERVER_ID]: each for each in entry.get_subentries_of_type(SUBENTRY_FRIGATE)}


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
