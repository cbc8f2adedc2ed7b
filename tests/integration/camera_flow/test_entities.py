"""A camera of Home Assistant is used."""

from pathlib import Path
from unittest.mock import AsyncMock, patch

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.kindergarten.const import DOMAIN
from tests.integration.fake_archive import FakeSupervisor, load
from tests.integration.flow_kit import (
    PlayedArchive,
    answer,
    camera,
    choose,
    entry_of,
    open_subentry,
    room,
    suggested,
)

from .kit import BORROW, saved_as


async def test_camera_entity_is_added_under_its_name(
    hass: HomeAssistant, entry: MockConfigEntry, archive: PlayedArchive
) -> None:
    hass.states.async_set("camera.porch", "idle", {"friendly_name": "Porch"})
    result = await choose(hass, await open_subentry(hass, entry, "camera"), "entity")
    assert suggested(result) == {"room": "sunflowers"}
    with patch(BORROW, AsyncMock(return_value="rtsp://u:s%21@10.0.0.9/live")):
        result = await answer(hass, result, entity_id="camera.porch", room="sunflowers")
    assert (archive.asked[0].url, archive.asked[0].user, archive.asked[0].secret) == (
        "rtsp://10.0.0.9/live",
        "u",
        "s!",
    )
    await choose(hass, result, "save")
    saved = saved_as(entry, "Porch")
    assert (saved["source"], saved["entity_id"], saved["room"]) == ("entity", "camera.porch", "sunflowers")
    assert "host" not in saved

    result = await choose(hass, await open_subentry(hass, entry, "camera"), "entity")
    with patch(BORROW, AsyncMock(return_value="rtsp://10.0.0.9/live")):
        result = await answer(hass, result, entity_id="camera.porch", name="Again", room="sunflowers")
    assert result["errors"] == {"base": "already_added"}


@pytest.mark.parametrize(
    ("answer_of_entity", "error"),
    [
        (AsyncMock(return_value=None), "entity_no_stream"),
        (AsyncMock(side_effect=HomeAssistantError("not found")), "entity_unavailable"),
        (AsyncMock(side_effect=TimeoutError), "entity_unavailable"),
    ],
)
async def test_entity_without_a_stream_is_refused_and_another_can_be_chosen(
    hass: HomeAssistant, entry: MockConfigEntry, answer_of_entity: AsyncMock, error: str
) -> None:
    result = await choose(hass, await open_subentry(hass, entry, "camera"), "entity")
    with patch(BORROW, answer_of_entity):
        result = await answer(hass, result, entity_id="camera.porch", name="Porch", room="sunflowers")
    assert (result["step_id"], result["errors"]) == ("entity", {"entity_id": error})
    with patch(BORROW, AsyncMock(return_value="rtsp://10.0.0.9/live")):
        result = await answer(hass, result, entity_id="camera.other", name="Porch", room="sunflowers")
    assert result["step_id"] == "found"


async def test_our_own_camera_entity_is_refused(
    hass: HomeAssistant, entry: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    ours = entity_registry.async_get_or_create("camera", DOMAIN, "x", suggested_object_id="ours")
    result = await open_subentry(hass, entry, "camera")
    result = await choose(hass, result, "entity")
    assert result["data_schema"].schema["entity_id"].config["exclude_entities"] == [ours.entity_id]


async def test_our_own_camera_entity_is_refused_also_when_it_appears_meanwhile(
    hass: HomeAssistant, entry: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    result = await choose(hass, await open_subentry(hass, entry, "camera"), "entity")
    ours = entity_registry.async_get_or_create("camera", DOMAIN, "x", suggested_object_id="ours")
    result = await answer(hass, result, entity_id=ours.entity_id, name="Loop", room="sunflowers")
    assert result["errors"] == {"entity_id": "entity_own"}


async def test_changed_entity_camera_shows_its_own_form(
    hass: HomeAssistant, tmp_path: Path, supervisor: FakeSupervisor
) -> None:
    borrowed = camera("porch", "Porch", source="entity", entity_id="camera.onvif")
    entry = await load(hass, entry_of(tmp_path, room("sunflowers", "Sunflowers", "group"), borrowed))
    result = await open_subentry(hass, entry, "camera", "porch")
    assert result["step_id"] == "entity"
    assert suggested(result) == {"entity_id": "camera.onvif", "name": "Porch", "room": "sunflowers"}
    with patch(BORROW, AsyncMock(return_value="rtsp://10.0.0.9/live")):
        result = await answer(hass, result, **suggested(result))
    result = await choose(hass, result, "save")
    assert result["reason"] == "reconfigure_successful"
