"""What could be better about a camera is told."""

from dataclasses import replace

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.kindergarten.archive.protocol import AudioInfo
from tests.integration.flow_kit import (
    GOOD,
    HEVC,
    SMALL,
    PlayedArchive,
    answer,
    choose,
    open_subentry,
)

from .kit import WINDOW


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
