"""T15: two guardians of one child in conflict."""

from pathlib import Path

import pytest

from custom_components.kindergarten.engine.people.errors import RedeemError
from custom_components.kindergarten.portal.access import Decision, Reason

from .access_world import SUN
from .real_house import RealHouse


def test_t15_each_guardian_is_shut_out_alone(tmp_path: Path) -> None:
    real = RealHouse(tmp_path)
    father = real.guardian_of(real.child, "Болат")
    phone, link = real.let_in(father), real.people.invite(father)
    assert real.reason(phone) is Reason.OK
    real.people.block(father)
    assert not real.known(phone)
    assert real.reason(phone) is Reason.UNKNOWN
    with pytest.raises(RedeemError, match="not_valid"):
        real.redeem(link)
    assert real.reason() is Reason.OK


def test_t15_no_guardian_hears_of_the_others_refusal(tmp_path: Path) -> None:
    real = RealHouse(tmp_path)
    father = real.guardian_of(real.child, "Болат")
    phone = real.let_in(father)
    real.people.set_consent(father, real.child, "parent_live", 1, "refused")
    assert real.asks() == Decision(allowed=False, reason=Reason.NOT_OPEN_YET)
    assert real.reason(phone) is Reason.OWN_CONSENT


def test_t15_no_guardian_sees_what_the_other_watched_or_asked_for(tmp_path: Path) -> None:
    real = RealHouse(tmp_path)
    father = real.guardian_of(real.child, "Болат")
    phone = real.let_in(father)
    real.people.end_viewing(real.people.begin_viewing(phone.device_id, SUN), "left")
    real.people.add_request(father, real.child, SUN, 1, 2)
    assert real.people.viewings(guardian_id=real.guardian) == ()
    assert real.people.requests(real.guardian) == ()
    assert len(real.people.viewings(guardian_id=father)) == 1
