"""Figures, alarms and events of evidence: measured or unknown, never guessed."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNKNOWN
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.kindergarten.archive.evidence import CameraProof
from custom_components.kindergarten.archive.protocol import (
    ArchivedCamera,
    CameraState,
    Forecast,
    Head,
    HoldsInAll,
    LedgerInfo,
)
from custom_components.kindergarten.coordinator import PROOF_AGAIN_S
from custom_components.kindergarten.evidence_sensor import code_of
from custom_components.kindergarten.snapshot import Damage

from .fake_archive import (
    HOUR_US,
    NOW_US,
    PLAYROOM,
    FakeArchive,
    FakeSupervisor,
    camera,
    camera_status,
    kindergarten_entry,
    load,
    look,
    room,
    settle,
    state_of,
)

DAY_US = 24 * HOUR_US
PROFILE = "binary_sensor.little_sun_legal_profile"
EVENT = "event.little_sun_archive_events"
GOOD = CameraProof(days_proven=31, longest_gap_s=42.5, longest_gap_at_us=NOW_US - DAY_US)


async def prove(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Have the files looked at now."""
    await entry.runtime_data.coordinator.async_look_at_proof()
    await settle(hass)


@pytest.fixture
async def proven(hass: HomeAssistant, supervisor: FakeSupervisor, archive: FakeArchive) -> MockConfigEntry:
    """Return a kindergarten of one camera that meets its profile."""
    archive.prove(NOW_US, **{PLAYROOM: GOOD})
    archive.known = (
        ArchivedCamera(
            uid=PLAYROOM,
            label="",
            added_us=NOW_US - 90 * DAY_US,
            removed_us=None,
            oldest_us=None,
            newest_us=None,
        ),
    )
    archive.show(
        camera_status(PLAYROOM, oldest_us=NOW_US - 31 * DAY_US),
        forecast=Forecast(days=41.5, bytes_per_day=1, enough=True),
        ledger=LedgerInfo(state="good"),
        holds=HoldsInAll(count=2, bytes=10, share=0.125),
        head=Head(n=17, h="ab", code="01234567890123456789", day="20261117"),
    )
    return await load(hass, kindergarten_entry(room(), camera()))


async def test_figures_say_what_the_files_prove(hass: HomeAssistant, proven: MockConfigEntry) -> None:
    days = state_of(hass, "sensor.by_the_window_days_proven")
    assert (days.state, days.attributes["checked"]) == ("31", "2026-11-18T11:06:40+00:00")
    gap = state_of(hass, "sensor.by_the_window_longest_unplanned_hole")
    assert (round(float(gap.state), 3), gap.attributes["at"]) == (0.708, "2026-11-17T11:06:40+00:00")
    holds = state_of(hass, "sensor.little_sun_holds")
    assert (holds.state, holds.attributes["share_percent"]) == ("2", 12.5)
    head = state_of(hass, "sensor.little_sun_code_of_the_record")
    assert (head.state, head.attributes["day"]) == ("01234 56789 01234 56789", "20261117")


async def test_nothing_measured_is_unknown_and_no_alarm(
    hass: HomeAssistant, kindergarten: MockConfigEntry
) -> None:
    for name in ("by_the_window_days_proven", "little_sun_holds", "little_sun_next_inspection"):
        assert state_of(hass, f"sensor.{name}").state == STATE_UNKNOWN
    assert state_of(hass, EVENT).state == STATE_UNKNOWN


@pytest.mark.parametrize(
    ("text", "code"),
    [("01234 56789 01234 56789", "01234 56789 01234 56789"), ("123", None), (None, None)],
)
def test_code_is_twenty_digits_or_nothing(text: str | None, code: str | None) -> None:
    assert code_of(text) == code


async def test_profile_is_met_when_everything_was_measured(
    hass: HomeAssistant, proven: MockConfigEntry
) -> None:
    assert state_of(hass, PROFILE).state == STATE_OFF
    assert state_of(hass, PROFILE).attributes["not_measurable"] == []


async def test_profile_is_unknown_until_the_files_were_looked_at(
    hass: HomeAssistant, proven: MockConfigEntry, archive: FakeArchive
) -> None:
    archive.prove(NOW_US)
    await prove(hass, proven)

    assert state_of(hass, PROFILE).state == STATE_UNKNOWN
    assert state_of(hass, PROFILE).attributes["not_measurable"] == ["retention_minimum"]


@pytest.mark.parametrize(
    ("change", "missed"),
    [
        (lambda fake: fake.show(ledger=LedgerInfo(state="broken")), "ledger"),
        (lambda fake: fake.show(forecast=Forecast(days=20.0, bytes_per_day=1, enough=False)), "forecast"),
        (
            lambda fake: fake.show(
                camera_status(PLAYROOM, CameraState.UNREACHABLE, newest_us=NOW_US - HOUR_US)
            ),
            "required_rooms",
        ),
        (lambda fake: fake.prove(NOW_US, **{PLAYROOM: replace(GOOD, days_proven=3)}), "retention_minimum"),
    ],
)
async def test_profile_that_is_not_met_names_why(
    hass: HomeAssistant,
    proven: MockConfigEntry,
    archive: FakeArchive,
    change: Callable[[FakeArchive], None],
    missed: str,
) -> None:
    change(archive)
    await prove(hass, proven)
    await look(hass)

    assert state_of(hass, PROFILE).state == STATE_ON
    assert missed in state_of(hass, PROFILE).attributes["not_met"]


@pytest.mark.parametrize(
    ("last", "expected"),
    [("2026-11-18", "2027-05-18"), ("2026-08-31", "2027-02-28"), ("2026-01-31", "2026-07-31")],
)
async def test_next_inspection_is_half_a_year_after_the_last(
    hass: HomeAssistant, proven: MockConfigEntry, last: str, expected: str
) -> None:
    hass.config_entries.async_update_entry(proven, options={**proven.options, "last_inspection": last})
    await settle(hass)
    await look(hass)

    assert state_of(hass, "sensor.little_sun_next_inspection").state == expected


async def press(hass: HomeAssistant, context: Context | None = None) -> None:
    await hass.services.async_call(
        "button", "press", {"entity_id": "button.playroom_incident"}, blocking=True, context=context
    )


async def test_incident_button_holds_the_last_half_hour_and_the_next_minutes(
    hass: HomeAssistant, proven: MockConfigEntry, archive: FakeArchive, hass_owner_user: MockUser
) -> None:
    await press(hass, Context(user_id=hass_owner_user.id))

    (hold,) = archive.held
    assert hold.cameras == (PLAYROOM,)
    assert (hold.t0_us, hold.t1_us) == (NOW_US - HOUR_US // 2, NOW_US + HOUR_US // 6)
    assert (hold.until_us, hold.incident, hold.automation) == (None, True, False)
    assert hold.by != hass_owner_user.id
    assert len(hold.by) == 32


async def test_incident_minutes_are_the_owners_choice(
    hass: HomeAssistant, proven: MockConfigEntry, archive: FakeArchive
) -> None:
    options = {**proven.options, "incident_before_minutes": 60, "incident_after_minutes": 5}
    hass.config_entries.async_update_entry(proven, options=options)
    await press(hass)

    (hold,) = archive.held
    assert (hold.t0_us, hold.t1_us) == (NOW_US - HOUR_US, NOW_US + HOUR_US // 12)
    assert (hold.by, hold.automation) == ("automation", True)


async def test_room_without_a_camera_has_nothing_to_hold(
    hass: HomeAssistant, supervisor: FakeSupervisor, archive: FakeArchive
) -> None:
    await load(hass, kindergarten_entry(room(), room("Hall"), camera()))
    with pytest.raises(ServiceValidationError):
        await press(hass)
    assert archive.held == []


async def test_hold_that_was_not_made_is_said(
    hass: HomeAssistant, proven: MockConfigEntry, archive: FakeArchive
) -> None:
    archive.refuse = "quota"
    with pytest.raises(ServiceValidationError, match="quota|automations"):
        await press(hass)
    archive.reachable = False
    with pytest.raises(HomeAssistantError):
        await press(hass)


async def test_what_happens_to_the_archive_is_told_once_in_fixed_words(
    hass: HomeAssistant, proven: MockConfigEntry, archive: FakeArchive
) -> None:
    said: dict[str, Any] = {"uid": "h1", "cameras": [PLAYROOM], "by": "somebody", "not_before_us": NOW_US}
    archive.happen("hold_lift_asked", None, **said)
    await settle(hass)

    told = state_of(hass, EVENT).attributes
    assert (told["event_type"], told["uid"], told["cameras"]) == ("lift_asked", "h1", 1)
    assert "by" not in told
    assert PLAYROOM not in str(told)
    archive.happen("something_new", None)
    await settle(hass)
    assert state_of(hass, EVENT).attributes["event_type"] == "lift_asked"


async def test_damage_found_is_told_as_such(
    hass: HomeAssistant, proven: MockConfigEntry, archive: FakeArchive
) -> None:
    archive.happen("verified", None, files=9, bad=0, missing=0, ok=True)
    await settle(hass)
    assert state_of(hass, EVENT).attributes["event_type"] == "verified"
    assert proven.runtime_data.coordinator.data.damage == Damage(bad=0, missing=0)

    archive.happen("verified", None, files=9, bad=1, missing=2, ok=False)
    await settle(hass)
    told = state_of(hass, EVENT).attributes
    assert (told["event_type"], told["bad"], told["missing"]) == ("verify_failed", 1, 2)
    await look(hass)
    assert proven.runtime_data.coordinator.data.damage == Damage(bad=1, missing=2)


async def test_ledger_that_breaks_is_told_when_it_does(
    hass: HomeAssistant, proven: MockConfigEntry, archive: FakeArchive
) -> None:
    archive.show(ledger=LedgerInfo(state="broken"))
    await look(hass)

    told = state_of(hass, EVENT).attributes
    assert (told["event_type"], told["status"]) == ("ledger_broken", "broken")


async def test_proof_that_nobody_could_give_is_asked_for_again_soon(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    proven: MockConfigEntry,
    archive: FakeArchive,
) -> None:
    archive.proven = None
    archive.happen("archive_restored", None)
    await settle(hass)
    archive.prove(NOW_US, **{PLAYROOM: replace(GOOD, days_proven=30)})
    await look(hass)
    assert state_of(hass, "sensor.by_the_window_days_proven").state == "31"

    freezer.tick(PROOF_AGAIN_S + 1)
    await look(hass)
    await settle(hass)
    assert state_of(hass, "sensor.by_the_window_days_proven").state == "30"
