"""Frigate from the owner's side: added by its form, its cameras put into rooms, its days proven, its troubles told."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
import time
from typing import Any
from urllib.parse import urlsplit

import av
from av.container import InputContainer
from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER, SubentryFlowContext
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
import pytest_socket

from custom_components.kindergarten.archive.evidence import WantedExport
from custom_components.kindergarten.archive.protocol import ArchiveRefused, LivePart
from custom_components.kindergarten.const import DOMAIN
from tests.engine.process.rig import until
from tests.frigate_stand_in import PASSWORD, Settings, StandIn

from .fake_archive import kindergarten_entry, room, state_of

WITHIN_S = 60
DAYS = (4, 5)
"""Three times 24 hours touch four days, and five when midnight passes meanwhile."""


@pytest.fixture(scope="module")
def frigate() -> Iterator[StandIn]:
    """Return a server with three cameras and three days of footage."""
    pytest_socket.enable_socket()
    with StandIn(Settings(version="0.17", cameras=("sunflowers", "bears", "office"), days=3)) as server:
        yield server


@pytest.fixture
async def house(hass: HomeAssistant, tmp_path: Path) -> AsyncIterator[MockConfigEntry]:
    """Return a kindergarten with two rooms and a real engine, and no cameras."""
    hass.config.config_dir = str(tmp_path / "config")
    (tmp_path / "config/.storage").mkdir(parents=True)
    (tmp_path / "archive").mkdir()
    entry = kindergarten_entry(room(title="Sunflowers"), room(title="Bears"))
    entry.add_to_hass(hass)
    data = {**entry.data, "archive_path": str(tmp_path / "archive"), "archive_id": None}
    hass.config_entries.async_update_entry(entry, data=data)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await entry.runtime_data.supervisor.ensure()
    yield entry
    if hass.config_entries.async_get_entry(entry.entry_id):
        await hass.config_entries.async_remove(entry.entry_id)


async def begin(hass: HomeAssistant, entry: MockConfigEntry, subentry_id: str | None = None) -> Any:
    context = SubentryFlowContext(source=SOURCE_USER)
    if subentry_id:
        context = SubentryFlowContext(source=SOURCE_RECONFIGURE, subentry_id=subentry_id)
    return await hass.config_entries.subentries.async_init((entry.entry_id, "frigate"), context=context)


async def answer(hass: HomeAssistant, flow: Any, typed: Any) -> Any:
    return await hass.config_entries.subentries.async_configure(flow["flow_id"], typed)


async def add(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: StandIn, rtsp_port: int | None = 8554
) -> Any:
    """Add the server as the owner does, taking its certificate down."""
    flow = await begin(hass, entry)
    typed = {"url": frigate.external_url, "username": "admin", "password": PASSWORD}
    flow = await answer(hass, flow, typed | ({"rtsp_port": rtsp_port} if rtsp_port else {}))
    assert flow["type"] is FlowResultType.MENU
    shown = flow["description_placeholders"]["fingerprint"].replace(":", "").lower()
    assert shown == frigate.fingerprint
    flow = await answer(hass, flow, {"next_step_id": "pin"})
    assert flow["step_id"] == "assign"
    return await answer(hass, flow, {"Sunflowers": ["sunflowers"], "Bears": ["bears"]})


async def seen(hass: HomeAssistant, entry: MockConfigEntry, look: Callable[[], object]) -> None:
    async def refreshed() -> object:
        await entry.runtime_data.coordinator.async_refresh()
        await hass.async_block_till_done()
        return look()

    await until(refreshed, WITHIN_S)


def issues(hass: HomeAssistant) -> set[str]:
    return {
        str(issue.translation_key)
        for (domain, _), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN
    }


async def test_a_frigate_is_added_its_cameras_record_their_days_are_proven_and_they_can_be_moved(
    hass: HomeAssistant, house: MockConfigEntry, frigate: StandIn
) -> None:
    result = await add(hass, house, frigate)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert sorted(each.title for each in house.get_subentries_of_type("camera")) == ["bears", "sunflowers"]
    await seen(
        hass,
        house,
        lambda: hass.states.get("camera.bears") and state_of(hass, "camera.bears").state == "recording",
    )
    camera_id = house.get_subentries_of_type("camera").__iter__().__next__().data["camera_id"]
    archive = house.runtime_data.archive

    async def proven() -> bool:
        proof = await archive.proof(30)
        return all((each.days_proven or 0) >= 2 for each in proof.cameras.values()) and bool(proof.cameras)

    await until(proven, WITHIN_S)
    await house.runtime_data.coordinator.async_look_at_proof()
    await hass.async_block_till_done()
    assert len(await archive.days(camera_id, 0)) in DAYS
    status = house.runtime_data.coordinator.data.status
    (server,) = status.servers.values()
    assert (server.state, server.version, server.problems) == ("ok", "0.17.2", ())
    (subentry,) = house.get_subentries_of_type("frigate")
    flow = await begin(hass, house, subentry.subentry_id)
    flow = await answer(hass, flow, {"next_step_id": "assign"})
    result = await answer(hass, flow, {"Sunflowers": [], "Bears": ["sunflowers"]})
    assert result["reason"] == "reconfigure_successful"
    (camera,) = house.get_subentries_of_type("camera")
    assert camera.title == "sunflowers"
    assert house.subentries[camera.data["room"]].title == "Bears"
    assert PASSWORD not in (Path(hass.config.config_dir) / ".storage/kindergarten/engine.log").read_text()


async def test_what_its_cameras_show_is_looked_at_as_that_of_our_own(
    hass: HomeAssistant, house: MockConfigEntry, frigate: StandIn
) -> None:
    hass.config_entries.async_update_entry(house, options={**house.options, "look_s": 1})
    await add(hass, house, frigate)

    def looked() -> bool:
        cameras = house.runtime_data.coordinator.data.status.cameras.values()
        pictures = [each.picture for each in cameras]
        return len(pictures) == 2 and all(each and each.looked_us for each in pictures)

    await seen(hass, house, looked)
    assert state_of(hass, "binary_sensor.bears_picture").state == "off"


async def test_footage_of_the_server_plays_is_challenged_and_is_handed_out(
    hass: HomeAssistant,
    house: MockConfigEntry,
    frigate: StandIn,
    hass_client_no_auth: ClientSessionGenerator,
    hass_admin_user: MockUser,
) -> None:
    await add(hass, house, frigate)
    await seen(hass, house, lambda: len(house.runtime_data.coordinator.data.status.cameras) == 2)
    uid = next(iter(house.runtime_data.coordinator.data.status.cameras))
    start_us = time.time_ns() // 1000 - 3_600_000_000
    login = await hass.auth.async_create_refresh_token(hass_admin_user, "https://test")
    session = house.runtime_data.playback.open(
        user_id=hass_admin_user.id, refresh_token_id=login.id, camera=uid, stream="main", start_us=start_us,
        end_us=start_us + 60_000_000,
    )  # fmt: skip
    client = await hass_client_no_auth()
    playlist = await client.get(session.path)
    assert playlist.status == 200
    lines = (await playlist.text()).splitlines()
    init = next(line.split('"')[1] for line in lines if "MAP" in line)
    segment = next(line for line in lines if line.startswith("vod/seg"))
    folder = session.path.rpartition("/")[0]
    film = b"".join([await (await client.get(f"{folder}/{name}")).read() for name in (init, segment)])
    opened = av.open(BytesIO(film))
    assert isinstance(opened, InputContainer)
    assert list(opened.decode(video=0))
    opened.close()
    for name in ("vod/index.m3u8", "vod/../../api/config", "vod/seg-99999-v1.m4s"):
        assert (await client.get(f"{folder}/{name}")).status == 404
    archive = house.runtime_data.archive
    assert (await archive.challenge(uid, start_us, "somebody")).played
    assert not (await archive.challenge(uid, start_us - 20 * 86_400_000_000, "somebody")).played
    assert (await archive.still(uid)).startswith(b"\xff\xd8")
    wanted = WantedExport(
        cameras=(uid,), t0_us=start_us, t1_us=start_us + 60_000_000, purpose="x", recipient="y", by="somebody",
        exact=False,
    )  # fmt: skip
    with pytest.raises(ArchiveRefused) as raised:
        await archive.start_export(replace(wanted, exact=True))
    assert raised.value.code == "kept_elsewhere"
    export = await archive.start_export(wanted)

    async def ended() -> bool:
        state: str = (await archive.export(export)).state
        return state != "running"

    await until(ended, WITHIN_S)
    done = await archive.export(export)
    assert done.state == "done", done
    names = {each.name.rpartition("-")[2] for each in done.files}
    assert {"elsewhere.mp4", "manifest.json", "manifest.sig", "verify.py"} <= names


async def test_a_wrong_login_and_an_address_without_frigate_are_told_in_words(
    hass: HomeAssistant, house: MockConfigEntry, frigate: StandIn
) -> None:
    flow = await begin(hass, house)
    typed = {"url": "http://127.0.0.1:9", "username": "", "password": "", "rtsp_port": 8554}
    flow = await answer(hass, flow, typed)
    assert flow["errors"] == {"base": "unreachable"}
    flow = await answer(hass, flow, {**typed, "url": "rtsp://frigate"})
    assert flow["errors"] == {"url": "bad_host"}
    typed = {**typed, "url": frigate.external_url, "username": "admin", "password": "wrong"}
    flow = await answer(hass, flow, typed)
    flow = await answer(hass, flow, {"next_step_id": "any_certificate"})
    assert flow["errors"] == {"base": "auth"}


async def test_a_password_that_was_changed_is_mended_through_a_repair(
    hass: HomeAssistant, house: MockConfigEntry, frigate: StandIn
) -> None:
    await add(hass, house, frigate)
    await seen(hass, house, lambda: house.runtime_data.coordinator.data.status.servers)
    (server,) = house.get_subentries_of_type("frigate")
    hass.config_entries.async_update_subentry(house, server, data={**server.data, "password": "old"})
    await seen(hass, house, lambda: "frigate_login" in issues(hass))
    flow = await begin(hass, house, server.subentry_id)
    flow = await answer(hass, flow, {"next_step_id": "connection"})
    typed = {"url": frigate.external_url, "username": "admin", "password": PASSWORD, "rtsp_port": 8554}
    result = await answer(hass, flow, typed)
    assert result["reason"] == "reconfigure_successful"
    await seen(hass, house, lambda: "frigate_login" not in issues(hass))


async def test_home_assistants_own_frigate_is_offered_and_its_address_filled_in(
    hass: HomeAssistant, house: MockConfigEntry
) -> None:
    MockConfigEntry(domain="frigate", data={"url": "http://frigate:5000"}).add_to_hass(hass)
    await seen(hass, house, lambda: "frigate_offered" in issues(hass))
    flow = await begin(hass, house)
    shown = {str(key): key.description for key in flow["data_schema"].schema}
    assert shown["url"]["suggested_value"] == "http://frigate:5000"


async def test_parents_see_its_cameras_through_one_relayed_stream(
    hass: HomeAssistant, house: MockConfigEntry
) -> None:
    with StandIn(Settings(version="0.17", cameras=("sunflowers", "bears"), days=1, rtsp=True)) as server:
        await add(hass, house, server, rtsp_port=urlsplit(server.rtsp_url).port)
        await seen(hass, house, lambda: len(house.runtime_data.coordinator.data.status.cameras) == 2)
        uid = next(iter(house.runtime_data.coordinator.data.status.cameras))
        assert server.control.restream_sessions("sunflowers_sub") == 0

        async def watch() -> int:
            pictures = 0
            async for message in house.runtime_data.archive.parts(uid):
                pictures += isinstance(message, LivePart)
                if pictures >= 3:
                    return server.control.restream_sessions("sunflowers_sub")
            return 0

        async with asyncio.timeout(WITHIN_S):
            assert list(await asyncio.gather(watch(), watch(), watch())) == [1, 1, 1]
        assert list(Path(house.data["archive_path"]).rglob("*.mp4")) == []


async def test_days_that_are_too_few_are_mended_by_a_repair_that_the_owner_confirms(
    hass: HomeAssistant, house: MockConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    with StandIn(Settings(version="0.17", cameras=("sunflowers", "bears"), days=1, keep_days=10)) as server:
        server.control.advance(3600)  # so that its time since the start tells of the restart
        server.control.restart_takes(gap_s=1, away_s=0.5)
        await add(hass, house, server)
        await seen(hass, house, lambda: "frigate_retention_short" in issues(hass))
        (issue_id,) = [
            issue_id
            for (_, issue_id), issue in ir.async_get(hass).issues.items()
            if issue.translation_key == "frigate_retention_short"
        ]
        client = await hass_client()
        opened = await client.post("/api/repairs/issues/fix", json={"handler": DOMAIN, "issue_id": issue_id})
        flow = await opened.json()
        assert flow["step_id"] == "confirm"
        assert flow["description_placeholders"]["least"] == "31"
        path = f"/api/repairs/issues/fix/{flow['flow_id']}"
        assert (await (await client.post(path, json={})).json())["type"] == "progress"

        async def mended() -> bool:
            await hass.async_block_till_done()
            answer = await client.get(path)
            return answer.status == 404 or bool((await answer.json())["type"] != "progress")

        await until(mended, WITHIN_S)
        assert server.control.deletion_days("sunflowers") == 31
        await seen(hass, house, lambda: "frigate_retention_short" not in issues(hass))


async def test_a_server_that_is_taken_away_leaves_its_history_and_no_states(
    hass: HomeAssistant, house: MockConfigEntry, frigate: StandIn
) -> None:
    await add(hass, house, frigate)
    await seen(
        hass,
        house,
        lambda: hass.states.get("camera.bears") and state_of(hass, "camera.bears").state == "recording",
    )
    camera_id = next(
        each.data["camera_id"] for each in house.get_subentries_of_type("camera") if each.title == "bears"
    )
    archive = house.runtime_data.archive
    now_us = time.time_ns() // 1000

    async def known() -> bool:
        return len(await archive.days(camera_id, 0)) in DAYS

    await until(known, WITHIN_S)
    (server,) = house.get_subentries_of_type("frigate")
    hass.config_entries.async_remove_subentry(house, server.subentry_id)
    await hass.async_block_till_done()
    data = house.runtime_data
    await seen(hass, house, lambda: not data.coordinator.data.status.servers)
    await seen(hass, house, lambda: camera_id not in data.coordinator.data.status.cameras)
    assert hass.states.get("camera.bears") is None
    assert list(house.get_subentries_of_type("camera")) == []
    assert len(await archive.days(camera_id, 0)) in DAYS
    footage = await archive.timeline(camera_id, now_us - 86_400_000_000, now_us)
    assert sum(each.end_us - each.start_us for each in footage.recordings) > 80_000_000_000
    assert camera_id in {each.uid for each in await archive.cameras()}
    assert data.coordinator.last_update_success
    assert await add(hass, house, frigate)


async def test_what_homeassistants_own_integration_shows_to_anybody_is_told_until_it_is_off(
    hass: HomeAssistant, house: MockConfigEntry, frigate: StandIn
) -> None:
    theirs = MockConfigEntry(domain="frigate", title="Frigate", data={"url": "http://frigate:5000"})
    theirs.add_to_hass(hass)
    await add(hass, house, frigate)
    both = {"frigate_notification_proxy", "frigate_media_browser"}
    await seen(hass, house, lambda: both <= issues(hass))
    options = {"notification_proxy_enable": False, "media_browser_enable": False}
    hass.config_entries.async_update_entry(theirs, options=options)
    await seen(hass, house, lambda: not both & issues(hass))


async def test_the_port_of_live_pictures_is_the_one_that_the_server_says_and_a_small_disk_is_told(
    hass: HomeAssistant, house: MockConfigEntry
) -> None:
    with StandIn(Settings(version="0.18", cameras=("sunflowers", "bears"), days=1, rtsp=True)) as server:
        server.control.set_disk(100)
        await add(hass, house, server, rtsp_port=None)
        (subentry,) = house.get_subentries_of_type("frigate")
        assert subentry.data["rtsp_port"] == urlsplit(server.rtsp_url).port
        await seen(hass, house, lambda: "frigate_disk_short" in issues(hass))
