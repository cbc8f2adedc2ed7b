"""The set-up check, line by line: measured is green or not, and what nobody measured stays unknown."""

from pathlib import Path
from typing import Any

from homeassistant.components.backup import DATA_MANAGER
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, get_system_health_info
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.kindergarten import setup_check
from custom_components.kindergarten.archive.protocol import Forecast
from custom_components.kindergarten.portal.answers import HEADERS, NO_STORE
from custom_components.kindergarten.portal.outside import findings

from .fake_archive import FakeArchive, look, settle
from .panel_kit import LIST, Panel

HIDDEN = {"home": 404, "login": 404, "api": 404, "unknown": 404}
KEPT = {"csp": HEADERS["Content-Security-Policy"], "cache": NO_STORE}


@pytest.fixture
async def panel(kindergarten: MockConfigEntry, hass_ws_client: WebSocketGenerator) -> Panel:
    """Return the panel of an administrator."""
    return Panel(await hass_ws_client(), kindergarten)


async def line(panel: Panel, key: str) -> dict[str, Any]:
    """Return a line of the set-up check."""
    lines: list[dict[str, Any]] = (await panel.ask("check"))["lines"]
    return next(each for each in lines if each["key"] == key)


async def lit(panel: Panel, key: str) -> tuple[str, str, str | None]:
    """Return a line's light, what it says and where it is mended."""
    found = await line(panel, key)
    return found["light"], found["say"], found["fix"]


async def test_of_a_silent_recorder_nothing_is_green(
    hass: HomeAssistant, panel: Panel, archive: FakeArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.kindergarten.coordinator.PATIENCE_S", 0.0)
    archive.reachable = False
    await look(hass)
    await look(hass)
    told = await panel.ask("check")
    measured = {"days", "clock", "camera_clocks", "codec", "keys", "bitrate", "picture_size", "frame_rate"}
    lights = {each["key"]: (each["light"], each["say"]) for each in told["lines"] if each["key"] in measured}
    assert lights == dict.fromkeys(measured, ("unknown", "unknown"))
    assert told["camera"] is None


@pytest.mark.parametrize(
    ("notes", "light", "say"),
    [
        ([], "green", "own"),
        (["fat"], "yellow", "fat"),
        (["fat", "memory"], "red", "memory"),
        (["system_disk", "sd_card"], "red", "sd_card"),
        (None, "unknown", "unknown"),
    ],
)
async def test_the_worst_that_is_known_of_the_disk_is_said(
    panel: Panel, monkeypatch: pytest.MonkeyPatch, notes: list[str] | None, light: str, say: str
) -> None:
    async def noted(*_: object) -> list[str] | None:
        return notes

    monkeypatch.setattr(setup_check, "async_disk_notes", noted)
    assert await lit(panel, "disk") == (light, say, None if light == "green" else "integration")


async def test_rates_are_good_once_there_is_room_for_them(
    hass: HomeAssistant, panel: Panel, archive: FakeArchive
) -> None:
    archive.show(forecast=Forecast(days=40.0, bytes_per_day=1, enough=True))
    await look(hass)
    assert await lit(panel, "bitrate") == ("green", "good", None)
    assert await lit(panel, "days") == ("green", "enough", None)


async def test_an_open_portal_is_untested_until_a_phone_looked_from_outside(
    hass: HomeAssistant, panel: Panel
) -> None:
    await panel.portal(hass)
    assert await lit(panel, "exposure") == ("unknown", "untested", "golive")
    outside = panel.entry.runtime_data.portal.outside
    outside.findings = findings(HIDDEN, KEPT, "8.8.8.8")
    assert await lit(panel, "exposure") == ("green", "tested", None)
    outside.findings = findings({**HIDDEN, "unknown": 200}, KEPT, "8.8.8.8")
    assert await lit(panel, "exposure") == ("red", "open", "golive")


async def test_backups_are_good_only_with_a_password(
    hass: HomeAssistant, kindergarten: MockConfigEntry
) -> None:
    async def said() -> tuple[str, str, str | None]:
        lines = await setup_check.async_check(hass, kindergarten, kindergarten.runtime_data.checklist)
        found = next(each for each in lines if each.key == "backups")
        return found.light, found.say, found.fix

    assert await said() == ("unknown", "unknown", None)
    assert await async_setup_component(hass, "backup", {})
    assert await said() == ("yellow", "none", "backups")
    wanted = hass.data[DATA_MANAGER].config.data.create_backup
    wanted.agent_ids = ["backup.local"]
    assert await said() == ("red", "open", "backups")
    wanted.password = "kept-by-the-owner"
    assert await said() == ("green", "protected", None)


async def test_consents_are_green_once_everybody_agreed(panel: Panel) -> None:
    await panel.ask("people/import/apply", text=LIST)
    entries = [
        {"guardian_id": guardian["id"], "child_id": child}
        for guardian in (await panel.table())["guardians"]
        for child in guardian["children"]
    ]
    await panel.ask("people/consents/tick", entries=entries[:1], purpose="parent_live")
    assert (await line(panel, "consents"))["values"] == {"given": 1, "all": 2}
    await panel.ask("people/consents/tick", entries=entries, purpose="parent_live")
    assert await lit(panel, "consents") == ("green", "all", None)


async def test_nobody_knows_of_consents_while_the_families_list_cannot_be_read(
    hass: HomeAssistant, panel: Panel
) -> None:
    await hass.config_entries.async_unload(panel.entry.entry_id)
    Path(hass.config.path(".storage", "kindergarten", "people.db")).write_bytes(b"garbage" * 5000)
    await hass.config_entries.async_setup(panel.entry.entry_id)
    await settle(hass)
    assert await lit(panel, "consents") == ("unknown", "unknown", "repairs")


async def test_system_page_of_a_kindergarten_that_is_not_loaded_claims_nothing(
    hass: HomeAssistant, kindergarten: MockConfigEntry
) -> None:
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()
    await hass.config_entries.async_unload(kindergarten.entry_id)
    assert await get_system_health_info(hass, "kindergarten") == {"recorder_answers": False}
