"""Glass to glass: how old the moving picture is that parents see, by the camera's clock in it, read in Chromium."""

import argparse
import asyncio
from contextlib import AsyncExitStack
import os
from pathlib import Path
import shutil
import statistics
import sys
import tempfile
import time
from typing import Any

from playwright.async_api import Browser, async_playwright

from tests.end_to_end.browser import CHROMIUM_FLAGS
from tests.end_to_end.phones import Phone, open_phone

from .portal_house import PORTAL, House
from .portal_viewers import percentile

_SETTLE_S = 10.0


async def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Return the figures of `script/bench glass`.

    A camera draws the second into its picture; how late that second is seen is told once a second.
    """
    async with AsyncExitStack() as running:
        folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="kindergarten-bench-"))
        running.callback(shutil.rmtree, folder)
        house = House(folder, options.cameras, options.phones)
        running.push_async_callback(house.stop)
        print("setting up", file=sys.stderr)
        await house.start("--auth", "digest", "--sub-size", "640x360", "--sub-bitrate", "500000")
        playwright = await running.enter_async_context(async_playwright())
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = await playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        running.push_async_callback(browser.close)
        await asyncio.sleep(_SETTLE_S)
        print("watching", file=sys.stderr)
        seen = await asyncio.gather(
            *(_watch(browser, house.hass.url, cookie, options.seconds) for cookie in house.cookies)
        )
    behind = [each for _, late in seen for each in late]
    first = [each for each, _ in seen]
    return {
        "cameras": options.cameras,
        "phones": options.phones,
        "seconds": options.seconds,
        "load": round(os.getloadavg()[0], 1),
        "first_moving_picture_s_max": round(max(first), 2),
        "seconds_seen": len(behind),
        "behind_s_median": round(statistics.median(behind), 2),
        "behind_s_p95": percentile(behind, 0.95),
        "behind_s_max": round(max(behind), 2),
    }


async def _watch(browser: Browser, origin: str, cookie: str, seconds: float) -> tuple[float, list[float]]:
    """Return after how many seconds a phone had the moving picture, and how old each second of it was."""
    async with open_phone(browser, origin) as phone:
        name, _, value = cookie.partition("=")
        await phone.page.context.add_cookies(
            [
                {
                    "name": name,
                    "value": value,
                    "domain": "127.0.0.1",
                    "path": PORTAL,
                    "secure": True,
                    "httpOnly": True,
                }
            ]
        )
        await phone.rooms()
        return await _moving(phone, seconds)


async def _moving(phone: Phone, seconds: float) -> tuple[float, list[float]]:
    tapped_s = time.monotonic()
    await phone.watch()
    await phone.seen()
    first_s = time.monotonic() - tapped_s
    return first_s, await phone.behind_s(seconds)
