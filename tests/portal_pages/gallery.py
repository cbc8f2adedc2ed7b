"""Takes a picture of every page and state: `python -m tests.portal_pages.gallery [FOLDER]`, for people to look at."""

import asyncio
from dataclasses import dataclass
import io
from pathlib import Path
import sys

from PIL import Image
from playwright.async_api import Browser, Page

from .mock import open_portal
from .phone import open_browser, take_phone
from .scenes import SCENES, Scene

FOLDER = Path(__file__).parents[2] / "docs/pictures/portal"
COLOURS = 256


@dataclass(frozen=True, kw_only=True)
class Look:
    """How a scene is looked at; a part of the picture's name."""

    name: str
    language: str
    size: tuple[int, int] = (390, 844)
    dark: bool = False


PHONE = (Look(name="kk", language="kk"),)
MORE = (
    Look(name="ru-320", language="ru", size=(320, 640)),
    Look(name="en-dark", language="en", dark=True),
)
WIDE = (
    Look(name="kk-1280", language="kk", size=(1280, 800)),
    Look(name="ru-400-percent", language="ru", size=(320, 256)),
)
IN_MORE = {"welcome_invited", "code_wrong", "rules", "consents", "rooms_locked", "live", "live_saver", "day", "me", "ask", "state_paused", "handoff", "pairing", "inapp_iphone", "rooms_home_hint", "rooms_renewed"}  # fmt: skip
IN_WIDE = {"welcome", "rooms_locked", "live", "day", "state_closed_hours"}


def _looks(scene: Scene) -> tuple[Look, ...]:
    more = MORE if scene.name in IN_MORE else ()
    return PHONE + more + (WIDE if scene.name in IN_WIDE else ())


async def _picture(page: Page, look: Look, whole: bool) -> bytes:
    width, height = look.size
    if whole:
        height = max(height, await page.evaluate("document.documentElement.scrollHeight"))
        await page.set_viewport_size({"width": width, "height": min(height, 3000)})
    await page.mouse.move(0, 0)
    await page.wait_for_timeout(300)
    return await page.screenshot()


def keep(path: Path, data: bytes, colours: int = COLOURS) -> None:
    """Keep a picture with few colours: it is small, and nobody sees the difference."""
    image = Image.open(io.BytesIO(data)).convert("RGB")
    # The median cut gives small things, such as the dot of a state, the colour of something larger.
    few = image.quantize(colours, method=Image.Quantize.MAXCOVERAGE, kmeans=3, dither=Image.Dither.NONE)
    few.save(path, optimize=True)


async def _take(browser: Browser, scene: Scene, look: Look, folder: Path) -> None:
    async with (
        open_portal() as kindergarten,
        take_phone(
            browser,
            kindergarten,
            language=look.language,
            agent=scene.agent,
            known=scene.known,
            size=look.size,
            dark=look.dark,
            still=True,
        ) as phone,
    ):
        await phone.show(scene)
        whole = "wide" not in scene.name and "percent" not in look.name
        keep(folder / f"{scene.name}.{look.name}.png", await _picture(phone.page, look, whole))


async def main(folder: Path) -> None:
    """Take all pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    async with open_browser() as browser:
        for scene in SCENES:
            for look in _looks(scene):
                await _take(browser, scene, look, folder)
    print(sum(path.stat().st_size for path in folder.glob("*.png")), "bytes in", folder)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER))
