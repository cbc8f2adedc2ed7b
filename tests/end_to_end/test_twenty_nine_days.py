"""A new mini PC takes over an old disk, and an inspector asks for a moment 29 days ago.

Comes after the tests of the house: it takes the house's kindergarten away and gives it another archive.
"""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
import time

import pytest

from tests.demo_archive import plan
from tests.demo_archive.builder import Builder
from tests.instance.client import OWNER
from tests.instance.engines import engines
from tests.instance.hass import HassError
from tests.stopwatch import Stopwatch

from .browser import POSITION_AND_CLOCK, log_in
from .conftest import House

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

DAY_S = 86_400
CHALLENGE_JS = """
async ([camera, at]) => {
  const began = performance.now();
  const { response } = await document.querySelector("home-assistant").hass.connection.sendMessagePromise({
    type: "call_service", domain: "kindergarten", service: "challenge",
    service_data: { camera, at }, return_response: true,
  });
  if (!response.url) return response;
  const video = document.createElement("video");
  video.id = "moment";
  video.muted = true;
  video.style = "position: fixed; inset: 0; z-index: 9; width: 640px";
  document.body.append(video);
  const failed = new Promise((_, no) => { video.onerror = () => no(new Error(video.error.message)); });
  const shown = new Promise((yes) => video.requestVideoFrameCallback(yes));
  video.src = response.url;
  video.currentTime = response.offset_s;
  await Promise.race([video.play(), failed]);
  await Promise.race([shown, failed]);
  const position = video.currentTime;
  while (video.currentTime <= position) await new Promise((yes) => setTimeout(yes, 10));
  const seconds = (performance.now() - began) / 1000;
  video.pause();
  return { ...response, seconds, position };
}
"""


async def old_archive(folder: Path) -> None:
    """Make the last two days of a camera that ended 28 days ago."""
    end_s = int(time.time()) // 60 * 60 - 28 * DAY_S
    builder = Builder(
        folder, days=2, cameras=1, end_us=end_s * 1_000_000, file_s=300, zone="Asia/Almaty"
    )  # fmt: skip
    await asyncio.to_thread(builder.build)


async def test_moment_29_days_ago_plays_within_three_seconds(house: House, tmp_path: Path) -> None:
    await old_archive(tmp_path / "old")
    await house.client.enter()
    if entry := await house.kindergarten.entry_id():
        await house.client.request("DELETE", f"/api/config/config_entries/entry/{entry}")
    await house.kindergarten.install("Солнышко", tmp_path / "old")
    async with asyncio.timeout(120):
        while not await footage(house):
            await asyncio.sleep(0.2)
    await log_in(house.page, house.hass.url, OWNER)
    at = int(time.time()) - 29 * DAY_S
    asked = [plan.uid(0), datetime.fromtimestamp(at, UTC).isoformat()]

    stopwatch = Stopwatch()
    answer = await house.page.evaluate(CHALLENGE_JS, asked)
    owed_s = stopwatch.owed_s

    await house.show("10-twenty-nine-days-ago")
    position, clock = await house.page.locator("#moment").evaluate(POSITION_AND_CLOCK)
    assert answer["played"]
    assert answer["seconds"] - owed_s < 3
    assert clock is not None
    # It begins with the key frame at or before the moment, and has played on until it was stopped.
    assert -0.1 <= answer["position"] - answer["offset_s"] <= 1 + owed_s
    assert abs((clock - at - (position - answer["offset_s"]) + 30) % 60 - 30) <= 2


async def footage(house: House) -> bool:
    """Tell whether the archive has been taken over."""
    try:
        return bool(engines(house.hass.folder)) and bool(await house.kindergarten.browse())
    except HassError:
        return False
