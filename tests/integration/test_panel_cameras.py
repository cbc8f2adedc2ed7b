"""The pages of cameras, of the set-up check and of the planner: what they are told, and what is not known."""

import base64
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.kindergarten.archive.protocol import (
    Advice,
    CameraState,
    Clock,
    Forecast,
    VideoInfo,
)
from custom_components.kindergarten.assembly import async_forget_all
from custom_components.kindergarten.checklist import Checklist
from custom_components.kindergarten.engine.budget import SOLD

from .fake_archive import (
    BEDROOM,
    HOUR_US,
    JPEG,
    NOW_US,
    PLAYROOM,
    FakeArchive,
    camera,
    camera_status,
    kindergarten_entry,
    load,
    look,
    room,
)
from .panel_kit import LIST, Panel

TB = 10**12
PLAN = {"measured": False, "more": 8, "kind": "fullhd_h264", "sub": False, "hours": 24, "days": 33}


@pytest.fixture
async def panel(kindergarten: MockConfigEntry, hass_ws_client: WebSocketGenerator) -> Panel:
    """Return the panel of an administrator."""
    return Panel(await hass_ws_client(), kindergarten)


async def lines(panel: Panel) -> dict[str, dict[str, Any]]:
    """Return the lines of the set-up check by their keys."""
    return {line["key"]: line for line in (await panel.ask("check"))["lines"]}


async def test_rooms_and_cameras_are_told_with_what_is_measured(
    hass: HomeAssistant, panel: Panel, archive: FakeArchive
) -> None:
    archive.show(camera_status(BEDROOM, CameraState.STALLED, newest_us=NOW_US - HOUR_US))
    await look(hass)
    told = await panel.ask("cameras")
    rooms = {each["name"]: each for each in told["rooms"]}
    assert (rooms["Playroom"]["required"], rooms["Playroom"]["forbidden"]) == (True, False)
    window, door = told["cameras"]
    assert (window["room_id"], window["state"], window["video"]) == (
        rooms["Playroom"]["id"],
        "recording",
        "1920 × 1080",
    )
    assert window["entity_id"] == "camera.by_the_window"
    assert er.async_get(hass).async_get(window["entity_id"]) is not None
    assert (door["state"], door["newest_us"], door["trouble"]) == ("stalled", NOW_US - HOUR_US, True)
    assert window["days_proven"] is None
    assert "canary" not in str(told)


async def test_of_a_silent_recorder_nothing_is_told_as_if_it_were_now(
    hass: HomeAssistant, panel: Panel, archive: FakeArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.kindergarten.coordinator.PATIENCE_S", 0.0)
    archive.reachable = False
    await look(hass)
    await look(hass)
    told = await panel.ask("cameras")
    assert (told["silent"], told["now_us"]) == (True, None)
    assert {each["state"] for each in told["cameras"]} == {"unknown"}
    assert await panel.refused("camera/still", camera_id=PLAYROOM) == "recorder_unavailable"


async def test_still_is_of_our_cameras_only(panel: Panel) -> None:
    found = await panel.ask("camera/still", camera_id=PLAYROOM)
    assert base64.b64decode(found["jpeg"]) == JPEG
    for other in ("c" * 32, "../status", ""):
        assert await panel.refused("camera/still", camera_id=other) == "bad_input"


async def test_check_says_unknown_of_what_nobody_measured_or_said(panel: Panel) -> None:
    found = await lines(panel)
    unknown = {key for key, line in found.items() if line["light"] == "unknown"}
    assert {"same_time", "ups", "notices", "keys", "consents"} <= unknown
    assert found["clock"]["light"] == "green"
    assert found["codec"]["light"] == "green"
    # The rate is measured; whether there is room for it is not.
    assert (found["bitrate"]["say"], found["bitrate"]["light"]) == ("only", "unknown")
    assert found["exposure"] == {**found["exposure"], "light": "green", "say": "off"}


async def test_what_the_owner_says_is_kept_until_it_is_taken_back(
    hass: HomeAssistant, panel: Panel, archive: FakeArchive
) -> None:
    await panel.ask("check/say", question="notices", yes=True)
    await panel.ask("check/say", question="ups", yes=False)
    found = await lines(panel)
    assert (found["notices"]["light"], found["notices"]["said"]) == ("green", True)
    assert (found["ups"]["light"], found["ups"]["said"]) == ("yellow", False)
    kept = await Checklist.load(hass)
    assert (said := kept.said("notices")) is not None
    assert said.yes
    await panel.ask("check/say", question="notices", yes=None)
    assert (await lines(panel))["notices"]["light"] == "unknown"
    assert await panel.refused("check/say", question="other", yes=True) == "bad_input"
    await async_forget_all(hass)
    assert (await Checklist.load(hass)).said("ups") is None


async def test_who_moves_the_house_to_another_zone_is_asked_for_the_time_again(
    hass: HomeAssistant, panel: Panel
) -> None:
    await panel.ask("check/say", question="same_time", yes=True)
    assert (await lines(panel))["same_time"]["light"] == "green"
    await hass.config.async_update(time_zone="Asia/Almaty")
    assert (await lines(panel))["same_time"]["light"] == "unknown"


async def test_a_supply_that_home_assistant_knows_is_believed(hass: HomeAssistant, panel: Panel) -> None:
    registry = er.async_get(hass)
    supply = registry.async_get_or_create("sensor", "nut", "ups_status", suggested_object_id="ups_status")
    assert (await lines(panel))["ups"]["light"] == "unknown"
    hass.states.async_set(supply.entity_id, "OL")
    assert (await lines(panel))["ups"]["light"] == "green"


async def test_check_names_the_camera_and_its_brand_where_settings_are_wrong(
    hass: HomeAssistant, supervisor: object, archive: FakeArchive, hass_ws_client: WebSocketGenerator
) -> None:
    entry = kindergarten_entry(
        room("Playroom"), camera(PLAYROOM, "By the window", path="/Streaming/Channels/101")
    )
    heavy = VideoInfo(codec="h265", width=1920, height=1080, codecs="hvc1", browser=False)
    advice = (Advice(kind="bitrate", value=2_000_000.0),)
    archive.show(
        camera_status(PLAYROOM, video=heavy, gop_s=12.0, clock_offset_ms=90_000),
        clock=Clock(epoch=1, utc0_us=NOW_US, trust=0, source="none"),
        forecast=Forecast(days=12.0, bytes_per_day=1, enough=False, advice=advice),
    )
    await load(hass, entry)
    found = await lines(Panel(await hass_ws_client(), entry))
    named = [{"name": "By the window", "brand": "hikvision"}]
    assert (found["codec"]["light"], found["codec"]["cameras"]) == ("yellow", named)
    assert (found["keys"]["values"], found["keys"]["cameras"]) == ({"seconds": 12.0}, named)
    assert found["bitrate"]["values"] == {"mbit": 4.0, "most": 2.0}
    assert found["camera_clocks"]["light"] == "red"
    assert found["clock"]["light"] == "red"
    assert found["days"]["light"] == "red"
    assert found["days"]["values"] == {"wanted": 30, "margin": 3, "days": 12.0}


async def test_consents_are_counted(panel: Panel) -> None:
    await panel.ask("people/import/apply", text=LIST)
    found = (await lines(panel))["consents"]
    assert (found["light"], found["values"], found["fix"]) == ("yellow", {"given": 0, "all": 2}, "consents")


async def test_planner_names_a_disk_before_there_is_one(panel: Panel) -> None:
    found = await panel.ask("planner/plan", **PLAN)
    # Eight cameras of 3 Mbit/s for 33 days and a tenth: 9.4 TB, so the next larger disk.
    assert found["bytes_day"] == 259_200_000_000
    assert found["needed_bytes"] == pytest.approx(9.6 * TB, rel=0.03)
    assert (found["sold_bytes"], found["disks"]) == (12 * TB, 1)
    assert (found["holds_days"], found["enough"]) == (None, None)


async def test_planner_says_what_fits_the_disk_at_hand(panel: Panel) -> None:
    found = await panel.ask("planner/plan", **PLAN, disk=4 * TB)
    assert found["enough"] is False
    assert found["holds_days"] == pytest.approx(14.3, abs=0.2)
    assert found["ways"]["bps"] == pytest.approx(1_300_000, rel=0.05)
    assert found["ways"]["hours"] == 10


async def test_planner_reckons_with_measured_cameras_and_the_disk_that_is_here(
    hass: HomeAssistant, panel: Panel, archive: FakeArchive
) -> None:
    begin = await panel.ask("planner")
    assert (begin["cameras"], begin["measured"]) == (2, None)
    rates = {PLAYROOM: 40_000_000_000, BEDROOM: 40_000_000_000}
    archive.show(forecast=Forecast(days=41.5, bytes_per_day=80_000_000_000, per_camera=rates))
    await look(hass)
    begin = await panel.ask("planner")
    assert begin["measured"] == {"cameras": 2, "bytes_day": 80_000_000_000}
    assert (begin["minimum"], begin["margin"], begin["disk_bytes"]) == (30, 3, 4 * TB)
    assert begin["sold"] == list(SOLD)
    found = await panel.ask("planner/plan", **{**PLAN, "measured": True, "more": 0}, disk="here")
    assert (found["bytes_day"], found["enough"]) == (80_000_000_000, True)


@pytest.mark.parametrize(
    "wrong",
    [{"more": -1}, {"hours": 25}, {"days": 0}, {"kind": "best"}, {"disk": 3}, {"bps": 1}, {"disk": "x"}],
)
async def test_planner_takes_no_nonsense(panel: Panel, wrong: dict[str, Any]) -> None:
    assert await panel.refused("planner/plan", **{**PLAN, **wrong}) == "bad_input"
