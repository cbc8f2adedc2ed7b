"""Phones that watch a room of a kindergarten with an open portal."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from custom_components.kindergarten.portal import stills
from custom_components.kindergarten.portal.live import LONG_ENOUGH, SCALE
from tests.integration.conftest import (  # noqa: F401
    archive,
    enable_event_loop_debug,
    our_integration,
    real_sockets,
    supervisor,
)
from tests.integration.fake_archive import PLAYROOM, FakeArchive
from tests.integration.fake_live import FakeCamera
from tests.portal.conftest import family, hass_config_dir, kindergarten, site  # noqa: F401


@pytest.fixture
async def camera(
    archive: FakeArchive,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[FakeCamera]:
    """Return the playroom's camera, which shows a key frame each tenth of a second; nobody waits long for a still."""
    monkeypatch.setattr(stills, "EVERY_S", 0.05)
    camera = archive.subs[PLAYROOM] = FakeCamera()

    async def show() -> None:
        while True:
            camera.show(seconds=LONG_ENOUGH / SCALE)
            await asyncio.sleep(0.1)

    showing = asyncio.create_task(show())
    yield camera
    showing.cancel()
    await asyncio.gather(showing, return_exceptions=True)
