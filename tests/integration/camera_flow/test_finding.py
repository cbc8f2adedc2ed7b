"""Cameras are found by a device's address: a single one, or all of a recorder at once."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.kindergarten.archive.protocol import (
    ArchiveRefused,
    ArchiveUnavailable,
    FoundChannel,
    FoundDevice,
    WantedDevice,
)
from custom_components.kindergarten.flows.still import STILLS
from tests.integration.flow_kit import GOOD, PlayedArchive, answer, choose, open_subentry, suggested

from .kit import offered, saved_as

DEVICE: dict[str, Any] = {"host": "192.168.1.64", "port": 554, "username": "admin", "password": "p@ss/word"}


def channel(number: int, name: str = "", **changes: Any) -> FoundChannel:
    """Return a channel of a Hikvision recorder."""
    said: dict[str, Any] = {
        "number": number,
        "name": name,
        "main": f"/Streaming/Channels/{number}01",
        "sub": f"/Streaming/Channels/{number}02",
        "seen": True,
    }
    return FoundChannel(**(said | changes))


def device(*channels: FoundChannel, **changes: Any) -> FoundDevice:
    """Return a Hikvision device."""
    said: dict[str, Any] = {
        "brand": "hikvision",
        "maker": "",
        "model": "DS-7608NI-K2",
        "port": 554,
        "stopped": False,
    }
    return FoundDevice(**(said | {"channels": channels} | changes))


@pytest.fixture
def archive() -> PlayedArchive:
    """An archive that finds a recorder with three cameras and an empty channel."""
    played = PlayedArchive()
    played.device = device(
        channel(1, "Sunflowers window"),
        channel(2, "IPCamera 02"),
        channel(3, "", seen=False),
        channel(4, "Yard"),
    )
    return played


async def found(hass: HomeAssistant, entry: MockConfigEntry, **typed: Any) -> Mapping[str, Any]:
    """Have a device looked for, and return what is shown then."""
    result = await choose(hass, await open_subentry(hass, entry, "camera"), "find")
    assert result["step_id"] == "find"
    return await answer(hass, result, **DEVICE | typed)


async def test_all_cameras_of_a_recorder_are_added_in_one_go(
    hass: HomeAssistant, entry: MockConfigEntry, archive: PlayedArchive
) -> None:
    result = await found(hass, entry)
    assert result["step_id"] == "channels"
    assert suggested(result) == {"cameras": ["1", "2", "4"]}
    assert [option["label"] for option in offered(result, "cameras")] == [
        "1. Sunflowers window",
        "2. IPCamera 02",
        "3. Camera 3 (no picture)",
        "4. Yard",
    ]
    shown = result["description_placeholders"]
    assert (shown["device"], shown["seen"], shown["all"]) == ("Hikvision DS\\-7608NI\\-K2", "3", "4")
    assert shown["pictures"].count("<img ") == 3

    result = await answer(hass, result, cameras=["1", "2", "4"])
    assert result["step_id"] == "assign"
    assert suggested(result) == {"1. Sunflowers window": "sunflowers"}
    result = await answer(
        hass,
        result,
        **{
            "1. Sunflowers window": "sunflowers",
            "2. IPCamera 02": "Bears in the yard",
            "4. Yard": "bears in the Yard ",
        },
    )
    assert (result["step_id"], suggested(result)) == ("new_rooms", {"Bears in the yard": "yard"})
    result = await answer(hass, result, **{"Bears in the yard": "yard"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()

    bears = next(
        each
        for each in entry.subentries.values()
        if each.title == "Bears in the yard" and each.subentry_type == "room"
    )
    assert bears.data["kind"] == "yard"
    cameras = {each.title: each.data for each in entry.get_subentries_of_type("camera")}
    assert {title: data["room"] for title, data in cameras.items()} == {
        "Sunflowers window": "sunflowers",
        "Bears in the yard 1": bears.subentry_id,
        "Yard": bears.subentry_id,
    }
    yard = cameras["Yard"]
    assert (yard["host"], yard["port"], yard["path"], yard["sub_path"]) == (
        "192.168.1.64",
        554,
        "/Streaming/Channels/401",
        "/Streaming/Channels/402",
    )
    assert (yard["username"], yard["password"], yard["found"]["sub"]["width"]) == ("admin", "p@ss/word", 1920)
    assert len({data["camera_id"] for data in cameras.values()}) == 3
    assert archive.configured[-1].cameras[2].main_url == "rtsp://192.168.1.64:554/Streaming/Channels/401"


async def test_channels_that_were_added_before_are_marked_and_left_alone(
    hass: HomeAssistant, entry: MockConfigEntry, archive: PlayedArchive
) -> None:
    result = await answer(hass, await found(hass, entry), cameras=["1"])
    await answer(hass, result, **{"1. Sunflowers window": "sunflowers"})
    archive.asked.clear()
    result = await found(hass, entry)
    assert [option["value"] for option in offered(result, "cameras")] == ["2", "3", "4"]
    assert "Added already: Sunflowers window" in result["description_placeholders"]["pictures"]
    assert not [source.url for source in archive.asked if "/101" in source.url]


async def test_recorder_of_which_everything_was_added_says_so(
    hass: HomeAssistant, entry: MockConfigEntry, archive: PlayedArchive
) -> None:
    archive.device = device(channel(1), channel(2))
    result = await answer(hass, await found(hass, entry), cameras=["1", "2"])
    await answer(hass, result, **{"1. Camera 1": "sunflowers", "2. Camera 2": "sunflowers"})
    assert sorted(each.title for each in entry.get_subentries_of_type("camera")) == [
        "Sunflowers 1",
        "Sunflowers 2",
    ]
    result = await found(hass, entry)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "all_added")


async def test_single_camera_is_shown_with_both_pictures_and_added_to_a_room(
    hass: HomeAssistant, entry: MockConfigEntry, archive: PlayedArchive
) -> None:
    archive.device = device(
        channel(1, "", main="/stream1", sub="/stream2"), brand="tapo", maker="TP-Link", model="C200"
    )
    result = await found(hass, entry)
    assert result["step_id"] == "identified"
    shown = result["description_placeholders"]
    assert shown["device"] == "Tapo C200"
    assert shown["stills"].count("![") == 2
    assert len(hass.data[STILLS]) == 2
    result = await answer(hass, result, name="Window", room="sunflowers")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    saved = saved_as(entry, "Window")
    assert (saved["path"], saved["sub_path"], saved["found"]["width"]) == ("/stream1", "/stream2", 1920)
    assert hass.data[STILLS] == {}


async def test_name_and_room_of_a_single_camera_are_judged_at_their_fields(
    hass: HomeAssistant, entry: MockConfigEntry, archive: PlayedArchive
) -> None:
    archive.device = device(channel(1))
    result = await found(hass, entry)
    result = await answer(hass, result, name="<b>", room="sunflowers")
    assert result["errors"] == {"name": "name_characters"}
    result = await answer(hass, result, name="Door", room="toilet")
    assert result["errors"] == {"room": "room_forbidden"}
    result = await answer(hass, result, room="Porch")
    result = await answer(hass, result, Porch="corridor")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert saved_as(entry, "Porch 1")


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        *(
            (ArchiveRefused(code, "for the log"), f"find_{code}")
            for code in (
                "unreachable", "refused", "timeout", "closed", "no_camera", "auth", "not_found", "bad_address",
            )
        ),
        (ArchiveRefused("never_heard_of", ""), "find_failed"),
        (ArchiveUnavailable(), "find_engine_unavailable"),
        (RuntimeError("broken"), "unknown"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_said_and_what_was_typed_stays(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    archive: PlayedArchive,
    failure: Exception,
    error: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    there, archive.device = archive.device, failure
    result = await found(hass, entry)
    assert (result["step_id"], result["errors"]) == ("find", {"base": error})
    assert suggested(result) == DEVICE
    assert "p@ss/word" not in caplog.text
    caplog.clear()
    archive.device = there
    assert (await answer(hass, result, **DEVICE))["step_id"] == "channels"


async def test_device_is_not_looked_for_while_the_recorder_is_not_loaded(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    await hass.config_entries.async_unload(entry.entry_id)
    assert (await found(hass, entry))["errors"] == {"base": "engine_unavailable"}


@pytest.mark.parametrize(
    ("host", "wanted"),
    [
        ("192.168.1.64", {"port": 554, "http_port": 80, "path": ""}),
        ("192.168.1.64:8554", {"port": 8554, "http_port": 80, "path": ""}),
        ("http://192.168.1.64:8080/doc/page/login.asp", {"port": 554, "http_port": 8080, "path": ""}),
        ("https://192.168.1.64/", {"port": 554, "encrypted": True, "path": ""}),
        ("https://192.168.1.64:8443/", {"port": 554, "https_port": 8443, "encrypted": True, "path": ""}),
        ("rtsp://192.168.1.64:10554/live?x=1", {"port": 10554, "http_port": 80, "path": "/live?x=1"}),
    ],
)
async def test_address_of_any_kind_is_taken_apart(
    hass: HomeAssistant, entry: MockConfigEntry, archive: PlayedArchive, host: str, wanted: dict[str, Any]
) -> None:
    await found(hass, entry, host=host)
    assert archive.wanted == [WantedDevice(host="192.168.1.64", user="admin", secret="p@ss/word", **wanted)]


@pytest.mark.parametrize(
    ("host", "secret"),
    [
        ("192.168.1.20", "hidden-secret"),
        ("http://192.168.1.20:8080/login", "hidden-secret"),
        ("192.168.1.64", ""),
        ("http://viewer@192.168.1.20.example/", ""),
    ],
)
async def test_device_is_told_the_password_of_a_camera_that_is_at_its_own_address_alone(
    hass: HomeAssistant, entry_with_camera: MockConfigEntry, archive: PlayedArchive, host: str, secret: str
) -> None:
    await found(hass, entry_with_camera, host=host, username="viewer", password="")
    assert [each.secret for each in archive.wanted] == [secret]


@pytest.mark.parametrize(
    ("host", "error"),
    [("", "bad_host"), ("ftp://192.168.1.64", "bad_scheme"), ("rtsps://192.168.1.64", "find_encrypted")],
)
async def test_what_is_no_address_is_refused_before_anything_is_asked(
    hass: HomeAssistant, entry: MockConfigEntry, archive: PlayedArchive, host: str, error: str
) -> None:
    assert (await found(hass, entry, host=host))["errors"] == {"host": error}
    assert archive.wanted == []


async def test_camera_whose_picture_does_not_come_is_not_ticked_and_can_be_added_all_the_same(
    hass: HomeAssistant, entry: MockConfigEntry, archive: PlayedArchive
) -> None:
    archive.answers = {"/401": ArchiveRefused("timeout", ""), "/202": ArchiveRefused("not_found", "")}
    result = await found(hass, entry)
    assert suggested(result) == {"cameras": ["1", "2"]}
    result = await answer(hass, result, cameras=[])
    assert result["errors"] == {"cameras": "none_chosen"}
    result = await answer(hass, result, cameras=["2", "4"])
    await answer(hass, result, **{"2. IPCamera 02": "sunflowers", "4. Yard": "sunflowers"})
    assert saved_as(entry, "Sunflowers 1")["sub_path"] is None
    assert (saved_as(entry, "Yard")["found"], saved_as(entry, "Yard")["sub_path"]) == (
        None,
        "/Streaming/Channels/402",
    )


async def test_no_other_camera_is_asked_once_a_login_is_refused(
    hass: HomeAssistant, entry: MockConfigEntry, archive: PlayedArchive
) -> None:
    archive.answers = {"/101": ArchiveRefused("auth", "")}
    await found(hass, entry)
    assert len(archive.asked) == 1


async def test_search_that_was_ended_early_is_told(
    hass: HomeAssistant, entry: MockConfigEntry, archive: PlayedArchive
) -> None:
    archive.device = device(channel(1), channel(2), stopped=True)
    assert "may be more cameras" in (await found(hass, entry))["description_placeholders"]["notes"]


async def test_certificate_that_could_not_be_verified_is_told(
    hass: HomeAssistant, entry: MockConfigEntry, archive: PlayedArchive
) -> None:
    archive.device = device(channel(1), channel(2), certificate="ab12" * 16)
    assert "AB:12:AB" in (await found(hass, entry))["description_placeholders"]["notes"]
    archive.device = device(channel(1), certificate="cd34" * 16)
    assert "CD:34:CD" in (await found(hass, entry))["description_placeholders"]["notes"]


async def test_names_of_a_device_cannot_bring_markup_into_the_form(
    hass: HomeAssistant, entry: MockConfigEntry, archive: PlayedArchive
) -> None:
    archive.device = device(channel(1, '"><img src=x onerror=alert(1)>'), channel(2), model="[x](y)")
    shown = (await found(hass, entry))["description_placeholders"]
    assert "onerror=alert(1)>" not in shown["pictures"]
    assert "[x](y)" not in shown["device"]


async def test_pictures_are_forgotten_when_the_dialog_is_closed(
    hass: HomeAssistant, entry: MockConfigEntry, archive: PlayedArchive
) -> None:
    result = await found(hass, entry)
    assert len(hass.data[STILLS]) == 6
    hass.config_entries.subentries.async_abort(result["flow_id"])
    assert hass.data[STILLS] == {}


async def test_closing_the_dialog_ends_the_search(
    hass: HomeAssistant, entry: MockConfigEntry, archive: PlayedArchive
) -> None:
    archive.waits = asyncio.Event()
    flows = hass.config_entries.subentries
    result = await choose(hass, await open_subentry(hass, entry, "camera"), "find")
    result = await flows.async_configure(result["flow_id"], DEVICE)
    assert result["type"] is FlowResultType.SHOW_PROGRESS
    flows.async_abort(result["flow_id"])
    await hass.async_block_till_done()
    assert archive.asked == []


async def test_room_without_a_camera_allowed_is_refused_also_when_its_name_is_typed(
    hass: HomeAssistant, entry: MockConfigEntry, archive: PlayedArchive
) -> None:
    result = await answer(hass, await found(hass, entry), cameras=["4"])
    assert [option["label"] for option in offered(result, "4. Yard")] == ["Sunflowers"]
    result = await answer(hass, result, **{"4. Yard": "TOILET"})
    assert result["errors"] == {"base": "room_forbidden"}
    result = await answer(hass, result, **{"4. Yard": "<b>"})
    assert result["errors"] == {"base": "name_characters"}
    result = await answer(hass, result, **{"4. Yard": "sunflowers"})
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_camera_whose_still_does_not_decode_is_added_without_one(
    hass: HomeAssistant, entry: MockConfigEntry, archive: PlayedArchive
) -> None:
    archive.device = device(channel(1, sub=None))
    archive.answers = {"/101": replace(GOOD, still=None)}
    assert (await found(hass, entry))["description_placeholders"]["stills"] == "No picture"
