"""Privacy pauses: staff close the parents' view of a room for some minutes, by switch or by button."""

from datetime import timedelta
import time

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.kindergarten.archive.protocol import as_utc

from .fake_archive import state_of
from .texts import need

SWITCH = "switch.playroom_privacy_pause"
BUTTON = "button.playroom_privacy_pause_of_15_minutes"
EVENT = "event.little_sun_parents_events"


async def until(hass: HomeAssistant, entity_id: str, state: str) -> None:
    """Wait until an entity says so; the clock may stand still, the families' thread goes on."""
    for _ in range(3000):
        await hass.async_block_till_done()
        if state_of(hass, entity_id).state == state:
            return
        await hass.async_add_executor_job(time.sleep, 0.02)
    raise AssertionError(state_of(hass, entity_id))


async def wait(hass: HomeAssistant, freezer: FrozenDateTimeFactory, minutes: float) -> None:
    """Let time pass."""
    freezer.tick(timedelta(minutes=minutes))
    async_fire_time_changed(hass, dt_util.utcnow())
    await hass.async_block_till_done()


async def turn(hass: HomeAssistant, action: str) -> None:
    """Use the switch of the playroom."""
    await hass.services.async_call("switch", action, {"entity_id": SWITCH}, blocking=True)


async def test_switch_pauses_for_a_quarter_of_an_hour_warns_and_ends(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, kindergarten: MockConfigEntry
) -> None:
    assert state_of(hass, SWITCH).state == "off"
    before = dt_util.utcnow()
    await turn(hass, "turn_on")
    await until(hass, SWITCH, "on")
    assert state_of(hass, "switch.bedroom_privacy_pause").state == "off"
    assert state_of(hass, EVENT).attributes["event_type"] == "pause_started"
    assert state_of(hass, EVENT).attributes["room"] == "Playroom"
    (pause,) = kindergarten.runtime_data.families.snapshot.pauses.values()
    assert abs(as_utc(pause.until_us) - before - timedelta(minutes=15)) < timedelta(seconds=5)

    await wait(hass, freezer, 13.1)
    assert state_of(hass, SWITCH).state == "on"
    assert state_of(hass, EVENT).attributes["event_type"] == "pause_ending"
    await wait(hass, freezer, 2)
    await until(hass, SWITCH, "off")
    assert state_of(hass, EVENT).attributes["event_type"] == "pause_ended"


async def test_switch_ends_a_pause_early(hass: HomeAssistant, kindergarten: MockConfigEntry) -> None:
    await turn(hass, "turn_on")
    await until(hass, SWITCH, "on")
    await turn(hass, "turn_off")
    await until(hass, SWITCH, "off")
    assert state_of(hass, EVENT).attributes["event_type"] == "pause_ended"
    assert not kindergarten.runtime_data.families.snapshot.pauses


async def test_button_on_the_wall_begins_the_pause_anew(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, kindergarten: MockConfigEntry
) -> None:
    press = {"entity_id": BUTTON}
    await hass.services.async_call("button", "press", press, blocking=True)
    await until(hass, SWITCH, "on")
    await wait(hass, freezer, 10)
    await hass.services.async_call("button", "press", press, blocking=True)
    await hass.async_block_till_done()
    await wait(hass, freezer, 10)
    assert state_of(hass, SWITCH).state == "on"
    await wait(hass, freezer, 6)
    await until(hass, SWITCH, "off")


async def test_pause_survives_a_restart_and_ends_in_time(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, kindergarten: MockConfigEntry
) -> None:
    await turn(hass, "turn_on")
    await until(hass, SWITCH, "on")
    await hass.config_entries.async_reload(kindergarten.entry_id)
    await until(hass, SWITCH, "on")
    await wait(hass, freezer, 15.1)
    await until(hass, SWITCH, "off")


async def test_pause_that_ended_meanwhile_is_over_after_a_restart(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, kindergarten: MockConfigEntry
) -> None:
    await turn(hass, "turn_on")
    await until(hass, SWITCH, "on")
    await hass.config_entries.async_unload(kindergarten.entry_id)
    freezer.tick(timedelta(minutes=20))
    await hass.config_entries.async_setup(kindergarten.entry_id)
    await until(hass, SWITCH, "off")


@pytest.mark.parametrize("action", ["turn_on", "turn_off"])
async def test_pause_that_cannot_be_kept_is_refused_in_words(
    hass: HomeAssistant, kindergarten: MockConfigEntry, action: str
) -> None:
    kindergarten.runtime_data.families._people.close()
    with pytest.raises(HomeAssistantError) as refused:
        await turn(hass, action)
    error = refused.value
    assert error.translation_key == "people_unavailable"
    need(("exceptions", error.translation_key, "message"), error.translation_placeholders)
    assert state_of(hass, SWITCH).state == "off"
