"""Takes a picture of every page and dialog of the panel: `python -m tests.panel.gallery [FOLDER]`."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
import sys

from tests.instance.hass import REPOSITORY
from tests.instance.phone import app_phone
from tests.portal_pages.gallery import keep
from tests.portal_pages.phone import open_browser

from .full import cameras, fill
from .house import House, Owner, open_house
from .scenes import SCENES, Scene, see_all, tidy

FOLDER = REPOSITORY / "docs/pictures/panel"
HIGHEST = 1400


@dataclass(frozen=True, kw_only=True)
class Look:
    """How scenes are looked at; a part of the pictures' names."""

    name: str
    language: str
    size: tuple[int, int] = (1280, 800)
    dark: bool = False


WIDE = Look(name="en", language="en")
PHONE = Look(name="ru-phone", language="ru", size=(390, 844))
PAGES = (
    Look(name="ru-dark", language="ru", dark=True),
    Look(name="en-phone-dark", language="en", size=(390, 844), dark=True),
)
ON_PHONE = {
    "guardian_cost",
    "list",
    "ways_door",
    "ways_told",
    "rooms_paused",
    "preview_open",
    "golive_test",
    "planner_small",
}
"""Dialogs and states that an owner may well have in the hand."""
EVERYWHERE = {"cameras", "check"}
"""Pages whose pictures have to be scrolled to before they are there."""
LEFT_OUT = {"loading", "failed", "away", "locked", "consents_all", "golive_caddy", "golive_nginx"}
"""Seen by the tests, and not worth a picture."""


async def take(house: House, owner: Owner, scene: Scene, look: Look, folder: Path) -> None:
    """Take one picture."""
    await scene.show(house, owner)
    await see_all(owner, "kg-kept-still")
    await picture(owner, scene.name, look, folder)


async def picture(owner: Owner, name: str, look: Look, folder: Path) -> None:
    """Keep what is seen now, all of it."""
    width, height = look.size
    if not await owner.panel.locator("kg-sheet").count():
        whole = await owner.panel.locator(".frame").evaluate("frame => frame.scrollHeight")
        await owner.page.set_viewport_size({"width": width, "height": min(max(height, whole + 60), HIGHEST)})
        # What was scrolled to had to be seen, to be fetched; a picture begins at the top.
        await owner.page.evaluate("scrollTo(0, 0)")
    await owner.page.mouse.move(0, 0)
    await owner.page.wait_for_timeout(300)
    keep(folder / f"{name}.{look.name}.png", await owner.page.screenshot())
    await owner.page.set_viewport_size({"width": width, "height": height})


async def alerts(house: House, folder: Path) -> None:
    """Make alerts for a phone, and look at their page while it is asked whether the test message came."""
    async with app_phone(house.client, "Айгуль iPhone"):
        for look in (WIDE, PAGES[0]):
            async with house.owner(look.language, dark=look.dark, size=look.size) as owner:
                await owner.open("alerts")
                await owner.panel.locator("kg-alerts button.main").last.click()
                await owner.panel.locator("kg-alerts button.main >> nth=1").wait_for()
                await owner.panel.locator("kg-alerts .chip.good").first.wait_for()
                await owner.settle()
                await picture(owner, "alerts", look, folder)


def _is_taken(scene: Scene, look: Look) -> bool:
    """Tell whether a picture is worth its bytes."""
    if scene.name in LEFT_OUT:
        return False
    on_phone = look is PHONE and scene.name in ON_PHONE
    return scene.act is None or look is WIDE or on_phone or scene.name in EVERYWHERE


async def main(folder: Path) -> None:
    """Take all pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    async with open_browser() as browser, open_house(browser) as house:
        with cameras() as fleet:
            await fill(house, fleet)
            await house.ask("alerts/later")
            for look in (WIDE, PHONE, *PAGES):
                async with house.owner(look.language, dark=look.dark, size=look.size) as owner:
                    await owner.open("families")
                    for scene in SCENES:
                        if not _is_taken(scene, look):
                            continue
                        await take(house, owner, scene, look, folder)
                    await tidy(house)
            await alerts(house, folder)
    print(sum(path.stat().st_size for path in folder.glob("*.png")), "bytes in", folder)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER))
