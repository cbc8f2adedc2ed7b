"""The inspector's mode leaves a record of its end, whatever became of the Home Assistant that began it."""

import asyncio

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.kindergarten import kiosk

from .fake_archive import FakeArchive, FakeSupervisor, kindergarten_entry, load, settle
from .panel_kit import Panel

BEGUN = "b" * 32
OVER = "0" * 32


def _earlier(archive: FakeArchive, uid: str, what: str) -> None:
    details = {"what": what, "minutes": 20, "who": "u1", "uid": uid}
    archive.records[f"{uid}-{what}"] = ("inspection", details)


def _ends(archive: FakeArchive) -> list[tuple[object, object, object]]:
    records = [dict(details) for kind, details in archive.records.values() if kind == "inspection"]
    return [(each["uid"], each.get("why"), each["who"]) for each in records if each["what"] == "end"]


@pytest.fixture
def left_open(archive: FakeArchive, supervisor: FakeSupervisor) -> FakeArchive:
    """Return an archive in which an earlier Home Assistant began two inspections, and ended one."""
    _earlier(archive, OVER, "begin")
    _earlier(archive, OVER, "end")
    _earlier(archive, BEGUN, "begin")
    return archive


async def test_start_writes_down_the_end_of_an_inspection_that_was_cut_short(
    hass: HomeAssistant, left_open: FakeArchive
) -> None:
    await load(hass, kindergarten_entry())
    assert _ends(left_open) == [(OVER, None, "u1"), (BEGUN, "found_at_start", "u1")]


async def test_recorder_that_is_away_at_the_start_is_told_of_the_end_later(
    hass: HomeAssistant, left_open: FakeArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kiosk, "AGAIN_S", 0.01)
    left_open.reachable = False
    await load(hass, kindergarten_entry())
    assert len(_ends(left_open)) == 1
    left_open.reachable = True
    async with asyncio.timeout(20):
        while len(_ends(left_open)) < 2:
            await asyncio.sleep(0.01)
    assert _ends(left_open)[-1] == (BEGUN, "found_at_start", "u1")


async def test_inspection_goes_on_while_the_integration_is_loaded_anew(
    hass: HomeAssistant,
    kindergarten: MockConfigEntry,
    archive: FakeArchive,
    hass_ws_client: WebSocketGenerator,
) -> None:
    panel = Panel(await hass_ws_client(), kindergarten)
    begun = await panel.ask("inspection/begin", minutes=20)
    assert await hass.config_entries.async_reload(kindergarten.entry_id)
    await settle(hass)
    assert (await panel.ask("inspection/session"))["id"] == begun["id"]
    assert _ends(archive) == []
    await panel.ask("inspection/end")
    await settle(hass)
    assert [(uid, why) for uid, why, _ in _ends(archive)] == [(begun["id"], "ended")]


async def test_log_says_why_an_inspection_ended(
    hass: HomeAssistant, left_open: FakeArchive, hass_ws_client: WebSocketGenerator
) -> None:
    entry = await load(hass, kindergarten_entry())
    panel = Panel(await hass_ws_client(), entry)
    told = await panel.ask("inspection/log", kinds=["inspection"])
    assert told["records"][0]["why"] == "found_at_start"
