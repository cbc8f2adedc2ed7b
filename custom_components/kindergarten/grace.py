"""How long a trouble may last before it is an alarm: less where children are, more in an empty room."""

from datetime import datetime
from typing import Any, Final, Literal

from homeassistant.config_entries import ConfigEntry
from homeassistant.util import dt as dt_util

from .const import CONF_CAMERA_ID, CONF_ROOM, SUBENTRY_CAMERA
from .schedule import open_at

type Trouble = Literal["recording", "picture"]

CONF_GRACE_RECORDING: Final = "grace_recording_s"
CONF_GRACE_OUTSIDE: Final = "grace_outside_s"
CONF_GRACE_PICTURE: Final = "grace_picture_s"

USUAL_S: Final = {CONF_GRACE_RECORDING: 600, CONF_GRACE_PICTURE: 180, CONF_GRACE_OUTSIDE: 1800}
"""The options and what they are unless said otherwise, in seconds."""

LONGEST_S: Final = 86_400

_OPTION: Final[dict[Trouble, str]] = {"recording": CONF_GRACE_RECORDING, "picture": CONF_GRACE_PICTURE}


def grace_of(entry: ConfigEntry[Any], trouble: Trouble, camera_id: str, at: datetime | None = None) -> float:
    """Return for how many seconds a camera's trouble is no alarm yet at a time, now unless said.

    Outside the opening hours of the camera's room the longer grace holds, never a shorter one. A room
    without hours, and a camera without a room, are always open.
    """
    grace_s = seconds_of(entry, _OPTION[trouble])
    if _is_open(entry, camera_id, dt_util.as_local(at or dt_util.utcnow())):
        return grace_s
    return max(grace_s, seconds_of(entry, CONF_GRACE_OUTSIDE))


def seconds_of(entry: ConfigEntry[Any], option: str) -> float:
    """Return one of the options, in seconds."""
    return float(entry.options.get(option, USUAL_S[option]))


def _is_open(entry: ConfigEntry[Any], camera_id: str, local: datetime) -> bool:
    for camera in entry.get_subentries_of_type(SUBENTRY_CAMERA):
        if camera.data[CONF_CAMERA_ID] == camera_id:
            room = entry.subentries.get(camera.data.get(CONF_ROOM) or "")
            return room is None or open_at(room.data, local)
    return True
