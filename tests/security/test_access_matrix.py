"""Who may see what, when: every combination against an oracle that was written without the code."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import date, datetime, time, timedelta
import os
from pathlib import Path

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.kindergarten.engine.people.records import ConsentState, Purpose
from custom_components.kindergarten.portal.access import Decision, Reason, decide, rooms_of

from .access_world import (
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
    us,
)
from .real_house import RealHouse

EXAMPLES = int(os.environ.get("ACCESS_EXAMPLES", "400"))
"""More of them are other ones each time; the usual number is always the same."""
DERANDOMIZE = "ACCESS_EXAMPLES" not in os.environ
DAY = timedelta(days=1)
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


def _asked(facts: Facts, who: str, room: str, now: datetime) -> Decision:
    people = snapshot(facts)
    return decide(people, house(facts), people.devices.get(who, who), room, now)


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
        before, after = _asked(facts, "anna", room, now), _asked(changed, "anna", room, now)
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
    decision = _asked(facts, "anna", SUN, now)
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


def test_the_world_of_the_matrix_is_open() -> None:
    open_to = {
        (guardian, room)
        for guardian in GUARDIANS
        for room in ROOMS
        if _asked(Facts(), guardian, room, NOON).allowed
    }
    assert open_to == {("anna", SUN), ("boris", SUN), ("clara", SUN), ("dina", MOON)}


def _closed(facts: Facts, guardian: str = "anna", room: str = SUN, now: datetime = NOON) -> Reason:
    decision = _asked(facts, guardian, room, now)
    assert not decision.allowed
    return decision.reason


def test_a_newcomer_without_a_form_closes_the_room_from_the_first_day() -> None:
    facts = Facts()
    facts.members.append(("new", "g-sun", TODAY + DAY, None))
    assert _asked(facts, "anna", SUN, NOON).allowed
    assert _closed(facts, now=NOON + DAY) is Reason.NOT_OPEN_YET


def test_a_new_text_closes_the_room_until_all_have_agreed_to_it() -> None:
    facts = Facts(version=3)
    assert _closed(facts) is Reason.OWN_CONSENT
    facts.words.append(("anna", "alma", "parent_live", 3, "given"))
    assert _closed(facts) is Reason.NOT_OPEN_YET
    facts.words.append(("clara", "bek", "parent_live", 3, "given"))
    assert _asked(facts, "anna", SUN, NOON).allowed


@pytest.mark.parametrize("state", ["refused", "withdrawn"])
def test_one_no_closes_the_room_for_all_and_tells_nobody_whose_it_was(state: ConsentState) -> None:
    facts = Facts()
    facts.words.append(("clara", "bek", "parent_live", 2, state))
    assert _closed(facts) is Reason.NOT_OPEN_YET
    assert _closed(facts, "clara") is Reason.OWN_CONSENT
    assert _asked(facts, "dina", MOON, NOON).allowed


def test_the_no_of_the_childs_other_guardian_looks_like_any_closed_room() -> None:
    facts = Facts()
    facts.words.append(("boris", "alma", "parent_live", 2, "withdrawn"))
    assert _asked(facts, "anna", SUN, NOON) == Decision(allowed=False, reason=Reason.NOT_OPEN_YET)


def test_one_parents_yes_does_not_outweigh_the_others_no() -> None:
    facts = Facts()
    facts.links.append(("dina", "bek"))
    facts.words.append(("dina", "bek", "parent_live", 2, "refused"))
    assert _closed(facts) is Reason.NOT_OPEN_YET


def test_a_relatives_yes_is_no_parents_yes() -> None:
    facts = Facts()
    facts.valid["clara"] = (TODAY, None, False, True)
    assert _closed(facts) is Reason.NOT_OPEN_YET
    facts = Facts()
    facts.valid["anna"] = (TODAY, None, False, True)
    assert _asked(facts, "anna", SUN, NOON).allowed
    facts.words.remove(("boris", "alma", "parent_live", 2, "given"))
    assert _closed(facts) is Reason.OWN_CONSENT


def test_ones_own_child_has_to_be_among_the_share() -> None:
    facts = Facts(rule="share")
    facts.members += [(f"c{number}", "g-sun", TODAY, None) for number in range(8)]
    for number in range(8):
        facts.links.append(("clara", f"c{number}"))
        facts.words.append(("clara", f"c{number}", "parent_live", 2, "given"))
    assert _asked(facts, "anna", SUN, NOON).allowed
    facts.words.append(("boris", "alma", "parent_live", 2, "refused"))
    assert _closed(facts) is Reason.NOT_OPEN_YET
    assert _asked(facts, "clara", SUN, NOON).allowed


def test_seven_of_ten_are_enough_where_a_share_is() -> None:
    facts = Facts(rule="share")
    for number in range(8):
        child, parent = f"c{number}", f"p{number}"
        facts.members.append((child, "g-sun", TODAY, None))
        facts.links.append((parent, child))
        facts.valid[parent] = (TODAY, None, False, False)
        if number < 5:
            facts.words.append((parent, child, "parent_live", 2, "given"))
    assert _asked(facts, "anna", SUN, NOON).allowed
    assert _closed(facts, "p7") is Reason.OWN_CONSENT
    facts.words.append(("p0", "c0", "parent_live", 2, "withdrawn"))
    assert _closed(facts) is Reason.NOT_OPEN_YET


def test_where_a_notice_is_enough_everybody_has_to_have_had_it() -> None:
    facts = Facts(rule="notice")
    facts.words = [each for each in facts.words if each[2] == "recording_notice"]
    assert _asked(facts, "anna", SUN, NOON).allowed
    facts.members.append(("new", "g-sun", TODAY, None))
    assert _closed(facts) is Reason.NOT_OPEN_YET


def test_others_agreements_and_a_room_that_is_off_look_the_same_at_any_time() -> None:
    off, others = Facts(), Facts()
    off.rooms[SUN] = replace(off.rooms[SUN], shown=False)
    others.words.append(("clara", "bek", "parent_live", 2, "refused"))
    for hours in range(48):
        now = NOON + timedelta(hours=hours)
        assert _asked(off, "anna", SUN, now) == _asked(others, "anna", SUN, now)


def test_another_familys_room_does_not_exist() -> None:
    for room in (MOON, HALL, "room-nowhere"):
        assert _asked(Facts(), "anna", room, NOON) == Decision(allowed=False, reason=Reason.UNKNOWN)
    assert _closed(Facts(), "nobody") is Reason.UNKNOWN


def test_a_parent_hears_when_it_opens_again() -> None:
    facts = Facts(closures=[(TODAY + DAY, TODAY + 2 * DAY, None)])
    tuesday = datetime.combine(TODAY, time(18, 0), LOCAL)
    after_the_weekend = datetime.combine(TODAY + 3 * DAY, time(8, 0), LOCAL)
    assert _asked(facts, "anna", SUN, tuesday) == Decision(
        allowed=False, reason=Reason.CLOSED_HOURS, opens_at=after_the_weekend
    )
    quiet = datetime.combine(TODAY, time(13, 30), LOCAL)
    decision = _asked(facts, "anna", SUN, quiet)
    assert (decision.reason, decision.opens_at) == (Reason.QUIET, quiet.replace(hour=15, minute=0))
    decision = _asked(facts, "anna", SUN, NOON + DAY)
    assert (decision.reason, decision.opens_at) == (Reason.HOLIDAY, after_the_weekend)
    assert _asked(facts, "anna", SUN, NOON).closes_at == NOON.replace(hour=13)


def test_a_pause_wins_and_says_when_it_ends() -> None:
    end = NOON + timedelta(minutes=15)
    facts = Facts(pauses={SUN: end})
    facts.rooms[SUN] = replace(facts.rooms[SUN], schedule=True)
    decision = _asked(facts, "anna", SUN, NOON)
    assert (decision.reason, decision.opens_at) == (Reason.PAUSED, end)
    assert _asked(facts, "anna", SUN, end).allowed


def test_a_schedule_that_tells_its_next_change_is_told() -> None:
    facts, opens = Facts(), NOON + timedelta(hours=5)
    facts.rooms[SUN] = replace(facts.rooms[SUN], schedule=False, schedule_next=opens)
    decision = _asked(facts, "anna", SUN, NOON)
    assert (decision.reason, decision.opens_at) == (Reason.CLOSED_HOURS, opens)


@pytest.mark.parametrize("last", [date(2028, 2, 29), date(2027, 12, 31), date(2028, 2, 28)])
def test_access_ends_at_midnight_in_kazakhstan(last: date) -> None:
    facts = Facts()
    facts.rooms[SUN] = replace(facts.rooms[SUN], schedule=True, quiet=())
    facts.floor = datetime.combine(last - DAY, time(), LOCAL)
    begin = date(2027, 9, 1)
    facts.members = [("alma", "g-sun", begin, last)]
    facts.valid["anna"] = (begin, None, False, False)
    midnight = datetime.combine(last + DAY, time(), LOCAL)
    before = midnight - timedelta(microseconds=1)
    assert before.astimezone(LOCAL).utcoffset() == timedelta(hours=5)
    assert _asked(facts, "anna", SUN, before).allowed
    assert _closed(facts, now=midnight) is Reason.ACCESS_ENDED
    facts.members, facts.valid["anna"] = [("alma", "g-sun", begin, None)], (begin, last, False, False)
    assert _asked(facts, "anna", SUN, before).allowed
    assert _closed(facts, now=midnight) is Reason.ACCESS_ENDED


def test_a_clock_turned_back_opens_nothing_that_had_ended() -> None:
    facts = Facts()
    facts.members[0] = ("alma", "g-sun", TODAY - 9 * DAY, TODAY - DAY)
    facts.floor = NOON
    assert _closed(facts, now=NOON - DAY) is Reason.ACCESS_ENDED
    facts = Facts(floor=NOON + timedelta(minutes=2))
    assert _closed(facts) is Reason.NOT_OPEN_YET


def test_a_clock_that_slips_a_little_opens_nothing_that_had_ended() -> None:
    seen = NOON + timedelta(seconds=40)
    facts = Facts(floor=seen)
    assert _asked(facts, "phone-anna", SUN, NOON).allowed
    facts.phones["phone-anna"] = ("anna", NOON + timedelta(seconds=20), False)
    assert _closed(facts, "phone-anna") is Reason.UNKNOWN
    midnight = datetime.combine(TODAY + DAY, time(), LOCAL)
    facts = Facts(floor=midnight)
    facts.rooms[SUN] = replace(facts.rooms[SUN], schedule=True, quiet=())
    facts.members[0] = ("alma", "g-sun", TODAY - DAY, TODAY)
    assert _closed(facts, now=midnight - timedelta(seconds=30)) is Reason.ACCESS_ENDED


def test_a_blocked_guardian_hears_what_any_leaver_does() -> None:
    facts = Facts()
    facts.valid["anna"] = (TODAY, None, True, False)
    left = Facts()
    left.members[0] = ("alma", "g-sun", TODAY - 9 * DAY, TODAY - DAY)
    assert _asked(facts, "anna", SUN, NOON) == _asked(left, "anna", SUN, NOON)


@pytest.mark.parametrize(
    ("closing", "reason"),
    [
        (lambda h: h.people.revoke_device(h.device.id), Reason.UNKNOWN),
        (lambda h: h.people.logout(h.device.id), Reason.UNKNOWN),
        (lambda h: h.people.revoke_guardian(h.guardian), Reason.UNKNOWN),
        (lambda h: h.people.block(h.guardian), Reason.UNKNOWN),
        (lambda h: h.people.remove_guardian(h.guardian), Reason.UNKNOWN),
        (lambda h: h.people.forget_family(h.child), Reason.UNKNOWN),
        (lambda h: h.people.set_floor(10_000), Reason.UNKNOWN),
        (lambda h: h.people.set_locked(True), Reason.UNKNOWN),
        (lambda h: h.people.unlink(h.guardian, h.child), Reason.UNKNOWN),
        (lambda h: h.people.leave(h.child, TODAY - DAY), Reason.ACCESS_ENDED),
        (lambda h: h.people.set_consent(h.guardian, h.child, "parent_live", 1, "withdrawn"), Reason.OWN_CONSENT),
        (lambda h: h.family("Жаңа", "Ата"), Reason.NOT_OPEN_YET),
        (lambda h: h.people.pause(SUN, us(h.now) + 1, "staff"), Reason.PAUSED),
        (lambda h: h.people.set_closures([(TODAY, TODAY, SUN)]), Reason.HOLIDAY),
        (lambda h: h.people.change_group(h.group, "Күн", SUN, True), Reason.PRESENCE),
        (lambda h: h.people.change_group(h.group, "Күн", MOON, False), Reason.UNKNOWN),
        (lambda h: h.people.add_group("Күн", SUN), Reason.NOT_OPEN_YET),
    ],
)  # fmt: skip
def test_every_change_closes_the_room_with_the_next_snapshot(
    tmp_path: Path, closing: Callable[[RealHouse], object], reason: Reason
) -> None:
    real = RealHouse(tmp_path)
    assert real.reason() is Reason.OK
    closing(real)
    assert real.reason() is reason
    real.people.close()


def test_ones_own_rooms_are_those_of_today(tmp_path: Path) -> None:
    real = RealHouse(tmp_path)
    people = real.people
    people.enrol(real.child, real.other_group, TODAY + DAY)
    assert [each.room_id for each in rooms_of(people.snapshot, real.guardian, TODAY)] == [SUN]
    assert [each.room_id for each in rooms_of(people.snapshot, real.guardian, TODAY + DAY)] == [MOON]
    assert rooms_of(people.snapshot, real.guardian, TODAY - 10 * DAY) == ()
    people.close()
