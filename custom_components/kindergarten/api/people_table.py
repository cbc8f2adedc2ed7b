"""The people as the panel shows them: one table of everything, made anew after every change."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from ..const import CONF_PARENTS_SCHEDULE, SUBENTRY_ROOM
from ..engine.people.records import Child, Consent, Group, Guardian, Purpose
from ..engine.people.snapshot import Snapshot
from ..judgement import profile_of
from ..panel.files import HASH
from ..portal.access import House, Room
from ..portal.agreement import Rule, agreed, objected, purpose_of
from .websocket_desk import Desk

type Told = dict[str, object]

_NOT_SHOWN: Final = {"never_shown", "forbidden"}


def people_table(desk: Desk, invited: Mapping[str, int]) -> Told:
    """Return everything about the people; `invited` holds by guardian until when a link is open (µs)."""
    snapshot, house, day = desk.snapshot, desk.data.portal.house(), desk.today
    viewings = desk.data.portal.viewings
    return {
        "panel": HASH,
        "generation": snapshot.generation,
        "available": desk.data.families.available,
        "error": desk.data.families.error,
        "restored": desk.data.families.restored,
        "locked": snapshot.locked,
        "consent_rule": house.consent_rule,
        "text_version": house.text_version,
        "rooms": _rooms(desk, house),
        "groups": [_group(snapshot, house, each, day) for each in snapshot.groups.values()],
        "children": [_child(snapshot, house, each, day) for each in snapshot.children.values()],
        "guardians": [_guardian(desk, each, invited) for each in snapshot.guardians.values()],
        "closures": [
            {
                "id": each.id,
                "from_day": each.from_day.isoformat(),
                "until_day": each.until_day.isoformat(),
                "room_id": each.room_id,
            }
            for each in snapshot.closures.values()
        ],
        "pauses": [{"room_id": each.room_id, "until_us": each.until_us} for each in snapshot.pauses.values()],
        "viewers": {room_id: count for room_id in house.rooms if (count := viewings.watching(room_id))},
        "window_until_us": snapshot.window_until_us or None,
    }


def _rooms(desk: Desk, house: House) -> list[Told]:
    law = profile_of(desk.entry)
    told = []
    for room in desk.entry.get_subentries_of_type(SUBENTRY_ROOM):
        known = house.rooms[room.subentry_id]
        rule = law.room_kinds.get(known.kind)
        told.append(
            {
                "id": known.id,
                "name": known.name,
                "kind": known.kind,
                "shown": known.shown,
                "never_shown": rule is None or rule.value in _NOT_SHOWN,
                "has_hours": known.opening is not None or known.schedule is not None,
                "parents_schedule": room.data.get(CONF_PARENTS_SCHEDULE),
                "has_camera": known.camera is not None,
                "has_sub": known.has_sub,
                "groups": [each.id for each in desk.snapshot.groups_in(known.id)],
            }
        )
    return told


def _group(snapshot: Snapshot, house: House, group: Group, day: date) -> Told:
    rule, version = house.consent_rule, house.text_version
    children = snapshot.enrolled(group.id, day)
    missing = sorted(child_id for child_id in children if not agreed(snapshot, rule, version, child_id, day))
    return {
        "id": group.id,
        "name": group.name,
        "room_id": group.room_id,
        "needs_presence": group.needs_presence,
        "children": len(children),
        "consents": {"given": len(children) - len(missing), "needed": len(children), "missing": missing},
        "closed_because": _closed_because(snapshot, house.rooms.get(group.room_id or ""), missing, rule),
    }


def _closed_because(snapshot: Snapshot, room: Room | None, missing: list[str], rule: Rule) -> list[str]:
    """Return all that keeps a group's room closed whatever the time; the owner may know, parents never."""
    if room is None:
        return ["no_room"]
    reasons = {
        "never_shown": room.never_shown,
        "not_shown": not room.never_shown and not room.shown,
        "no_hours": room.opening is None and room.schedule is None,
        "no_camera": room.camera is None,
        "shared": len(snapshot.groups_in(room.id)) != 1,
        "consents": bool(missing) and rule != "share",
        "locked": snapshot.locked,
    }
    return [reason for reason, holds in reasons.items() if holds]


def _child(snapshot: Snapshot, house: House, child: Child, day: date) -> Told:
    memberships = snapshot.memberships_of(child.id)
    current = next((each for each in memberships if each.covers(day)), None)
    shown = current or (memberships[-1] if memberships else None)
    return {
        "id": child.id,
        "name": child.name,
        "group_id": shown.group_id if shown else None,
        "from_day": shown.from_day.isoformat() if shown else None,
        "until_day": shown.until_day.isoformat() if shown and shown.until_day else None,
        "enrolled": current is not None,
        "guardians": list(snapshot.guardians_of(child.id)),
        "consent": _word(snapshot, house, child.id, day),
        "present": any(each.child_id == child.id and each.day == day for each in snapshot.presences),
    }


def _word(snapshot: Snapshot, house: House, child_id: str, day: date) -> str:
    """Return how a family stands to being shown."""
    rule, version = house.consent_rule, house.text_version
    words = [
        word
        for guardian_id in snapshot.guardians_of(child_id)
        for purpose in {"parent_live", purpose_of(rule)}
        if (word := snapshot.consent(guardian_id, child_id, purpose)) is not None
    ]
    if objected(snapshot, rule, child_id):
        return "refused" if any(word.state == "refused" for word in words) else "withdrawn"
    if agreed(snapshot, rule, version, child_id, day):
        return "given"
    # Who signed the present text and is no guardian any more has not signed an old one.
    old = (word for word in words if word.purpose == purpose_of(rule) and word.version != version)
    return "outdated" if any(old) else "missing"


def _guardian(desk: Desk, guardian: Guardian, invited: Mapping[str, int]) -> Told:
    snapshot = desk.snapshot
    return {
        "id": guardian.id,
        "name": guardian.name,
        "short_name": guardian.short_name,
        "phone": guardian.phone,
        "language": guardian.language,
        "relative": guardian.relative,
        "valid_from": guardian.valid_from.isoformat(),
        "valid_until": guardian.valid_until.isoformat() if guardian.valid_until else None,
        "valid": guardian.valid(desk.today),
        "blocked": guardian.blocked,
        "children": list(snapshot.children_of(guardian.id)),
        "devices": len(snapshot.devices_of(guardian.id, 0)),
        "invited_until_us": invited.get(guardian.id),
    }


def consent_row(consent: Consent) -> Told:
    """Return one word of one guardian."""
    purpose: Purpose = consent.purpose
    return {
        "guardian_id": consent.guardian_id,
        "child_id": consent.child_id,
        "purpose": purpose,
        "version": consent.version,
        "state": consent.state,
        "how": consent.how,
        "at_us": consent.at_us,
    }
