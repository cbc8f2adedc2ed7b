"""Cameras of Frigate servers are offered where all other cameras are."""

from dataclasses import replace
from pathlib import Path

from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.kindergarten.archive.protocol import ArchiveUnavailable, ServerCamera, ServerFound
from tests.integration.fake_archive import FakeSupervisor, load
from tests.integration.flow_kit import PlayedArchive, answer, choose, entry_of, open_subentry, room

from .kit import offered, saved_as

SERVER = ConfigSubentryDataWithId(
    subentry_id="frigate",
    subentry_type="frigate",
    title="Frigate",
    unique_id="frigate:one",
    data={
        "server_id": "one",
        "url": "http://192.168.1.10:5000",
        "username": "",
        "password": "",
        "rtsp_port": 8554,
        "trust": "verify",
        "fingerprint": None,
    },
)


def served(camera: str, *, records: bool = True) -> ServerCamera:
    """Return a camera of the server."""
    return ServerCamera(id=camera, name=camera.title(), records=records, stream=f"{camera}_sub", days=30)


@pytest.fixture
async def entry(hass: HomeAssistant, tmp_path: Path, supervisor: FakeSupervisor) -> MockConfigEntry:
    """A kindergarten with a Frigate server."""
    return await load(hass, entry_of(tmp_path, room("sunflowers", "Sunflowers", "group"), SERVER))


async def test_cameras_of_frigate_are_put_into_rooms_and_not_offered_again(
    hass: HomeAssistant, entry: MockConfigEntry, archive: PlayedArchive
) -> None:
    archive.server = ServerFound(
        version="0.17.2", admin=True, cameras=(served("sunflowers"), served("yard", records=False))
    )
    result = await choose(hass, await open_subentry(hass, entry, "camera"), "frigate")
    assert [option["label"] for option in offered(result, "cameras")] == [
        "Sunflowers",
        "Yard (not recorded by Frigate)",
    ]
    result = await answer(hass, result, cameras=[])
    assert result["errors"] == {"cameras": "none_chosen"}
    result = await answer(hass, result, cameras=["one sunflowers"])
    result = await answer(hass, result, Sunflowers="sunflowers")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    saved = saved_as(entry, "Sunflowers")
    assert saved["kind"] == "group"  # the room; the camera is called alike
    (camera,) = entry.get_subentries_of_type("camera")
    assert (camera.data["source"], camera.data["server"], camera.data["keeper_camera"]) == (
        "server",
        "one",
        "sunflowers",
    )
    assert camera.data["sub_path"] == "/sunflowers_sub"

    result = await choose(hass, await open_subentry(hass, entry, "camera"), "frigate")
    assert [option["value"] for option in offered(result, "cameras")] == ["one yard"]
    result = await answer(hass, result, cameras=["one yard"])
    await answer(hass, result, **{"Yard (not recorded by Frigate)": "sunflowers"})
    result = await choose(hass, await open_subentry(hass, entry, "camera"), "frigate")
    assert result["reason"] == "all_added"


async def test_cameras_of_one_name_are_told_apart_and_get_rooms_of_their_own(
    hass: HomeAssistant, entry: MockConfigEntry, archive: PlayedArchive
) -> None:
    two = tuple(replace(served(each), name="Door") for each in ("front", "back"))
    archive.server = ServerFound(version="0.17.2", admin=True, cameras=two)
    result = await choose(hass, await open_subentry(hass, entry, "camera"), "frigate")
    labels = [option["label"] for option in offered(result, "cameras")]
    assert labels == ["Door (front, 192.168.1.10)", "Door (back, 192.168.1.10)"]
    result = await answer(hass, result, cameras=["one front", "one back"])
    result = await answer(hass, result, **dict(zip(labels, ["sunflowers", "Bears"], strict=True)))
    await answer(hass, result, Bears="group")
    rooms = {each.subentry_id: each.title for each in entry.get_subentries_of_type("room")}
    cameras = entry.get_subentries_of_type("camera")
    assert {each.data["keeper_camera"]: rooms[each.data["room"]] for each in cameras} == {
        "front": "Sunflowers",
        "back": "Bears",
    }


async def test_camera_with_a_name_that_nobody_may_type_is_called_after_its_room(
    hass: HomeAssistant, entry: MockConfigEntry, archive: PlayedArchive
) -> None:
    odd = replace(served("yard"), name="Yard <1> \ue000")
    archive.server = ServerFound(version="0.17.2", admin=True, cameras=(odd, served("porch")))
    result = await choose(hass, await open_subentry(hass, entry, "camera"), "frigate")
    result = await answer(hass, result, cameras=["one yard", "one porch"])
    result = await answer(hass, result, **{odd.name: "sunflowers", "Porch": "sunflowers"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert {each.title for each in entry.get_subentries_of_type("camera")} == {"Sunflowers 1", "Porch"}


async def test_frigate_that_does_not_answer_is_said(
    hass: HomeAssistant, entry: MockConfigEntry, archive: PlayedArchive
) -> None:
    archive.server = ArchiveUnavailable()
    result = await choose(hass, await open_subentry(hass, entry, "camera"), "frigate")
    assert result["reason"] == "frigate_silent"


async def test_frigate_that_was_not_added_yet_is_asked_for(
    hass: HomeAssistant, tmp_path: Path, supervisor: FakeSupervisor, archive: PlayedArchive
) -> None:
    bare = await load(hass, entry_of(tmp_path, room("sunflowers", "Sunflowers", "group")))
    result = await choose(hass, await open_subentry(hass, bare, "camera"), "frigate")
    assert result["reason"] == "frigate_first"
