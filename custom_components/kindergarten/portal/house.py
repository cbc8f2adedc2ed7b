"""What Home Assistant knows of the rooms, in the words of `access.py`; whatever is not known is closed."""

from collections.abc import Mapping
from datetime import datetime, time
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import STATE_ON
from homeassistant.core import HomeAssistant

from ..archive.protocol import Clock
from ..const import (
    CONF_CAMERA_ID,
    CONF_DAYS,
    CONF_FROM,
    CONF_KIND,
    CONF_OPENING,
    CONF_PARENTS_SCHEDULE,
    CONF_QUIET,
    CONF_ROOM,
    CONF_SHOWN,
    CONF_SUB_PATH,
    CONF_TO,
    SUBENTRY_CAMERA,
    SUBENTRY_ROOM,
    WEEKDAYS,
)
from ..engine.legal import Profile
from ..judgement import profile_of
from .access import House, Opening, Room, Span


def house_of(
    hass: HomeAssistant, entry: ConfigEntry[Any], *, enabled: bool, text_version: int, clock: Clock | None
) -> House:
    """Return the house as it is now."""
    profile = profile_of(entry)
    cameras = list(entry.get_subentries_of_type(SUBENTRY_CAMERA))
    rooms = {
        room.subentry_id: _room(hass, room, profile, cameras)
        for room in entry.get_subentries_of_type(SUBENTRY_ROOM)
    }
    return House(
        enabled=enabled,
        consent_rule=profile.duties.consent.value,
        text_version=text_version,
        clock_trusted=clock is None or clock.trust > 0,
        rooms=MappingProxyType(rooms),
    )


def schedules_of(entry: ConfigEntry[Any]) -> list[str]:
    """Return the entities whose states open and close rooms."""
    rooms = entry.get_subentries_of_type(SUBENTRY_ROOM)
    return sorted({entity for room in rooms if (entity := room.data.get(CONF_PARENTS_SCHEDULE))})


def _room(hass: HomeAssistant, room: ConfigSubentry, profile: Profile, cameras: list[ConfigSubentry]) -> Room:
    data = room.data
    rule = profile.room_kinds.get(data[CONF_KIND])
    # With several cameras the first one that has a small stream: parents never get the large one.
    here = [camera.data for camera in cameras if camera.data.get(CONF_ROOM) == room.subentry_id]
    camera = next((each for each in here if each.get(CONF_SUB_PATH)), here[0] if here else {})
    schedule, schedule_next = _schedule(hass, data.get(CONF_PARENTS_SCHEDULE))
    return Room(
        id=room.subentry_id,
        name=room.title,
        kind=data[CONF_KIND],
        shown=data.get(CONF_SHOWN) is True,
        never_shown=rule is None or rule.value not in {"required", "allowed"},
        opening=_opening(data.get(CONF_OPENING)),
        quiet=tuple(map(_span, data.get(CONF_QUIET) or ())),
        schedule=schedule,
        schedule_next=schedule_next,
        camera=camera.get(CONF_CAMERA_ID),
        has_sub=bool(camera.get(CONF_SUB_PATH)),
    )


def _schedule(hass: HomeAssistant, entity_id: str | None) -> tuple[bool | None, datetime | None]:
    """Return whether the entity is surely on, and when it changes next; nothing without an entity."""
    if not entity_id:
        return None, None
    if (state := hass.states.get(entity_id)) is None:
        return False, None
    following = state.attributes.get("next_event")
    known = isinstance(following, datetime) and following.tzinfo is not None
    return state.state == STATE_ON, following if known and _is_known(state.state) else None


def _is_known(state: str) -> bool:
    return state in {"on", "off"}


def _opening(stored: Mapping[str, Any] | None) -> Opening | None:
    if not stored:
        return None
    days = frozenset(WEEKDAYS.index(day) for day in stored[CONF_DAYS] if day in WEEKDAYS)
    return Opening(days=days, span=_span(stored))


def _span(stored: Mapping[str, Any]) -> Span:
    return Span(start=time.fromisoformat(stored[CONF_FROM]), end=time.fromisoformat(stored[CONF_TO]))
