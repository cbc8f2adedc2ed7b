"""Events: what happened to a recording, once each, for automations."""

from dataclasses import replace

from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import HomeAssistant, State
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    mock_restore_cache_with_extra_data,
)

from custom_components.kindergarten.archive.protocol import CameraState

from .fake_archive import (
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

EVENT = "event.by_the_window_recording_events"


async def test_stop_and_resume_are_told_with_their_cause(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive
) -> None:
    assert state_of(hass, EVENT).state == STATE_UNKNOWN
    archive.happen("recording_stopped", PLAYROOM, cause="connect", detail="", since_us=NOW_US - 5_000_000)
    await settle(hass)

    told = state_of(hass, EVENT).attributes
    assert (told["event_type"], told["cause"], told["seconds"]) == ("stopped", "connect", 5.0)

    later_us = NOW_US + 7_500_000
    archive.happen("recording_resumed", PLAYROOM, later_us, at_us=later_us)
    gap = {"start_us": NOW_US - 5_000_000, "end_us": later_us}
    archive.happen("gap_closed", PLAYROOM, later_us, cause="connect", planned=False, **gap)
    await settle(hass)
    told = state_of(hass, EVENT).attributes
    assert (told["event_type"], told["cause"], told["seconds"]) == ("gap_closed", "connect", 12.5)
    assert state_of(hass, "event.at_the_door_recording_events").state == STATE_UNKNOWN


async def test_planned_gaps_are_no_news(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive
) -> None:
    archive.happen("gap_closed", PLAYROOM, cause="schedule", planned=True, start_us=1, end_us=NOW_US)
    await settle(hass)

    assert state_of(hass, EVENT).state == STATE_UNKNOWN


async def test_event_types_are_fixed(hass: HomeAssistant, kindergarten: MockConfigEntry) -> None:
    assert state_of(hass, EVENT).attributes["event_types"] == [
        "stopped",
        "resumed",
        "gap_closed",
        "login_refused",
        "clock_off",
    ]


async def test_clock_that_goes_wrong_is_told_once_with_its_offset(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive
) -> None:
    archive.show(camera_status(PLAYROOM, clock_offset_ms=-93_000))
    await look(hass)
    told = state_of(hass, EVENT)
    assert (told.attributes["event_type"], told.attributes["offset_ms"]) == ("clock_off", -93_000)

    archive.show(camera_status(PLAYROOM, clock_offset_ms=-94_000))
    await look(hass)
    assert hass.states.get(EVENT) is told


async def test_full_disk_stepped_clock_and_restarted_recorder_are_told(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive
) -> None:
    site = "event.little_sun_archive_events"
    archive.happen("archive_unavailable", status="full", detail="")
    await settle(hass)
    assert state_of(hass, site).attributes["event_type"] == "full"

    archive.happen("clock_changed", t_us=NOW_US + 1, delta_us=-90_500_000, trust=2)
    await settle(hass)
    told = state_of(hass, site).attributes
    assert (told["event_type"], told["seconds"]) == ("clock_stepped", -90.5)

    assert archive.now.clock
    archive.show(clock=replace(archive.now.clock, epoch=2))
    await look(hass)
    told = state_of(hass, site).attributes
    assert (told["event_type"], told["epoch"]) == ("engine_restarted", 2)


async def test_disk_that_is_kept_full_is_told_once_an_hour(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive
) -> None:
    site = "event.little_sun_archive_events"
    told = []
    for minute in (0, 1, 59, 60, 61):
        archive.happen("retention_broken", t_us=NOW_US + minute * 60_000_000, files=minute)
        await settle(hass)
        told.append(state_of(hass, site).attributes["files"])
    assert told == [0, 0, 0, 60, 60]


async def test_archive_that_comes_and_goes_is_told_of_when_it_is_calm(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive
) -> None:
    site = "event.little_sun_archive_events"
    told = []
    for second in range(10):
        now_us = NOW_US + second * 1_000_000
        if second % 2:
            archive.happen("archive_restored", t_us=now_us, status="full")
        else:
            archive.happen("archive_unavailable", t_us=now_us, status="full")
        await settle(hass)
        told.append(state_of(hass, site).attributes["at"][17:19])
    assert len(set(told)) == 4

    archive.show(now_us=NOW_US + 30_000_000)
    await look(hass)
    assert state_of(hass, site).attributes["at"][17:19] == told[3]
    archive.show(now_us=NOW_US + 90_000_000)
    await look(hass)
    last = state_of(hass, site).attributes
    assert (last["event_type"], last["at"][17:19]) == ("archive_restored", "49")


async def test_refused_login_is_told_when_it_begins(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive
) -> None:
    archive.show(camera_status(PLAYROOM, CameraState.AUTH))
    await look(hass)
    told = state_of(hass, EVENT)
    assert told.attributes["event_type"] == "login_refused"

    await look(hass)
    assert hass.states.get(EVENT) is told


async def test_what_was_told_before_a_restart_is_not_told_again(
    hass: HomeAssistant, supervisor: FakeSupervisor, archive: FakeArchive
) -> None:
    last = {
        "last_event_type": "stopped",
        "last_event_attributes": {"cause": "connect", "seconds": None, "at": "2026-11-18T11:06:40.000+00:00"},
    }
    mock_restore_cache_with_extra_data(hass, [(State(EVENT, "2026-11-18T11:06:40.100+00:00"), last)])
    archive.happen("recording_stopped", PLAYROOM, NOW_US, cause="connect")
    await load(hass, kindergarten_entry(room(), camera()))
    assert state_of(hass, EVENT).state == "2026-11-18T11:06:40.100+00:00"

    archive.happen("recording_resumed", PLAYROOM, NOW_US + 5_000_000, cause="connect", seconds=5)
    await settle(hass)
    assert state_of(hass, EVENT).attributes["event_type"] == "resumed"
