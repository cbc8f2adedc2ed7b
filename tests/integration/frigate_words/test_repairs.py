"""Frigate's repairs with a server that is played: each told by its weight, mended once it is agreed to."""

from http import HTTPStatus
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.kindergarten.archive.protocol import (
    ArchiveRefused,
    ArchiveUnavailable,
    ServerProblem,
    ServerStatus,
)
from custom_components.kindergarten.const import DOMAIN

from ..fake_archive import HOUR_US, NOW_US, FakeSupervisor, load, look, settle
from ..flow_kit import entry_of
from .kit import Served


def shown(archive: Served, state: str = "ok", **about: Any) -> None:
    """Let the recorder tell how the server is."""
    archive.show(servers={"one": ServerStatus(state=state, **about)})


def issues(hass: HomeAssistant) -> dict[str, ir.IssueEntry]:
    """Return our repairs by what they are called."""
    found = ir.async_get(hass).issues.items()
    return {str(issue.translation_key): issue for (domain, _), issue in found if domain == DOMAIN}


async def test_a_server_is_called_silent_after_five_minutes_and_not_before(
    hass: HomeAssistant, entry: MockConfigEntry, archive: Served
) -> None:
    shown(archive, "unreachable", since_us=NOW_US - 60_000_000)
    await look(hass)
    assert "frigate_silent" not in issues(hass)
    shown(archive, "unreachable", since_us=NOW_US - HOUR_US)
    await look(hass)
    assert issues(hass)["frigate_silent"].translation_placeholders == {"server": "Frigate"}


async def test_what_is_wrong_with_a_server_or_its_camera_is_told_by_its_weight(
    hass: HomeAssistant, entry: MockConfigEntry, archive: Served
) -> None:
    problems = (
        ServerProblem(code="version_new"),
        ServerProblem(code="record_off", camera="bears"),
        ServerProblem(code="retention_short", camera="bears", days=7.5),
        ServerProblem(code="disk_short", days=12.0),
        ServerProblem(code="something_of_tomorrow"),
    )
    shown(archive, problems=problems, day_bytes=50_000_000_000)
    await look(hass)
    found = issues(hass)
    assert found["frigate_version_new"].severity is ir.IssueSeverity.WARNING
    assert found["frigate_record_off"].severity is ir.IssueSeverity.ERROR
    assert found["frigate_record_off"].translation_placeholders == {"server": "Frigate", "camera": "Bears"}
    short = found["frigate_camera_retention_short"].translation_placeholders or {}
    assert (short["days"], short["least"]) == ("7.5", "31")
    disk = found["frigate_disk_short"].translation_placeholders or {}
    assert (disk["a_day"], disk["needed"]) == ("50", "1550")
    assert not any("tomorrow" in key for key in found)


async def test_nothing_is_said_of_servers_while_the_recorder_is_not_known(
    hass: HomeAssistant, entry: MockConfigEntry, archive: Served
) -> None:
    shown(archive, "auth")
    await look(hass)
    assert "frigate_login" in issues(hass)
    coordinator = entry.runtime_data.coordinator
    coordinator.async_set_updated_data(type(coordinator.data)(silent=True))
    await settle(hass)
    assert not any(key.startswith("frigate") for key in issues(hass))


class Mending:
    """Whoever mends a repair in the browser."""

    def __init__(self, hass: HomeAssistant, client: Any) -> None:
        """Use a browser."""
        self.hass = hass
        self.client = client
        self.path = ""

    async def open(self, key: str) -> dict[str, Any]:
        """Open a repair."""
        wanted = {"handler": DOMAIN, "issue_id": issues(self.hass)[key].issue_id}
        opened = await (await self.client.post("/api/repairs/issues/fix", json=wanted)).json()
        self.path = f"/api/repairs/issues/fix/{opened.get('flow_id')}"
        return dict(opened)

    async def confirm(self) -> dict[str, Any]:
        """Agree, and wait while it works."""
        response = await self.client.post(self.path, json={})
        assert response.status == HTTPStatus.OK, await response.text()
        told = dict(await response.json())
        if told["type"] == "progress":
            await self.hass.async_block_till_done()
            response = await self.client.post(self.path, json={})
            told = dict(await response.json()) if response.status == HTTPStatus.OK else {}
        return told


@pytest.fixture
async def mending(
    hass: HomeAssistant, entry: MockConfigEntry, hass_client: ClientSessionGenerator
) -> Mending:
    """Return an administrator in front of the list of repairs."""
    assert await async_setup_component(hass, "repairs", {})
    return Mending(hass, await hass_client())


async def short(hass: HomeAssistant, archive: Served) -> None:
    """Let the server keep too little."""
    shown(archive, problems=(ServerProblem(code="retention_short", days=10.0),))
    await look(hass)


async def test_days_that_are_too_few_are_lengthened_once_it_is_agreed_to(
    hass: HomeAssistant, mending: Mending, archive: Served
) -> None:
    await short(hass, archive)
    opened = await mending.open("frigate_retention_short")
    assert (opened["step_id"], opened["description_placeholders"]["least"]) == ("confirm", "31")
    assert archive.lengthened == []
    assert (await mending.confirm()).get("type") in (None, "create_entry")
    assert archive.lengthened == ["one"]


@pytest.mark.parametrize(
    ("no", "reason"),
    [
        (ArchiveRefused("not_kept", ""), "not_kept"),
        (ArchiveRefused("never_heard_of", ""), "failed"),
        (ArchiveUnavailable(), "recorder_silent"),
    ],
)
async def test_days_that_cannot_be_lengthened_stay_a_repair_and_the_reason_is_said(
    hass: HomeAssistant, mending: Mending, archive: Served, no: Exception, reason: str
) -> None:
    archive.no = no
    await short(hass, archive)
    await mending.open("frigate_retention_short")
    told = await mending.confirm()
    assert (told.get("type"), told.get("reason")) == ("abort", reason)
    assert "frigate_retention_short" in issues(hass)


async def test_days_of_a_server_that_is_gone_meanwhile_are_not_lengthened(
    hass: HomeAssistant, mending: Mending, entry: MockConfigEntry, archive: Served
) -> None:
    await short(hass, archive)
    await mending.open("frigate_retention_short")
    hass.config_entries.async_remove_subentry(entry, "frigate")
    assert (await mending.confirm())["reason"] == "server_removed"
    assert archive.lengthened == []


async def test_days_are_not_lengthened_while_the_recorder_is_not_loaded(
    hass: HomeAssistant, mending: Mending, entry: MockConfigEntry, archive: Served
) -> None:
    await short(hass, archive)
    await mending.open("frigate_retention_short")
    await hass.config_entries.async_unload(entry.entry_id)
    assert (await mending.confirm())["reason"] == "recorder_silent"
    assert archive.lengthened == []


async def test_a_login_that_is_refused_leads_to_the_servers_form(
    hass: HomeAssistant, mending: Mending, archive: Served
) -> None:
    shown(archive, "auth")
    await look(hass)
    opened = await mending.open("frigate_login")
    assert opened["description_placeholders"] == {"server": "Frigate"}
    told = await mending.confirm()
    assert told["type"] == "create_entry"
    (flow,) = hass.config_entries.subentries.async_progress()
    assert told["next_flow"] == ["config_subentries_flow", flow["flow_id"]]
    assert flow["context"]["subentry_id"] == "frigate"


async def test_the_form_of_a_server_that_is_gone_meanwhile_is_not_opened(
    hass: HomeAssistant, mending: Mending, entry: MockConfigEntry, archive: Served
) -> None:
    shown(archive, "auth")
    await look(hass)
    await mending.open("frigate_login")
    hass.config_entries.async_remove_subentry(entry, "frigate")
    assert (await mending.confirm())["reason"] == "server_removed"
    assert hass.config_entries.subentries.async_progress() == []


@pytest.fixture
def theirs(hass: HomeAssistant) -> None:
    """Have Home Assistant's own integration for Frigate set up."""
    MockConfigEntry(domain="frigate", data={"url": "http://frigate:5000"}).add_to_hass(hass)


async def test_a_server_that_home_assistant_knows_is_offered_with_its_address(
    hass: HomeAssistant, theirs: None, bare: MockConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    mending = Mending(hass, await hass_client())
    await look(hass)
    await mending.open("frigate_offered")
    assert (await mending.confirm())["type"] == "create_entry"
    (flow,) = hass.config_entries.subentries.async_progress()
    assert flow["step_id"] == "connection"


async def test_an_offer_without_a_room_to_look_at_says_what_is_missing(
    hass: HomeAssistant,
    theirs: None,
    tmp_path: Path,
    supervisor: FakeSupervisor,
    hass_client: ClientSessionGenerator,
) -> None:
    await load(hass, entry_of(tmp_path))
    assert await async_setup_component(hass, "repairs", {})
    mending = Mending(hass, await hass_client())
    await look(hass)
    await mending.open("frigate_offered")
    assert (await mending.confirm())["reason"] == "no_rooms"


async def test_what_another_integration_shows_to_anybody_is_told_until_it_is_off(
    hass: HomeAssistant, theirs: None, entry: MockConfigEntry, archive: Served
) -> None:
    both = {"frigate_notification_proxy", "frigate_media_browser"}
    await look(hass)
    assert both <= issues(hass).keys()
    (other,) = hass.config_entries.async_entries("frigate")
    options = {"notification_proxy_enable": False, "media_browser_enable": False}
    hass.config_entries.async_update_entry(other, options=options)
    shown(archive)  # the list is looked at again with the next news
    await look(hass)
    assert not both & issues(hass).keys()
