"""What parents do besides watching."""

import asyncio
from datetime import datetime, timedelta

import pytest

from ..garden import ALMATY, MOTHER, Garden, away_from_midnight
from ..phones import RU

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_every_page_of_a_parent_is_accessible(garden: Garden) -> None:
    phone = garden.phones["second"]
    for page in ("rooms", "day", "me", "ask", "handoff"):
        await phone.page.goto(f"{phone.address}#{page}")
        await phone.page.locator("main h1").wait_for()
        await phone.page.get_by_text(RU["loading"]).first.wait_for(state="detached")
        await phone.show(f"page-{page}")
        assert await phone.accessible() == [], page


async def test_asking_for_a_recording_keeps_it_at_once_and_tells_a_number(garden: Garden) -> None:
    phone = garden.phones["second"]
    async with asyncio.timeout(60):
        while datetime.now(ALMATY).replace(second=0, microsecond=0) <= garden.recorded_since:
            await asyncio.sleep(0.5)
    await away_from_midnight()
    await phone.rooms()
    await phone.tap("ask.title")
    now = datetime.now(ALMATY)
    times = phone.page.locator("input[type=time]")
    await times.nth(0).fill(f"{now - timedelta(minutes=1):%H:%M}")
    await times.nth(1).fill(f"{now:%H:%M}")
    await phone.show("15-ask")
    assert await phone.accessible() == []
    await phone.tap("ask.send")
    await phone.title("ask.done")
    await phone.show("16-asked")
    number = int(await phone.page.locator(".pair-code").inner_text())
    [asked] = await garden.command("requests/list")
    assert (asked["number"], asked["guardian_id"]) == (number, garden.guardians[MOTHER])
    [held] = [each for each in await garden.holds() if each["hold"] == asked["hold_uid"]]
    assert (held["state"], held["cameras"]) == ("held", 1)
