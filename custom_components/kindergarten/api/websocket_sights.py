"""What cameras saw before and after their sight changed; for administrators alone."""

from base64 import b64encode
from dataclasses import asdict
from typing import Any

from homeassistant.core import HomeAssistant, callback
import probatio

from ..const import CONF_CAMERA_ID, SUBENTRY_CAMERA
from ..holds import asking
from .websocket_desk import ID, Command, Desk, Refused, register

_EVENT_ID = probatio.All(str, probatio.Match(r"^[0-9]{16}-[a-z_]{1,16}$"))


def _camera(desk: Desk, message: dict[str, Any]) -> str:
    """Return the id of one of our cameras; nothing else gets into an address."""
    cameras = {each.data[CONF_CAMERA_ID] for each in desk.entry.get_subentries_of_type(SUBENTRY_CAMERA)}
    if (camera_id := str(message["camera_id"])) not in cameras:
        raise Refused("bad_input", field="camera_id")
    return camera_id


async def _events(desk: Desk, message: dict[str, Any]) -> object:
    with asking():
        events = await desk.data.archive.sights(_camera(desk, message))
    return [asdict(event) for event in events]


async def _still(desk: Desk, message: dict[str, Any]) -> object:
    with asking():
        jpeg = await desk.data.archive.sight_still(
            _camera(desk, message), message["event_id"], message["which"]
        )
    return {"jpeg": b64encode(jpeg).decode()}


COMMANDS = {
    "sights": Command(fields={probatio.Required("camera_id"): ID}, answer=_events),
    "sight_still": Command(
        fields={
            probatio.Required("camera_id"): ID,
            probatio.Required("event_id"): _EVENT_ID,
            probatio.Required("which"): probatio.In(("before", "after")),
        },
        answer=_still,
    ),
}


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the commands."""
    register(hass, COMMANDS)
