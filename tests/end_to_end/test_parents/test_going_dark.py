"""What takes the picture away: at once, from whom it shall, without a trace."""

import asyncio
from datetime import datetime, timedelta
import re
import time

import pytest

from custom_components.kindergarten.portal.routes import PREFIX
from tests.stopwatch import Stopwatch

from ..garden import ALL_DAY, ALMATY, DAYS, MOTHER, Garden, away_from_midnight
from ..phones import RU, Phone

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def dark_after(garden: Garden, phone: Phone, act: object, name: str) -> float:
    """Do something that takes the picture away; returns how many seconds the phone still showed one."""
    gone = phone.when_dark()
    stopwatch = Stopwatch()
    await act  # type: ignore[misc]
    async with asyncio.timeout(60):
        garden.figures[name] = await gone - stopwatch.began
    return garden.figures[name] - stopwatch.owed_s


async def unfetchable(phone: Phone, addresses: list[str]) -> None:
    """Check that Home Assistant answers as if these addresses had never been."""
    unknown = await phone.fetch("/api/kindergarten_unknown")
    for address in addresses:
        assert await phone.fetch(address) == unknown, address
    assert unknown["status"] == 404


def watched(phone: Phone) -> list[str]:
    """Return addresses of everything that a viewing is made of."""
    return [phone.newest("live"), phone.newest("s/"), phone.newest("i/"), phone.newest("still")]


async def test_revoked_phone_goes_dark_at_once_and_the_others_go_on(garden: Garden) -> None:
    mother, father = garden.phones["mother"], garden.phones["father"]
    await mother.rooms()
    await mother.watch()
    await mother.seen()
    addresses = watched(mother)
    stopwatch = Stopwatch()
    position = (await father.seen()).position
    revoked = (await garden.devices(MOTHER))[-1]
    act = garden.command("devices/revoke", device_id=revoked["id"])
    assert await dark_after(garden, mother, act, "revoked_to_dark_s") < 5
    await mother.title("state.gone.title")
    await mother.show("10-revoked")
    await unfetchable(mother, [*addresses, f"{PREFIX}/me"])
    later = await father.seen(after=position + 3)
    assert later.age_s <= 6 + stopwatch.owed_s
    await garden.phones["second"].page.locator(".room.open").wait_for()


async def test_picture_goes_when_the_hours_end(garden: Garden) -> None:
    phone = garden.phones["second"]
    for lead_s in (5, 20, 80):
        await away_from_midnight()
        await phone.rooms()
        await phone.watch()
        await phone.seen()
        addresses = watched(phone)
        end = datetime.now(ALMATY).replace(microsecond=0) + timedelta(seconds=lead_s)
        await garden.set_hours({"days": DAYS, "from": "00:00:00", "to": f"{end:%H:%M:%S}"})
        if shown := not await phone.dark():
            break
        # A busy machine took so long that they were over before anybody could look.
        await garden.set_hours(ALL_DAY)
    assert shown
    gone = phone.when_dark()
    await asyncio.sleep(end.timestamp() - time.time())
    stopwatch = Stopwatch()
    async with asyncio.timeout(60):
        garden.figures["hours_to_dark_s"] = await gone - end.timestamp()
    assert -0.5 <= garden.figures["hours_to_dark_s"] < 5 + stopwatch.owed_s
    await phone.title("state.closed_hours.title")
    await phone.page.locator("main .when").filter(has_text="00:00").wait_for()
    await phone.show("11-hours")
    assert await phone.accessible() == []
    await unfetchable(phone, addresses)
    await garden.set_hours(ALL_DAY)


async def test_picture_goes_when_staff_turn_the_pause_on(garden: Garden) -> None:
    phone = garden.phones["second"]
    await phone.rooms()
    await phone.watch()
    await phone.seen()
    addresses = watched(phone)
    before = datetime.now(ALMATY)
    assert await dark_after(garden, phone, garden.pause(on=True), "pause_to_dark_s") < 5
    await phone.title("state.paused.title")
    back = [f"{at + timedelta(minutes=15):%H:%M}" for at in (before, datetime.now(ALMATY))]
    await phone.page.locator("main .when").filter(has_text=re.compile("|".join(back))).wait_for()
    await phone.show("12-pause")
    assert await phone.accessible() == []
    await unfetchable(phone, addresses)
    await garden.pause(on=False)


async def test_picture_goes_when_another_family_withdraws_and_nothing_tells_why(garden: Garden) -> None:
    phone, father = garden.phones["second"], garden.phones["father"]
    await father.page.goto(f"{father.address}#me")
    await phone.rooms()
    await phone.watch()
    await phone.seen()
    addresses = watched(phone)
    await father.change_consent("consent.withdraw_button")
    dialog = father.page.get_by_role("dialog")
    withdraw = dialog.get_by_role("button", name=RU["consent.withdraw_button"])
    assert await dark_after(garden, phone, withdraw.click(), "withdrawn_to_dark_s") < 5
    await phone.title("state.not_open_yet.title")
    shown = await phone.page.locator("main").inner_text()
    assert not any(word in shown.casefold() for word in ("соглас", "тимур", "омаров", "данияр"))
    await phone.show("13-not-open")
    await unfetchable(phone, addresses)
    await father.page.goto(f"{father.address}#rooms")
    await father.page.get_by_text(RU["lock.own_consent"]).wait_for()
    await father.page.goto(f"{father.address}#me")
    await father.change_consent("consent.give_button")
    await dialog.get_by_role("button", name=RU["consent.given"]).click()
    await dialog.wait_for(state="detached")
    await phone.rooms()
    await phone.page.locator(".room.open").wait_for()


async def test_picture_goes_when_the_portal_is_turned_off_and_nothing_is_left(garden: Garden) -> None:
    phone = garden.phones["second"]
    await phone.watch()
    await phone.seen()
    addresses = watched(phone)
    act = garden.command("portal/set", portal_enabled=False)
    assert await dark_after(garden, phone, act, "portal_off_to_dark_s") < 5
    await phone.title("state.gone.title")
    await phone.show("14-portal-off")
    await unfetchable(phone, [*addresses, f"{PREFIX}/", f"{PREFIX}/me"])
    await garden.command("portal/set", portal_enabled=True, confirm=True)
