"""The live picture: it moves, it comes back by itself, and it is gone when it must be."""

import asyncio
import re
import time

from playwright.async_api import Page, Route, expect
import pytest

from tests.stopwatch import Stopwatch

from .live import SHOWN, clock, watch_on
from .mock import room, somebody
from .phone import Phone
from .scenes import MOVING

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]


async def test_video_plays_and_its_clock_advances(phone: Phone) -> None:
    page = await watch_on(phone)
    position = await page.evaluate("document.querySelector('video').currentTime")
    first = await clock(page)
    async with asyncio.timeout(60):
        while await clock(page) in {first, None}:  # not black: the clock can be read
            await asyncio.sleep(0.2)
    assert await page.evaluate("document.querySelector('video').currentTime") > position


async def test_video_is_less_than_five_seconds_behind(phone: Phone) -> None:
    page = await watch_on(phone)
    async with asyncio.timeout(60):
        while (second := await clock(page)) is None or (
            time.time() - phone.kindergarten.began - second
        ) % 60 >= 5:
            await asyncio.sleep(0.2)


@pytest.mark.parametrize(
    ("reason", "title"),
    [
        ("paused", "Қысқа үзіліс"),
        ("closed_hours", "Бөлме әзірге жабық"),
        ("own_consent", "Сіздің келісіміңіз жетіспейді"),
    ],
)
async def test_picture_is_gone_within_a_second_and_the_reason_shown(
    phone: Phone, reason: str, title: str
) -> None:
    page = await watch_on(phone)
    phone.kindergarten.me = somebody(rooms=[room(open=False, reason=reason)])
    phone.kindergarten.end(reason)
    stopwatch = Stopwatch()
    async with asyncio.timeout(60):
        while (await page.evaluate(SHOWN)) != {"shows": "nothing", "video": False, "still": False}:
            await asyncio.sleep(0.02)
    assert stopwatch.seconds < 1
    await page.get_by_role("heading", name=title).wait_for()
    asked = phone.kindergarten.asked("/viewings")
    await asyncio.sleep(1.5)
    assert phone.kindergarten.asked("/viewings") == asked


async def test_revoked_phone_sees_the_same_as_nobody(phone: Phone) -> None:
    page = await watch_on(phone)
    phone.kindergarten.says["GET /me"] = (404, None)
    phone.kindergarten.end("unknown")
    await page.get_by_role("heading", name="Қазір мұнда ештеңе жоқ").wait_for()
    await expect(page.locator("video")).to_have_count(0)


async def test_room_that_is_gone_says_that_access_has_ended(phone: Phone) -> None:
    page = await watch_on(phone)
    phone.kindergarten.me = somebody(rooms=[])
    phone.kindergarten.end("access_ended")
    await page.get_by_role("heading", name="Бұл бөлмені көру мерзіміңіз аяқталды").wait_for()


async def test_phone_comes_back_to_the_picture_by_itself_when_the_kindergarten_was_started_anew(
    phone: Phone,
) -> None:
    page, kindergarten = await watch_on(phone), phone.kindergarten
    kindergarten.says["GET /me"] = (404, None)
    kindergarten.end("unknown")
    await page.locator(".notice.stop").wait_for()
    kindergarten.me = somebody(rooms=[room("Еркемай"), room(id="another-id")])
    kindergarten.ended = None
    del kindergarten.says["GET /me"]
    await page.locator(MOVING).wait_for()
    await page.wait_for_url(re.compile("#live/another-id$"))


async def test_picture_goes_on_when_the_room_goes_by_another_id(phone: Phone) -> None:
    page, kindergarten = await watch_on(phone), phone.kindergarten
    kindergarten.me = somebody(rooms=[room(id="another-id")])
    kindergarten.end("lost")
    await kindergarten.hears("/viewings", room="another-id")
    await page.locator(MOVING).wait_for()


async def test_viewing_begins_anew_by_itself_after_a_loss(phone: Phone) -> None:
    page = await watch_on(phone)
    phone.kindergarten.end("lost")
    async with asyncio.timeout(60):
        while phone.kindergarten.asked("/viewings") < 2:
            await asyncio.sleep(0.05)
    await page.locator(MOVING).wait_for()


async def test_hidden_page_shows_and_fetches_nothing_and_comes_back(phone: Phone) -> None:
    page = await watch_on(phone)
    await _hide(page, hidden=True)
    await expect(page.locator(".stage")).to_have_attribute("data-shows", "nothing")
    await phone.kindergarten.hears("/beat", visible=False)
    fetched = -1
    async with asyncio.timeout(60):
        while fetched != (fetched := _seconds(phone)):  # what was on its way may still come
            await asyncio.sleep(2)
    await _hide(page, hidden=False)
    await page.locator(MOVING).wait_for()
    assert phone.kindergarten.asked("/viewings") == 1


def _seconds(phone: Phone) -> int:
    return sum(count for path, count in phone.kindergarten.fetched.items() if "/s/" in path)


async def test_viewing_that_ended_while_hidden_begins_again(phone: Phone) -> None:
    page = await watch_on(phone)
    await _hide(page, hidden=True)
    phone.kindergarten.end("hidden")
    await phone.kindergarten.hears("/beat")
    await _hide(page, hidden=False)
    await page.locator(MOVING).wait_for()
    assert phone.kindergarten.asked("/viewings") == 2


async def _hold_me(page: Page) -> tuple[asyncio.Event, asyncio.Event]:
    """Hold back who this phone is; returns the events that it is asked, and that it may be told."""
    asked, back = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        asked.set()
        await back.wait()
        await route.continue_()

    await page.route("**/portal/me", hold)
    return asked, back


async def test_who_comes_back_while_the_end_is_looked_into_begins_one_viewing(phone: Phone) -> None:
    page = await watch_on(phone)
    asked, back = await _hold_me(page)
    phone.kindergarten.end("hidden")
    await _hide(page, hidden=True)
    async with asyncio.timeout(60):
        await asked.wait()
    await _hide(page, hidden=False)
    await page.locator(MOVING).wait_for()
    async with page.expect_response("**/portal/me"):
        back.set()
    await page.evaluate("new Promise((done) => setTimeout(done, 1500))")
    assert phone.kindergarten.asked("/viewings") == 2


async def test_who_comes_back_while_the_end_is_looked_into_takes_no_picture_from_the_other_phone(
    phone: Phone,
) -> None:
    page = await watch_on(phone)
    asked, back = await _hold_me(page)
    phone.kindergarten.end("elsewhere")
    async with asyncio.timeout(60):
        await asked.wait()
    await _hide(page, hidden=True)
    await _hide(page, hidden=False)
    back.set()
    await page.get_by_role("heading", name="Сіз басқа құрылғыдан көріп отырсыз").wait_for()
    assert phone.kindergarten.asked("/viewings") == 1


async def _hide(page: Page, *, hidden: bool) -> None:
    state = "hidden" if hidden else "visible"
    await page.evaluate(
        """(state) => {
          Object.defineProperty(document, "visibilityState", {configurable: true, get: () => state});
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        state,
    )


async def test_nobody_there_is_warned_and_may_stay(phone: Phone) -> None:
    phone.kindergarten.left_s = 40
    page = await watch_on(phone)
    await page.get_by_role("heading", name="Әлі көріп отырсыз ба?").wait_for()
    await expect(page.locator("#announcements")).to_contain_text("Әлі көріп отырсыз ба?")
    phone.kindergarten.left_s = 900
    await page.get_by_role("button", name="Иә, көріп отырмын").click()
    await page.get_by_role("heading", name="Әлі көріп отырсыз ба?").wait_for(state="hidden")
    await phone.kindergarten.hears("/beat", visible=True, active=True)


async def test_nobody_there_ends_the_viewing(phone: Phone) -> None:
    phone.kindergarten.left_s = 3
    await watch_on(phone)
    await phone.page.get_by_role("heading", name="Көрсету тоқтап тұр").wait_for()
    await expect(phone.page.locator("video")).to_have_count(0)


async def test_stop_ends_the_viewing_at_the_kindergarten(phone: Phone) -> None:
    page = await watch_on(phone)
    await page.get_by_role("button", name="Тоқтату").click()
    await page.locator(".room").wait_for()
    await phone.kindergarten.hears("/end")


async def test_place_in_the_queue_moves_on_by_itself(phone: Phone) -> None:
    await phone.page.clock.install()
    phone.kindergarten.says["POST /viewings"] = (409, {"code": "full", "place": 3})
    await phone.page.goto(phone.kindergarten.url)
    await phone.page.locator(".room .button.main").click()
    await phone.page.get_by_text("Кезектегі орныңыз: 3").wait_for()
    phone.kindergarten.says["POST /viewings"] = (409, {"code": "full", "place": 1})
    await phone.page.clock.fast_forward(9000)
    await phone.page.get_by_text("Кезектегі орныңыз: 1").wait_for()
    phone.kindergarten.says.clear()
    await phone.page.clock.fast_forward(9000)
    await phone.page.clock.resume()
    await phone.page.locator(".stage").wait_for()
