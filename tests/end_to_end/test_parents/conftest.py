"""Two families and their phones for all that parents do."""

from collections.abc import AsyncIterator
from datetime import datetime
import os

import pytest_asyncio

from tests.instance.kindergarten import NewCamera

from ..conftest import House
from ..garden import ALMATY, ROOM, Garden, plant


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def garden(house: House) -> AsyncIterator[Garden]:
    """Two families of one group, whose room has a camera that is recorded."""
    await house.client.enter()
    if await house.kindergarten.entry_id() is None:
        await house.kindergarten.install("Солнышко", house.archive)
    browser = house.page.context.browser
    assert browser
    origin = f"http://localhost:{house.hass.port}"
    garden = await plant(house.client, house.kindergarten, browser, origin)
    camera = house.fleet["group"]
    await house.kindergarten.add_camera(
        NewCamera(name="Ромашка 1", room=ROOM, kind="group", url=camera.url(), sub_path="sub")
    )
    garden.recorded_since = datetime.now(ALMATY)
    async with garden.taken:
        yield garden
    print("\nparents:", {name: round(value, 2) for name, value in garden.figures.items()}, os.getloadavg())
