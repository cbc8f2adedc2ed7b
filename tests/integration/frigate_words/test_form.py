"""Frigate's form with a server that is played: each no in its words, and nothing lost by it."""

from dataclasses import replace
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.kindergarten.archive.protocol import (
    ArchiveRefused,
    ArchiveUnavailable,
    ServerFound,
)
from custom_components.kindergarten.flows.frigate import read_url
from custom_components.kindergarten.flows.names import FieldError

from ..camera_flow.kit import offered
from ..camera_flow.test_frigate_cameras import SERVER
from ..fake_archive import FakeSupervisor, load
from ..flow_kit import answer, camera, choose, entry_of, open_subentry, room, suggested
from .kit import ADDRESS, BEARS, FOUND, PRINT, Served, house, titles


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
