"""Parents' phones: Chromium contexts of phone size, each with cookies of its own, that hear whatever goes wrong."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
import json
from typing import Any, Final

from playwright.async_api import Browser, Page

from custom_components.kindergarten.portal.routes import PREFIX
from tests.cameras.picture import READ_CLOCK_JS
from tests.instance.hass import COMPONENT, REPOSITORY
from tests.portal_pages.phone import HARMLESS, WATCH_CSP
from tests.portal_pages.scenes import ANDROID, video_again
from tests.portal_pages.test_scenes import AXE, RUN_AXE
from tests.stopwatch import Stopwatch

PICTURES: Final = REPOSITORY / ".cache/pictures"
RU: Final[dict[str, str]] = json.loads((COMPONENT / "portal/locales/ru.json").read_text(encoding="utf-8"))
"""The words of the portal in the families' language."""

# Everything that can show a picture, with what it shows: a phone is dark when all of them are empty.
_DARK: Final = """
() => [...document.querySelectorAll("video, img")].every((one) =>
  !one.currentSrc && !one.getAttribute("src") || !one.getClientRects().length)
"""
_WHEN_DARK: Final = f"""
() => new Promise((yes) => {{
  const dark = {_DARK.strip()};
  const timer = setInterval(() => {{
    if (!dark()) return;
    clearInterval(timer);
    yes(Date.now() / 1000);
  }}, 20);
}})
"""
_CLOCK: Final = f"""
() => {{
  const stage = document.querySelector(".stage");
  const shows = stage?.dataset.shows;
  const source = stage?.querySelector(shows === "video" ? "video" : "img");
  if (!source || !["video", "still"].includes(shows)) return null;
  const clock = ({READ_CLOCK_JS.strip()})(source);
  const said = stage.querySelector(".chip").textContent;
  return clock === null ? null : {{ shows, clock, at: Date.now() / 1000, position: source.currentTime ?? 0, said }};
}}
"""
# How far behind the moving picture is, told at the moments at which its clock moves on.
_BEHIND: Final = f"""
(seconds) => new Promise((yes) => {{
  const read = {READ_CLOCK_JS.strip()};
  const video = document.querySelector(".stage video");
  const found = [];
  let before = read(video);
  const end = performance.now() + seconds * 1000;
  const look = () => {{
    const clock = read(video);
    if (clock !== null && before !== null && clock !== before) found.push(((Date.now() / 1000 - clock) % 60 + 60) % 60);
    before = clock;
    if (performance.now() > end) yes(found);
    else setTimeout(look, 30);
  }};
  look();
}})
"""
_FETCH: Final = """
async (address) => {
  const response = await fetch(address, { credentials: "same-origin", cache: "no-store" });
  const headers = [...response.headers].filter(([name]) => name !== "date");
  return { status: response.status, headers, body: await response.text() };
}
"""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A picture on a phone: a video or a still, its clock, when it was seen, the video's position in seconds.

    `said` is what stands over it.
    """

    shows: str
    clock: int
    at: float
    position: float
    said: str

    @property
    def age_s(self) -> float:
        """Return how old the picture is, a second too much at most."""
        return (self.at - self.clock) % 60


@dataclass(kw_only=True)
class Phone:
    """One phone at the portal's address."""

    page: Page
    origin: str
    wrong: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    moved: Stopwatch = field(default_factory=Stopwatch)
    """Runs since the moving picture was asked for or seen."""
    position: float = -1.0
    """Where the moving picture was when it was seen last, in seconds."""

    @property
    def address(self) -> str:
        """Return where the portal is."""
        return f"{self.origin}{PREFIX}/"

    async def tap(self, words: str) -> None:
        """Tap a button by one of the portal's texts."""
        await self.page.get_by_role("button", name=RU[words], exact=True).first.click()

    async def change_consent(self, words: str) -> None:
        """Tap what changes the agreement to live pictures, and leave the question open."""
        name = f"{RU[words]}: {RU['consent.parent_live.title']}"
        await self.page.get_by_role("button", name=name).click()

    async def title(self, words: str, deadline_s: float = 60) -> None:
        """Wait for a screen by the text of its heading."""
        heading = self.page.get_by_role("heading", name=RU[words], exact=True, level=1)
        await heading.wait_for(timeout=deadline_s * 1000)

    async def watch(self) -> None:
        """Open the room."""
        self.moved = Stopwatch()
        await self.page.locator(".room .button.main").first.click()

    async def rooms(self) -> None:
        """Go to the rooms."""
        await self.page.goto(self.address)
        await self.page.locator(".rooms").wait_for()

    async def seen(self, shows: str = "video", deadline_s: float = 60, after: float = -1.0) -> Seen:
        """Wait for a picture in which the camera's clock can be read; so it is not black either."""
        async with asyncio.timeout(deadline_s):
            while True:
                if shows == "video":
                    await video_again(self.page, self.moved.owed_s)
                found: dict[str, Any] | None = await self.page.evaluate(_CLOCK)
                if found and shows in (found["shows"], "any") and found["position"] > after:
                    if found["shows"] == "video" and found["position"] != self.position:
                        # A picture that stands still has not moved.
                        self.moved, self.position = Stopwatch(), found["position"]
                    return Seen(**found)
                await asyncio.sleep(0.05)

    async def behind_s(self, seconds: float) -> list[float]:
        """Return how old the moving picture was, for each second that passed in it."""
        return list(await self.page.evaluate(_BEHIND, seconds))

    def when_dark(self) -> asyncio.Task[float]:
        """Begin to look for the moment at which the phone shows no picture any more."""
        return asyncio.ensure_future(self.page.evaluate(_WHEN_DARK))

    async def dark(self) -> bool:
        """Tell whether the phone shows no picture."""
        return bool(await self.page.evaluate(_DARK))

    async def fetch(self, path: str) -> dict[str, Any]:
        """Fetch something with the phone's cookie; returns status, headers and body."""
        answer: dict[str, Any] = await self.page.evaluate(_FETCH, path)
        return answer

    def newest(self, kind: str) -> str:
        """Return the newest address of a viewing that the phone fetched; `kind` as in `/v/…/s/`."""
        return next(each for each in reversed(self.fetched) if f"/{kind}" in each)

    async def show(self, name: str) -> None:
        """Keep a picture of the page, for people to look at."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        await self.page.screenshot(path=PICTURES / f"parents-{name}.png")

    async def accessible(self) -> list[str]:
        """Return what axe finds wrong with the page."""
        if not await self.page.evaluate("'axe' in window"):
            await self.page.evaluate(AXE)
        return list(await self.page.evaluate(RUN_AXE))

    async def troubles(self) -> list[str]:
        """Return errors, dialogs and reports of the content security policy so far."""
        return self.wrong + list(await self.page.evaluate("window.violations ?? []"))


@asynccontextmanager
async def open_phone(browser: Browser, origin: str) -> AsyncIterator[Phone]:
    """Take a phone that nobody has used yet."""
    context = await browser.new_context(
        viewport={"width": 390, "height": 844},
        user_agent=ANDROID,
        has_touch=True,
        is_mobile=True,
        locale="ru-RU",
        timezone_id="Asia/Almaty",
    )
    page = await context.new_page()
    page.set_default_timeout(60_000)
    phone = Phone(page=page, origin=origin)
    page.on("pageerror", lambda error: phone.wrong.append(f"error: {error}"))
    page.on("console", lambda said: _heard(phone, said.type, said.text))
    page.on("response", lambda response: phone.fetched.append(response.url.removeprefix(origin)))
    await page.add_init_script(WATCH_CSP)
    try:
        yield phone
    finally:
        await context.close()


def _heard(phone: Phone, kind: str, text: str) -> None:
    # Reading the clock out of the picture is the test's own doing.
    if kind in ("error", "warning") and not any(word in text for word in (*HARMLESS, "Canvas2D")):
        phone.wrong.append(f"{kind}: {text}")
