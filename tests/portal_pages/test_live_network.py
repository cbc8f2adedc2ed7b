"""Stills where the moving picture is not, cannot or shall not be: at first, by wish, on old phones and weak networks."""

import asyncio
from contextlib import suppress

from playwright.async_api import Error, Route, expect
import pytest

from custom_components.kindergarten.portal.pages import asset_names
from tests.stopwatch import Stopwatch

from .live import SHOWN, plays_for, readable, watch_on
from .phone import Phone, until
from .scenes import MOVING, tap_and_watch

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

PLAYER = "pages/vendor/hls.light.min.mjs"
# When the page asked for the stills that have come: later, on their way, a busy machine moves them together.
STILLS_SINCE = """
(since) => performance.getEntriesByType("resource")
  .filter((one) => one.name.endsWith("/still"))
  .map((one) => one.startTime / 1000)
  .filter((at) => at > since)
  .sort((one, other) => one - other)
"""


async def test_a_still_is_there_before_the_video(phone: Phone) -> None:
    page = phone.page
    seen = asyncio.Event()

    async def once_seen(route: Route) -> None:
        await seen.wait()
        await route.continue_()

    await page.route("**/a/vendor-*", once_seen)
    await page.goto(phone.kindergarten.url)
    await page.locator(".room .button.main").click()
    await page.locator(".stage[data-shows=still]").wait_for()
    await readable(page, "img.still")
    seen.set()
    await page.locator(MOVING).wait_for()


async def test_first_still_that_comes_too_late_leaves_those_of_the_saver_alone(phone: Phone) -> None:
    page, saving, held = phone.page, asyncio.Event(), 0

    async def hold_the_first(route: Route) -> None:
        nonlocal held
        held += 1
        if held == 1:
            await saving.wait()
        with suppress(Error):  # nobody may want it any more
            await route.continue_()

    await page.route("**/v/*/still", hold_the_first)
    await watch_on(phone)
    await page.locator(".controls .button").first.click()
    await page.locator(".stage[data-shows=still] .chip[data-kind=saver]").wait_for()
    await page.evaluate("""() => {
      window.gone = 0;
      const still = document.querySelector("img.still");
      new MutationObserver(() => window.gone += still.hasAttribute("src") ? 0 : 1).observe(still, {attributes: true});
    }""")
    stills = held
    saving.set()
    async with asyncio.timeout(60):
        while held < stills + 3:
            await asyncio.sleep(0.05)
    assert await page.evaluate("window.gone") == 0
    await page.unroute_all(behavior="ignoreErrors")


async def _later(act: object, seconds: float) -> None:
    await asyncio.sleep(seconds)
    assert callable(act)
    await act()


async def test_tunnel_is_survived(phone: Phone) -> None:
    page = await watch_on(phone)
    await page.context.set_offline(True)
    await page.locator(".cover:not([hidden])").wait_for()
    await page.context.set_offline(False)
    await page.locator(".cover:not([hidden])").wait_for(state="hidden")
    await plays_for(page, 1)


async def test_saver_shows_a_still_a_second_and_is_remembered(phone: Phone) -> None:
    page = await watch_on(phone)
    saving_from_s = await page.evaluate("performance.now() / 1000")
    await page.locator(".controls .button").first.click()
    await page.locator(".stage[data-shows=still] .chip[data-kind=saver]").wait_for()
    await until(page, f"!({SHOWN.strip()})().video")
    await until(page, f"(since) => ({STILLS_SINCE.strip()})(since).length > 3", saving_from_s)
    asked_s = await page.evaluate(STILLS_SINCE, saving_from_s)
    assert asked_s[3] - asked_s[0] > 2.5, "more than a still a second"
    await readable(page, "img.still")
    await page.reload()
    await page.locator(".stage[data-shows=still] .chip[data-kind=saver]").wait_for()
    await expect(page.locator(".controls .button").first).to_have_attribute("aria-pressed", "true")


async def test_viewing_of_stills_shows_stills(phone: Phone) -> None:
    phone.kindergarten.mode = "stills"
    await phone.page.goto(phone.kindergarten.url)
    await phone.page.locator(".room .button.main").click()
    await phone.page.locator(".stage[data-shows=still]").wait_for()
    assert not [path for path in phone.kindergarten.fetched if path.endswith("/live")]


async def test_old_phone_without_media_source_gets_stills(phone: Phone) -> None:
    await phone.page.add_init_script("delete window.MediaSource; delete window.ManagedMediaSource;")
    await phone.page.goto(phone.kindergarten.url)
    await phone.page.locator(".room .button.main").click()
    await phone.page.locator(".stage[data-shows=still]").wait_for()
    assert not [path for path in phone.kindergarten.fetched if path.endswith("/live")]


async def test_video_runs_on_400_kbit_per_second(phone: Phone) -> None:
    session = await phone.page.context.new_cdp_session(phone.page)
    await session.send("Network.enable")
    await phone.page.goto(phone.kindergarten.url)
    await phone.page.locator(".room .button.main").wait_for()
    # The player, which is fetched once in a phone's life, is here already.
    await phone.page.evaluate("(name) => fetch(`a/${name}`)", asset_names()[PLAYER])
    await session.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 150, "downloadThroughput": 50_000, "uploadThroughput": 15_000},
    )
    await tap_and_watch(phone.page, phone.kindergarten)
    await plays_for(phone.page, 2)


async def test_weak_network_falls_back_to_stills_and_never_says_live(phone: Phone) -> None:
    page = phone.page
    # The lists come and go on, the seconds in them do not.
    await page.route("**/v/*/s/*", lambda route: _later(route.abort, 60))
    await page.goto(phone.kindergarten.url)
    await page.locator(".room .button.main").click()
    await page.locator(".stage[data-shows=still]").wait_for()
    await page.evaluate("""() => {
      const stage = document.querySelector(".stage");
      window.shown = new Set();
      new MutationObserver(() => window.shown.add(stage.dataset.shows)).observe(stage, {attributes: true});
    }""")
    stopwatch = Stopwatch()
    await page.get_by_text("Желі әлсіз").wait_for()
    assert stopwatch.seconds < 20
    assert "video" not in await page.evaluate("[...window.shown]")
    await page.unroute_all(behavior="ignoreErrors")
