"""Invitations: the link that lets one phone in, once."""

from concurrent.futures import ThreadPoolExecutor
import multiprocessing
import os
from pathlib import Path

import pytest

from kindergarten_engine.people.errors import PeopleError, RedeemError
from kindergarten_engine.people.records import Credentials, Invitation

from .house import House


def _redeem(house: House, invitation: Invitation, code: str | None = None, **more: object) -> Credentials:
    asked = {"nonce": "n" * 16, "label": "iPhone", **more}
    return house.people.redeem(invitation.id, invitation.secret, code or invitation.code, **asked)  # type: ignore[arg-type]


def _wrong(invitation: Invitation) -> str:
    return "000000" if invitation.code != "000000" else "000001"


def test_a_link_and_its_code_let_a_phone_in(house: House) -> None:
    _, guardian = house.family(house.group())
    phone = _redeem(house, house.people.invite(guardian))
    device = house.device(phone)
    assert device is not None
    assert device.guardian_id == guardian
    assert device.label == "iPhone"


def test_a_phone_is_known_after_a_restart(house: House) -> None:
    _, guardian = house.family(house.group())
    phone = _redeem(house, house.people.invite(guardian))
    house.restart()
    assert house.device(phone) is not None
    assert house.device(Credentials(device_id=phone.device_id, secret=phone.secret.swapcase())) is None


def test_a_link_works_once(house: House) -> None:
    _, guardian = house.family(house.group())
    invitation = house.people.invite(guardian)
    _redeem(house, invitation)
    with pytest.raises(RedeemError) as refused:
        _redeem(house, invitation, nonce="m" * 16)
    assert (refused.value.code, refused.value.tries_left) == ("not_valid", None)
    assert len(house.people.snapshot.devices) == 1


def test_the_same_question_has_the_same_answer_for_two_minutes(house: House) -> None:
    _, guardian = house.family(house.group())
    invitation = house.people.invite(guardian)
    first = _redeem(house, invitation)
    house.times.passes(seconds=119)
    house.restart()
    assert _redeem(house, invitation) == first
    assert len(house.people.snapshot.devices) == 1
    house.times.passes(seconds=2)
    with pytest.raises(RedeemError, match="not_valid"):
        _redeem(house, invitation)


def test_a_phone_that_was_revoked_is_not_handed_out_again(house: House) -> None:
    _, guardian = house.family(house.group())
    invitation = house.people.invite(guardian)
    house.people.revoke_device(_redeem(house, invitation).device_id)
    with pytest.raises(RedeemError, match="not_valid"):
        _redeem(house, invitation)


def test_unknown_used_expired_dead_and_taken_back_sound_the_same(house: House) -> None:
    _, guardian = house.family(house.group())
    used, expired = house.people.invite(guardian), house.people.invite(guardian)
    _redeem(house, used)
    house.times.passes(hours=73)
    dead, back = house.people.invite(guardian), house.people.invite(guardian)
    house.people.cancel_invitation(back.id)
    for _ in range(5):
        with pytest.raises(RedeemError):
            _redeem(house, dead, _wrong(dead))
    unknown = Invitation(id="0" * 32, guardian_id="", secret="0" * 48, code="000000", until_us=0)
    answers = []
    for each in (used, expired, dead, back, unknown):
        with pytest.raises(RedeemError) as refused:
            _redeem(house, each, nonce="other-nonce")
        answers.append((refused.value.code, refused.value.tries_left, refused.value.field))
    assert set(answers) == {("not_valid", None, None)}


def test_a_link_lives_three_days_and_a_printed_one_two_weeks(house: House) -> None:
    _, guardian = house.family(house.group())
    link, strip = house.people.invite(guardian), house.people.invite(guardian, printed=True)
    house.times.passes(hours=72)
    with pytest.raises(RedeemError, match="not_valid"):
        _redeem(house, link)
    house.times.passes(days=10, hours=23)
    assert house.device(_redeem(house, strip)) is not None


def test_a_wrong_code_says_how_often_it_may_be_tried(house: House) -> None:
    _, guardian = house.family(house.group())
    invitation = house.people.invite(guardian)
    left = []
    for _ in range(4):
        with pytest.raises(RedeemError, match="wrong_code") as refused:
            _redeem(house, invitation, _wrong(invitation))
        left.append(refused.value.tries_left)
    assert left == [4, 3, 2, 1]
    assert house.device(_redeem(house, invitation)) is not None


def test_a_wrong_secret_costs_no_try(house: House) -> None:
    _, guardian = house.family(house.group())
    invitation = house.people.invite(guardian)
    for _ in range(20):
        with pytest.raises(RedeemError, match="not_valid"):
            house.people.redeem(invitation.id, "0" * 48, invitation.code, "n" * 16, "")
    assert _redeem(house, invitation)


def test_ten_thousand_guesses_try_five_codes(house: House) -> None:
    _, guardian = house.family(house.group())
    _, other = house.family(house.group("Ай", "room-2"), "Б", "В", "+7 701 000 00 02")
    invitation = house.people.invite(guardian)
    wrong = 0
    for guess in range(10_000):
        with pytest.raises(RedeemError) as refused:
            _redeem(house, invitation, f"{guess:06}" if f"{guess:06}" != invitation.code else "x")
        wrong += refused.value.code == "wrong_code" or refused.value.tries_left == 0
    assert wrong == 5
    assert house.device(house.phone(other)) is not None


def test_five_tries_are_five_from_eight_threads_too(house: House) -> None:
    _, guardian = house.family(house.group())
    invitation = house.people.invite(guardian)

    def guess(_: int) -> int:
        with pytest.raises(RedeemError) as refused:
            _redeem(house, invitation, _wrong(invitation))
        return refused.value.tries_left is not None

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(guess, range(64))) == 5
    with pytest.raises(RedeemError, match="not_valid"):
        _redeem(house, invitation)


def test_one_of_eight_threads_redeems(house: House) -> None:
    _, guardian = house.family(house.group())
    invitation = house.people.invite(guardian)

    def redeem(number: int) -> bool:
        try:
            _redeem(house, invitation, nonce=f"nonce-{number}")
        except RedeemError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(redeem, range(8))) == 1
    assert len(house.people.snapshot.devices) == 1


def _redeem_and_die(folder: Path, invitation: Invitation) -> None:
    house = House(folder)
    _redeem(house, invitation)
    os._exit(9)


def test_a_lost_answer_does_not_burn_the_link(house: House) -> None:
    _, guardian = house.family(house.group())
    invitation = house.people.invite(guardian)
    house.close()
    killed = multiprocessing.get_context("fork").Process(
        target=_redeem_and_die, args=(house.folder, invitation)
    )
    killed.start()
    killed.join()
    assert killed.exitcode == 9
    assert len(house.people.snapshot.devices) == 1
    assert house.device(_redeem(house, invitation)) is not None
    assert len(house.people.snapshot.devices) == 1


def _guess_and_die(folder: Path, invitation: Invitation) -> None:
    house = House(folder)
    try:
        _redeem(house, invitation, _wrong(invitation))
    finally:
        os._exit(9)


def test_a_try_stays_spent_when_the_process_is_killed(house: House) -> None:
    _, guardian = house.family(house.group())
    invitation = house.people.invite(guardian)
    house.close()
    killed = multiprocessing.get_context("fork").Process(
        target=_guess_and_die, args=(house.folder, invitation)
    )
    killed.start()
    killed.join()
    assert house.people.invitations()[0].tries_left == 4


def test_a_fourth_phone_is_refused_and_costs_neither_link_nor_try(house: House) -> None:
    _, guardian = house.family(house.group())
    phones = [house.phone(guardian) for _ in range(3)]
    invitation = house.people.invite(guardian)
    for _ in range(6):
        with pytest.raises(RedeemError, match="too_many_devices"):
            _redeem(house, invitation)
    house.people.revoke_device(phones[0].device_id)
    assert house.device(_redeem(house, invitation)) is not None


def test_anothers_link_on_the_same_phone_asks_before_it_switches(house: House) -> None:
    _, mother = house.family(house.group())
    _, other = house.family(house.group("Ай", "room-2"), "Б", "В", "+7 701 000 00 02")
    phone = house.phone(mother)
    invitation = house.people.invite(other)
    with pytest.raises(RedeemError, match="other_guardian"):
        _redeem(house, invitation, current_device=phone.device_id)
    assert house.device(phone) is not None
    switched = _redeem(house, invitation, current_device=phone.device_id, switch=True)
    assert house.device(phone) is None
    device = house.device(switched)
    assert device is not None
    assert device.guardian_id == other


def test_a_new_link_on_ones_own_phone_gives_it_a_new_secret(house: House) -> None:
    _, guardian = house.family(house.group())
    phones = [house.phone(guardian) for _ in range(3)]
    renewed = _redeem(house, house.people.invite(guardian), current_device=phones[0].device_id)
    assert house.device(phones[0]) is None
    assert house.device(renewed) is not None


def test_a_blocked_guardian_has_no_way_in(house: House) -> None:
    _, guardian = house.family(house.group())
    phone, invitation = house.phone(guardian), house.people.invite(guardian)
    code = house.people.handoff(phone.device_id).code
    house.people.block(guardian)
    assert house.device(phone) is None
    with pytest.raises(RedeemError, match="not_valid"):
        _redeem(house, invitation)
    with pytest.raises(RedeemError, match="not_valid"):
        house.people.handoff_redeem(code, "n" * 16, "Safari")
    with pytest.raises(PeopleError, match="blocked"):
        house.people.invite(guardian)
    house.people.unblock(guardian)
    assert house.device(phone) is None


def test_nothing_that_opens_is_in_the_file(house: House) -> None:
    _, guardian = house.family(house.group())
    invitation = house.people.invite(guardian)
    phone = _redeem(house, invitation)
    handoff = house.people.handoff(phone.device_id)
    stored = house.bytes_on_disk()
    for secret in (invitation.secret, phone.secret, handoff.code, handoff.code.replace("-", "")):
        assert secret.encode() not in stored
    assert bytes.fromhex(invitation.secret) not in stored
    assert invitation.secret not in repr(invitation)
    assert phone.secret not in repr(phone)
