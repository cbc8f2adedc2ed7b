"""What is held stays, whatever else happens; only people lift it, and not one alone."""

from typing import Any

import pytest

from kindergarten_engine.errors import RequestError

from ..virtual import MOUNT
from .site import DAY_S, DAY_US, HALL, HOUR_US, YARD, Site

LONG_AGO = {"owner": 0}


@pytest.fixture
def site() -> Site:
    site = Site(days=2)
    site.hours(12)
    return site


def test_held_footage_outlives_its_days_and_the_rest_goes(site: Site) -> None:
    held = [each for each in site.footage() if each[0] > site.now - 6 * HOUR_US]
    site.hold(held[0][0], held[-1][1])
    site.hours(80)
    assert site.footage()[: len(held)] == held
    assert site.footage(YARD)[0][0] > site.now - 3 * DAY_US
    assert site.store.check(content=True) == []


def test_a_file_that_only_touches_a_hold_with_its_end_is_held(site: Site) -> None:
    start, end = site.footage()[3]
    site.hold(end - 1, end + HOUR_US // 2)
    site.hours(80)
    assert site.footage()[0] == (start, end)


def test_footage_goes_once_its_hold_is_lifted(site: Site) -> None:
    hold = site.hold(0, site.now)
    site.hours(60)
    assert site.footage()[0][0] < site.now - 2 * DAY_US - 5 * HOUR_US
    site.evidence.holds.lift(hold, "owner", LONG_AGO)
    site.hours(80)
    assert site.view(hold).state == "lifted"
    assert site.footage()[0][0] > site.now - 3 * DAY_US


def test_lifting_waits_three_days_and_says_so(site: Site) -> None:
    hold = site.hold(0, site.now)
    asked = site.evidence.holds.lift(hold, "owner", LONG_AGO)
    assert (asked.state, asked.second_needed) == ("lift_asked", False)
    assert asked.not_before_us is not None
    assert abs(asked.not_before_us - site.now - 72 * HOUR_US) < HOUR_US
    assert [each["uid"] for each in site.events.of("hold_lift_asked")] == [hold]
    site.hours(70)
    assert site.view(hold).state == "lift_asked"
    site.hours(3)
    assert site.view(hold).state == "lifted"


def test_an_administrator_from_before_the_hold_must_agree(site: Site) -> None:
    hold = site.hold(0, site.now)
    administrators = {"owner": 0, "head": 0, "new": site.now}
    asked = site.evidence.holds.lift(hold, "owner", administrators)
    assert asked.second_needed
    site.hours(80)
    assert site.view(hold).state == "lift_asked"
    site.evidence.holds.lift(hold, "owner", administrators)
    assert site.view(hold).state == "lift_asked"
    with pytest.raises(RequestError, match="forbidden"):
        site.evidence.holds.lift(hold, "new", administrators)
    assert site.evidence.holds.lift(hold, "head", administrators).state == "lifted"


def test_an_administrator_made_after_the_hold_is_no_second(site: Site) -> None:
    hold = site.hold(0, site.now)
    site.hours(1)
    assert not site.evidence.holds.lift(hold, "owner", {"owner": 0, "new": site.now}).second_needed


def test_nobody_but_an_administrator_lifts(site: Site) -> None:
    hold = site.hold(0, site.now)
    with pytest.raises(RequestError, match="forbidden"):
        site.evidence.holds.lift(hold, "automation", LONG_AGO)
    assert site.view(hold).state == "held"


def test_lifting_can_be_taken_back(site: Site) -> None:
    hold = site.hold(0, site.now)
    site.evidence.holds.lift(hold, "owner", LONG_AGO)
    assert site.evidence.holds.cancel(hold, "head").state == "held"
    site.hours(80)
    assert site.view(hold).state == "held"
    with pytest.raises(RequestError, match="not_asked"):
        site.evidence.holds.cancel(hold, "head")


def test_a_hold_ends_at_its_time_and_the_ledger_says_so(site: Site) -> None:
    hold = site.hold(0, site.now, until=site.now + DAY_US)
    site.hours(23)
    assert site.view(hold).state == "held"
    site.hours(2)
    assert (site.view(hold).state, site.view(hold).lift_by) == ("lifted", "until")
    archive = site.store._keeper.writer.archive
    assert archive is not None
    assert [record.data["by"] for record in archive.ledger.records() if record.kind == "lift"] == ["until"]


def test_overlapping_incidents_of_the_same_cameras_are_one(site: Site) -> None:
    first = site.hold(site.now - HOUR_US, site.now, incident=True)
    start = site.view(first).t0_us
    site.env.advance(600)
    assert site.hold(site.now - HOUR_US, site.now + 1, incident=True) == first
    assert (site.view(first).t0_us, site.view(first).t1_us) == (start, site.now + 1)
    assert site.hold(site.now - HOUR_US, site.now, YARD, incident=True) != first
    assert site.hold(site.now - HOUR_US, site.now) != first


@pytest.mark.parametrize("step_s", [3650 * DAY_S, 20 * DAY_S, -20 * DAY_S])
def test_a_wrong_clock_ends_no_hold_and_no_waiting_time(site: Site, step_s: int) -> None:
    until = site.hold(0, site.now, until=site.now + 5 * DAY_US)
    asked = site.hold(0, site.now, YARD)
    site.evidence.holds.lift(asked, "owner", LONG_AGO)
    site.env.step_clock(step_s)
    site.hours(5)
    site.restart()
    site.hours(5)
    site.env.step_clock(-step_s)
    site.hours(5)
    assert (site.view(until).state, site.view(asked).state) == ("held", "lift_asked")


def test_what_was_held_stays_held_when_the_clock_is_set_right(site: Site) -> None:
    site.env.step_clock(-7200)
    site.hours(2)
    hold = site.hold(site.now - 2 * HOUR_US + 1, site.now)
    held = [each for each in site.footage() if each[1] > site.now - 2 * HOUR_US]
    site.env.step_clock(7200)
    site.hours(1)
    moved = [(start + 2 * HOUR_US, end + 2 * HOUR_US) for start, end in held]
    site.hours(90)
    assert set(moved) <= set(site.footage())
    assert site.view(hold).t1_us > held[-1][1] + HOUR_US


def test_automations_may_not_fill_the_disk_with_holds_and_people_are_warned() -> None:
    site = Site(days=2, capacity=1 << 20)
    site.settings = site.store._settings
    site.hours(40, seconds=40)
    used = site.store.space()
    assert used is not None
    site.store.configure(type(site.settings)(days=2, minimum_days=2, ballast_bytes=0, hold_share=0.05))
    with pytest.raises(RequestError, match="quota"):
        site.hold(0, site.now, automation=True)
    uid = site.hold(0, site.now)
    assert site.events.of("hold_made")[-1]["over_quota"] is True
    share = site.evidence.holds.share()
    assert (share.count, share.bytes) == (1, site.view(uid).bytes)
    assert share.bytes == sum(each["bytes"] for each in sizes(site, HALL))


def sizes(site: Site, camera: str) -> list[dict[str, int]]:
    found = site.store.timeline(camera, "main", 0, 1 << 60)
    return [{"bytes": each.bytes} for each in found.recordings]


def test_holds_alone_fill_the_disk_only_after_an_alarm_and_then_recording_stops() -> None:
    site = Site(days=30, capacity=1 << 20)
    site.hours(6, seconds=30)
    site.hold(0, site.now + 30 * DAY_US, HALL, YARD)
    first = site.footage()[0]
    told_at = None
    for _ in range(200):
        site.hours(1, seconds=60)
        if told_at is None and site.events.of("holds_fill_disk"):
            told_at = site.store.space()
        if site.store.state.status == "full":
            break
    assert told_at is not None
    assert told_at.free > 1 << 17
    assert site.store.state.status == "full"
    assert site.events.of("deleted") == []
    assert site.footage()[0] == first


def test_an_accepted_new_ledger_knows_the_holds_of_the_catalog(site: Site) -> None:
    hold = site.hold(0, site.now)
    site.store.close("upgrade")
    disk = site.env.disk
    for entry in disk.list(f"{MOUNT}/ledger"):
        disk.unlink(f"{MOUNT}/ledger/{entry.name}")
    disk.sync_folder(f"{MOUNT}/ledger")
    site.restart(power=False)
    assert site.store.state.deletion == "ledger"
    site.store.confirm_deletion()
    site.restart(forget_catalog=True)
    assert site.view(hold).state == "held"
    site.hours(80)
    assert site.footage()[0][0] < site.now - 3 * DAY_US


def test_a_hold_made_while_retention_chooses_is_heeded(site: Site) -> None:
    site.hours(35)
    retention = site.store._keeper._retention
    assert retention is not None
    own, made = retention.held, list[str]()

    def held(each: Any) -> bool:
        answer = bool(own(each))
        if not made:
            made.append(site.hold(0, site.now))
        return answer

    retention.held = held
    before = site.footage()
    site.env.advance(3 * 3600)
    assert site.store.retention_pass() > 0
    assert site.footage() == before
    assert len(site.footage(YARD)) < len(before)
    assert made
