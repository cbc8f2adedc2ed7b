"""Every command that the panel may ask, by the files that answer."""

from typing import Final

from homeassistant.core import HomeAssistant, callback

from . import (
    websocket_alerts,
    websocket_cameras,
    websocket_check,
    websocket_consequences,
    websocket_door,
    websocket_footage,
    websocket_inspection,
    websocket_panel,
    websocket_paper,
    websocket_people,
    websocket_planner,
    websocket_portal,
    websocket_sights,
    websocket_today,
    websocket_watch,
)

_ALL: Final = (
    websocket_alerts,
    websocket_cameras,
    websocket_check,
    websocket_consequences,
    websocket_door,
    websocket_footage,
    websocket_inspection,
    websocket_panel,
    websocket_paper,
    websocket_people,
    websocket_planner,
    websocket_portal,
    websocket_sights,
    websocket_today,
    websocket_watch,
)


@callback
def async_register_commands(hass: HomeAssistant) -> None:
    """Register all of them; none can be taken away again."""
    for commands in _ALL:
        commands.async_register(hass)
