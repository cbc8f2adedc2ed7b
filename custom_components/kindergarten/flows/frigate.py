"""Adds and changes a Frigate server: looks at it before it is saved, and puts its cameras into rooms."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigEntryState,
    ConfigSubentry,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME, CONF_PASSWORD, CONF_URL, CONF_USERNAME
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.selector import (
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

from ..archive.protocol import Archive, ArchiveRefused, ArchiveUnavailable, ServerCamera, ServerFound
from ..const import (
    CONF_CAMERA_ID,
    CONF_FOUND,
    CONF_KEEPER_CAMERA,
    CONF_ROOM,
    CONF_SERVER,
    CONF_SOUND,
    CONF_SOURCE,
    CONF_SUB_PATH,
    CONF_SUB_POLICY,
    SOURCE_SERVER,
    SUBENTRY_CAMERA,
    SUBENTRY_FRIGATE,
)
from ..frigate import (
    CONF_FINGERPRINT,
    CONF_RTSP_PORT,
    CONF_SERVER_ID,
    CONF_TRUST,
    RTSP_PORT,
    desired_server,
)
from .names import MAXIMUM_LENGTH, FieldError, clean_name
from .room import allowed_rooms
from .words import async_words, pairs, plain

INTEGRATION: Final = "frigate"
OPEN_PORT: Final = 5000
LOGIN_PORT: Final = 8971
_KNOWN_ERRORS: Final = frozenset(
    {"unreachable", "timeout", "tls", "fingerprint", "auth", "forbidden", "not_frigate", "too_old", "busy"}
)
_CERTIFICATE: Final = frozenset({"tls", "fingerprint"})

CONNECTION = probatio.Schema(
    {
        probatio.Required(CONF_URL): TextSelector(),
        probatio.Optional(CONF_USERNAME, default=""): TextSelector(
            TextSelectorConfig(type=TextSelectorType.TEXT, autocomplete="off")
        ),
        probatio.Optional(CONF_PASSWORD, default=""): TextSelector(
            TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="new-password")
        ),
        probatio.Optional(CONF_RTSP_PORT): NumberSelector(
            NumberSelectorConfig(min=1, max=65535, step=1, mode=NumberSelectorMode.BOX)
        ),
    }
)


@callback
def known_address(hass: HomeAssistant) -> str | None:
    """Return the address of a Frigate server that Home Assistant has already."""
    entries = hass.config_entries.async_entries(INTEGRATION, include_ignore=False)
    return next((str(entry.data[CONF_URL]) for entry in entries if entry.data.get(CONF_URL)), None)


def read_url(text: str, *, login: bool) -> str:
    """Return scheme, host and port; without a scheme and a port the usual ones. Raises FieldError."""
    text = text.strip()
    if "://" not in text:
        text = f"{'https' if login else 'http'}://{text}"
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError as err:
        raise FieldError(CONF_URL, "bad_host") from err
    usable = host and port != 0 and text.isprintable() and " " not in text
    if not usable or parts.scheme not in ("http", "https") or parts.query or parts.fragment:
        raise FieldError(CONF_URL, "bad_host")
    if "@" in parts.netloc or parts.path.strip("/"):
        raise FieldError(CONF_URL, "bad_host")
    shown = f"[{host}]" if ":" in (host or "") else host
    return f"{parts.scheme}://{shown}:{port or (LOGIN_PORT if login else OPEN_PORT)}"


class FrigateSubentryFlow(ConfigSubentryFlow):
    """Asks where a Frigate server is and which of its cameras look at which room."""

    def __init__(self) -> None:
        """Begin with nothing answered."""
        self._typed: dict[str, Any] | None = None
        self._error: FieldError | None = None
        self._data: dict[str, Any] = {}
        self._found: ServerFound | None = None
        self._shown = ""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the address of a new server."""
        if not allowed_rooms(self._get_entry()):
            return self.async_abort(reason="no_rooms")
        return await self.async_step_connection(user_input)

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask what is to be changed."""
        return self.async_show_menu(step_id="reconfigure", menu_options=["connection", "assign"])

    async def async_step_connection(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for address and login."""
        if user_input is not None:
            self._typed = user_input
            try:
                self._read(user_input)
                self._found = await self._async_look()
            except FieldError as err:
                if err.code in _CERTIFICATE:
                    return await self.async_step_certificate()
                self._error = err
            else:
                return await self._async_connected()
        error, self._error = self._error, None
        return self.async_show_form(
            step_id="connection",
            data_schema=self.add_suggested_values_to_schema(CONNECTION, self._suggested()),
            errors={error.field: error.code} if error else {},
        )

    def _suggested(self) -> dict[str, Any]:
        if self._typed is not None:
            return {key: value for key, value in self._typed.items() if key != CONF_PASSWORD}
        if self._current is not None:
            stored = self._current.data
            return {key: stored[key] for key in (CONF_URL, CONF_USERNAME, CONF_RTSP_PORT)}
        return {CONF_URL: known_address(self.hass) or ""}

    def _read(self, user_input: Mapping[str, Any]) -> None:
        """Take over what was typed; raises FieldError."""
        entry, user = self._get_entry(), str(user_input.get(CONF_USERNAME, "")).strip()
        url = read_url(user_input[CONF_URL], login=bool(user))
        others = entry.get_subentries_of_type(SUBENTRY_FRIGATE)
        before = self._current.data if self._current else {}
        if any(each.data[CONF_URL] == url for each in others if each.data is not before):
            raise FieldError(CONF_URL, "already_added")
        same = before.get(CONF_URL) == url
        password = user_input.get(CONF_PASSWORD, "")
        if not password and same and before.get(CONF_USERNAME) == user:
            password = before[CONF_PASSWORD]
        self._data = {
            CONF_SERVER_ID: before.get(CONF_SERVER_ID) or uuid4().hex,
            CONF_URL: url,
            CONF_USERNAME: user,
            CONF_PASSWORD: password if user else "",
            CONF_RTSP_PORT: int(user_input.get(CONF_RTSP_PORT) or 0),
            CONF_TRUST: before[CONF_TRUST] if same else "verify",
            CONF_FINGERPRINT: before[CONF_FINGERPRINT] if same else None,
        }

    async def _async_look(self) -> ServerFound:
        """Ask the server who it is; raises FieldError."""
        try:
            found = await self._archive().probe_server(desired_server(self._data))
        except ArchiveUnavailable as err:
            raise FieldError("base", "engine_unavailable") from err
        except ArchiveRefused as err:
            raise FieldError("base", err.code if err.code in _KNOWN_ERRORS else "failed") from err
        if not found.admin:
            raise FieldError(CONF_USERNAME, "not_admin")
        if not self._data[CONF_RTSP_PORT]:
            self._data[CONF_RTSP_PORT] = found.rtsp_port or RTSP_PORT
        return found

    def _archive(self) -> Archive:
        entry = self._get_entry()
        if entry.state is not ConfigEntryState.LOADED:
            raise FieldError("base", "engine_unavailable")
        archive: Archive = entry.runtime_data.archive
        return archive

    async def async_step_certificate(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Show the certificate that nobody vouches for, and ask whether it is the right one."""
        try:
            self._shown = await self._archive().certificate(desired_server(self._data))
        except ArchiveUnavailable, ArchiveRefused, FieldError:
            self._error = FieldError("base", "tls")
            return await self.async_step_connection()
        return self.async_show_menu(
            step_id="certificate",
            menu_options=["pin", "any_certificate", "connection"],
            description_placeholders={
                "fingerprint": pairs(self._shown),
                "url": self._data[CONF_URL].replace("`", ""),
            },
        )

    async def async_step_pin(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Take this certificate and no other."""
        return await self._async_trust("pin", self._shown)

    async def async_step_any_certificate(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Take any certificate."""
        return await self._async_trust("any", None)

    async def _async_trust(self, trust: str, fingerprint: str | None) -> SubentryFlowResult:
        self._data |= {CONF_TRUST: trust, CONF_FINGERPRINT: fingerprint}
        try:
            self._found = await self._async_look()
        except FieldError as err:
            self._error = err
            return await self.async_step_connection()
        return await self._async_connected()

    async def _async_connected(self) -> SubentryFlowResult:
        if self._current is None:
            return await self.async_step_assign()
        return self.async_update_and_abort(
            self._get_entry(), self._current, title=self._title(), data=self._data
        )

    def _title(self) -> str:
        return f"Frigate {urlsplit(self._data[CONF_URL]).hostname}"

    async def async_step_assign(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask which camera looks at which room, for all of them at once."""
        entry = self._get_entry()
        if self._found is None:
            assert self._current is not None
            self._data = dict(self._current.data)
            try:
                self._found = await self._async_look()
            except FieldError as err:
                return self.async_abort(reason=err.code)
        rooms = {room.title: room for room in allowed_rooms(entry)}
        error: FieldError | None = None
        if user_input is not None:
            try:
                chosen = _read_rooms(user_input, rooms)
            except FieldError as err:
                error = err
            else:
                return self._finish(chosen)
        say = await async_words(self.hass)
        labels = {
            camera.id: camera.name if camera.records else say("frigate_not_recorded", name=camera.name)
            for camera in self._found.cameras
        }
        # One that the server has no more can be left where it is.
        for name, camera in cameras_of(entry, self._data[CONF_SERVER_ID]).items():
            labels.setdefault(name, say("frigate_not_recorded", name=camera.title))
        options = [SelectOptionDict(value=value, label=label) for value, label in labels.items()]
        selector = SelectSelector(
            SelectSelectorConfig(options=options, multiple=True, mode=SelectSelectorMode.DROPDOWN)
        )
        schema = probatio.Schema({probatio.Optional(title, default=list): selector for title in rooms})
        return self.async_show_form(
            step_id="assign",
            data_schema=self.add_suggested_values_to_schema(schema, user_input or self._assigned(rooms)),
            errors={"base": error.code} if error else {},
            description_placeholders={
                "version": self._found.version,
                "cameras": str(len(self._found.cameras)),
                **(error.placeholders if error else {}),
            },
        )

    def _assigned(self, rooms: Mapping[str, ConfigSubentry]) -> dict[str, Any]:
        """Return which camera looks at which room: as it is set, of others what their names say."""
        assert self._found is not None
        ours = cameras_of(self._get_entry(), self._data[CONF_SERVER_ID])
        taken: dict[str, Any] = {}
        for title, room in rooms.items():
            set_here = [name for name, camera in ours.items() if camera.data[CONF_ROOM] == room.subentry_id]
            alike = [
                camera.id
                for camera in self._found.cameras
                if camera.id not in ours
                and _plain_name(title) in (_plain_name(camera.name), _plain_name(camera.id))
            ]
            taken[title] = [*set_here, *alike]
        return taken

    def _finish(self, chosen: Mapping[str, str]) -> SubentryFlowResult:
        """Make, move and take away cameras as chosen, by the names that the server has for them."""
        assert self._found is not None
        entry, server = self._get_entry(), self._data[CONF_SERVER_ID]
        ours = cameras_of(entry, server)
        for name, camera in ours.items():
            if name not in chosen:
                self.hass.config_entries.async_remove_subentry(entry, camera.subentry_id)
            elif camera.data[CONF_ROOM] != chosen[name]:
                data = {**camera.data, CONF_ROOM: chosen[name]}
                self.hass.config_entries.async_update_subentry(entry, camera, data=data)
        found = {camera.id: camera for camera in self._found.cameras}
        for name, room in chosen.items():
            if name not in ours and name in found:
                new = _new_camera(entry, found[name], room, server)
                self.hass.config_entries.async_add_subentry(entry, new)
        if self._current is not None:
            return self.async_abort(reason="reconfigure_successful")
        return self.async_create_entry(title=self._title(), data=self._data, unique_id=f"frigate:{server}")

    @property
    def _current(self) -> ConfigSubentry | None:
        """The server that is being changed, `None` for a new one."""
        return self._get_reconfigure_subentry() if self.source == SOURCE_RECONFIGURE else None


def cameras_of(entry: ConfigEntry[Any], server: str) -> dict[str, ConfigSubentry]:
    """Return the cameras of a server, by what it calls them."""
    return {
        camera.data[CONF_KEEPER_CAMERA]: camera
        for camera in entry.get_subentries_of_type(SUBENTRY_CAMERA)
        if camera.data[CONF_SOURCE] == SOURCE_SERVER and camera.data[CONF_SERVER] == server
    }


def _read_rooms(typed: Mapping[str, Any], rooms: Mapping[str, ConfigSubentry]) -> dict[str, str]:
    """Return the rooms' ids by cameras; raises FieldError."""
    chosen: dict[str, str] = {}
    for title, cameras in typed.items():
        for camera in cameras if title in rooms else ():
            if camera in chosen:
                raise FieldError("base", "camera_twice", camera=plain(camera))
            chosen[camera] = rooms[title].subentry_id
    if not chosen:
        raise FieldError("base", "no_cameras")
    return chosen


def _plain_name(text: str) -> str:
    return "".join(each for each in text.casefold() if each.isalnum())


def source_of(found: ServerCamera, server: str) -> dict[str, Any]:
    """Return what is kept of where a server's camera is."""
    return {
        CONF_SOURCE: SOURCE_SERVER,
        CONF_SERVER: server,
        CONF_KEEPER_CAMERA: found.id,
        CONF_SUB_PATH: f"/{found.stream}",
    }


def _new_camera(entry: ConfigEntry[Any], found: ServerCamera, room: str, server: str) -> ConfigSubentry:
    camera_id = uuid4().hex
    return ConfigSubentry(
        data=MappingProxyType(
            {
                CONF_CAMERA_ID: camera_id,
                CONF_ROOM: room,
                **source_of(found, server),
                CONF_SOUND: False,
                CONF_SUB_POLICY: "demand",
                CONF_FOUND: None,
            }
        ),
        subentry_type=SUBENTRY_CAMERA,
        title=_free_name(entry, found),
        unique_id=f"camera:{camera_id}",
    )


def _free_name(entry: ConfigEntry[Any], found: ServerCamera) -> str:
    """Return a name that no other camera has: as the server calls it, with a number if need be."""
    taken = [camera.title for camera in entry.get_subentries_of_type(SUBENTRY_CAMERA)]
    for name in (found.name, found.id, *(f"{found.id[: MAXIMUM_LENGTH - 4]} {n}" for n in range(2, 100))):
        try:
            return clean_name(name, CONF_NAME, taken)
        except FieldError:
            continue
    return found.id
