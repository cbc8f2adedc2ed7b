"""What was just recorded is found, played under its own time, and kept."""

import asyncio

from playwright.async_api import expect
import pytest

from tests.cameras.picture import READ_CLOCK_JS

from .footage_scenes import FOOTAGE
from .house import House, Owner
from .scenes import anew

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

SHOWN = "kg-recordings .stage:not([data-wait]) .clock"
# Every picture comes just before the browser says that the jump to it has ended.
EARLY = """
const real = HTMLVideoElement.prototype.requestVideoFrameCallback;
HTMLVideoElement.prototype.requestVideoFrameCallback = function (told) {
  return real.call(this, (...frame) => {
    Object.defineProperty(this, "seeking", { value: true, configurable: true });
    told(...frame);
    delete this.seeking;
    this.dispatchEvent(new Event("seeked"));
  });
};
"""


async def seconds_apart(owner: Owner, within: str = "kg-recordings") -> float:
    """Return how far the clock in the picture is from the time that is shown with it, −30 … 30."""
    stage = owner.panel.locator(f"{within} kg-stage")
    async with asyncio.timeout(60):
        while True:
            before = await _shown_us(owner, within)
            clock: int | None = await stage.locator("video").evaluate(READ_CLOCK_JS)
            after = await _shown_us(owner, within)
            if before is not None and before == after and clock is not None:
                return (before / 1e6 - clock + 30) % 60 - 30
            await asyncio.sleep(0.05)


async def _shown_us(owner: Owner, within: str) -> int | None:
    clock = owner.panel.locator(f"{within} .stage:not([data-wait]) .clock")
    if not await clock.count():
        return None
    told = await clock.first.get_attribute("data-us")
    return int(told) if told else None


async def _recorded(full: House, seconds: float) -> None:
    """Wait until the first camera has so much to play: this may be the first test of a house."""
    async with asyncio.timeout(120):
        while True:
            known = await full.ask("footage/cameras", language="en")
            for camera in known["cameras"][:1]:
                day = await full.ask("footage/day", camera=camera["uid"], day=known["today"])
                if any(end - start > seconds * 1_000_000 for start, end, *_ in day["recordings"]):
                    return
            await asyncio.sleep(0.5)


async def test_newest_recording_is_shown_under_its_own_time_and_kept(full: House, owner: Owner) -> None:
    await _recorded(full, 8)
    if not await owner.panel.count():
        await owner.open("recordings")
    await anew(owner, "recordings")
    await owner.panel.locator(SHOWN).wait_for()
    assert abs(await seconds_apart(owner)) < 1.5
    await owner.press("Mark the beginning here")
    while not (began := await _shown_us(owner, "kg-recordings")):
        await owner.panel.locator(SHOWN).wait_for()
    await owner.press("Play")
    async with asyncio.timeout(60):
        while (await _shown_us(owner, "kg-recordings") or 0) < began + 2_000_000:
            await asyncio.sleep(0.1)
    await owner.press("Pause")
    assert abs(await seconds_apart(owner)) < 1.5
    await owner.press("Mark the end here")
    await owner.press("Keep from deletion")
    await owner.panel.locator("kg-range").get_by_label("Reason").fill("A fall")
    await owner.panel.locator("kg-range").get_by_role("button", name="Keep it").click()
    await owner.see("The stretch is kept from deletion.")
    assert "A fall" in [hold["reason"] for hold in await full.ask("footage/holds")]
    await anew(owner, "kept")
    await expect(owner.panel.locator("kg-kept tbody")).to_contain_text("A fall")


async def test_picture_that_comes_before_its_jump_has_ended_is_shown(full: House) -> None:
    await _recorded(full, 8)
    async with full.owner("ru") as owner:
        await owner.page.add_init_script(EARLY)
        await owner.open("recordings")
        await owner.panel.locator(SHOWN).wait_for()
        assert abs(await seconds_apart(owner)) < 1.5


async def test_pages_of_recordings_and_inspection_are_accessible_on_a_phone(full: House) -> None:
    async with full.owner("ru", dark=True, size=(390, 844)) as owner:
        await owner.open("recordings")
        wrong = {}
        for scene in FOOTAGE:
            await scene.show(full, owner)
            if found := await owner.accessible():
                wrong[scene.name] = found
        assert wrong == {}
        assert await owner.troubles() == []


async def test_screen_of_the_inspector_has_nothing_else_and_leaves_for_the_start_page(
    full: House, owner: Owner
) -> None:
    await anew(owner, "inspection")
    await owner.press("Show to an inspector")
    await owner.see("This browser stays logged in as you, an administrator.")
    await owner.panel.locator("kg-sheet").get_by_role("button", name="Begin").click()
    screen = owner.panel.locator("kg-kiosk dialog")
    await screen.get_by_role("heading", name="Requirements").first.wait_for()
    await owner.page.keyboard.press("Escape")
    await screen.get_by_role("button", name="Record").click()
    await expect(screen.locator("tbody")).to_contain_text("begun for 20 min")
    await screen.get_by_role("button", name="End", exact=True).click()
    await screen.get_by_role("button", name="End the inspection").click()
    await owner.page.wait_for_url(lambda address: "/kindergarten" not in address)
    assert (await full.ask("inspection/session"))["id"] is None
    async with asyncio.timeout(120):
        while len((await full.ask("inspection/log", kinds=["inspection"]))["records"]) < 2:
            await asyncio.sleep(0.1)
    await owner.open("inspection")
