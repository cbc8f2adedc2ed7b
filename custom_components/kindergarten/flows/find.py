"""Steps of the camera flow that find cameras: by a device's address, or on a Frigate server."""

import asyncio
from collections.abc import Mapping
import logging
from typing import Any

from homeassistant.config_entries import (
    ConfigEntryState,
    ConfigSubentry,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_HOST, CONF_NAME, CONF_PASSWORD, CONF_PORT, CONF_USERNAME
from homeassistant.core import callback
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import probatio

from ..archive.protocol import Archive, FoundDevice, WantedDevice
from ..const import CONF_KIND, CONF_ROOM
from ..engine.legal import ROOM_KINDS
from ..frigate import servers_of
from . import camera_form as form, words
from .candidates import (
    Candidate,
    gallery,
    likely_room,
    new_camera,
    options,
    profile_kinds,
    read_rooms,
    room_selector,
)
from .finding import async_find, async_look, async_served, candidates_of, notes_of, read_wanted, title_of
from .names import FieldError
from .probe import figures
from .room import new_room
from .still import async_drop_still, async_keep_still, async_still_url

_LOGGER = logging.getLogger(__name__)

CONF_CAMERAS = "cameras"
LEAST_S = 1.0
"""A look takes at least so long: the browser misses the end of one that is over before it listens."""
_FOUND = 0.1
"""The part of the progress that finding the streams is; looking at them is the rest."""

FIND_SCHEMA = probatio.Schema(
    {
        key: form.RTSP_FIELDS[key]
        for key in form.RTSP_FIELDS
        if key in (CONF_HOST, CONF_PORT, CONF_USERNAME, CONF_PASSWORD)
    }
)


class FindSteps(ConfigSubentryFlow):
    """Asks for a device's address and login, shows what it has, and puts all of it into rooms at once."""

    def __init__(self) -> None:
        """Begin with nothing answered."""
        self._find_typed: dict[str, Any] | None = None
        self._find_error: FieldError | None = None
        self._wanted: WantedDevice | None = None
        self._device: FoundDevice | None = None
        self._finding: asyncio.Task[FoundDevice] | None = None
        self._candidates: list[Candidate] = []
        self._chosen: list[Candidate] = []
        self._rooms: dict[str, ConfigSubentry] = {}
        self._new_rooms: dict[str, str] = {}
        self._find_stills: list[str] = []

    @callback
    def _forget_found(self) -> None:
        """Forget pictures, and stop looking for more."""
        if self._finding is not None:
            self._finding.cancel()
        self._forget_pictures()

    def _archive(self) -> Archive:
        entry = self._get_entry()
        if entry.state is not ConfigEntryState.LOADED:
            raise FieldError("base", "engine_unavailable")
        archive: Archive = entry.runtime_data.archive
        return archive

    async def async_step_find(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for address and login of a camera or recorder."""
        if user_input is not None:
            self._find_typed = user_input
            try:
                self._wanted = read_wanted(user_input, self._get_entry())
            except FieldError as err:
                self._find_error = err
            else:
                return await self.async_step_finding()
        error, self._find_error = self._find_error, None
        return self.async_show_form(
            step_id="find",
            data_schema=self.add_suggested_values_to_schema(FIND_SCHEMA, self._find_typed),
            errors={error.field: error.code} if error else {},
        )

    async def async_step_finding(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Search while the owner waits."""
        if self._finding is None:
            self._finding = self.hass.async_create_task(self._async_search(), eager_start=False)
        if not self._finding.done():
            return self.async_show_progress(
                step_id="finding", progress_action="find", progress_task=self._finding
            )
        finding, self._finding = self._finding, None
        try:
            self._device = finding.result()
        except FieldError as err:
            self._find_error = err
        except Exception:
            _LOGGER.exception("Unexpected exception while looking for cameras")
            self._find_error = FieldError("base", "unknown")
        else:
            several = len(self._candidates) > 1 or any(each.added for each in self._candidates)
            return self.async_show_progress_done(next_step_id="channels" if several else "identified")
        return self.async_show_progress_done(next_step_id="find")

    async def _async_search(self) -> FoundDevice:
        """Find the streams and look at each; raises FieldError."""
        assert self._wanted is not None
        self._forget_pictures()
        await asyncio.sleep(LEAST_S)
        archive = self._archive()
        device = await async_find(archive, self._wanted)
        say = await words.async_words(self.hass)
        self._candidates = candidates_of(self._get_entry(), self._wanted, device, say)
        self.async_update_progress(_FOUND)
        await async_look(
            archive,
            self._candidates,
            lambda part: self.async_update_progress(_FOUND + (1 - _FOUND) * part),
        )
        for candidate in self._candidates:
            found = candidate.found
            streams = () if found is None else (found.main, *([found.sub] if found.sub else []))
            candidate.stills = [self._keep(each.still) for each in streams if each.still is not None]
        return device

    def _forget_pictures(self) -> None:
        for still_id in self._find_stills:
            async_drop_still(self.hass, still_id)
        self._find_stills = []

    def _keep(self, still: bytes) -> str:
        self._find_stills.append(async_keep_still(self.hass, still))
        return async_still_url(self.hass, self._find_stills[-1])

    async def async_step_identified(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Show a single camera, and ask for its name and room."""
        (candidate,) = self._candidates
        entry, error = self._get_entry(), None
        if user_input is not None:
            try:
                candidate.name = form.free_name(entry, user_input.get(CONF_NAME, ""))
                return await self._async_into_rooms({candidate.label: user_input[CONF_ROOM]}, [candidate])
            except FieldError as err:
                error = FieldError(
                    CONF_ROOM if err.field == "base" else err.field, err.code, **err.placeholders
                )
        schema = probatio.Schema(
            {probatio.Optional(CONF_NAME): form.NAME, probatio.Required(CONF_ROOM): room_selector(entry)}
        )
        shown = user_input or {CONF_NAME: candidate.name, CONF_ROOM: likely_room(entry, candidate)}
        return self.async_show_form(
            step_id="identified",
            data_schema=self.add_suggested_values_to_schema(
                schema, {key: value for key, value in shown.items() if value}
            ),
            errors={error.field: error.code} if error else {},
            description_placeholders=await self._async_about(candidate)
            | (error.placeholders if error else {}),
        )

    async def _async_about(self, candidate: Candidate) -> dict[str, str]:
        """Return what is told of a single camera."""
        assert self._device is not None
        say = await words.async_words(self.hass)
        known = figures(candidate.found) if candidate.found else dict.fromkeys(_FIGURES, "–")
        stills = "\n\n".join(f"![{words.plain(candidate.label)}]({url})" for url in candidate.stills)
        return {
            **{key: known[key] for key in _FIGURES},
            "device": words.plain(title_of(self._device, say)),
            "stills": stills or say("find_no_picture"),
            "path": words.plain(candidate.source["path"]),
            "sub_path": words.plain(candidate.source["sub_path"] or "–"),
            "notes": notes_of(self._device, say),
        }

    async def async_step_channels(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Show the cameras of a recorder, and ask which of them are to be recorded."""
        assert self._device is not None
        say = await words.async_words(self.hass)
        if all(each.added is not None for each in self._candidates):
            return self.async_abort(reason="all_added")
        error: str | None = None
        if user_input is not None:
            self._chosen = [each for each in self._candidates if each.key in user_input[CONF_CAMERAS]]
            if self._chosen:
                return await self.async_step_assign()
            error = "none_chosen"
        selector = SelectSelector(
            SelectSelectorConfig(
                options=options(self._candidates, say), multiple=True, mode=SelectSelectorMode.LIST
            )
        )
        ticked = [each.key for each in self._candidates if each.ticked]
        return self.async_show_form(
            step_id="channels",
            data_schema=self.add_suggested_values_to_schema(
                probatio.Schema({probatio.Required(CONF_CAMERAS, default=list): selector}),
                user_input or {CONF_CAMERAS: ticked},
            ),
            errors={CONF_CAMERAS: error} if error else {},
            description_placeholders={
                "device": words.plain(title_of(self._device, say)),
                "seen": str(sum(each.seen for each in self._candidates)),
                "all": str(len(self._candidates)),
                "pictures": gallery(self._candidates, say),
                "notes": notes_of(self._device, say),
            },
        )

    async def async_step_frigate(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Offer what Frigate servers have and no room has yet."""
        entry = self._get_entry()
        if not servers_of(entry):
            return self.async_abort(reason="frigate_first")
        error: str | None = None
        if user_input is not None:
            self._chosen = [each for each in self._candidates if each.key in user_input[CONF_CAMERAS]]
            if self._chosen:
                return await self.async_step_assign()
            error = "none_chosen"
        else:
            try:
                say = await words.async_words(self.hass)
                self._candidates = await async_served(self._archive(), entry, say)
            except FieldError as err:
                return self.async_abort(reason=err.code)
            if not self._candidates:
                return self.async_abort(reason="all_added")
        offered = [SelectOptionDict(value=each.key, label=each.label) for each in self._candidates]
        selector = SelectSelector(
            SelectSelectorConfig(options=offered, multiple=True, mode=SelectSelectorMode.LIST)
        )
        return self.async_show_form(
            step_id="frigate",
            data_schema=probatio.Schema({probatio.Required(CONF_CAMERAS, default=list): selector}),
            errors={CONF_CAMERAS: error} if error else {},
        )

    async def async_step_assign(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask which of the chosen cameras looks at which room."""
        entry, error = self._get_entry(), None
        if user_input is not None:
            try:
                return await self._async_into_rooms(user_input, self._chosen)
            except FieldError as err:
                error = err
        likely = {each.label: room for each in self._chosen if (room := likely_room(entry, each))}
        schema = probatio.Schema(
            {probatio.Required(each.label): room_selector(entry) for each in self._chosen}
        )
        return self.async_show_form(
            step_id="assign",
            data_schema=self.add_suggested_values_to_schema(schema, user_input or likely),
            errors={"base": error.code} if error else {},
            description_placeholders={
                "cameras": str(len(self._chosen)),
                **(error.placeholders if error else {}),
            },
        )

    async def _async_into_rooms(
        self, typed: Mapping[str, str], chosen: list[Candidate]
    ) -> SubentryFlowResult:
        """Go on with the rooms that were named; raises FieldError."""
        self._chosen = chosen
        self._rooms, self._new_rooms = read_rooms(self._get_entry(), typed)
        return await (self.async_step_new_rooms() if self._new_rooms else self._async_add())

    async def async_step_new_rooms(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask what the new rooms are for, and make them."""
        entry = self._get_entry()
        names = list(dict.fromkeys(self._new_rooms.values()))
        if user_input is not None:
            made = {name: new_room({CONF_NAME: name, CONF_KIND: user_input[name]}, entry) for name in names}
            for room in made.values():
                self.hass.config_entries.async_add_subentry(entry, room)
            self._rooms |= {label: made[name] for label, name in self._new_rooms.items()}
            return await self._async_add()
        kinds = SelectSelector(
            SelectSelectorConfig(
                options=profile_kinds(entry, ROOM_KINDS),
                mode=SelectSelectorMode.DROPDOWN,
                translation_key="room_kind",
            )
        )
        likely = {name: await words.async_likely_kind(self.hass, name) for name in names}
        return self.async_show_form(
            step_id="new_rooms",
            data_schema=self.add_suggested_values_to_schema(
                probatio.Schema({probatio.Required(name): kinds for name in names}),
                {name: kind for name, kind in likely.items() if kind in kinds.config["options"]},
            ),
            description_placeholders={"rooms": str(len(names))},
        )

    async def _async_add(self) -> SubentryFlowResult:
        """Add every chosen camera; the last one is what the flow itself adds."""
        entry = self._get_entry()
        *others, last = self._chosen
        for candidate in others:
            room = self._rooms[candidate.label]
            self.hass.config_entries.async_add_subentry(entry, new_camera(entry, candidate, room))
        camera = new_camera(entry, last, self._rooms[last.label])
        return self.async_create_entry(title=camera.title, data=dict(camera.data), unique_id=camera.unique_id)


_FIGURES = ("codec", "width", "height", "fps", "bitrate", "sub")
