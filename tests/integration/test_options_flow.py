"""Changing how long footage is kept while everything goes on recording."""

from pathlib import Path

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.fake_archive import FakeSupervisor, load
from tests.integration.flow_kit import entry_of, suggested


@pytest.fixture
async def entry(hass: HomeAssistant, tmp_path: Path, supervisor: FakeSupervisor) -> MockConfigEntry:
    """A kindergarten that keeps footage for 32 days."""
    return await load(hass, entry_of(tmp_path))


async def asked_to_keep(hass: HomeAssistant, entry: MockConfigEntry) -> ConfigFlowResult:
    """Begin to change for how long footage is kept."""
    result = await hass.config_entries.options.async_init(entry.entry_id)
    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "init")
    return await hass.config_entries.options.async_configure(result["flow_id"], {"next_step_id": "keeping"})


async def test_days_and_hours_are_changed(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    flows = hass.config_entries.options
    result = await asked_to_keep(hass, entry)
    assert suggested(result) == {"retention_days": 32}
    result = await flows.async_configure(result["flow_id"], {"retention_days": 34, "without_ha_hours": 48})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options == {"retention_days": 34, "without_ha_hours": 48}


async def test_empty_hours_take_the_limit_away(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    flows = hass.config_entries.options
    hass.config_entries.async_update_entry(entry, options={"retention_days": 32, "without_ha_hours": 1})
    result = await asked_to_keep(hass, entry)
    assert suggested(result) == {"retention_days": 32, "without_ha_hours": 1}
    await flows.async_configure(result["flow_id"], {"retention_days": 32})
    assert entry.options == {"retention_days": 32}


async def test_fewer_days_than_the_law_asks_for_are_refused(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    flows = hass.config_entries.options
    result = await asked_to_keep(hass, entry)
    result = await flows.async_configure(result["flow_id"], {"retention_days": 29})
    assert result["errors"] == {"retention_days": "below_minimum"}
    assert suggested(result) == {"retention_days": 29}
    result = await flows.async_configure(result["flow_id"], {"retention_days": 32})
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(("days", "step"), [(31, "shorter_retention"), (60, "long_retention")])
async def test_change_with_consequences_is_asked_back(
    hass: HomeAssistant, entry: MockConfigEntry, days: int, step: str
) -> None:
    flows = hass.config_entries.options
    result = await asked_to_keep(hass, entry)
    result = await flows.async_configure(result["flow_id"], {"retention_days": days})
    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, step)
    assert result["description_placeholders"] == {"minimum": "30", "maximum": "35", "days": str(days)}
    assert (await flows.async_configure(result["flow_id"]))["step_id"] == step
    assert entry.options == {"retention_days": 32}

    result = await flows.async_configure(result["flow_id"], {"next_step_id": "keeping"})
    assert suggested(result) == {"retention_days": days}
    result = await flows.async_configure(result["flow_id"], {"retention_days": days})
    await flows.async_configure(result["flow_id"], {"next_step_id": "finish"})
    assert entry.options == {"retention_days": days}


async def test_what_evidence_needs_is_the_owners_choice(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    wanted = {
        "retention_days": 32,
        "margin_days": 0,
        "incident_before_minutes": 60,
        "incident_after_minutes": 20,
        "last_inspection": "2026-10-05",
    }
    flows = hass.config_entries.options
    result = await asked_to_keep(hass, entry)
    result = await flows.async_configure(result["flow_id"], wanted)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options == wanted
    assert suggested(await asked_to_keep(hass, entry)) == wanted
