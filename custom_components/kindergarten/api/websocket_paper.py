"""Paper: signs for doors, the staff's sheet, the poster for parents' phones; for administrators alone."""

import base64
from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.typing import VolDictType
import probatio

from ..const import (
    CONF_KIND,
    CONF_PAPER,
    CONF_RETENTION_DAYS,
    CONF_ROOM,
    CONF_SOUND,
    MAXIMUM_RETENTION_DAYS,
    SUBENTRY_CAMERA,
    SUBENTRY_ROOM,
)
from ..engine.report.notice import LANGUAGES, Notice, Speech
from ..engine.report.paper import pairing_poster, signs, staff_sheet
from ..judgement import profile_of
from ..portal.invitation import poster_of
from .websocket_desk import ID, LONGEST_TEXT, Command, Desk, Refused, register

PAPERS: Final = ("signs", "staff", "pairing")
MOST_DOORS: Final = 100
_TYPED: Final = ("name", "operator", "phone", "email")
_NOT_FILMED: Final = ("toilet", "washroom", "medical")


def _line(value: object) -> str:
    """Return one line of what somebody typed; raises `probatio.Invalid`."""
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise probatio.Invalid("no line")
    words = "".join(each if each.isprintable() else " " for each in value)
    return " ".join(words.split())


async def _get(desk: Desk, message: dict[str, Any]) -> object:
    """Return what is known already: the details typed last, rooms, how long recordings are kept."""
    entry, profile = desk.entry, profile_of(desk.entry)
    stored: Mapping[str, str] = entry.options.get(CONF_PAPER) or {}
    cameras = entry.get_subentries_of_type(SUBENTRY_CAMERA)
    filmed = {camera.data.get(CONF_ROOM) for camera in cameras}
    return {
        **{name: stored.get(name, "") for name in _TYPED},
        "name": stored.get("name") or entry.title,
        "days": entry.options[CONF_RETENTION_DAYS],
        "sound": any(camera.data.get(CONF_SOUND) is True for camera in cameras),
        "poster": _poster(desk),
        "languages": list(LANGUAGES),
        "wanted_languages": profile.duties.notice_languages.value,
        "rooms": [
            {
                "id": room.subentry_id,
                "name": room.title,
                "kind": room.data[CONF_KIND],
                "filmed": room.subentry_id in filmed,
            }
            for room in _rooms(desk)
        ],
    }


async def _preview(desk: Desk, message: dict[str, Any]) -> object:
    """Return what a sign would say, in each of the languages."""
    notice = _notice(desk, message)
    speeches = [Speech(notice, language) for language in message["languages"]]
    return [
        {
            "language": speech.language,
            "title": speech("sign_title"),
            "facts": [{"about": about, "text": text} for about, text in speech.facts()],
            "law": speech.minimum(),
        }
        for speech in speeches
    ]


async def _print(desk: Desk, message: dict[str, Any]) -> object:
    """Return a paper as a PDF; what was typed for it is remembered."""
    paper, languages, notice = message["paper"], message["languages"], _notice(desk, message)
    typed = {name: message[name] for name in _TYPED}
    run = desk.hass.async_add_executor_job
    if paper == "pairing":
        if notice.poster is None:
            raise Refused("portal_off")
        made = await run(pairing_poster, notice, languages)
    elif not (notice.operator and notice.contact):
        raise Refused("paper_incomplete")
    elif paper == "staff":
        made = await run(staff_sheet, notice, languages[0])
    else:
        made = await run(signs, notice, _places(desk, message), languages)
    desk.hass.config_entries.async_update_entry(desk.entry, options={**desk.entry.options, CONF_PAPER: typed})
    return {"pdf": base64.b64encode(made).decode()}


def _places(desk: Desk, message: dict[str, Any]) -> list[str | None]:
    """Return the doors: the house's own first, then rooms by their names."""
    names = {room.subentry_id: room.title for room in _rooms(desk)}
    if not set(message["rooms"]) <= set(names):
        raise Refused("unknown_room")
    places: list[str | None] = [None] if message["house"] else []
    places += [names[each] for each in dict.fromkeys(message["rooms"])]
    if not places:
        raise Refused("bad_input", field="rooms")
    return places


def _rooms(desk: Desk) -> list[ConfigSubentry]:
    return sorted(desk.entry.get_subentries_of_type(SUBENTRY_ROOM), key=lambda room: room.title.casefold())


def _poster(desk: Desk) -> str | None:
    origin = desk.data.portal.origin
    return None if origin is None else poster_of(origin.text)


def _notice(desk: Desk, message: dict[str, Any]) -> Notice:
    profile = profile_of(desk.entry)
    filmed = {camera.data.get(CONF_ROOM) for camera in desk.entry.get_subentries_of_type(SUBENTRY_CAMERA)}
    poster = _poster(desk)
    return Notice(
        name=message["name"] or desk.entry.title,
        operator=message["operator"],
        contact=", ".join(each for each in (message["phone"], message["email"]) if each),
        days=message["days"],
        sound=message["sound"],
        parents=poster is not None,
        no_cameras_where_forbidden=all(profile.forbids(kind) for kind in _NOT_FILMED),
        pause_minutes=profile.duties.privacy_pause_min.value,
        minimum_days=profile.minimum_days,
        staff_notice=profile.duties.staff_notice,
        poster=poster,
        rooms=[room.title for room in _rooms(desk) if room.subentry_id in filmed],
    )


_DETAILS: Final[VolDictType] = {
    **{probatio.Required(name): _line for name in _TYPED},
    probatio.Required("days"): probatio.All(int, probatio.Range(min=1, max=MAXIMUM_RETENTION_DAYS)),
    probatio.Required("sound"): bool,
    probatio.Required("languages"): probatio.All(
        [probatio.In(tuple(LANGUAGES))], probatio.Length(min=1, max=len(LANGUAGES))
    ),
}

COMMANDS: Final = {
    "paper/get": Command(fields={}, answer=_get),
    "paper/preview": Command(fields=_DETAILS, answer=_preview),
    "paper/print": Command(
        fields={
            **_DETAILS,
            probatio.Required("paper"): probatio.In(PAPERS),
            probatio.Optional("house", default=False): bool,
            probatio.Optional("rooms", default=list): probatio.All([ID], probatio.Length(max=MOST_DOORS)),
        },
        answer=_print,
    ),
}


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the commands of paper."""
    register(hass, COMMANDS)
