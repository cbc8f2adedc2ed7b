"""The page of cameras: rooms with and without, how each camera is, and what it sees; for administrators alone."""

from base64 import b64encode
from typing import Any, Final

from homeassistant.components.camera import DOMAIN as CAMERA
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
import probatio

from ..archive.protocol import CameraStatus
from ..binary_sensor import recording_problem
from ..const import CONF_CAMERA_ID, CONF_KIND, CONF_ROOM, DOMAIN, SUBENTRY_CAMERA, SUBENTRY_ROOM
from ..holds import asking
from ..judgement import profile_of
from ..snapshot import Snapshot
from .websocket_desk import ID, Command, Desk, Refused, register

type Told = dict[str, object]

STILL_HEIGHT: Final = 360
"""Cards are small: a picture of this height is 20 to 40 kB."""


async def _cameras(desk: Desk, message: dict[str, Any]) -> object:
    snapshot, law = desk.data.coordinator.data, profile_of(desk.entry)
    return {
        "entry_id": desk.entry.entry_id,
        "silent": snapshot.silent,
        "now_us": snapshot.status.now_us if snapshot.status else None,
        "rooms": [
            {
                "id": room.subentry_id,
                "name": room.title,
                "kind": room.data[CONF_KIND],
                "required": law.requires(room.data[CONF_KIND]),
                "forbidden": law.forbids(room.data[CONF_KIND]),
            }
            for room in desk.entry.get_subentries_of_type(SUBENTRY_ROOM)
        ],
        "cameras": [
            _camera(desk, snapshot, each) for each in desk.entry.get_subentries_of_type(SUBENTRY_CAMERA)
        ],
    }


def _camera(desk: Desk, snapshot: Snapshot, subentry: ConfigSubentry) -> Told:
    uid = subentry.data[CONF_CAMERA_ID]
    status, proof = snapshot.camera(uid), snapshot.evidence.of(uid)
    return {
        "uid": uid,
        "name": subentry.title,
        "room_id": subentry.data.get(CONF_ROOM) or None,
        "entity_id": er.async_get(desk.hass).async_get_entity_id(CAMERA, DOMAIN, f"{uid}_camera"),
        "trouble": recording_problem(desk.entry, snapshot, uid),
        "days_proven": proof.days_proven if proof else None,
        "refused": uid in snapshot.refused,
        **_facts(status, snapshot),
    }


def _facts(status: CameraStatus | None, snapshot: Snapshot) -> Told:
    if status is None or snapshot.silent:
        return {"state": "unknown", "newest_us": None, "sight": None, "video": None, "fps": None, "bps": None}
    video = status.video
    return {
        "state": status.state.value,
        "newest_us": status.newest_us,
        "sight": status.picture.sight if status.picture else None,
        "video": f"{video.width} × {video.height}" if video else None,
        "fps": status.fps,
        "bps": status.bitrate_bps,
    }


async def _still(desk: Desk, message: dict[str, Any]) -> object:
    """Return the newest picture as a small JPEG, and of when it is as far as is known."""
    cameras = {each.data[CONF_CAMERA_ID] for each in desk.entry.get_subentries_of_type(SUBENTRY_CAMERA)}
    if (uid := str(message["camera_id"])) not in cameras:
        raise Refused("bad_input", field="camera_id")
    with asking():
        jpeg = await desk.data.archive.still(uid, height=STILL_HEIGHT)
    return {"jpeg": b64encode(jpeg).decode()}


COMMANDS: Final = {
    "cameras": Command(fields={}, answer=_cameras),
    "camera/still": Command(fields={probatio.Required("camera_id"): ID}, answer=_still),
}


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the commands about cameras."""
    register(hass, COMMANDS)
