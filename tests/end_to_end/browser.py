"""Drives Home Assistant's own frontend in Chromium, as an owner does."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
import shutil
import time

from playwright.async_api import (
    Error as PlaywrightError,
    Locator,
    Page,
    TimeoutError as PlaywrightTimeout,
    async_playwright,
)

from tests.cameras.picture import READ_CLOCK_JS

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]
DEADLINE_MS = 60_000
POSITION_AND_CLOCK = f"(video) => [video.currentTime, ({READ_CLOCK_JS.strip()})(video)]"


@asynccontextmanager
async def browser_page(language: str = "en-US", width: int = 1280, height: int = 900) -> AsyncIterator[Page]:
    """Open a page in a fresh Chromium."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert chromium, "Chromium is not installed; script/setup --browser does it"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        try:
            page = await browser.new_page(viewport={"width": width, "height": height}, locale=language)
            page.set_default_timeout(DEADLINE_MS)
            yield page
        finally:
            await browser.close()


async def go(page: Page, address: str) -> None:
    """Open an address, also while the page that is there goes somewhere by itself, which wins over ours."""
    for _ in range(5):
        try:
            await page.goto(address)
        except PlaywrightError as error:
            if "interrupted by another navigation" not in str(error) and "ERR_ABORTED" not in str(error):
                raise
            await page.wait_for_load_state()
        else:
            return
    raise AssertionError(f"the page goes elsewhere each time that {address} is opened")


async def onboard(page: Page, url: str, login: Mapping[str, str]) -> None:
    """Make the owner's account on a new Home Assistant."""
    await page.goto(url)
    await page.get_by_role("button", name="Create my smart home").click()
    for name in ("name", "username", "password"):
        await page.locator(f"onboarding-create-user input[name={name}]").fill(login[name])
    await page.locator("onboarding-create-user input[name=password_confirm]").fill(login["password"])
    async with page.expect_response("**/api/onboarding/users"):
        await page.get_by_role("button", name="Create account").click()


async def log_in(page: Page, url: str, login: Mapping[str, str]) -> None:
    """Log in with name and password, unless the browser still is, and wait for the sidebar."""
    await go(page, url)
    user, sidebar = page.locator("input[name=username]"), page.locator("ha-sidebar")
    await user.or_(sidebar).first.wait_for()
    if await user.count():
        await user.fill(login["username"])
        await page.locator("input[name=password]").fill(login["password"])
        await page.get_by_role("button", name="Log in").click()
        await sidebar.wait_for()


async def visit(page: Page, address: str, sign: Locator) -> None:
    """Open a page of the frontend and wait for a sign of it.

    Just after a login the frontend moves on to its overview by itself, away from what was opened.
    """
    for patience_s in (10, 20, 30, 40, 50):
        await go(page, address)
        try:
            await sign.first.wait_for(timeout=patience_s * 1000)
        except PlaywrightTimeout:
            continue
        return
    raise AssertionError(f"{address} does not show what it should")


class Dialog:
    """The dialog in which Home Assistant shows the steps of a flow."""

    def __init__(self, page: Page) -> None:
        """Use the dialog that is open on the page."""
        self._page = page
        self._dialog = page.locator("dialog-data-entry-flow")

    async def fill(self, **values: str) -> None:
        """Type into fields by their names."""
        for name, value in values.items():
            await self._dialog.locator(f"input[name={name}]").fill(value)

    async def submit(self) -> None:
        """Send the form."""
        await self._dialog.get_by_role("button", name="Submit").click()

    async def choose(self, text: str) -> None:
        """Choose from a menu."""
        await self._dialog.get_by_text(text).first.click()

    async def see(self, text: str, deadline_s: float = 120) -> None:
        """Wait until a text is there."""
        await self._dialog.get_by_text(text).first.wait_for(timeout=deadline_s * 1000)

    async def close(self) -> None:
        """Acknowledge the last step."""
        await self._dialog.get_by_role("button", name="Finish").click()


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What a video shows: position in seconds, when it was looked at, and the clock in its picture."""

    position_s: float
    clock: int
    at: float


async def look(page: Page, within: str, after_s: float = 0, deadline_s: float = 120) -> Sight:
    """Wait until a video inside an element has played past a position and shows its clock."""
    video = page.locator(f"{within} video").first
    await video.wait_for(state="attached", timeout=deadline_s * 1000)
    async with asyncio.timeout(deadline_s):
        while True:
            position, clock = await video.evaluate(POSITION_AND_CLOCK)
            if position > after_s and clock is not None:
                return Sight(position_s=position, clock=clock, at=time.time())
            await asyncio.sleep(0.3)
