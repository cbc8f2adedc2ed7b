"""The dashboard is offered while there is a kindergarten, and no longer."""

from homeassistant.components import frontend
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.kindergarten.panel.sidebar import OFFER


def offered(hass: HomeAssistant) -> bool:
    """Return whether pages of Home Assistant load our offer."""
    return OFFER in hass.data[frontend.DATA_EXTRA_MODULE_URL].urls


async def test_offer_comes_with_the_kindergarten_and_goes_with_it(
    hass: HomeAssistant, kindergarten: MockConfigEntry
) -> None:
    assert offered(hass)
    await hass.config_entries.async_reload(kindergarten.entry_id)
    assert offered(hass)
    await hass.config_entries.async_set_disabled_by(kindergarten.entry_id, ConfigEntryDisabler.USER)
    assert not offered(hass)
    await hass.config_entries.async_set_disabled_by(kindergarten.entry_id, None)
    assert offered(hass)
    await hass.config_entries.async_remove(kindergarten.entry_id)
    assert not offered(hass)
