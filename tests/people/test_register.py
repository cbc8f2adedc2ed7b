"""Children, groups and guardians through a year, and what is noted of them."""

from datetime import date, timedelta

import pytest

from kindergarten_engine.people.errors import PeopleError
from kindergarten_engine.people.people import People

from .house import DAY_US, FIRST_DAY, HOUR_US, OTHER_ROOM, ROOM, House

DAY = timedelta(days=1)
SEPTEMBER = date(2027, 9, 1)


def _groups(people: People, child: str, day: date) -> list[str]:
    return [each.group_id for each in people.snapshot.memberships_of(child) if each.covers(day)]


def test_a_whole_group_moves_in_september(house: House) -> None:
    old, new = house.group(), house.group("Айналайын", OTHER_ROOM)
    first, _ = house.family(old)
    second, _ = house.family(old, "Б", "В", "")
    left, _ = house.family(old, "Г", "Д", "")
    house.people.leave(left, date(2027, 5, 31))
    assert house.people.move_group(old, new, SEPTEMBER) == 2
    people = house.restart()
    for child in (first, second):
        assert _groups(people, child, SEPTEMBER - DAY) == [old]
        assert _groups(people, child, SEPTEMBER) == [new]
    assert _groups(people, left, SEPTEMBER) == []
    assert people.move_group(old, new, SEPTEMBER) == 0


def test_a_child_is_in_one_group_at_a_time(house: House) -> None:
    old, new = house.group(), house.group("Ай", OTHER_ROOM)
    child, _ = house.family(old)
    house.people.enrol(child, new, date(2026, 10, 1))
    assert _groups(house.people, child, date(2026, 9, 30)) == [old]
    assert _groups(house.people, child, date(2026, 10, 1)) == [new]
    house.people.enrol(child, old, FIRST_DAY)
    assert _groups(house.people, child, date(2026, 10, 1)) == [old]


def test_who_leaves_is_in_the_group_on_the_last_day(house: House) -> None:
    child, _ = house.family(house.group())
    house.people.leave(child, date(2028, 2, 29))
    assert _groups(house.people, child, date(2028, 2, 29))
    assert not _groups(house.people, child, date(2028, 3, 1))


def test_what_is_unknown_is_said(house: House) -> None:
    group = house.group()
    child, guardian = house.family(group)
    people = house.people
    for change in (
        lambda: people.change_group("x", "А", None, False),
        lambda: people.change_child("x", "А"),
        lambda: people.enrol(child, "x", FIRST_DAY),
        lambda: people.enrol("x", group, FIRST_DAY),
        lambda: people.link(guardian, "x"),
        lambda: people.link("x", child),
        lambda: people.block("x"),
        lambda: people.invite("x"),
        lambda: people.forget_family("x"),
        lambda: people.set_presence(["x"], FIRST_DAY),
        lambda: people.begin_viewing("x", ROOM),
        lambda: people.cancel_invitation("x"),
    ):
        with pytest.raises(PeopleError, match="unknown"):
            change()


def test_a_group_with_children_is_not_removed_and_a_name_is_used_once(house: House) -> None:
    group = house.group()
    house.family(group)
    with pytest.raises(PeopleError, match="in_use"):
        house.people.remove_group(group)
    with pytest.raises(PeopleError, match="name_taken"):
        house.people.add_group(" күншуақ ")
    empty = house.group("Ай")
    house.people.remove_group(empty)
    assert set(house.people.snapshot.groups) == {group}


def test_names_are_plain_text(house: House) -> None:
    typed = '  Айге\u200bрим\u202e  <img src=x onerror="alert(1)">\n\x00 Се\u0301рікова '
    child = house.people.add_child(typed[:40])
    name = house.people.snapshot.children[child].name
    assert not set(name) & set('<>"`\u200b\u202e\n\x00')
    for bad, code in (("", "name_missing"), (" \u202e<> ", "name_missing"), ("a" * 61, "name_too_long")):
        with pytest.raises(PeopleError, match=code):
            house.people.add_child(bad)
    marked = house.people.add_child("Z" + "\u0300" * 50)
    assert len(house.people.snapshot.children[marked].name) <= 3


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Айгерим Серікова", "Айгерим С."),
        ("Серікова Айгерим", "Айгерим С."),
        ("Серікова Айгерим Болатқызы", "Айгерим С."),
        ("Иванов Пётр Иванович", "Пётр И."),
        ("Пётр Иванов", "Пётр И."),
        ("Мадина", "Мадина"),
        ("Anna Smith", "Anna S."),
    ],
)
def test_the_watermark_has_the_given_name_and_one_letter(house: House, name: str, short: str) -> None:
    guardian = house.people.add_guardian(name, "", "kk", FIRST_DAY)
    assert house.people.snapshot.guardians[guardian].short_name == short


@pytest.mark.parametrize("phone", ["abc", "12", "+7 701 123 45 67 89 01 23", "701=123", "+7<script>"])
def test_what_is_no_phone_number_is_refused(house: House, phone: str) -> None:
    with pytest.raises(PeopleError, match="phone"):
        house.people.add_guardian("А", phone, "kk", FIRST_DAY)


def test_a_consent_needs_the_present_text_a_parent_and_their_child(house: House) -> None:
    child, guardian = house.family(house.group())
    grandmother = house.people.add_guardian("Ажар", "", "kk", FIRST_DAY, relative=True)
    house.people.link(grandmother, child)
    house.people.set_text_version(3)
    with pytest.raises(PeopleError, match="outdated"):
        house.people.set_consent(guardian, child, "parent_live", 2, "given")
    with pytest.raises(PeopleError, match="relative"):
        house.people.set_consent(grandmother, child, "parent_live", 3, "given")
    with pytest.raises(PeopleError, match="unknown"):
        house.people.set_consent(guardian, "x", "parent_live", 3, "given")
    house.people.set_consent(guardian, child, "parent_live", 3, "given")
    house.people.set_consent(guardian, child, "parent_live", 2, "withdrawn")
    word = house.restart().snapshot.consent(guardian, child, "parent_live")
    assert word is not None
    assert (word.state, word.how) == ("withdrawn", "portal")


def test_who_is_unlinked_takes_their_word_along(house: House) -> None:
    child, guardian = house.family(house.group())
    house.people.tick_consents([(guardian, child)], "parent_live")
    house.people.unlink(guardian, child)
    house.people.link(guardian, child)
    assert house.people.snapshot.consent(guardian, child, "parent_live") is None


def test_rules_holidays_presence_and_pauses_survive_a_restart(house: House) -> None:
    child, guardian = house.family(house.group())
    house.people.accept_rules(guardian, 2)
    house.people.set_closures([(date(2027, 1, 1), date(2027, 1, 2), None)])
    house.people.set_presence([child], FIRST_DAY)
    house.people.pause(ROOM, house.times.wall_us + 15 * 60_000_000, "somebody")
    snapshot = house.restart().snapshot
    assert snapshot.rules[guardian].version == 2
    assert [each.covers(ROOM, date(2027, 1, 2)) for each in snapshot.closures.values()] == [True]
    assert {each.child_id for each in snapshot.presences} == {child}
    assert ROOM in snapshot.pauses
    house.people.resume(ROOM)
    house.people.set_presence([child], FIRST_DAY, present=False)
    house.people.set_closures([])
    snapshot = house.restart().snapshot
    assert (dict(snapshot.pauses), snapshot.presences, dict(snapshot.closures)) == ({}, frozenset(), {})


def test_a_pause_has_an_end_and_holidays_an_order(house: House) -> None:
    with pytest.raises(PeopleError, match="past"):
        house.people.pause(ROOM, house.times.wall_us, "somebody")
    with pytest.raises(PeopleError, match="too_long"):
        house.people.pause(ROOM, house.times.wall_us + DAY_US, "somebody")
    with pytest.raises(PeopleError, match="days_order"):
        house.people.set_closures([(date(2027, 1, 2), date(2027, 1, 1), None)])


def test_what_was_watched_is_kept_as_long_as_the_profile_says(house: House) -> None:
    _, guardian = house.family(house.group())
    phone = house.phone(guardian)
    viewing = house.people.begin_viewing(phone.device_id, ROOM)
    house.times.passes(minutes=5)
    house.people.end_viewing(viewing, "hours")
    house.people.end_viewing(viewing, "later")
    (noted,) = house.restart().viewings()
    assert (noted.guardian_id, noted.room_id, noted.end) == (guardian, ROOM, "hours")
    assert noted.until_us is not None
    assert noted.until_us - noted.from_us == 5 * 60_000_000
    house.times.passes(days=399)
    house.people.sweep(FIRST_DAY, 400)
    assert house.people.viewings(guardian_id=guardian)
    house.times.passes(days=2)
    house.people.sweep(FIRST_DAY, 400)
    assert house.people.viewings() == ()


def test_what_one_parent_watched_is_found_without_reading_what_all_others_did(house: House) -> None:
    """Parents look this up themselves, in the one thread that also shuts phones out."""
    _, guardian = house.family(house.group())
    phone = house.phone(guardian)
    house.people.end_viewing(house.people.begin_viewing(phone.device_id, ROOM), "left")
    now_us = house.times.wall_us
    others = ((f"{n}", "phone", "somebody", ROOM, now_us - n * 1000, now_us, "left") for n in range(20_000))
    db = house.people._db
    db.execute("BEGIN")
    db.executemany("INSERT INTO viewings VALUES(?, ?, ?, ?, ?, ?, ?)", others)
    db.execute("COMMIT")
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    db.set_progress_handler(count, 100)
    assert len(house.people.viewings(now_us - DAY_US, guardian_id=guardian)) == 1
    db.set_progress_handler(None, 0)
    assert steps < 10


def test_a_clock_that_jumps_for_an_hour_does_not_empty_the_audit(house: House) -> None:
    _, guardian = house.family(house.group())
    phone = house.phone(guardian)
    for _ in range(10):
        house.people.end_viewing(house.people.begin_viewing(phone.device_id, ROOM), "left")
        house.times.passes(days=1)
        house.people.touch(phone.device_id)
    house.times.turned(days=4000)
    house.people.sweep(FIRST_DAY, 400)
    assert len(house.people.viewings()) == 8


def test_a_viewing_whose_end_nobody_saw_is_ended_at_the_start(house: House) -> None:
    _, guardian = house.family(house.group())
    house.people.begin_viewing(house.phone(guardian).device_id, ROOM)
    house.restart().end_lost_viewings()
    assert [each.end for each in house.people.viewings()] == ["lost"]


def test_the_phones_of_a_family_that_left_end_two_weeks_later(house: House) -> None:
    child, guardian = house.family(house.group())
    phone, last = house.phone(guardian), FIRST_DAY + 10 * DAY
    house.people.leave(child, last)
    for days in range(1, 25):
        house.times.passes(days=1)
        house.people.touch(phone.device_id)
        house.people.sweep(FIRST_DAY + days * DAY, 400)
    assert house.device(phone) is not None
    house.people.sweep(last + 15 * DAY, 400)
    assert house.device(phone) is None


def test_a_request_is_for_ones_own_child_short_past_and_one_of_two(house: House) -> None:
    child, guardian = house.family(house.group())
    other, _ = house.family(house.group("Ай", OTHER_ROOM), "Б", "В", "")
    now = house.times.wall_us

    def ask(child_id: str, room: str, from_us: int, to_us: int) -> int:
        return house.people.add_request(guardian, child_id, room, from_us, to_us)

    for wrong, code in (
        ((other, OTHER_ROOM, now - HOUR_US, now), "own_child"),
        ((child, OTHER_ROOM, now - HOUR_US, now), "own_child"),
        ((child, ROOM, now, now), "days_order"),
        ((child, ROOM, now - 2 * HOUR_US - 1, now), "too_long"),
        ((child, ROOM, now, now + 1), "future"),
    ):
        with pytest.raises(PeopleError, match=code):
            ask(*wrong)
    first = ask(child, ROOM, now - 2 * HOUR_US, now)
    ask(child, ROOM, now - HOUR_US, now)
    with pytest.raises(PeopleError, match="too_many"):
        ask(child, ROOM, now - HOUR_US, now)
    house.people.set_request_hold(first, "hold")
    house.people.decide_request(first, "granted", "somebody")
    third = ask(child, ROOM, now - HOUR_US, now)
    house.restart()
    found = house.people.requests(guardian)
    assert [(each.number, each.state, each.hold_uid) for each in found] == [
        (third, "open", None),
        (first + 1, "open", None),
        (first, "granted", "hold"),
    ]
    house.people.decide_request(first, "closed", "somebody")
    with pytest.raises(PeopleError, match="unknown"):
        house.people.decide_request(first, "granted", "somebody")


def test_whoever_listens_is_told_each_new_snapshot(house: House) -> None:
    told: list[int] = []
    stop = house.people.subscribe(lambda snapshot: told.append(snapshot.generation))
    group = house.group()
    house.people.change_group(group, "Ай", ROOM, True)
    stop()
    house.people.change_group(group, "Күн", ROOM, True)
    assert told == [1, 2]


def test_the_ledgers_name_of_a_guardian_depends_on_a_salt_that_can_be_forgotten(house: House) -> None:
    _, guardian = house.family(house.group())
    name = house.people.snapshot.pseudonym(guardian)
    assert house.restart().snapshot.pseudonym(guardian) == name
    assert guardian not in name
    assert name.encode() not in house.bytes_on_disk()
