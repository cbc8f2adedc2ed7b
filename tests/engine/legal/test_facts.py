"""What is known of a kindergarten, put together from what the control API says."""

from datetime import date
from typing import Any

import pytest

from kindergarten_engine.legal import profile
from kindergarten_engine.legal.facts import Placed, gather, works
from kindergarten_engine.legal.requirements import DAY_US, Room, judge, verdict

NOW_US = 1_795_000_000_000_000
HOUR_US = DAY_US // 24
UID = "a" * 32
STATUS: dict[str, Any] = {
    "now_us": NOW_US,
    "forecast": {"days": 40.0, "enough": True},
    "epoch": {"trust": 2},
    "ledger": {"state": "good"},
    "cameras": {
        UID: {
            "state": "recording",
            "cause": None,
            "since_us": NOW_US - HOUR_US,
            "newest_us": NOW_US - 1_000_000,
            "oldest_us": NOW_US - 31 * DAY_US,
            "video": {"width": 1920, "height": 1080},
            "audio": {"recorded": False},
            "fps": 25.0,
            "clock_offset_ms": 0,
        }
    },
}


def verdict_of(status: dict[str, Any], proofs: dict[str, Any]) -> Any:
    facts = gather(
        date(2026, 11, 18),
        status,
        [Room(uid="1", kind="group", label="")],
        [Placed(uid=UID, label="", room="1", sound=False)],
        proofs,
        {UID: NOW_US - 90 * DAY_US},
        (),
    )
    return verdict(judge(profile("kz_2026"), facts))


def test_engine_that_is_well_meets_its_profile() -> None:
    assert verdict_of(STATUS, {UID: {"days_proven": 30}}) == "met"


def test_engine_without_an_archive_can_tell_nothing() -> None:
    assert verdict_of(STATUS, {}) == "not_measurable"
    nothing: dict[str, Any] = {
        "now_us": NOW_US,
        "forecast": None,
        "epoch": None,
        "ledger": None,
        "cameras": {},
    }
    assert verdict_of(nothing, {}) == "not_measurable"


def test_proof_of_too_few_days_is_not_enough() -> None:
    assert verdict_of(STATUS, {UID: {"days_proven": 29}}) == "not_met"


@pytest.mark.parametrize(
    ("state", "cause", "newest", "since", "answer"),
    [
        ("recording", None, 5, 3600, True),
        ("connecting", "connect", 90, 30, True),
        ("connecting", "connect", 300, 30, None),
        ("connecting", "connect", 300, 300, False),
        ("starting", None, None, None, None),
        ("unreachable", "connect", 300, 10, False),
        ("recording", None, 4000, 4000, False),
        ("off", "schedule", 40_000, None, True),
        ("off", "schedule", 400_000, None, None),
        ("off", "paused_by_admin", 10, None, None),
    ],
)
def test_camera_works_when_it_recorded_lately_or_rests_as_planned(
    state: str, cause: str | None, newest: int | None, since: int | None, answer: bool | None
) -> None:
    newest_us = None if newest is None else NOW_US - newest * 1_000_000
    since_us = None if since is None else NOW_US - since * 1_000_000

    assert works(state, cause, newest_us, since_us, NOW_US) is answer
