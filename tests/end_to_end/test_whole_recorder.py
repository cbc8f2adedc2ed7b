"""All cameras of a recorder that the kindergarten has already are added in one go, and recorded.

Takes whatever kindergarten the house has, and needs no browser.
"""

import asyncio

import pytest

from tests.devices import Devices, SimulatedDevice
from tests.devices.playing import playing
from tests.instance.kindergarten import SUBENTRY_FLOWS, choose

from .conftest import House

pytestmark = [pytest.mark.long, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

EMPTY = (2,)
NAMES = {1: "Спортзал, вход", 3: "Спортзал, окно"}


async def test_cameras_of_a_recorder_are_added_in_one_go_and_all_are_recorded(house: House) -> None:
    await house.client.enter()
    if await house.kindergarten.entry_id() is None:
        await house.kindergarten.install("Солнышко", house.archive)
    device = SimulatedDevice(channels=3, empty=EMPTY, names=NAMES, streams=playing(3, EMPTY))
    steps = {
        "user": choose("find"),
        "find": {
            "host": f"http://127.0.0.1:{device.http_port}/doc/page/login.asp",
            "port": device.port,
            "username": "admin",
            "password": "right-secret",
        },
        "channels": {"cameras": ["1", "3"]},
        "assign": {f"{number}. {name}": "Спортзал" for number, name in NAMES.items()},
        "new_rooms": {"Спортзал": "sports"},
    }
    with Devices(device):
        handler = [await house.kindergarten.entry_id(), "camera"]
        answer = await house.client.flow(SUBENTRY_FLOWS, handler, steps)
        assert answer["type"] == "create_entry", answer
        async with asyncio.timeout(120):
            while not all(device.streams[f"{number} main"].connects > 1 for number in NAMES):
                await asyncio.sleep(0.3)  # the first session was the look before it was added
        for name in NAMES.values():
            async with asyncio.timeout(120):
                while not await house.files(name):
                    await asyncio.sleep(0.5)
        assert device.account.refused == 0
        entry, cameras = await house.kindergarten.entry_id(), await house.kindergarten.subentries("camera")
        for name in NAMES.values():  # whoever comes next does not miss them
            await house.client.command(
                "config_entries/subentries/delete", entry_id=entry, subentry_id=cameras[name]
            )
