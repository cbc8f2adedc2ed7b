"""The viewer's name over the live picture, which is not there without it and cannot be taken out of the page."""

import asyncio
from collections.abc import AsyncIterator

from playwright.async_api import Browser, expect
import pytest
import pytest_asyncio

from tests.stopwatch import Stopwatch

from .live import watch_on
from .mock import Kindergarten, open_portal
from .phone import Phone, take_phone, until

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def only(browser: Browser) -> AsyncIterator[Phone]:
    """A phone for all tests that leave nothing behind."""
    async with open_portal() as kindergarten, take_phone(browser, kindergarten) as phone:
        yield phone


@pytest_asyncio.fixture(loop_scope="session")
async def shared(only: Phone) -> Phone:
    """The same phone as new, but for what its browser has fetched."""
    await only.renew()
    only.kindergarten.forget()
    return only


@pytest.mark.parametrize(
    "deed",
    [
        "document.querySelector('.watermark').remove()",
        "document.querySelector('.watermark').style.visibility = 'hidden'",
        "document.querySelector('.watermark').style.opacity = 0.05",
        "document.querySelector('.watermark').style.left = '-900px'",
        "document.querySelector('.watermark').style.fontSize = '2px'",
        "document.querySelector('.watermark span').textContent = 'Somebody'",
        "document.querySelector('.watermark').hidden = true",
        "document.adoptedStyleSheets = [(() => { const s = new CSSStyleSheet(); s.replaceSync('.watermark{display:none!important}'); return s; })()]",
    ],
)
async def test_picture_stops_when_the_name_over_it_is_hidden(shared: Phone, deed: str) -> None:
    page = await watch_on(shared)
    stopwatch = Stopwatch()
    await page.evaluate(deed)
    await page.get_by_role("heading", name="Көрсету тоқтатылды").wait_for()
    assert stopwatch.seconds < 3
    await expect(page.locator("video")).to_have_count(0)
    await shared.kindergarten.hears("/end")
    assert await shared.troubles() == []


async def test_watermark_says_who_when_and_which_viewing(phone: Phone) -> None:
    await phone.page.clock.install()
    page = await watch_on(phone)
    said = await page.locator(".watermark").inner_text()
    assert "Айгүл С." in said
    assert "K7F2" in said
    assert ":" in said
    place = await page.locator(".watermark").get_attribute("data-place")
    await page.clock.run_for(9_500)
    await expect(page.locator(f".watermark:not([data-place='{place}'])")).to_have_count(1)


async def test_watermark_does_not_slide_for_who_wants_no_motion(
    browser: Browser, kindergarten: Kindergarten
) -> None:
    async with take_phone(browser, kindergarten, still=True) as phone:
        page = await watch_on(phone)
        assert await page.locator(".watermark").evaluate(
            "(mark) => getComputedStyle(mark).transitionProperty"
        ) in {"none", "all"}
        assert (
            await page.locator(".watermark").evaluate("(mark) => getComputedStyle(mark).transitionDuration")
            == "0s"
        )


async def test_picture_cannot_be_taken_out_of_the_page(phone: Phone) -> None:
    page = await watch_on(phone)
    told = await page.evaluate("""() => {
      const video = document.querySelector("video");
      const menu = new MouseEvent("contextmenu", {bubbles: true, cancelable: true});
      video.parentElement.dispatchEvent(menu);
      return [video.disablePictureInPicture, video.disableRemotePlayback, video.controls, menu.defaultPrevented,
              video.getAttribute("x-webkit-airplay"), video.muted, document.querySelector("[download]")];
    }""")
    assert told == [True, True, False, True, "deny", True, None]


async def test_large_picture_is_left_with_escape_and_keeps_the_name(phone: Phone) -> None:
    page = await watch_on(phone)
    await page.get_by_role("button", name="Үлкен кескін").click()
    await page.locator(".stage.wide.turned .watermark").wait_for()
    assert await page.evaluate("document.fullscreenElement") is None
    await until(page, "document.querySelector('.tabs').inert")
    await asyncio.sleep(1.2)  # the watermark is looked after there too
    await page.keyboard.press("Escape")
    await page.locator(".stage:not(.wide) .watermark").wait_for()
    await until(page, "!document.querySelector('.tabs').inert")
