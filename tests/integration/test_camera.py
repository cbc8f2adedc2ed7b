"""The live picture: from this machine only, there as long as the recorder is, no login in any state."""

from homeassistant.components.camera import async_get_image, async_get_stream_source
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.kindergarten.archive.protocol import CameraState

from .fake_archive import JPEG, PLAYROOM, FakeArchive, camera_status, look, settle, state_of

CAMERA = "camera.by_the_window"


async def test_live_stream_comes_from_this_machine(
    hass: HomeAssistant, kindergarten: MockConfigEntry
) -> None:
    source = await async_get_stream_source(hass, CAMERA)

    assert source == f"http://127.0.0.1:41234/live/{PLAYROOM}.ts?auth=live-secret-aaaa"


async def test_picture_is_the_engines_newest(hass: HomeAssistant, kindergarten: MockConfigEntry) -> None:
    assert (await async_get_image(hass, CAMERA)).content == JPEG


async def test_no_picture_when_nobody_answers(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive
) -> None:
    archive.reachable = False

    with pytest.raises(HomeAssistantError):
        await async_get_image(hass, CAMERA)


async def test_camera_that_is_away_stays_available(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive
) -> None:
    assert state_of(hass, CAMERA).state == "recording"
    archive.show(camera_status(PLAYROOM, CameraState.UNREACHABLE))
    archive.happen("recording_stopped", PLAYROOM, cause="connect")
    await settle(hass)

    assert state_of(hass, CAMERA).state == "idle"


async def test_running_stream_follows_an_engine_that_was_started_anew(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive
) -> None:
    entity = hass.data["camera"].get_entity(CAMERA)
    stream = await entity.async_create_stream()
    archive.show(camera_status(PLAYROOM, live_url="http://127.0.0.1:50000/live/x.ts?auth=new"))
    await look(hass)

    assert stream.source == "http://127.0.0.1:50000/live/x.ts?auth=new"


async def test_no_state_holds_a_secret(hass: HomeAssistant, kindergarten: MockConfigEntry) -> None:
    everything = "".join(str(state.as_dict()) for state in hass.states.async_all())

    for secret in ("canary", "live-secret", "192.168.77.10", "rtsp://"):
        assert secret not in everything
