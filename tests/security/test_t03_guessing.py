"""T3: invitations, codes and sessions are guessed."""

from pathlib import Path

import pytest

from custom_components.kindergarten.engine.people.errors import RedeemError
from custom_components.kindergarten.engine.people.records import Credentials

from .real_house import RealHouse


def test_t03_ten_thousand_guesses_try_five_codes_of_each_link(tmp_path: Path) -> None:
    real = RealHouse(tmp_path)
    _, other = real.family("Бек", "Бота")
    links = [real.people.invite(other), real.people.invite(other, printed=True)]
    tried = 0
    for guess in range(10_000):
        link = links[guess % 2]
        code = f"{guess:06}"
        with pytest.raises(RedeemError) as refused:
            real.redeem(link, code if code != link.code else "999999")
        tried += refused.value.tries_left is not None
    assert tried == 10
    assert real.known(real.let_in(other))
    assert real.known(real.phone)


def test_t03_secrets_have_128_bits_and_more(tmp_path: Path) -> None:
    real = RealHouse(tmp_path)
    assert len(bytes.fromhex(real.people.invite(real.guardian).secret)) >= 16
    assert len(real.phone.secret) >= 43
    real.people.open_window("staff")
    assert len(bytes.fromhex(real.people.begin("phone").key)) >= 16


def test_t03_nobodys_link_is_no_link_whatever_its_secret(tmp_path: Path) -> None:
    real = RealHouse(tmp_path)
    link = real.people.invite(real.guardian)
    assert real.people.snapshot.invited(link.id, link.secret)
    for link_id, secret in (("0" * 32, link.secret), (link.id, ""), ("nobody", "nobody"), ("", "")):
        assert not real.people.snapshot.invited(link_id, secret)


@pytest.mark.parametrize("odd", ["\ud800", "\0", "\u0661\u0662", "'; DROP TABLE devices; --", "x" * 10_000])
def test_t03_odd_guesses_are_wrong_guesses(tmp_path: Path, odd: str) -> None:
    real = RealHouse(tmp_path)
    link = real.people.invite(real.guardian)
    for asked in ((odd, link.secret, link.code), (link.id, odd, link.code), (link.id, link.secret, odd)):
        with pytest.raises(RedeemError):
            real.people.redeem(*asked, "nonce", odd)
    with pytest.raises(RedeemError, match="not_valid"):
        real.people.handoff_redeem(odd, odd, odd)
    assert real.people.poll(odd, odd).state == "ended"
    assert not real.people.snapshot.invited(odd, odd)
    assert not real.known(Credentials(device_id=odd, secret=odd))
    assert not real.known(Credentials(device_id=real.phone.device_id, secret=odd))
    if len(odd) < 100:
        assert real.redeem(link, nonce=odd) == real.redeem(link, nonce=odd)


def test_t03_a_session_needs_all_of_its_secret(tmp_path: Path) -> None:
    real = RealHouse(tmp_path)
    secret = real.phone.secret
    for guess in ("", secret[:-1], secret + "A", secret.swapcase(), "\u0661" * 43, "A" * 43):
        assert not real.known(Credentials(device_id=real.phone.device_id, secret=guess))
    assert not real.known(Credentials(device_id="0" * 32, secret=secret))
