"""The actions: what they ask of the archive, what they answer, and who may call them."""

import asyncio
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

from custom_components.kindergarten.archive.evidence import (
    Challenge,
    EvidenceFile,
    Export,
    Pack,
    WantedVerify,
)
from custom_components.kindergarten.archive.protocol import ArchivedCamera, Job, LongTask
from custom_components.kindergarten.const import DOMAIN
from custom_components.kindergarten.services import ACTIONS

from .fake_archive import PLAYROOM, FakeArchive, site_status, state_of
from .fake_evidence import done
from .texts import INTEGRATION, TEXTS

CAMERA = "camera.by_the_window"
RANGE = {"start": "2026-11-18 10:00:00", "end": "2026-11-18 11:00:00"}
GIVEN: dict[str, dict[str, Any]] = {
    "hold": {"cameras": [CAMERA], **RANGE, "reason": "a fall"},
    "list_holds": {},
    "ask_lift": {"hold": "hold0"},
    "cancel_lift": {"hold": "hold0"},
    "export": {"cameras": [CAMERA], **RANGE, "purpose": "request 7", "recipient": "police"},
    "create_inspection_pack": {},
    "verify_archive": {},
    "list_tasks": {},
    "cancel_task": {"task": "ab12"},
    "challenge": {"camera": CAMERA, "at": "2026-11-01 09:30:00"},
    "install_blueprints": {},
}


@pytest.fixture(autouse=True)
async def zone(hass: HomeAssistant, kindergarten: MockConfigEntry) -> None:
    """Live in Kazakhstan, five hours east."""
    await hass.config.async_set_time_zone("Asia/Almaty")


@pytest.fixture
def person(hass_admin_user: MockUser) -> Context:
    """Return an administrator at the keyboard."""
    return Context(user_id=hass_admin_user.id)


async def act(hass: HomeAssistant, name: str, context: Context | None = None, **changes: Any) -> Any:
    return await hass.services.async_call(
        DOMAIN, name, {**GIVEN[name], **changes}, blocking=True, return_response=True, context=context
    )


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at long tasks without waiting."""
    monkeypatch.setattr("custom_components.kindergarten.long_tasks.POLL_S", 0.0)


@pytest.mark.parametrize("name", list(ACTIONS))
async def test_whoever_is_no_administrator_may_nothing(
    hass: HomeAssistant, archive: FakeArchive, hass_read_only_user: MockUser, name: str
) -> None:
    with pytest.raises(Unauthorized):
        await act(hass, name, Context(user_id=hass_read_only_user.id))
    with pytest.raises(Unauthorized):
        await act(hass, name, Context(user_id="nobody-that-we-know"))
    assert (archive.held, archive.lifts, archive.exports, archive.packed) == ([], [], [], [])


@pytest.mark.parametrize("name", [name for name in ACTIONS if name != "hold"])
async def test_automations_may_nothing_but_hold(hass: HomeAssistant, archive: FakeArchive, name: str) -> None:
    with pytest.raises(ServiceValidationError, match="needs_person|person"):
        await act(hass, name)
    assert (archive.lifts, archive.cancelled, archive.exports, archive.packed) == ([], [], [], [])


async def test_automations_may_hold(hass: HomeAssistant, archive: FakeArchive) -> None:
    assert await act(hass, "hold") == {"hold": "hold0"}
    assert (archive.held[0].automation, archive.held[0].by) == (True, "automation")


async def test_times_are_those_of_the_house(
    hass: HomeAssistant, archive: FakeArchive, person: Context
) -> None:
    await act(hass, "hold", person, until="2027-01-01 00:00:00")

    (hold,) = archive.held
    assert hold.cameras == (PLAYROOM,)
    assert (hold.t0_us, hold.t1_us) == (1_794_978_000_000_000, 1_794_981_600_000_000)
    assert hold.until_us == 1_798_743_600_000_000
    assert (hold.automation, hold.incident, hold.reason) == (False, False, "a fall")


@pytest.mark.parametrize("name", ["hold", "export"])
async def test_range_that_ends_before_it_begins_is_refused(
    hass: HomeAssistant, person: Context, name: str
) -> None:
    with pytest.raises(ServiceValidationError):
        await act(hass, name, person, end="2026-11-18 10:00:00")


async def test_only_our_cameras_are_taken(hass: HomeAssistant, archive: FakeArchive, person: Context) -> None:
    for entity_id in ("camera.somebodys", "sensor.by_the_window_state"):
        with pytest.raises(ServiceValidationError):
            await act(hass, "hold", person, cameras=[CAMERA, entity_id])
    assert archive.held == []


async def test_lifting_tells_the_archive_who_could_agree_and_since_when(
    hass: HomeAssistant, archive: FakeArchive, person: Context, hass_admin_user: MockUser
) -> None:
    answer = await act(hass, "ask_lift", person)
    ((uid, by, administrators),) = archive.lifts

    assert answer == {
        "state": "lift_asked",
        "not_before": "2026-11-21T11:06:40+00:00",
        "second_needed": None,
        "approved": None,
    }
    assert (uid, len(by)) == ("hold0", 32)
    assert by in {administrator.id for administrator in administrators}
    assert hass_admin_user.id not in {administrator.id for administrator in administrators}
    before = {administrator.id: administrator.since_us for administrator in administrators}

    second = MockUser(is_owner=True).add_to_hass(hass)
    await act(hass, "ask_lift", Context(user_id=second.id))
    after = {administrator.id: administrator.since_us for administrator in archive.lifts[1][2]}
    assert len(after) == len(before) + 1
    assert before.items() <= after.items()
    assert after[archive.lifts[1][1]] > max(before.values())


async def test_lifting_is_taken_back(hass: HomeAssistant, archive: FakeArchive, person: Context) -> None:
    assert await act(hass, "cancel_lift", person) == {"state": "held"}
    assert archive.cancelled[0][0] == "hold0"


async def test_holds_are_listed_without_names(hass: HomeAssistant, person: Context) -> None:
    await act(hass, "hold", person)
    (hold,) = (await act(hass, "list_holds", person))["holds"]

    assert (hold["hold"], hold["state"], hold["start"]) == ("hold0", "held", "2026-11-18T05:00:00+00:00")
    assert PLAYROOM not in str(hold)


async def test_refusal_is_said_in_words(hass: HomeAssistant, archive: FakeArchive, person: Context) -> None:
    archive.refuse = "quota"
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "hold", person)
    assert error.value.translation_key == "refused_quota"
    archive.refuse = "something_new"
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "hold", person)
    assert error.value.translation_key == "refused"


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


async def test_export_that_nobody_waits_for_is_cancelled(
    hass: HomeAssistant, archive: FakeArchive, person: Context
) -> None:
    archive.export_states = [Export(id="e1", state="running", progress=0.1)]
    waiting = hass.async_create_task(act(hass, "export", person))
    while not archive.exports:
        await asyncio.sleep(0)
    for _ in range(10):
        await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)

    assert archive.removed == [("exports", "e1")]


async def test_export_that_failed_is_an_error(
    hass: HomeAssistant, archive: FakeArchive, person: Context
) -> None:
    archive.export_states = [Export(id="e1", state="failed")]
    with pytest.raises(HomeAssistantError):
        await act(hass, "export", person)


def finished(**result: object) -> Job:
    return Job(id="j1", kind="", state="done", done=1.0, detail="", result=result)


async def test_pack_is_of_the_last_thirty_days_without_names(
    hass: HomeAssistant, archive: FakeArchive, person: Context
) -> None:
    archive.job_states = [finished(id="p1")]
    archive.made = (Pack(id="p1", files=(EvidenceFile(name="report-kk.pdf", bytes=9),)),)
    answer = await act(hass, "create_inspection_pack", person)

    (wanted,) = archive.packed
    assert (wanted.mode, wanted.languages) == ("hand_over", ("kk", "ru", "en"))
    assert wanted.to_us - wanted.from_us == 30 * 86_400 * 1_000_000
    assert (wanted.to_us // 1_000_000 + 5 * 3600) % 86_400 == 0
    assert answer["pack"] == "p1"
    assert answer["files"][0]["name"] == "report-kk.pdf"


async def test_full_pack_is_asked_for_twice(
    hass: HomeAssistant, archive: FakeArchive, person: Context
) -> None:
    with pytest.raises(ServiceValidationError):
        await act(hass, "create_inspection_pack", person, mode="full")
    assert archive.packed == []

    archive.job_states = [finished(id="p1")]
    await act(hass, "create_inspection_pack", person, mode="full", confirm=True)
    assert archive.packed[0].mode == "full"


async def test_verifying_answers_with_what_was_found(
    hass: HomeAssistant, archive: FakeArchive, person: Context
) -> None:
    archive.job_states = [finished(files=9000, bytes=5, bad=0, missing=0)]
    assert await act(hass, "verify_archive", person, depth="full") == {
        "files": 9000,
        "bytes": 5,
        "bad": 0,
        "missing": 0,
        "found": [],
        "open": ["no_head_from_outside", "no_key_from_outside"],
        "key": None,
        "signed_to": 0,
    }
    assert archive.verified == [WantedVerify(depth="full")]

    found = {
        "counts": {"bad": 1, "injected": 2, "missing": 3},
        "files": 9,
        "bytes": 5,
        "bad": [{}],
        "missing": [],
    }
    archive.job_states = [finished(**found)]
    answer = await act(hass, "verify_archive", person)
    assert (answer["bad"], answer["missing"]) == (3, 3)


async def test_verifying_names_camera_and_hour_and_what_stays_open(
    hass: HomeAssistant, archive: FakeArchive, person: Context
) -> None:
    gone = {"what": "file_missing", "camera": PLAYROOM, "hour": 1_795_300_000_000_000, "path": "video/a.mp4"}
    torn = {"what": "ledger_torn", "camera": None, "hour": None, "path": None}
    archive.job_states = [
        finished(counts={"missing": 1}, missing=[gone], open=[torn], key="ab" * 32, signed_to=7)
    ]
    answer = await act(hass, "verify_archive", person, head="12345 67890 12345 67890", key="AB" * 32)
    assert archive.verified == [
        WantedVerify(depth="quick", head="12345678901234567890", fingerprint="ab" * 32)
    ]
    (found,) = answer["found"]
    assert (found["what"], found["path"]) == ("file_missing", "video/a.mp4")
    assert found["hour"].startswith("2026-11-")
    assert answer["open"] == ["ledger_torn"]
    assert answer["signed_to"] == 7

    await act(hass, "verify_archive", person, head=f"17:{'cd' * 32}")
    assert (archive.verified[-1].n, archive.verified[-1].head) == (17, "cd" * 32)
    with pytest.raises(probatio.Invalid):
        await act(hass, "verify_archive", person, head="12345")


@pytest.mark.parametrize("name", ["export", "create_inspection_pack", "verify_archive"])
async def test_whoever_does_not_wait_gets_the_number_of_the_task(
    hass: HomeAssistant, archive: FakeArchive, person: Context, name: str
) -> None:
    archive.job_states = [Job(id="x", kind=name, state="running", done=0.1, detail="")]
    archive.export_states = [Export(id="x", state="running", progress=0.1)]
    answer = await act(hass, name, person, wait=False)
    assert list(answer) == ["task"]
    assert archive.removed == []


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


async def test_task_is_cancelled(
    hass: HomeAssistant, archive: FakeArchive, person: Context, quick: None
) -> None:
    running = Job(id="ab12", kind="export", state="running", done=0.1, detail="")
    archive.job_states = [running, running, replace(running, state="cancelled")]
    assert await act(hass, "cancel_task", person) == {"task": "ab12", "state": "cancelled"}
    assert archive.removed == [("jobs", "ab12")]


async def test_running_task_is_a_state_and_its_progress_an_attribute(
    hass: HomeAssistant, archive: FakeArchive, kindergarten: MockConfigEntry
) -> None:
    (name,) = [each for each in hass.states.async_entity_ids("sensor") if each.endswith("_long_task")]
    assert state_of(hass, name).state == "idle"
    coordinator = kindergarten.runtime_data.coordinator
    for share in (0.2, 0.6):
        task = LongTask(id="e1", kind="export", state="running", progress=share)
        coordinator.async_set_updated_data(
            replace(coordinator.data, status=replace(site_status(), tasks=(task,)))
        )
        state = state_of(hass, name)
        assert (state.state, state.attributes["progress_percent"]) == ("export", round(share * 100))


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


async def test_without_a_kindergarten_actions_say_so(
    hass: HomeAssistant, kindergarten: MockConfigEntry, person: Context
) -> None:
    await hass.config_entries.async_unload(kindergarten.entry_id)
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "list_holds", person)
    assert error.value.translation_key == "not_loaded"


async def test_every_action_and_field_is_described(hass: HomeAssistant) -> None:
    fields = load_yaml_dict(str(INTEGRATION / "services.yaml"))
    assert set(fields) == set(ACTIONS)
    for name, action in ACTIONS.items():
        offered = set((fields[name] or {}).get("fields", {}))
        assert offered == {str(key) for key in action.schema}, name
        for texts in TEXTS.values():
            described = texts["services"][name]
            assert described["description"]
            assert set(described.get("fields", {})) == offered


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
