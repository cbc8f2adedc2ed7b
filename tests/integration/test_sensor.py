"""Figures: unknown until measured, calm while all is well, at once when something changes."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.kindergarten.archive.protocol import CameraState, Forecast
from custom_components.kindergarten.entity import CALM_S

from .fake_archive import NOW_US, PLAYROOM, FakeArchive, camera_status, look, state_of

NEWEST = "sensor.by_the_window_newest_picture"


async def test_figures_say_what_the_archive_holds(hass: HomeAssistant, kindergarten: MockConfigEntry) -> None:
    said = {
        name: state_of(hass, f"sensor.{name}").state
        for name in (
            "by_the_window_newest_picture",
            "by_the_window_oldest_recording",
            "by_the_window_coverage_of_24_hours",
            "by_the_window_state",
            "little_sun_archive_free",
            "little_sun_days_the_disk_can_hold",
        )
    }

    assert said == {
        "by_the_window_newest_picture": "2026-11-18T11:06:39+00:00",
        "by_the_window_oldest_recording": "2026-11-16T11:06:40+00:00",
        "by_the_window_coverage_of_24_hours": "99.87",
        "by_the_window_state": "recording",
        "little_sun_archive_free": "1000.0",
        "little_sun_days_the_disk_can_hold": "41.5",
    }


async def test_unmeasured_is_unknown_and_never_zero(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive
) -> None:
    archive.show(
        camera_status(PLAYROOM, newest_us=None, coverage_24h=None),
        forecast=Forecast(days=None, bytes_per_day=None),
    )
    await look(hass)

    assert state_of(hass, NEWEST).state == STATE_UNKNOWN
    assert state_of(hass, "sensor.by_the_window_coverage_of_24_hours").state == STATE_UNKNOWN
    assert state_of(hass, "sensor.little_sun_days_the_disk_can_hold").state == STATE_UNKNOWN


async def test_figures_are_written_every_five_minutes_while_all_is_well(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, kindergarten: MockConfigEntry, archive: FakeArchive
) -> None:
    before = state_of(hass, NEWEST).state
    for second in range(1, 10):
        archive.show(camera_status(PLAYROOM, newest_us=NOW_US + second * 1_000_000))
        await look(hass)
    assert state_of(hass, NEWEST).state == before

    freezer.tick(CALM_S + 1)
    archive.show(camera_status(PLAYROOM, newest_us=NOW_US + 301_000_000))
    await look(hass)
    assert state_of(hass, NEWEST).state == "2026-11-18T11:11:41+00:00"


async def test_figures_are_written_at_once_when_the_state_changes(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive
) -> None:
    archive.show(camera_status(PLAYROOM, CameraState.UNREACHABLE, newest_us=NOW_US + 5_000_000))
    await look(hass)

    assert state_of(hass, NEWEST).state == "2026-11-18T11:06:45+00:00"
    assert state_of(hass, "sensor.by_the_window_state").state == "unreachable"


async def test_few_entities_are_on_by_default(hass: HomeAssistant, kindergarten: MockConfigEntry) -> None:
    entities = er.async_entries_for_config_entry(er.async_get(hass), kindergarten.entry_id)
    on = {entity.unique_id.split("_", 1)[1] for entity in entities if entity.disabled_by is None}

    assert on == {
        "camera",
        "recording",
        "recording_problem",
        "newest_picture",
        "oldest_recording",
        "coverage_24h",
        "state",
        "archive_free",
        "archive_days",
        "archive_problem",
        "clock_problem",
        "days_proven",
        "longest_gap",
        "holds",
        "head",
        "next_inspection",
        "long_task",
        "profile_problem",
        "archive",
        "incident",
        "people",
        "privacy_pause",
        "viewers",
        "picture",
        "picture_problem",
        "watch_picture",
        "learn_picture",
    }
