"""Adding and changing cameras."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import AsyncMock, patch

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.kindergarten.archive.protocol import ArchiveRefused, ArchiveUnavailable, AudioInfo
from custom_components.kindergarten.const import DOMAIN
from custom_components.kindergarten.flows import probe
from tests.integration.fake_archive import JPEG, FakeSupervisor, load
from tests.integration.flow_kit import (
    GOOD,
    HEVC,
    SMALL,
    PlayedArchive,
    answer,
    camera,
    choose,
    entry_of,
    open_subentry,
    room,
    suggested,
)

BORROW = "custom_components.kindergarten.flows.borrowed.async_get_stream_source"
WINDOW: dict[str, Any] = {
    "name": "Window",
    "room": "sunflowers",
    "host": "192.168.1.30",
    "port": 554,
    "path": "stream1",
    "username": "viewer",
    "password": "p@ss/word",
    "sub_path": "/stream2",
}


@pytest.fixture
def archive() -> PlayedArchive:
    """The archive that answers for the cameras."""
    return PlayedArchive()


@pytest.fixture
async def entry(hass: HomeAssistant, tmp_path: Path, supervisor: FakeSupervisor) -> MockConfigEntry:
    """A kindergarten with two rooms and no camera."""
    kindergarten = entry_of(
        tmp_path, room("sunflowers", "Sunflowers", "group"), room("toilet", "Toilet", "toilet")
    )
    return await load(hass, kindergarten)


@pytest.fixture
async def entry_with_camera(
    hass: HomeAssistant, tmp_path: Path, supervisor: FakeSupervisor
) -> MockConfigEntry:
    """A kindergarten with a camera."""
    kindergarten = entry_of(
        tmp_path,
        room("sunflowers", "Sunflowers", "group"),
        room("yard", "Yard", "yard"),
        camera("door", "Door", room="yard", sub_path="/stream2"),
    )
    return await load(hass, kindergarten)


def offered(result: Mapping[str, Any], field: str) -> list[Any]:
    """Return what a field of a form lets choose from."""
    selector = next(chosen for key, chosen in result["data_schema"].schema.items() if key == field)
    options: list[Any] = selector.config["options"]
    return options


def _saved(entry: MockConfigEntry, title: str) -> dict[str, Any]:
    return dict(next(one for one in entry.subentries.values() if one.title == title).data)


async def test_camera_is_looked_at_shown_and_added(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    archive: PlayedArchive,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    result = await open_subentry(hass, entry, "camera")
    assert (result["type"], result["menu_options"]) == (FlowResultType.MENU, ["rtsp", "entity"])
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
    saved = _saved(entry, "Window")
    assert tuple(saved[key] for key in ("scheme", "host", "port", "path", "username", "password")) == expected


async def test_whole_address_in_the_field_of_a_path_is_reduced_to_the_path(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    result = await choose(hass, await open_subentry(hass, entry, "camera"), "rtsp")
    result = await answer(hass, result, **WINDOW | {"sub_path": "rtsp://viewer:x@192.168.1.30/second"})
    await choose(hass, result, "save")
    assert _saved(entry, "Window")["sub_path"] == "/second"


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"name": " "}, {"name": "name_missing"}),
        ({"name": "n" * 10_000}, {"name": "name_too_long"}),
        ({"name": "<script>"}, {"name": "name_characters"}),
        ({"host": ""}, {"host": "bad_host"}),
        ({"host": "h" * 10_000}, {"host": "bad_host"}),
        ({"host": "192.168.1.30:stream"}, {"host": "bad_host"}),
        ({"host": "192.168.1.30:99999"}, {"port": "bad_port"}),
        ({"host": "cam\x00era"}, {"host": "bad_host"}),
        ({"host": "<b>cam</b>"}, {"host": "bad_host"}),
        ({"host": "://"}, {"host": "bad_host"}),
        ({"host": "http://192.168.1.30/video"}, {"host": "bad_scheme"}),
        ({"host": "file:///etc/passwd"}, {"host": "bad_scheme"}),
        ({"host": "rtsp://a]b[:x/"}, {"host": "bad_host"}),
        ({"host": "rtsp://192.168.1.30:99999/"}, {"port": "bad_port"}),
        ({"path": "p" * 10_000}, {"path": "bad_path"}),
        ({"path": "/live\r\nX: y"}, {"path": "bad_path"}),
        ({"path": "/live <b>"}, {"path": "bad_path"}),
        ({"sub_path": "/live two"}, {"sub_path": "bad_path"}),
        ({"sub_path": "stream1"}, {"sub_path": "sub_same"}),
        ({"username": "u" * 10_000}, {"username": "bad_login"}),
        ({"password": "pass\nword"}, {"password": "bad_login"}),
    ],
)
async def test_unusable_answer_is_refused_and_can_be_corrected(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    archive: PlayedArchive,
    typed: dict[str, Any],
    errors: dict[str, str],
) -> None:
    result = await choose(hass, await open_subentry(hass, entry, "camera"), "rtsp")
    result = await answer(hass, result, **WINDOW | typed)
    assert (result["step_id"], result["errors"]) == ("rtsp", errors)
    assert suggested(result) == WINDOW | typed
    assert archive.asked == []
    result = await answer(hass, result, **WINDOW)
    assert result["step_id"] == "found"


@pytest.mark.parametrize(
    "code",
    ["bad_address", "auth", "not_found", "no_video", "unsupported_codec", "tls", "closed", "no_camera"],
)
async def test_what_is_wrong_with_a_camera_is_said_and_can_be_corrected(
    hass: HomeAssistant, entry: MockConfigEntry, archive: PlayedArchive, code: str
) -> None:
    archive.answers = {"/stream1": ArchiveRefused(code, "for the log")}
    result = await choose(hass, await open_subentry(hass, entry, "camera"), "rtsp")
    result = await answer(hass, result, **WINDOW)
    assert (result["step_id"], result["errors"]) == ("rtsp", {"base": code})
    assert suggested(result) == WINDOW
    archive.answers = {}
    result = await answer(hass, result, **WINDOW)
    assert result["step_id"] == "found"


@pytest.mark.parametrize(
    ("failure", "error"),
    [(ArchiveRefused("never_heard_of", ""), "probe_failed"), (RuntimeError("broken"), "unknown")],
)
async def test_unexpected_failure_is_said_and_can_be_tried_again(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    archive: PlayedArchive,
    failure: Exception,
    error: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    archive.answers = {"/stream1": failure}
    result = await choose(hass, await open_subentry(hass, entry, "camera"), "rtsp")
    result = await answer(hass, result, **WINDOW)
    assert result["errors"] == {"base": error}
    assert "p@ss/word" not in caplog.text
    caplog.clear()
    archive.answers = {}
    assert (await answer(hass, result, **WINDOW))["step_id"] == "found"


@pytest.mark.parametrize(
    ("failure", "problem"),
    [
        (ArchiveRefused("unreachable", ""), "Nothing answers at this address."),
        (ArchiveRefused("timeout", ""), "The camera took too long to answer."),
        (ArchiveRefused("refused", ""), "There is a device at this address"),
        (ArchiveUnavailable(), "The recorder is not running"),
        (TimeoutError(), "The camera took too long to answer."),
    ],
)
async def test_camera_that_is_off_can_be_added_all_the_same(
    hass: HomeAssistant, entry: MockConfigEntry, archive: PlayedArchive, failure: Exception, problem: str
) -> None:
    archive.answers = {"/stream1": failure}
    result = await choose(hass, await open_subentry(hass, entry, "camera"), "rtsp")
    result = await answer(hass, result, **WINDOW)
    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "away")
    assert problem in result["description_placeholders"]["problem"]
    result = await choose(hass, result, "change")
    assert (result["step_id"], result["errors"]) == ("rtsp", {})
    result = await choose(hass, await answer(hass, result, **WINDOW), "save")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert _saved(entry, "Window")["found"] is None


async def test_camera_that_was_switched_on_is_looked_at_again(
    hass: HomeAssistant, entry: MockConfigEntry, archive: PlayedArchive
) -> None:
    archive.answers = {"/stream1": ArchiveRefused("unreachable", "")}
    result = await choose(hass, await open_subentry(hass, entry, "camera"), "rtsp")
    result = await answer(hass, result, **WINDOW)
    archive.answers = {}
    assert (await choose(hass, result, "probe"))["step_id"] == "found"


async def test_camera_can_be_added_while_the_recorder_is_not_loaded(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    await hass.config_entries.async_unload(entry.entry_id)
    result = await choose(hass, await open_subentry(hass, entry, "camera"), "rtsp")
    result = await answer(hass, result, **WINDOW)
    assert result["step_id"] == "away"
    assert "recorder" in result["description_placeholders"]["problem"]


async def test_recorder_that_is_still_starting_is_waited_for(
    hass: HomeAssistant, entry: MockConfigEntry, archive: PlayedArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probe, "ENGINE_LOOK_S", 0)
    result = await choose(hass, await open_subentry(hass, entry, "camera"), "rtsp")
    status = AsyncMock(side_effect=[ArchiveUnavailable(), archive.now, archive.now])
    with patch.object(archive, "status", status):
        result = await answer(hass, result, **WINDOW)
    assert result["step_id"] == "found"


async def test_recorder_that_never_starts_is_not_waited_for_for_ever(
    hass: HomeAssistant, entry: MockConfigEntry, archive: PlayedArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probe, "ENGINE_START_S", 0.05)
    archive.answers = {"/stream1": ArchiveUnavailable()}
    result = await choose(hass, await open_subentry(hass, entry, "camera"), "rtsp")
    with patch.object(archive, "status", AsyncMock(side_effect=ArchiveUnavailable())):
        result = await answer(hass, result, **WINDOW)
    assert result["step_id"] == "away"
    assert "recorder" in result["description_placeholders"]["problem"]


async def test_wrong_second_path_is_said_at_its_field(
    hass: HomeAssistant, entry: MockConfigEntry, archive: PlayedArchive
) -> None:
    archive.answers = {"/stream2": ArchiveRefused("not_found", "")}
    result = await choose(hass, await open_subentry(hass, entry, "camera"), "rtsp")
    result = await answer(hass, result, **WINDOW)
    assert result["errors"] == {"sub_path": "sub_failed"}
    result = await answer(hass, result, **WINDOW | {"sub_path": ""})
    assert result["description_placeholders"]["sub"] == "–"
    await choose(hass, result, "save")
    assert _saved(entry, "Window")["sub_path"] is None


async def test_remarks_tell_what_to_improve(
    hass: HomeAssistant, entry: MockConfigEntry, archive: PlayedArchive
) -> None:
    poor = replace(
        SMALL,
        fps=8.0,
        gop_s=20.0,
        clock_offset_ms=-90_000,
        audio=AudioInfo(codec="pcm_alaw", rate=8000, recorded=False),
    )
    archive.answers = {"/stream1": poor}
    result = await choose(hass, await open_subentry(hass, entry, "camera"), "rtsp")
    result = await answer(hass, result, **WINDOW)
    shown = result["description_placeholders"]
    notes = shown["notes"].splitlines()
    assert len(notes) == 5
    for note, value in zip(
        notes, ("1920 × 1080", "15 a second", "20 seconds", "90 seconds", "sound"), strict=True
    ):
        assert value in note
    assert (shown["sound"], shown["clock"], shown["still"]) == ("G.711", "-90.0", "")


@pytest.mark.parametrize(
    ("sub", "remark"), [("", "for watching live, H.264"), ("/stream2", "Watching live uses the second")]
)
async def test_picture_that_not_every_browser_plays_is_told(
    hass: HomeAssistant, entry: MockConfigEntry, archive: PlayedArchive, sub: str, remark: str
) -> None:
    archive.answers = {"/stream1": HEVC}
    result = await choose(hass, await open_subentry(hass, entry, "camera"), "rtsp")
    result = await answer(hass, result, **WINDOW | {"sub_path": sub})
    assert remark in result["description_placeholders"]["notes"]


async def test_unmeasured_figures_are_dashes_and_cause_no_remark(
    hass: HomeAssistant, entry: MockConfigEntry, archive: PlayedArchive
) -> None:
    archive.answers = {"/stream1": replace(GOOD, fps=None, bps=None, gop_s=None, clock_offset_ms=None)}
    result = await choose(hass, await open_subentry(hass, entry, "camera"), "rtsp")
    shown = (await answer(hass, result, **WINDOW))["description_placeholders"]
    assert {shown[key] for key in ("fps", "bitrate", "key_frames", "clock")} == {"–"}
    assert shown["notes"] == ""


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
    assert _saved(entry, "Window")["room"] == daisies.subentry_id
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


async def test_without_rooms_a_new_one_is_suggested(
    hass: HomeAssistant, tmp_path: Path, supervisor: FakeSupervisor
) -> None:
    entry = await load(hass, entry_of(tmp_path))
    result = await choose(hass, await open_subentry(hass, entry, "camera"), "rtsp")
    assert suggested(result) == {"room": "new"}


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
    result = await answer(hass, result, **WINDOW | {"room": "yard", "password": ""})
    await choose(hass, result, "save")
    assert _saved(entry_with_camera, "Window")["password"] == "hidden-secret"


async def test_password_of_another_user_is_not_copied(
    hass: HomeAssistant, entry_with_camera: MockConfigEntry, archive: PlayedArchive
) -> None:
    result = await choose(hass, await open_subentry(hass, entry_with_camera, "camera"), "rtsp")
    await answer(hass, result, **WINDOW | {"username": "other", "password": ""})
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
    result = await answer(hass, result, **shown | {"name": "Gate", "host": "192.168.1.21"})
    result = await choose(hass, result, "save")
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    changed = entry_with_camera.subentries["door"]
    assert (changed.title, changed.unique_id) == ("Gate", "camera:door")
    assert changed.data["camera_id"] == "door"
    assert (changed.data["host"], changed.data["password"]) == ("192.168.1.21", "hidden-secret")
    assert changed.data["found"]["codec"] == "h264"


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
    saved = _saved(entry, "Porch")
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
