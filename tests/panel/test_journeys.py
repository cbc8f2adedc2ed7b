"""What the owner, the staff and the inspector do, from end to end, on the demo archive of 31 days; pictures are kept.

Each runs at a desk and on a phone, light and dark, in English and Russian. The pictures are in `.cache/pictures/journeys`.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
import time

from playwright.async_api import Locator, Page
import pytest
import pytest_asyncio

from tests.end_to_end.browser import visit
from tests.instance.hass import REPOSITORY
from tests.portal_pages.phone import open_browser

from .gallery import HIGHEST, Look
from .house import House, Owner
from .recorded import build, open_recorded
from .test_recordings import SHOWN, seconds_apart

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser, pytest.mark.long]

DAYS, CAMERAS = 31, 8
PHONE = (390, 844)
LOOKS = (
    Look(name="en-desk", language="en"),
    Look(name="ru-desk-dark", language="ru", dark=True),
    Look(name="ru-phone", language="ru", size=PHONE),
    Look(name="en-phone-dark", language="en", size=PHONE, dark=True),
)
FOLDER = REPOSITORY / ".cache/pictures/journeys"
STAFF = {"name": "Айнұр", "username": "staff", "password": "kindergarten"}
DASHBOARD = "staff-rooms"
APART_S = 1.5


@dataclass(kw_only=True)
class Album:
    """The pictures of one journey, in the order in which they were taken."""

    who: str
    look: Look
    taken: list[str] = field(default_factory=list)

    async def keep(self, page: Page, name: str, whole: Locator | None = None) -> None:
        """Keep what is seen now; all of what scrolls inside `whole`, as far as a picture can be looked at."""
        width, height = self.look.size
        if whole is not None:
            needed = await whole.evaluate("one => one.scrollHeight") + 60
            await page.set_viewport_size({"width": width, "height": min(max(height, needed), HIGHEST)})
        await page.mouse.move(0, 0)
        await page.wait_for_timeout(400)
        self.taken.append(name)
        FOLDER.mkdir(parents=True, exist_ok=True)
        await page.screenshot(path=FOLDER / f"{self.who}-{len(self.taken)}-{name}.{self.look.name}.png")
        await page.set_viewport_size({"width": width, "height": height})

    async def page(self, owner: Owner, name: str) -> None:
        """Keep a page of the panel, on which everybody finds their way and nothing is cut."""
        await owner.settle()
        assert await owner.accessible() == [], name
        kiosk = owner.panel.locator("kg-kiosk dialog")
        sheet = await owner.panel.locator("kg-sheet").count()
        whole = kiosk if await kiosk.count() else owner.panel.locator(".frame")
        await self.keep(owner.page, name, None if sheet else whole)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def past(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A house with a month behind it."""
    archive = tmp_path_factory.mktemp("journeys") / "archive"
    await build(archive, DAYS, CAMERAS)
    async with open_browser() as browser, open_recorded(browser, archive, CAMERAS) as house:
        await house.ask("alerts/later")
        await house.ask("inspection/last", day="2026-09-14")
        yield house


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def staff(past: House) -> House:
    """The same house for a member of staff, who has a Home Assistant account without rights and a dashboard."""
    made = await past.client.command("config/auth/create", name=STAFF["name"], group_ids=["system-users"])
    login = {name: STAFF[name] for name in ("username", "password")}
    kind = "config/auth_provider/homeassistant/create"
    await past.client.command(kind, user_id=made["user"]["id"], **login)
    board = {"url_path": DASHBOARD, "title": "Rooms", "mode": "storage", "icon": "mdi:cctv"}
    await past.client.command(
        "lovelace/dashboards/create", **board, require_admin=False, show_in_sidebar=True
    )
    config = {"strategy": {"type": "custom:kindergarten"}}
    await past.client.command("lovelace/config/save", url_path=DASHBOARD, config=config)
    async with past.owner(login=STAFF) as member:
        known = await member.page.context.storage_state()
    return replace(past, logged_in=known)


async def go(owner: Owner, place: str, sign: str) -> None:
    """Go to a page as everybody does, and wait for what it shows."""
    await owner.go(place)
    await owner.panel.locator(sign).first.wait_for()


async def _pictures(owner: Owner) -> None:
    stills = owner.panel.locator("main kg-still")
    await stills.first.wait_for()
    for at in range(await stills.count()):
        await stills.nth(at).scroll_into_view_if_needed()
        await stills.nth(at).locator("canvas:not(.none)").wait_for()
    await owner.panel.locator("main h1").scroll_into_view_if_needed()


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
async def test_owner_sees_how_it_stands_finds_a_gap_and_keeps_what_happened_before(
    past: House, look: Look
) -> None:
    album = Album(who="owner", look=look)
    async with past.owner(look.language, dark=look.dark, size=look.size) as owner:
        await owner.open("today")
        await owner.panel.locator("kg-today .verdict").wait_for()
        await album.page(owner, "today")
        await go(owner, "cameras", "kg-cameras h1")
        await _pictures(owner)
        await album.page(owner, "cameras")
        await go(owner, "check", "kg-check .lines > li")
        await album.page(owner, "check")
        await go(owner, "heatmap", "kg-heatmap .line a")
        await album.page(owner, "heatmap")
        await owner.panel.locator("kg-heatmap .line a.part").first.click()
        await owner.panel.locator("kg-gaps button").first.click()
        await owner.panel.locator(SHOWN).wait_for()
        assert abs(await seconds_apart(owner)) < APART_S
        await album.page(owner, "gap")
        marks = owner.panel.locator("kg-recordings section:has(> .row button.main) > .row button")
        await marks.nth(0).click()
        shown = await owner.panel.locator(SHOWN).get_attribute("data-us")
        await owner.panel.locator("kg-stage .bar button:nth-of-type(2)").click()
        await owner.panel.locator(f'{SHOWN}:not([data-us="{shown}"])').wait_for()
        await marks.nth(1).click()
        await marks.nth(2).click()
        reason = f"Case {look.name}"
        await owner.panel.locator("kg-range form input[name=reason]").fill(reason)
        await album.page(owner, "keep")
        await owner.panel.locator("kg-range form button.main").click()
        await owner.panel.locator("kg-range").wait_for(state="detached")
        await go(owner, "kept", f'kg-kept td:has-text("{reason}")')
        await album.page(owner, "kept")
        assert reason in [hold["reason"] for hold in await past.ask("footage/holds")]
        assert await owner.troubles() == []


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
async def test_inspector_reads_the_verdict_sees_any_moment_and_leaves_a_record(
    past: House, look: Look
) -> None:
    album = Album(who="inspector", look=look)
    async with past.owner(look.language, dark=look.dark, size=look.size) as owner:
        await owner.open("inspection")
        await owner.panel.locator("kg-inspection tbody tr").first.wait_for()
        await album.page(owner, "before")
        await owner.panel.locator("kg-inspection .head button.main").click()
        await album.page(owner, "begin")
        await owner.panel.locator("kg-inspection kg-sheet .main").click()
        screen = owner.panel.locator("kg-kiosk dialog")
        await screen.locator("tbody tr").first.wait_for()
        await owner.page.evaluate("document.exitFullscreen().catch(() => undefined)")
        await album.page(owner, "verdict")
        await screen.locator("header button").nth(1).click()
        form = screen.locator("kg-challenge form")
        await form.wait_for()
        # Nine in the morning, four weeks ago: every room is open then.
        day = time.strftime("%Y-%m-%d", time.localtime(time.time() - 28 * 86_400))
        await form.locator("input[name=day]").fill(day)
        await form.locator("input[name=time]").fill("09:30:17")
        await form.locator("button.main").click()
        stage = screen.locator("kg-challenge .stage:not([data-wait]) .clock")
        await stage.wait_for()
        assert abs(await seconds_apart(owner, "kg-challenge")) < APART_S
        await album.page(owner, "moment")
        await screen.locator("header button").nth(2).click()
        await screen.locator("kg-evidence tbody tr").first.wait_for()
        await album.page(owner, "record")
        await screen.locator("header button").last.click()
        await screen.locator(".note.warm .main").wait_for()
        await album.page(owner, "end")
        await screen.locator(".note.warm .main").click()
        await owner.page.wait_for_url(lambda address: "/kindergarten" not in address)
    assert (await past.ask("inspection/session"))["id"] is None
    async with asyncio.timeout(60):
        while True:
            records = (await past.ask("inspection/log", kinds=["inspection", "challenge"]))["records"]
            if [(each["kind"], each["what"]) for each in records[:3:2]] == [
                ("inspection", "end"),
                ("inspection", "begin"),
            ]:
                break
            await asyncio.sleep(0.2)
    assert (records[0]["why"], records[1]["played"]) == ("ended", True)


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
async def test_staff_see_their_room_keep_an_incident_and_pause_the_parents_view(
    past: House, staff: House, look: Look
) -> None:
    album = Album(who="staff", look=look)
    held = len(await past.ask("footage/holds"))
    async with staff.owner(look.language, dark=look.dark, size=look.size) as member:
        page = member.page
        # A room of its own for each look: who presses twice keeps the same stretch.
        room = (await _rooms(past))[LOOKS.index(look)]
        picture = page.locator("hui-picture-entity-card").first
        await visit(page, f"{member.url}/{DASHBOARD}/room-{room}", picture)
        await page.locator("hui-picture-entity-card hui-image").first.wait_for()
        # The picture moves; it is there a moment after its frame.
        await page.locator("hui-picture-entity-card").locator("video, img").first.wait_for()
        await page.wait_for_timeout(4000)
        await album.keep(page, "room")
        await page.locator("hui-button-card").first.click()
        buttons = page.locator("dialog-box").get_by_role("button")
        await buttons.last.wait_for()
        await album.keep(page, "incident")
        await buttons.last.click()
        async with asyncio.timeout(60):
            while len(await past.ask("footage/holds")) <= held:
                await asyncio.sleep(0.2)
        pause = page.locator("hui-button-card").nth(1)
        entity = await _pause_of(past, room)
        for state in ("on", "off"):
            await pause.click()
            async with asyncio.timeout(60):
                while await _state(past, entity) != state:
                    await asyncio.sleep(0.2)
            if state == "on":
                await album.keep(page, "paused")
        # What is the owner's alone is not there for them.
        assert await page.locator('ha-sidebar a[href="/kindergarten"]').count() == 0
        assert await member.troubles() == []


async def _rooms(house: House) -> list[str]:
    """Return the devices of rooms for groups, in the order of their names."""
    devices = await house.client.command("config/device_registry/list")
    entities = await house.client.command("config/entity_registry/list")
    pausable = {each["device_id"] for each in entities if each["entity_id"].startswith("switch.")}
    rooms = [each for each in devices if each["model_id"] == "room" and each["id"] in pausable]
    return [each["id"] for each in sorted(rooms, key=lambda each: each["name"])]


async def _pause_of(house: House, device: str) -> str:
    entities = await house.client.command("config/entity_registry/list")
    return next(
        str(each["entity_id"])
        for each in entities
        if each["device_id"] == device and each["entity_id"].startswith("switch.")
    )


async def _state(house: House, entity: str) -> str:
    states = await house.client.command("get_states")
    return str(next(each["state"] for each in states if each["entity_id"] == entity))


async def test_check_of_every_file_is_cancelled_and_says_so(past: House) -> None:
    async with past.owner() as owner:
        await owner.open("evidence")
        await owner.press("Check every file")
        await owner.panel.locator("kg-tasks").get_by_role("button", name="Cancel").click()
        await owner.see("It is cancelled")
        await owner.panel.locator("kg-tasks .chip.warm", has_text="cancelled").wait_for()
        assert await owner.troubles() == []
    assert [each["state"] for each in (await past.ask("footage/tasks"))["tasks"]][-1] == "cancelled"
