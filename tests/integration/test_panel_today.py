"""The page of today: one verdict that is measured, what is wrong once and worst first, what is not known said so."""

from dataclasses import replace
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.kindergarten.archive.evidence import CameraProof
from custom_components.kindergarten.archive.protocol import (
    ArchivedCamera,
    ArchiveState,
    CameraState,
    Clock,
    Forecast,
    LedgerInfo,
    VideoInfo,
)
from custom_components.kindergarten.engine.legal import profile
from custom_components.kindergarten.engine.legal.requirements import Facts, judge
from custom_components.kindergarten.standing import ALARMED, REPAIRS, RULES

from .fake_archive import BEDROOM, HOUR_US, NOW_US, PLAYROOM, FakeArchive, camera_status, look, settle
from .panel_kit import Panel
from .texts import TEXTS

DAY_US = 24 * HOUR_US


@pytest.fixture
async def panel(kindergarten: MockConfigEntry, hass_ws_client: WebSocketGenerator) -> Panel:
    """Return the panel of an administrator."""
    return Panel(await hass_ws_client(), kindergarten)


async def prove(
    hass: HomeAssistant, archive: FakeArchive, days: int = 31, since_days: int = 60, **site: Any
) -> None:
    """Let the files of both cameras prove so many days, and everything else be well."""
    archive.known = tuple(
        ArchivedCamera(
            uid=uid,
            label=uid[:4],
            added_us=NOW_US - since_days * DAY_US,
            removed_us=None,
            oldest_us=NOW_US - days * DAY_US,
            newest_us=NOW_US,
        )
        for uid in (PLAYROOM, BEDROOM)
    )
    archive.prove(NOW_US, **{uid: CameraProof(days_proven=days) for uid in (PLAYROOM, BEDROOM)})
    well = {"forecast": Forecast(days=40.0, bytes_per_day=1, enough=True), "ledger": LedgerInfo(state="good")}
    archive.show(**{**well, **site})
    (entry,) = hass.config_entries.async_entries("kindergarten")
    await entry.runtime_data.coordinator.async_look_at_proof()
    await look(hass)


async def test_everything_required_is_recorded_is_said_with_its_measurement_and_rule(
    hass: HomeAssistant, panel: Panel, archive: FakeArchive
) -> None:
    await prove(hass, archive)
    told = await panel.ask("today")
    assert told["wrong"] == []
    assert told["unknown"] == []
    verdict = told["verdict"]
    assert (verdict["state"], verdict["days"], verdict["wanted"]) == ("good", 31, 30)
    assert verdict["checked_us"] == NOW_US
    assert (verdict["recording"], verdict["cameras"]) == (2, 2)
    assert verdict["rule"]["text"]["en"].startswith("Order 117")
    assert verdict["rule"]["text"]["ru"] != verdict["rule"]["text"]["en"]
    assert verdict["rule"]["confirmed"] is False


async def test_four_days_of_thirty_are_neither_good_nor_bad_yet(
    hass: HomeAssistant, panel: Panel, archive: FakeArchive
) -> None:
    await prove(hass, archive, days=4, since_days=5)
    told = await panel.ask("today")
    assert (told["verdict"]["state"], told["verdict"]["days"]) == ("young", 4)
    assert told["unknown"] == ["retention_minimum"]


async def test_what_nobody_has_measured_is_unknown_and_never_good(panel: Panel) -> None:
    told = await panel.ask("today")
    assert told["verdict"]["state"] == "unknown"
    assert (told["verdict"]["days"], told["verdict"]["checked_us"]) == (None, None)
    assert {"retention_minimum", "ledger"} <= set(told["unknown"])


async def test_a_camera_that_refuses_the_login_is_told_once_with_the_alarms_time(
    hass: HomeAssistant, panel: Panel, archive: FakeArchive
) -> None:
    await prove(hass, archive)
    since_us = NOW_US - 3 * HOUR_US
    archive.show(camera_status(PLAYROOM, CameraState.AUTH, since_us=since_us, newest_us=since_us))
    await look(hass)
    await settle(hass)
    told = await panel.ask("today")
    assert told["verdict"]["state"] == "bad"
    (wrong,) = told["wrong"]
    assert (wrong["kind"], wrong["key"], wrong["cameras"]) == ("repair", "login_refused", ["By the window"])
    assert (wrong["since_us"], wrong["effect"], wrong["cure"]) == (since_us, "camera_lost", "repairs")


async def test_a_camera_that_sees_nothing_or_is_away_has_a_row_of_its_own_worst_first(
    hass: HomeAssistant, panel: Panel, archive: FakeArchive
) -> None:
    await prove(hass, archive)
    since_us = NOW_US - 2 * HOUR_US
    small = VideoInfo(codec="h264", width=640, height=360, codecs="avc1.640028", browser=True)
    archive.show(
        camera_status(PLAYROOM, video=small),
        camera_status(BEDROOM, CameraState.UNREACHABLE, since_us=since_us, newest_us=since_us),
    )
    await look(hass)
    await settle(hass)
    wrong = (await panel.ask("today"))["wrong"]
    assert [(each["kind"], each["key"]) for each in wrong] == [
        ("alarm", "recording"),
        ("rule", "picture_size"),
    ]
    assert (wrong[0]["cause"], wrong[0]["since_us"]) == ("unreachable", since_us)
    assert wrong[1]["values"] == {"value": "640x360", "wanted": "1920x1080"}
    assert wrong[1]["cameras"] == ["By the window"]


async def test_a_missing_disk_is_one_trouble_and_not_one_for_each_camera(
    hass: HomeAssistant, panel: Panel, archive: FakeArchive
) -> None:
    await prove(hass, archive)
    since_us = NOW_US - HOUR_US
    archive.show(
        camera_status(PLAYROOM, CameraState.DISK, newest_us=since_us),
        camera_status(BEDROOM, CameraState.DISK, newest_us=since_us),
        volume=replace(archive.now.volume, state=ArchiveState.MISSING),
    )
    await look(hass)
    await settle(hass)
    told = await panel.ask("today")
    assert told["verdict"]["state"] == "bad"
    assert [each["key"] for each in told["wrong"]] == ["archive_missing"]
    assert told["wrong"][0]["effect"] == "nothing_recorded"


async def test_a_disk_that_will_be_too_small_spoils_no_verdict_but_is_told(
    hass: HomeAssistant, panel: Panel, archive: FakeArchive
) -> None:
    await prove(hass, archive, forecast=Forecast(days=31.0, bytes_per_day=1, enough=True))
    told = await panel.ask("today")
    assert [(each["key"], each["cure"], each["bad"]) for each in told["wrong"]] == [
        ("retention_at_risk", "planner", False)
    ]
    assert told["verdict"]["state"] == "good"


async def test_a_recorder_that_does_not_answer_leaves_nothing_known(
    hass: HomeAssistant, panel: Panel, archive: FakeArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.kindergarten.coordinator.PATIENCE_S", 0.0)
    archive.reachable = False
    await look(hass)
    await look(hass)
    told = await panel.ask("today")
    assert (told["silent"], told["now_us"]) == (True, None)
    assert told["verdict"]["state"] == "bad"
    assert (told["verdict"]["recording"], told["verdict"]["days"]) == (None, None)
    # It may well go on recording: nobody knows.
    assert [(each["key"], each["effect"]) for each in told["wrong"]] == [("recorder_silent", "maybe_nothing")]


async def test_clock_that_is_only_likely_right_is_an_open_question(
    hass: HomeAssistant, panel: Panel, archive: FakeArchive
) -> None:
    await prove(hass, archive, clock=Clock(epoch=1, utc0_us=NOW_US - HOUR_US, trust=1, source="rtc"))
    told = await panel.ask("today")
    assert told["verdict"]["state"] == "unknown"
    assert told["unknown"] == ["clock"]


async def test_what_is_held_is_told_with_its_cameras(
    hass: HomeAssistant, panel: Panel, archive: FakeArchive
) -> None:
    await prove(hass, archive)
    await hass.services.async_call("button", "press", {"entity_id": _incident(hass)}, blocking=True)
    await panel.entry.runtime_data.coordinator.async_look_at_proof()
    told = await panel.ask("today")
    (hold,) = told["holds"]
    assert (hold["cameras"], hold["until_us"], hold["state"]) == (["By the window"], None, "held")
    assert told["requests"] == []


def _incident(hass: HomeAssistant) -> str:
    return next(each for each in hass.states.async_entity_ids("button") if "playroom" in each)


def test_every_repair_alarm_and_requirement_has_its_place_in_the_order() -> None:
    assert TEXTS["en"]["issues"].keys() <= REPAIRS.keys()
    law = profile("kz_2026")
    nothing = Facts(today=law.date, now_us=NOW_US, rooms=(), cameras=())
    assert RULES.keys() == {each.id for each in judge(law, nothing)}
    assert ALARMED.keys() == TEXTS["en"]["selector"]["alarm_about"]["options"].keys()


async def test_a_repair_that_was_ignored_is_wrong_all_the_same(
    hass: HomeAssistant, panel: Panel, archive: FakeArchive
) -> None:
    await prove(hass, archive, forecast=Forecast(days=31.0, bytes_per_day=1, enough=True))
    ir.async_ignore_issue(hass, "kindergarten", "retention_at_risk", True)
    assert [each["key"] for each in (await panel.ask("today"))["wrong"]] == ["retention_at_risk"]
