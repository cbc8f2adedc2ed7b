"""On the demo archive of 31 days, what the owner clicks is there at once. Run with `-s` to see the figures."""

from collections.abc import AsyncIterator
import json
import statistics
from typing import Final

import pytest
import pytest_asyncio

from tests.portal_pages.phone import open_browser
from tests.stopwatch import Stopwatch

from .house import FIND, House, Owner
from .recorded import build, open_recorded

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser, pytest.mark.long]

DAYS, CAMERAS, TURNS = 31, 8, 7
AT_HAND: Final = f"""
  {FIND}
  const panel = find(document);
  const page = every(panel.shadowRoot).find((one) => one.localName === name);
  const until = async (there) => {{
    for (const began = performance.now(); !there(); ) {{
      if (performance.now() - began > 50_000) throw new Error(`waited in vain: ${{there}}`);
      await new Promise((done) => setTimeout(done, 2));
    }}
  }};
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
"""
DAY_BEFORE: Final = f"""
async (name) => {{
  {AT_HAND}
  const before = page.found.day;
  page.renderRoot.querySelector(".beside button").click();
  const band = page.renderRoot.querySelector("kg-timeline");
  await until(() => page.found && page.found.day !== before && band.day === page.found);
  await band.updateComplete;
  await painted();
}}
"""
HEAT_MAP: Final = f"""
async (name) => {{
  {AT_HAND}
  every(panel.shadowRoot).find((one) => one.matches('nav a[href$="/heatmap"]')).click();
  await until(() => every(panel.shadowRoot).some((one) => one.matches(".line a") && one.getRootNode().host.localName === "kg-heatmap"));
  await painted();
}}
"""
ANY_MOMENT: Final = f"""
async (name) => {{
  {AT_HAND}
  const before = page._result;
  page.renderRoot.querySelector('form button[type="submit"], form button.main').click();
  await until(() => page._result && page._result !== before && (page._result.seconds || !page._result.played));
  if (!page._result.played) throw new Error(`nothing to show: ${{JSON.stringify(page._result)}}`);
}}
"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def past(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A house with a month behind it."""
    archive = tmp_path_factory.mktemp("quick") / "archive"
    await build(archive, DAYS, CAMERAS)
    async with open_browser() as browser, open_recorded(browser, archive, CAMERAS) as house:
        await house.ask("alerts/later")
        yield house


async def took(owner: Owner, deed: str, name: str) -> float:
    """Return the seconds from the click until it is there, without what the machine owed to others."""
    watch = Stopwatch()
    await owner.page.evaluate(deed, name)
    return watch.seconds


def told(what: str, times: list[float]) -> float:
    """Print how long each turn took, and return the median (s)."""
    print(json.dumps({what: {"median_ms": statistics.median(times) * 1000, "max_ms": max(times) * 1000}}))
    return statistics.median(times)


async def test_day_before_is_painted_within_half_a_second_of_the_click(past: House) -> None:
    async with past.owner() as owner:
        await owner.open("recordings")
        await owner.panel.locator("kg-recordings .clock").wait_for()
        times = [await took(owner, DAY_BEFORE, "kg-recordings") for _ in range(TURNS)]
    assert told("day", times) < 0.5


async def test_heat_map_is_painted_within_seven_tenths_of_a_second_of_the_click(past: House) -> None:
    times = []
    async with past.owner() as owner:
        for _ in range(TURNS):
            await owner.open("kept")
            await owner.settle()
            times.append(await took(owner, HEAT_MAP, "kg-kept"))
    assert told("heat map", times) < 0.7


async def test_any_moment_is_seen_within_three_seconds_of_the_click(past: House) -> None:
    times = []
    async with past.owner() as owner:
        await owner.open("challenge")
        form = owner.panel.locator("kg-challenge form")
        for turn in range(TURNS):
            # The day before, when every room is open.
            await form.locator("select").select_option(index=turn)
            days_ago = await owner.page.evaluate(
                "(ago) => new Date(Date.now() - ago * 864e5).toISOString().slice(0, 10)", 1 + 3 * turn
            )
            await form.locator("input[name=day]").fill(days_ago)
            await form.locator("input[name=time]").fill("10:00:17")
            times.append(await took(owner, ANY_MOMENT, "kg-challenge"))
    assert told("any moment", times) < 3
