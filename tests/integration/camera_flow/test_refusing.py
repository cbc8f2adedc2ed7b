"""What cannot be used is said, and can be corrected."""

from typing import Any
from unittest.mock import AsyncMock, patch

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.kindergarten.archive.protocol import ArchiveRefused, ArchiveUnavailable
from custom_components.kindergarten.flows import probe
from tests.integration.flow_kit import (
    PlayedArchive,
    answer,
    choose,
    open_subentry,
    suggested,
)

from .kit import WINDOW, saved_as


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
    assert saved_as(entry, "Window")["found"] is None


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
    assert saved_as(entry, "Window")["sub_path"] is None
