"""Fills the house under test: rooms with cameras, and families as a kindergarten has them in its second year."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from tests.cameras.camera import SimulatedCamera
from tests.cameras.fleet import Fleet
from tests.instance.hass import HassError
from tests.instance.kindergarten import SUBENTRY_FLOWS, NewCamera

from .families import DAISY, GROUPS, LAMB, SUN, plant
from .house import ROOM, House

ROOMS = {"Ас үй": "kitchen", "Музыкальный зал": "music", GROUPS[LAMB]: "group"}
"""Besides the two that the house has from the beginning."""


@contextmanager
def cameras() -> Iterator[Fleet]:
    """Run a camera with a second stream and one without."""
    with Fleet([SimulatedCamera(name="sun"), SimulatedCamera(name="daisy", sub=None)]) as fleet:
        yield fleet


async def fill(house: House, fleet: Fleet) -> None:
    """Put cameras into the rooms and families into the list; whoever was on it is gone."""
    entry, client = await house.kindergarten.entry_id(), house.client
    for name, kind in ROOMS.items():
        form = {"name": name, **ROOM, "kind": kind}
        if kind == "kitchen":
            form["parents"] = {}
        await client.flow(SUBENTRY_FLOWS, [entry, "room"], {"user": form, "room": form})
    await asyncio.gather(
        *(
            _add(house, name, fleet[camera].url(), sub)
            for name, camera, sub in ((SUN, "sun", "sub"), (DAISY, "daisy", ""))
        )
    )
    rooms = await house.kindergarten.subentries("room")
    await client.command("config_entries/disable", entry_id=entry, disabled_by="user")
    await asyncio.to_thread(plant, house.hass.folder / ".storage/kindergarten", rooms)
    await client.command("config_entries/disable", entry_id=entry, disabled_by=None)
    for group in (SUN, DAISY):
        await house.ask("room/show", room_id=rooms[GROUPS[group]], shown=True)
    await _answers(house)


async def _answers(house: House) -> None:
    """Wait until the recorder answers: the integration was just loaded anew."""
    async with asyncio.timeout(120):
        while True:
            try:
                await house.ask("footage/cameras", language="en")
            except HassError:
                await asyncio.sleep(0.2)
                continue
            return


async def _add(house: House, group: str, url: str, sub: str) -> None:
    """Add a group's camera, again where a busy machine took too long to look at it."""
    camera = NewCamera(name=group, room=GROUPS[group], kind="group", url=url, sub_path=sub)
    async with asyncio.timeout(120):
        while True:
            try:
                await house.kindergarten.add_camera(camera)
            except HassError:
                await asyncio.sleep(1)
                continue
            return
