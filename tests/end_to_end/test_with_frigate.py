"""A Frigate server is added in the browser, its cameras are put into rooms, and its days are proven.

Comes last: it takes whatever kindergarten the house has.
"""

import asyncio
from collections.abc import Iterator

import pytest

from tests.frigate_stand_in import PASSWORD, Settings, StandIn
from tests.instance.client import OWNER
from tests.instance.kindergarten import SUBENTRY_FLOWS

from .browser import Dialog, log_in, visit
from .conftest import House

pytestmark = [pytest.mark.long, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

ROOM = "Ромашка"
WITHIN_S = 90


@pytest.fixture(scope="module")
def frigate() -> Iterator[StandIn]:
    """Return a server with two cameras, one of them of the room's name, and three days of footage."""
    names = ("romashka", "sklad")
    with StandIn(Settings(version="0.17", cameras=names, days=3)) as server:
        server.control.set_friendly_name("romashka", ROOM)
        yield server


async def test_frigate_is_added_in_the_browser_and_its_days_are_proven(
    house: House, frigate: StandIn
) -> None:
    await house.client.enter()
    if await house.kindergarten.entry_id() is None:
        await house.kindergarten.install("Солнышко", house.archive)
    handler = [await house.kindergarten.entry_id(), "room"]
    room = {"name": ROOM, "kind": "group", "recording": "always", "opening": {}, "quiet": {}, "parents": {}}
    answer = await house.client.flow(SUBENTRY_FLOWS, handler, {"room": room})
    assert answer["type"] == "create_entry", answer
    page = house.page
    await log_in(page, house.hass.url, OWNER)
    button = page.get_by_role("button", name="Add Frigate server")
    await visit(page, f"{house.hass.url}/config/integrations/integration/kindergarten", button)
    await button.first.click()
    dialog = Dialog(page)
    await dialog.see("Frigate goes on recording by itself")
    await dialog.fill(url=frigate.external_url, username="admin", password=PASSWORD)
    await house.show("frigate-connection")
    await dialog.submit()
    await dialog.see("Is this the right server?")
    await house.show("frigate-certificate")
    await dialog.choose("Take this certificate and no other")
    await dialog.see("Which camera looks at which room?")
    await dialog.see(ROOM)
    await house.show("frigate-rooms")
    await dialog.submit()
    await dialog.see("Finish")
    await house.show("frigate-done")
    await dialog.close()
    async with asyncio.timeout(WITHIN_S):
        while not await _state(house, "recording"):
            await asyncio.sleep(0.5)
        while not await _state(house, "2"):
            await asyncio.sleep(0.5)
    await page.goto(f"{house.hass.url}/config/integrations/integration/kindergarten")
    await page.get_by_text(ROOM).first.wait_for()
    await house.show("frigate-added")


async def _state(house: House, state: str) -> bool:
    """Tell whether an entity of the room's camera is in a state."""
    states = await house.client.request("GET", "/api/states")
    return any(
        each["state"] == state and ROOM in str(each["attributes"].get("friendly_name")) for each in states
    )
