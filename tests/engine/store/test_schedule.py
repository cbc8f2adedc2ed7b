"""When to record: local times, whatever clocks and rules did."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from kindergarten_engine.recorder.store.schedule import Schedule, Since, from_spec, parse, wanted_spans

ALMATY, BERLIN = "Asia/Almaty", "Europe/Berlin"
HOUR_US = 3_600_000_000


def at(text: str, zone: str = BERLIN, fold: int = 0) -> int:
    """Return UTC in µs of a local time."""
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp() * 1e6)


def hours(schedule: Schedule, day: str, zone: str = BERLIN) -> float:
    """Return how many hours of a local day are recorded."""
    spans = schedule.spans(at(f"{day}T00:00", zone), at(f"{day}T00:00", zone) + 26 * HOUR_US)
    return sum(end - start for start, end in spans if start < at(f"{day}T23:59", zone)) / HOUR_US


def test_weekdays_have_their_own_times() -> None:
    schedule = parse({"mon": [["07:00", "12:00"], ["13:00", "19:30"]], "sat": [["09:00", "24:00"]]}, ALMATY)
    assert hours(schedule, "2026-11-23", ALMATY) == 11.5
    assert hours(schedule, "2026-11-24", ALMATY) == 0
    assert schedule.wanted(at("2026-11-23T12:59:59", ALMATY)) is False
    assert schedule.wanted(at("2026-11-23T13:00", ALMATY)) is True
    assert schedule.wanted(at("2026-11-28T23:59:59", ALMATY)) is True
    assert schedule.wanted(at("2026-11-29T00:00", ALMATY)) is False


def test_a_day_on_which_clocks_change_is_shorter_or_longer() -> None:
    schedule = parse({name: [["00:00", "24:00"]] for name in ("sat", "sun")}, BERLIN)
    assert hours(schedule, "2026-03-29") == 23
    assert hours(schedule, "2026-10-25") == 25


def test_what_begins_or_ends_in_a_changed_hour_loses_nothing() -> None:
    schedule = parse({"sun": [["02:30", "05:00"]]}, BERLIN)
    assert hours(schedule, "2026-03-29") == 2.5
    assert hours(schedule, "2026-10-25") == 3.5
    schedule = parse({"sun": [["00:00", "02:30"]]}, BERLIN)
    assert hours(schedule, "2026-10-25") == 3.5
    assert hours(schedule, "2026-03-29") == 2.5


def test_history_says_what_was_to_be_recorded_when() -> None:
    day = parse({"mon": [["08:00", "10:00"]]}, ALMATY)
    t0 = at("2026-11-22T22:00", ALMATY)
    history = [Since(from_us=t0, schedule=day), Since(from_us=at("2026-11-23T09:00", ALMATY), schedule=None)]
    assert wanted_spans(history, t0 - HOUR_US, at("2026-11-23T12:00", ALMATY)) == [
        (t0 - HOUR_US, t0),
        (at("2026-11-23T08:00", ALMATY), at("2026-11-23T12:00", ALMATY)),
    ]


def test_what_the_ledger_keeps_is_the_schedule() -> None:
    schedule = parse({"mon": [["08:00", "10:00"]], "tue": [["00:00", "24:00"]]}, ALMATY)
    assert from_spec(schedule.spec()) == schedule
    assert schedule.share == pytest.approx(26 / 168)


@pytest.mark.parametrize(
    "days",
    [
        {},
        {"mon": []},
        {"monday": [["08:00", "10:00"]]},
        {"mon": [["10:00", "08:00"]]},
        {"mon": [["8:00", "10:00"]]},
        {"mon": [["08:00"]]},
        {"mon": "08:00-10:00"},
        {"mon": [["08:00", "24:30"]]},
    ],
)
def test_a_schedule_that_cannot_be_is_refused(days: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="."):
        parse(days, ALMATY)


def test_an_unknown_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        parse({"mon": [["08:00", "10:00"]]}, "Mars/Olympus")
