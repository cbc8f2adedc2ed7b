"""A hold goes with the footage when the archive moves to another disk."""

from pathlib import Path

from kindergarten_engine.recorder.store.holds import HoldView, NewHold

from ..store.test_volumes import HALL, Site


def hold(site: Site) -> str:
    now = site.store.utc_us()
    wanted = NewHold(cameras=(HALL,), t0=now - 20_000_000, t1=now, until=None, by="owner", reason="00" * 32)
    with site.store.evidence() as evidence:
        uid: str = evidence.holds.make(wanted)[0]
    return uid


def holds(site: Site) -> list[HoldView]:
    with site.store.evidence() as evidence:
        return list(evidence.holds.views())


def days(site: Site, count: int) -> None:
    for _ in range(24 * count):
        site.env.advance(3600)
        site.record(2)


def test_a_hold_made_on_the_old_volume_is_known_on_the_new_one(tmp_path: Path) -> None:
    site = Site(tmp_path)
    uid = hold(site)
    site.move()
    site.env.advance(61)
    site.store.step()
    assert [(each.uid, each.state) for each in holds(site)] == [(uid, "held")]
    site.store.close("upgrade")


def test_it_keeps_its_footage_there_until_it_is_lifted_on_the_new_one(tmp_path: Path) -> None:
    site = Site(tmp_path)
    uid = hold(site)
    site.move()
    days(site, 3)
    kept = site.files("first")
    assert 0 < kept < 5
    with site.store.evidence() as evidence:
        evidence.holds.lift(uid, "owner", {"owner": 0})
    days(site, 4)
    assert holds(site)[0].state == "lifted"
    assert site.files("first") == 0
    site.store.close("upgrade")


def test_a_hold_made_now_keeps_what_is_on_the_old_volume(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.move()
    with site.store.evidence() as evidence:
        now = site.store.utc_us()
        evidence.holds.make(
            NewHold(cameras=(HALL,), t0=now - 10**9, t1=now, until=None, by="owner", reason="")
        )
    there = site.files("first")
    days(site, 3)
    assert site.files("first") == there
    site.store.close("upgrade")
