"""What a guardian is told of themselves: their rooms, their agreements, today."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from ..const import CONF_PORTAL_DAILY_SOFT_MIN, PORTAL_DAILY_SOFT_MIN
from ..engine.people.records import Consent, Device, Guardian, Purpose
from .access import Decision, Reason, rooms_of
from .agreement import purpose_of
from .day import opening_today
from .pages import PAGE_VERSION
from .portal import Portal
from .routes import PortalRequest

RULES_VERSION: Final = 1
"""Raised when the five lines that every guardian accepts change."""
STILL_WATCHING_S: Final = 900

_ALWAYS: Final[tuple[Purpose, ...]] = ("parent_live", "recording_notice")

type Told = dict[str, object]


def told_of_me(request: PortalRequest, today_s: int, token: str) -> Told:
    """Return everything that the page begins with."""
    portal, device = request.portal, request.whose
    guardian = portal.guardian(device)
    accepted = portal.snapshot.rules.get(guardian.id)
    soft_min = portal.options.get(CONF_PORTAL_DAILY_SOFT_MIN, PORTAL_DAILY_SOFT_MIN)
    return {
        "kindergarten": portal.entry.title,
        "name": guardian.short_name,
        "language": guardian.language,
        "time_zone": portal.hass.config.time_zone,
        "page": PAGE_VERSION,
        "token": token,
        "rules": {
            "version": RULES_VERSION,
            "accepted": accepted is not None and accepted.version >= RULES_VERSION,
        },
        "rooms": _rooms(portal, device, request.now),
        "consents": _consents(portal, device, guardian),
        "head": _head(portal),
        "limits": {
            "still_watching_s": STILL_WATCHING_S,
            "daily_soft_s": round(soft_min * 60),
            "today_s": today_s,
        },
    }


def own_rooms(portal: Portal, guardian_id: str, now: datetime) -> Mapping[str, tuple[str, ...]]:
    """Return the children by room, today's; who is in none today is told of the one they left or enter."""
    snapshot, found = portal.snapshot, dict[str, list[str]]()
    for own in rooms_of(snapshot, guardian_id, now.date()):
        found.setdefault(own.room_id, []).append(own.child_id)
    seen = {child_id for children in found.values() for child_id in children}
    for child_id in snapshot.children_of(guardian_id):
        if child_id not in seen and (memberships := snapshot.memberships_of(child_id)):
            group = snapshot.groups.get(memberships[-1].group_id)
            if group is not None and group.room_id is not None:
                found.setdefault(group.room_id, []).append(child_id)
    return {room_id: tuple(dict.fromkeys(children)) for room_id, children in found.items()}


def find_room(request: PortalRequest, name: object) -> str | None:
    """Return which of the guardian's own rooms a phone means."""
    rooms = own_rooms(request.portal, request.whose.guardian_id, request.now)
    return request.portal.ids.find(request.whose, "room", name, rooms)


def _rooms(portal: Portal, device: Device, now: datetime) -> list[Told]:
    told = []
    for room_id, children in own_rooms(portal, device.guardian_id, now).items():
        decision = portal.decide(device, room_id, now)
        if decision.reason not in {Reason.UNKNOWN, Reason.PORTAL_OFF}:
            told.append(_room(portal, device, room_id, children, decision, now))
    return told


def _room(
    portal: Portal, device: Device, room_id: str, children: tuple[str, ...], decision: Decision, now: datetime
) -> Told:
    room, snapshot = portal.house().rooms[room_id], portal.snapshot
    told: Told = {
        "id": portal.ids.of(device, "room", room_id),
        "name": room.name,
        "child": ", ".join(snapshot.children[child_id].name for child_id in children),
        "open": decision.allowed,
        "reason": decision.reason,
        "opens_at_us": _us(decision.opens_at),
        "closes_at_us": _us(decision.closes_at),
        "mode": "video" if room.has_sub else "stills",
    }
    # Only who may come in on some days is told of the hours.
    if decision.reason not in {Reason.ACCESS_ENDED, Reason.NOT_OPEN_YET}:
        today = opening_today(snapshot, room, now)
        told["today"] = [{"from_us": _us(start), "until_us": _us(end)} for start, end in today]
    return told


def _consents(portal: Portal, device: Device, guardian: Guardian) -> list[Told]:
    if guardian.relative:
        return []
    snapshot, house = portal.snapshot, portal.house()
    purposes = dict.fromkeys([purpose_of(house.consent_rule), *_ALWAYS])
    return [
        {
            "child_id": portal.ids.of(device, "child", child_id),
            "child": snapshot.children[child_id].name,
            "purpose": purpose,
            "version": house.text_version,
            "state": _state(snapshot.consent(guardian.id, child_id, purpose), house.text_version),
        }
        for child_id in snapshot.children_of(guardian.id)
        for purpose in purposes
    ]


def _state(consent: Consent | None, version: int) -> str:
    if consent is None:
        return "missing"
    if consent.state == "given" and consent.version != version:
        return "outdated"
    return consent.state


def _head(portal: Portal) -> Told | None:
    """Return the code of the ledger's head: what so many phones have seen, nobody can take back."""
    status = portal.coordinator.data.status
    head = status.head if status else None
    return {"day": head.day, "code": head.code} if head and head.day and head.code else None


def _us(moment: datetime | None) -> int | None:
    return None if moment is None else round(moment.timestamp() * 1_000_000)
