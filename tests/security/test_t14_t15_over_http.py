"""T14, T15, at the portal's door: who has left sees nothing, and guardians in conflict nothing of each other."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.kindergarten.engine.people.people import People
from tests.integration.fake_archive import FakeArchive
from tests.portal.site import LONG_AGO, Browser, Family, Site

ALMATY = ZoneInfo("Asia/Almaty")
LAST_EVENING = datetime(2028, 2, 29, 23, 59, 0, tzinfo=ALMATY)


@pytest.fixture
async def leap_day(freezer: FrozenDateTimeFactory, hass: HomeAssistant) -> FrozenDateTimeFactory:
    """Let it be a minute before midnight on a leap day in Almaty."""
    freezer.move_to(LAST_EVENING)
    await hass.config.async_set_time_zone("Asia/Almaty")
    return freezer


async def reason(phone: Browser) -> str:
    """Return why the room is open or closed."""
    told: str = (await phone.get("/me")).json["rooms"][0]["reason"]
    return told


async def test_access_ends_at_the_midnight_after_the_last_day(
    leap_day: FrozenDateTimeFactory, site: Site, family: Family
) -> None:
    phone = await family.phone()
    await site.do(
        People.change_guardian,
        *(family.guardian, "Aigerim Canarova", "+77010000000", "ru", LONG_AGO, False, date(2028, 2, 29)),
    )
    assert await reason(phone) == "ok"
    leap_day.tick(timedelta(minutes=2))
    assert await reason(phone) == "access_ended"


async def test_a_child_that_left_is_seen_no_more(
    leap_day: FrozenDateTimeFactory, site: Site, family: Family
) -> None:
    phone = await family.watcher()
    await site.do(People.leave, family.child, date(2028, 2, 29))
    assert await reason(phone) == "ok"
    leap_day.tick(timedelta(minutes=2))
    assert await reason(phone) == "access_ended"
    room = (await phone.get("/me")).json["rooms"][0]["id"]
    answer = await phone.post("/viewings", {"room": room})
    assert (answer.status, answer.code) == (409, "access_ended")


@pytest.mark.parametrize(("days", "status"), [(13, 200), (15, 404)])
async def test_a_phone_that_nobody_uses_is_forgotten(
    leap_day: FrozenDateTimeFactory, site: Site, family: Family, days: int, status: int
) -> None:
    phone = await family.phone()
    leap_day.tick(timedelta(days=days))
    assert (await phone.get("/me")).status == status


async def test_a_clock_turned_back_brings_no_phone_back(
    leap_day: FrozenDateTimeFactory, site: Site, family: Family, archive: FakeArchive
) -> None:
    # Nobody is sure that the earlier time is the right one: then it would be gone on with.
    assert archive.now.clock is not None
    archive.now = replace(archive.now, clock=replace(archive.now.clock, trust=1))
    phone = await family.phone()
    leap_day.tick(timedelta(days=15))
    await site.do(People.add_child, "Somebody")
    leap_day.move_to(LAST_EVENING)
    assert (await phone.get("/me")).status == 404


async def test_one_guardians_end_is_not_the_others(site: Site, family: Family) -> None:
    father = await site.guardian("Bolat Canarov")
    await site.do(People.link, father, family.child)
    his = await Family(site, father, family.child, family.group, family.room).phone()
    hers = await family.phone()
    await site.do(People.block, father)
    assert (await his.get("/me")).status == 404
    assert await reason(hers) == "ok"


async def test_no_guardian_hears_of_the_other(site: Site, family: Family) -> None:
    father = await site.guardian("Bolat Canarov")
    await site.do(People.link, father, family.child)
    his = await Family(site, father, family.child, family.group, family.room).phone()
    await site.do(People.begin_viewing, next(iter(site.snapshot.devices)), family.room)
    hers = await family.phone()
    for path in ("/me", "/me/devices", "/me/views", "/requests"):
        body = (await hers.get(path)).body.decode()
        assert "Bolat" not in body, path
    assert len((await hers.get("/me/devices")).json) == 1
    assert (await hers.get("/me/views")).json == []
    assert (await his.get("/me")).status == 200


async def test_no_guardian_withdraws_for_the_other(site: Site, family: Family) -> None:
    father = await site.guardian("Bolat Canarov")
    await site.do(People.link, father, family.child)
    his = await Family(site, father, family.child, family.group, family.room).phone()
    word = (await his.get("/me")).json["consents"][0]
    sent = {"child_id": word["child_id"], "purpose": "parent_live", "version": 1, "state": "refused"}
    assert (await his.post("/me/consents", sent)).status == 200
    hers = await family.phone()
    assert (await hers.get("/me")).json["consents"][0]["state"] == "given"
    assert await reason(hers) == "not_open_yet"
