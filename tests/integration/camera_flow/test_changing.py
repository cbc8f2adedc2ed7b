"""A camera is changed and stays itself."""

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.flow_kit import (
    PlayedArchive,
    answer,
    choose,
    open_subentry,
    suggested,
)


async def test_changed_camera_keeps_its_id_and_its_password(
    hass: HomeAssistant, entry_with_camera: MockConfigEntry
) -> None:
    result = await open_subentry(hass, entry_with_camera, "camera", "door")
    shown = suggested(result)
    assert "password" not in shown
    assert shown == {
        "name": "Door",
        "room": "yard",
        "host": "192.168.1.20",
        "port": 554,
        "path": "/stream1",
        "username": "viewer",
        "sub_path": "/stream2",
    }
    result = await answer(hass, result, **shown | {"name": "Gate", "path": "/stream3"})
    result = await choose(hass, result, "save")
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    changed = entry_with_camera.subentries["door"]
    assert (changed.title, changed.unique_id) == ("Gate", "camera:door")
    assert changed.data["camera_id"] == "door"
    assert (changed.data["path"], changed.data["password"]) == ("/stream3", "hidden-secret")
    assert changed.data["found"]["codec"] == "h264"


async def test_password_is_asked_for_again_when_the_camera_gets_another_address(
    hass: HomeAssistant, entry_with_camera: MockConfigEntry, archive: PlayedArchive
) -> None:
    result = await open_subentry(hass, entry_with_camera, "camera", "door")
    moved = suggested(result) | {"host": "192.168.1.21"}
    result = await answer(hass, result, **moved)
    assert result["errors"] == {"password": "password_again"}
    assert suggested(result)["host"] == "192.168.1.21"
    assert archive.asked == []
    await choose(hass, await answer(hass, result, **moved | {"password": "typed"}), "save")
    changed = entry_with_camera.subentries["door"]
    assert (changed.data["host"], changed.data["password"]) == ("192.168.1.21", "typed")


async def test_changed_camera_keeps_its_secure_connection(
    hass: HomeAssistant, entry_with_camera: MockConfigEntry, archive: PlayedArchive
) -> None:
    door = entry_with_camera.subentries["door"]
    hass.config_entries.async_update_subentry(
        entry_with_camera, door, data={**door.data, "scheme": "rtsps", "room": "removed"}
    )
    result = await open_subentry(hass, entry_with_camera, "camera", "door")
    assert suggested(result)["room"] == "sunflowers"
    await answer(hass, result, **suggested(result))
    assert archive.asked[0].url.startswith("rtsps://")
