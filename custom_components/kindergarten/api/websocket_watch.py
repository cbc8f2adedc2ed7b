"""Who watched what, what was asked for, what a parent sees now, and pauses; for administrators alone."""

from datetime import datetime
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
import probatio

from ..const import CONF_SHOWN, SUBENTRY_ROOM
from ..engine.people.people import People
from ..engine.people.records import Request, Viewing
from ..judgement import profile_of
from ..portal.access import decide
from ..portal.me import own_rooms
from .websocket_desk import ID, TIME_US, Command, Desk, Refused, register

_DECISIONS: Final = ("granted", "refused", "closed")


async def _viewings(desk: Desk, message: dict[str, Any]) -> object:
    found = await desk.data.families.do(
        People.viewings,
        message["from_us"],
        message["to_us"],
        message.get("guardian_id"),
        message.get("room_id"),
    )
    return [_viewing(each) for each in found]


def _viewing(viewing: Viewing) -> dict[str, object]:
    return {
        "id": viewing.id,
        "guardian_id": viewing.guardian_id,
        "room_id": viewing.room_id,
        "from_us": viewing.from_us,
        "until_us": viewing.until_us,
        "end": viewing.end,
    }


async def _requests(desk: Desk, message: dict[str, Any]) -> object:
    return [_request(each) for each in await desk.data.families.do(People.requests)]


def _request(request: Request) -> dict[str, object]:
    return {
        "number": request.number,
        "guardian_id": request.guardian_id,
        "child_id": request.child_id,
        "room_id": request.room_id,
        "from_us": request.from_us,
        "to_us": request.to_us,
        "state": request.state,
        "hold_uid": request.hold_uid,
        "made_us": request.made_us,
    }


async def _decide(desk: Desk, message: dict[str, Any]) -> object:
    await desk.data.families.do(People.decide_request, message["number"], message["state"], desk.by)
    return {}


async def _preview(desk: Desk, message: dict[str, Any]) -> object:
    """Return what a guardian is told of the rooms at this moment, by the very decision of the portal."""
    portal, guardian = desk.data.portal, desk.guardian(message["guardian_id"])
    now, house, snapshot = portal.now(), portal.house(), desk.snapshot
    rooms = []
    for room_id, children in own_rooms(portal, guardian.id, now).items():
        decision = decide(snapshot, house, guardian.id, room_id, now)
        rooms.append(
            {
                "name": house.rooms[room_id].name if room_id in house.rooms else "",
                "child": ", ".join(snapshot.children[child_id].name for child_id in children),
                "open": decision.allowed,
                "reason": decision.reason,
                "opens_at_us": _us(decision.opens_at),
                "closes_at_us": _us(decision.closes_at),
                "mode": "video" if room_id in house.rooms and house.rooms[room_id].has_sub else "stills",
            }
        )
    return {"name": guardian.short_name, "language": guardian.language, "rooms": rooms}


def _us(moment: datetime | None) -> int | None:
    return None if moment is None else round(moment.timestamp() * 1_000_000)


async def _pause(desk: Desk, message: dict[str, Any]) -> object:
    _room(desk, message["room_id"])
    minutes = message.get("minutes") or profile_of(desk.entry).duties.privacy_pause_min.value
    await desk.data.pauses.async_pause(message["room_id"], minutes, desk.by)
    return {}


async def _resume(desk: Desk, message: dict[str, Any]) -> object:
    await desk.data.pauses.async_resume(message["room_id"])
    return {}


async def _show(desk: Desk, message: dict[str, Any]) -> object:
    """Let a room be shown to parents, or not; everything else still has to be right."""
    room, shown = _room(desk, message["room_id"]), message["shown"]
    if shown and desk.data.portal.house().rooms[room.subentry_id].never_shown:
        raise Refused("never_shown")
    desk.hass.config_entries.async_update_subentry(desk.entry, room, data={**room.data, CONF_SHOWN: shown})
    return {}


def _room(desk: Desk, room_id: str) -> Any:
    room = desk.entry.subentries.get(room_id)
    if room is None or room.subentry_type != SUBENTRY_ROOM:
        raise Refused("unknown_room")
    return room


COMMANDS: Final = {
    "viewings": Command(
        fields={
            probatio.Optional("from_us", default=0): TIME_US,
            probatio.Optional("to_us", default=None): probatio.Any(None, TIME_US),
            probatio.Optional("guardian_id"): ID,
            probatio.Optional("room_id"): ID,
        },
        answer=_viewings,
    ),
    "requests/list": Command(fields={}, answer=_requests),
    "requests/decide": Command(
        fields={
            probatio.Required("number"): probatio.All(int, probatio.Range(min=1)),
            probatio.Required("state"): probatio.In(_DECISIONS),
        },
        answer=_decide,
    ),
    "preview": Command(fields={probatio.Required("guardian_id"): ID}, answer=_preview),
    "room/pause": Command(
        fields={
            probatio.Required("room_id"): ID,
            probatio.Optional("minutes"): probatio.All(int, probatio.Range(min=1, max=720)),
        },
        answer=_pause,
    ),
    "room/resume": Command(fields={probatio.Required("room_id"): ID}, answer=_resume),
    "room/show": Command(
        fields={probatio.Required("room_id"): ID, probatio.Required("shown"): bool}, answer=_show
    ),
}


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the commands about watching."""
    register(hass, COMMANDS)
