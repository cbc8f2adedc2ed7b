"""Alarms outlive a restart of Home Assistant: what was known is no news, what is over or gone is said or forgotten."""

from datetime import datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.kindergarten.alarms import (
    ABOUT,
    SETTLED_S,
    TOGETHER_S,
    About,
    Alarms,
    Stage,
    Trouble,
)
from custom_components.kindergarten.const import DOMAIN
from custom_components.kindergarten.troubles import describe

SINCE = "2026-11-18T08:00:00+00:00"
STORE = "kindergarten.alarms"


class Ear:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[tuple[Stage, About]] = []

    def __call__(self, stage: Stage, about: About, troubles: tuple[Trouble, ...]) -> None:
        self.told += [(stage, about)] * len(troubles)


@pytest.fixture
def sensor(hass: HomeAssistant) -> er.RegistryEntry:
    """Return a camera's sensor of problems with the recording."""
    return problem_sensor(hass)


def problem_sensor(hass: HomeAssistant, key: str = "recording_problem", **about: Any) -> er.RegistryEntry:
    registry = er.async_get(hass)
    return registry.async_get_or_create(
        "binary_sensor", DOMAIN, f"uid_{key}", translation_key=key, suggested_object_id=key, **about
    )


def kept(*sensors: str) -> dict[str, Any]:
    """Return what is stored of alarms that were on before the restart."""
    data = [{"about": "recording", "sensor": each, "since": SINCE} for each in sensors]
    return {"version": 1, "minor_version": 1, "key": STORE, "data": data}


async def later(hass: HomeAssistant, freezer: FrozenDateTimeFactory, seconds: float) -> None:
    """Let time pass."""
    freezer.tick(timedelta(seconds=seconds + 0.1))
    async_fire_time_changed(hass)
    await hass.async_block_till_done()


async def restarted(hass: HomeAssistant) -> tuple[Alarms, Ear]:
    """Return the alarms of a Home Assistant that is about to start, and somebody who listens."""
    hass.set_state(CoreState.starting)
    alarms, ear = Alarms(hass), Ear()
    await alarms.async_follow()
    alarms.async_listen(ear)
    return alarms, ear


async def started(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Let the start be over, and everything be settled."""
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await hass.async_block_till_done()
    await later(hass, freezer, SETTLED_S)
    await later(hass, freezer, TOGETHER_S)


async def test_what_was_in_trouble_before_a_restart_is_no_news_until_it_is_over(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    freezer: FrozenDateTimeFactory,
    sensor: er.RegistryEntry,
) -> None:
    hass_storage[STORE] = kept(sensor.id)
    alarms, ear = await restarted(hass)
    hass.states.async_set(sensor.entity_id, "on")
    await started(hass, freezer)
    assert ear.told == []
    (trouble,) = alarms.on
    assert (trouble.sensor, trouble.since) == (sensor.id, datetime.fromisoformat(SINCE))
    hass.states.async_set(sensor.entity_id, "off")
    await later(hass, freezer, TOGETHER_S)
    assert (ear.told, alarms.on) == ([("ended", "recording")], ())
    assert hass_storage[STORE]["data"] == []


async def test_what_a_picture_suffered_from_is_remembered_over_a_restart_until_it_is_over(
    hass: HomeAssistant, hass_storage: dict[str, Any], freezer: FrozenDateTimeFactory
) -> None:
    sensor = problem_sensor(hass, "picture_problem")
    alarms, _ = await restarted(hass)
    hass.states.async_set(sensor.entity_id, "on", {"since": SINCE, "cause": "clock_wrong"})
    await started(hass, freezer)
    hass.states.async_set(sensor.entity_id, "on", {"since": SINCE, "cause": "covered"})
    await hass.async_block_till_done()
    assert [each.was for each in alarms.on] == [("clock_wrong", "covered")]
    again, _ = await restarted(hass)
    hass.states.async_set(sensor.entity_id, "on", {"since": SINCE, "cause": "dark"})
    await started(hass, freezer)
    assert [each.was for each in again.on] == [("clock_wrong", "covered", "dark")]


async def test_what_began_while_home_assistant_was_away_is_told_once_it_has_settled(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, sensor: er.RegistryEntry
) -> None:
    _, ear = await restarted(hass)
    hass.states.async_set(sensor.entity_id, "on", {"since": SINCE})
    await later(hass, freezer, TOGETHER_S)
    assert ear.told == []
    await started(hass, freezer)
    assert ear.told == [("began", "recording")]


async def test_what_ended_while_home_assistant_was_away_is_told_as_over(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    freezer: FrozenDateTimeFactory,
    sensor: er.RegistryEntry,
) -> None:
    hass_storage[STORE] = kept(sensor.id)
    _, ear = await restarted(hass)
    hass.states.async_set(sensor.entity_id, "off")
    await started(hass, freezer)
    assert ear.told == [("ended", "recording")]


async def test_a_sensor_that_is_no_longer_there_is_forgotten_without_a_word(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    freezer: FrozenDateTimeFactory,
    sensor: er.RegistryEntry,
) -> None:
    hass_storage[STORE] = kept("taken away", sensor.id)
    alarms, ear = await restarted(hass)
    hass.states.async_set(sensor.entity_id, "on")
    await started(hass, freezer)
    assert (ear.told, [each.sensor for each in alarms.on]) == ([], [sensor.id])


async def test_a_sensor_that_knows_nothing_ends_no_alarm(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    freezer: FrozenDateTimeFactory,
    sensor: er.RegistryEntry,
) -> None:
    hass_storage[STORE] = kept(sensor.id)
    alarms, ear = await restarted(hass)
    hass.states.async_set(sensor.entity_id, "unavailable")
    await started(hass, freezer)
    assert (ear.told, alarms.on) == ([], ())
    hass.states.async_set(sensor.entity_id, "on")
    await later(hass, freezer, TOGETHER_S)
    assert (ear.told, len(alarms.on)) == ([], 1)


async def test_who_listens_no_longer_is_not_told(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, sensor: er.RegistryEntry
) -> None:
    alarms, ear, gone = Alarms(hass), Ear(), Ear()
    await alarms.async_follow()
    alarms.async_listen(ear)
    alarms.async_listen(gone)()
    hass.states.async_set(sensor.entity_id, "on")
    await later(hass, freezer, TOGETHER_S)
    assert (ear.told, gone.told) == ([("began", "recording")], [])


def troubled(hass: HomeAssistant, about: About, key: str) -> Trouble:
    """Return a trouble of a sensor that hangs on a device."""
    entry = MockConfigEntry(domain=DOMAIN)
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={(DOMAIN, "house")}, name="Little Sun"
    )
    sensor = problem_sensor(hass, key, config_entry=entry, device_id=device.id)
    return Trouble(about=about, sensor=sensor.id, since=dt_util.utcnow())


def test_what_an_alarm_can_be_about_is_known() -> None:
    assert set(ABOUT) == {"recording", "picture", "archive", "retention", "clock"}


async def test_a_sensor_that_is_gone_has_nothing_to_be_told_of(hass: HomeAssistant) -> None:
    gone = Trouble(about="recording", sensor="taken away", since=dt_util.utcnow())
    told = describe(hass, "still", "recording", [gone])
    assert (told["troubles"], told["names"]) == ([], "")


@pytest.mark.parametrize(("about", "key"), [("clock", "clock_problem"), ("recording", "recording_problem")])
async def test_a_cause_that_nobody_can_say_is_none(hass: HomeAssistant, about: About, key: str) -> None:
    (told,) = describe(hass, "began", about, [troubled(hass, about, key)])["troubles"]
    assert (told["name"], told["room"], told["camera"], told["cause"]) == ("Little Sun", "", None, None)
