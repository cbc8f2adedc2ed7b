"""Alarms: on when something is wrong, on when nobody can tell, calm through a hiccup."""

from dataclasses import replace

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.kindergarten.archive.protocol import ArchiveState, CameraState, Clock, Forecast
from custom_components.kindergarten.const import DOMAIN
from custom_components.kindergarten.coordinator import PATIENCE_S

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

RECORDING = "binary_sensor.by_the_window_recording"
ARCHIVE = "binary_sensor.little_sun_archive"
CLOCK = "binary_sensor.little_sun_recorder_clock"


@pytest.mark.parametrize(
    ("state", "problem"),
    [
        (CameraState.RECORDING, STATE_OFF),
        (CameraState.OFF, STATE_OFF),
        (CameraState.UNREACHABLE, STATE_ON),
        (CameraState.AUTH, STATE_ON),
        (CameraState.STALLED, STATE_ON),
        (CameraState.DISK, STATE_ON),
        (CameraState.UNSUPPORTED, STATE_ON),
        (CameraState.CONNECTING, STATE_ON),
    ],
)
async def test_camera_that_is_not_recorded_is_a_problem(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive, state: CameraState, problem: str
) -> None:
    archive.show(camera_status(PLAYROOM, state, newest_us=NOW_US - HOUR_US))
    await look(hass)

    assert state_of(hass, RECORDING).state == problem
    assert state_of(hass, "binary_sensor.at_the_door_recording").state == STATE_OFF


async def test_silence_of_the_recorder_is_a_problem_once_it_lasts(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, kindergarten: MockConfigEntry, archive: FakeArchive
) -> None:
    archive.hang_up()
    await settle(hass)
    await look(hass)
    assert state_of(hass, RECORDING).state == STATE_OFF

    freezer.tick(PATIENCE_S + 30)
    async_fire_time_changed(hass)
    await settle(hass)

    assert state_of(hass, RECORDING).state == STATE_ON
    assert state_of(hass, ARCHIVE).state == STATE_ON
    assert state_of(hass, "sensor.by_the_window_newest_picture").state == "unavailable"
    assert state_of(hass, "camera.by_the_window").state == "unavailable"

    archive.reachable = True
    freezer.tick(30)
    async_fire_time_changed(hass)
    await settle(hass)
    assert state_of(hass, RECORDING).state == STATE_OFF
    assert state_of(hass, "camera.by_the_window").state == "recording"


async def test_recorder_that_is_started_anew_is_no_alarm_however_long_ago_it_was_asked(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, kindergarten: MockConfigEntry, archive: FakeArchive
) -> None:
    freezer.tick(29)
    archive.hang_up()
    await look(hass)
    assert state_of(hass, ARCHIVE).state == STATE_OFF

    freezer.tick(2)
    archive.reachable = True
    await look(hass)
    assert state_of(hass, ARCHIVE).state == STATE_OFF


@pytest.mark.parametrize(
    ("state", "problem"),
    [
        (ArchiveState.OK, STATE_OFF),
        (ArchiveState.MISSING, STATE_ON),
        (ArchiveState.READ_ONLY, STATE_ON),
        (ArchiveState.NONE, STATE_ON),
        (ArchiveState.UNKNOWN, STATE_UNKNOWN),
    ],
)
async def test_archive_that_cannot_be_written_is_a_problem(
    hass: HomeAssistant,
    kindergarten: MockConfigEntry,
    archive: FakeArchive,
    state: ArchiveState,
    problem: str,
) -> None:
    archive.show(volume=replace(archive.now.volume, state=state))
    await look(hass)

    assert state_of(hass, ARCHIVE).state == problem


@pytest.mark.parametrize(
    ("forecast", "broken", "problem"),
    [
        (Forecast(days=40.0, bytes_per_day=1), False, "none"),
        (Forecast(days=None, bytes_per_day=None), False, "none"),
        (Forecast(days=21.4, bytes_per_day=1), False, "retention_at_risk"),
        (Forecast(days=40.0, bytes_per_day=1, enough=False), False, "retention_at_risk"),
        (Forecast(days=40.0, bytes_per_day=1), True, "retention_broken"),
    ],
)
async def test_archive_sensor_and_repair_tell_the_same_of_a_disk_that_is_too_small(
    hass: HomeAssistant,
    kindergarten: MockConfigEntry,
    archive: FakeArchive,
    forecast: Forecast,
    broken: bool,
    problem: str,
) -> None:
    archive.show(forecast=forecast)
    if broken:
        archive.happen("retention_broken", t_us=NOW_US)
        await settle(hass)
    await look(hass)

    state = state_of(hass, ARCHIVE)
    assert (state.state, state.attributes["problem"]) == (
        STATE_OFF if problem == "none" else STATE_ON,
        problem,
    )
    raised = {issue for domain, issue in ir.async_get(hass).issues if domain == DOMAIN}
    assert raised == ({problem} - {"none"})


async def test_clock_that_may_be_wrong_is_a_problem(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive
) -> None:
    assert state_of(hass, CLOCK).state == STATE_OFF
    archive.show(clock=Clock(epoch=1, utc0_us=NOW_US, trust=0, source="rtc"))
    await look(hass)

    assert state_of(hass, CLOCK).state == STATE_ON


async def test_nothing_is_green_before_it_was_measured(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive
) -> None:
    archive.show(clock=None)
    archive.now.cameras.pop(PLAYROOM)  # type: ignore[attr-defined]
    await look(hass)

    assert state_of(hass, CLOCK).state == STATE_UNKNOWN
    assert state_of(hass, RECORDING).state == STATE_UNKNOWN


async def test_camera_that_the_recorder_cannot_take_is_a_problem(
    hass: HomeAssistant, supervisor: FakeSupervisor, archive: FakeArchive
) -> None:
    archive.refuses = {PLAYROOM}
    await load(hass, kindergarten_entry(room(), camera()))
    await look(hass)

    assert state_of(hass, RECORDING).state == STATE_ON
