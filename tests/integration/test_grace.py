"""A flicker is no alarm, ten minutes are; outside a room's opening hours there is more patience."""

from datetime import UTC, datetime

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.kindergarten.archive.protocol import CameraState
from custom_components.kindergarten.grace import grace_of

from .fake_archive import (
    BEDROOM,
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

RECORDING = "binary_sensor.by_the_window_recording"
HOURS = {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "08:00:00", "to": "18:00:00"}
MONDAY_NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
MONDAY_NIGHT = datetime(2026, 11, 16, 22, tzinfo=UTC)


@pytest.fixture
async def house(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, supervisor: FakeSupervisor, archive: FakeArchive
) -> MockConfigEntry:
    """A room that is open on working days, recorded around the clock; it is Monday noon."""
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to(MONDAY_NOON)
    return await load(hass, kindergarten_entry(room(opening=HOURS), camera()))


async def pass_time(hass: HomeAssistant, freezer: FrozenDateTimeFactory, seconds: float) -> None:
    """Let time pass; the recorder is asked twice a minute."""
    freezer.tick(seconds)
    async_fire_time_changed(hass)
    await settle(hass)
    await look(hass)


async def lose(hass: HomeAssistant, archive: FakeArchive, state: CameraState = CameraState.STALLED) -> None:
    """Let the camera stop now."""
    archive.show(camera_status(PLAYROOM, state, since_us=NOW_US, newest_us=NOW_US))
    await look(hass)


async def test_flicker_is_no_alarm_and_ten_minutes_are(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, house: MockConfigEntry, archive: FakeArchive
) -> None:
    await lose(hass, archive)
    await pass_time(hass, freezer, 599)
    assert state_of(hass, RECORDING).state == STATE_OFF
    await pass_time(hass, freezer, 1)
    assert state_of(hass, RECORDING).state == STATE_ON

    archive.show(camera_status(PLAYROOM))
    await look(hass)
    assert state_of(hass, RECORDING).state == STATE_OFF


async def test_trouble_that_changes_its_face_is_one_trouble(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, house: MockConfigEntry, archive: FakeArchive
) -> None:
    await lose(hass, archive)
    for state in (CameraState.CONNECTING, CameraState.UNREACHABLE, CameraState.CONNECTING):
        archive.show(camera_status(PLAYROOM, state, since_us=NOW_US, newest_us=NOW_US))
        await pass_time(hass, freezer, 200)
    assert state_of(hass, RECORDING).state == STATE_ON
    assert state_of(hass, RECORDING).attributes["since"] == "2026-11-18T10:56:40+00:00"


async def test_recording_between_two_troubles_begins_the_grace_anew(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, house: MockConfigEntry, archive: FakeArchive
) -> None:
    await lose(hass, archive)
    await pass_time(hass, freezer, 400)
    archive.show(camera_status(PLAYROOM, newest_us=NOW_US))
    await look(hass)
    await lose(hass, archive)
    await pass_time(hass, freezer, 400)
    assert state_of(hass, RECORDING).state == STATE_OFF


async def test_closed_room_has_half_an_hour(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, house: MockConfigEntry, archive: FakeArchive
) -> None:
    freezer.move_to(MONDAY_NIGHT)
    await lose(hass, archive)
    await pass_time(hass, freezer, 1799)
    assert state_of(hass, RECORDING).state == STATE_OFF
    await pass_time(hass, freezer, 1)
    assert state_of(hass, RECORDING).state == STATE_ON


async def test_trouble_of_the_night_is_an_alarm_when_the_room_opens(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, house: MockConfigEntry, archive: FakeArchive
) -> None:
    freezer.move_to(datetime(2026, 11, 17, 7, 40, tzinfo=UTC))
    await lose(hass, archive)
    await pass_time(hass, freezer, 1199)
    assert state_of(hass, RECORDING).state == STATE_OFF
    await pass_time(hass, freezer, 1)
    assert state_of(hass, RECORDING).state == STATE_ON


async def test_alarm_does_not_end_because_the_room_closes(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, house: MockConfigEntry, archive: FakeArchive
) -> None:
    freezer.move_to(datetime(2026, 11, 16, 17, 45, tzinfo=UTC))
    await lose(hass, archive)
    await pass_time(hass, freezer, 700)
    assert state_of(hass, RECORDING).state == STATE_ON
    await pass_time(hass, freezer, 300)
    assert state_of(hass, RECORDING).state == STATE_ON


async def test_full_disk_stops_a_camera_when_nothing_was_written_any_more(
    hass: HomeAssistant, house: MockConfigEntry, archive: FakeArchive
) -> None:
    since = {"since_us": NOW_US - HOUR_US, "newest_us": NOW_US - 5_000_000}
    archive.show(camera_status(PLAYROOM, CameraState.DISK, **since))
    await look(hass)
    assert state_of(hass, RECORDING).state == STATE_OFF, (
        "it was read for an hour, and recorded until just now"
    )


async def test_clock_that_is_set_makes_no_alarm(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, house: MockConfigEntry, archive: FakeArchive
) -> None:
    await lose(hass, archive)
    archive.show(now_us=NOW_US + 36_000_000_000)
    await look(hass)
    assert state_of(hass, RECORDING).state == STATE_OFF


async def test_trouble_from_before_home_assistant_started_counts(
    hass: HomeAssistant, supervisor: FakeSupervisor, archive: FakeArchive
) -> None:
    archive.show(camera_status(PLAYROOM, CameraState.UNREACHABLE, since_us=NOW_US - 660_000_000))
    await load(hass, kindergarten_entry(room(), camera()))
    assert state_of(hass, RECORDING).state == STATE_ON


async def test_grace_of_nothing_tells_at_once(
    hass: HomeAssistant, house: MockConfigEntry, archive: FakeArchive
) -> None:
    hass.config_entries.async_update_entry(house, options={**house.options, "grace_recording_s": 0})
    await lose(hass, archive)
    assert state_of(hass, RECORDING).state == STATE_ON


@pytest.mark.parametrize(
    ("at", "recording", "picture"),
    [
        (MONDAY_NOON, 600, 180),
        (MONDAY_NIGHT, 1800, 1800),
        (datetime(2026, 11, 16, 8, tzinfo=UTC), 600, 180),
        (datetime(2026, 11, 16, 18, tzinfo=UTC), 1800, 1800),
        (datetime(2026, 11, 15, 12, tzinfo=UTC), 1800, 1800),
    ],
)
async def test_hours_and_days_of_the_room_decide(
    hass: HomeAssistant, house: MockConfigEntry, at: datetime, recording: float, picture: float
) -> None:
    assert grace_of(house, "recording", PLAYROOM, at) == recording
    assert grace_of(house, "picture", PLAYROOM, at) == picture
    assert grace_of(house, "recording", BEDROOM, at) == 600, "nobody knows its room: always open"


async def test_closed_room_is_never_told_of_sooner(hass: HomeAssistant, house: MockConfigEntry) -> None:
    options = {**house.options, "grace_recording_s": 7200, "grace_outside_s": 0}
    hass.config_entries.async_update_entry(house, options=options)
    assert grace_of(house, "recording", PLAYROOM, MONDAY_NIGHT) == 7200


async def test_times_are_asked_in_the_options_and_nothing_else_is_lost(
    hass: HomeAssistant, house: MockConfigEntry
) -> None:
    flows = hass.config_entries.options
    result = await flows.async_init(house.entry_id)
    result = await flows.async_configure(result["flow_id"], {"next_step_id": "alerts"})
    wanted = {
        "grace_recording_s": {"hours": 0, "minutes": 5, "seconds": 0},
        "grace_picture_s": {"hours": 0, "minutes": 0, "seconds": 30},
        "grace_outside_s": {"hours": 24, "minutes": 0, "seconds": 1},
    }
    result = await flows.async_configure(result["flow_id"], wanted)
    assert result["errors"] == {"grace_outside_s": "grace_too_long"}
    wanted["grace_outside_s"]["seconds"] = 0
    await flows.async_configure(result["flow_id"], wanted)
    assert house.options == {
        "retention_days": 32,
        "grace_recording_s": 300,
        "grace_picture_s": 30,
        "grace_outside_s": 86_400,
    }
