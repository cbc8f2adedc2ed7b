"""How large a disk to buy, and what fits the one at hand."""

import pytest

from kindergarten_engine.budget import DAY_S, FORMATTED, SOLD, Load, disk_needed, plan, ways_out

TB = 10**12


def load(cameras: int = 8, mbit: float = 4.0, sub: float = 0.0, hours: float = 24) -> Load:
    return Load.of(cameras, mbit * 1e6, sub * 1e6, hours)


def test_bytes_of_a_day_are_those_of_every_camera_and_both_streams() -> None:
    whole = load(cameras=2, mbit=4, sub=0.5)
    assert whole.bytes_day == pytest.approx(2 * 4.5e6 / 8 * DAY_S)
    assert whole.sub_bytes_day == pytest.approx(2 * 0.5e6 / 8 * DAY_S)
    half = load(cameras=2, mbit=4, sub=0.5, hours=12)
    assert half.bytes_day == whole.bytes_day / 2
    assert (whole + half).cameras == 4
    assert (whole + half).bytes_day == whole.bytes_day * 1.5


@pytest.mark.parametrize("cameras", [1, 4, 8, 16, 64])
@pytest.mark.parametrize("days", [10, 33, 90])
def test_the_disk_to_buy_holds_the_days_with_a_tenth_to_spare(cameras: int, days: int) -> None:
    wanted = plan(load(cameras), days)
    bought = round(wanted.sold_bytes * FORMATTED)
    assert wanted.sold_bytes in SOLD
    if wanted.disks == 1:
        then = plan(load(cameras), days, bought)
        assert then.enough is True
        assert then.holds_days is not None
        assert then.holds_days >= days * 1.07
        smaller = [size for size in SOLD if size < wanted.sold_bytes]
        if smaller:
            too_small = plan(load(cameras), days, round(max(smaller) * FORMATTED))
            assert too_small.holds_days is not None
            assert too_small.holds_days < days * 1.12


def test_what_no_single_disk_holds_is_told_as_several() -> None:
    wanted = plan(load(cameras=64, mbit=8), 90)
    assert wanted.disks > 1
    assert wanted.disks * wanted.sold_bytes * FORMATTED >= wanted.needed_bytes


def test_a_disk_that_is_too_small_fits_after_any_one_way_out() -> None:
    asked = load(cameras=8, mbit=4, sub=1)
    found = plan(asked, 30, 10 * TB)
    assert found.enough is False
    assert found.ways.bps is not None
    assert plan(load(8, found.ways.bps / 1e6), 30, 10 * TB).enough is True
    assert found.ways.hours is not None
    assert plan(load(8, 4, 1, hours=found.ways.hours), 30, 10 * TB).enough is True
    # Without second streams 27 days would fit: not enough, so it is no way out.
    assert found.ways.sub_days is None
    nearer = plan(asked, 25, 10 * TB)
    assert nearer.enough is False
    assert nearer.ways.sub_days == 28
    assert plan(load(8, 4), 25, 10 * TB).enough is True


def test_what_is_held_takes_its_room() -> None:
    free, held = plan(load(), 30, 12 * TB), plan(load(), 30, 12 * TB, held_bytes=2 * TB)
    assert free.holds_days is not None
    assert held.holds_days is not None
    assert free.holds_days - held.holds_days == pytest.approx(2 * TB / load().bytes_day)


def test_cameras_that_record_nothing_need_nothing() -> None:
    nothing = Load(cameras=0, bytes_day=0, sub_bytes_day=0, seconds_day=0)
    assert plan(nothing, 30, TB).holds_days is None
    assert plan(nothing, 30, TB).enough is None
    assert ways_out(nothing, TB, 30).bps is None
    assert disk_needed(nothing, 30, free_share=0.02) == 0
