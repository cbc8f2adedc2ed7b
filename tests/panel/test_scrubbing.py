"""Scrubbing over a day never shows a wrong time: the clock in the picture is read back, jump by jump and frame by frame.

Run with `-s` to see the figures.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
import json
from pathlib import Path
import random
import statistics
import time
from typing import Any, Final

from playwright.async_api import FloatRect, TimeoutError as PlaywrightTimeout
import pytest
import pytest_asyncio

from tests.cameras.picture import READ_CLOCK_JS
from tests.demo_archive import plan
from tests.portal_pages.phone import open_browser

from .families import ALMATY
from .house import FIND, House, Owner
from .recorded import build, open_recorded
from .test_recordings import SHOWN, seconds_apart

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser, pytest.mark.long]

DAYS: Final = 3
JUMPS: Final = 120
STROKES: Final = 12
"""So often the finger is laid down, drawn over the day and lifted."""
MOVES: Final = 40
APART_S: Final = 1.5
GLIMPSE_MS: Final = 500
"""A frame that the browser shows before it tells of it is nothing that anybody sees."""
WATCH: Final = f"""
() => {{
  {FIND}
  const read = {READ_CLOCK_JS};
  const stage = every(find(document).shadowRoot).find((one) => one.localName === "kg-stage").shadowRoot;
  const seen = (window.seen = {{ looks: 0, told: 0, wrong: 0, longest_ms: 0, worst_s: 0, over: false }});
  let since = null;
  const look = (now) => {{
    seen.looks += 1;
    const clock = stage.querySelector(".stage:not([data-wait]) .clock");
    const second = clock && read(stage.querySelector("video"));
    if (clock && second !== null) {{
      seen.told += 1;
      const apart = ((((Number(clock.dataset.us) / 1e6 - second + 30) % 60) + 60) % 60) - 30;
      if (Math.abs(apart) > {APART_S}) {{
        seen.wrong += 1;
        since ??= now;
        seen.longest_ms = Math.max(seen.longest_ms, now - since);
      }} else {{
        since = null;
        seen.worst_s = Math.max(seen.worst_s, Math.abs(apart));
      }}
    }} else since = null;
    if (!seen.over) requestAnimationFrame(look);
  }};
  requestAnimationFrame(look);
}}
"""


@dataclass(kw_only=True)
class Day:
    """A day before today's in front of its owner, and what of it is on the screen."""

    owner: Owner
    begin_s: float
    band: FloatRect
    holes: list[tuple[float, float]] = field(default_factory=list)

    def at(self, share: float) -> float:
        """Return the moment (s) at a share of the band."""
        return self.begin_s + share * plan.DAY

    def x(self, share: float) -> float:
        """Return where that is on the screen."""
        return self.band["x"] + share * self.band["width"]

    @property
    def pixel_s(self) -> float:
        """Return how long a pixel lasts."""
        return plan.DAY / self.band["width"]

    def recorded(self, share: float) -> bool:
        """Tell whether a moment and what is next to it was recorded."""
        at, near = self.at(share), self.pixel_s + 10
        return not any(start - near <= at <= end + near for start, end in self.holes)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def day(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Day]:
    """The day before, whole, of the first camera."""
    folder: Path = tmp_path_factory.mktemp("scrubbing") / "archive"
    end_s = int(time.time()) // 60 * 60
    await build(folder, DAYS, 1, end_s)
    async with open_browser() as browser, open_recorded(browser, folder, 1) as house:
        await house.ask("alerts/later")
        async with house.owner() as owner:
            yield await _opened(house, owner, end_s)
            assert await owner.troubles() == []


async def _opened(house: House, owner: Owner, end_s: int) -> Day:
    midnight = datetime.fromtimestamp(end_s, ALMATY).replace(hour=0, minute=0, second=0, microsecond=0)
    before = midnight - timedelta(days=1)
    await owner.open("recordings")
    await owner.panel.get_by_label("Day", exact=True).fill(f"{before:%Y-%m-%d}")
    await owner.page.wait_for_url(f"**day={before:%Y-%m-%d}*")
    await owner.panel.locator(SHOWN).wait_for()
    band = owner.panel.locator("kg-timeline .band")
    await band.scroll_into_view_if_needed()
    box = await band.bounding_box()
    assert box
    known = await house.ask("footage/cameras", language="en")
    told = await house.ask("footage/day", camera=known["cameras"][0]["uid"], day=f"{before:%Y-%m-%d}")
    holes = [(each["from_us"] / 1e6, (each["to_us"] or told["end_us"]) / 1e6) for each in told["gaps"]]
    return Day(owner=owner, begin_s=before.astimezone(UTC).timestamp(), band=box, holes=holes)


async def _shown_near(day: Day, at_s: float) -> float:
    """Wait until a picture of about a moment is shown, and return its time (s)."""
    clock = day.owner.panel.locator(SHOWN)
    async with asyncio.timeout(60):
        while True:
            with suppress(PlaywrightTimeout):  # it may go while it is read
                told = float(await clock.first.get_attribute("data-us", timeout=1000) or 0) / 1e6
                if abs(told - at_s) <= 2 * day.pixel_s + 5:
                    return told
            await asyncio.sleep(0.02)


async def test_hundred_and_twenty_jumps_over_a_day_show_the_time_of_their_picture(day: Day) -> None:
    seed = random.randrange(1 << 30)
    dice, page = random.Random(seed), day.owner.page
    apart: list[float] = []
    took: list[float] = []
    while len(apart) < JUMPS:
        share = dice.uniform(0.01, 0.99)
        if not day.recorded(share):
            continue
        began = time.monotonic()
        await page.mouse.click(day.x(share), day.band["y"] + day.band["height"] / 2)
        await _shown_near(day, day.at(share))
        took.append(time.monotonic() - began)
        apart.append(abs(await seconds_apart(day.owner)))
        assert apart[-1] < APART_S, (seed, len(apart), share)
    figures = {
        "jumps": len(apart),
        "worst_s": round(max(apart), 2),
        "median_jump_s": round(statistics.median(took), 2),
    }
    print(json.dumps({"jumps over a day": figures}))


async def test_no_frame_stands_under_a_wrong_time_while_a_finger_draws_over_the_day(day: Day) -> None:
    seed = random.randrange(1 << 30)
    dice, page = random.Random(seed), day.owner.page
    y = day.band["y"] + day.band["height"] / 2
    await page.evaluate(WATCH)
    for _ in range(STROKES):
        share = dice.uniform(0.05, 0.95)
        await page.mouse.move(day.x(share), y)
        await page.mouse.down()
        for _ in range(MOVES):
            share = min(0.99, max(0.01, share + dice.uniform(-0.05, 0.05)))
            await page.mouse.move(day.x(share), y)
            # Sometimes it rests, long enough for a picture to come.
            await asyncio.sleep(dice.choice((0.01, 0.03, 0.25)))
        while not day.recorded(share):
            share = dice.uniform(0.05, 0.95)
            await page.mouse.move(day.x(share), y)
        await page.mouse.up()
        await _shown_near(day, day.at(share))
        assert abs(await seconds_apart(day.owner)) < APART_S, seed
    seen: dict[str, Any] = await page.evaluate("(window.seen.over = true, window.seen)")
    print(json.dumps({"frames while drawing": {"moves": STROKES * MOVES, **seen}}))
    assert seen["told"] > STROKES
    assert seen["longest_ms"] < GLIMPSE_MS, (seed, seen)
