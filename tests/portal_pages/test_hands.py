"""Without a mouse, without sight, without a good network."""

import time

from playwright.async_api import Browser, Page, expect
import pytest

from tests.stopwatch import Stopwatch

from .mock import Kindergarten
from .phone import Phone, take_phone, until

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

FOCUS = """
() => {
  const one = document.activeElement, look = getComputedStyle(one);
  return [one.textContent.trim(), look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2];
}
"""


async def test_room_is_opened_and_left_with_the_keyboard_and_focus_is_seen(phone: Phone) -> None:
    page = phone.page
    await page.goto(phone.kindergarten.url)
    await page.locator(".room").wait_for()
    await page.keyboard.press("Tab")
    assert await page.evaluate(FOCUS) == ["Көру", True]
    await page.keyboard.press("Enter")
    await page.locator(".stage").wait_for()
    await until(page, "document.activeElement.tagName === 'H1'")
    words = []
    for _ in range(6):
        await page.keyboard.press("Tab")
        text, seen = await page.evaluate(FOCUS)
        assert seen, text
        words.append(text)
    assert words == [
        "",
        "Трафикті үнемдеу",
        "Тоқтату",
        "Бөлмелер",
        "Күн",
        "Мен",
    ]  # the first is the icon "large picture"


async def test_live_picture_is_announced(phone: Phone) -> None:
    page = phone.page
    await page.goto(phone.kindergarten.url)
    await page.locator(".room .button.main").click()
    await page.locator("#announcements").get_by_text("Күншуақ: тікелей эфир.").wait_for(state="attached")


async def test_every_page_has_its_own_title_and_one_heading(phone: Phone) -> None:
    page = phone.page
    titles = set()
    for fragment in ("#rooms", "#day", "#me", "#ask"):
        await page.goto(phone.kindergarten.url + fragment)
        await page.reload()
        await page.locator("main h1").wait_for()
        await expect(page.locator("h1")).to_have_count(1)
        titles.add(await page.title())
    assert len(titles) == 4


async def test_back_button_of_the_phone_leads_back(phone: Phone) -> None:
    page = phone.page
    await page.goto(phone.kindergarten.url)
    await page.locator(".tab").nth(1).click()
    await page.locator(".seal").wait_for()
    await page.go_back()
    await page.locator(".room").wait_for()


async def test_first_view_stands_within_a_second_and_a_half_on_3g(
    browser: Browser, kindergarten: Kindergarten
) -> None:
    kindergarten.says["GET /me"] = (404, None)
    tries = sorted([await _first_view_s(browser, kindergarten) for _ in range(3)])
    assert tries[1] < 1.5, tries


async def _first_view_s(browser: Browser, kindergarten: Kindergarten) -> float:
    """Return after how many seconds a phone that has fetched nothing yet shows something over a slow network."""
    async with take_phone(browser, kindergarten) as phone:
        session = await phone.page.context.new_cdp_session(phone.page)
        await session.send("Network.enable")
        await session.send(
            "Network.emulateNetworkConditions",
            {"offline": False, "latency": 100, "downloadThroughput": 200_000, "uploadThroughput": 90_000},
        )
        await phone.page.goto(kindergarten.url, wait_until="commit")
        watch = Stopwatch()
        await phone.page.locator("main h1").wait_for()
        return watch.seconds


async def test_browser_too_old_is_told_so(phone: Phone) -> None:
    await phone.page.add_init_script("delete Crypto.prototype.randomUUID;")
    await phone.page.goto(phone.kindergarten.url)
    await phone.page.get_by_role("heading", name="Бұл браузер тым ескі").wait_for()
    phone.wrong.clear()


async def _go_offline(page: Page, url: str) -> None:
    await page.goto(url)
    await page.locator(".room").wait_for()
    await page.context.set_offline(True)
    await page.locator(".tab").nth(2).click()
    await page.get_by_role("heading", name="Байланыс жоқ").wait_for()


async def test_offline_page_comes_back_with_one_tap(phone: Phone) -> None:
    page = phone.page
    await page.add_init_script(
        "window.addEventListener('online', (event) => event.stopImmediatePropagation());"
    )
    await page.clock.install()
    await _go_offline(page, phone.kindergarten.url)
    await page.clock.pause_at(time.time() + 60)  # or it would look for itself before the tap
    await page.context.set_offline(False)
    await page.locator("main .button.main").click()
    await page.locator(".split").first.wait_for()


async def test_offline_page_comes_back_by_itself(phone: Phone) -> None:
    page = phone.page
    await _go_offline(page, phone.kindergarten.url)
    await page.context.set_offline(False)
    await page.locator(".split").first.wait_for()


async def test_nothing_is_fetched_from_elsewhere(phone: Phone) -> None:
    page = phone.page
    hosts = set()
    page.on(
        "request",
        lambda request: hosts.add(request.url.split("/")[2]) if not request.url.startswith("blob:") else None,
    )
    await page.goto(phone.kindergarten.url)
    await page.locator(".room .button.main").click()
    await page.locator(".stage[data-shows=video]").wait_for()
    assert hosts == {phone.kindergarten.url.split("/")[2]}
