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
    ArchiveState,
    CameraState,
    Clock,
    Forecast,
)
from custom_components.kindergarten.const import DOMAIN
from custom_components.kindergarten.coordinator import PATIENCE_S

from .fake_archive import HOUR_US, NOW_US, PLAYROOM, FakeArchive, camera_status, look, settle


def raised(hass: HomeAssistant) -> set[str]:
    return {issue_id for domain, issue_id in ir.async_get(hass).issues if domain == DOMAIN}


async def test_nothing_to_mend_while_all_is_well(hass: HomeAssistant, kindergarten: MockConfigEntry) -> None:
    assert raised(hass) == set()


@pytest.mark.parametrize("state", ["missing", "foreign", "read_only", "full", "error"])
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
    await settle(hass)
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
    assert raised(hass) == set()
