"""How long a room is fetched."""

import asyncio

from homeassistant.core import HomeAssistant
import pytest

from custom_components.kindergarten.portal import live
from custom_components.kindergarten.portal.live import Feeds
from tests.integration.fake_live import FakeCamera, FakeLive

CAMERA = "aa" * 16


async def _until_viewers(camera: FakeCamera, count: int) -> None:
    async with asyncio.timeout(60):
        while len(camera.viewers) != count:
            await asyncio.sleep(0.01)


@pytest.fixture
def camera() -> FakeCamera:
    """Return a camera."""
    return FakeCamera()


@pytest.fixture
def feeds(hass: HomeAssistant, camera: FakeCamera) -> Feeds:
    """Return the feeds of a house with that camera."""
    archive = FakeLive()
    archive.subs[CAMERA] = camera
    return Feeds(hass, archive)


async def test_a_room_is_fetched_once_and_let_go_a_while_after_the_last_viewer(
    feeds: Feeds, camera: FakeCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LINGER_S", 0.2)
    assert feeds.join(CAMERA) is feeds.join(CAMERA)
    await _until_viewers(camera, 1)
    feeds.leave(CAMERA)
    feeds.leave(CAMERA)
    assert feeds.cameras == (CAMERA,)
    await _until_viewers(camera, 0)
    assert not feeds.cameras


async def test_whoever_comes_back_in_time_finds_the_feed_running(
    feeds: Feeds, camera: FakeCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LINGER_S", 0.1)
    feed = feeds.join(CAMERA)
    feeds.leave(CAMERA)
    assert feeds.join(CAMERA) is feed
    await asyncio.sleep(0.2)
    assert (feeds.cameras, camera.opened) == ((CAMERA,), 1)
    await feeds.close()


async def test_closing_lets_go_of_every_camera(feeds: Feeds, camera: FakeCamera) -> None:
    feed = feeds.join(CAMERA)
    await _until_viewers(camera, 1)
    camera.show()
    async with asyncio.timeout(60):
        while not feed.segments():
            await asyncio.sleep(0.01)
    await feeds.close()
    assert feed.segments() == []
    assert camera.viewers == []
