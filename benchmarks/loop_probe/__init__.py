"""Tells how late Home Assistant's loop is; loaded by a bench's own configuration, never shipped."""

import asyncio
from collections import Counter
import time

from aiohttp import web
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.http import HomeAssistantView
from homeassistant.helpers.typing import ConfigType

DOMAIN = "loop_probe"
CONFIG_SCHEMA = cv.empty_config_schema(DOMAIN)
EVERY_S = 0.01
STEPS_PER_MS = 20
"""Samples are counted and not kept: a hundred a second would be taken for a leak of what is measured."""


class ProbeView(HomeAssistantView):
    """Gives the percentiles since it was asked last."""

    url = "/api/loop_probe"
    name = "api:loop_probe"

    def __init__(self) -> None:
        """Begin without samples."""
        self.late = Counter[int]()
        self.busy = Counter[int]()

    async def get(self, request: web.Request) -> web.Response:
        """Return, in milliseconds, how late the loop was, and for how long it was itself at work meanwhile.

        What it was late without being at work is other processes' part: a busy machine's.
        """
        late, self.late = self.late, Counter[int]()
        busy, self.busy = self.busy, Counter[int]()
        if not late:
            return self.json({"samples": 0})
        found = {f"p{part}_ms": _percentile(late, part) for part in (50, 95, 99)}
        found |= {"max_ms": max(late), "busy_p99_ms": _percentile(busy, 99), "busy_max_ms": max(busy)}
        return self.json({name: round(value / STEPS_PER_MS, 2) for name, value in found.items()})


def _percentile(counts: Counter[int], part: int) -> int:
    """Return the value that so many per cent of the samples are below."""
    below = counts.total() * part // 100
    for value in sorted(counts):
        if (below := below - counts[value]) < 0:
            return value
    return max(counts)


def _steps(seconds: float) -> int:
    return max(0, round(seconds * 1000 * STEPS_PER_MS))


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Measure for as long as Home Assistant runs."""
    view = ProbeView()
    hass.http.register_view(view)

    async def measure() -> None:
        while True:
            due_s, worked_s = hass.loop.time() + EVERY_S, time.thread_time()
            await asyncio.sleep(EVERY_S)
            view.late[_steps(hass.loop.time() - due_s)] += 1
            view.busy[_steps(time.thread_time() - worked_s)] += 1

    hass.async_create_background_task(measure(), "loop probe")
    return True
