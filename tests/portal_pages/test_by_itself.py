"""What the pages do by themselves: go back to the picture, offer the home screen, notice an update."""

import asyncio
import re
import time

from playwright.async_api import Browser, Page, Route, expect
import pytest

from .mock import Kindergarten, open_portal, room, somebody
from .phone import Phone, take_phone, until
from .scenes import ANDROID, SAFARI, locked
from .test_scenes import AXE, CUT, FOUR_TIMES, RUN_AXE, RUN_AXE_ON_COLOURS, SMALL

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]


async def _closed(phone: Phone, reason: str, hours: float | None) -> None:
    """Come to the screen that says why the room is closed."""
    locked(reason, hours)(phone.kindergarten)
    told = phone.kindergarten.me["rooms"][0]
    answer = {"code": reason, "opens_at_us": told["opens_at_us"]}
    phone.kindergarten.says["POST /viewings"] = (409, answer)
    await phone.page.clock.install()
    await phone.page.goto(f"{phone.kindergarten.url}#live/{told['id']}")
    await phone.page.locator(".notice").wait_for()


def _open(kindergarten: Kindergarten) -> None:
    kindergarten.me["rooms"] = [room()]
    kindergarten.says.clear()


@pytest.mark.parametrize(
    ("reason", "hours", "wait"),
    [("paused", 0.1, "06:15"), ("closed_hours", 8.0, "08:00:15"), ("quiet", 1.0, "01:00:15")],
)
async def test_the_picture_comes_back_when_its_time_has_come(
    phone: Phone, reason: str, hours: float, wait: str
) -> None:
    await _closed(phone, reason, hours)
    _open(phone.kindergarten)
    phone.kindergarten.fetched.clear()
    await phone.page.clock.fast_forward(wait)
    await phone.page.locator(".stage").wait_for()
    assert phone.kindergarten.asked("/viewings") == 1


async def test_the_picture_comes_back_soon_when_the_staff_end_a_pause_early(phone: Phone) -> None:
    await _closed(phone, "paused", 0.25)
    _open(phone.kindergarten)
    await phone.page.clock.fast_forward(26_000)
    await phone.page.locator(".stage").wait_for()


@pytest.mark.parametrize(
    ("reason", "hours", "minutes", "step_s", "most"),
    [("closed_hours", 10.0, 60, 30, 13), ("paused", 0.5, 6, 5, 19)],
    ids=["night", "pause"],
)
async def test_whoever_waits_asks_seldom(
    phone: Phone, reason: str, hours: float, minutes: int, step_s: int, most: int
) -> None:
    """A night is an hour of 12 questions; a pause three in a minute."""
    await _closed(phone, reason, hours)
    clock = phone.page.clock
    await clock.pause_at(time.time() + 120)  # or the time that this takes would count too
    before = phone.kindergarten.asked("/me")
    for _ in range(minutes * 60 // step_s):
        await clock.fast_forward(step_s * 1000)
    assert 2 <= phone.kindergarten.asked("/me") - before <= most


async def test_another_reason_takes_the_place_of_the_one_before(phone: Phone) -> None:
    await _closed(phone, "paused", 0.1)
    locked("quiet", 1.0)(phone.kindergarten)
    await phone.page.clock.fast_forward("06:15")
    await phone.page.get_by_role("heading", name="Тыныш уақыт").wait_for()


async def test_access_that_ended_is_not_asked_for_again(phone: Phone) -> None:
    await _closed(phone, "access_ended", None)
    before = phone.kindergarten.asked("/me")
    await phone.page.clock.fast_forward("02:00:00")
    await phone.page.evaluate("fetch('.', { cache: 'no-store' })")  # what was asked before has been heard
    assert phone.kindergarten.asked("/me") == before


async def test_portal_whose_texts_did_not_come_asks_for_them_again(phone: Phone) -> None:
    page = phone.page
    await page.route("**/a/kk.*.json", lambda route: route.abort())
    await page.goto(phone.kindergarten.url)
    await page.get_by_role("alert").get_by_text("Байланыс жоқ").wait_for()
    await page.unroute_all()
    await page.locator(".room").wait_for()
    await expect(page.get_by_role("alert")).to_have_count(0)


async def test_portal_of_which_a_part_did_not_come_is_asked_for_again(phone: Phone) -> None:
    page = phone.page
    await page.route("**/a/entry-arrival.*.js", lambda route: route.abort())
    await page.goto(phone.kindergarten.url)
    await page.get_by_role("alert").get_by_text("Байланыс жоқ").wait_for()
    await page.unroute_all()
    await page.locator(".room").wait_for()
    await expect(page.get_by_role("alert")).to_have_count(0)


async def test_portal_that_is_asked_for_again_waits_for_the_kindergarten(phone: Phone) -> None:
    page, asked = phone.page, asyncio.Event()

    async def refuse(route: Route) -> None:
        if route.request.resource_type == "fetch":
            asked.set()
        await route.abort()

    await page.route("**/a/entry-arrival.*.js", lambda route: route.abort())
    await page.goto(phone.kindergarten.url)
    await page.route("**/portal/", refuse)
    async with asyncio.timeout(60):
        await asked.wait()
    await page.get_by_role("alert").get_by_text("Байланыс жоқ").wait_for()
    await page.unroute_all()
    await page.locator(".room").wait_for()


# -- the home screen ---------------------------------------------------------------------------


async def _visit(page: Page, kindergarten: Kindergarten) -> None:
    await page.goto("about:blank")
    await page.goto(kindergarten.url)
    await page.locator(".room").wait_for()


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize(("agent", "lines"), [(ANDROID, 2), (SAFARI, 3)], ids=["android", "iphone"])
async def test_the_home_screen_is_offered_once_on_the_second_visit(
    browser: Browser, kindergarten: Kindergarten, language: str, agent: str, lines: int
) -> None:
    kindergarten.me = somebody(language=language)
    async with take_phone(browser, kindergarten, language=language, agent=agent) as phone:
        hint = phone.page.locator(".home-hint")
        await _visit(phone.page, kindergarten)
        assert await hint.count() == 0
        await _visit(phone.page, kindergarten)
        await expect(hint.locator("p")).to_have_count(lines)
        assert "…" not in await hint.inner_text()
        await phone.page.locator(".tab").nth(1).click()
        await phone.page.locator(".tab").first.click()
        await hint.wait_for()
        await _visit(phone.page, kindergarten)
        assert await hint.count() == 0
        assert await phone.troubles() == []


async def test_the_hint_goes_at_a_tap_and_stays_away(phone: Phone) -> None:
    for _ in range(2):
        await _visit(phone.page, phone.kindergarten)
    await phone.page.locator(".home-hint .button.quiet").click()
    await expect(phone.page.locator(".home-hint")).to_have_count(0)
    await phone.page.locator(".tab").nth(1).click()
    await phone.page.locator(".tab").first.click()
    await phone.page.locator(".room").wait_for()
    assert await phone.page.locator(".home-hint").count() == 0


async def test_where_the_browser_offers_it_one_tap_is_enough(phone: Phone) -> None:
    await _visit(phone.page, phone.kindergarten)
    await phone.page.add_init_script("""
        addEventListener("DOMContentLoaded", () => setTimeout(() => {
          const event = new Event("beforeinstallprompt", { cancelable: true });
          event.prompt = async () => { window.prompted = true; };
          dispatchEvent(event);
          window.kept = event.defaultPrevented;
        }));
    """)
    await _visit(phone.page, phone.kindergarten)
    await phone.page.locator(".home-hint .button.main").click()
    await until(phone.page, "window.kept && window.prompted")
    await expect(phone.page.locator(".home-hint")).to_have_count(0)


async def test_inside_an_app_and_on_a_desk_nothing_is_offered(
    browser: Browser, kindergarten: Kindergarten
) -> None:
    for agent in (f"{ANDROID} Instagram 350.0", "Mozilla/5.0 (X11; Linux x86_64) Chrome/131.0 Safari/537.36"):
        async with take_phone(browser, kindergarten, agent=agent) as phone:
            for _ in range(2):
                await _visit(phone.page, kindergarten)
            assert await phone.page.locator(".home-hint").count() == 0


# -- an update ---------------------------------------------------------------------------------


async def test_a_page_that_was_open_during_an_update_says_so(phone: Phone) -> None:
    page, kindergarten = phone.page, phone.kindergarten
    await page.clock.install()
    await page.goto(kindergarten.url)
    await page.locator(".room").wait_for()
    assert await page.locator(".renewed").count() == 0
    kindergarten.me["page"] = "another"
    await page.clock.fast_forward(31_000)
    await page.locator(".renewed").wait_for()
    await page.locator(".tab").nth(1).click()
    await page.locator(".seal").wait_for()
    await expect(page.locator(".renewed")).to_have_count(1)
    before = kindergarten.asked("/")
    async with page.expect_navigation():
        await page.locator(".renewed .button").click()
    await page.locator(".seal").wait_for()
    assert kindergarten.asked("/") == before + 1


async def test_a_page_of_today_says_nothing(phone: Phone) -> None:
    await phone.page.goto(phone.kindergarten.url)
    version = await phone.page.locator('meta[name="version"]').get_attribute("content")
    assert re.fullmatch(r"[0-9a-f]{16}", version or "")
    phone.kindergarten.me["page"] = version
    await phone.page.reload()
    await phone.page.locator(".room").wait_for()
    assert await phone.page.locator(".renewed").count() == 0


async def test_a_part_that_an_update_took_away_opens_the_page_anew_and_not_for_ever(phone: Phone) -> None:
    page, kindergarten = phone.page, phone.kindergarten
    await page.goto(kindergarten.url)
    await page.locator(".room").wait_for()
    version = await page.locator('meta[name="version"]').get_attribute("content") or ""
    gone = re.compile(r"/a/screens-day\.")
    await page.route(gone, lambda route: route.fulfill(status=404))

    async def another(route: object) -> None:
        response = await route.fetch()  # type: ignore[attr-defined]
        text = (await response.text()).replace(version, "0123456789abcdef")
        await route.fulfill(response=response, body=text)  # type: ignore[attr-defined]

    await page.route(kindergarten.url, another)
    async with page.expect_navigation(url=re.compile("#day")):
        await page.locator(".tab").nth(1).click()
        await page.wait_for_url(re.compile("#day"))
    await page.locator(".notice").wait_for()
    phone.wrong.clear()  # what the missing file is called by the browser
    await page.unroute(gone)
    await page.locator("main .button.main").click()
    await page.locator(".seal").wait_for()


@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_hint_and_news_are_accessible_and_nothing_of_them_is_cut(
    browser: Browser, kindergarten: Kindergarten, language: str
) -> None:
    kindergarten.me = somebody(language=language, page="another")
    async with take_phone(
        browser, kindergarten, language=language, agent=SAFARI, size=FOUR_TIMES, still=True
    ) as phone:
        for _ in range(2):
            await _visit(phone.page, kindergarten)
        await phone.page.locator(".home-hint").wait_for()
        await phone.page.locator(".renewed").wait_for()
        assert await phone.page.evaluate(CUT) == []
        assert await phone.page.evaluate(SMALL) == []
        await phone.page.evaluate(AXE)
        assert await phone.page.evaluate(RUN_AXE) == []
        await phone.page.emulate_media(color_scheme="dark")
        assert await phone.page.evaluate(RUN_AXE_ON_COLOURS) == []


# -- what the browser thinks of our headers ----------------------------------------------------


async def test_the_browser_understands_every_header(browser: Browser) -> None:
    async with open_portal() as kindergarten, take_phone(browser, kindergarten) as phone:
        said: list[str] = []
        phone.page.on("console", lambda message: said.append(message.text))
        await phone.page.goto(kindergarten.url)
        await phone.page.locator(".room").wait_for()
        assert [line for line in said if "olicy" in line] == []
