"""Recordings and inspection on an archive of two days, which a new Home Assistant has taken over: the whole journey."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
import random
import re
import time

from playwright.async_api import expect
import pytest
import pytest_asyncio

from tests.demo_archive import plan
from tests.portal_pages.phone import open_browser

from .families import ALMATY
from .footage_scenes import STRETCHES
from .house import House, Owner
from .recorded import NAMES, build, open_recorded
from .scenes import anew
from .test_recordings import SHOWN, seconds_apart

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser, pytest.mark.long]

DAYS, CAMERAS = 2, 2
SCRUBS = 24


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def past(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[House, int]]:
    """A house with a past, and when that ended (s)."""
    folder: Path = tmp_path_factory.mktemp("past") / "archive"
    end_s = int(time.time()) // 60 * 60
    await build(folder, DAYS, CAMERAS, end_s)
    async with open_browser() as browser, open_recorded(browser, folder, CAMERAS) as house:
        yield house, end_s


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def owner(past: tuple[House, int]) -> AsyncIterator[Owner]:
    """The owner in front of the recordings."""
    async with past[0].owner() as owner:
        await past[0].ask("alerts/later")
        await owner.open("recordings")
        yield owner
        assert await owner.troubles() == []


async def go_to(owner: Owner, camera: str, at: datetime) -> None:
    """Open a camera's day and go to a moment, as an owner does."""
    await owner.panel.get_by_role("combobox", name="Camera").select_option(label=camera)
    local = at.astimezone(ALMATY)
    day = owner.panel.get_by_label("Day", exact=True)
    if await day.input_value() != f"{local:%Y-%m-%d}":
        await day.fill(f"{local:%Y-%m-%d}")
        await owner.page.wait_for_url(re.compile(f"day={local:%Y-%m-%d}"))
        await owner.panel.locator(SHOWN).wait_for()
    await owner.panel.get_by_label("Time", exact=True).fill(f"{local:%H:%M:%S}")
    await owner.press("Go")


async def shown_at(owner: Owner, at: datetime, within_s: float = 1.5) -> int:
    """Wait until a picture of a moment is shown, and return its time (µs)."""
    clock = owner.panel.locator(SHOWN)
    async with asyncio.timeout(60):
        while True:
            if await clock.count():
                us = int(await clock.get_attribute("data-us") or 0)
                if abs(us / 1e6 - at.timestamp()) <= within_s:
                    return us
            await asyncio.sleep(0.1)


async def test_scrubbing_never_shows_another_time(past: tuple[House, int], owner: Owner) -> None:
    _, end_s = past
    seed = random.randrange(1 << 30)
    dice = random.Random(seed)
    for _ in range(SCRUBS):
        at = datetime.fromtimestamp(end_s - dice.randrange(3600, DAYS * plan.DAY - 7200), UTC)
        if any(
            hole.start - 5 <= at.timestamp() - (end_s - DAYS * plan.DAY) <= hole.end + 5
            for hole in _holes(end_s)
        ):
            continue
        await go_to(owner, dice.choice(NAMES[:CAMERAS]), at)
        # It plays on: the picture may be some seconds further.
        await owner.panel.locator(SHOWN).wait_for()
        await shown_at(owner, at + timedelta(seconds=2), within_s=6)
        assert abs(await seconds_apart(owner)) < 1.5, (seed, at)
    band = await owner.panel.locator("kg-timeline .band").bounding_box()
    assert band
    for _ in range(SCRUBS):
        x = band["x"] + dice.uniform(0.02, 0.98) * band["width"]
        await owner.page.mouse.click(x, band["y"] + 50)
        if await owner.panel.locator(SHOWN).count():
            assert abs(await seconds_apart(owner)) < 1.5, seed


def _holes(end_s: int) -> list[plan.Outage]:
    begin_s = (end_s - DAYS * plan.DAY) % plan.DAY
    return [hole for hole in plan.outages(DAYS, CAMERAS, begin_s) if hole.cause != "schedule"]


async def test_hole_is_named_with_its_reason_and_jumped_over(past: tuple[House, int], owner: Owner) -> None:
    _, end_s = past
    hole = next(each for each in _holes(end_s) if each.camera == 1)
    begin = datetime.fromtimestamp(end_s - DAYS * plan.DAY, UTC)
    await go_to(owner, NAMES[1], begin + timedelta(seconds=hole.start + 10))
    await owner.see("camera ended the connection. It goes on at")
    await shown_at(owner, begin + timedelta(seconds=hole.end + 2), within_s=6)
    assert abs(await seconds_apart(owner)) < 1.5
    await go_to(owner, NAMES[1], begin + timedelta(seconds=hole.start - 12))
    await owner.see("It goes on at")
    await shown_at(owner, begin + timedelta(seconds=hole.end + 5), within_s=12)
    assert abs(await seconds_apart(owner)) < 1.5
    # From another playlist, whose picture is on the screen until the new one is there.
    await go_to(owner, NAMES[1], begin + timedelta(seconds=hole.start - 4 * plan.HOUR))
    await shown_at(owner, begin + timedelta(seconds=hole.start - 4 * plan.HOUR + 2), within_s=6)
    await owner.press("Look just before")
    await shown_at(owner, begin + timedelta(seconds=hole.start - 9), within_s=8)
    await expect(owner.panel.locator("kg-recordings .note.warm")).to_have_count(0)


async def test_change_of_what_a_camera_sees_is_marked_in_its_day(
    past: tuple[House, int], owner: Owner
) -> None:
    house, end_s = past
    at = datetime.fromtimestamp(end_s - plan.DAY // 2, UTC)
    us = round(at.timestamp() * 1e6)
    # As the recorder keeps a still of it.
    stills = next(house.hass.folder.rglob("engine.log")).parent / "pictures"
    stills.mkdir(exist_ok=True)
    (stills / f"{us:016}-{plan.uid(0)}-covered-after-{us:016}.jpg").write_bytes(b"")
    await owner.open("recordings")
    await go_to(owner, NAMES[0], at)
    await owner.see("Change of the picture")
    band = await owner.panel.locator("kg-timeline .band").bounding_box()
    mark = await owner.panel.locator("kg-timeline .event").bounding_box()
    assert band
    assert mark
    local = at.astimezone(ALMATY)
    share = (local - local.replace(hour=0, minute=0, second=0)).total_seconds() / plan.DAY
    assert abs(mark["x"] + mark["width"] / 2 - band["x"] - share * band["width"]) < 3


async def test_stretch_is_exported_by_a_page_that_was_closed_meanwhile(
    past: tuple[House, int], owner: Owner
) -> None:
    house, _ = past
    for scene in STRETCHES[:2]:
        await scene.show(house, owner)
        assert await owner.accessible() == []
    await owner.panel.locator("kg-range").get_by_label("What for").fill("Case 17")
    await owner.panel.locator("kg-range").get_by_label("For whom").fill("Police")
    await owner.press("Make the export")
    await owner.see("It goes on when you leave this page.")
    await owner.open("kept")
    link = owner.panel.locator("kg-kept section a[href*=exports]").first
    await link.wait_for()
    async with owner.page.expect_download() as download:
        await owner.panel.locator("kg-kept a[href*='.mp4']").first.click()
    assert (await (await download.value).path()).stat().st_size > 1000


async def test_any_moment_plays_and_is_in_the_record(past: tuple[House, int], owner: Owner) -> None:
    house, end_s = past
    at = datetime.fromtimestamp(end_s - plan.DAY - 3600, UTC).astimezone(ALMATY)
    await anew(owner, "challenge")
    page = owner.panel.locator("kg-challenge")
    await page.get_by_role("combobox", name="Camera").select_option(label=NAMES[0])
    await page.get_by_label("Day").fill(f"{at:%Y-%m-%d}")
    await page.get_by_label("Time").fill(f"{at:%H:%M:%S}")
    await owner.press("Show it")
    await owner.see("Played: ")
    await owner.panel.locator("kg-challenge .stage:not([data-wait]) .clock").wait_for()
    assert abs(await seconds_apart(owner, "kg-challenge")) < 1.5
    record = (await house.ask("inspection/log", kinds=["challenge"]))["records"][0]
    assert (record["cameras"], record["played"]) == ([NAMES[0]], True)
    assert record["from_us"] == round(at.timestamp() * 1e6)


async def test_pack_is_made_and_found_again(past: tuple[House, int], owner: Owner) -> None:
    await anew(owner, "packs")
    await owner.press("Make the pack")
    await owner.see("The pack is being made.")
    await owner.panel.locator("kg-packs .pack a[href*=zip]").wait_for()
    await owner.press("Delete")
    await owner.see("No pack was made yet")


async def test_day_of_the_heat_map_is_opened(past: tuple[House, int], owner: Owner) -> None:
    await anew(owner, "heatmap")
    cells = owner.panel.locator("kg-heatmap .line a[href]")
    await cells.first.wait_for()
    wanted = await cells.nth(1).get_attribute("href")
    await cells.nth(1).click()
    await owner.panel.locator(SHOWN).wait_for()
    assert wanted
    await expect(owner.panel.get_by_label("Day", exact=True)).to_have_value(wanted[-10:])
    await owner.see("Gaps and their reasons")


async def test_reloaded_page_goes_on_with_the_inspection(past: tuple[House, int], owner: Owner) -> None:
    house, _ = past
    await anew(owner, "inspection")
    await owner.press("Show to an inspector")
    await owner.panel.locator("kg-sheet").get_by_role("button", name="Begin").click()
    screen = owner.panel.locator("kg-kiosk dialog")
    await screen.get_by_role("heading", name="Requirements").first.wait_for()
    await owner.page.reload()
    await screen.get_by_role("heading", name="Requirements").first.wait_for()
    # Ended elsewhere, it ends here too.
    await house.ask("inspection/end")
    await owner.page.wait_for_url(lambda address: "/kindergarten" not in address)
