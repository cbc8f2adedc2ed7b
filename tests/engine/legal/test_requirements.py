"""How a kindergarten stands by its legal profile; what is not known is never met."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from kindergarten_engine.legal import PROFILES, profile
from kindergarten_engine.legal.requirements import (
    DAY_US,
    Camera,
    Facts,
    Requirement,
    Room,
    judge,
    rooms_without_camera,
    verdict,
)

KZ = profile("kz_2026")
NOW_US = 1_795_000_000_000_000

GOOD = Camera(
    uid="a" * 32,
    label="Window",
    room="1",
    working=True,
    sound=False,
    width=1920,
    height=1080,
    fps=24.9,
    clock_offset_ms=-400,
    since_us=NOW_US - 90 * DAY_US,
    oldest_us=NOW_US - 32 * DAY_US,
    days_proven=31,
)
WELL = Facts(
    today=date(2026, 11, 22),
    now_us=NOW_US,
    rooms=(Room(uid="1", kind="group", label="Sunflowers"),),
    cameras=(GOOD,),
    forecast_days=40.0,
    enough=True,
    clock_trust=2,
    ledger_ok=True,
)


def judged(facts: Facts, id_: str, key: str = "kz_2026") -> Requirement:
    return next(requirement for requirement in judge(profile(key), facts) if requirement.id == id_)


def with_camera(**changes: Any) -> Facts:
    return replace(WELL, cameras=(replace(GOOD, **changes),))


def test_kindergarten_that_is_well_meets_everything() -> None:
    assert {requirement.status for requirement in judge(KZ, WELL)} == {"met"}
    assert verdict(judge(KZ, WELL)) == "met"


def test_nothing_is_met_by_what_is_not_known() -> None:
    unknown = replace(
        WELL,
        rooms=(),
        cameras=(Camera(uid="a" * 32, label="", room=None),),
        forecast_days=None,
        enough=None,
        clock_trust=None,
        ledger_ok=None,
    )
    found = judge(KZ, unknown)

    assert {requirement.status for requirement in found} - {"met"} == {"not_measurable"}
    assert {requirement.id for requirement in found if requirement.status == "met"} == {"profile_current"}
    assert verdict(found) == "not_measurable"
    assert verdict(()) == "not_measurable"


def test_kindergarten_without_cameras_proves_nothing() -> None:
    assert verdict(judge(KZ, replace(WELL, cameras=()))) == "not_met"
    assert judged(replace(WELL, cameras=()), "retention_minimum").status == "not_measurable"
    assert judged(replace(WELL, cameras=()), "required_rooms").rooms == ("1",)


@pytest.mark.parametrize(
    ("id_", "changes"),
    [
        ("retention_minimum", {"days_proven": 29}),
        ("retention_maximum", {"oldest_us": NOW_US - 37 * DAY_US}),
        ("required_rooms", {"working": False}),
        ("sound_off", {"sound": True}),
        ("picture_size", {"width": 1280, "height": 720}),
        ("frame_rate", {"fps": 8.0}),
        ("camera_clocks", {"clock_offset_ms": 31_000}),
    ],
)
def test_what_a_camera_lacks_is_not_met_and_names_it(id_: str, changes: dict[str, object]) -> None:
    found = judged(with_camera(**changes), id_)

    assert found.status == "not_met"
    assert found.cameras == (GOOD.uid,) or found.rooms == ("1",)
    assert verdict(judge(KZ, with_camera(**changes))) == "not_met"


@pytest.mark.parametrize(
    ("id_", "changes"),
    [
        ("retention_minimum", {"days_proven": None}),
        ("required_rooms", {"working": None}),
        ("sound_off", {"sound": None}),
        ("picture_size", {"width": None}),
        ("frame_rate", {"fps": None}),
        ("camera_clocks", {"clock_offset_ms": None}),
    ],
)
def test_what_is_not_measured_of_a_camera_is_said_so(id_: str, changes: dict[str, object]) -> None:
    assert judged(with_camera(**changes), id_).status == "not_measurable"


@pytest.mark.parametrize(
    ("days", "proven", "status"), [(6, 5, "not_measurable"), (6, 3, "not_met"), (40, 5, "not_met")]
)
def test_young_camera_is_neither_green_nor_an_alarm(days: int, proven: int, status: str) -> None:
    facts = with_camera(since_us=NOW_US - days * DAY_US, days_proven=proven)

    assert judged(facts, "retention_minimum").status == status


def test_upright_camera_is_as_good_as_a_lying_one() -> None:
    assert judged(with_camera(width=1080, height=1920), "picture_size").status == "met"


def test_held_footage_may_be_older_than_the_maximum() -> None:
    old = with_camera(oldest_us=NOW_US - 90 * DAY_US, held=True)

    assert judged(old, "retention_maximum").status == "met"


def test_forbidden_room_with_a_camera_is_named() -> None:
    facts = replace(WELL, rooms=(Room(uid="1", kind="toilet", label="WC"),))

    assert (judged(facts, "forbidden_rooms").status, judged(facts, "forbidden_rooms").rooms) == (
        "not_met",
        ("1",),
    )


def test_camera_in_no_room_cannot_be_judged() -> None:
    assert judged(with_camera(room="gone"), "forbidden_rooms").status == "not_measurable"


def test_required_room_without_any_camera_is_listed() -> None:
    hall = Room(uid="2", kind="sports", label="Hall")
    facts = replace(WELL, rooms=(*WELL.rooms, hall, Room(uid="3", kind="kitchen", label="Kitchen")))

    assert rooms_without_camera(KZ, facts) == (hall,)
    assert judged(facts, "required_rooms").rooms == ("2",)


def test_disk_that_will_not_do_is_not_met_though_nothing_is_lost_yet() -> None:
    facts = replace(WELL, forecast_days=21.0, enough=False)

    assert (judged(facts, "forecast").status, judged(facts, "forecast").value) == ("not_met", 21.0)


def test_profile_past_its_date_is_not_met() -> None:
    assert judged(replace(WELL, today=date(2030, 1, 1)), "profile_current").status == "not_met"


def test_place_without_a_law_has_nothing_to_require() -> None:
    found = {requirement.id: requirement.status for requirement in judge(profile("other"), WELL)}

    assert (found["required_rooms"], found["retention_maximum"]) == ("not_applicable", "not_applicable")
    assert verdict(judge(profile("other"), WELL)) == "met"


def test_every_requirement_says_where_it_comes_from() -> None:
    for law in PROFILES.values():
        for requirement in judge(law, WELL):
            told = requirement.as_json()
            assert told["source"]
            assert date.fromisoformat(str(told["date"])) <= date(2026, 11, 22)
