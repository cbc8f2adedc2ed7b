"""Adds and changes a room."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any
from uuid import uuid4

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigSubentry,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    AreaSelector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TimeSelector,
)
import probatio

from ..const import (
    CONF_AREA_ID,
    CONF_DAYS,
    CONF_FROM,
    CONF_KIND,
    CONF_OPENING,
    CONF_PARENTS_SCHEDULE,
    CONF_PROFILE,
    CONF_QUIET,
    CONF_RECORDING,
    CONF_ROOM,
    CONF_SHOWN,
    CONF_TO,
    RECORDING_ALWAYS,
    RECORDING_OPENING,
    SUBENTRY_CAMERA,
    SUBENTRY_ROOM,
    WEEKDAYS,
)
from ..engine.legal import ROOM_KINDS, profile
from .names import FieldError, clean_name
from .parents import CONF_PARENTS, ROOM_PARENTS, read_room_parents

USUAL_OPENING = MappingProxyType({CONF_DAYS: list(WEEKDAYS[:5]), CONF_FROM: "08:00:00", CONF_TO: "18:00:00"})


def room_fields(kinds: Sequence[str]) -> dict[probatio.Marker, Any]:
    """Return what is asked of every room, with these kinds to choose from."""
    return {
        probatio.Required(CONF_NAME): TextSelector(),
        probatio.Required(CONF_KIND): SelectSelector(
            SelectSelectorConfig(
                options=list(kinds), mode=SelectSelectorMode.DROPDOWN, translation_key="room_kind"
            )
        ),
        probatio.Optional(CONF_AREA_ID): AreaSelector(),
    }


_SPAN = {probatio.Optional(CONF_FROM): TimeSelector(), probatio.Optional(CONF_TO): TimeSelector()}

ROOM_SCHEMA = probatio.Schema(
    {
        **room_fields(ROOM_KINDS),
        probatio.Required(CONF_RECORDING, default=RECORDING_ALWAYS): SelectSelector(
            SelectSelectorConfig(
                options=[RECORDING_ALWAYS, RECORDING_OPENING],
                mode=SelectSelectorMode.LIST,
                translation_key=CONF_RECORDING,
            )
        ),
        probatio.Required(CONF_OPENING): section(
            probatio.Schema(
                {
                    probatio.Optional(CONF_DAYS, default=list): SelectSelector(
                        SelectSelectorConfig(
                            options=list(WEEKDAYS),
                            multiple=True,
                            mode=SelectSelectorMode.LIST,
                            translation_key="weekday",
                        )
                    ),
                    **_SPAN,
                }
            ),
            {"collapsed": False},
        ),
        probatio.Required(CONF_QUIET): section(probatio.Schema(_SPAN), {"collapsed": True}),
        probatio.Required(CONF_PARENTS, default=dict): ROOM_PARENTS,
    }
)


def rooms_of(entry: ConfigEntry) -> list[ConfigSubentry]:
    """Return the rooms by name."""
    return sorted(entry.get_subentries_of_type(SUBENTRY_ROOM), key=lambda room: room.title.casefold())


def allowed_rooms(entry: ConfigEntry) -> list[ConfigSubentry]:
    """Return the rooms that may have a camera, by name."""
    law = profile(entry.data[CONF_PROFILE])
    return [room for room in rooms_of(entry) if not law.forbids(room.data[CONF_KIND])]


def read_room(
    user_input: Mapping[str, Any], entry: ConfigEntry, itself: str | None = None
) -> tuple[str, dict[str, Any]]:
    """Return a room's name and data from a form.

    `itself` is the id of a room that is being changed. Raises FieldError.
    """
    others = [room.title for room in rooms_of(entry) if room.subentry_id != itself]
    name = clean_name(user_input[CONF_NAME], CONF_NAME, others)
    kind, law = user_input[CONF_KIND], profile(entry.data[CONF_PROFILE])
    if law.forbids(kind) and any(
        camera.data[CONF_ROOM] == itself for camera in entry.get_subentries_of_type(SUBENTRY_CAMERA)
    ):
        raise FieldError(CONF_KIND, "room_has_cameras")
    quiet = _span(user_input.get(CONF_QUIET, {}))
    opening = _opening(user_input.get(CONF_OPENING, {}))
    recording = user_input.get(CONF_RECORDING, RECORDING_ALWAYS)
    if recording == RECORDING_OPENING and opening is None:
        raise FieldError("base", "opening_missing")
    return name, {
        CONF_KIND: kind,
        CONF_AREA_ID: user_input.get(CONF_AREA_ID),
        CONF_RECORDING: recording,
        CONF_OPENING: opening,
        CONF_QUIET: [quiet] if quiet else [],
        **read_room_parents(user_input.get(CONF_PARENTS, {}), kind, law),
    }


def _opening(typed: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the opening hours, `None` for a room that is open all the time."""
    if not (span := _span(typed)):
        return None
    if not typed.get(CONF_DAYS):
        raise FieldError("base", "days_missing")
    return {CONF_DAYS: [day for day in WEEKDAYS if day in typed[CONF_DAYS]], **span}


def _span(typed: Mapping[str, Any]) -> dict[str, str] | None:
    """Return a time from and a time to, both HH:MM:SS in local time."""
    start, end = typed.get(CONF_FROM), typed.get(CONF_TO)
    if not start and not end:
        return None
    if not start or not end:
        raise FieldError("base", "hours_incomplete")
    if start >= end:
        raise FieldError("base", "hours_order")
    return {CONF_FROM: start, CONF_TO: end}


def new_room(user_input: Mapping[str, Any], entry: ConfigEntry) -> ConfigSubentry:
    """Return a room that is yet to be added to the entry; raises FieldError."""
    name, data = read_room(user_input, entry)
    return ConfigSubentry(
        data=MappingProxyType(data), subentry_type=SUBENTRY_ROOM, title=name, unique_id=f"room:{uuid4().hex}"
    )


class RoomSubentryFlow(ConfigSubentryFlow):
    """Asks what a room is called, what it is for, and when it is open."""

    async def async_step_room(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for everything about the room."""
        error: FieldError | None = None
        if user_input is not None:
            try:
                return self._async_save(user_input)
            except FieldError as err:
                error = err
        return self.async_show_form(
            step_id="room",
            data_schema=self.add_suggested_values_to_schema(ROOM_SCHEMA, user_input or self._suggested()),
            errors={error.field: error.code} if error else {},
            description_placeholders=error.placeholders if error else {},
        )

    async_step_user = async_step_room
    async_step_reconfigure = async_step_room

    def _async_save(self, user_input: dict[str, Any]) -> SubentryFlowResult:
        entry = self._get_entry()
        if self.source == SOURCE_RECONFIGURE:
            room = self._get_reconfigure_subentry()
            name, data = read_room(user_input, entry, room.subentry_id)
            return self.async_update_and_abort(entry, room, title=name, data=data)
        room = new_room(user_input, entry)
        return self.async_create_entry(title=room.title, data=room.data, unique_id=room.unique_id)

    def _suggested(self) -> dict[str, Any]:
        """Return the room as it is, for a new one the hours of the room added last."""
        if self.source == SOURCE_RECONFIGURE:
            room = self._get_reconfigure_subentry()
            stored = {key: value for key, value in room.data.items() if value}
            return {
                CONF_OPENING: {},
                **stored,
                CONF_NAME: room.title,
                CONF_QUIET: next(iter(room.data[CONF_QUIET]), {}),
                CONF_PARENTS: {
                    name: room.data[name]
                    for name in (CONF_SHOWN, CONF_PARENTS_SCHEDULE)
                    if room.data.get(name)
                },
            }
        last = next(reversed(list(self._get_entry().get_subentries_of_type(SUBENTRY_ROOM))), None)
        if last is None:
            return {CONF_OPENING: USUAL_OPENING, CONF_QUIET: {}}
        return {
            CONF_OPENING: last.data[CONF_OPENING] or {},
            CONF_QUIET: next(iter(last.data[CONF_QUIET]), {}),
        }
