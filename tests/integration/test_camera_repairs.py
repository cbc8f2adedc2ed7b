"""Repairs of cameras: there while a person has something to mend, gone with the cause."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.kindergarten.archive.protocol import CameraState, SubStatus, VideoInfo
from custom_components.kindergarten.brands import brand_of
from custom_components.kindergarten.const import DOMAIN

from .fake_archive import (
    HOUR_US,
    NOW_US,
    PLAYROOM,
    FakeArchive,
    FakeSupervisor,
    camera,
    camera_status,
    kindergarten_entry,
    load,
    look,
    room,
)
from .texts import TEXTS

H265 = VideoInfo(codec="h265", width=2560, height=1440, codecs="hvc1.1.6.L150.B0", browser=False)
H264 = VideoInfo(codec="h264", width=640, height=360, codecs="avc1.64001e", browser=True)


def raised(hass: HomeAssistant) -> dict[str, dict[str, str]]:
    """Return the repairs by what they are, with their placeholders."""
    return {
        str(issue.translation_key): issue.translation_placeholders or {}
        for (domain, _), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN
    }


def away(**hours: float) -> Any:
    """Return a camera that was last recorded some hours ago, and has been tried since."""
    return camera_status(
        PLAYROOM,
        CameraState.UNREACHABLE,
        since_us=round(NOW_US - hours["tried"] * HOUR_US),
        newest_us=round(NOW_US - hours["recorded"] * HOUR_US),
    )


@pytest.mark.parametrize(
    ("hours", "gone"),
    [
        ({"tried": 25, "recorded": 25}, True),
        ({"tried": 23, "recorded": 23}, False),
        # A recorder that was started anew still knows when it was recorded.
        ({"tried": 1, "recorded": 30}, True),
        # A room that is recorded in its hours only, on a Monday morning.
        ({"tried": 0.01, "recorded": 60}, False),
    ],
)
async def test_camera_that_is_away_for_more_than_a_day_is_raised(
    hass: HomeAssistant,
    kindergarten: MockConfigEntry,
    archive: FakeArchive,
    hours: dict[str, float],
    gone: bool,
) -> None:
    archive.show(camera_status(PLAYROOM, CameraState.OFF))
    await look(hass)
    archive.show(away(**hours))
    await look(hass)
    assert raised(hass) == ({"camera_gone": {"camera": "By the window"}} if gone else {})

    archive.show(camera_status(PLAYROOM))
    await look(hass)
    assert raised(hass) == {}


@pytest.mark.parametrize("state", [CameraState.AUTH, CameraState.DISK])
async def test_what_has_a_repair_of_its_own_is_not_told_twice(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive, state: CameraState
) -> None:
    archive.show(replace(away(tried=48, recorded=48), state=state))
    await look(hass)
    assert "camera_gone" not in raised(hass)


async def test_camera_that_is_away_leads_to_its_form(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive, hass_client: Callable[[], Any]
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    archive.show(away(tried=48, recorded=48))
    await look(hass)
    (issue,) = [issue_id for domain, issue_id in ir.async_get(hass).issues if domain == DOMAIN]
    client = await hass_client()
    begun = await client.post("/api/repairs/issues/fix", json={"handler": DOMAIN, "issue_id": issue})
    form = await begun.json()
    assert form["description_placeholders"] == {"camera": "By the window"}
    done = await (await client.post(f"/api/repairs/issues/fix/{form['flow_id']}", json={})).json()
    flow = hass.config_entries.subentries.async_get(done["next_flow"][1])
    assert (flow["context"]["source"], flow["step_id"]) == ("reconfigure", "rtsp")


async def test_video_that_phones_cannot_play_is_raised_with_the_brands_menu(
    hass: HomeAssistant, supervisor: FakeSupervisor, archive: FakeArchive
) -> None:
    await load(hass, kindergarten_entry(room(), camera(path="/Streaming/Channels/101")))
    archive.show(camera_status(PLAYROOM, video=H265))
    await look(hass)
    where = TEXTS["en"]["common"]["menu_hikvision"]
    assert raised(hass) == {"camera_hevc": {"camera": "By the window", "where": where}}

    archive.show(camera_status(PLAYROOM))
    await look(hass)
    assert raised(hass) == {}


async def test_second_picture_that_phones_play_is_enough(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive
) -> None:
    for video in (H264, H265):
        sub = SubStatus(state=CameraState.RECORDING, video=video)
        archive.show(camera_status(PLAYROOM, video=H265, sub=sub))
        await look(hass)
        assert set(raised(hass)) == (set() if video.browser else {"camera_hevc"})


async def test_second_picture_is_known_from_when_it_was_added_while_nobody_watches(
    hass: HomeAssistant, supervisor: FakeSupervisor, archive: FakeArchive
) -> None:
    await load(hass, kindergarten_entry(room(), camera(found={"sub": {"browser": True}})))
    archive.show(camera_status(PLAYROOM, video=H265, sub=SubStatus(state=CameraState.OFF, video=None)))
    await look(hass)
    assert raised(hass) == {}


@pytest.mark.parametrize("stream", ["main", "sub"])
async def test_key_pictures_that_are_far_apart_are_raised(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive, stream: str
) -> None:
    for gop_s in (10.0, 5.0):
        sub = SubStatus(state=CameraState.RECORDING, video=H264, gop_s=gop_s if stream == "sub" else 1.0)
        archive.show(camera_status(PLAYROOM, gop_s=gop_s if stream == "main" else None, sub=sub))
        await look(hass)
        told = {key: given["seconds"] for key, given in raised(hass).items()}
        assert told == ({"camera_rare_keys": "10"} if gop_s == 10 else {})


@pytest.mark.parametrize(
    ("path", "brand"),
    [
        ("/Streaming/Channels/101", "hikvision"),
        ("/ISAPI/Streaming/channels/102", "hikvision"),
        ("/h264/ch1/main/av_stream", "hikvision"),
        ("/h264_stream", "ezviz"),
        ("/H.264", "ezviz"),
        ("/ch1/main", "ezviz"),
        ("/cam/realmonitor?channel=1&subtype=0", "dahua"),
        ("/h264Preview_01_main", "reolink"),
        ("/Preview_01_sub", "reolink"),
        ("/media/video1", "uniview"),
        ("/axis-media/media.amp?camera=1", "axis"),
        ("/profile2/media.smp", "hanwha"),
        ("/user=admin&password=x&channel=1&stream=0.sdp", "xiongmai"),
        ("/stream1", "tp_link"),
        ("/stream10", "other"),
        ("", "other"),
    ],
)
def test_brand_is_known_by_the_address_of_the_stream(path: str, brand: str) -> None:
    assert brand_of({"path": path}) == brand
    assert all(f"menu_{brand}" in texts["common"] for texts in TEXTS.values())


def test_borrowed_camera_has_no_brand() -> None:
    assert brand_of({"entity_id": "camera.porch"}) == "other"
