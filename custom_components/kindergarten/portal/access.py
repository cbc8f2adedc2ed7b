"""Decides who may see a room now. The only place that does; it knows no request, clock or entity."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Literal

from ..engine.people.records import Device, Guardian, Membership
from ..engine.people.snapshot import Snapshot
from .agreement import everybody_agrees, own_children_agreed

LOOK_AHEAD_DAYS: Final = 120
"""How far a parent is told the next opening: a summer's holidays are shorter."""
CLOCK_SLACK_US: Final = 60_000_000
"""A clock that is further behind what was seen before is not believed."""


class Reason(StrEnum):
    """Why a room is open or closed. `unknown` is for those who must not learn that there is a room.

    `not_open_yet` has many causes and never says which: agreements of others are among them.
    """

    OK = "ok"
    PORTAL_OFF = "portal_off"
    UNKNOWN = "unknown"
    CLOSED_HOURS = "closed_hours"
    QUIET = "quiet"
    HOLIDAY = "holiday"
    PAUSED = "paused"
    NOT_OPEN_YET = "not_open_yet"
    OWN_CONSENT = "own_consent"
    PRESENCE = "presence"
    ACCESS_ENDED = "access_ended"
    NO_CAMERA = "no_camera"


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """Whether a guardian may see a room, why, and when that will change (local times, if known)."""

    allowed: bool
    reason: Reason
    opens_at: datetime | None = None
    closes_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A part of a day in local time; the end is no longer in it."""

    start: time
    end: time

    def covers(self, moment: datetime) -> bool:
        """Return whether a local moment is in it."""
        return self.start <= moment.time() < self.end


@dataclass(frozen=True, kw_only=True, slots=True)
class Opening:
    """The hours of the week: days are 0 for Monday to 6."""

    days: frozenset[int]
    span: Span

    def covers(self, moment: datetime) -> bool:
        """Return whether a local moment is in it."""
        return moment.weekday() in self.days and self.span.covers(moment)


@dataclass(frozen=True, kw_only=True, slots=True)
class Room:
    """A room as the house has it.

    `never_shown` is the law's word on its kind, `shown` the owner's. A schedule entity, if there is
    one (`schedule` is not None), stands in place of the opening hours; whatever is not surely on is
    off. `schedule_next` is when that entity changes next, in local time.
    """

    id: str
    name: str
    kind: str
    shown: bool = False
    never_shown: bool = True
    opening: Opening | None = None
    quiet: tuple[Span, ...] = ()
    schedule: bool | None = None
    schedule_next: datetime | None = None
    camera: str | None = None
    has_sub: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class House:
    """What a decision needs of the house; everything closed unless said otherwise.

    `text_version` is that of the texts that families agree to.
    """

    enabled: bool = False
    consent_rule: Literal["all", "share", "notice"] = "all"
    text_version: int = 1
    clock_trusted: bool = True
    rooms: Mapping[str, Room] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnRoom:
    """A room that a guardian may see for a child's sake, when it is open."""

    room_id: str
    group_id: str
    child_id: str


def rooms_of(snapshot: Snapshot, guardian_id: str, day: date) -> tuple[OwnRoom, ...]:
    """Return the rooms of a guardian's children on a day, by child."""
    found = []
    for child_id in snapshot.children_of(guardian_id):
        for membership in snapshot.memberships_of(child_id):
            group = snapshot.groups.get(membership.group_id)
            if group is not None and group.room_id is not None and membership.covers(day):
                found.append(OwnRoom(room_id=group.room_id, group_id=group.id, child_id=child_id))
    return tuple(found)


def decide(snapshot: Snapshot, house: House, who: Device | str, room_id: str, now: datetime) -> Decision:
    """Return whether a phone (or a guardian, by id) may see a room at an aware local moment."""
    if not house.enabled:
        return _no(Reason.PORTAL_OFF)
    guardian = _guardian(snapshot, who, now)
    room = house.rooms.get(room_id)
    if guardian is None or room is None:
        return _no(Reason.UNKNOWN)
    own = _memberships(snapshot, guardian.id, room_id)
    if not own:
        return _no(Reason.UNKNOWN)
    day = _day(snapshot, now)
    reason = _access(guardian, own, day) or _permission(snapshot, house, guardian, room, day, now)
    if reason is not None:
        return _no(reason)
    if (reason := closed_by_time(snapshot, room, now)) is not None:
        return Decision(allowed=False, reason=reason, opens_at=_changes(snapshot, room, now, opens=True))
    if not _present(snapshot, room, guardian.id, day):
        return _no(Reason.PRESENCE)
    if room.camera is None:
        return _no(Reason.NO_CAMERA)
    closes = _changes(snapshot, room, now, opens=False)
    return Decision(allowed=True, reason=Reason.OK, closes_at=closes)


def permitted(snapshot: Snapshot, house: House, guardian_id: str, room_id: str, now: datetime) -> bool:
    """Return whether nothing that does not pass with the hours keeps a guardian from a room on a day.

    Hours, pauses, a child that was not signed in and cameras do not count, nor whether the portal is on.
    """
    guardian, room = snapshot.guardians.get(guardian_id), house.rooms.get(room_id)
    own = _memberships(snapshot, guardian_id, room_id)
    if guardian is None or room is None or not own:
        return False
    day = _day(snapshot, now)
    return (_access(guardian, own, day) or _permission(snapshot, house, guardian, room, day, now)) is None


def closed_by_time(snapshot: Snapshot, room: Room, moment: datetime) -> Reason | None:
    """Return why a room is closed at a local moment, None when hours and pauses let it be open."""
    pause = snapshot.pauses.get(room.id)
    if pause is not None and _us(moment) < pause.until_us:
        return Reason.PAUSED
    if any(each.covers(room.id, moment.date()) for each in snapshot.closures.values()):
        return Reason.HOLIDAY
    if room.schedule is None:
        if room.opening is None or not room.opening.covers(moment):
            return Reason.CLOSED_HOURS
    elif not _scheduled(room, moment):
        return Reason.CLOSED_HOURS
    return Reason.QUIET if any(span.covers(moment) for span in room.quiet) else None


def _no(reason: Reason) -> Decision:
    return Decision(allowed=False, reason=reason)


def _us(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000_000)


def _guardian(snapshot: Snapshot, who: Device | str, now: datetime) -> Guardian | None:
    if isinstance(who, str):
        return snapshot.guardians.get(who)
    device = snapshot.devices.get(who.id)
    if device is None or snapshot.locked or not device.alive(snapshot.at_least(_us(now))):
        return None
    return snapshot.guardians.get(device.guardian_id)


def _memberships(snapshot: Snapshot, guardian_id: str, room_id: str) -> list[Membership]:
    """Return all times, past and coming too, of the guardian's children in this room."""
    found = []
    for child_id in snapshot.children_of(guardian_id):
        for membership in snapshot.memberships_of(child_id):
            group = snapshot.groups.get(membership.group_id)
            if group is not None and group.room_id == room_id:
                found.append(membership)
    return found


def _day(snapshot: Snapshot, now: datetime) -> date:
    """Return today, which no turned-back clock can make yesterday."""
    floor = datetime.fromtimestamp(snapshot.floor_us / 1_000_000, now.tzinfo)
    return max(now.date(), floor.date())


def _access(guardian: Guardian, own: list[Membership], day: date) -> Reason | None:
    if guardian.blocked or (guardian.valid_until is not None and guardian.valid_until < day):
        return Reason.ACCESS_ENDED
    if day < guardian.valid_from:
        return Reason.NOT_OPEN_YET
    if any(membership.covers(day) for membership in own):
        return None
    began = any(membership.from_day <= day for membership in own)
    coming = any(membership.from_day > day for membership in own)
    return Reason.ACCESS_ENDED if began and not coming else Reason.NOT_OPEN_YET


def _permission(
    snapshot: Snapshot, house: House, guardian: Guardian, room: Room, day: date, now: datetime
) -> Reason | None:
    """Return what does not depend on the time of day; others' agreements look like all the rest."""
    if snapshot.locked or not house.clock_trusted or room.never_shown:
        return Reason.NOT_OPEN_YET
    if _us(now) + CLOCK_SLACK_US < snapshot.floor_us:
        return Reason.NOT_OPEN_YET
    children = _own_children(snapshot, guardian.id, room.id, day)
    if not own_children_agreed(snapshot, house.consent_rule, house.text_version, guardian.id, children, day):
        return Reason.OWN_CONSENT
    groups = snapshot.groups_in(room.id)
    if not room.shown or len(groups) != 1 or (room.opening is None and room.schedule is None):
        return Reason.NOT_OPEN_YET
    if not everybody_agrees(snapshot, house.consent_rule, house.text_version, groups[0].id, children, day):
        return Reason.NOT_OPEN_YET
    return None


def _own_children(snapshot: Snapshot, guardian_id: str, room_id: str, day: date) -> frozenset[str]:
    return frozenset(
        each.child_id for each in rooms_of(snapshot, guardian_id, day) if each.room_id == room_id
    )


def _present(snapshot: Snapshot, room: Room, guardian_id: str, day: date) -> bool:
    own = [each for each in rooms_of(snapshot, guardian_id, day) if each.room_id == room.id]
    here = {each.child_id for each in snapshot.presences if each.day == day}
    return any(not snapshot.groups[each.group_id].needs_presence or each.child_id in here for each in own)


def _scheduled(room: Room, moment: datetime) -> bool:
    """Return what the schedule entity says of a moment, as far as it tells: it knows its next change."""
    if room.schedule_next is not None and moment >= room.schedule_next:
        return not room.schedule
    return bool(room.schedule)


def _changes(snapshot: Snapshot, room: Room, now: datetime, *, opens: bool) -> datetime | None:
    """Return the next moment at which the room opens (or closes) by time, None when nobody can say."""
    for moment in _edges(snapshot, room, now, 1 if not opens else LOOK_AHEAD_DAYS):
        if (closed_by_time(snapshot, room, moment) is None) is opens:
            return moment
    return None


def _edges(snapshot: Snapshot, room: Room, now: datetime, days: int) -> Iterator[datetime]:
    """Yield the moments after `now`, in order, at which something about the hours may change."""
    single = [
        datetime.fromtimestamp(pause.until_us / 1_000_000, now.tzinfo)
        for pause in snapshot.pauses.values()
        if pause.room_id == room.id
    ]
    if room.schedule_next is not None:
        single.append(room.schedule_next.astimezone(now.tzinfo))
    spans = [*room.quiet, *([room.opening.span] if room.opening and room.schedule is None else [])]
    times = sorted({time.min, *(edge for span in spans for edge in (span.start, span.end))})
    for ahead in range(days + 1):
        day = now.date() + timedelta(days=ahead)
        edges = [datetime.combine(day, edge, now.tzinfo) for edge in times]
        edges += [moment for moment in single if moment.date() == day]
        yield from sorted(moment for moment in edges if moment > now)
