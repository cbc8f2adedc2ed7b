"""Who may see what, when: the cases that the law and the families have words for."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from custom_components.kindergarten.engine.people.records import ConsentState
from custom_components.kindergarten.portal.access import Decision, Reason, rooms_of

from .access_asking import asked
from .access_world import DAY, GUARDIANS, HALL, LOCAL, MOON, NOON, ROOMS, SUN, TODAY, Facts, us
from .real_house import RealHouse


def test_the_world_of_the_matrix_is_open() -> None:
    open_to = {
        (guardian, room)
        for guardian in GUARDIANS
        for room in ROOMS
        if asked(Facts(), guardian, room, NOON).allowed
    }
    assert open_to == {("anna", SUN), ("boris", SUN), ("clara", SUN), ("dina", MOON)}


def _closed(facts: Facts, guardian: str = "anna", room: str = SUN, now: datetime = NOON) -> Reason:
    decision = asked(facts, guardian, room, now)
    assert not decision.allowed
    return decision.reason


def test_a_newcomer_without_a_form_closes_the_room_from_the_first_day() -> None:
    facts = Facts()
    facts.members.append(("new", "g-sun", TODAY + DAY, None))
    assert asked(facts, "anna", SUN, NOON).allowed
    assert _closed(facts, now=NOON + DAY) is Reason.NOT_OPEN_YET


def test_a_new_text_closes_the_room_until_all_have_agreed_to_it() -> None:
    facts = Facts(version=3)
    assert _closed(facts) is Reason.OWN_CONSENT
    facts.words.append(("anna", "alma", "parent_live", 3, "given"))
    assert _closed(facts) is Reason.NOT_OPEN_YET
    facts.words.append(("clara", "bek", "parent_live", 3, "given"))
    assert asked(facts, "anna", SUN, NOON).allowed


@pytest.mark.parametrize("state", ["refused", "withdrawn"])
def test_one_no_closes_the_room_for_all_and_tells_nobody_whose_it_was(state: ConsentState) -> None:
    facts = Facts()
    facts.words.append(("clara", "bek", "parent_live", 2, state))
    assert _closed(facts) is Reason.NOT_OPEN_YET
    assert _closed(facts, "clara") is Reason.OWN_CONSENT
    assert asked(facts, "dina", MOON, NOON).allowed


def test_the_no_of_the_childs_other_guardian_looks_like_any_closed_room() -> None:
    facts = Facts()
    facts.words.append(("boris", "alma", "parent_live", 2, "withdrawn"))
    assert asked(facts, "anna", SUN, NOON) == Decision(allowed=False, reason=Reason.NOT_OPEN_YET)


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
    assert asked(facts, "anna", SUN, NOON).allowed
    facts.words.remove(("boris", "alma", "parent_live", 2, "given"))
    assert _closed(facts) is Reason.OWN_CONSENT


def test_ones_own_child_has_to_be_among_the_share() -> None:
    facts = Facts(rule="share")
    facts.members += [(f"c{number}", "g-sun", TODAY, None) for number in range(8)]
    for number in range(8):
        facts.links.append(("clara", f"c{number}"))
        facts.words.append(("clara", f"c{number}", "parent_live", 2, "given"))
    assert asked(facts, "anna", SUN, NOON).allowed
    facts.words.append(("boris", "alma", "parent_live", 2, "refused"))
    assert _closed(facts) is Reason.NOT_OPEN_YET
    assert asked(facts, "clara", SUN, NOON).allowed


def test_seven_of_ten_are_enough_where_a_share_is() -> None:
    facts = Facts(rule="share")
    for number in range(8):
        child, parent = f"c{number}", f"p{number}"
        facts.members.append((child, "g-sun", TODAY, None))
        facts.links.append((parent, child))
        facts.valid[parent] = (TODAY, None, False, False)
        if number < 5:
            facts.words.append((parent, child, "parent_live", 2, "given"))
    assert asked(facts, "anna", SUN, NOON).allowed
    assert _closed(facts, "p7") is Reason.OWN_CONSENT
    facts.words.append(("p0", "c0", "parent_live", 2, "withdrawn"))
    assert _closed(facts) is Reason.NOT_OPEN_YET


def test_where_a_notice_is_enough_everybody_has_to_have_had_it() -> None:
    facts = Facts(rule="notice")
    facts.words = [each for each in facts.words if each[2] == "recording_notice"]
    assert asked(facts, "anna", SUN, NOON).allowed
    facts.members.append(("new", "g-sun", TODAY, None))
    assert _closed(facts) is Reason.NOT_OPEN_YET


def test_others_agreements_and_a_room_that_is_off_look_the_same_at_any_time() -> None:
    off, others = Facts(), Facts()
    off.rooms[SUN] = replace(off.rooms[SUN], shown=False)
    others.words.append(("clara", "bek", "parent_live", 2, "refused"))
    for hours in range(48):
        now = NOON + timedelta(hours=hours)
        assert asked(off, "anna", SUN, now) == asked(others, "anna", SUN, now)


def test_another_familys_room_does_not_exist() -> None:
    for room in (MOON, HALL, "room-nowhere"):
        assert asked(Facts(), "anna", room, NOON) == Decision(allowed=False, reason=Reason.UNKNOWN)
    assert _closed(Facts(), "nobody") is Reason.UNKNOWN


def test_a_parent_hears_when_it_opens_again() -> None:
    facts = Facts(closures=[(TODAY + DAY, TODAY + 2 * DAY, None)])
    tuesday = datetime.combine(TODAY, time(18, 0), LOCAL)
    after_the_weekend = datetime.combine(TODAY + 3 * DAY, time(8, 0), LOCAL)
    assert asked(facts, "anna", SUN, tuesday) == Decision(
        allowed=False, reason=Reason.CLOSED_HOURS, opens_at=after_the_weekend
    )
    quiet = datetime.combine(TODAY, time(13, 30), LOCAL)
    decision = asked(facts, "anna", SUN, quiet)
    assert (decision.reason, decision.opens_at) == (Reason.QUIET, quiet.replace(hour=15, minute=0))
    decision = asked(facts, "anna", SUN, NOON + DAY)
    assert (decision.reason, decision.opens_at) == (Reason.HOLIDAY, after_the_weekend)
    assert asked(facts, "anna", SUN, NOON).closes_at == NOON.replace(hour=13)


def test_a_pause_wins_and_says_when_it_ends() -> None:
    end = NOON + timedelta(minutes=15)
    facts = Facts(pauses={SUN: end})
    facts.rooms[SUN] = replace(facts.rooms[SUN], schedule=True)
    decision = asked(facts, "anna", SUN, NOON)
    assert (decision.reason, decision.opens_at) == (Reason.PAUSED, end)
    assert asked(facts, "anna", SUN, end).allowed


def test_a_schedule_that_tells_its_next_change_is_told() -> None:
    facts, opens = Facts(), NOON + timedelta(hours=5)
    facts.rooms[SUN] = replace(facts.rooms[SUN], schedule=False, schedule_next=opens)
    decision = asked(facts, "anna", SUN, NOON)
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
    assert asked(facts, "anna", SUN, before).allowed
    assert _closed(facts, now=midnight) is Reason.ACCESS_ENDED
    facts.members, facts.valid["anna"] = [("alma", "g-sun", begin, None)], (begin, last, False, False)
    assert asked(facts, "anna", SUN, before).allowed
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
    assert asked(facts, "phone-anna", SUN, NOON).allowed
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
    assert asked(facts, "anna", SUN, NOON) == asked(left, "anna", SUN, NOON)


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
