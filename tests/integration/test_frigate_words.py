"""Frigate's form and its repairs with a server that is played: each no in its words, and nothing lost by it."""

from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Any, override

from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.kindergarten.archive.protocol import (
    ArchiveRefused,
    ArchiveUnavailable,
    DesiredServer,
    ServerFound,
    ServerProblem,
    ServerStatus,
)
from custom_components.kindergarten.const import DOMAIN
from custom_components.kindergarten.flows.frigate import read_url
from custom_components.kindergarten.flows.names import FieldError

from .camera_flow.kit import offered
from .camera_flow.test_frigate_cameras import SERVER, served
from .fake_archive import HOUR_US, NOW_US, FakeSupervisor, load, look, settle
from .flow_kit import PlayedArchive, answer, camera, choose, entry_of, open_subentry, room, suggested

ADDRESS = {"url": "http://192.168.1.11:5000", "username": "", "password": "", "rtsp_port": 8554}
FOUND = ServerFound(version="0.17.2", admin=True, cameras=(served("sunflowers"), served("yard")))
PRINT = "ab" * 32
BEARS = camera(
    "bears",
    "Bears",
    source="server",
    server="one",
    keeper_camera="bears",
    sub_path="/bears_sub",
    room="sunflowers",
)


class Served(PlayedArchive):
    """A recorder that can be asked for certificates and to lengthen what is kept."""

    def __init__(self) -> None:
        """Begin with a server that shows its certificate."""
        super().__init__()
        self.seen: list[DesiredServer] = []
        self.certified: str | Exception = PRINT
        self.lengthened: list[str] = []
        self.no: Exception | None = None

    @override
    async def probe_server(self, server: DesiredServer) -> ServerFound:
        self.seen.append(server)
        return await super().probe_server(server)

    @override
    async def certificate(self, server: DesiredServer) -> str:
        if isinstance(self.certified, Exception):
            raise self.certified
        return self.certified

    @override
    async def lengthen(self, server: str) -> None:
        if self.no is not None:
            raise self.no
        self.lengthened.append(server)


@pytest.fixture
def archive() -> Served:
    """Return a recorder with a server that answers."""
    archive = Served()
    archive.server = FOUND
    return archive


async def house(hass: HomeAssistant, folder: Path, *more: ConfigSubentryDataWithId) -> MockConfigEntry:
    """Return a kindergarten with a room."""
    return await load(hass, entry_of(folder, room("sunflowers", "Sunflowers", "group"), *more))


@pytest.fixture
async def bare(hass: HomeAssistant, tmp_path: Path, supervisor: FakeSupervisor) -> MockConfigEntry:
    """Return a kindergarten without a server."""
    return await house(hass, tmp_path)


@pytest.fixture
async def entry(hass: HomeAssistant, tmp_path: Path, supervisor: FakeSupervisor) -> MockConfigEntry:
    """Return a kindergarten with a server and a camera of it."""
    return await house(hass, tmp_path, SERVER, BEARS)


def titles(entry: MockConfigEntry, kind: str) -> list[str]:
    """Return what rooms, cameras or servers there are."""
    return sorted(each.title for each in entry.get_subentries_of_type(kind))


@pytest.mark.parametrize(
    "text",
    [
        "http://[::1",
        "http://frigate:99999",
        "ftp://frigate",
        "http://",
        "http://frigate:0",
        "http://fri gate",
        "http://frigate/?a=1",
        "http://me:secret@frigate",
        "http://frigate/path",
    ],
)
def test_an_address_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(FieldError) as raised:
        read_url(text, login=False)
    assert (raised.value.field, raised.value.code) == ("url", "bad_host")


def test_an_address_gets_the_scheme_and_the_port_that_are_usual() -> None:
    assert read_url(" frigate ", login=False) == "http://frigate:5000"
    assert read_url("frigate", login=True) == "https://frigate:8971"
    assert read_url("http://[fe80::1]:81/", login=True) == "http://[fe80::1]:81"


async def test_a_server_without_rooms_to_look_at_is_not_asked_for(
    hass: HomeAssistant, tmp_path: Path, supervisor: FakeSupervisor
) -> None:
    entry = await load(hass, entry_of(tmp_path, room("toilet", "Toilet", "toilet")))
    assert (await open_subentry(hass, entry, "frigate"))["reason"] == "no_rooms"


@pytest.mark.parametrize(
    ("failure", "errors"),
    [
        (ArchiveUnavailable(), {"base": "engine_unavailable"}),
        (ArchiveRefused("busy", ""), {"base": "busy"}),
        (ArchiveRefused("never_heard_of", ""), {"base": "failed"}),
        (replace(FOUND, admin=False), {"username": "not_admin"}),
    ],
)
async def test_a_server_that_does_not_do_is_said_and_what_was_typed_stays_but_for_the_password(
    hass: HomeAssistant,
    bare: MockConfigEntry,
    archive: Served,
    failure: ServerFound | Exception,
    errors: dict[str, str],
) -> None:
    archive.server = failure
    typed = {**ADDRESS, "username": "admin", "password": "s3cret"}
    result = await answer(hass, await open_subentry(hass, bare, "frigate"), **typed)
    assert result["errors"] == errors
    assert suggested(result) == {key: value for key, value in typed.items() if key != "password"}
    assert titles(bare, "frigate") == []
    archive.server = FOUND
    assert (await answer(hass, result, **typed))["step_id"] == "assign"


async def test_the_same_server_cannot_be_added_twice(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    result = await open_subentry(hass, entry, "frigate")
    result = await answer(hass, result, **{**ADDRESS, "url": SERVER["data"]["url"]})
    assert result["errors"] == {"url": "already_added"}


async def test_a_server_is_not_looked_at_while_the_recorder_is_not_loaded(
    hass: HomeAssistant, bare: MockConfigEntry, archive: Served
) -> None:
    result = await open_subentry(hass, bare, "frigate")
    await hass.config_entries.async_unload(bare.entry_id)
    result = await answer(hass, result, **ADDRESS)
    assert (result["errors"], archive.seen) == ({"base": "engine_unavailable"}, [])


async def test_a_certificate_that_cannot_be_shown_is_never_trusted(
    hass: HomeAssistant, bare: MockConfigEntry, archive: Served
) -> None:
    archive.server, archive.certified = ArchiveRefused("tls", ""), ArchiveRefused("unreachable", "")
    result = await answer(hass, await open_subentry(hass, bare, "frigate"), **ADDRESS)
    assert (result["step_id"], result["errors"]) == ("connection", {"base": "tls"})
    assert {each.trust for each in archive.seen} == {"verify"}


async def test_a_certificate_is_taken_down_as_it_was_shown(
    hass: HomeAssistant, bare: MockConfigEntry, archive: Served
) -> None:
    archive.server = ArchiveRefused("fingerprint", "")
    typed = {key: value for key, value in ADDRESS.items() if key != "rtsp_port"}
    result = await answer(hass, await open_subentry(hass, bare, "frigate"), **typed)
    assert result["description_placeholders"]["fingerprint"] == ":".join(["AB"] * 32)
    archive.server = replace(FOUND, rtsp_port=None)
    result = await choose(hass, result, "pin")
    await answer(hass, result, Sunflowers=["yard"])
    (server,) = bare.get_subentries_of_type("frigate")
    assert (server.data["trust"], server.data["fingerprint"]) == ("pin", PRINT)
    assert server.data["rtsp_port"] == 8554  # the usual one, as the server says none


async def test_a_server_that_fails_once_its_certificate_is_accepted_is_said(
    hass: HomeAssistant, bare: MockConfigEntry, archive: Served
) -> None:
    archive.server = ArchiveRefused("tls", "")
    result = await answer(hass, await open_subentry(hass, bare, "frigate"), **ADDRESS)
    archive.server = ArchiveRefused("auth", "")
    result = await choose(hass, result, "any_certificate")
    assert (result["step_id"], result["errors"]) == ("connection", {"base": "auth"})
    assert archive.seen[-1].trust == "any"


async def test_cameras_are_put_into_one_room_each_and_into_one_at_least(
    hass: HomeAssistant, tmp_path: Path, supervisor: FakeSupervisor, archive: Served
) -> None:
    entry = await house(hass, tmp_path, room("bears", "Bears", "group"))
    result = await answer(hass, await open_subentry(hass, entry, "frigate"), **ADDRESS)
    assert suggested(result)["Sunflowers"] == ["sunflowers"]
    result = await answer(hass, result, Sunflowers=[], Bears=[])
    assert result["errors"] == {"base": "no_cameras"}
    result = await answer(hass, result, Sunflowers=["yard"], Bears=["yard"])
    assert result["errors"] == {"base": "camera_twice"}
    assert result["description_placeholders"]["camera"] == "yard"
    assert titles(entry, "camera") == []
    result = await answer(hass, result, Sunflowers=["yard"], Bears=["sunflowers"])
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert titles(entry, "camera") == ["Sunflowers", "Yard"]


async def test_a_camera_whose_names_are_taken_is_numbered(
    hass: HomeAssistant, tmp_path: Path, supervisor: FakeSupervisor, archive: Served
) -> None:
    entry = await house(hass, tmp_path, camera("one", "Yard"))
    result = await answer(hass, await open_subentry(hass, entry, "frigate"), **ADDRESS)
    await answer(hass, result, Sunflowers=["yard"])
    assert titles(entry, "camera") == ["Yard", "yard 2"]


async def test_a_changed_server_keeps_its_id_its_password_and_its_cameras(
    hass: HomeAssistant, tmp_path: Path, supervisor: FakeSupervisor, archive: Served
) -> None:
    kept = {**SERVER["data"], "username": "admin", "password": "s3cret", "trust": "any"}
    entry = await house(hass, tmp_path, {**SERVER, "data": kept}, BEARS)
    result = await choose(hass, await open_subentry(hass, entry, "frigate", "frigate"), "connection")
    assert suggested(result) == {key: kept[key] for key in ("url", "username", "rtsp_port")}
    typed = {"url": kept["url"], "username": "admin", "password": "", "rtsp_port": 9554}
    assert (await answer(hass, result, **typed))["reason"] == "reconfigure_successful"
    assert dict(entry.subentries["frigate"].data) == {**kept, "rtsp_port": 9554}
    assert titles(entry, "camera") == ["Bears"]


async def test_a_password_does_not_go_to_another_address(
    hass: HomeAssistant, tmp_path: Path, supervisor: FakeSupervisor, archive: Served
) -> None:
    kept = {**SERVER["data"], "username": "admin", "password": "s3cret", "trust": "any"}
    entry = await house(hass, tmp_path, {**SERVER, "data": kept})
    result = await choose(hass, await open_subentry(hass, entry, "frigate", "frigate"), "connection")
    await answer(hass, result, url="http://elsewhere:5000", username="admin", password="", rtsp_port=8554)
    assert (archive.seen[-1].secret, archive.seen[-1].trust) == ("", "verify")


async def test_cameras_stay_where_they_are_when_the_server_cannot_be_asked(
    hass: HomeAssistant, entry: MockConfigEntry, archive: Served
) -> None:
    archive.server = ArchiveRefused("timeout", "")
    result = await choose(hass, await open_subentry(hass, entry, "frigate", "frigate"), "assign")
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "timeout")
    assert titles(entry, "camera") == ["Bears"]


async def test_a_camera_that_no_room_was_chosen_for_is_taken_away(
    hass: HomeAssistant, entry: MockConfigEntry, archive: Served
) -> None:
    result = await choose(hass, await open_subentry(hass, entry, "frigate", "frigate"), "assign")
    assert suggested(result)["Sunflowers"] == ["bears", "sunflowers"]
    result = await answer(hass, result, Sunflowers=["yard"])
    assert (result["reason"], titles(entry, "camera")) == ("reconfigure_successful", ["Yard"])


async def test_a_camera_that_the_server_has_no_more_can_be_left_where_it_is(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    result = await choose(hass, await open_subentry(hass, entry, "frigate", "frigate"), "assign")
    offers = offered(result, "Sunflowers")
    assert {"value": "bears", "label": "Bears (not recorded by Frigate)"} in offers
    await answer(hass, result, Sunflowers=["bears", "yard"])
    assert titles(entry, "camera") == ["Bears", "Yard"]


async def test_a_camera_that_another_room_was_chosen_for_moves_and_stays_the_same(
    hass: HomeAssistant, tmp_path: Path, supervisor: FakeSupervisor, archive: Served
) -> None:
    entry = await house(hass, tmp_path, SERVER, BEARS, room("yard", "Yard", "yard"))
    result = await choose(hass, await open_subentry(hass, entry, "frigate", "frigate"), "assign")
    await answer(hass, result, Sunflowers=[], Yard=["bears"])
    assert dict(entry.subentries["bears"].data) == {**BEARS["data"], "room": "yard"}


async def test_a_servers_camera_is_renamed_and_moved_in_a_form_of_its_own(
    hass: HomeAssistant, tmp_path: Path, supervisor: FakeSupervisor
) -> None:
    entry = await house(hass, tmp_path, SERVER, BEARS, camera("door", "Door"), room("yard", "Yard", "yard"))
    result = await open_subentry(hass, entry, "camera", "bears")
    assert (result["step_id"], suggested(result)) == ("server", {"name": "Bears", "room": "sunflowers"})
    result = await answer(hass, result, name="door", room="yard")
    assert result["errors"] == {"name": "name_taken"}
    assert entry.subentries["bears"].title == "Bears"
    result = await answer(hass, result, name="Cubs", room="yard")
    assert result["reason"] == "reconfigure_successful"
    cubs = entry.subentries["bears"]
    assert (cubs.title, dict(cubs.data)) == ("Cubs", {**BEARS["data"], "room": "yard"})


# Repairs


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
