"""Time passes, is turned back, and a backup of yesterday comes back."""

import shutil

import pytest

from kindergarten_engine.people.errors import PeopleError, RedeemError

from .house import FIRST_DAY, ROOM, House


def test_a_phone_unused_for_two_weeks_is_a_strangers(house: House) -> None:
    _, guardian = house.family(house.group())
    phone = house.phone(guardian)
    house.times.passes(days=13, hours=23)
    assert house.device(phone) is not None
    house.times.passes(hours=1)
    assert house.device(phone) is None


def test_a_phone_in_use_stays_until_it_is_ninety_days_old(house: House) -> None:
    _, guardian = house.family(house.group())
    phone = house.phone(guardian)
    for _ in range(89):
        house.times.passes(days=1)
        house.people.touch(phone.device_id)
        assert house.device(phone) is not None
    house.times.passes(days=1)
    house.people.touch(phone.device_id)
    assert house.device(phone) is None


def test_a_dead_phone_is_not_touched_back_to_life(house: House) -> None:
    _, guardian = house.family(house.group())
    phone, revoked = house.phone(guardian), house.phone(guardian)
    house.people.revoke_device(revoked.device_id)
    house.times.passes(days=15)
    for each in (phone, revoked):
        house.people.touch(each.device_id)
        assert house.device(each) is None


def test_a_touch_is_written_once_in_ten_minutes(house: House) -> None:
    _, guardian = house.family(house.group())
    phone = house.phone(guardian)
    before = house.people.snapshot
    house.times.passes(minutes=9)
    house.people.touch(phone.device_id)
    assert house.people.snapshot is before
    house.times.passes(minutes=2)
    house.people.touch(phone.device_id)
    assert house.people.snapshot.devices[phone.device_id].seen_us == house.times.wall_us
    assert house.people.generation == before.generation


def test_a_clock_turned_back_never_makes_a_link_live_longer(house: House) -> None:
    _, guardian = house.family(house.group())
    invitation = house.people.invite(guardian)
    house.times.passes(hours=40)
    house.people.set_presence([], FIRST_DAY)
    house.times.turned(hours=-40)
    house.times.passes(hours=33)
    with pytest.raises(RedeemError, match="not_valid"):
        house.people.redeem(invitation.id, invitation.secret, invitation.code, "nonce", "")


def test_a_clock_turned_back_before_a_restart_brings_nothing_back(house: House) -> None:
    _, guardian = house.family(house.group())
    invitation, phone = house.people.invite(guardian), house.phone(guardian)
    house.people.open_window("somebody")
    pairing = house.people.begin("Samsung")
    handoff = house.people.handoff(phone.device_id)
    house.times.passes(days=15)
    house.people.set_presence([], FIRST_DAY)
    house.times.turned(days=-15)
    house.restart()
    assert house.device(phone) is None
    assert house.people.poll(pairing.id, pairing.key).state == "ended"
    with pytest.raises(RedeemError, match="not_valid"):
        house.people.redeem(invitation.id, invitation.secret, invitation.code, "nonce", "")
    with pytest.raises(RedeemError, match="not_valid"):
        house.people.handoff_redeem(handoff.code, "nonce", "")
    with pytest.raises(PeopleError, match="no_window"):
        house.people.begin("Samsung")


def test_a_clock_that_was_once_far_ahead_is_believed_again_when_somebody_says_so(house: House) -> None:
    _, guardian = house.family(house.group())
    old = house.phone(guardian)
    house.times.turned(days=4000)
    strange = house.phone(guardian)
    link = house.people.invite(guardian)
    house.times.turned(days=-4000)
    assert house.people.snapshot.floor_us > house.times.wall_us
    house.people.believe_clock()
    assert house.people.snapshot.floor_us == house.times.wall_us
    assert house.device(old) is not None
    device = house.device(strange)
    assert device is not None
    assert device.until_us - house.times.wall_us <= 90 * 86_400_000_000
    with pytest.raises(RedeemError, match="not_valid"):
        house.people.redeem(link.id, link.secret, link.code, "nonce", "")


def test_a_room_can_be_paused_whatever_the_clock_did(house: House) -> None:
    house.times.turned(days=4000)
    house.people.set_presence([], FIRST_DAY)
    house.times.turned(days=-4000)
    until_us = house.times.wall_us + 900_000_000
    house.people.pause("room-sun", until_us, "somebody")
    house.people.sweep(FIRST_DAY, 400)
    assert house.people.snapshot.pauses["room-sun"].until_us == until_us
    house.times.passes(days=2)
    house.people.sweep(FIRST_DAY, 400)
    assert not house.people.snapshot.pauses


def test_every_change_of_who_may_see_what_raises_the_generation(house: House) -> None:
    group = house.group()
    child, guardian = house.family(group)
    phone = house.phone(guardian)
    people, last = house.people, house.people.generation
    for change in (
        lambda: people.tick_consents([(guardian, child)], "parent_live", "withdrawn"),
        lambda: people.revoke_device(phone.device_id),
        lambda: people.invite(guardian),
        lambda: people.leave(child, FIRST_DAY),
        lambda: people.block(guardian),
        lambda: people.unlink(guardian, child),
        lambda: people.revoke_guardian(guardian),
        lambda: people.change_group(group, "Ай", None, False),
        lambda: people.remove_guardian(guardian),
        lambda: people.forget_family(child),
    ):
        change()
        assert people.generation > last
        last = people.generation
    assert house.restart().generation == last


def test_watching_and_pausing_leave_the_generation_alone(house: House) -> None:
    child, guardian = house.family(house.group())
    phone = house.phone(guardian)
    generation = house.people.generation
    house.people.pause("room-sun", house.times.wall_us + 60_000_000, "somebody")
    house.people.set_presence([child], FIRST_DAY)
    house.people.end_viewing(house.people.begin_viewing(phone.device_id, "room-sun"), "left")
    assert house.people.generation == generation


def test_a_restored_backup_revives_nobody(house: House) -> None:
    _, guardian = house.family(house.group())
    kept, revoked = house.phone(guardian), house.phone(guardian)
    link = house.people.invite(guardian)
    house.people.open_window("somebody")
    pairing = house.people.begin("Samsung")
    house.people.approve(pairing.id, guardian, "somebody")
    handoff = house.people.handoff(kept.device_id)
    house.close()
    shutil.copytree(house.folder, house.folder.with_name("backup"))
    house.people.revoke_device(revoked.device_id)
    ledger = house.people.generation
    house.close()
    shutil.rmtree(house.folder)
    shutil.copytree(house.folder.with_name("backup"), house.folder)

    assert house.people.set_floor(ledger)

    assert house.people.generation > ledger
    assert house.device(revoked) is None
    assert house.device(kept) is None
    assert house.people.poll(pairing.id, pairing.key).state == "ended"
    assert house.people.snapshot.window_until_us == 0
    with pytest.raises(RedeemError, match="not_valid"):
        house.people.redeem(link.id, link.secret, link.code, "nonce", "")
    with pytest.raises(RedeemError, match="not_valid"):
        house.people.handoff_redeem(handoff.code, "nonce", "")
    assert house.device(house.phone(guardian)) is not None


def test_the_ledgers_own_generation_or_less_changes_nothing(house: House) -> None:
    _, guardian = house.family(house.group())
    phone = house.phone(guardian)
    assert not house.people.set_floor(house.people.generation)
    assert not house.people.set_floor(0)
    assert house.device(phone) is not None


def test_nobody_is_let_in_while_it_is_not_known_whether_this_is_an_old_backup(house: House) -> None:
    _, guardian = house.family(house.group())
    phone = house.phone(guardian)
    house.people.set_locked(True)
    assert house.device(phone) is None
    house.people.set_locked(False)
    assert house.device(phone) is not None


def test_a_phone_that_has_ended_is_in_no_decisions_memory_but_in_the_owners_list(house: House) -> None:
    _, guardian = house.family(house.group())
    kept, revoked, idle = (house.phone(guardian) for _ in range(3))
    house.people.revoke_device(revoked.device_id)
    house.times.passes(days=13)
    house.people.touch(kept.device_id)
    house.times.passes(days=2)
    house.group("Ай")
    assert set(house.people.snapshot.devices) == {kept.device_id}
    listed = {each.id: each.revoked_us is not None for each in house.people.all_devices()}
    assert listed == {kept.device_id: False, revoked.device_id: True, idle.device_id: False}


def test_a_phone_that_was_ended_just_now_is_noted_to_have_watched(house: House) -> None:
    _, guardian = house.family(house.group())
    phone = house.phone(guardian)
    house.people.revoke_device(phone.device_id)
    house.people.begin_viewing(phone.device_id, ROOM)
    (viewing,) = house.people.viewings()
    assert (viewing.device_id, viewing.guardian_id) == (phone.device_id, guardian)
    with pytest.raises(PeopleError, match="unknown"):
        house.people.begin_viewing("nobody", ROOM)


def test_ending_a_phone_that_has_ended_is_no_error(house: House) -> None:
    _, guardian = house.family(house.group())
    phone = house.phone(guardian)
    house.people.revoke_device(phone.device_id)
    (before,) = house.people.all_devices()
    house.times.passes(hours=1)
    house.people.revoke_device(phone.device_id)
    assert house.people.all_devices() == (before,)
    with pytest.raises(PeopleError, match="unknown"):
        house.people.revoke_device("nobody")
