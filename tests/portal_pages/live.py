"""The live page as its tests look at it."""

import asyncio

from playwright.async_api import Page

from tests.cameras.picture import READ_CLOCK_JS

from .phone import Phone
from .scenes import MOVING, watch

SHOWN = """
() => {
  const shows = document.querySelector(".stage")?.dataset.shows ?? "nothing";
  const video = document.querySelector("video"), still = document.querySelector("img.still");
  return {shows, video: Boolean(video?.src || video?.srcObject || video?.querySelector("source")), still: Boolean(still?.src)};
}
"""


async def watch_on(phone: Phone) -> Page:
    """Come to the moving picture of the only room; returns the page."""
    await watch(phone.page, phone.kindergarten)
    return phone.page


async def clock(page: Page, element: str = "video") -> int | None:
    """Return the second that the camera's clock shows, None where no picture is."""
    found: int | None = await page.locator(element).evaluate(READ_CLOCK_JS)
    return found


async def readable(page: Page, element: str) -> None:
    """Wait until a picture is there in which the clock can be read."""
    async with asyncio.timeout(60):
        while await clock(page, element) is None:
            await asyncio.sleep(0.05)


async def plays_for(page: Page, seconds: float) -> None:
    """Wait until so much more of the video was seen, and was called live all the while."""
    first = await page.evaluate("document.querySelector('video').currentTime")
    async with asyncio.timeout(60):
        while await page.evaluate("document.querySelector('video').currentTime") < first + seconds:
            await page.locator(MOVING).wait_for()
            await asyncio.sleep(0.1)
