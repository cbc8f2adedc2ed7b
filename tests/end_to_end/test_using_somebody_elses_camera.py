"""A camera that Home Assistant's own `generic` integration brought in is recorded through its entity.

Comes last: it takes whatever kindergarten the house has, and needs no browser.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio

from tests.cameras import TEST_SUB, Fleet, SimulatedCamera
from tests.instance.kindergarten import FLOWS, SUBENTRY_FLOWS, choose

from .conftest import House

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.asyncio(loop_scope="session")]

GARDEN, GATE = "Сад", "Калитка"
LOGIN = {"username": "viewer", "password": "s3cret:p@ss"}
ADVANCED = {"framerate": 2, "verify_ssl": False, "rtsp_transport": "tcp", "authentication": "basic"}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def fleet() -> AsyncIterator[Fleet]:
    """The borrowed camera at its first and its second address, and one of our own."""

    def camera(name: str) -> SimulatedCamera:
        return SimulatedCamera(
            name=name,
            main=TEST_SUB,
            sub=None,
            auth="digest",
            user=LOGIN["username"],
            password=LOGIN["password"],
        )

    with Fleet([camera("before"), camera("after"), camera("gate")]) as fleet:
        yield fleet


def generic(url: str) -> dict[str, Any]:
    """Return what the owner types for a generic camera."""
    return {"stream_source": url, **LOGIN, "advanced": ADVANCED}


async def until(what: Callable[[], Awaitable[object]], deadline_s: float = 120) -> None:
    """Wait until something is true."""
    async with asyncio.timeout(deadline_s):
        while not await what():
            await asyncio.sleep(0.3)


async def generic_entity(house: House) -> str:
    """Return the entity of the generic camera."""
    registry = await house.client.command("config/entity_registry/list")
    return next(str(item["entity_id"]) for item in registry if item["platform"] == "generic")


async def add(house: House, name: str, source: str, **fields: str) -> None:
    """Add a camera to the kindergarten."""
    rooms = await house.kindergarten.subentries("room")
    form = {"name": name, "room": rooms.get("Двор", "new"), **fields}
    steps = {
        "user": choose(source),
        source: form,
        "new_room": {"name": "Двор", "kind": "yard"},
        "found": choose("save"),
    }
    handler = [await house.kindergarten.entry_id(), "camera"]
    answer = await house.client.flow(SUBENTRY_FLOWS, handler, steps)
    assert answer["type"] == "create_entry", answer


async def test_a_borrowed_camera_is_recorded_and_goes_on_through_a_restart(
    house: House, fleet: Fleet
) -> None:
    await house.client.enter()
    if await house.kindergarten.entry_id() is None:
        await house.kindergarten.install("Солнышко", house.archive)
    await house.client.flow(
        FLOWS, "generic", {"user": generic(fleet["before"].url()), "user_confirm": {"confirmed_ok": True}}
    )
    await add(house, GARDEN, "entity", entity_id=await generic_entity(house))
    await add(house, GATE, "rtsp", host=fleet["gate"].url(), **LOGIN)
    await until(lambda: _records(house, GARDEN))
    connects = fleet["before"].connects()

    await house.hass.stop()
    await house.hass.start()
    await house.client.enter()
    await until(lambda: _records(house, GARDEN))
    assert fleet["before"].connects() == connects


async def _records(house: House, title: str) -> bool:
    states = await house.client.request("GET", "/api/states")
    return any(
        state["entity_id"].startswith("camera.")
        and state["state"] == "recording"
        and title in state["attributes"]["friendly_name"]
        for state in states
    )


@pytest.mark.long
async def test_recording_follows_the_borrowed_address(house: House, fleet: Fleet) -> None:
    entries = await house.client.command("config_entries/get", domain="generic")
    steps = {"init": generic(fleet["after"].url()), "user_confirm": {"confirmed_ok": True}}
    before = fleet["after"].connects()
    await house.client.flow("/api/config/config_entries/options/flow", entries[0]["entry_id"], steps)

    async def followed() -> bool:
        return fleet["before"].sessions() == 0 and fleet["after"].sessions() > 0

    assert fleet["after"].connects() > before
    await until(followed)
    await until(lambda: _records(house, GARDEN))


@pytest.mark.long
async def test_a_borrowed_camera_that_is_gone_is_told_and_the_others_go_on(
    house: House, fleet: Fleet
) -> None:
    [entry] = await house.client.command("config_entries/get", domain="generic")
    others = fleet["gate"].connects()
    await house.client.request("DELETE", f"/api/config/config_entries/entry/{entry['entry_id']}")
    await asyncio.to_thread(fleet["after"].offline)

    async def told() -> bool:
        listed = await house.client.command("repairs/list_issues")
        return any(
            issue["translation_key"] == "borrowed_camera_gone"
            and issue["translation_placeholders"]["camera"] == GARDEN
            for issue in listed["issues"]
        )

    await until(told)
    assert await _records(house, GATE)
    assert fleet["gate"].connects() == others
    assert house.hass.trouble() == []
