"""Turning the parents' view on and off, for the house and for a room."""

from pathlib import Path

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.fake_archive import FakeSupervisor, load
from tests.integration.flow_kit import entry_of, suggested

OFF = {
    "portal_enabled": False,
    "portal_origin": "",
    "portal_own_host": False,
    "limits": {"portal_site_cap": 60, "portal_room_cap": 25, "portal_daily_soft_min": 30},
}
ON = {**OFF, "portal_enabled": True, "portal_origin": "https://cams.example.kz"}


@pytest.fixture
async def entry(hass: HomeAssistant, tmp_path: Path, supervisor: FakeSupervisor) -> MockConfigEntry:
    """A kindergarten that has never let parents in."""
    return await load(hass, entry_of(tmp_path))


async def asked(hass: HomeAssistant, entry: MockConfigEntry) -> ConfigFlowResult:
    """Begin to change the parents' view."""
    result = await hass.config_entries.options.async_init(entry.entry_id)
    return await hass.config_entries.options.async_configure(result["flow_id"], {"next_step_id": "parents"})


async def test_it_is_off_until_somebody_turns_it_on_and_confirms(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    flows = hass.config_entries.options
    result = await asked(hass, entry)
    assert suggested(result) == {name: value for name, value in OFF.items() if name != "limits"}
    result = await flows.async_configure(result["flow_id"], ON)
    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "parents_on")
    placeholders = result["description_placeholders"]
    assert placeholders == {"address": "https://cams.example.kz/api/kindergarten/portal/"}
    assert "portal_enabled" not in entry.options

    await flows.async_configure(result["flow_id"], {"next_step_id": "finish"})
    assert entry.options == {
        "retention_days": 32,
        "portal_enabled": True,
        "portal_origin": "https://cams.example.kz",
        "portal_own_host": False,
        "portal_site_cap": 60,
        "portal_room_cap": 25,
        "portal_daily_soft_min": 30,
    }


async def test_turning_it_off_asks_nothing_back(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    flows = hass.config_entries.options
    options = {"retention_days": 32, "portal_enabled": True, "portal_origin": "https://cams.example.kz"}
    hass.config_entries.async_update_entry(entry, options=options)
    result = await asked(hass, entry)
    result = await flows.async_configure(result["flow_id"], {**ON, "portal_enabled": False})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options["portal_enabled"] is False
    assert entry.options["retention_days"] == 32


@pytest.mark.parametrize(
    ("origin", "error"),
    [
        ("", "origin_missing"),
        ("http://cams.example.kz", "origin_plain"),
        ("cams.example.kz", "origin_invalid"),
        ("https://cams.example.kz/portal", "origin_invalid"),
        ("https://owner:secret@cams.example.kz", "origin_invalid"),
        ("https://" + "a" * 10_000, "origin_invalid"),
        ("javascript:alert(1)", "origin_invalid"),
        ("https://cams.example.kz:99999", "origin_invalid"),
    ],
)
async def test_addresses_that_are_not_safe_are_refused_in_words(
    hass: HomeAssistant, entry: MockConfigEntry, origin: str, error: str
) -> None:
    result = await asked(hass, entry)
    answer = {**ON, "portal_origin": origin}
    result = await hass.config_entries.options.async_configure(result["flow_id"], answer)
    assert result["errors"] == {"portal_origin": error}
    assert "portal_enabled" not in entry.options


async def test_keeping_footage_and_parents_do_not_forget_each_other(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    flows = hass.config_entries.options
    options = {
        "retention_days": 32,
        "margin_days": 2,
        "portal_enabled": True,
        "portal_origin": "https://a.kz",
    }
    hass.config_entries.async_update_entry(entry, options=options)
    result = await flows.async_init(entry.entry_id)
    result = await flows.async_configure(result["flow_id"], {"next_step_id": "keeping"})
    await flows.async_configure(result["flow_id"], {"retention_days": 34})
    assert entry.options == {
        "retention_days": 34,
        "portal_enabled": True,
        "portal_origin": "https://a.kz",
    }
