"""One Home Assistant, one Chromium and a few cameras for all end-to-end tests."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
import shutil
import tempfile
import time

from playwright.async_api import Page
import pytest
import pytest_asyncio

from tests.cameras.camera import SimulatedCamera
from tests.cameras.fleet import Fleet
from tests.cameras.gstreamer import GStreamerServer
from tests.instance.client import Client
from tests.instance.engines import stop_engines
from tests.instance.hass import REPOSITORY, Hass
from tests.instance.kindergarten import Kindergarten
from tests.instance.phone import AppPhone, app_phone

from .browser import browser_page

PICTURES = REPOSITORY / ".cache/pictures"


@dataclass(kw_only=True)
class House:
    """Everything under test."""

    hass: Hass
    client: Client
    kindergarten: Kindergarten
    fleet: Fleet
    gstreamer: GStreamerServer
    page: Page
    archive: Path
    expected_trouble: list[str] = field(default_factory=list)

    async def show(self, name: str) -> None:
        """Keep a picture of what the owner sees now, for people to look at."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        await self.page.screenshot(path=PICTURES / f"{name}.png")

    async def camera_id(self, title: str) -> str:
        """Return the archive's id of a camera; an engine that was just started opens the archive first."""
        end = time.monotonic() + 60
        while True:
            for camera in await self.kindergarten.browse():
                if camera["title"] == title:
                    return str(camera["media_content_id"].rpartition("/")[2])
            assert time.monotonic() < end, f"{title} is not in the archive"
            await asyncio.sleep(0.5)

    async def files(self, title: str) -> list[Path]:
        """Return the recordings of a camera, in order."""
        camera = (await self.camera_id(title))[:12]
        return sorted((self.archive / "video" / camera).rglob("*-m-*.mp4"))


@pytest.fixture(scope="session")
def cameras() -> Iterator[Fleet]:
    """Simulated cameras of the kinds that are sold."""
    with Fleet(
        [
            SimulatedCamera(name="digest", user="viewer", password="s3cret:pass", auth="digest", audio="aac"),
            SimulatedCamera(name="plain", sub=None),
            SimulatedCamera(name="group"),
        ]
    ) as fleet:
        yield fleet


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def house(cameras: Fleet, request: pytest.FixtureRequest) -> AsyncIterator[House]:
    """A Home Assistant that nobody has set up yet; its folder stays when something failed."""
    (REPOSITORY / ".dev").mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="house-", dir=REPOSITORY / ".dev"))
    hass = Hass(folder / "config")
    archive = folder / "archive"
    archive.mkdir()
    try:
        await hass.start()
        async with browser_page() as page, Client(hass.url) as client:
            with GStreamerServer() as gstreamer:
                yield House(
                    hass=hass,
                    client=client,
                    kindergarten=Kindergarten(client),
                    fleet=cameras,
                    gstreamer=gstreamer,
                    page=page,
                    archive=archive,
                )
    finally:
        await hass.stop()
        stop_engines(folder)
        if not request.session.testsfailed:
            shutil.rmtree(folder)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def app(house: House) -> AsyncIterator[AppPhone]:
    """The owner's phone with the Home Assistant app, from its first use on."""
    async with app_phone(house.client, "Айгуль iPhone") as phone:
        yield phone


@pytest_asyncio.fixture(loop_scope="session")
async def notify(house: House, app: AppPhone) -> str:
    """The notify entity of the owner's phone."""
    registry = await house.client.command("config/entity_registry/list")
    return next(
        str(each["entity_id"])
        for each in registry
        if each["platform"] == "mobile_app" and each["entity_id"].startswith("notify.")
    )


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def picture_of_failure(request: pytest.FixtureRequest, house: House) -> AsyncIterator[None]:
    """Keep what the browser showed when a test failed."""
    failed = request.session.testsfailed
    yield
    if request.session.testsfailed > failed:
        await house.show(f"failed-{request.node.name}")
