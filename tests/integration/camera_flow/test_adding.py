"""A camera is looked at, shown and added."""

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from tests.integration.fake_archive import JPEG
from tests.integration.flow_kit import (
    PlayedArchive,
    answer,
    choose,
    open_subentry,
    suggested,
)

from .kit import WINDOW, saved_as

AT_THE_DOOR = {"host": "192.168.1.20", "path": "/stream3"}
"""Another stream of the camera that is there already."""


async def test_camera_is_looked_at_shown_and_added(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    archive: PlayedArchive,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    result = await open_subentry(hass, entry, "camera")
    assert (result["type"], result["menu_options"]) == (
        FlowResultType.MENU,
        ["find", "entity", "frigate", "rtsp"],
    )
    result = await choose(hass, result, "rtsp")
    assert suggested(result) == {"room": "sunflowers"}
    result = await answer(hass, result, **WINDOW)

    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "found")
    shown = dict(result["description_placeholders"])
    still = shown.pop("still")
    assert shown == {
        "name": "Window",
        "room": "Sunflowers",
        "codec": "H.264",
        "width": "1920",
        "height": "1080",
        "fps": "25.0",
        "bitrate": "2.0",
        "key_frames": "2.0",
        "sound": "–",
        "clock": "+0.1",
        "sub": "1920 × 1080",
        "notes": "",
    }
    client = await hass_client_no_auth()
    url = still.removeprefix("![Window](").removesuffix(")")
    picture = await client.get(url)
    assert (picture.status, await picture.read()) == (200, JPEG)
    assert (await client.get(url.partition("?")[0])).status == 401

    result = await choose(hass, result, "save")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert (await client.get(url)).status == 404
    added = next(one for one in entry.subentries.values() if one.title == "Window")
    assert added.unique_id == f"camera:{added.data['camera_id']}"
    assert len(added.data["camera_id"]) == 32
    assert {key: value for key, value in added.data.items() if key not in {"camera_id", "found"}} == {
        "room": "sunflowers",
        "source": "rtsp",
        "scheme": "rtsp",
        "host": "192.168.1.30",
        "port": 554,
        "path": "/stream1",
        "sub_path": "/stream2",
        "username": "viewer",
        "password": "p@ss/word",
        "sound": False,
        "sub_policy": "demand",
    }
    assert added.data["found"] == {
        "codec": "h264",
        "width": 1920,
        "height": 1080,
        "codecs": "avc1.640028",
        "browser": True,
        "fps": 25.0,
        "bps": 2_000_000,
        "gop_s": 2.0,
        "audio": None,
        "clock_offset_ms": 120,
        "sub": {
            "codec": "h264",
            "width": 1920,
            "height": 1080,
            "codecs": "avc1.640028",
            "browser": True,
        },
    }
    assert [source.url for source in archive.asked] == [
        "rtsp://192.168.1.30:554/stream1",
        "rtsp://192.168.1.30:554/stream2",
    ]
    assert {(source.user, source.secret) for source in archive.asked} == {("viewer", "p@ss/word")}


@pytest.mark.parametrize(
    ("pasted", "expected"),
    [
        (
            "rtsp://admin:p%40ss@10.0.0.5:8554/live?channel=1",
            ("rtsp", "10.0.0.5", 8554, "/live?channel=1", "admin", "p@ss"),
        ),
        ("rtsp://admin:p@ss:1@cam.local/live", ("rtsp", "cam.local", 554, "/live", "admin", "p@ss:1")),
        ("RTSPS://[fd00::5]/live", ("rtsps", "fd00::5", 322, "/live", "viewer", "p@ss/word")),
        ("10.0.0.5:8554", ("rtsp", "10.0.0.5", 8554, "/stream1", "viewer", "p@ss/word")),
        ("10.0.0.5/live", ("rtsp", "10.0.0.5", 554, "/live", "viewer", "p@ss/word")),
        ("admin:p@ss:1@cam.local:8554/live", ("rtsp", "cam.local", 8554, "/live", "admin", "p@ss:1")),
        ("fe80::20", ("rtsp", "fe80::20", 554, "/stream1", "viewer", "p@ss/word")),
        ("[fe80::20]:8554", ("rtsp", "fe80::20", 8554, "/stream1", "viewer", "p@ss/word")),
        ("rtsp://10.0.0.5", ("rtsp", "10.0.0.5", 554, "/stream1", "viewer", "p@ss/word")),
    ],
)
async def test_pasted_address_is_taken_apart(
    hass: HomeAssistant, entry: MockConfigEntry, pasted: str, expected: tuple[object, ...]
) -> None:
    result = await choose(hass, await open_subentry(hass, entry, "camera"), "rtsp")
    result = await choose(hass, await answer(hass, result, **WINDOW | {"host": pasted}), "save")
    saved = saved_as(entry, "Window")
    assert tuple(saved[key] for key in ("scheme", "host", "port", "path", "username", "password")) == expected


async def test_whole_address_in_the_field_of_a_path_is_reduced_to_the_path(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    result = await choose(hass, await open_subentry(hass, entry, "camera"), "rtsp")
    result = await answer(hass, result, **WINDOW | {"sub_path": "rtsp://viewer:x@192.168.1.30/second"})
    await choose(hass, result, "save")
    assert saved_as(entry, "Window")["sub_path"] == "/second"


async def test_settings_can_be_changed_after_looking_and_the_old_picture_is_forgotten(
    hass: HomeAssistant, entry: MockConfigEntry, hass_client_no_auth: ClientSessionGenerator
) -> None:
    result = await choose(hass, await open_subentry(hass, entry, "camera"), "rtsp")
    result = await answer(hass, result, **WINDOW | {"name": "[Window](x)"})
    still = result["description_placeholders"]["still"]
    assert still.startswith(r"![\[Window\]\(x\)](/api/kindergarten/flow_still/")
    result = await choose(hass, result, "change")
    assert suggested(result)["name"] == "[Window](x)"
    result = await answer(hass, result, **WINDOW)
    client = await hass_client_no_auth()
    assert (await client.get(still.partition("](/")[2].removesuffix(")").join(("/", "")))).status == 404


async def test_next_camera_begins_with_the_settings_of_the_last(
    hass: HomeAssistant, entry_with_camera: MockConfigEntry, archive: PlayedArchive
) -> None:
    result = await choose(hass, await open_subentry(hass, entry_with_camera, "camera"), "rtsp")
    assert suggested(result) == {
        "room": "yard",
        "port": 554,
        "path": "/stream1",
        "sub_path": "/stream2",
        "username": "viewer",
    }
    result = await answer(hass, result, **WINDOW | AT_THE_DOOR | {"room": "yard", "password": ""})
    await choose(hass, result, "save")
    assert saved_as(entry_with_camera, "Window")["password"] == "hidden-secret"


async def test_password_goes_to_no_host_but_the_one_it_was_typed_for(
    hass: HomeAssistant, entry_with_camera: MockConfigEntry, archive: PlayedArchive
) -> None:
    result = await choose(hass, await open_subentry(hass, entry_with_camera, "camera"), "rtsp")
    await answer(hass, result, **WINDOW | {"password": ""})
    assert (archive.asked[-1].user, archive.asked[-1].secret) == ("viewer", "")


async def test_password_of_an_encrypted_address_goes_nowhere_in_clear(
    hass: HomeAssistant, entry_with_camera: MockConfigEntry, archive: PlayedArchive
) -> None:
    door = entry_with_camera.subentries["door"]
    hass.config_entries.async_update_subentry(entry_with_camera, door, data={**door.data, "scheme": "rtsps"})
    for host, secret in (("192.168.1.20", ""), ("rtsps://192.168.1.20", "hidden-secret")):
        result = await choose(hass, await open_subentry(hass, entry_with_camera, "camera"), "rtsp")
        await answer(hass, result, **WINDOW | AT_THE_DOOR | {"host": host, "password": ""})
        assert archive.asked[-1].secret == secret


async def test_password_of_another_user_is_not_copied(
    hass: HomeAssistant, entry_with_camera: MockConfigEntry, archive: PlayedArchive
) -> None:
    result = await choose(hass, await open_subentry(hass, entry_with_camera, "camera"), "rtsp")
    await answer(hass, result, **WINDOW | AT_THE_DOOR | {"username": "other", "password": ""})
    assert archive.asked[-1].secret == ""


async def test_same_camera_cannot_be_added_twice(
    hass: HomeAssistant, entry_with_camera: MockConfigEntry
) -> None:
    result = await choose(hass, await open_subentry(hass, entry_with_camera, "camera"), "rtsp")
    result = await answer(hass, result, **WINDOW | {"host": "192.168.1.20"})
    assert result["errors"] == {"base": "already_added"}
    assert result["description_placeholders"] == {"name": "Door"}
    result = await answer(hass, result, **WINDOW | {"host": "192.168.1.20", "path": "/stream9"})
    assert result["step_id"] == "found"


async def test_name_of_another_camera_is_refused(
    hass: HomeAssistant, entry_with_camera: MockConfigEntry
) -> None:
    result = await choose(hass, await open_subentry(hass, entry_with_camera, "camera"), "rtsp")
    result = await answer(hass, result, **WINDOW | {"name": "DOOR"})
    assert result["errors"] == {"name": "name_taken"}
