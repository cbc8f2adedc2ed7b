"""What it would cost others to shut somebody out; for administrators alone, and nothing is changed."""

from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util
import probatio

from ..portal.consequences import WHATS, Change, Closing, consequences
from ..portal.portal import us
from .websocket_desk import ID, Command, Desk, day, register


async def _answer(desk: Desk, message: dict[str, Any]) -> object:
    change = Change(
        what=message["what"],
        guardian_id=message["guardian_id"],
        child_id=message["child_id"],
        day=message.get("day") or desk.today,
    )
    now, snapshot, viewings = dt_util.now(), desk.snapshot, desk.data.portal.viewings
    found = consequences(snapshot, desk.data.portal.house(), change, now)
    return {
        "rooms": [_room(desk, each) for each in found.rooms],
        "alone": [_child(desk, each) for each in found.alone],
        "phones": sum(len(snapshot.devices_of(each, us(now))) for each in found.concerned),
        "watching": sum(viewings.watches(each) for each in found.concerned),
    }


def _room(desk: Desk, closing: Closing) -> dict[str, object]:
    portal = desk.data.portal
    return {
        "room_id": closing.room_id,
        "room": portal.house().rooms[closing.room_id].name,
        "families": closing.families,
        "watching": portal.viewings.watching(closing.room_id),
        "children": [{**_child(desk, each), "why": why} for each, why in closing.children.items()],
    }


def _child(desk: Desk, child_id: str) -> dict[str, object]:
    return {"child_id": child_id, "child": desk.snapshot.children[child_id].name}


COMMANDS: Final = {
    "people/consequences": Command(
        fields={
            probatio.Required("what"): probatio.In(WHATS),
            probatio.Optional("guardian_id", default=""): ID,
            probatio.Optional("child_id", default=""): ID,
            probatio.Optional("day"): day,
        },
        answer=_answer,
    )
}


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the command."""
    register(hass, COMMANDS)
