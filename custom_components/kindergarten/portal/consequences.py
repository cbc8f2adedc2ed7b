"""What it costs other families to shut somebody out: told to the owner before, not found out after.

An agreement stands as long as somebody valid stands behind it. So a child whose last guardian is
shut out has not agreed any more, and where everybody has to agree, nobody sees the room.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Final, Literal

from ..engine.people.records import Guardian
from ..engine.people.snapshot import Snapshot
from ..engine.people.store import known
from .access import House, permitted
from .agreement import agreed

type What = Literal["block", "end", "relative", "unlink", "remove", "forget", "leave"]
type Why = Literal["nobody_left", "no_form"]

WHATS: Final[tuple[What, ...]] = ("block", "end", "relative", "unlink", "remove", "forget", "leave")


@dataclass(frozen=True, kw_only=True)
class Change:
    """What is about to be done: to a guardian, a child or both, `day` being the last one for `end` and `leave`."""

    what: What
    guardian_id: str = ""
    child_id: str = ""
    day: date = date.min


@dataclass(frozen=True, kw_only=True)
class Closing:
    """A room that others could not see any more: how many families, and on which children's account."""

    room_id: str
    families: int
    children: Mapping[str, Why]


@dataclass(frozen=True, kw_only=True)
class Consequences:
    """What others lose, the children nobody could agree for any more, and who is shut out."""

    rooms: tuple[Closing, ...]
    alone: tuple[str, ...]
    concerned: frozenset[str]


def consequences(snapshot: Snapshot, house: House, change: Change, now: datetime) -> Consequences:
    """Compare the people as they are with the people as they would be, at the first moment that differs.

    Raises PeopleError("unknown").
    """
    after, concerned = _CHANGES[change.what](snapshot, change)
    if change.what in {"end", "leave"}:
        now = max(now, datetime.combine(change.day + timedelta(days=1), time(12), now.tzinfo))
    rooms = tuple(
        closing
        for room_id in house.rooms
        if (closing := _closing(snapshot, after, house, room_id, now, concerned)) is not None
    )
    day = now.date()
    alone = tuple(
        child_id
        for child_id in sorted(after.children)
        if any(each.covers(day) for each in after.memberships_of(child_id))
        and _may_agree(snapshot, child_id, day)
        and not _may_agree(after, child_id, day)
    )
    return Consequences(rooms=rooms, alone=alone, concerned=concerned)


def _closing(
    before: Snapshot, after: Snapshot, house: House, room_id: str, now: datetime, concerned: frozenset[str]
) -> Closing | None:
    day, losing, on_account = now.date(), set[str](), dict[str, Why]()
    for group in after.groups_in(room_id):
        for child_id in sorted(after.enrolled(group.id, day)):
            others = [each for each in before.guardians_of(child_id) if each not in concerned]
            if any(
                permitted(before, house, each, room_id, now)
                and not permitted(after, house, each, room_id, now)
                for each in others
            ):
                losing.add(child_id)
            rule, version = house.consent_rule, house.text_version
            if agreed(before, rule, version, child_id, day) and not agreed(
                after, rule, version, child_id, day
            ):
                on_account[child_id] = "no_form" if _may_agree(after, child_id, day) else "nobody_left"
    if not losing:
        return None
    return Closing(room_id=room_id, families=len(losing), children=MappingProxyType(on_account))


def _may_agree(snapshot: Snapshot, child_id: str, day: date) -> bool:
    found = (snapshot.guardians.get(each) for each in snapshot.guardians_of(child_id))
    return any(each is not None and not each.relative and each.valid(day) for each in found)


type _Made = tuple[Snapshot, frozenset[str]]
"""The people as they would be, and the guardians whom it is about."""


def _guardian(change_of: Callable[[Guardian, Change], Guardian]) -> Callable[[Snapshot, Change], _Made]:
    """Return a change of one guardian's own data."""

    def make(snapshot: Snapshot, change: Change) -> _Made:
        guardian = known(snapshot.guardians, change.guardian_id, "guardian")
        guardians = {**snapshot.guardians, guardian.id: change_of(guardian, change)}
        return replace(snapshot, guardians=guardians), frozenset({guardian.id})

    return make


def _unlink(snapshot: Snapshot, change: Change) -> _Made:
    known(snapshot.guardians, change.guardian_id, "guardian")
    known(snapshot.children, change.child_id, "child")
    pair = (change.guardian_id, change.child_id)
    return replace(
        snapshot,
        guardianships=frozenset(
            each for each in snapshot.guardianships if (each.guardian_id, each.child_id) != pair
        ),
        consents=tuple(each for each in snapshot.consents if (each.guardian_id, each.child_id) != pair),
    ), frozenset({change.guardian_id})


def _remove(snapshot: Snapshot, change: Change) -> _Made:
    known(snapshot.guardians, change.guardian_id, "guardian")
    gone = frozenset({change.guardian_id})
    return _without(snapshot, gone, frozenset()), gone


def _forget(snapshot: Snapshot, change: Change) -> _Made:
    child_id = known(snapshot.children, change.child_id, "child").id
    gone = frozenset(
        each for each in snapshot.guardians_of(child_id) if snapshot.children_of(each) == (child_id,)
    )
    concerned = frozenset(snapshot.guardians_of(child_id))
    return _without(snapshot, gone, frozenset({child_id})), concerned


def _leave(snapshot: Snapshot, change: Change) -> _Made:
    child_id, last = known(snapshot.children, change.child_id, "child").id, change.day
    memberships = {
        each.id: replace(each, until_day=min(each.until_day or last, last))
        if each.child_id == child_id
        else each
        for each in snapshot.memberships.values()
        if each.child_id != child_id or each.from_day <= last
    }
    return replace(snapshot, memberships=memberships), frozenset(snapshot.guardians_of(child_id))


def _without(snapshot: Snapshot, guardians: frozenset[str], children: frozenset[str]) -> Snapshot:
    """Return the people without some of them."""
    return replace(
        snapshot,
        guardians={each: found for each, found in snapshot.guardians.items() if each not in guardians},
        children={each: found for each, found in snapshot.children.items() if each not in children},
        memberships={
            each: found for each, found in snapshot.memberships.items() if found.child_id not in children
        },
        guardianships=frozenset(
            each
            for each in snapshot.guardianships
            if each.guardian_id not in guardians and each.child_id not in children
        ),
        consents=tuple(
            each
            for each in snapshot.consents
            if each.guardian_id not in guardians and each.child_id not in children
        ),
    )


_CHANGES: Final[Mapping[What, Callable[[Snapshot, Change], _Made]]] = {
    "block": _guardian(lambda guardian, _: replace(guardian, blocked=True)),
    "end": _guardian(lambda guardian, change: replace(guardian, valid_until=change.day)),
    "relative": _guardian(lambda guardian, _: replace(guardian, relative=True)),
    "unlink": _unlink,
    "remove": _remove,
    "forget": _forget,
    "leave": _leave,
}
