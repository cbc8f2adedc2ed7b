"""What all commands of the owner's panel share: who may call them, and how they say no."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from homeassistant.auth.models import User
from homeassistant.components import websocket_api
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.typing import VolDictType
from homeassistant.util import dt as dt_util
import probatio

from ..const import DOMAIN
from ..coordinator import KindergartenConfigEntry, KindergartenData
from ..engine.people.errors import PeopleError
from ..engine.people.records import Guardian
from ..engine.people.snapshot import Snapshot

LONGEST_TEXT: Final = 200
TEXT: Final = probatio.All(str, probatio.Length(max=LONGEST_TEXT))
ID: Final = probatio.All(str, probatio.Length(max=64))
IDS: Final = probatio.All([ID], probatio.Length(max=5000))
TIME_US: Final = probatio.All(int, probatio.Range(min=0, max=1 << 62))


def day(value: object) -> date:
    """Return a day that can be reckoned with, 2000 to 2200; raises `probatio.Invalid`."""
    try:
        found = date.fromisoformat(str(value))
    except ValueError as error:
        raise probatio.Invalid("no day") from error
    if not 2000 <= found.year <= 2200:
        raise probatio.Invalid("no such day")
    return found


class Refused(Exception):  # noqa: N818 - a word of the panel
    """A no with a text under `exceptions.desk_<code>`."""

    def __init__(self, code: str, **placeholders: str) -> None:
        """Say why not."""
        super().__init__(code)
        self.code = code
        self.placeholders = placeholders


@dataclass(frozen=True, kw_only=True)
class Desk:
    """An administrator's request: whose, and what it is about."""

    hass: HomeAssistant
    entry: KindergartenConfigEntry
    user: User

    @property
    def data(self) -> KindergartenData:
        """Return what lives as long as the kindergarten is loaded."""
        return self.entry.runtime_data

    @property
    def snapshot(self) -> Snapshot:
        """Return the people as they are now."""
        return self.data.families.snapshot

    @property
    def today(self) -> date:
        """Return the day at the kindergarten."""
        return dt_util.now().date()

    @property
    def by(self) -> str:
        """Return the id under which others hear of this administrator."""
        return self.data.people.id_of(self.user.id)

    def guardian(self, guardian_id: str) -> Guardian:
        """Return a guardian; raises PeopleError("unknown")."""
        if (found := self.snapshot.guardians.get(guardian_id)) is None:
            raise PeopleError("unknown", "guardian")
        return found


type Answer = Callable[[Desk, dict[str, Any]], Awaitable[object]]


@dataclass(frozen=True, kw_only=True)
class Command:
    """One command: the fields it takes besides `id` and `type`, and who answers it."""

    fields: VolDictType
    answer: Answer


def register(hass: HomeAssistant, commands: Mapping[str, Command]) -> None:
    """Register commands by their name after `kindergarten/`; all of them are for administrators alone.

    Home Assistant logs what does not fit a command's schema, so names would get into the log: it is
    given an open one, and we look at the fields ourselves, after looking at who asks.
    """
    for name, command in commands.items():
        schema = websocket_api.BASE_COMMAND_MESSAGE_SCHEMA.extend(
            {probatio.Required("type"): f"{DOMAIN}/{name}"}, extra=probatio.ALLOW_EXTRA
        )
        websocket_api.async_register_command(hass, f"{DOMAIN}/{name}", _handler(command), schema)


def _fields(schema: probatio.Schema, message: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a message; raises Refused, which names the field and not what is in it."""
    given = {name: value for name, value in message.items() if name not in {"id", "type"}}
    try:
        checked: dict[str, Any] = schema(given)
    except probatio.Invalid as error:
        raise Refused("bad_input", field=str(error.path[0]) if error.path else "?") from None
    return checked


def desk_of(hass: HomeAssistant, connection: ActiveConnection) -> Desk:
    """Return the desk of whoever is connected. Raises Refused, closed when in doubt."""
    if not connection.user.is_active:
        raise Refused("administrators_only")
    entry = next(iter(hass.config_entries.async_loaded_entries(DOMAIN)), None)
    if entry is None:
        raise Refused("not_loaded")
    return Desk(hass=hass, entry=entry, user=connection.user)


def _handler(command: Command) -> websocket_api.const.WebSocketCommandHandler:
    schema = probatio.Schema(command.fields)

    @websocket_api.require_admin
    @websocket_api.async_response
    async def handle(hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any]) -> None:
        try:
            result = await command.answer(desk_of(hass, connection), _fields(schema, message))
        except (Refused, PeopleError, HomeAssistantError) as error:
            send_refusal(connection, message["id"], error)
        else:
            connection.send_result(message["id"], result)

    return handle


def send_refusal(
    connection: ActiveConnection, message_id: int, error: Refused | PeopleError | HomeAssistantError
) -> None:
    """Say no in a way that the panel has words for; never with what somebody typed."""
    if isinstance(error, HomeAssistantError):
        key, placeholders = error.translation_key or "refused", error.translation_placeholders or {}
        code = key
    elif isinstance(error, PeopleError):
        code, placeholders = error.code, {"field": error.field or ""}
        key = f"people_{error.code}"
    else:
        code, placeholders = error.code, error.placeholders
        key = f"desk_{error.code}"
    connection.send_error(
        message_id,
        code,
        code,
        translation_key=key,
        translation_domain=DOMAIN,
        translation_placeholders=dict(placeholders),
    )
