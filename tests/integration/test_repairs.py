"""Repairs: what a person can mend, there while it is so, and the way to where it is mended."""

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.kindergarten.archive.protocol import (
    Advice,
    ArchiveState,
    CameraState,
    Clock,
    Forecast,
    HoldsInAll,
    LedgerInfo,
    VolumeInfo,
)
from custom_components.kindergarten.const import DOMAIN
from custom_components.kindergarten.coordinator import PATIENCE_S
from custom_components.kindergarten.snapshot import Damage

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
    settle,
)
from .texts import TEXTS


def raised(hass: HomeAssistant) -> set[str]:
    return {issue_id for domain, issue_id in ir.async_get(hass).issues if domain == DOMAIN}


async def test_nothing_to_mend_while_all_is_well(hass: HomeAssistant, kindergarten: MockConfigEntry) -> None:
    assert raised(hass) == set()


@pytest.mark.parametrize("state", ["missing", "foreign", "read_only", "full", "busy", "error"])
async def test_archive_that_cannot_be_written_is_raised_and_cleared(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive, state: str
) -> None:
    archive.show(volume=replace(archive.now.volume, state=ArchiveState(state)))
    await look(hass)
    assert raised(hass) == {f"archive_{state}"}

    archive.show(volume=replace(archive.now.volume, state=ArchiveState.OK))
    await look(hass)
    assert raised(hass) == set()


async def test_disk_that_will_not_do_is_raised_before_anything_is_deleted(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive
) -> None:
    archive.show(forecast=Forecast(days=21.4, bytes_per_day=1))
    await look(hass)
    assert raised(hass) == {"retention_at_risk"}

    archive.happen("retention_broken", t_us=NOW_US)
    await settle(hass)
    await look(hass)
    assert raised(hass) == {"retention_broken"}

    archive.show(now_us=NOW_US + 25 * HOUR_US, forecast=Forecast(days=40.0, bytes_per_day=1))
    await look(hass)
    assert raised(hass) == set()


async def test_clock_is_given_time_before_it_is_raised(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive
) -> None:
    archive.show(clock=Clock(epoch=1, utc0_us=NOW_US - 60_000_000, trust=0, source="rtc"))
    await look(hass)
    assert raised(hass) == set()

    archive.show(now_us=NOW_US + HOUR_US)
    await look(hass)
    assert raised(hass) == {"clock_untrusted"}


async def test_silent_recorder_is_raised(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, kindergarten: MockConfigEntry, archive: FakeArchive
) -> None:
    archive.hang_up()
    await look(hass)
    freezer.tick(PATIENCE_S + 30)
    async_fire_time_changed(hass)
    await settle(hass)

    assert raised(hass) == {"recorder_silent"}


async def test_removing_the_kindergarten_takes_its_repairs_away(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive
) -> None:
    archive.show(volume=replace(archive.now.volume, state=ArchiveState.MISSING))
    await look(hass)
    await hass.config_entries.async_remove(kindergarten.entry_id)

    assert raised(hass) == set()


@pytest.fixture
async def refused(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive, hass_client: Callable[[], Any]
) -> Any:
    """Return an administrator's browser, in front of a camera that refuses its login."""
    assert await async_setup_component(hass, "repairs", {})
    archive.show(camera_status(PLAYROOM, CameraState.AUTH))
    await look(hass)
    return await hass_client()


def issue_id(kindergarten: MockConfigEntry) -> str:
    subentry = next(sub for sub in kindergarten.subentries.values() if sub.title == "By the window")
    return f"login_refused_{subentry.subentry_id}"


async def test_refused_login_leads_to_the_cameras_form(
    hass: HomeAssistant, kindergarten: MockConfigEntry, refused: Any
) -> None:
    assert raised(hass) == {issue_id(kindergarten)}
    begun = await refused.post(
        "/api/repairs/issues/fix", json={"handler": DOMAIN, "issue_id": issue_id(kindergarten)}
    )
    form = await begun.json()
    assert (begun.status, form["step_id"], form["description_placeholders"]) == (
        HTTPStatus.OK,
        "confirm",
        {"camera": "By the window"},
    )

    done = await (await refused.post(f"/api/repairs/issues/fix/{form['flow_id']}", json={})).json()
    kind, flow_id = done["next_flow"]
    flow = hass.config_entries.subentries.async_get(flow_id)
    assert kind == "config_subentries_flow"
    assert flow["handler"] == (kindergarten.entry_id, "camera")
    assert flow["context"]["source"] == "reconfigure"
    assert f"login_refused_{flow['context']['subentry_id']}" == issue_id(kindergarten)


async def test_camera_that_was_removed_needs_no_login(
    hass: HomeAssistant, kindergarten: MockConfigEntry, refused: Any
) -> None:
    fix = issue_id(kindergarten)
    begun = await refused.post("/api/repairs/issues/fix", json={"handler": DOMAIN, "issue_id": fix})
    form = await begun.json()
    hass.config_entries.async_remove_subentry(kindergarten, fix.removeprefix("login_refused_"))
    await settle(hass)
    done = await (await refused.post(f"/api/repairs/issues/fix/{form['flow_id']}", json={})).json()

    assert (done["type"], done["reason"]) == ("abort", "camera_removed")
    assert fix not in raised(hass)
    assert {each.rpartition("_")[0] for each in raised(hass)} == {"room_without_camera"}


async def test_borrowed_camera_that_is_gone_leads_to_its_form_and_is_forgotten_when_it_is_back(
    hass: HomeAssistant, supervisor: FakeSupervisor, archive: FakeArchive, hass_client: Callable[[], Any]
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    porch = camera(title="Porch", source="entity", entity_id="camera.gone")
    entry = await load(hass, kindergarten_entry(room(), porch))
    assert raised(hass) == set(), "it is recorded all the same"
    archive.show(camera_status(PLAYROOM, CameraState.UNREACHABLE, newest_us=NOW_US - HOUR_US))
    await look(hass)
    (issue,) = raised(hass)
    assert issue.startswith("borrowed_camera_gone_")

    client = await hass_client()
    begun = await client.post("/api/repairs/issues/fix", json={"handler": DOMAIN, "issue_id": issue})
    form = await begun.json()
    assert form["description_placeholders"] == {"camera": "Porch", "entity": "camera.gone"}
    done = await (await client.post(f"/api/repairs/issues/fix/{form['flow_id']}", json={})).json()
    flow = hass.config_entries.subentries.async_get(done["next_flow"][1])
    assert (flow["handler"], flow["step_id"]) == ((entry.entry_id, "camera"), "entity")

    archive.show(camera_status(PLAYROOM, CameraState.RECORDING))
    await look(hass)
    assert issue not in raised(hass)


def placeholders(hass: HomeAssistant, issue_id: str) -> dict[str, str]:
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    return issue.translation_placeholders or {}


async def test_small_disk_is_raised_with_the_ways_out_in_numbers(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive
) -> None:
    advice = (
        Advice(kind="disk", value=6_200_000_000_000),
        Advice(kind="bitrate", value=2_140_000),
        Advice(kind="sub", value=34),
        Advice(kind="schedule", value=11),
        Advice(kind="something_new", value=1),
    )
    archive.show(forecast=Forecast(days=35.0, bytes_per_day=1, enough=False, advice=advice))
    await look(hass)

    assert placeholders(hass, "retention_at_risk")["ways"].splitlines() == [
        "- a disk of 6.2 TB in all",
        "- 2.1 Mbit/s or less for every camera on average",
        "- not recording the second pictures: 34 days would fit",
        "- recording 11 hours a day",
    ]


async def test_margin_of_the_disk_is_the_owners_choice(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive
) -> None:
    archive.show(forecast=Forecast(days=32.0, bytes_per_day=1, enough=True))
    await look(hass)
    assert raised(hass) == {"retention_at_risk"}

    hass.config_entries.async_update_entry(kindergarten, options={"retention_days": 32, "margin_days": 1})
    await settle(hass)
    assert raised(hass) == set()


async def test_room_that_must_have_a_camera_and_has_none_is_raised_by_name(
    hass: HomeAssistant, supervisor: FakeSupervisor, archive: FakeArchive
) -> None:
    rooms = (room(), room("Hall", kind="sports"), room("Kitchen", kind="kitchen"))
    entry = await load(hass, kindergarten_entry(*rooms, camera()))
    archive.show(camera_status(PLAYROOM))
    await look(hass)

    names = {issue: placeholders(hass, issue).get("room") for issue in raised(hass)}
    assert set(names.values()) == {"Playroom", "Hall"}
    hass.config_entries.async_update_entry(entry, data={**entry.data, "profile": "other"})
    await settle(hass)
    await look(hass)
    assert raised(hass) == set()


async def test_name_of_a_room_stays_a_name(
    hass: HomeAssistant, supervisor: FakeSupervisor, archive: FakeArchive
) -> None:
    name = "![x](https://evil.example/x) <b>"
    await load(hass, kindergarten_entry(room(name), room("Hall", kind="sports"), camera()))
    archive.show(camera_status(PLAYROOM))
    await look(hass)

    given = [placeholders(hass, issue) for issue in raised(hass)]
    (about,) = [each for each in given if each.get("room") == name]
    assert about["room_text"] == r"\!\[x\]\(https://evil\.example/x\) \<b\>"
    for language in TEXTS.values():
        assert "{room}" not in language["issues"]["room_without_camera"]["description"]


async def test_profile_that_nobody_looked_at_for_long_is_raised(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive
) -> None:
    archive.show(now_us=NOW_US + 400 * 24 * HOUR_US)
    await look(hass)

    assert raised(hass) == {"profile_outdated"}


async def test_holds_that_take_half_the_disk_are_raised(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive
) -> None:
    archive.show(holds=HoldsInAll(count=3, bytes=1, share=0.49))
    await look(hass)
    assert raised(hass) == set()

    archive.show(holds=HoldsInAll(count=3, bytes=1, share=0.5))
    await look(hass)
    assert placeholders(hass, "holds_fill_disk") == {"count": "3", "share": "50"}


async def test_damage_is_raised_until_the_archive_is_found_whole(
    hass: HomeAssistant, kindergarten: MockConfigEntry
) -> None:
    coordinator = kindergarten.runtime_data.coordinator
    coordinator.async_found(Damage(bad=2, missing=1))
    assert placeholders(hass, "archive_damaged") == {"bad": "2", "missing": "1"}
    await look(hass)
    assert raised(hass) == {"archive_damaged"}

    coordinator.async_found(Damage(bad=0, missing=0))
    assert raised(hass) == set()


async def mend(browser: Any, issue: str) -> Any:
    """Go through a repair's form."""
    begun = await browser.post("/api/repairs/issues/fix", json={"handler": DOMAIN, "issue_id": issue})
    form = await begun.json()
    assert form["step_id"] == "confirm"
    return await (await browser.post(f"/api/repairs/issues/fix/{form['flow_id']}", json={})).json()


async def test_broken_ledger_is_carried_on_only_when_an_administrator_says_so(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive, hass_client: Callable[[], Any]
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    archive.show(ledger=LedgerInfo(state="broken"))
    await look(hass)
    assert raised(hass) == {"ledger_broken"}
    assert archive.confirmed == []

    assert (await mend(await hass_client(), "ledger_broken"))["type"] == "create_entry"
    (by,) = archive.confirmed
    assert len(by) == 32


async def test_deletion_that_the_ledger_stops_is_raised_and_says_that_recording_will_stop(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive
) -> None:
    archive.show(volume=replace(archive.now.volume, deletion="ledger"))
    await look(hass)
    issue = ir.async_get(hass).async_get_issue(DOMAIN, "ledger_broken")
    assert issue is not None
    assert (issue.severity, issue.is_fixable) == (ir.IssueSeverity.ERROR, True)
    said = TEXTS["en"]["issues"]["ledger_broken"]["fix_flow"]["step"]["confirm"]["description"]
    assert "Recording stops when the disk is full" in said

    archive.show(volume=replace(archive.now.volume, deletion=""))
    await look(hass)
    assert raised(hass) == set()


async def test_broken_ledger_waits_for_a_recorder_that_answers(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive, hass_client: Callable[[], Any]
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    archive.show(ledger=LedgerInfo(state="missing"))
    await look(hass)
    archive.refuse = "internal"

    done = await mend(await hass_client(), "ledger_broken")
    assert (done["type"], done["reason"]) == ("abort", "recorder_silent")
    assert raised(hass) == {"ledger_broken"}


async def test_old_disk_that_is_gone_is_raised_by_name_and_can_be_given_up(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive, hass_client: Callable[[], Any]
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    old = {"archive_path": "/mnt/old", "archive_id": "archive-0"}
    hass.config_entries.async_update_entry(kindergarten, data={**kindergarten.data, "old_archives": [old]})
    archive.show(volumes=(VolumeInfo(path="/mnt/old", role="old", state=ArchiveState.MISSING),))
    await look(hass)
    (issue,) = raised(hass)
    assert placeholders(hass, issue) == {"path": "/mnt/old"}

    await mend(await hass_client(), issue)
    assert kindergarten.data["old_archives"] == []


@pytest.mark.parametrize(
    ("issue", "wrong"),
    [
        ("holds_fill_disk", {"holds": HoldsInAll(count=1, bytes=1, share=0.9)}),
        ("profile_outdated", {"now_us": NOW_US + 400 * 24 * HOUR_US}),
        ("retention_at_risk", {"forecast": Forecast(days=21.4, bytes_per_day=1)}),
        ("volume_missing", {"volumes": (VolumeInfo(path="/o", role="old", state=ArchiveState.MISSING),)}),
        ("clock_untrusted", {"clock": Clock(epoch=1, utc0_us=NOW_US - HOUR_US, trust=0, source="unset")}),
        ("ledger_broken", {"ledger": LedgerInfo(state="missing")}),
    ],
)
async def test_repair_is_gone_with_its_cause(
    hass: HomeAssistant,
    kindergarten: MockConfigEntry,
    archive: FakeArchive,
    issue: str,
    wrong: dict[str, Any],
) -> None:
    well = archive.now
    archive.show(**wrong)
    await look(hass)
    assert {each.rpartition("_")[0] if issue == "volume_missing" else each for each in raised(hass)} == {
        issue
    }
    archive.now = well
    await look(hass)
    assert raised(hass) == set()
