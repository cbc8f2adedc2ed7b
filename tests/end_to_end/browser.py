"""Drives Home Assistant's own frontend in Chromium, as an owner does."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
import shutil

from playwright.async_api import Page, async_playwright

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


@asynccontextmanager
async def browser_page(language: str = "en-US", width: int = 1280, height: int = 900) -> AsyncIterator[Page]:
    """Open a page in a fresh Chromium."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert chromium, "Chromium is not installed; script/setup --browser does it"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        try:
            page = await browser.new_page(viewport={"width": width, "height": height}, locale=language)
            page.set_default_timeout(30_000)
            yield page
        finally:
            await browser.close()


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
    """Log in with name and password and wait for the sidebar."""
    await page.goto(url)
    await page.locator("input[name=username]").fill(login["username"])
    await page.locator("input[name=password]").fill(login["password"])
    await page.get_by_role("button", name="Log in").click()
    await page.locator("ha-sidebar").wait_for()
