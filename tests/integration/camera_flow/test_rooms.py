"""The room of a camera is chosen or made on the way."""

from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.kindergarten.archive.protocol import ArchiveRefused
from tests.integration.fake_archive import FakeSupervisor, load
from tests.integration.flow_kit import (
    PlayedArchive,
    answer,
    choose,
    entry_of,
    open_subentry,
    suggested,
)

from .kit import WINDOW, offered, saved_as


@pytest.mark.parametrize("source", ["rtsp", "entity"])
async def test_rooms_that_must_not_be_filmed_are_not_offered(
    hass: HomeAssistant, entry: MockConfigEntry, source: str
) -> None:
    result = await choose(hass, await open_subentry(hass, entry, "camera"), source)
    assert [option["value"] for option in offered(result, "room")] == ["sunflowers", "new"]
    with pytest.raises(InvalidData):
        await answer(hass, result, **WINDOW | {"room": "toilet"})


async def test_room_is_made_on_the_way(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    result = await choose(hass, await open_subentry(hass, entry, "camera"), "rtsp")
    result = await answer(hass, result, **WINDOW | {"room": "new"})
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "new_room")
    result = await answer(hass, result, name="sunflowers", kind="group")
    assert result["errors"] == {"name": "name_taken"}
    kinds = offered(result, "kind")
    assert "group" in kinds
    assert not {"toilet", "washroom", "medical"} & set(kinds)
    assert len(entry.subentries) == 2
    result = await answer(hass, result, name="Daisies", kind="group")
    assert result["description_placeholders"]["room"] == "Daisies"
    await choose(hass, result, "save")
    daisies = next(one for one in entry.subentries.values() if one.title == "Daisies")
    assert saved_as(entry, "Window")["room"] == daisies.subentry_id
    assert daisies.data == {
        "kind": "group",
        "area_id": None,
        "recording": "always",
        "opening": None,
        "quiet": [],
        "shown": False,
        "parents_schedule": None,
    }


async def test_room_made_on_the_way_stays_chosen_when_the_camera_refuses(
    hass: HomeAssistant, entry: MockConfigEntry, archive: PlayedArchive
) -> None:
    archive.answers = {"/stream1": ArchiveRefused("auth", "")}
    result = await choose(hass, await open_subentry(hass, entry, "camera"), "rtsp")
    result = await answer(hass, result, **WINDOW | {"room": "new"})
    result = await answer(hass, result, name="Daisies", kind="group")
    assert result["errors"] == {"base": "auth"}
    daisies = next(one for one in entry.subentries.values() if one.title == "Daisies")
    assert suggested(result)["room"] == daisies.subentry_id


async def test_room_that_was_removed_meanwhile_is_refused(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    result = await choose(hass, await open_subentry(hass, entry, "camera"), "rtsp")
    hass.config_entries.async_remove_subentry(entry, "sunflowers")
    result = await answer(hass, result, **WINDOW)
    assert result["errors"] == {"room": "room_gone"}


async def test_room_that_must_not_be_filmed_any_more_is_refused(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    result = await choose(hass, await open_subentry(hass, entry, "camera"), "rtsp")
    room = entry.subentries["sunflowers"]
    hass.config_entries.async_update_subentry(entry, room, data={**room.data, "kind": "toilet"})
    result = await answer(hass, result, **WINDOW)
    assert result["errors"] == {"room": "room_forbidden"}
    assert result["description_placeholders"]["room"] == "Sunflowers"
    assert suggested(result) == WINDOW


async def test_without_rooms_a_new_one_is_suggested(
    hass: HomeAssistant, tmp_path: Path, supervisor: FakeSupervisor
) -> None:
    entry = await load(hass, entry_of(tmp_path))
    result = await choose(hass, await open_subentry(hass, entry, "camera"), "rtsp")
    assert suggested(result) == {"room": "new"}
