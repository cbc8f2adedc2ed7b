"""T29: the clock is turned to stretch opening hours or an expiry."""

from datetime import timedelta
from pathlib import Path

import pytest

from custom_components.kindergarten.engine.people.errors import RedeemError
from custom_components.kindergarten.portal.access import Reason

from .access_world import TODAY
from .real_house import DAY, RealHouse


@pytest.mark.parametrize("restarts", [False, True])
def test_t29_nothing_that_expired_comes_back_with_the_clock(tmp_path: Path, restarts: bool) -> None:
    real = RealHouse(tmp_path)
    link = real.people.invite(real.guardian)
    real.passes(15 * DAY)
    real.people.sweep(TODAY + 15 * DAY, 400)
    assert not real.known(real.phone)
    real.turn(-15 * DAY)
    if restarts:
        real.restart()
    assert not real.known(real.phone)
    assert real.reason() is Reason.UNKNOWN
    with pytest.raises(RedeemError, match="not_valid"):
        real.redeem(link)


def test_t29_time_goes_on_for_a_link_while_the_clock_is_turned_back_each_hour(tmp_path: Path) -> None:
    real = RealHouse(tmp_path)
    link = real.people.invite(real.guardian)
    for _ in range(73):
        real.passes(timedelta(hours=1))
        real.people.set_presence([], TODAY)
        real.turn(timedelta(hours=-1))
    with pytest.raises(RedeemError, match="not_valid"):
        real.redeem(link)


def test_t29_a_clock_that_is_behind_what_was_seen_opens_no_room(tmp_path: Path) -> None:
    real = RealHouse(tmp_path)
    real.passes(timedelta(hours=2))
    real.people.set_presence([], TODAY)
    assert real.reason() is Reason.OK
    real.turn(timedelta(seconds=-59))
    assert real.reason() is Reason.OK
    real.turn(timedelta(seconds=-2))
    assert real.reason() is Reason.NOT_OPEN_YET


def test_t29_a_pause_ends_no_sooner_for_a_clock_turned_back(tmp_path: Path) -> None:
    real = RealHouse(tmp_path)
    until_us = round((real.now + timedelta(minutes=15)).timestamp() * 1_000_000)
    real.people.pause("room-sun", until_us, "staff")
    real.turn(timedelta(seconds=-30))
    assert real.reason() is Reason.PAUSED
