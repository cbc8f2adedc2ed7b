"""What leaves the house for helpers and for the system page: facts, no secrets."""

from collections.abc import Callable
import json
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.kindergarten.archive.protocol import CameraState, LedgerInfo, RemovedCamera
from custom_components.kindergarten.const import DOMAIN

from .fake_archive import HOUR_US, NOW_US, PLAYROOM, FakeArchive, camera_status, look

CANARIES = (
    "canary",
    "192.168.77.10",
    "live-secret",
    "127.0.0.1",
    "rtsp://",
    "stream1",
    "/srv/",
    "Little Sun",
    "Playroom",
    "By the window",
    "detail with",
)


async def facts(hass: HomeAssistant, client: Any, entry: MockConfigEntry, device: str = "") -> Any:
    path = f"/api/diagnostics/config_entry/{entry.entry_id}"
    if device:
        path += f"/device/{device}"
    answer = await client.get(path)
    return (await answer.json())["data"]


async def test_diagnostics_hold_facts_and_no_secrets(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive, hass_client: Callable[[], Any]
) -> None:
    assert await async_setup_component(hass, "diagnostics", {})
    archive.show(
        camera_status(
            PLAYROOM,
            CameraState.UNREACHABLE,
            newest_us=NOW_US - 48 * HOUR_US,
            detail="detail with password-canary",
        ),
        removed_cameras=(RemovedCamera(uid="9" * 32, label="Playroom canary", removed_us=NOW_US),),
    )
    await look(hass)
    client = await hass_client()
    site = await facts(hass, client, kindergarten)
    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, PLAYROOM), kindergarten.entry_id)
    assert device is not None
    camera = await facts(hass, client, kindergarten, device.id)

    for text in (json.dumps(site), json.dumps(camera)):
        assert [canary for canary in CANARIES if canary in text] == []
    assert site["status"]["archive"]["state"] == "ok"
    assert (site["repairs"], site["settings"]["graces_s"]["grace_recording_s"]) == (["camera_gone"], 600)
    assert site["cameras"][0] == camera
    assert camera["camera"] == PLAYROOM
    assert (camera["status"]["state"], camera["status"]["video"]["codec"], camera["has_sub"]) == (
        "unreachable",
        "h264",
        True,
    )


async def test_diagnostics_work_while_nobody_answers(
    hass: HomeAssistant, kindergarten: MockConfigEntry, hass_client: Callable[[], Any]
) -> None:
    assert await async_setup_component(hass, "diagnostics", {})
    kindergarten.runtime_data.coordinator.data = type(kindergarten.runtime_data.coordinator.data)()
    site = await facts(hass, await hass_client(), kindergarten)

    assert (site["status"], site["engine"]["answers"], site["cameras"][0]["status"]) == (None, False, None)


async def test_system_page_shows_health_without_paths(
    hass: HomeAssistant,
    kindergarten: MockConfigEntry,
    archive: FakeArchive,
    hass_ws_client: Callable[[], Any],
) -> None:
    assert await async_setup_component(hass, "system_health", {})
    archive.show(ledger=LedgerInfo(state="good"))
    await look(hass)
    await hass.async_block_till_done()
    client = await hass_ws_client()
    await client.send_json_auto_id({"type": "system_health/info"})
    assert (await client.receive_json())["success"]
    initial = (await client.receive_json())["event"]["data"]

    assert initial[DOMAIN]["info"] == {
        "recorder_answers": True,
        "archive_state": "ok",
        "cameras": 2,
        "cameras_recording": 2,
        "clock_sure": True,
        "record_sound": True,
        "archive_days": 41.5,
    }
