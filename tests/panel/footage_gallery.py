"""Takes pictures of recordings and inspection on an archive of 31 days: `python -m tests.panel.footage_gallery [FOLDER]`."""

import asyncio
from pathlib import Path
import sys
import tempfile

from tests.portal_pages.phone import open_browser

from .footage_scenes import FOOTAGE, STRETCHES
from .gallery import FOLDER, PAGES, PHONE, WIDE, take
from .house import House, Owner
from .recorded import build, open_recorded
from .scenes import Scene, all_of, tap

DAYS, CAMERAS = 31, 8
ON_PHONE = {"recordings_hold", "recordings_gap", "challenge_played", "inspection_begin", "kiosk"}
"""Dialogs and states that an owner may well have in the hand."""


async def _kiosk(house: House, owner: Owner) -> None:
    await tap("kg-inspection .head button.main", "kg-inspection kg-sheet .main")(house, owner)
    await owner.panel.locator("kg-kiosk tbody tr").first.wait_for()
    await owner.page.evaluate("document.exitFullscreen().catch(() => undefined)")


async def _top(_: House, owner: Owner) -> None:
    await owner.panel.locator("kg-recordings h1").scroll_into_view_if_needed()
    await owner.page.evaluate("scrollTo(0, 0)")


GAP = Scene(
    name="recordings_gap",
    place="heatmap",
    act=all_of(tap("kg-heatmap .line a.part", "kg-gaps button"), _top),
    sign="kg-recordings .stage:not([data-wait]) .clock",
)
KIOSK = Scene(name="kiosk", place="inspection", act=_kiosk, sign="kg-kiosk main h1")


async def _leave(house: House, owner: Owner) -> None:
    await house.ask("inspection/end")
    await owner.page.wait_for_url(lambda address: "/kindergarten" not in address)
    await owner.open("recordings")


async def main(folder: Path, archive: Path) -> None:
    """Take all pictures; the archive is made when it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    if not archive.exists():
        await build(archive, DAYS, CAMERAS)
    async with open_browser() as browser, open_recorded(browser, archive, CAMERAS) as house:
        await house.ask("alerts/later")
        await house.ask("inspection/last", day="2026-09-14")
        for look in (WIDE, PHONE, *PAGES):
            async with house.owner(look.language, dark=look.dark, size=look.size) as owner:
                await owner.open("recordings")
                for scene in (*FOOTAGE, *STRETCHES, GAP, KIOSK):
                    if scene.act and not (look is WIDE or (look is PHONE and scene.name in ON_PHONE)):
                        continue
                    await take(house, owner, scene, look, folder)
                    if scene is KIOSK:
                        await _leave(house, owner)
    print(sum(path.stat().st_size for path in folder.glob("*.png")), "bytes in", folder)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        asyncio.run(
            main(
                Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER,
                Path(sys.argv[2]) if len(sys.argv) > 2 else Path(scratch) / "archive",
            )
        )
