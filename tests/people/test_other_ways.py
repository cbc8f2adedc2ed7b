"""Pairing at the door, and the second browser of a phone."""

import pytest

from kindergarten_engine.people.errors import PeopleError, RedeemError
from kindergarten_engine.people.records import Poll

from .house import House


def _paired(house: House, guardian: str) -> Poll:
    house.people.open_window("somebody")
    pairing = house.people.begin("Samsung")
    house.people.approve(pairing.id, guardian, "somebody")
    return house.people.poll(pairing.id, pairing.key)


def test_a_phone_at_the_door_is_let_in_when_somebody_says_whose_it_is(house: House) -> None:
    _, guardian = house.family(house.group())
    house.people.open_window("somebody")
    pairing = house.people.begin("Samsung <b>")
    (waiting,) = house.people.pending()
    assert (waiting.id, waiting.code, waiting.label) == (pairing.id, pairing.code, "Samsung b")
    assert house.people.poll(pairing.id, pairing.key).state == "waiting"
    assert not house.people.snapshot.devices
    house.people.approve(pairing.id, guardian, "somebody")
    house.restart()
    poll = house.people.poll(pairing.id, pairing.key)
    assert poll.credentials is not None
    assert house.device(poll.credentials) is not None
    assert house.people.pending() == ()


def test_a_paired_phone_may_ask_again_for_two_minutes(house: House) -> None:
    _, guardian = house.family(house.group())
    house.people.open_window("somebody")
    pairing = house.people.begin("Samsung")
    house.people.approve(pairing.id, guardian, "somebody")
    first = house.people.poll(pairing.id, pairing.key)
    house.times.passes(seconds=110)
    assert house.people.poll(pairing.id, pairing.key) == first
    house.times.passes(seconds=20)
    assert house.people.poll(pairing.id, pairing.key).state == "ended"
    assert len(house.people.snapshot.devices) == 1


def test_nobody_waits_without_a_window(house: House) -> None:
    with pytest.raises(PeopleError, match="no_window"):
        house.people.begin("Samsung")
    house.people.open_window("somebody", 30)
    house.restart()
    house.people.begin("Samsung")
    house.times.passes(minutes=31)
    with pytest.raises(PeopleError, match="no_window"):
        house.people.begin("Samsung")


def test_closing_the_window_turns_away_who_waits(house: House) -> None:
    _, guardian = house.family(house.group())
    house.people.open_window("somebody")
    pairing = house.people.begin("Samsung")
    house.people.close_window()
    assert house.people.poll(pairing.id, pairing.key).state == "ended"
    with pytest.raises(PeopleError, match="unknown"):
        house.people.approve(pairing.id, guardian, "somebody")


def test_only_so_many_wait_and_all_with_different_codes(house: House) -> None:
    house.people.open_window("somebody")
    codes = {house.people.begin(f"phone {number}").code for number in range(12)}
    assert len(codes) == 12
    with pytest.raises(PeopleError, match="busy"):
        house.people.begin("one more")
    house.times.passes(minutes=11)
    assert house.people.begin("later")


def test_who_does_not_have_the_key_hears_that_it_is_over(house: House) -> None:
    _, guardian = house.family(house.group())
    house.people.open_window("somebody")
    pairing = house.people.begin("Samsung")
    house.people.approve(pairing.id, guardian, "somebody")
    assert house.people.poll(pairing.id, "0" * 64) == Poll(state="ended")
    assert house.people.poll("0" * 32, pairing.key) == Poll(state="ended")
    assert not house.people.snapshot.devices


def test_a_refused_phone_hears_it(house: House) -> None:
    house.people.open_window("somebody")
    pairing = house.people.begin("Samsung")
    house.people.refuse(pairing.id, "somebody")
    assert house.people.poll(pairing.id, pairing.key).state == "refused"


def test_a_guardian_with_three_phones_gets_no_fourth_at_the_door(house: House) -> None:
    _, guardian = house.family(house.group())
    for _ in range(3):
        assert _paired(house, guardian).state == "approved"
    house.people.open_window("somebody")
    pairing = house.people.begin("Samsung")
    with pytest.raises(PeopleError, match="too_many_devices"):
        house.people.approve(pairing.id, guardian, "somebody")


def test_a_guardian_blocked_after_the_approval_is_not_let_in(house: House) -> None:
    _, guardian = house.family(house.group())
    house.people.open_window("somebody")
    pairing = house.people.begin("Samsung")
    house.people.approve(pairing.id, guardian, "somebody")
    house.people.block(guardian)
    assert house.people.poll(pairing.id, pairing.key).state == "ended"


def test_a_phone_lets_its_second_browser_in(house: House) -> None:
    _, guardian = house.family(house.group())
    phone = house.phone(guardian)
    code = house.people.handoff(phone.device_id).code
    house.restart()
    second = house.people.handoff_redeem(f" {code.lower().replace('-', ' ')}", "nonce", "Safari")
    assert house.device(phone) is not None
    device = house.device(second)
    assert device is not None
    assert device.guardian_id == guardian
    assert house.people.handoff_redeem(code, "nonce", "Safari") == second
    with pytest.raises(RedeemError, match="not_valid"):
        house.people.handoff_redeem(code, "other", "Safari")


def test_a_handed_over_code_ends_after_ten_minutes_with_its_phone_and_with_the_next_code(
    house: House,
) -> None:
    _, guardian = house.family(house.group())
    phone = house.phone(guardian)
    codes = [house.people.handoff(phone.device_id).code]
    codes.append(house.people.handoff(phone.device_id).code)
    house.times.passes(minutes=10)
    other = house.phone(guardian)
    codes.append(house.people.handoff(other.device_id).code)
    house.people.revoke_device(other.device_id)
    for code in (*codes, "AAAA-AAAA", ""):
        with pytest.raises(RedeemError, match="not_valid") as refused:
            house.people.handoff_redeem(code, "nonce", "Safari")
        assert refused.value.tries_left is None


def test_a_phone_that_is_gone_hands_nothing_over(house: House) -> None:
    _, guardian = house.family(house.group())
    phone = house.phone(guardian)
    house.people.logout(phone.device_id)
    house.people.logout(phone.device_id)
    with pytest.raises(PeopleError, match="unknown"):
        house.people.handoff(phone.device_id)
