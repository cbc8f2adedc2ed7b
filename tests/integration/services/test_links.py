"""Actions that answer with links: where they lead, and for whom they open."""

from http import HTTPStatus
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

from custom_components.kindergarten.archive.evidence import (
    Challenge,
    EvidenceFile,
    Export,
    Pack,
)
from custom_components.kindergarten.archive.protocol import ArchivedCamera, LongTask
from custom_components.kindergarten.const import DOMAIN

from ..fake_archive import PLAYROOM, FakeArchive
from ..fake_evidence import done
from .kit import GIVEN, act


async def test_export_waits_and_answers_with_links(
    hass: HomeAssistant, archive: FakeArchive, person: Context, quick: None
) -> None:
    archive.export_states = [
        Export(id="e1", state="running", progress=0.5),
        done(("окно/1.mp4", 70), ("manifest.json", 5)),
    ]
    answer = await act(hass, "export", person)

    (wanted,) = archive.exports
    assert (wanted.purpose, wanted.recipient, wanted.exact) == ("request 7", "police", False)
    assert (answer["export"], answer["bytes"]) == ("e1", 75)
    assert answer["files"][0]["name"] == "окно/1.mp4"
    assert answer["files"][0]["url"].startswith("/api/kindergarten/evidence/exports/e1/")
    assert "authSig=" in answer["files"][1]["url"]


async def test_tasks_are_listed_with_progress_and_links(
    hass: HomeAssistant, archive: FakeArchive, person: Context
) -> None:
    archive.long_tasks = (
        LongTask(id="e1", kind="export", state="done", progress=1.0),
        LongTask(id="p1", kind="pack", state="done", progress=1.0),
        LongTask(id="v1", kind="verify", state="running", progress=0.424),
    )
    archive.export_states = [done(("a/b.mp4", 7))]
    archive.made = (Pack(id="p1", files=(EvidenceFile(name="report-kk.pdf", bytes=9),)),)
    export, pack, verify = (await act(hass, "list_tasks", person))["tasks"]
    assert export["files"][0]["url"].startswith("/api/kindergarten/evidence/exports/e1/a/b.mp4?authSig=")
    assert pack["files"][0]["url"].startswith("/api/kindergarten/evidence/packs/p1/report-kk.pdf?authSig=")
    assert verify == {"task": "v1", "kind": "verify", "state": "running", "progress_percent": 42, "files": []}


async def test_challenge_answers_whether_the_moment_plays(
    hass: HomeAssistant, archive: FakeArchive, person: Context
) -> None:
    answer = await act(hass, "challenge", person)

    assert (answer["played"], answer["ms"], answer["at"]) == (True, 41, "2026-11-01T04:30:00+00:00")
    assert archive.challenged == [(PLAYROOM, 1_793_507_400_000_000)]
    assert answer["url"] is None, "nobody is logged in here"


async def test_challenge_links_to_the_moment_for_whoever_asked_from_their_browser(
    hass: HomeAssistant,
    kindergarten: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
    hass_admin_user: MockUser,
) -> None:
    client = await hass_ws_client(hass)
    call = {"domain": DOMAIN, "service": "challenge", "service_data": GIVEN["challenge"]}
    await client.send_json_auto_id({"type": "call_service", "return_response": True, **call})
    url = (await client.receive_json())["result"]["response"]["url"]

    session = kindergarten.runtime_data.playback.find(url.split("/")[-2])
    assert (session.user_id, session.camera) == (hass_admin_user.id, PLAYROOM)
    assert session.start_us == 1_793_507_400_000_000
    assert session.end_us - session.start_us == 600_000_000
    assert session.grants(hass)


async def test_challenge_links_to_the_moment_for_whoever_asked_over_http(
    hass: HomeAssistant, kindergarten: MockConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    assert await async_setup_component(hass, "api", {})
    client = await hass_client()
    path = f"/api/services/{DOMAIN}/challenge?return_response"
    answer = await (await client.post(path, json=GIVEN["challenge"])).json()
    url = answer["service_response"]["url"]
    assert kindergarten.runtime_data.playback.find(url.split("/")[-2]).grants(hass)


async def test_moment_that_does_not_play_has_no_link(
    hass: HomeAssistant, archive: FakeArchive, hass_ws_client: WebSocketGenerator
) -> None:
    archive.shown = Challenge(played=False, ms=3)
    client = await hass_ws_client(hass)
    call = {"domain": DOMAIN, "service": "challenge", "service_data": GIVEN["challenge"]}
    await client.send_json_auto_id({"type": "call_service", "return_response": True, **call})
    answer = (await client.receive_json())["result"]["response"]
    assert (answer["played"], answer["url"]) == (False, None)


async def test_camera_of_which_only_footage_is_left_is_named_by_its_id(
    hass: HomeAssistant, archive: FakeArchive, person: Context
) -> None:
    old = ArchivedCamera(
        uid="d" * 32, label="Old", added_us=0, removed_us=None, oldest_us=None, newest_us=None
    )
    archive.known = (old,)
    assert (await act(hass, "challenge", person, camera="d" * 32))["played"]
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "challenge", person, camera="e" * 32)
    assert error.value.translation_key == "not_our_camera"


async def test_link_opens_for_whoever_asked_and_nobody_else(
    hass: HomeAssistant,
    archive: FakeArchive,
    hass_ws_client: Any,
    hass_client_no_auth: Any,
    hass_client: Any,
    hass_read_only_access_token: str,
) -> None:
    archive.export_states = [done(("окно/1.mp4", 8))]
    archive.made_files["exports/e1/окно/1.mp4"] = b"12345678"
    client = await hass_ws_client()
    await client.send_json_auto_id(
        {
            "type": "call_service",
            "domain": DOMAIN,
            "service": "export",
            "service_data": GIVEN["export"],
            "return_response": True,
        }
    )
    url = (await client.receive_json())["result"]["response"]["files"][0]["url"]
    browser = await hass_client_no_auth()
    response = await browser.get(url)
    assert (response.status, await response.read()) == (HTTPStatus.OK, b"12345678")
    assert response.headers["Cache-Control"] == "no-store, private"
    assert response.headers["Content-Disposition"].startswith("attachment;")

    plain = url.partition("?")[0]
    assert (await browser.get(plain)).status == HTTPStatus.UNAUTHORIZED
    cook = await hass_client(hass_read_only_access_token)
    assert (await cook.get(plain)).status == HTTPStatus.UNAUTHORIZED
    assert (await browser.get(url.replace("1.mp4", "2.mp4"))).status == HTTPStatus.UNAUTHORIZED


async def test_only_listed_files_of_known_kinds_are_served(
    hass: HomeAssistant, archive: FakeArchive, hass_client: Any
) -> None:
    archive.export_states = [done(("manifest.json", 8))]
    archive.made = (Pack(id="p1", files=(EvidenceFile(name="report-ru.pdf", bytes=8),)),)
    archive.made_files = {
        f"{name}": b"12345678"
        for name in ("exports/e1/manifest.json", "exports/e1/secret", "packs/p1/report-ru.pdf", "jobs/j1/x")
    }
    browser = await hass_client()
    root = "/api/kindergarten/evidence"
    part = await browser.get(f"{root}/packs/p1/report-ru.pdf", headers={"Range": "bytes=0-3"})
    assert (part.status, await part.read()) == (HTTPStatus.PARTIAL_CONTENT, b"1234")
    assert part.headers["Content-Range"] == "bytes 0-3/8"
    assert (await browser.get(f"{root}/exports/e1/manifest.json")).status == HTTPStatus.OK
    for path in ("exports/e1/secret", "jobs/j1/x", "packs/p2/report-ru.pdf"):
        assert (await browser.get(f"{root}/{path}")).status == HTTPStatus.NOT_FOUND, path

    archive.reachable = False
    assert (await browser.get(f"{root}/packs/p1/report-ru.pdf")).status == HTTPStatus.SERVICE_UNAVAILABLE
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    await hass.config_entries.async_unload(entry.entry_id)
    assert (await browser.get(f"{root}/packs/p1/report-ru.pdf")).status == HTTPStatus.NOT_FOUND
