"""Adds and changes a camera: looks at it before it is saved, and says what it saw."""

import asyncio
from collections.abc import Mapping
import logging
from typing import Any, override
from uuid import uuid4

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigSubentry,
    SubentryFlowResult,
)
from homeassistant.const import CONF_ENTITY_ID, CONF_NAME
from homeassistant.core import callback
import probatio

from ..const import (
    CONF_CAMERA_ID,
    CONF_FOUND,
    CONF_KIND,
    CONF_PROFILE,
    CONF_ROOM,
    CONF_SCHEME,
    CONF_SOUND,
    CONF_SOURCE,
    CONF_SUB_POLICY,
    CONF_WATCH_PICTURE,
    SOURCE_ENTITY,
    SOURCE_RTSP,
    SOURCE_SERVER,
    SUBENTRY_CAMERA,
)
from ..desired import ResolvedSource, rtsp_source
from ..engine.legal import ROOM_KINDS, Profile, profile
from . import camera_form as form, find, words
from .address import read_address, same_place
from .borrowed import async_borrow
from .names import FieldError, clean_name
from .probe import AWAY, Found, async_probe, figures, remarks
from .room import new_room, room_fields
from .still import async_drop_still, async_keep_still, async_still_url

_LOGGER = logging.getLogger(__name__)

_KEPT = (CONF_CAMERA_ID, CONF_SOUND, CONF_SUB_POLICY, CONF_WATCH_PICTURE)
"""What stays as it is when a camera is set up anew."""


class CameraSubentryFlow(find.FindSteps):
    """Asks where a camera is found and which room it looks at."""

    def __init__(self) -> None:
        """Begin with nothing answered."""
        super().__init__()
        self._source = SOURCE_RTSP
        self._typed: dict[str, Any] | None = None
        self._error: FieldError | None = None
        self._title = ""
        self._data: dict[str, Any] = {}
        self._streams = ResolvedSource(main_url="")
        self._probing: asyncio.Task[Found] | None = None
        self._found: Found | None = None
        self._still_id: str | None = None

    @callback
    @override
    def async_remove(self) -> None:
        """Forget the pictures."""
        self._forget_found()
        if self._still_id is not None:
            async_drop_still(self.hass, self._still_id)

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask what kind of source it is."""
        return self.async_show_menu(step_id="user", menu_options=["find", "entity", "frigate", "rtsp"])

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Show the camera as it is set up."""
        self._source = self._get_reconfigure_subentry().data[CONF_SOURCE]
        if self._source == SOURCE_SERVER:
            return await self.async_step_server()
        return await self._async_step_source()

    async def async_step_server(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for name and room of a camera that a server records: the rest is set there."""
        entry, camera = self._get_entry(), self._get_reconfigure_subentry()
        error: FieldError | None = None
        if user_input is not None:
            others = [
                other.title
                for other in entry.get_subentries_of_type(SUBENTRY_CAMERA)
                if other.subentry_id != camera.subentry_id
            ]
            try:
                title = clean_name(user_input[CONF_NAME], CONF_NAME, others)
                self._read_room(user_input[CONF_ROOM])
            except FieldError as err:
                error = err
            else:
                data = {**camera.data, CONF_ROOM: user_input[CONF_ROOM]}
                return self.async_update_and_abort(entry, camera, title=title, data=data)
        shown = {CONF_NAME: camera.title, CONF_ROOM: camera.data[CONF_ROOM]}
        return self.async_show_form(
            step_id="server",
            data_schema=self.add_suggested_values_to_schema(form.place_schema(entry), user_input or shown),
            errors={error.field: error.code} if error else {},
            description_placeholders=error.placeholders if error else {},
        )

    async def _async_step_source(self) -> SubentryFlowResult:
        return await (self.async_step_entity() if self._source == SOURCE_ENTITY else self.async_step_rtsp())

    async def async_step_rtsp(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the address."""
        self._source = SOURCE_RTSP
        return await self._async_ask(user_input)

    async def async_step_entity(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for a camera that Home Assistant has already."""
        self._source = SOURCE_ENTITY
        return await self._async_ask(user_input)

    async def _async_ask(self, user_input: dict[str, Any] | None) -> SubentryFlowResult:
        """Show the form of the source, or go on with what was typed into it."""
        if user_input is not None:
            self._typed = user_input
            try:
                await self._async_read(user_input)
            except FieldError as err:
                self._error = err
            else:
                return await self._async_go_on()
        error, self._error = self._error, None
        entry = self._get_entry()
        typed = self._typed or form.suggested(entry, self._source, self._current)
        schema = await form.async_schema(self.hass, entry, self._source)
        return self.async_show_form(
            step_id=self._source,
            data_schema=self.add_suggested_values_to_schema(schema, typed),
            errors={error.field: error.code} if error else {},
            description_placeholders=error.placeholders if error else {},
        )

    async def _async_read(self, user_input: Mapping[str, Any]) -> None:
        """Take over what was typed; raises FieldError."""
        entry = self._get_entry()
        others = [
            camera
            for camera in entry.get_subentries_of_type(SUBENTRY_CAMERA)
            if self._current is None or camera.subentry_id != self._current.subentry_id
        ]
        if self._source == SOURCE_ENTITY:
            entity_id = user_input[CONF_ENTITY_ID]
            self._streams = await async_borrow(self.hass, entity_id)
            source = {CONF_ENTITY_ID: entity_id}
            twins = [other for other in others if other.data.get(CONF_ENTITY_ID) == entity_id]
        else:
            scheme = {CONF_SCHEME: self._current.data[CONF_SCHEME]} if self._current else {}
            address = read_address({**scheme, **user_input})
            source = form.with_kept_password(address, entry, self._current)
            self._streams = rtsp_source(source)
            twins = [
                other
                for other in others
                if other.data[CONF_SOURCE] == SOURCE_RTSP and same_place(other.data, source)
            ]
        if twins:
            raise FieldError("base", "already_added", name=twins[0].title)
        self._title = clean_name(
            form.name_of(self.hass, user_input), CONF_NAME, [other.title for other in others]
        )
        self._read_room(user_input[CONF_ROOM])
        self._data = {CONF_ROOM: user_input[CONF_ROOM], CONF_SOURCE: self._source, **source}

    def _read_room(self, room_id: str) -> None:
        """Refuse a room that must not be filmed."""
        if room_id == form.NEW_ROOM:
            return
        if (room := self._get_entry().subentries.get(room_id)) is None:
            raise FieldError(CONF_ROOM, "room_gone")
        if self._profile.forbids(room.data[CONF_KIND]):
            raise FieldError(CONF_ROOM, "room_forbidden", room=room.title)

    async def _async_go_on(self) -> SubentryFlowResult:
        if self._data[CONF_ROOM] == form.NEW_ROOM:
            return await self.async_step_new_room()
        return await self.async_step_probe()

    async def async_step_new_room(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Make the room that the camera looks at."""
        error: FieldError | None = None
        if user_input is not None:
            try:
                room = self._new_room(user_input)
            except FieldError as err:
                error = err
            else:
                self._data[CONF_ROOM] = room.subentry_id
                self._typed = {**(self._typed or {}), CONF_ROOM: room.subentry_id}
                return await self.async_step_probe()
        kinds = [kind for kind in ROOM_KINDS if not self._profile.forbids(kind)]
        return self.async_show_form(
            step_id="new_room",
            data_schema=self.add_suggested_values_to_schema(probatio.Schema(room_fields(kinds)), user_input),
            errors={error.field: error.code} if error else {},
            description_placeholders=error.placeholders if error else {},
        )

    def _new_room(self, user_input: Mapping[str, Any]) -> ConfigSubentry:
        room = new_room(user_input, self._get_entry())
        if self._profile.forbids(room.data[CONF_KIND]):
            raise FieldError(CONF_KIND, "room_forbidden", room=room.title)
        self.hass.config_entries.async_add_subentry(self._get_entry(), room)
        return room

    async def async_step_probe(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Open the stream while the owner waits."""
        if self._probing is None:
            self._probing = self.hass.async_create_task(self._async_probe(), eager_start=False)
        if not self._probing.done():
            return self.async_show_progress(
                step_id="probe", progress_action="probe", progress_task=self._probing
            )
        probing, self._probing, self._found = self._probing, None, None
        try:
            self._found = probing.result()
        except FieldError as err:
            self._error = err
            away = err.field == "base" and err.code in AWAY
            return self.async_show_progress_done(next_step_id="away" if away else self._source)
        except Exception:
            _LOGGER.exception("Unexpected exception while looking at a camera")
            self._error = FieldError("base", "unknown")
            return self.async_show_progress_done(next_step_id=self._source)
        return self.async_show_progress_done(next_step_id="found")

    async def _async_probe(self) -> Found:
        await asyncio.sleep(find.LEAST_S)
        return await async_probe(self._archive(), self._streams)

    async def async_step_away(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Say that the camera does not answer, and offer to add it all the same."""
        say = await words.async_words(self.hass)
        problem = self._error.code if self._error else "unreachable"
        return self.async_show_menu(
            step_id="away",
            menu_options=["probe", "change", "save"],
            description_placeholders={
                "name": words.plain(self._title),
                "problem": say(f"away_{problem}"),
            },
        )

    async def async_step_found(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Show what the camera sends."""
        assert self._found is not None
        say = await words.async_words(self.hass)
        room = self._get_entry().subentries.get(self._data[CONF_ROOM])
        return self.async_show_menu(
            step_id="found",
            menu_options=["save", "change"],
            description_placeholders={
                **figures(self._found),
                "name": words.plain(self._title),
                "room": words.plain(room.title if room else "–"),
                "still": self._still(self._found.main.still),
                "notes": remarks(say, self._found, self._profile),
            },
        )

    def _still(self, still: bytes | None) -> str:
        """Return the picture as Markdown."""
        if still is None:
            return ""
        if self._still_id is not None:
            async_drop_still(self.hass, self._still_id)
        self._still_id = async_keep_still(self.hass, still)
        return f"![{words.plain(self._title)}]({async_still_url(self.hass, self._still_id)})"

    async def async_step_change(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Go back to the form."""
        self._error = None
        return await self._async_step_source()

    async def async_step_save(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Save the camera; recording begins by itself."""
        data = {**self._data, CONF_FOUND: self._found.stored() if self._found else None}
        if self._current is not None:
            kept = {key: self._current.data[key] for key in _KEPT if key in self._current.data}
            return self.async_update_and_abort(
                self._get_entry(), self._current, title=self._title, data={**kept, **data}
            )
        camera_id = uuid4().hex
        return self.async_create_entry(
            title=self._title,
            data={CONF_CAMERA_ID: camera_id, CONF_SOUND: False, CONF_SUB_POLICY: "demand", **data},
            unique_id=f"camera:{camera_id}",
        )

    @property
    def _current(self) -> ConfigSubentry | None:
        """The camera that is being changed, `None` for a new one."""
        return self._get_reconfigure_subentry() if self.source == SOURCE_RECONFIGURE else None

    @property
    def _profile(self) -> Profile:
        return profile(self._get_entry().data[CONF_PROFILE])
