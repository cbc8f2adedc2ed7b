"""T2: an invitation is forwarded or leaks."""

from pathlib import Path

import pytest

from custom_components.kindergarten.engine.people.errors import RedeemError

from .real_house import RealHouse


def test_t02_a_link_without_its_code_is_nothing(tmp_path: Path) -> None:
    real = RealHouse(tmp_path)
    link = real.people.invite(real.guardian)
    wrong = f"{(int(link.code) + 1) % 1_000_000:06}"
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(RedeemError) as refused:
            real.redeem(link, wrong)
        assert refused.value.tries_left == left
    with pytest.raises(RedeemError, match="not_valid"):
        real.redeem(link)
    (dead, _) = real.people.invitations()
    assert dead.state == "dead"


def test_t02_the_owner_sees_which_phone_a_link_let_in_and_undoes_it(tmp_path: Path) -> None:
    real = RealHouse(tmp_path)
    link = real.people.invite(real.guardian)
    stranger = real.redeem(link)
    used = next(each for each in real.people.invitations() if each.id == link.id)
    assert (used.state, used.device_id, used.guardian_id) == ("used", stranger.device_id, real.guardian)
    assert used.used_us is not None
    assert used.device_id is not None
    real.people.revoke_device(used.device_id)
    assert not real.known(stranger)
    assert real.known(real.phone)
