"""The forms of a camera: their fields and what stands in them at first."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import (
    CONF_ENTITY_ID,
    CONF_HOST,
    CONF_NAME,
    CONF_PASSWORD,
    CONF_PATH,
    CONF_PORT,
    CONF_USERNAME,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import probatio

from ..const import (
    CONF_ROOM,
    CONF_SCHEME,
    CONF_SOURCE,
    CONF_SUB_PATH,
    SOURCE_ENTITY,
    SOURCE_RTSP,
    SUBENTRY_CAMERA,
)
from .address import DEFAULT_PORTS
from .borrowed import own_entities
from .names import FieldError, clean_name
from .room import allowed_rooms
from .words import async_words

NEW_ROOM = "new"
NAME = TextSelector()

RTSP_FIELDS: dict[probatio.Marker, Any] = {
    probatio.Required(CONF_HOST): TextSelector(),
    probatio.Required(CONF_PORT, default=DEFAULT_PORTS["rtsp"]): NumberSelector(
        NumberSelectorConfig(min=1, max=65535, step=1, mode=NumberSelectorMode.BOX)
    ),
    probatio.Optional(CONF_PATH, default=""): TextSelector(),
    probatio.Optional(CONF_USERNAME, default=""): TextSelector(
        TextSelectorConfig(type=TextSelectorType.TEXT, autocomplete="off")
    ),
    probatio.Optional(CONF_PASSWORD, default=""): TextSelector(
        TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="new-password")
    ),
    probatio.Optional(CONF_SUB_PATH, default=""): TextSelector(),
}

_COPIED = (CONF_PORT, CONF_PATH, CONF_USERNAME, CONF_SUB_PATH)


def place_schema(entry: ConfigEntry) -> probatio.Schema:
    """Return the form of a camera whose source is set elsewhere."""
    options = [SelectOptionDict(value=room.subentry_id, label=room.title) for room in allowed_rooms(entry)]
    rooms = SelectSelector(SelectSelectorConfig(options=options, mode=SelectSelectorMode.DROPDOWN))
    return probatio.Schema(
        {probatio.Required(CONF_NAME): TextSelector(), probatio.Required(CONF_ROOM): rooms}
    )


async def async_schema(hass: HomeAssistant, entry: ConfigEntry, source: str) -> probatio.Schema:
    """Return the form of a source, with the rooms that may have a camera."""
    say = await async_words(hass)
    options = [SelectOptionDict(value=room.subentry_id, label=room.title) for room in allowed_rooms(entry)]
    options.append(SelectOptionDict(value=NEW_ROOM, label=say("new_room")))
    room = {
        probatio.Required(CONF_ROOM): SelectSelector(
            SelectSelectorConfig(options=options, mode=SelectSelectorMode.DROPDOWN)
        )
    }
    if source == SOURCE_RTSP:
        return probatio.Schema({probatio.Required(CONF_NAME): TextSelector(), **room, **RTSP_FIELDS})
    entity = EntitySelector(EntitySelectorConfig(domain="camera", exclude_entities=own_entities(hass)))
    return probatio.Schema(
        {probatio.Required(CONF_ENTITY_ID): entity, probatio.Optional(CONF_NAME): TextSelector(), **room}
    )


def suggested(entry: ConfigEntry, source: str, current: ConfigSubentry | None) -> dict[str, Any]:
    """Return what stands in the form at first: the camera as it is, or what it may share with the last."""
    if current is not None:
        room = _room(entry, current.data[CONF_ROOM])
        return _shown(current.data) | {CONF_NAME: current.title, CONF_ROOM: room}
    last = last_camera(entry)
    if last is None:
        return {CONF_ROOM: _room(entry, None)}
    copied = {} if source == SOURCE_ENTITY else {key: last.data[key] for key in _COPIED}
    return _shown(copied) | {CONF_ROOM: _room(entry, last.data[CONF_ROOM])}


def _shown(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what may be sent to the browser: no password."""
    return {key: value for key, value in data.items() if value is not None and key != CONF_PASSWORD}


def _room(entry: ConfigEntry, room_id: str | None) -> str:
    """Return a room that may have a camera: this one, else the first."""
    rooms = [room.subentry_id for room in allowed_rooms(entry)]
    return room_id if room_id is not None and room_id in rooms else next(iter(rooms), NEW_ROOM)


def last_camera(entry: ConfigEntry) -> ConfigSubentry | None:
    """Return the RTSP camera that was added last."""
    cameras = entry.get_subentries_of_type(SUBENTRY_CAMERA)
    return next(
        (camera for camera in reversed(list(cameras)) if camera.data[CONF_SOURCE] == SOURCE_RTSP), None
    )


def with_kept_password(
    typed: dict[str, Any], entry: ConfigEntry, current: ConfigSubentry | None
) -> dict[str, Any]:
    """Return the address with the password filled in that an empty field stands for.

    That is the one of the camera that is being changed, else of the newest, but only of one at the same host
    with the same user name, and in clear only one that went in clear: a password goes nowhere but where it was
    typed for. Raises FieldError password_again.
    """
    if typed[CONF_PASSWORD] or not typed[CONF_USERNAME]:
        return typed
    cameras = reversed(list(entry.get_subentries_of_type(SUBENTRY_CAMERA)))
    for like in (*([current] if current else []), *cameras):
        same_host = like.data.get(CONF_HOST, "").casefold() == typed[CONF_HOST].casefold()
        no_weaker = like.data.get(CONF_SCHEME) != "rtsps" or typed[CONF_SCHEME] in ("rtsps", "https")
        if same_host and no_weaker and like.data.get(CONF_USERNAME) == typed[CONF_USERNAME]:
            return {**typed, CONF_PASSWORD: like.data.get(CONF_PASSWORD, "")}
    kept = current.data if current else {}
    if kept.get(CONF_PASSWORD) and kept.get(CONF_USERNAME) == typed[CONF_USERNAME]:
        raise FieldError(CONF_PASSWORD, "password_again")
    return typed


def free_name(entry: ConfigEntry, typed: str) -> str:
    """Return the name of a new camera, "" when none was typed; raises FieldError."""
    others = [camera.title for camera in entry.get_subentries_of_type(SUBENTRY_CAMERA)]
    return clean_name(typed, CONF_NAME, others) if typed.strip() else ""


def name_of(hass: HomeAssistant, user_input: Mapping[str, Any]) -> str:
    """Return the name that was typed, or that of the entity."""
    if name := user_input.get(CONF_NAME, ""):
        return str(name)
    state = hass.states.get(user_input.get(CONF_ENTITY_ID, ""))
    return state.name if state else ""
