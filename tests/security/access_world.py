"""A small kindergarten for the access matrix, and an oracle: slow, plain, and not the code under test.

The world is lists of plain facts. `snapshot` and `house` are made of them for the code; `may_see`
reads the same facts and asks each lock in turn, by going through everything.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone

from custom_components.kindergarten.engine.people.records import (
    Child,
    Closure,
    Consent,
    ConsentState,
    Device,
    Group,
    Guardian,
    Guardianship,
    Language,
    Membership,
    Pause,
    Presence,
    Purpose,
)
from custom_components.kindergarten.engine.people.snapshot import Snapshot
from custom_components.kindergarten.portal.access import House, Opening, Room, Span
from custom_components.kindergarten.portal.agreement import Rule

DAY = timedelta(days=1)
LOCAL = timezone(timedelta(hours=5))
TODAY = date(2028, 2, 29)
NOON = datetime.combine(TODAY, time(11, 0), LOCAL)
SUN, MOON, HALL = "room-sun", "room-moon", "room-hall"
ROOMS = (SUN, MOON, HALL, "room-nowhere")
GUARDIANS = ("anna", "boris", "clara", "dina", "nobody")
LANGUAGE: Language = "ru"


def us(moment: datetime) -> int:
    """Return a moment in µs."""
    return round(moment.timestamp() * 1_000_000)


@dataclass
class Facts:
    """Everything that is so. Anna and Boris have Alma, Clara has Bek, both in the sun; Dina's is in the moon."""

    enabled: bool = True
    rule: Rule = "all"
    version: int = 2
    clock_trusted: bool = True
    locked: bool = False
    floor: datetime = NOON - 9 * DAY
    rooms: dict[str, Room] = field(
        default_factory=lambda: {
            name: Room(
                id=name,
                name=name,
                kind="group",
                shown=True,
                never_shown=False,
                opening=Opening(days=frozenset(range(5)), span=Span(start=time(8), end=time(18))),
                quiet=(Span(start=time(13), end=time(15)),),
                camera=f"camera-{name}",
                has_sub=True,
            )
            for name in (SUN, MOON, HALL)
        }
    )
    groups: dict[str, tuple[str | None, bool]] = field(
        default_factory=lambda: {"g-sun": (SUN, False), "g-moon": (MOON, False)}
    )
    members: list[tuple[str, str, date, date | None]] = field(
        default_factory=lambda: [
            ("alma", "g-sun", TODAY - 100 * DAY, None),
            ("bek", "g-sun", TODAY - 100 * DAY, None),
            ("gul", "g-moon", TODAY - 100 * DAY, None),
        ]
    )
    links: list[tuple[str, str]] = field(
        default_factory=lambda: [("anna", "alma"), ("boris", "alma"), ("clara", "bek"), ("dina", "gul")]
    )
    valid: dict[str, tuple[date, date | None, bool, bool]] = field(
        default_factory=lambda: dict.fromkeys(GUARDIANS[:-1], (TODAY - 100 * DAY, None, False, False))
    )
    """By guardian: from, until, blocked, relative."""
    words: list[tuple[str, str, Purpose, int, ConsentState]] = field(
        default_factory=lambda: [
            (guardian, child, purpose, 2, "given")
            for guardian, child in (("anna", "alma"), ("boris", "alma"), ("clara", "bek"), ("dina", "gul"))
            for purpose in ("parent_live", "recording_notice")
        ]
    )
    """In the order in which they were said; the last one for the same three things counts."""
    phones: dict[str, tuple[str, datetime, bool]] = field(
        default_factory=lambda: {f"phone-{name}": (name, NOON + 10 * DAY, False) for name in GUARDIANS[:-1]}
    )
    """By phone: whose, until when, revoked."""
    closures: list[tuple[date, date, str | None]] = field(default_factory=list)
    present: list[tuple[str, date]] = field(default_factory=list)
    pauses: dict[str, datetime] = field(default_factory=dict)


def house(facts: Facts) -> House:
    """Return the house of the facts."""
    return House(
        enabled=facts.enabled,
        consent_rule=facts.rule,
        text_version=facts.version,
        clock_trusted=facts.clock_trusted,
        rooms=facts.rooms,
    )


def snapshot(facts: Facts) -> Snapshot:
    """Return the people of the facts."""
    newest = {
        (guardian, child, purpose): Consent(
            guardian_id=guardian, child_id=child, purpose=purpose, version=version, state=state,
            how="paper", at_us=0,
        )
        for guardian, child, purpose, version, state in facts.words
    }  # fmt: skip
    return Snapshot(
        generation=1,
        floor_us=us(facts.floor),
        locked=facts.locked,
        groups={
            name: Group(id=name, name=name, room_id=room, needs_presence=needs)
            for name, (room, needs) in facts.groups.items()
        },
        children={name: Child(id=name, name=name) for name in ("alma", "bek", "gul", "new")},
        memberships={
            str(n): Membership(id=str(n), child_id=child, group_id=group, from_day=begin, until_day=end)
            for n, (child, group, begin, end) in enumerate(facts.members)
        },
        guardians={
            name: Guardian(
                id=name, name=name, short_name=name, phone="", language=LANGUAGE, relative=relative,
                valid_from=begin, valid_until=end, blocked=blocked, salt=b"",
            )
            for name, (begin, end, blocked, relative) in facts.valid.items()
        },
        guardianships=frozenset(
            Guardianship(guardian_id=guardian, child_id=child) for guardian, child in facts.links
        ),
        consents=tuple(newest.values()),
        devices={name: _device(name, *phone) for name, phone in facts.phones.items()},
        closures={
            str(n): Closure(id=str(n), from_day=begin, until_day=end, room_id=room)
            for n, (begin, end, room) in enumerate(facts.closures)
        },
        presences=frozenset(Presence(child_id=child, day=day) for child, day in facts.present),
        pauses={room: Pause(room_id=room, until_us=us(end)) for room, end in facts.pauses.items()},
    )  # fmt: skip


def _device(name: str, whose: str, until: datetime, revoked: bool) -> Device:
    return Device(
        id=name, guardian_id=whose, label="", made_us=0, seen_us=0, idle_us=us(until), until_us=us(until),
        revoked_us=1 if revoked else None, secret_hash=b"",
    )  # fmt: skip


def may_see(facts: Facts, who: str, room_id: str, now: datetime) -> bool:
    """Say, lock by lock, whether a phone (or a guardian) may see a room."""
    if who in facts.phones:
        whose, until, revoked = facts.phones[who]
        if revoked or now >= until or facts.floor >= until:
            return False
        who = whose
    if not facts.enabled or facts.locked or not facts.clock_trusted:
        return False
    if now < facts.floor - timedelta(seconds=60) or who not in facts.valid or room_id not in facts.rooms:
        return False
    day = max(now, facts.floor).date()
    begin, end, blocked, _ = facts.valid[who]
    if blocked or day < begin or (end is not None and day > end):
        return False
    if not _hours(facts, room_id, now):
        return False
    inside = [name for name, (room, _) in facts.groups.items() if room == room_id]
    if len(inside) != 1:
        return False
    children = {
        child for child, group, start, last in facts.members if group == inside[0] and _in(start, last, day)
    }
    mine = {child for guardian, child in facts.links if guardian == who} & children
    if not mine:
        return False
    if facts.groups[inside[0]][1] and not any((child, now.date()) in facts.present for child in mine):
        return False
    return _agreed(facts, children, mine, day)


def _in(start: date, last: date | None, day: date) -> bool:
    return start <= day and (last is None or last >= day)


def _hours(facts: Facts, room_id: str, now: datetime) -> bool:
    room = facts.rooms[room_id]
    if not room.shown or room.never_shown or room.camera is None:
        return False
    if room_id in facts.pauses and now < facts.pauses[room_id]:
        return False
    for begin, end, which in facts.closures:
        if which in (None, room_id) and begin <= now.date() <= end:
            return False
    clock = now.time()
    if any(span.start <= clock < span.end for span in room.quiet):
        return False
    if room.schedule is not None:
        return room.schedule
    if room.opening is None:
        return False
    span = room.opening.span
    return now.weekday() in room.opening.days and span.start <= clock < span.end


def _agreed(facts: Facts, children: set[str], mine: set[str], day: date) -> bool:
    asked: Purpose = "recording_notice" if facts.rule == "notice" else "parent_live"
    agreeing = set()
    for child in children:
        parents = [guardian for guardian, of in facts.links if of == child]
        yes = no = False
        for parent in parents:
            if parent not in facts.valid:
                continue
            begin, end, blocked, relative = facts.valid[parent]
            counts = not blocked and not relative and _in(begin, end, day)
            for purpose in {asked, "parent_live"}:
                said = [word for word in facts.words if word[:3] == (parent, child, purpose)]
                if said and said[-1][4] != "given":
                    no = True
                if said and purpose == asked and said[-1][3:] == (facts.version, "given") and counts:
                    yes = True
        if yes and not no:
            agreeing.add(child)
    if not mine <= agreeing:
        return False
    if facts.rule == "share":
        return len(agreeing) * 10 >= len(children) * 7
    return agreeing == children
