"""Measures recordings in a real browser: `python -m tests.panel.footage_figures ARCHIVE` (one made by script/demo-archive).

Prints medians and maxima in ms: a day's band painted, another moment of a day shown, the heat map of 31 days of eight
cameras painted, a challenge from the click to the picture.
"""

import asyncio
import json
from pathlib import Path
import statistics
import sys

from tests.portal_pages.phone import open_browser

from .house import FIND
from .recorded import open_recorded

CAMERAS = 8
MEASURE = f"""
async () => {{
  {FIND}
  const panel = find(document);
  const until = async (there) => {{
    for (const began = performance.now(); ; ) {{
      if (performance.now() - began > 30_000) throw new Error(`waited in vain: ${{there}}`);
      const found = there();
      if (found) return found;
      await new Promise((yes) => setTimeout(yes, 2));
    }}
  }};
  const painted = () => new Promise((yes) => requestAnimationFrame(() => setTimeout(yes, 0)));
  const told = {{ day: [], scrub: [], heat: [], challenge: [] }};
  const page = panel.shadowRoot.querySelector("kg-recordings");
  for (let ago = 2; ago < 30; ago += 3) {{
    page._camera = page._known.cameras[ago % page._known.cameras.length].uid;
    page._day = new Date(Date.now() - ago * 864e5).toISOString().slice(0, 10);
    page.found = null;
    const began = performance.now();
    await page.look(() => page.desk.ask("footage/day", {{ camera: page._camera, day: page._day }}));
    await page.updateComplete;
    await page.renderRoot.querySelector("kg-timeline").updateComplete;
    await painted();
    told.day.push(performance.now() - began);
  }}
  const stage = page.renderRoot.querySelector("kg-stage");
  const hours = [...Array(24).keys()].map((hour) => page.found.start_us + hour * 3600e6 + 17e6);
  // A room that is closed at night has other hours, and a moment in a hole is not what is shown.
  for (const at of hours.filter((at) => page._hole(at + 5e6) === at + 5e6 && page._hole(at) === at)) {{
    const began = performance.now();
    await page._seek(at, false);
    await until(() => !stage._wait && Math.abs(stage._shown - at) < 3e6);
    told.scrub.push(performance.now() - began);
  }}
  for (let turn = 0; turn < 7; turn++) {{
    const began = performance.now();
    panel._go("heatmap");
    const map = await until(() => panel.shadowRoot.querySelector("kg-heatmap"));
    await until(() => map.renderRoot?.querySelector(".line a"));
    await painted();
    told.heat.push(performance.now() - began);
    panel._go("kept");
    await until(() => panel.shadowRoot.querySelector("kg-kept")?.found);
  }}
  panel._go("challenge");
  const any = await until(() => panel.shadowRoot.querySelector("kg-challenge"));
  await until(() => any.found);
  for (const [turn, {{ uid }}] of any.found.cameras.entries()) {{
    // 10:00 at the kindergarten: the room that closes at night is open.
    await any._try(uid, (Math.floor(Date.now() / 864e5) - 1 - 3 * turn) * 864e8 + 5 * 3600e6);
    if (!any._result?.played) throw new Error(`nothing to show: ${{JSON.stringify(any._result)}}`);
    await until(() => any._result.seconds);
    told.challenge.push(any._result.seconds * 1000);
  }}
  return told;
}}
"""


async def main(archive: Path) -> None:
    """Measure everything once."""
    async with (
        open_browser() as browser,
        open_recorded(browser, archive, CAMERAS) as house,
        house.owner() as owner,
    ):
        await owner.open("recordings")
        await owner.panel.locator("kg-recordings .clock").wait_for()
        told = await owner.page.evaluate(MEASURE)
    figures = {
        what: {"median_ms": round(statistics.median(times)), "max_ms": round(max(times)), "times": len(times)}
        for what, times in told.items()
    }
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]).absolute()))
