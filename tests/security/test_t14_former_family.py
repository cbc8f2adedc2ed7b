"""T14: a family that left, a contract that ended."""

from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from custom_components.kindergarten.engine.people.errors import RedeemError
from custom_components.kindergarten.portal.access import Reason

from .access_world import LOCAL, TODAY
from .real_house import DAY, RealHouse

MIDNIGHT = datetime.combine(TODAY + DAY, time(), LOCAL)


def test_t14_access_ends_with_the_last_day_at_local_midnight_for_relatives_too(tmp_path: Path) -> None:
    real = RealHouse(tmp_path)
    grandmother = real.let_in(real.guardian_of(real.child, "Ажар", relative=True))
    real.people.leave(real.child, TODAY)
    real.passes(MIDNIGHT - real.now - timedelta(seconds=1))
    assert (real.reason(), real.reason(grandmother)) == (Reason.OK, Reason.OK)
    real.passes(timedelta(seconds=1))
    assert (real.reason(), real.reason(grandmother)) == (Reason.ACCESS_ENDED, Reason.ACCESS_ENDED)
    real.restart()
    assert real.reason() is Reason.ACCESS_ENDED


def test_t14_a_guardian_whose_time_is_over_sees_nothing(tmp_path: Path) -> None:
    real = RealHouse(tmp_path)
    real.people.change_guardian(real.guardian, "Анна", "", "kk", TODAY - DAY, False, TODAY)
    assert real.reason() is Reason.OK
    real.passes(MIDNIGHT - real.now)
    assert real.reason() is Reason.ACCESS_ENDED


def test_t14_phones_and_links_of_a_family_that_left_end(tmp_path: Path) -> None:
    real = RealHouse(tmp_path)
    link = real.people.invite(real.guardian, printed=True)
    real.people.leave(real.child, TODAY)
    real.people.sweep(TODAY + 14 * DAY, 400)
    assert real.known(real.phone)
    real.people.sweep(TODAY + 15 * DAY, 400)
    assert not real.known(real.phone)
    with pytest.raises(RedeemError, match="not_valid"):
        real.redeem(link)


def test_t14_a_forgotten_family_has_no_phone_no_link_no_name(tmp_path: Path) -> None:
    real = RealHouse(tmp_path)
    link = real.people.invite(real.guardian)
    real.people.forget_family(real.child)
    real.restart()
    assert not real.known(real.phone)
    with pytest.raises(RedeemError, match="not_valid"):
        real.redeem(link)
    assert not real.people.snapshot.guardians
    assert not real.people.snapshot.children
