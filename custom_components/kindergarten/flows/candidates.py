"""Cameras that were found and may be added: their names, their pictures, the rooms they look at."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
import re
from types import MappingProxyType
from typing import Any
from uuid import uuid4

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import CONF_NAME
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)

from ..const import (
    CONF_CAMERA_ID,
    CONF_FOUND,
    CONF_KIND,
    CONF_PROFILE,
    CONF_ROOM,
    CONF_SOUND,
    CONF_SUB_POLICY,
    SUBENTRY_CAMERA,
)
from ..engine.legal import profile
from .names import MAXIMUM_LENGTH, FieldError, clean_name
from .probe import Found
from .room import allowed_rooms, rooms_of
from .words import Words

_NUMBERED = re.compile(
    r"(?:ip ?)?(?:d|cam|camera|ch|channel|ipc|ipcam|ipcamera|ip camera|video|канал|камера)?[ _#.№-]*\d*",
    re.IGNORECASE,
)
"""Names that recorders give by themselves: they tell nobody anything."""


@dataclass(kw_only=True)
class Candidate:
    """A camera that may be added. `source` is what is kept of it but its room; `label` is never empty.

    `added` is the name of a camera that is this one. `stills` are the addresses of its pictures.
    """

    key: str
    label: str
    name: str
    source: Mapping[str, Any] = field(repr=False)
    seen: bool = True
    added: str | None = None
    found: Found | None = None
    stills: list[str] = field(default_factory=list)

    @property
    def ticked(self) -> bool:
        """Return whether it is offered as chosen."""
        return self.seen and self.added is None


def telling(name: str) -> str:
    """Return a name that people gave, "" for one that a recorder made up."""
    return "" if _NUMBERED.fullmatch(name.strip()) else name.strip()


def options(candidates: Iterable[Candidate], say: Words) -> list[SelectOptionDict]:
    """Return what may be ticked; what is there already is not."""
    return [
        SelectOptionDict(
            value=each.key, label=each.label if each.seen else say("find_empty", name=each.label)
        )
        for each in candidates
        if each.added is None
    ]


def gallery(candidates: Collection[Candidate], say: Words) -> str:
    """Return the pictures of all candidates, two in a row, as HTML that Home Assistant lets through."""
    cells = [f'<td width="50%" valign="top">{_cell(each, say)}</td>' for each in candidates]
    rows = ["".join(cells[at : at + 2]) for at in range(0, len(cells), 2)]
    return f'<table width="100%">{"".join(f"<tr>{row}</tr>" for row in rows)}</table>'


def _cell(candidate: Candidate, say: Words) -> str:
    lines = [f"<b>{escape(candidate.label)}</b>"]
    if candidate.added is not None:
        lines.append(escape(say("find_added", name=candidate.added)))
    elif not candidate.seen:
        lines.append(escape(say("find_no_picture")))
    elif candidate.found is not None:
        video = candidate.found.main.video
        lines.append(f"{video.width} × {video.height}")
    picture = "".join(f'<img src="{escape(url)}" width="100%">' for url in candidate.stills[:1])
    return picture + ("<br>" if picture else "") + "<br>".join(lines)


def room_selector(entry: ConfigEntry[Any]) -> SelectSelector:
    """Return a field for a room: one of those that there are, or the name of a new one."""
    rooms = [SelectOptionDict(value=room.subentry_id, label=room.title) for room in allowed_rooms(entry)]
    return SelectSelector(
        SelectSelectorConfig(options=rooms, mode=SelectSelectorMode.DROPDOWN, custom_value=True)
    )


def likely_room(entry: ConfigEntry[Any], candidate: Candidate) -> str | None:
    """Return the room whose name is that of a camera, or the longest that is part of it."""
    name = candidate.name.casefold()
    alike = [room for room in allowed_rooms(entry) if room.title.casefold() in name]
    return max(alike, key=lambda room: len(room.title)).subentry_id if alike else None


def read_rooms(
    entry: ConfigEntry[Any], typed: Mapping[str, str]
) -> tuple[dict[str, ConfigSubentry], dict[str, str]]:
    """Return, by the fields they stand in, the rooms that there are and the names of new ones.

    Raises FieldError.
    """
    law = profile(entry.data[CONF_PROFILE])
    by_name = {room.title.casefold(): room for room in rooms_of(entry)}
    known: dict[str, ConfigSubentry] = {}
    new: dict[str, str] = {}
    for label, said in typed.items():
        room = entry.subentries.get(said) or by_name.get(" ".join(said.split()).casefold())
        if room is None:
            name = clean_name(said, "base")
            new[label] = next((other for other in new.values() if other.casefold() == name.casefold()), name)
        elif law.forbids(room.data[CONF_KIND]):
            raise FieldError("base", "room_forbidden", room=room.title)
        else:
            known[label] = room
    return known, new


def new_camera(entry: ConfigEntry[Any], candidate: Candidate, room: ConfigSubentry) -> ConfigSubentry:
    """Return a camera that is yet to be added to the entry; one without a name is called after it."""
    camera_id = uuid4().hex
    return ConfigSubentry(
        data=MappingProxyType(
            {
                CONF_CAMERA_ID: camera_id,
                CONF_SOUND: False,
                CONF_SUB_POLICY: "demand",
                CONF_ROOM: room.subentry_id,
                **candidate.source,
                CONF_FOUND: candidate.found.stored() if candidate.found else None,
            }
        ),
        subentry_type=SUBENTRY_CAMERA,
        title=_free_name(entry, candidate.name, room.title),
        unique_id=f"camera:{camera_id}",
    )


def _free_name(entry: ConfigEntry[Any], name: str, room: str) -> str:
    """Return a name that no other camera has: its own or, with a number, that of its room.

    The room's too where a device has a name that nobody may type here.
    """
    try:
        name = clean_name(name[:MAXIMUM_LENGTH], CONF_NAME)
    except FieldError:
        name = ""
    taken = [camera.title for camera in entry.get_subentries_of_type(SUBENTRY_CAMERA)]
    stem = (name or room)[: MAXIMUM_LENGTH - 4]
    numbered = (f"{stem} {number}" for number in range(2 if name else 1, len(taken) + 3))
    for each in (*([name] if name else []), *numbered):
        try:
            return clean_name(each, CONF_NAME, taken)
        except FieldError as err:
            if err.code != "name_taken":
                raise
    raise AssertionError("one of them is free")


def profile_kinds(entry: ConfigEntry[Any], kinds: Iterable[str]) -> list[str]:
    """Return the kinds of rooms that may have a camera."""
    law = profile(entry.data[CONF_PROFILE])
    return [kind for kind in kinds if not law.forbids(kind)]
