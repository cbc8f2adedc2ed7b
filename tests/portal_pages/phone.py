"""A parent's phone: Chromium, phone-sized, that notices whatever must not happen."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
import shutil

from playwright.async_api import Browser, Dialog, Page, async_playwright, expect

from tests.end_to_end.browser import CHROMIUM_FLAGS, DEADLINE_MS

from .mock import Kindergarten
from .scenes import ANDROID, Scene

WATCH_CSP = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""
# Said by Chromium about the network, not by the page.
HARMLESS = ("Failed to load resource", "net::ERR_")
SIZE = (390, 844)

expect.set_options(timeout=DEADLINE_MS)


@dataclass(kw_only=True)
class Phone:
    """A page and what went wrong on it."""

    page: Page
    kindergarten: Kindergarten
    wrong: list[str] = field(default_factory=list)

    async def show(self, scene: Scene) -> None:
        """Bring a scene about and wait until it is there."""
        scene.prepare(self.kindergarten)
        await self.page.goto(self.kindergarten.url + scene.fragment)
        await self.page.locator("main h1").first.wait_for()
        if scene.act:
            await scene.act(self.page, self.kindergarten)
        await self.page.locator(scene.sign).first.wait_for()

    async def renew(self) -> None:
        """Make it as it was taken, but for what its browser has fetched."""
        await self.page.context.set_offline(offline=False)
        if self.page.url.startswith(self.kindergarten.url):
            await self.page.evaluate("localStorage.clear(); sessionStorage.clear()")
        await self.page.goto("about:blank")
        await self.page.emulate_media(color_scheme="light")
        await self.page.set_viewport_size({"width": SIZE[0], "height": SIZE[1]})
        self.wrong.clear()

    async def refuse(self, dialog: Dialog) -> None:
        """Close a dialog that some script opened, and tell of it."""
        self.wrong.append(f"dialog: {dialog.message}")
        await dialog.dismiss()

    async def troubles(self) -> list[str]:
        """Return dialogs, errors and reports of the content security policy so far."""
        return self.wrong + list(await self.page.evaluate("window.violations ?? []"))


async def until(page: Page, expression: str, arg: object = None) -> None:
    """Wait until something is true on a page; `wait_for_function` may not where a policy forbids `eval`."""
    async with asyncio.timeout(60):
        while not await page.evaluate(expression, arg):
            await asyncio.sleep(0.05)


@asynccontextmanager
async def open_browser() -> AsyncIterator[Browser]:
    """Start Chromium."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert chromium, "Chromium is not installed; script/setup --browser does it"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def take_phone(
    browser: Browser,
    kindergarten: Kindergarten,
    *,
    language: str = "kk",
    agent: str = ANDROID,
    known: bool = True,
    size: tuple[int, int] = SIZE,
    dark: bool = False,
    still: bool = False,
) -> AsyncIterator[Phone]:
    """Open a browser of its own cookies; `known` is a phone that was signed in before, `still` one without motion."""
    width, height = size
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        user_agent=agent,
        locale=language,
        timezone_id="Asia/Almaty",
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce" if still else "no-preference",
        permissions=["clipboard-read", "clipboard-write"],
    )
    page = await context.new_page()
    page.set_default_timeout(DEADLINE_MS)
    phone = Phone(page=page, kindergarten=kindergarten)
    page.on("pageerror", lambda error: phone.wrong.append(f"error: {error}"))
    page.on("console", lambda said: _heard(phone, said.type, said.text))
    page.on("dialog", phone.refuse)
    page.on("requestfailed", lambda request: print("failed:", request.failure, request.url))
    kept = {"kindergarten.language": language} | ({"kindergarten.known": "1"} if known else {})
    keep = "\n".join(
        f"try {{ localStorage.setItem({key!r}, {value!r}) }} catch {{}}" for key, value in kept.items()
    )
    await page.add_init_script(WATCH_CSP + keep)
    try:
        yield phone
    finally:
        await context.close()


def _heard(phone: Phone, kind: str, text: str) -> None:
    if kind == "error" and not any(word in text for word in HARMLESS):
        phone.wrong.append(f"{kind}: {text}")
