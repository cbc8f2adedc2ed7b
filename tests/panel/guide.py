"""Takes the pictures of the guides, in both languages: `python -m tests.panel.guide [FOLDER]`."""

import asyncio
import base64
from dataclasses import dataclass
import io
from pathlib import Path
import re
import shutil
import subprocess
import sys
import tempfile

from playwright.async_api import Browser, Locator, Page

from tests.end_to_end.browser import visit
from tests.instance.client import Client
from tests.instance.engines import stop_engines
from tests.instance.hass import REPOSITORY, Hass
from tests.instance.kindergarten import Kindergarten
from tests.portal_pages.gallery import keep
from tests.portal_pages.phone import open_browser

from .full import cameras, fill
from .house import House, Owner, open_house
from .scenes import SCENES

FOLDER = REPOSITORY / "docs/pictures/guide"
PAGES = {"today", "check", "planner", "paper"}
PLACES = ("recordings", "inspection")
CLOSE = re.compile("Close|Закрыть")
OK = re.compile("^(OK|ОК)$")
ADD_CAMERA = re.compile("Add camera|Добавить камеру")
ADD_DASHBOARD = re.compile("Add dashboard|Добавить панель|Новая панель|Создать панель")
CREATE = re.compile("^(Create|Создать)$")
NOTICE = {
    "name": "Балабақша «Күншуақ»",
    "operator": "ЖШС «Күншуақ»",
    "phone": "+7 727 123 45 67",
    "email": "info@kunshuaq.example",
    "days": 32,
    "sound": False,
    "languages": ["kk", "ru", "en"],
}


@dataclass(frozen=True, kw_only=True)
class Pictures:
    """Where pictures go, and in which language they are."""

    folder: Path
    language: str

    async def take(self, page: Page, name: str, part: Locator | None = None) -> None:
        """Keep what is seen now."""
        await page.mouse.move(0, 0)
        await page.evaluate("window.scrollTo(0, 0)")
        await page.wait_for_timeout(1500)
        data = await (page if part is None else part).screenshot()
        keep(self.folder / f"{name}.{self.language}.png", data)


async def _begin(owner: Owner, pictures: Pictures) -> None:
    """Begin to set a kindergarten up. The next step names folders of this machine."""
    page, dialog = owner.page, owner.page.locator("dialog-data-entry-flow")
    confirm = page.get_by_role("button", name=OK)
    await visit(page, f"{owner.url}/config/integrations/dashboard/add?domain=kindergarten", confirm)
    await confirm.click()
    await dialog.locator("input[name=name]").fill("Күншуақ")
    await pictures.take(page, "setup-kindergarten")
    # A flow that is left open would be in the way of the next one.
    await dialog.get_by_role("button", name=CLOSE).first.click()
    await dialog.locator("input[name=name]").wait_for(state="hidden")


async def _camera(owner: Owner, pictures: Pictures) -> None:
    """Begin to add a camera."""
    page, dialog = owner.page, owner.page.locator("dialog-data-entry-flow")
    add = page.get_by_role("button", name=ADD_CAMERA)
    await visit(page, f"{owner.url}/config/integrations/integration/kindergarten", add)
    await add.first.click()
    ways = dialog.locator("ha-list-item-button, ha-list-item, mwc-list-item")
    await ways.first.wait_for()
    await pictures.take(page, "camera-ways")
    await ways.first.click()
    await dialog.locator("input[name=host]").fill("192.168.1.64")
    await dialog.locator("input[name=username]").fill("viewer")
    await pictures.take(page, "camera-find")


async def _dashboard(house: House, owner: Owner, pictures: Pictures, address: str | None) -> str:
    """Make the dashboard, once, and look at its views."""
    page = owner.page
    add = page.get_by_role("button", name=ADD_DASHBOARD)
    await visit(page, f"{owner.url}/config/lovelace/dashboards", add)
    await add.first.click()
    mine = page.locator("dashboard-card").last
    await mine.scroll_into_view_if_needed()
    await pictures.take(page, "dashboard-dialog")
    if address is None:
        await mine.click()
        await page.get_by_role("button", name=CREATE).click()
        await page.locator("ha-sidebar").get_by_text("Rooms and cameras").wait_for()
        dashboards = await house.client.command("lovelace/dashboards/list")
        address = str(next(each for each in dashboards if each["title"] == "Rooms and cameras")["url_path"])
    devices = await house.client.command("config/device_registry/list")
    room = next(each["id"] for each in devices if each["model_id"] == "room" and each["name"] == "Ромашка")
    for name, view in (("dashboard-director", "director"), ("dashboard-staff", f"room-{room}")):
        picture = page.locator("hui-picture-entity-card").first
        await visit(page, f"{owner.url}/{address}/{view}", picture)
        await page.wait_for_timeout(6000)
        await pictures.take(page, name)
    return address


async def _pages(house: House, owner: Owner, pictures: Pictures) -> None:
    """Look at the owner's pages that the guides show."""
    await owner.open("today")
    for scene in SCENES:
        if scene.name in PAGES:
            await scene.show(house, owner)
            await pictures.take(owner.page, scene.name)
    for place in PLACES:
        await owner.open(place)
        await owner.settle()
        await pictures.take(owner.page, place)


async def _sign(house: House, folder: Path) -> None:
    """Print a sign and the staff's sheet."""
    for name, fields in (
        ("sign", {"paper": "signs", "house": True}),
        ("staff-sheet", {"paper": "staff", "languages": ["ru"]}),
    ):
        made = await house.ask("paper/print", **{**NOTICE, **fields})
        command = ["pdftoppm", "-r", "70", "-png", "-singlefile", "-"]
        done = await asyncio.to_thread(
            subprocess.run, command, input=base64.b64decode(made["pdf"]), capture_output=True, check=True
        )
        keep(folder / f"{name}.png", io.BytesIO(done.stdout).getvalue(), 32)


async def _first_day(browser: Browser, folder: Path) -> None:
    """Look at the set-up of a house that has no kindergarten yet."""
    place = Path(tempfile.mkdtemp(prefix="guide-", dir=REPOSITORY / ".dev"))
    hass = Hass(place / "config")
    try:
        await hass.start()
        async with Client(hass.url) as client:
            await client.enter()
            house = House(hass=hass, client=client, kindergarten=Kindergarten(client), browser=browser)
            for language in ("en", "ru"):
                async with house.owner(language) as owner:
                    await _begin(owner, Pictures(folder=folder, language=language))
    finally:
        await hass.stop()
        stop_engines(place)
        shutil.rmtree(place, ignore_errors=True)


async def main(folder: Path) -> None:
    """Take all pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    (REPOSITORY / ".dev").mkdir(exist_ok=True)
    async with open_browser() as browser:
        await _first_day(browser, folder)
        async with open_house(browser) as house:
            with cameras() as fleet:
                await fill(house, fleet)
                await house.ask("alerts/later")
                address: str | None = None
                for language in ("en", "ru"):
                    pictures = Pictures(folder=folder, language=language)
                    async with house.owner(language) as owner:
                        await _camera(owner, pictures)
                        address = await _dashboard(house, owner, pictures, address)
                        await _pages(house, owner, pictures)
                await _sign(house, folder)
    print(sum(path.stat().st_size for path in folder.glob("*.png")), "bytes in", folder)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER))
