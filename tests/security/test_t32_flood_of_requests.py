"""T32: somebody asks for one recording after the other, to fill the disk or to make trouble.

That what nobody of the house decided may never take more than its share of the disk is the engine's:
`tests/engine/holds`. Here is what reaches it.
"""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

from homeassistant.helpers.dispatcher import async_dispatcher_connect

from custom_components.kindergarten.engine.people.people import People
from custom_components.kindergarten.news import SIGNAL_NEWS, News
from tests.integration.fake_archive import FakeArchive, settle
from tests.portal.site import Answer, Browser, Family, Site

HOUR = timedelta(hours=1)


async def ask(phone: Browser, hours_ago: float, hours: float = 1.0) -> Answer:
    """Ask for a stretch of the past."""
    room = (await phone.get("/me")).json["rooms"][0]["id"]
    start = datetime.now(UTC) - hours_ago * HOUR
    span = {
        "from_us": round(start.timestamp() * 1e6),
        "to_us": round((start + hours * HOUR).timestamp() * 1e6),
    }
    return await phone.post("/requests", {"room": room, **span})


async def test_however_many_somebody_asks_for_two_are_held(
    site: Site, family: Family, archive: FakeArchive
) -> None:
    heard: list[News] = []
    async_dispatcher_connect(site.hass, SIGNAL_NEWS, heard.append)
    phones = [await family.phone() for _ in range(3)]
    answers = await asyncio.gather(*(ask(phones[n % 3], 2.5 + n) for n in range(30)))
    told = Counter(answer.json.get("code", "held") for answer in answers)
    assert (told["held"], told.total()) == (2, 30)
    assert set(told) <= {"held", "too_many", "slow_down"}
    await settle(site.hass)
    assert len(archive.held) == 2
    assert [each.kind for each in heard] == ["request_received"] * 2


async def test_no_request_is_longer_than_two_hours(family: Family, archive: FakeArchive) -> None:
    phone = await family.phone()
    assert (await ask(phone, 5, hours=2.01)).code == "too_long"
    assert (await ask(phone, 30 * 24, hours=30 * 24 - 1)).code == "too_long"
    assert archive.held == []


async def test_closing_one_makes_room_for_one(site: Site, family: Family, archive: FakeArchive) -> None:
    phone = await family.phone()
    assert [(await ask(phone, hours)).status for hours in (3, 5, 7)] == [201, 201, 409]
    (newest, _) = await site.do(People.requests)
    await site.do(People.decide_request, newest.number, "closed", "owner")
    assert [(await ask(phone, hours)).status for hours in (7, 9)] == [201, 409]
    assert len(archive.held) == 3


async def test_what_a_family_holds_counts_as_nobodys_decision(family: Family, archive: FakeArchive) -> None:
    """So the engine keeps it within the share of the disk that automations have."""
    assert (await ask(await family.phone(), 3)).status == 201
    (held,) = archive.held
    assert held.automation
    assert not held.incident


async def test_a_full_share_refuses_and_gives_no_number(
    site: Site, family: Family, archive: FakeArchive
) -> None:
    archive.refuse = "quota"
    phone = await family.phone()
    assert (await ask(phone, 3)).code == "no_room"
    assert await site.do(People.requests) == ()
