"""A kindergarten with a past: a demo archive of some days, taken over by a new Home Assistant."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import json
from pathlib import Path
import shutil
import tempfile
import time
from typing import Any

from playwright.async_api import Browser

from tests.cameras.camera import SimulatedCamera
from tests.cameras.fleet import Fleet
from tests.demo_archive import plan
from tests.demo_archive.builder import Builder
from tests.instance.client import Client
from tests.instance.engines import stop_engines
from tests.instance.hass import REPOSITORY, Hass
from tests.instance.kindergarten import Kindergarten

from .house import ROOM, House

NAMES = (
    "Күншуақ", "Қарлығаш", "Вход", "Двор", "Столовая", "Спортзал", "Коридор", "Музыкальный зал",
)  # fmt: skip
"""What the demo's cameras and their rooms are called here."""


async def build(folder: Path, days: int, cameras: int, end_s: int | None = None) -> None:
    """Make an archive that ends now."""
    end_us = (end_s or int(time.time()) // 60 * 60) * 1_000_000
    builder = Builder(folder, days=days, cameras=cameras, end_us=end_us, file_s=300, zone="Asia/Almaty")
    await asyncio.to_thread(builder.build)


def _subentry(kind: str, title: str, unique: str, data: dict[str, Any], name: str) -> dict[str, Any]:
    return {"subentry_id": name, "subentry_type": kind, "title": title, "unique_id": unique, "data": data}


def _moved_in(entry: dict[str, Any], cameras: int, url: str) -> None:
    """Give the entry rooms, and in each the camera that recorded there."""
    host, _, port = url.removeprefix("rtsp://").partition("/")[0].partition(":")
    for number in range(cameras):
        room = f"room{number:022}"
        kind = plan.ROOMS[number % len(plan.ROOMS)][1]
        form = {"kind": kind, "area_id": None, "opening": ROOM["opening"], "quiet": [], "recording": "always"}
        camera = {
            "camera_id": plan.uid(number), "room": room, "source": "rtsp", "scheme": "rtsp", "host": host,
            "port": int(port), "path": "/main", "sub_path": "", "username": "", "password": "", "sound": False,
            "sub_policy": "demand", "found": None, "watch_picture": False,
        }  # fmt: skip
        name = NAMES[number]
        entry["subentries"] += [
            _subentry("room", name, f"room:{name}", form, room),
            _subentry("camera", name, f"camera:{plan.uid(number)}", camera, f"camera{number:020}"),
        ]


@asynccontextmanager
async def open_recorded(browser: Browser, archive: Path, cameras: int) -> AsyncIterator[House]:
    """Start a Home Assistant that has taken over a demo archive; its cameras record on."""
    (REPOSITORY / ".dev").mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="panel-", dir=REPOSITORY / ".dev"))
    hass = Hass(folder / "config")
    with Fleet([SimulatedCamera(name="today", sub=None)]) as fleet:
        try:
            await hass.start()
            async with Client(hass.url) as client:
                await client.enter()
                await Kindergarten(client).install("Күншуақ", archive)
            await hass.stop()
            stored = hass.folder / ".storage/core.config_entries"
            content = json.loads(stored.read_text(encoding="utf-8"))
            entry = next(each for each in content["data"]["entries"] if each["domain"] == "kindergarten")
            _moved_in(entry, cameras, fleet["today"].url())
            stored.write_text(json.dumps(content), encoding="utf-8")
            await hass.start()
            async with Client(hass.url) as client:
                await client.enter()
                house = House(hass=hass, client=client, kindergarten=Kindergarten(client), browser=browser)
                async with asyncio.timeout(240):
                    while await house.kindergarten.cameras_recording() != cameras:
                        await asyncio.sleep(0.5)
                yield house
        finally:
            await hass.stop()
            stop_engines(folder)
            shutil.rmtree(folder, ignore_errors=True)
