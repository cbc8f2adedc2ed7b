"""Sets up the kindergarten: its name, the law it lives under, and the home of its archive."""

from pathlib import Path
from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryFlow,
    FlowType,
    OptionsFlow,
    SubentryFlowContext,
)
from homeassistant.const import CONF_NAME
from homeassistant.core import callback
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
import probatio

from ..const import (
    CONF_ARCHIVE_ID,
    CONF_ARCHIVE_PATH,
    CONF_OLD_ARCHIVES,
    CONF_PROFILE,
    CONF_RETENTION_DAYS,
    DOMAIN,
    SUBENTRY_CAMERA,
    SUBENTRY_FRIGATE,
    SUBENTRY_ROOM,
)
from ..engine.legal import PROFILES, profile
from . import words
from .camera import CameraSubentryFlow
from .folder import FolderError, Trial, take_away
from .frigate import FrigateSubentryFlow
from .names import FieldError, clean_name
from .options import KindergartenOptionsFlow
from .places import Place, async_find_places, async_try_folder, surroundings_of
from .retention import RETENTION_FIELDS, above_maximum, checked_days, limits
from .room import RoomSubentryFlow

CONF_PLACE = "place"
CONF_PATH = "path"

PROFILE_FIELD: dict[probatio.Marker, Any] = {
    probatio.Required(CONF_PROFILE): SelectSelector(
        SelectSelectorConfig(
            options=list(PROFILES), mode=SelectSelectorMode.LIST, translation_key=CONF_PROFILE
        )
    )
}


class KindergartenConfigFlow(ConfigFlow, domain=DOMAIN):
    """Asks for everything that the one entry needs, and changes it later."""

    VERSION = 1
    MINOR_VERSION = 1

    def __init__(self) -> None:
        """Begin with nothing answered."""
        self._name = ""
        self._profile = profile("kz_2026")
        self._folder_input: dict[str, Any] = {}
        self._trial: Trial | None = None
        self._days = 0
        self._places: list[Place] | None = None
        self._made: list[str] = []

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> OptionsFlow:
        return KindergartenOptionsFlow()

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        return {
            SUBENTRY_ROOM: RoomSubentryFlow,
            SUBENTRY_CAMERA: CameraSubentryFlow,
            SUBENTRY_FRIGATE: FrigateSubentryFlow,
        }

    @callback
    @override
    def async_remove(self) -> None:
        """Take away the folders that were made for a trial and are not used."""
        if self._made:
            # A task and not a bare job, which Home Assistant would not wait for when it stops.
            self.hass.async_create_task(self._async_take_away(tuple(self._made)))

    async def _async_take_away(self, made: tuple[str, ...]) -> None:
        await self.hass.async_add_executor_job(take_away, made)

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the name and the legal profile."""
        await self.async_set_unique_id(DOMAIN)
        self._abort_if_unique_id_configured()
        error: FieldError | None = None
        if user_input is not None:
            try:
                self._name = clean_name(user_input[CONF_NAME], CONF_NAME)
            except FieldError as err:
                error = err
            else:
                self._profile = profile(user_input[CONF_PROFILE])
                return await self.async_step_folder()
        schema = probatio.Schema({probatio.Required(CONF_NAME): TextSelector(), **PROFILE_FIELD})
        typed = user_input or {CONF_NAME: self.hass.config.location_name, CONF_PROFILE: self._profile.key}
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(schema, typed),
            errors={error.field: error.code} if error else {},
            description_placeholders=error.placeholders if error else {},
        )

    async def async_step_folder(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the folder, and try it."""
        surroundings = surroundings_of(self.hass)
        error: FolderError | None = None
        if user_input is not None:
            self._folder_input = user_input
            text = user_input.get(CONF_PATH) or user_input.get(CONF_PLACE) or ""
            try:
                self._trial = await async_try_folder(
                    self.hass, text, surroundings, self._profile.minimum_days.value
                )
            except FolderError as err:
                error = err
            else:
                self._made += [folder for folder in self._trial.made if folder not in self._made]
                return await self._async_after_trial(self._trial)
        if self._places is None:
            self._places = await async_find_places(self.hass, surroundings)
        return self.async_show_form(
            step_id="folder",
            data_schema=self.add_suggested_values_to_schema(
                await self._async_folder_schema(self._places), self._suggested_folder(self._places)
            ),
            errors={CONF_PATH: error.code} if error else {},
            description_placeholders=error.placeholders if error else {},
        )

    async def _async_folder_schema(self, places: list[Place]) -> probatio.Schema:
        """Return the form with the places found on this machine, each with its days."""
        if not places:
            return probatio.Schema({probatio.Required(CONF_PATH): TextSelector()})
        say = await words.async_words(self.hass)
        options = [
            SelectOptionDict(
                value=place.path,
                label=say(
                    "place", path=place.path, free=words.size(place.free_bytes), days=words.days(place.days)
                ),
            )
            for place in places
        ]
        return probatio.Schema(
            {
                probatio.Optional(CONF_PLACE): SelectSelector(
                    SelectSelectorConfig(options=options, mode=SelectSelectorMode.LIST)
                ),
                probatio.Optional(CONF_PATH): TextSelector(),
            }
        )

    def _suggested_folder(self, places: list[Place]) -> dict[str, Any]:
        if self._folder_input or not places:
            return self._folder_input
        return {CONF_PLACE: places[0].path}

    async def _async_after_trial(self, trial: Trial) -> ConfigFlowResult:
        """Ask whatever has to be decided about a folder that works."""
        if (
            self.source == SOURCE_RECONFIGURE
            and trial.path == self._get_reconfigure_entry().data[CONF_ARCHIVE_PATH]
        ):
            return self.async_abort(reason="same_folder")
        if trial.archive_id:
            return self.async_show_menu(
                step_id="adopt",
                menu_options=["adopt_archive", "folder"],
                description_placeholders={"path": words.plain(trial.path)},
            )
        return await self._async_show_notes(trial)

    async def async_step_adopt(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask again whether the archive in the folder is to be carried on."""
        assert self._trial is not None
        return await self._async_after_trial(self._trial)

    async def async_step_adopt_archive(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Carry on the archive that lies in the folder."""
        assert self._trial is not None
        return await self._async_show_notes(self._trial)

    async def _async_show_notes(self, trial: Trial) -> ConfigFlowResult:
        """Tell what is to be known about the folder, if there is anything."""
        if not trial.notes:
            return await self.async_step_accept_folder()
        say = await words.async_words(self.hass)
        minimum = str(self._profile.minimum_days.value)
        notes = [say(f"note_{note.code}", value=note.value, minimum=minimum) for note in trial.notes]
        return self.async_show_menu(
            step_id="folder_notes",
            menu_options=["accept_folder", "folder"],
            description_placeholders={
                "path": words.plain(trial.path),
                "notes": "\n".join(f"- {note}" for note in notes),
            },
        )

    async def async_step_folder_notes(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Tell it again."""
        assert self._trial is not None
        return await self._async_show_notes(self._trial)

    async def async_step_accept_folder(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Go on with the folder."""
        assert self._trial is not None
        if self.source != SOURCE_RECONFIGURE:
            return await self.async_step_retention()
        return self.async_show_menu(
            step_id="move",
            menu_options=["move_archive", "folder"],
            description_placeholders={
                "old": words.plain(self._get_reconfigure_entry().data[CONF_ARCHIVE_PATH]),
                "new": words.plain(self._trial.path),
            },
        )

    async def async_step_move(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask again whether the archive moves."""
        return await self.async_step_accept_folder()

    async def async_step_move_archive(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Record into the other folder from now on; the one before is read until it is empty."""
        assert self._trial is not None
        self._keep_folder(self._trial)
        entry = self._get_reconfigure_entry()
        before = {name: entry.data.get(name) for name in (CONF_ARCHIVE_PATH, CONF_ARCHIVE_ID)}
        old = [before, *entry.data.get(CONF_OLD_ARCHIVES, ())]
        return self.async_update_and_abort(
            entry,
            data_updates={
                CONF_ARCHIVE_PATH: self._trial.path,
                CONF_ARCHIVE_ID: self._trial.archive_id,
                CONF_OLD_ARCHIVES: [
                    volume for volume in old if volume[CONF_ARCHIVE_PATH] != self._trial.path
                ],
            },
        )

    async def async_step_retention(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for how long footage is kept."""
        error: FieldError | None = None
        if user_input is not None:
            try:
                self._days = checked_days(user_input, self._profile)
            except FieldError as err:
                error = err
            else:
                if above_maximum(self._days, self._profile):
                    return await self.async_step_long_retention()
                return await self.async_step_finish()
        suggested = user_input or {CONF_RETENTION_DAYS: self._days or self._profile.suggested_days.value}
        return self.async_show_form(
            step_id="retention",
            data_schema=self.add_suggested_values_to_schema(probatio.Schema(RETENTION_FIELDS), suggested),
            errors={error.field: error.code} if error else {},
            description_placeholders=limits(self._profile),
        )

    async def async_step_long_retention(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Warn of keeping footage for longer than the profile likes."""
        return self.async_show_menu(
            step_id="long_retention",
            menu_options=["finish", "retention"],
            description_placeholders=limits(self._profile) | {"days": str(self._days)},
        )

    async def async_step_finish(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Make the entry, or change it for another profile."""
        options = {CONF_RETENTION_DAYS: self._days}
        if self.source == SOURCE_RECONFIGURE:
            entry = self._get_reconfigure_entry()
            return self.async_update_and_abort(
                entry,
                data_updates={CONF_PROFILE: self._profile.key},
                options={**entry.options, **options},
            )
        assert self._trial is not None
        self._keep_folder(self._trial)
        return self.async_create_entry(
            title=self._name,
            data={
                CONF_PROFILE: self._profile.key,
                CONF_ARCHIVE_PATH: self._trial.path,
                CONF_ARCHIVE_ID: self._trial.archive_id,
            },
            options=options,
        )

    def _keep_folder(self, trial: Trial) -> None:
        """Use a folder: of what was made, only those of other trials may go."""
        chosen = Path(trial.path)
        self._made = [folder for folder in self._made if not chosen.is_relative_to(folder)]

    @override
    async def async_on_create_entry(self, result: ConfigFlowResult) -> ConfigFlowResult:
        """Go straight on to the first camera."""
        camera = await self.hass.config_entries.subentries.async_init(
            (result["result"].entry_id, SUBENTRY_CAMERA),
            context=SubentryFlowContext(source=SOURCE_USER),
        )
        result["next_flow"] = (FlowType.CONFIG_SUBENTRIES_FLOW, camera["flow_id"])
        return result

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask what is to be changed."""
        entry = self._get_reconfigure_entry()
        self._profile = profile(entry.data[CONF_PROFILE])
        self._days = entry.options[CONF_RETENTION_DAYS]
        return self.async_show_menu(
            step_id="reconfigure",
            menu_options=["folder", "profile"],
            description_placeholders={"path": words.plain(entry.data[CONF_ARCHIVE_PATH])},
        )

    async def async_step_profile(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for another legal profile, and for the days when the present ones do not suit it."""
        if user_input is not None:
            self._profile = profile(user_input[CONF_PROFILE])
            if self._days < self._profile.minimum_days.value or above_maximum(self._days, self._profile):
                self._days = self._profile.suggested_days.value
                return await self.async_step_retention()
            return await self.async_step_finish()
        return self.async_show_form(
            step_id="profile",
            data_schema=self.add_suggested_values_to_schema(
                probatio.Schema(PROFILE_FIELD), {CONF_PROFILE: self._profile.key}
            ),
        )
