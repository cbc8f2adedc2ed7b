"""The owner's list: groups, children, guardians, their agreements and days; for administrators alone."""

from collections.abc import Callable
from typing import Any, Final

from homeassistant.components import websocket_api
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.typing import VolDictType
import probatio

from ..const import DOMAIN
from ..engine.people.errors import PeopleError
from ..engine.people.listing import Problem
from ..engine.people.names import same
from ..engine.people.people import People
from ..engine.people.records import LANGUAGES, PURPOSES
from ..engine.people.table import LONGEST
from .people_table import consent_row, people_table
from .websocket_desk import ID, IDS, TEXT, Command, Desk, Refused, day, desk_of, register, send_refusal

_STATES: Final = ("given", "refused", "withdrawn")


async def _save_group(desk: Desk, message: dict[str, Any]) -> object:
    do, values = desk.data.families.do, (message["name"], message["room_id"], message["needs_presence"])
    if values[1] is not None and values[1] not in desk.data.portal.house().rooms:
        raise PeopleError("unknown", "room")
    if group_id := message.get("group_id"):
        await do(People.change_group, group_id, *values)
        return {"id": group_id}
    return {"id": await do(People.add_group, *values)}


async def _remove_group(desk: Desk, message: dict[str, Any]) -> object:
    await desk.data.families.do(People.remove_group, message["group_id"])
    return {}


async def _move_group(desk: Desk, message: dict[str, Any]) -> object:
    moved = await desk.data.families.do(
        People.move_group, message["from_group"], message["to_group"], message["from_day"]
    )
    return {"children": moved}


async def _save_child(desk: Desk, message: dict[str, Any]) -> object:
    do, group_id = desk.data.families.do, message["group_id"]
    if group_id not in desk.snapshot.groups:
        raise PeopleError("unknown", "group")
    child_id: str = message.get("child_id", "")
    if child_id:
        await do(People.change_child, child_id, message["name"])
    else:
        child_id = await do(People.add_child, message["name"])
    memberships = desk.snapshot.memberships_of(child_id)
    last = memberships[-1] if memberships else None
    if last is None or last.group_id != group_id or last.until_day is not None:
        await do(People.enrol, child_id, group_id, message["from_day"])
    return {"id": child_id}


async def _leave(desk: Desk, message: dict[str, Any]) -> object:
    await desk.data.families.do(People.leave, message["child_id"], message["last_day"])
    return {}


async def _forget(desk: Desk, message: dict[str, Any]) -> object:
    """Forget a family for good; the child's name, typed again, shows that it is meant."""
    child = desk.snapshot.children.get(message["child_id"])
    if child is None:
        raise PeopleError("unknown", "child")
    if same(message["confirm"]) != same(child.name):
        raise Refused("confirm_name")
    await desk.data.families.do(People.forget_family, child.id)
    return {}


async def _save_guardian(desk: Desk, message: dict[str, Any]) -> object:
    do, snapshot = desk.data.families.do, desk.snapshot
    if unknown := set(message["children"]) - set(snapshot.children):
        raise PeopleError("unknown", f"child {len(unknown)}")
    valid_from = message.get("valid_from") or desk.today
    guardian_id: str = message.get("guardian_id", "")
    if guardian_id:
        before = desk.guardian(guardian_id)
        await do(
            People.change_guardian,
            guardian_id,
            message["name"],
            message["phone"],
            message["language"],
            message.get("valid_from") or before.valid_from,
            message["relative"],
            message["valid_until"],
        )
    else:
        guardian_id = await do(
            People.add_guardian,
            message["name"],
            message["phone"],
            message["language"],
            valid_from,
            relative=message["relative"],
            valid_until=message["valid_until"],
        )
    linked = set(snapshot.children_of(guardian_id))
    for child_id in sorted(linked - set(message["children"])):
        await do(People.unlink, guardian_id, child_id)
    for child_id in sorted(set(message["children"]) - linked):
        await do(People.link, guardian_id, child_id)
    return {"id": guardian_id}


async def _block(desk: Desk, message: dict[str, Any]) -> object:
    method = People.block if message["blocked"] else People.unblock
    await desk.data.families.do(method, message["guardian_id"])
    return {}


async def _remove_guardian(desk: Desk, message: dict[str, Any]) -> object:
    guardian = desk.guardian(message["guardian_id"])
    if same(message["confirm"]) != same(guardian.name):
        raise Refused("confirm_name")
    await desk.data.families.do(People.remove_guardian, guardian.id)
    return {}


async def _preview_list(desk: Desk, message: dict[str, Any]) -> object:
    """Return what a pasted list would do; nothing is changed."""
    preview = await desk.data.families.do(People.preview, message["text"], message.get("day") or desk.today)
    return {
        "rows": [
            {
                "line": row.line,
                "child": row.wanted.child,
                "group": row.wanted.group,
                "guardian": row.wanted.guardian,
                "phone": row.wanted.phone,
                "language": row.wanted.language,
                "does": row.does,
            }
            for row in preview.rows
        ],
        "problems": list(map(_problem, preview.problems)),
        "new_groups": list(preview.new_groups),
    }


async def _apply_list(desk: Desk, message: dict[str, Any]) -> object:
    """Do what the preview of the same text showed."""
    from_day = message.get("day") or desk.today
    do = desk.data.families.do
    applied = await do(People.apply, await do(People.preview, message["text"], from_day), from_day)
    return {
        "groups": applied.groups,
        "children": applied.children,
        "guardians": applied.guardians,
        "changed": applied.changed,
        "problems": list(map(_problem, applied.problems)),
    }


def _problem(problem: Problem) -> dict[str, object]:
    return {"line": problem.line, "code": problem.code, "field": problem.field}


async def _consents(desk: Desk, message: dict[str, Any]) -> object:
    return [consent_row(each) for each in desk.snapshot.consents]


async def _tick(desk: Desk, message: dict[str, Any]) -> object:
    pairs = [(each["guardian_id"], each["child_id"]) for each in message["entries"]]
    count = await desk.data.families.do(People.tick_consents, pairs, message["purpose"], message["state"])
    return {"count": count}


async def _closures(desk: Desk, message: dict[str, Any]) -> object:
    wanted = [(each["from_day"], each["until_day"], each["room_id"]) for each in message["closures"]]
    await desk.data.families.do(People.set_closures, wanted)
    return {}


async def _presence(desk: Desk, message: dict[str, Any]) -> object:
    await desk.data.families.do(
        People.set_presence, message["child_ids"], message.get("day") or desk.today, message["present"]
    )
    return {}


_LIST: Final[VolDictType] = {
    probatio.Required("text"): probatio.All(str, probatio.Length(max=LONGEST)),
    probatio.Optional("day"): day,
}

COMMANDS: Final = {
    "people/import/preview": Command(fields=_LIST, answer=_preview_list),
    "people/import/apply": Command(fields=_LIST, answer=_apply_list),
    "people/group/save": Command(
        fields={
            probatio.Optional("group_id"): ID,
            probatio.Required("name"): TEXT,
            probatio.Required("room_id"): probatio.Any(None, ID),
            probatio.Optional("needs_presence", default=False): bool,
        },
        answer=_save_group,
    ),
    "people/group/remove": Command(fields={probatio.Required("group_id"): ID}, answer=_remove_group),
    "people/group/move": Command(
        fields={
            probatio.Required("from_group"): ID,
            probatio.Required("to_group"): ID,
            probatio.Required("from_day"): day,
        },
        answer=_move_group,
    ),
    "people/child/save": Command(
        fields={
            probatio.Optional("child_id"): ID,
            probatio.Required("name"): TEXT,
            probatio.Required("group_id"): ID,
            probatio.Required("from_day"): day,
        },
        answer=_save_child,
    ),
    "people/child/leave": Command(
        fields={probatio.Required("child_id"): ID, probatio.Required("last_day"): day}, answer=_leave
    ),
    "people/family/forget": Command(
        fields={probatio.Required("child_id"): ID, probatio.Required("confirm"): TEXT}, answer=_forget
    ),
    "people/guardian/save": Command(
        fields={
            probatio.Optional("guardian_id"): ID,
            probatio.Required("name"): TEXT,
            probatio.Optional("phone", default=""): TEXT,
            probatio.Required("language"): probatio.In(LANGUAGES),
            probatio.Optional("relative", default=False): bool,
            probatio.Optional("valid_from"): day,
            probatio.Optional("valid_until", default=None): probatio.Any(None, day),
            probatio.Required("children"): IDS,
        },
        answer=_save_guardian,
    ),
    "people/guardian/block": Command(
        fields={probatio.Required("guardian_id"): ID, probatio.Required("blocked"): bool}, answer=_block
    ),
    "people/guardian/remove": Command(
        fields={probatio.Required("guardian_id"): ID, probatio.Required("confirm"): TEXT},
        answer=_remove_guardian,
    ),
    "people/consents": Command(fields={}, answer=_consents),
    "people/consents/tick": Command(
        fields={
            probatio.Required("entries"): [
                {probatio.Required("guardian_id"): ID, probatio.Required("child_id"): ID}
            ],
            probatio.Required("purpose"): probatio.In(PURPOSES),
            probatio.Optional("state", default="given"): probatio.In(_STATES),
        },
        answer=_tick,
    ),
    "people/closures": Command(
        fields={
            probatio.Required("closures"): [
                {
                    probatio.Required("from_day"): day,
                    probatio.Required("until_day"): day,
                    probatio.Optional("room_id", default=None): probatio.Any(None, ID),
                }
            ]
        },
        answer=_closures,
    ),
    "people/presence": Command(
        fields={
            probatio.Required("child_ids"): IDS,
            probatio.Optional("day"): day,
            probatio.Required("present"): bool,
        },
        answer=_presence,
    ),
}


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the list's commands."""
    register(hass, COMMANDS)
    websocket_api.async_register_command(hass, _subscribe)


@websocket_api.websocket_command({probatio.Required("type"): f"{DOMAIN}/people/subscribe"})
@websocket_api.require_admin
@websocket_api.async_response
async def _subscribe(hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any]) -> None:
    """Send everything now, and again after every change, for as long as an administrator listens."""
    try:
        desk = desk_of(hass, connection)
    except Refused as error:
        send_refusal(connection, message["id"], error)
        return
    sender = _Sender(desk, connection, message["id"])
    connection.subscriptions[message["id"]] = sender.follow()
    connection.send_result(message["id"])
    await sender.send()


class _Sender:
    """Sends the table to one browser; changes that come while it is being made wait for the next one."""

    def __init__(self, desk: Desk, connection: ActiveConnection, message_id: int) -> None:
        self._desk = desk
        self._connection = connection
        self._id = message_id
        self._wanted = False
        self._busy = False

    @callback
    def follow(self) -> Callable[[], None]:
        """Send again after every change, until the returned function is called."""
        portal = self._desk.data.portal
        stops = [portal.async_listen(self._changed), portal.viewings.async_listen(self._changed)]

        @callback
        def stop() -> None:
            for each in stops:
                each()

        return stop

    @callback
    def _changed(self, *_: object) -> None:
        self._wanted = True
        if not self._busy:
            self._desk.entry.async_create_background_task(
                self._desk.hass, self.send(), "kindergarten people table"
            )

    async def send(self) -> None:
        """Send everything as it is now, unless nobody may see it any more."""
        self._busy = True
        try:
            while True:
                self._wanted = False
                invited = await _invited(self._desk)
                user = self._desk.user
                if not (user.is_active and user.is_admin):
                    return
                self._connection.send_event(self._id, people_table(self._desk, invited))
                if not self._wanted:
                    return
        finally:
            self._busy = False


async def _invited(desk: Desk) -> dict[str, int]:
    """Return until when somebody's newest open link is good, by guardian."""
    if not desk.data.families.available:
        return {}
    invited: dict[str, int] = {}
    for each in await desk.data.families.do(People.invitations):
        if each.state == "open":
            invited.setdefault(each.guardian_id, each.until_us)
    return invited
