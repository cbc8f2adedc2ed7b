"""Who may see what, when: every combination against an oracle that was written without the code."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import datetime, time, timedelta
import os

from hypothesis import given, settings, strategies as st

from custom_components.kindergarten.engine.people.records import ConsentState, Purpose
from custom_components.kindergarten.portal.access import Reason, decide

from .access_asking import asked
from .access_world import (
    DAY,
    GUARDIANS,
    HALL,
    LOCAL,
    MOON,
    NOON,
    ROOMS,
    SUN,
    TODAY,
    Facts,
    house,
    may_see,
    snapshot,
)

EXAMPLES = int(os.environ.get("ACCESS_EXAMPLES", "400"))
"""More of them are other ones each time; the usual number is always the same."""
DERANDOMIZE = "ACCESS_EXAMPLES" not in os.environ
NOBODYS_BUSINESS = {Reason.NOT_OPEN_YET}
"""The reasons that may come from other families; each of them has causes of the house too."""

type Fault = Callable[[Facts, st.DataObject], None]

_days = st.integers(-2, 2).map(lambda days: TODAY + days * DAY)
_rooms = st.sampled_from((SUN, MOON, HALL))
_guardians = st.sampled_from(GUARDIANS[:-1])
_children = st.sampled_from(("alma", "bek", "gul", "new"))
_STATES: tuple[ConsentState, ...] = ("given", "refused", "withdrawn")
_PURPOSES: tuple[Purpose, ...] = ("parent_live", "recording_notice")
_states = st.sampled_from(_STATES)
_clocks = st.sampled_from(
    [time(h, m, s, us) for h, m, s, us in (
        (0, 0, 0, 0), (7, 59, 59, 999999), (8, 0, 0, 0), (11, 0, 0, 0), (12, 59, 59, 999999), (13, 0, 0, 0),
        (14, 59, 59, 999999), (15, 0, 0, 0), (17, 59, 59, 999999), (18, 0, 0, 0), (23, 59, 59, 999999),
    )]
)  # fmt: skip
_moments = st.builds(lambda day, clock: datetime.combine(day, clock, LOCAL), _days, _clocks)


def _room(facts: Facts, data: st.DataObject) -> None:
    name = data.draw(_rooms)
    room = facts.rooms[name]
    facts.rooms[name] = data.draw(
        st.sampled_from(
            [
                replace(room, shown=False),
                replace(room, never_shown=True),
                replace(room, camera=None),
                replace(room, opening=None),
                replace(room, quiet=()),
                replace(room, schedule=True),
                replace(room, schedule=False),
                replace(room, schedule=True, opening=None),
            ]
        )
    )


def _group(facts: Facts, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(("g-sun", "g-moon")))
    facts.groups[name] = (data.draw(st.sampled_from((SUN, MOON, HALL, None))), data.draw(st.booleans()))


def _member(facts: Facts, data: st.DataObject) -> None:
    group = data.draw(st.sampled_from(("g-sun", "g-moon")))
    begin, length = data.draw(_days), data.draw(st.one_of(st.none(), st.integers(0, 2)))
    child = data.draw(_children)
    facts.members = [each for each in facts.members if each[0] != child or data.draw(st.booleans())]
    facts.members.append((child, group, begin, None if length is None else begin + length * DAY))


def _link(facts: Facts, data: st.DataObject) -> None:
    link = (data.draw(_guardians), data.draw(_children))
    if link in facts.links:
        facts.links.remove(link)
    else:
        facts.links.append(link)


def _validity(facts: Facts, data: st.DataObject) -> None:
    facts.valid[data.draw(_guardians)] = (
        data.draw(_days),
        data.draw(st.one_of(st.none(), _days)),
        data.draw(st.booleans()),
        data.draw(st.booleans()),
    )


def _word(facts: Facts, data: st.DataObject) -> None:
    purpose = data.draw(st.sampled_from(_PURPOSES))
    version = data.draw(st.sampled_from((1, 2, 2, 2)))
    said = (data.draw(_guardians), data.draw(_children), purpose, version, data.draw(_states))
    if data.draw(st.booleans()):
        facts.words = [each for each in facts.words if each[:3] != said[:3]]
    else:
        facts.words.append(said)


def _phone(facts: Facts, data: st.DataObject) -> None:
    whose = data.draw(_guardians)
    until = NOON + timedelta(hours=data.draw(st.integers(-48, 48)))
    facts.phones[f"phone-{whose}"] = (whose, until, data.draw(st.booleans()))


def _closure(facts: Facts, data: st.DataObject) -> None:
    begin = data.draw(_days)
    room = data.draw(st.one_of(st.none(), _rooms))
    facts.closures.append((begin, begin + data.draw(st.integers(0, 1)) * DAY, room))


def _pause(facts: Facts, data: st.DataObject) -> None:
    facts.pauses[data.draw(_rooms)] = NOON + timedelta(minutes=data.draw(st.sampled_from((-1, 0, 1, 15))))


def _present(facts: Facts, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(("g-sun", "g-moon")))
    facts.groups[name] = (facts.groups[name][0], True)
    facts.present.append((data.draw(_children), data.draw(_days)))


def _site(facts: Facts, data: st.DataObject) -> None:
    match data.draw(st.integers(0, 5)):
        case 0:
            facts.enabled = False
        case 1:
            facts.clock_trusted = False
        case 2:
            facts.locked = True
        case 3:
            facts.version = 3
        case 4:
            facts.floor = NOON + timedelta(minutes=data.draw(st.sampled_from((-5, 0, 1, 2, 900))))
        case _:
            facts.rule = data.draw(st.sampled_from(("all", "share", "notice")))


FAULTS: tuple[Fault, ...] = (
    _room, _group, _member, _link, _validity, _word, _phone, _closure, _pause, _present, _site,
)  # fmt: skip
OTHERS: tuple[Fault, ...] = (_member, _link, _validity, _word, _present)


def _facts(data: st.DataObject, most: int = 3) -> Facts:
    facts = Facts()
    facts.rule = data.draw(st.sampled_from(("all", "all", "share", "notice")))
    for fault in data.draw(st.lists(st.sampled_from(FAULTS), max_size=most)):
        fault(facts, data)
    return facts


@settings(max_examples=EXAMPLES, deadline=None, derandomize=DERANDOMIZE)
@given(data=st.data())
def test_a_room_is_open_if_and_only_if_every_lock_is(data: st.DataObject) -> None:
    facts = _facts(data)
    people, rooms = snapshot(facts), house(facts)
    for now in (NOON, data.draw(_moments)):
        for guardian in GUARDIANS:
            for who in (guardian, f"phone-{guardian}"):
                for room in ROOMS:
                    decision = decide(people, rooms, people.devices.get(who, who), room, now)
                    assert decision.allowed is may_see(facts, who, room, now), (who, room, now, decision)
                    assert decision.allowed is (decision.reason is Reason.OK)


@settings(max_examples=EXAMPLES, deadline=None, derandomize=DERANDOMIZE)
@given(data=st.data())
def test_no_reason_tells_of_another_family(data: st.DataObject) -> None:
    """Whatever others do, one hears the same or that the room is not open yet, which says nothing."""
    facts = _facts(data, 2)
    changed = deepcopy(facts)
    for fault in data.draw(st.lists(st.sampled_from(OTHERS), min_size=1, max_size=3)):
        fault(changed, data)
    _restore_the_family_of("anna", facts, changed)
    now = data.draw(st.one_of(st.just(NOON), _moments))
    for room in ROOMS:
        before, after = asked(facts, "anna", room, now), asked(changed, "anna", room, now)
        if before != after:
            assert {before.reason, after.reason} & NOBODYS_BUSINESS
            closed = before if before.reason in NOBODYS_BUSINESS else after
            assert (closed.opens_at, closed.closes_at) == (None, None)


def _restore_the_family_of(guardian: str, facts: Facts, changed: Facts) -> None:
    """Undo what touches a guardian, their children, and whoever else those belong to."""
    own = {child for who, child in [*facts.links, *changed.links] if who == guardian}
    family = {who for who, child in [*facts.links, *changed.links] if child in own} | {guardian}

    def ours(who: str, child: str) -> bool:
        return who in family or child in own

    changed.members = [each for each in changed.members if each[0] not in own]
    changed.members += [each for each in facts.members if each[0] in own]
    changed.links = [each for each in changed.links if not ours(*each)]
    changed.links += [each for each in facts.links if ours(*each)]
    changed.words = [each for each in changed.words if not ours(*each[:2])]
    changed.words += [each for each in facts.words if ours(*each[:2])]
    changed.present = [each for each in changed.present if each[0] not in own]
    changed.present += [each for each in facts.present if each[0] in own]
    changed.groups = {name: (room, facts.groups[name][1]) for name, (room, _) in changed.groups.items()}
    for who in family & set(facts.valid):
        changed.valid[who] = facts.valid[who]


@settings(max_examples=EXAMPLES // 2, deadline=None, derandomize=DERANDOMIZE)
@given(data=st.data())
def test_when_a_room_opens_by_time_it_does_at_the_moment_that_was_told(data: st.DataObject) -> None:
    facts = _facts(data, 2)
    facts.rooms[SUN] = replace(facts.rooms[SUN], schedule=None)
    now = data.draw(_moments)
    decision = asked(facts, "anna", SUN, now)
    just_before = timedelta(microseconds=1)
    if decision.closes_at is not None:
        assert may_see(facts, "anna", SUN, decision.closes_at - just_before) or _days_lock(facts)
        assert not may_see(facts, "anna", SUN, decision.closes_at)
    if decision.opens_at is not None:
        assert decision.opens_at > now
        assert not may_see(facts, "anna", SUN, decision.opens_at - just_before)


def _days_lock(facts: Facts) -> bool:
    """Return whether a lock that is no matter of hours may close before the hours do."""
    return facts != Facts(rule=facts.rule)
