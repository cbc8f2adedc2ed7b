"""The whole way in one house: a simulated camera, the real engine, Home Assistant's doors."""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC
from http import HTTPStatus
import json
import os
from pathlib import Path
import re
import signal
from typing import Any
from urllib.parse import urljoin

import aiohttp
from homeassistant.components.camera import async_get_image, async_get_stream_source, async_request_stream
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
import pytest_socket

from custom_components.kindergarten.archive.protocol import CameraStatus, as_utc
from custom_components.kindergarten.const import DOMAIN
from custom_components.kindergarten.grace import CONF_GRACE_RECORDING
from tests.cameras import TEST_SUB, Fleet, SimulatedCamera
from tests.engine.process.rig import until, wait_for_end

from .fake_archive import BEDROOM, PLAYROOM, camera, kindergarten_entry, move_in, room, settle, state_of
from .on_disk import contents


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    """Return two cameras that want a login."""
    pytest_socket.enable_socket()
    login = {"user": "login-canary", "password": "password-canary", "auth": "digest"}
    with Fleet([SimulatedCamera(name=name, main=TEST_SUB, **login) for name in ("one", "two")]) as fleet:  # type: ignore[arg-type]
        yield fleet


def simulated(fleet: Fleet, name: str, camera_id: str, title: str) -> Any:
    return camera(camera_id, title, host="127.0.0.1", port=fleet[name].port, path="/main", sub_path=None)


async def begin(hass: HomeAssistant, fleet: Fleet, folder: Path) -> MockConfigEntry:
    """Return a kindergarten with two real cameras, recording into a folder, where it may have done so before."""
    hass.config.config_dir = str(folder / "config")
    (folder / "config/.storage").mkdir(parents=True, exist_ok=True)
    (folder / "archive").mkdir(exist_ok=True)
    entry = kindergarten_entry(
        room(),
        simulated(fleet, "one", PLAYROOM, "By the window"),
        simulated(fleet, "two", BEDROOM, "At the door"),
    )
    entry.add_to_hass(hass)
    marker = folder / "archive/kindergarten-archive.json"
    known = json.loads(marker.read_text(encoding="utf-8"))["archive_id"] if marker.exists() else None
    data = {**entry.data, "archive_path": str(folder / "archive"), "archive_id": known}
    hass.config_entries.async_update_entry(entry, data=data)
    move_in(hass, entry)
    assert await async_setup_component(hass, "media_source", {})
    assert await hass.config_entries.async_setup(entry.entry_id)
    return entry


@pytest.fixture
async def house(hass: HomeAssistant, fleet: Fleet, tmp_path: Path) -> AsyncIterator[MockConfigEntry]:
    """Return a kindergarten with two real cameras that is this test's own."""
    entry = await begin(hass, fleet, tmp_path)
    yield entry
    if hass.config_entries.async_get_entry(entry.entry_id):
        await hass.config_entries.async_remove(entry.entry_id)


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return where an engine goes on recording from test to test, as it does without Home Assistant."""
    folder = tmp_path_factory.mktemp("lasting")
    yield folder
    pid = int((folder / "config/.storage/kindergarten/lock").read_bytes())
    os.kill(pid, signal.SIGTERM)
    assert wait_for_end(pid)


@pytest.fixture
async def shared(hass: HomeAssistant, fleet: Fleet, lasting: Path) -> AsyncIterator[MockConfigEntry]:
    """Return the kindergarten of an engine that others have used, and will: nobody changes its cameras."""
    entry = await begin(hass, fleet, lasting)
    yield entry
    await hass.config_entries.async_unload(entry.entry_id)


def status(entry: MockConfigEntry, camera_id: str = PLAYROOM) -> CameraStatus | None:
    found: CameraStatus | None = entry.runtime_data.coordinator.data.camera(camera_id)
    return found


async def recorded(hass: HomeAssistant, entry: MockConfigEntry, seconds: int = 3) -> None:
    """Wait until both cameras have some seconds in the archive."""

    async def look() -> bool:
        await entry.runtime_data.coordinator.async_refresh()
        await hass.async_block_till_done()
        cameras = [status(entry, camera_id) for camera_id in (PLAYROOM, BEDROOM)]
        return all(
            found
            and found.oldest_us
            and found.newest_us
            and found.newest_us - found.oldest_us > seconds * 1_000_000
            for found in cameras
        )

    await until(look, 60)


async def test_camera_is_recorded_shown_and_played_back(
    hass: HomeAssistant,
    shared: MockConfigEntry,
    hass_ws_client: Callable[[], Any],
    hass_client_no_auth: Callable[[], Any],
) -> None:
    await recorded(hass, shared)
    assert state_of(hass, "camera.by_the_window").state == "recording"
    assert state_of(hass, "binary_sensor.by_the_window_recording").state == "off"
    assert state_of(hass, "binary_sensor.little_sun_archive").state == "off"
    assert shared.data["archive_id"]

    assert (await async_get_image(hass, "camera.by_the_window")).content.startswith(b"\xff\xd8")
    source = await async_get_stream_source(hass, "camera.by_the_window")
    assert source is not None
    async with aiohttp.ClientSession() as session, session.get(source) as live:
        assert (await live.content.readexactly(188))[0] == 0x47

    found = status(shared)
    assert found is not None
    assert found.newest_us is not None
    now = as_utc(found.newest_us).astimezone(UTC)
    hour = now.replace(minute=0, second=0, microsecond=0)
    identifier = f"{PLAYROOM}/{dt_util.as_local(now).date().isoformat()}"
    client = await hass_ws_client()
    await client.send_json_auto_id(
        {"type": "media_source/browse_media", "media_content_id": f"media-source://kindergarten/{identifier}"}
    )
    children = (await client.receive_json())["result"]["children"]
    await client.send_json_auto_id(
        {
            "type": "media_source/resolve_media",
            "media_content_id": f"media-source://kindergarten/{identifier}/{int(hour.timestamp())}",
        }
    )
    url = (await client.receive_json())["result"]["url"]
    assert children[-1]["can_play"]

    browser = await hass_client_no_auth()
    answer = await browser.get(url)
    playlist = await answer.text()
    assert answer.status == HTTPStatus.OK
    (init,) = re.findall(r'URI="([^"]+)"', playlist)
    segments = re.findall(r"^media/.+$", playlist, re.MULTILINE)
    assert segments
    assert (await (await browser.get(urljoin(url, init))).read())[4:8] == b"ftyp"
    for segment in segments:
        body = await (await browser.get(urljoin(url, segment))).read()
        assert body[4:8] in (b"moof", b"styp", b"sidx")


# Home Assistant's stream leaves its idle timer behind when it is stopped.
@pytest.mark.parametrize("expected_lingering_timers", [True])
async def test_live_picture_plays_through_home_assistants_own_hls(
    hass: HomeAssistant, shared: MockConfigEntry, hass_client_no_auth: Callable[[], Any]
) -> None:
    await recorded(hass, shared)
    quick = {"ll_hls": True, "segment_duration": 2, "part_duration": 0.2}
    assert await async_setup_component(hass, "stream", {"stream": quick})
    url = await async_request_stream(hass, "camera.by_the_window", "hls")
    browser = await hass_client_no_auth()
    master = await (await browser.get(url)).text()
    (media_url,) = re.findall(r"^playlist.+$", master, re.MULTILINE)

    async def segment() -> str | None:
        playlist = await (await browser.get(urljoin(url, media_url))).text()
        found = re.search(r"^\./segment/.+m4s$", playlist, re.MULTILINE)
        return found[0] if found else None

    first = await until(segment, 60)
    assert (await browser.get(urljoin(url, first))).status == HTTPStatus.OK
    assert re.search(r'CODECS="avc1\.[^"]+"', master)


async def test_reload_and_a_changed_neighbour_interrupt_nobody(
    hass: HomeAssistant, house: MockConfigEntry, fleet: Fleet
) -> None:
    await recorded(hass, house, 1)
    pid = house.runtime_data.supervisor.hello.pid
    connects = fleet["one"].connects()
    assert await hass.config_entries.async_reload(house.entry_id)
    await recorded(hass, house, 1)
    neighbour = next(sub for sub in house.subentries.values() if sub.title == "At the door")
    hass.config_entries.async_update_subentry(
        house, neighbour, data={**neighbour.data, "path": "/main?again"}, title="At the gate"
    )
    await hass.async_block_till_done()
    hass.config_entries.async_remove_subentry(house, neighbour.subentry_id)
    await hass.async_block_till_done()

    async def gone() -> bool:
        await house.runtime_data.coordinator.async_refresh()
        return status(house, BEDROOM) is None

    await until(gone)
    archive = house.runtime_data.archive
    timeline = await archive.timeline(PLAYROOM, 0, 1 << 52)
    assert len([span for span in timeline.recordings if span.stream == "main"]) == 1
    assert house.runtime_data.supervisor.hello.pid == pid
    assert fleet["one"].connects() == connects
    removed = next(known for known in await archive.cameras() if known.uid == BEDROOM)
    assert removed.oldest_us is not None


async def test_wrong_password_is_raised_and_mended(hass: HomeAssistant, house: MockConfigEntry) -> None:
    await recorded(hass, house, 1)
    hass.config_entries.async_update_entry(house, options={**house.options, CONF_GRACE_RECORDING: 0})
    window = next(sub for sub in house.subentries.values() if sub.title == "By the window")
    hass.config_entries.async_update_subentry(house, window, data={**window.data, "password": "wrong"})

    def raised() -> bool:
        return ("kindergarten", f"login_refused_{window.subentry_id}") in ir.async_get(hass).issues

    await until(raised, 60)
    await until(lambda: state_of(hass, "binary_sensor.by_the_window_recording").state == "on", 60)
    # With no grace at all, a hiccup of the other one is told as well.
    await until(lambda: state_of(hass, "binary_sensor.at_the_door_recording").state == "off", 60)
    event = state_of(hass, "event.by_the_window_recording_events")
    assert event.attributes["event_type"] in {"login_refused", "stopped"}

    window = house.subentries[window.subentry_id]
    hass.config_entries.async_update_subentry(
        house, window, data={**window.data, "password": "password-canary"}
    )
    await until(lambda: state_of(hass, "camera.by_the_window").state == "recording", 60)
    assert not raised()


async def test_removing_the_kindergarten_ends_the_engine_and_keeps_the_recordings(
    hass: HomeAssistant, house: MockConfigEntry, tmp_path: Path
) -> None:
    await recorded(hass, house, 1)
    pid = house.runtime_data.supervisor.hello.pid
    await hass.config_entries.async_remove(house.entry_id)

    assert wait_for_end(pid)
    assert list((tmp_path / "archive").rglob("*.mp4"))
    kept = contents(tmp_path / "config")
    assert [path.name for path, data in kept.items() if b"password-canary" in data] == []


async def test_incident_is_held_and_lifted_only_after_a_while(
    hass: HomeAssistant, shared: MockConfigEntry, hass_admin_user: MockUser
) -> None:
    await recorded(hass, shared)
    person = Context(user_id=hass_admin_user.id)

    async def act(domain: str, name: str, **data: Any) -> Any:
        answers = domain == DOMAIN
        return await hass.services.async_call(
            domain, name, data, blocking=True, return_response=answers, context=person
        )

    await act("button", "press", entity_id="button.playroom_incident")
    (hold,) = (await act(DOMAIN, "list_holds"))["holds"]
    assert (hold["state"], hold["cameras"]) == ("held", 2)

    async def told(kind: str) -> bool:
        await settle(hass)
        return bool(state_of(hass, "event.little_sun_archive_events").attributes["event_type"] == kind)

    await until(lambda: told("hold_made"), 60)
    asked = await act(DOMAIN, "ask_lift", hold=hold["hold"])
    assert (asked["state"], asked["second_needed"]) == ("lift_asked", False)
    await until(lambda: told("lift_asked"), 60)
    assert (await act(DOMAIN, "cancel_lift", hold=hold["hold"]))["state"] == "held"

    await shared.runtime_data.coordinator.async_refresh()
    await settle(hass)
    assert state_of(hass, "sensor.little_sun_holds").state == "1"
    assert shared.runtime_data.coordinator.data.status.ledger.state == "good"


async def test_footage_is_challenged_verified_and_exported(
    hass: HomeAssistant,
    shared: MockConfigEntry,
    hass_ws_client: Callable[[], Any],
    hass_client: Callable[[], Any],
) -> None:
    await recorded(hass, shared)
    newest = status(shared)
    assert newest is not None
    assert newest.newest_us is not None
    assert newest.oldest_us is not None
    client = await hass_ws_client()

    async def act(name: str, **data: Any) -> Any:
        await client.send_json_auto_id(
            {
                "type": "call_service",
                "domain": DOMAIN,
                "service": name,
                "service_data": data,
                "return_response": True,
            }
        )
        answer = await client.receive_json()
        assert answer["success"], answer
        return answer["result"]["response"]

    start, end = (as_utc(time_us).isoformat() for time_us in (newest.oldest_us, newest.newest_us))
    moment = as_utc((newest.oldest_us + newest.newest_us) // 2).isoformat()
    assert (await act("challenge", camera="camera.by_the_window", at=moment))["played"]

    exported = await act(
        "export", cameras=["camera.by_the_window"], start=start, end=end, purpose="a test", recipient="nobody"
    )
    (film,) = [file for file in exported["files"] if file["name"].endswith(".mp4")]
    browser = await hass_client()
    response = await browser.get(film["url"])
    assert response.status == HTTPStatus.OK
    assert len(await response.read()) == film["bytes"]

    found = await act("verify_archive")
    assert (found["bad"], found["missing"]) == (0, 0)

    pack = await act("create_inspection_pack", languages=["kk", "en"])
    links = {file["name"]: file["url"] for file in pack["files"]}
    assert {"report-kk.pdf", "report-en.pdf", "verify.py", "verify.html", "manifest.json"} <= set(links)
    report = await browser.get(links["report-kk.pdf"])
    assert (report.status, (await report.read())[:5]) == (HTTPStatus.OK, b"%PDF-")
    (whole,) = [name for name in links if name.endswith(".zip")]
    assert (await browser.get(links[whole])).status == HTTPStatus.OK
