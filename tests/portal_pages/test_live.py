"""The live picture: it moves, it carries the viewer's name, and it is gone when it must be."""

import asyncio
from collections.abc import AsyncIterator
import re
import time

from playwright.async_api import Browser, Page, Route, expect
import pytest
import pytest_asyncio

from custom_components.kindergarten.portal.pages import asset_names
from tests.cameras.picture import READ_CLOCK_JS
from tests.stopwatch import Stopwatch

from .mock import Kindergarten, open_portal, room, somebody
from .phone import Phone, take_phone, until
from .scenes import MOVING, tap_and_watch, watch

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

PLAYER = "pages/vendor/hls.light.min.mjs"
SHOWN = """
() => {
  const shows = document.querySelector(".stage")?.dataset.shows ?? "nothing";
  const video = document.querySelector("video"), still = document.querySelector("img.still");
  return {shows, video: Boolean(video?.src || video?.srcObject || video?.querySelector("source")), still: Boolean(still?.src)};
}
"""


async def _watch(phone: Phone) -> Page:
    await watch(phone.page, phone.kindergarten)
    return phone.page


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def only(browser: Browser) -> AsyncIterator[Phone]:
    """A phone for all tests that leave nothing behind."""
    async with open_portal() as kindergarten, take_phone(browser, kindergarten) as phone:
        yield phone


@pytest_asyncio.fixture(loop_scope="session")
async def shared(only: Phone) -> Phone:
    """The same phone as new, but for what its browser has fetched."""
    await only.renew()
    only.kindergarten.forget()
    return only


async def _clock(page: Page, element: str = "video") -> int | None:
    found: int | None = await page.locator(element).evaluate(READ_CLOCK_JS)
    return found


async def _readable(page: Page, element: str) -> None:
    """Wait until a picture is there in which the clock can be read."""
    async with asyncio.timeout(60):
        while await _clock(page, element) is None:
            await asyncio.sleep(0.05)


async def _plays_for(page: Page, seconds: float) -> None:
    first = await page.evaluate("document.querySelector('video').currentTime")
    async with asyncio.timeout(60):
        while await page.evaluate("document.querySelector('video').currentTime") < first + seconds:
            await page.locator(MOVING).wait_for()
            await asyncio.sleep(0.1)


async def test_video_plays_and_its_clock_advances(phone: Phone) -> None:
    page = await _watch(phone)
    position = await page.evaluate("document.querySelector('video').currentTime")
    first = await _clock(page)
    async with asyncio.timeout(60):
        while await _clock(page) in {first, None}:  # not black: the clock can be read
            await asyncio.sleep(0.2)
    assert await page.evaluate("document.querySelector('video').currentTime") > position


async def test_video_is_less_than_five_seconds_behind(phone: Phone) -> None:
    page = await _watch(phone)
    async with asyncio.timeout(60):
        while (second := await _clock(page)) is None or (
            time.time() - phone.kindergarten.began - second
        ) % 60 >= 5:
            await asyncio.sleep(0.2)


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
    await _readable(page, "img.still")
    seen.set()
    await page.locator(MOVING).wait_for()


async def _later(act: object, seconds: float) -> None:
    await asyncio.sleep(seconds)
    assert callable(act)
    await act()


@pytest.mark.parametrize(
    ("reason", "title"),
    [
        ("paused", "Қысқа үзіліс"),
        ("closed_hours", "Бөлме әзірге жабық"),
        ("own_consent", "Сіздің келісіміңіз жетіспейді"),
    ],
)
async def test_picture_is_gone_within_a_second_and_the_reason_shown(
    phone: Phone, reason: str, title: str
) -> None:
    page = await _watch(phone)
    phone.kindergarten.me = somebody(rooms=[room(open=False, reason=reason)])
    phone.kindergarten.end(reason)
    stopwatch = Stopwatch()
    async with asyncio.timeout(60):
        while (await page.evaluate(SHOWN)) != {"shows": "nothing", "video": False, "still": False}:
            await asyncio.sleep(0.02)
    assert stopwatch.seconds < 1
    await page.get_by_role("heading", name=title).wait_for()
    asked = phone.kindergarten.asked("/viewings")
    await asyncio.sleep(0.7)
    assert phone.kindergarten.asked("/viewings") == asked


async def test_revoked_phone_sees_the_same_as_nobody(phone: Phone) -> None:
    page = await _watch(phone)
    phone.kindergarten.says["GET /me"] = (404, None)
    phone.kindergarten.end("unknown")
    await page.get_by_role("heading", name="Қазір мұнда ештеңе жоқ").wait_for()
    await expect(page.locator("video")).to_have_count(0)


async def test_room_that_is_gone_says_that_access_has_ended(phone: Phone) -> None:
    page = await _watch(phone)
    phone.kindergarten.me = somebody(rooms=[])
    phone.kindergarten.end("access_ended")
    await page.get_by_role("heading", name="Бұл бөлмені көру мерзіміңіз аяқталды").wait_for()


async def test_phone_comes_back_to_the_picture_by_itself_when_the_kindergarten_was_started_anew(
    phone: Phone,
) -> None:
    page, kindergarten = await _watch(phone), phone.kindergarten
    kindergarten.says["GET /me"] = (404, None)
    kindergarten.end("unknown")
    await page.locator(".notice.stop").wait_for()
    kindergarten.me = somebody(rooms=[room("Еркемай"), room(id="another-id")])
    kindergarten.ended = None
    del kindergarten.says["GET /me"]
    await page.locator(MOVING).wait_for()
    await page.wait_for_url(re.compile("#live/another-id$"))


async def test_picture_goes_on_when_the_room_goes_by_another_id(phone: Phone) -> None:
    page, kindergarten = await _watch(phone), phone.kindergarten
    kindergarten.me = somebody(rooms=[room(id="another-id")])
    kindergarten.end("lost")
    await kindergarten.hears("/viewings", room="another-id")
    await page.locator(MOVING).wait_for()


async def test_viewing_begins_anew_by_itself_after_a_loss(phone: Phone) -> None:
    page = await _watch(phone)
    phone.kindergarten.end("lost")
    async with asyncio.timeout(60):
        while phone.kindergarten.asked("/viewings") < 2:
            await asyncio.sleep(0.05)
    await page.locator(MOVING).wait_for()


@pytest.mark.parametrize(
    "deed",
    [
        "document.querySelector('.watermark').remove()",
        "document.querySelector('.watermark').style.visibility = 'hidden'",
        "document.querySelector('.watermark').style.opacity = 0.05",
        "document.querySelector('.watermark').style.left = '-900px'",
        "document.querySelector('.watermark').style.fontSize = '2px'",
        "document.querySelector('.watermark span').textContent = 'Somebody'",
        "document.querySelector('.watermark').hidden = true",
        "document.adoptedStyleSheets = [(() => { const s = new CSSStyleSheet(); s.replaceSync('.watermark{display:none!important}'); return s; })()]",
    ],
)
async def test_picture_stops_when_the_name_over_it_is_hidden(shared: Phone, deed: str) -> None:
    page = await _watch(shared)
    stopwatch = Stopwatch()
    await page.evaluate(deed)
    await page.get_by_role("heading", name="Көрсету тоқтатылды").wait_for()
    assert stopwatch.seconds < 3
    await expect(page.locator("video")).to_have_count(0)
    await shared.kindergarten.hears("/end")
    assert await shared.troubles() == []


async def test_watermark_says_who_when_and_which_viewing(phone: Phone) -> None:
    await phone.page.clock.install()
    page = await _watch(phone)
    said = await page.locator(".watermark").inner_text()
    assert "Айгүл С." in said
    assert "K7F2" in said
    assert ":" in said
    place = await page.locator(".watermark").get_attribute("data-place")
    await page.clock.run_for(9_500)
    await expect(page.locator(f".watermark:not([data-place='{place}'])")).to_have_count(1)


async def test_watermark_does_not_slide_for_who_wants_no_motion(
    browser: Browser, kindergarten: Kindergarten
) -> None:
    async with take_phone(browser, kindergarten, still=True) as phone:
        page = await _watch(phone)
        assert await page.locator(".watermark").evaluate(
            "(mark) => getComputedStyle(mark).transitionProperty"
        ) in {"none", "all"}
        assert (
            await page.locator(".watermark").evaluate("(mark) => getComputedStyle(mark).transitionDuration")
            == "0s"
        )


async def test_picture_cannot_be_taken_out_of_the_page(phone: Phone) -> None:
    page = await _watch(phone)
    told = await page.evaluate("""() => {
      const video = document.querySelector("video");
      const menu = new MouseEvent("contextmenu", {bubbles: true, cancelable: true});
      video.parentElement.dispatchEvent(menu);
      return [video.disablePictureInPicture, video.disableRemotePlayback, video.controls, menu.defaultPrevented,
              video.getAttribute("x-webkit-airplay"), video.muted, document.querySelector("[download]")];
    }""")
    assert told == [True, True, False, True, "deny", True, None]


async def test_hidden_page_shows_and_fetches_nothing_and_comes_back(phone: Phone) -> None:
    page = await _watch(phone)
    await _hide(page, hidden=True)
    await expect(page.locator(".stage")).to_have_attribute("data-shows", "nothing")
    await phone.kindergarten.hears("/beat", visible=False)
    fetched = -1
    async with asyncio.timeout(60):
        while fetched != (fetched := _seconds(phone)):  # what was on its way may still come
            await asyncio.sleep(2)
    await _hide(page, hidden=False)
    await page.locator(MOVING).wait_for()
    assert phone.kindergarten.asked("/viewings") == 1


def _seconds(phone: Phone) -> int:
    return sum(count for path, count in phone.kindergarten.fetched.items() if "/s/" in path)


async def test_viewing_that_ended_while_hidden_begins_again(phone: Phone) -> None:
    page = await _watch(phone)
    await _hide(page, hidden=True)
    phone.kindergarten.end("hidden")
    await phone.kindergarten.hears("/beat")
    await _hide(page, hidden=False)
    await page.locator(MOVING).wait_for()
    assert phone.kindergarten.asked("/viewings") == 2


async def _hide(page: Page, *, hidden: bool) -> None:
    state = "hidden" if hidden else "visible"
    await page.evaluate(
        """(state) => {
          Object.defineProperty(document, "visibilityState", {configurable: true, get: () => state});
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        state,
    )


async def test_tunnel_is_survived(phone: Phone) -> None:
    page = await _watch(phone)
    await page.context.set_offline(True)
    await page.locator(".cover:not([hidden])").wait_for()
    await page.context.set_offline(False)
    await page.locator(".cover:not([hidden])").wait_for(state="hidden")
    await _plays_for(page, 1)


async def test_saver_shows_a_still_a_second_and_is_remembered(phone: Phone) -> None:
    page = await _watch(phone)
    await page.locator(".controls .button").first.click()
    await page.locator(".stage[data-shows=still] .chip[data-kind=saver]").wait_for()
    await until(page, f"!({SHOWN.strip()})().video")
    stills, began_s = _stills(phone), time.monotonic()
    async with asyncio.timeout(60):
        while _stills(phone) < stills + 4:
            await asyncio.sleep(0.02)
    assert time.monotonic() - began_s > 1.5, "more than a still a second"
    await _readable(page, "img.still")
    await page.reload()
    await page.locator(".stage[data-shows=still] .chip[data-kind=saver]").wait_for()
    await expect(page.locator(".controls .button").first).to_have_attribute("aria-pressed", "true")


def _stills(phone: Phone) -> int:
    return sum(count for path, count in phone.kindergarten.fetched.items() if path.endswith("/still"))


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
    await _plays_for(phone.page, 2)


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
    await page.get_by_text("Желі әлсіз").wait_for()
    assert "video" not in await page.evaluate("[...window.shown]")
    await page.unroute_all(behavior="ignoreErrors")


async def test_nobody_there_is_warned_and_may_stay(phone: Phone) -> None:
    phone.kindergarten.left_s = 40
    page = await _watch(phone)
    await page.get_by_role("heading", name="Әлі көріп отырсыз ба?").wait_for()
    await expect(page.locator("#announcements")).to_contain_text("Әлі көріп отырсыз ба?")
    phone.kindergarten.left_s = 900
    await page.get_by_role("button", name="Иә, көріп отырмын").click()
    await page.get_by_role("heading", name="Әлі көріп отырсыз ба?").wait_for(state="hidden")
    await phone.kindergarten.hears("/beat", visible=True, active=True)


async def test_nobody_there_ends_the_viewing(phone: Phone) -> None:
    phone.kindergarten.left_s = 3
    await _watch(phone)
    await phone.page.get_by_role("heading", name="Көрсету тоқтап тұр").wait_for()
    await expect(phone.page.locator("video")).to_have_count(0)


async def test_stop_ends_the_viewing_at_the_kindergarten(phone: Phone) -> None:
    page = await _watch(phone)
    await page.get_by_role("button", name="Тоқтату").click()
    await page.locator(".room").wait_for()
    await phone.kindergarten.hears("/end")


async def test_large_picture_is_left_with_escape_and_keeps_the_name(phone: Phone) -> None:
    page = await _watch(phone)
    await page.get_by_role("button", name="Үлкен кескін").click()
    await page.locator(".stage.wide.turned .watermark").wait_for()
    assert await page.evaluate("document.fullscreenElement") is None
    await until(page, "document.querySelector('.tabs').inert")
    await asyncio.sleep(1.2)  # the watermark is looked after there too
    await page.keyboard.press("Escape")
    await page.locator(".stage:not(.wide) .watermark").wait_for()
    await until(page, "!document.querySelector('.tabs').inert")


async def test_place_in_the_queue_moves_on_by_itself(phone: Phone) -> None:
    await phone.page.clock.install()
    phone.kindergarten.says["POST /viewings"] = (409, {"code": "full", "place": 3})
    await phone.page.goto(phone.kindergarten.url)
    await phone.page.locator(".room .button.main").click()
    await phone.page.get_by_text("Кезектегі орныңыз: 3").wait_for()
    phone.kindergarten.says["POST /viewings"] = (409, {"code": "full", "place": 1})
    await phone.page.clock.fast_forward(9000)
    await phone.page.get_by_text("Кезектегі орныңыз: 1").wait_for()
    phone.kindergarten.says.clear()
    await phone.page.clock.fast_forward(9000)
    await phone.page.clock.resume()
    await phone.page.locator(".stage").wait_for()
