"""A Home Assistant with a kindergarten, and its owner in front of a browser."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
import json
from pathlib import Path
import shutil
import tempfile
from typing import Any

import aiohttp
from playwright.async_api import (
    Browser,
    BrowserContext,
    Dialog,
    Error as PlaywrightError,
    Locator,
    Page,
    expect,
)

from tests.end_to_end.browser import DEADLINE_MS, log_in, visit
from tests.instance.client import OWNER, Client
from tests.instance.engines import stop_engines
from tests.instance.hass import REPOSITORY, Hass
from tests.instance.kindergarten import SUBENTRY_FLOWS, Kindergarten
from tests.portal_pages.phone import WATCH_CSP

AXE = (REPOSITORY / "tests/portal_pages/vendor/axe.min.js").read_text(encoding="utf-8")
FIND = """
const find = (root) => {
  for (const each of root.querySelectorAll("*")) {
    if (each.localName === "kindergarten-panel") return each;
    const found = each.shadowRoot && find(each.shadowRoot);
    if (found) return found;
  }
};
const every = (root) => [...root.querySelectorAll("*")].flatMap((each) =>
  [each, ...(each.shadowRoot ? every(each.shadowRoot) : [])]);
"""
TOLD = """
async (connection) => {
  let told;
  const first = new Promise((done) => { told = done; });
  const end = await connection.subscribeMessage(told, { type: "kindergarten/people/subscribe" });
  const table = await first;
  // Once: a change that comes meanwhile must not end it a second time.
  await end();
  return table;
}
"""
RUN_AXE = f"""
async () => {{
  {FIND}
  const panel = find(document);
  // What is behind a dialog is out of reach, and was looked at without it.
  const dialog = every(panel.shadowRoot).find((one) => one.localName === "kg-sheet");
  const found = await axe.run(dialog ?? panel, {{
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  }});
  const told = (node) => `${{node.target}} ${{node.failureSummary}}`;
  if (found.passes.length < 5) return ["axe has seen nothing"];
  return found.violations.map((one) => `${{one.id}}: ${{one.nodes.map(told).join("; ")}}`);
}}
"""
# What sticks out of the page without a scroll bar of its own.
CUT = f"""
() => {{
  {FIND}
  const width = document.documentElement.clientWidth;
  const scrolls = (one) => {{
    for (let at = one; at; at = at.assignedSlot ?? at.parentNode ?? at.host)
      if (at instanceof Element && /auto|scroll|hidden/.test(getComputedStyle(at).overflowX)) return true;
    return false;
  }};
  return every(find(document).shadowRoot)
    .filter((one) => one.getClientRects().length && !one.closest(".unseen, svg"))
    .filter((one) => one.getBoundingClientRect().right > width + 1 && !scrolls(one))
    .map((one) => `${{one.localName}}.${{one.className}} sticks out`);
}}
"""
# What somebody reads who looks at it.
SAYS = f"""
() => {{
  {FIND}
  const texts = (one) => [...one.childNodes].filter((each) => each.nodeType === 3).map((each) => each.data.trim());
  const shown = every(find(document).shadowRoot).filter((one) => one.localName !== "style" && one.getClientRects().length);
  return shown.flatMap(texts).filter(Boolean).join(" | ");
}}
"""
# Nothing has changed for a moment; what waits for ever looks the same.
SETTLED = f"""
async () => {{
  {FIND}
  const look = () => every(find(document).shadowRoot).length;
  for (let same = 0, before = -1; same < 3; ) {{
    await new Promise((done) => setTimeout(done, 60));
    const now = look();
    same = now === before ? same + 1 : 0;
    before = now;
  }}
}}
"""
SECTIONS = (
    ("today",),
    ("cameras", "check", "planner", "sights", "alerts"),
    ("recordings", "heatmap", "kept"),
    (
        "families",
        "consents",
        "ways",
        "phones",
        "viewings",
        "requests",
        "paper",
        "rooms",
        "preview",
        "golive",
    ),
    ("inspection", "challenge", "packs", "evidence"),
)
"""The pages as the navigation has them: a tap on a section opens its first page."""
PLACES = tuple(place for section in SECTIONS for place in section)
LEFT_WHILE_LOADING = "reading '_panel_custom'"
ROOM = {
    "kind": "group",
    "recording": "always",
    "opening": {
        "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
        "from": "00:00:00",
        "to": "23:59:59",
    },
    "quiet": {},
    "parents": {"shown": False},
}

expect.set_options(timeout=DEADLINE_MS)


@dataclass(kw_only=True)
class Owner:
    """A browser of the owner, that notices whatever must not happen."""

    page: Page
    url: str
    wrong: list[str] = field(default_factory=list)

    @property
    def panel(self) -> Locator:
        """Return the panel."""
        return self.page.locator("kindergarten-panel")

    async def open(self, place: str) -> None:
        """Open a page by its address and wait for it."""
        await visit(self.page, f"{self.url}/kindergarten/{place}", self.panel.locator(f"main kg-{place} h1"))

    async def go(self, place: str) -> None:
        """Go to a page as everybody does: to its section, then to the page."""
        first = next(section[0] for section in SECTIONS if place in section)
        await self.panel.locator(f'nav > a[href$="/{first}"]').click()
        if place != first:
            await self.panel.locator(f'nav .pages a[href$="/{place}"]').click()

    async def press(self, name: str) -> None:
        """Press a button, by the beginning of its name."""
        await self.panel.get_by_role("button", name=name).first.click()

    async def see(self, text: str) -> None:
        """Wait until a text is shown."""
        await self.panel.get_by_text(text).first.wait_for()

    async def settle(self) -> None:
        """Wait until the page has asked and shown all it wants."""
        await self.page.evaluate(SETTLED)

    async def table(self) -> dict[str, Any]:
        """Return the people as the integration has them now: what a page was told last may be older by a moment."""
        return dict(
            await self.page.evaluate(
                f"() => {{ {FIND} return ({TOLD})(find(document)._desk.hass.connection) }}"
            )
        )

    async def troubles(self) -> list[str]:
        """Return dialogs, errors and reports of a content security policy so far."""
        return [*self.wrong, *await self.page.evaluate("window.violations ?? []")]

    async def accessible(self) -> list[str]:
        """Return what axe and a ruler find wrong now."""
        await self.page.evaluate(AXE)
        return [*await self.page.evaluate(RUN_AXE), *await self.page.evaluate(CUT)]

    def note(self, error: Exception) -> None:
        """Keep an error of a script, unless it is the frontend's own, which moves on in the middle of loading."""
        if LEFT_WHILE_LOADING not in str(error):
            self.wrong.append(f"error: {error}")

    async def refuse(self, dialog: Dialog) -> None:
        """Close a dialog that some script opened, and tell of it; leaving a page may be asked about."""
        if dialog.type == "beforeunload":
            await dialog.accept()
            return
        self.wrong.append(f"dialog: {dialog.message}")
        await dialog.dismiss()


@dataclass(kw_only=True)
class House:
    """Everything under test."""

    hass: Hass
    client: Client
    kindergarten: Kindergarten
    browser: Browser
    logged_in: Any = None

    @property
    def origin(self) -> str:
        """Return where parents find their view: browsers trust this name without a certificate."""
        return f"http://localhost:{self.hass.port}"

    async def ask(self, command: str, **fields: Any) -> Any:
        """Ask a command of the panel, beside it."""
        return await self.client.command(f"kindergarten/{command}", **fields)

    async def knock(
        self,
        body: object = None,
        path: str = "pair",
        agent: str = "Mozilla/5.0 (Linux; Android 14) Chrome/140",
    ) -> Any:
        """Knock at the door as a phone does."""
        headers = {"Origin": self.origin, "User-Agent": agent}
        address = f"{self.origin}/api/kindergarten/portal/{path}"
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.post(address, json=body or {}) as answer,
        ):
            return await answer.json()

    @asynccontextmanager
    async def owner(
        self,
        language: str = "en",
        *,
        dark: bool = False,
        size: tuple[int, int] = (1280, 800),
        login: dict[str, str] = OWNER,
    ) -> AsyncIterator[Owner]:
        """Sit somebody in front of a browser, logged in; the owner does it once, in English."""
        if login is OWNER and self.logged_in is None and language != "en":
            async with self.owner():
                pass
        known = self.logged_in if login is OWNER else None
        context = await self._context(language, dark=dark, size=size, known=known)
        page = await context.new_page()
        page.set_default_timeout(DEADLINE_MS)
        owner = Owner(page=page, url=self.hass.url)
        page.on("pageerror", owner.note)
        page.on("dialog", owner.refuse)
        try:
            if known is None:
                await log_in(page, self.hass.url, login)
            if login is OWNER and known is None:
                self.logged_in = await context.storage_state()
            yield owner
        except PlaywrightError as error:
            with suppress(PlaywrightError):
                error.add_note(f"the page says: {await page.evaluate(SAYS)}")
            raise
        finally:
            await context.close()

    @asynccontextmanager
    async def phone(self) -> AsyncIterator[Page]:
        """Take a phone that has never been here."""
        context = await self.browser.new_context(viewport={"width": 390, "height": 844}, locale="en-US")
        page = await context.new_page()
        page.set_default_timeout(DEADLINE_MS)
        try:
            yield page
        finally:
            await context.close()

    async def _context(
        self, language: str, *, dark: bool, size: tuple[int, int], known: Any
    ) -> BrowserContext:
        context = await self.browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale={"ru": "ru-RU"}.get(language, "en-US"),
            timezone_id="Asia/Almaty",
            color_scheme="dark" if dark else "light",
            storage_state=known,
            permissions=["clipboard-read", "clipboard-write"],
        )
        chosen = json.dumps(json.dumps(language))
        await context.add_init_script(WATCH_CSP)
        await context.add_init_script(
            f"try {{ localStorage.setItem('selectedLanguage', {chosen}) }} catch {{}}"
        )
        return context


@asynccontextmanager
async def open_house(browser: Browser) -> AsyncIterator[House]:
    """Start a Home Assistant with a kindergarten of two rooms, its parents' view on."""
    (REPOSITORY / ".dev").mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="panel-", dir=REPOSITORY / ".dev"))
    (folder / "archive").mkdir()
    hass = Hass(folder / "config")
    try:
        await hass.start()
        async with Client(hass.url) as client:
            await client.enter()
            kindergarten = Kindergarten(client)
            await kindergarten.install("Күншуақ", folder / "archive")
            house = House(hass=hass, client=client, kindergarten=kindergarten, browser=browser)
            for name in ("Күншуақ бөлмесі", "Ромашка"):
                handler = [await kindergarten.entry_id(), "room"]
                form = {"name": name, **ROOM}
                await client.flow(SUBENTRY_FLOWS, handler, {"user": form, "room": form})
            await house.ask("portal/set", portal_enabled=True, portal_origin=house.origin, confirm=True)
            yield house
    finally:
        await hass.stop()
        stop_engines(folder)
        shutil.rmtree(folder, ignore_errors=True)
