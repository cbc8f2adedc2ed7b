"""Every page and state: accessible, nothing cut, nothing forbidden tried."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

from playwright.async_api import Browser
import pytest
import pytest_asyncio

from .mock import open_portal
from .phone import Phone, take_phone
from .scenes import SCENES, Scene

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

AXE = (Path(__file__).parent / "vendor/axe.min.js").read_text(encoding="utf-8")
RUN_AXE = """
async () => {
  const found = await axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  });
  return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target + " " + node.failureSummary).join("; ")}`);
}
"""
# What the colours of the page decide: all else is the same by night.
RUN_AXE_ON_COLOURS = RUN_AXE.replace(
    RUN_AXE.partition("runOnly: ")[2].partition("\n")[0],
    '{ type: "rule", values: ["color-contrast", "link-in-text-block"] },',
)
# What sticks out of the page, or has more words than room.
CUT = """
() => {
  const wrong = [];
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width) wrong.push(`page is ${document.documentElement.scrollWidth} wide`);
  for (const one of document.querySelectorAll("#app *, dialog *")) {
    if (one.closest(".unseen, svg, .stage.wide") || !one.getClientRects().length) continue;
    const box = one.getBoundingClientRect();
    if (box.right > width + 1 || box.left < -1) wrong.push(`${one.tagName}.${one.className} sticks out`);
    const words = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    const hides = getComputedStyle(one).overflow !== "visible";
    if (words && hides && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1))
      wrong.push(`${one.className || one.tagName}: "${one.textContent}" is cut`);
  }
  return wrong;
}
"""
# 44 px for everything that is tapped; a radio's label is its target, links in a sentence are none.
SMALL = """
() => [...document.querySelectorAll("button, a, input:not([type=radio]), select, label.choice")]
  .filter((one) => one.getClientRects().length)
  .map((one) => [one, one.getBoundingClientRect()])
  .filter(([, box]) => box.width < 44 || box.height < 44)
  .map(([one, box]) => `${one.className} ${box.width} x ${box.height}`)
"""
FOUR_TIMES = (320, 256)
"""A window of 1280 x 1024 at 400 %."""
# One of each make: with and without a time, a number or a second button, warm and stern, in and out.
TYPICAL_STATES = (
    "state_closed_hours",
    "state_own_consent",
    "state_full",
    "state_slow_down",
    "state_tampered",
    "state_gone",
    "state_offline",
    "state_not_valid",
    "state_pair_refused",
)
ALIKE = [scene for scene in SCENES if scene.name.startswith("state_") and scene.name not in TYPICAL_STATES]
"""States made like one of those, which axe sees in the long tier only."""


type TakePhone = Callable[[Scene], Awaitable[Phone]]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def take(browser: Browser) -> AsyncIterator[TakePhone]:
    """Take a phone of a scene's make, as new: those of a make have a browser in common, and what it fetched."""
    phones: dict[tuple[object, ...], Phone] = {}
    async with open_portal() as kindergarten, AsyncExitStack() as stack:

        async def taken(scene: Scene) -> Phone:
            kindergarten.forget()
            key = (scene.agent, scene.known, scene.name if scene.first else "")
            if key not in phones:
                phones[key] = await stack.enter_async_context(
                    take_phone(browser, kindergarten, agent=scene.agent, known=scene.known, still=True)
                )
            await phones[key].renew()
            return phones[key]

        yield taken


@pytest.mark.parametrize(
    "scene",
    [
        pytest.param(scene, id=scene.name, marks=pytest.mark.long if scene in ALIKE else ())
        for scene in SCENES
    ],
)
async def test_page_is_accessible_and_nothing_is_cut(take: TakePhone, scene: Scene) -> None:
    phone = await take(scene)
    await phone.show(scene)
    await phone.page.evaluate(AXE)
    assert await phone.page.evaluate(RUN_AXE) == []
    await phone.page.emulate_media(color_scheme="dark")
    assert await phone.page.evaluate(RUN_AXE_ON_COLOURS) == []
    assert await phone.page.evaluate(SMALL) == []
    await phone.page.set_viewport_size({"width": FOUR_TIMES[0], "height": FOUR_TIMES[1]})
    assert await phone.page.evaluate(CUT) == []
    assert await phone.troubles() == []


async def test_every_other_state_is_shown_and_nothing_of_it_is_cut(browser: Browser) -> None:
    wrong = {}
    async with open_portal() as kindergarten, take_phone(browser, kindergarten, size=FOUR_TIMES) as phone:
        for scene in ALIKE:
            kindergarten.forget()
            await phone.page.goto("about:blank")
            await phone.show(scene)
            if found := [*await phone.page.evaluate(CUT), *await phone.troubles()]:
                wrong[scene.name] = found
    assert not wrong


@pytest.mark.long
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
async def test_nothing_is_cut_at_four_times_the_size_in(browser: Browser, language: str) -> None:
    wrong = {}
    for scene in SCENES:
        async with (
            open_portal() as kindergarten,
            take_phone(
                browser,
                kindergarten,
                language=language,
                agent=scene.agent,
                known=scene.known,
                size=FOUR_TIMES,
            ) as phone,
        ):
            await phone.show(scene)
            if found := [*(await phone.page.evaluate(CUT)), *(await phone.troubles())]:
                wrong[scene.name] = found
    assert not wrong
