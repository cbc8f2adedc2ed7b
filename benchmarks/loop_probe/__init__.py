"""Tells how late Home Assistant's loop is; loaded by a bench's own configuration, never shipped."""

import asyncio
import time

from aiohttp import web
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.http import HomeAssistantView
from homeassistant.helpers.typing import ConfigType

DOMAIN = "loop_probe"
CONFIG_SCHEMA = cv.empty_config_schema(DOMAIN)
EVERY_S = 0.01


class ProbeView(HomeAssistantView):
    """Gives the percentiles since it was asked last."""

    url = "/api/loop_probe"
    name = "api:loop_probe"

    def __init__(self) -> None:
        """Begin without samples."""
        self.late_s: list[float] = []
        self.busy_s: list[float] = []

    async def get(self, request: web.Request) -> web.Response:
        """Return, in milliseconds, how late the loop was, and for how long it was itself at work meanwhile.

        What it was late without being at work is other processes' part: a busy machine's.
        """
        late, self.late_s = sorted(self.late_s), []
        busy, self.busy_s = sorted(self.busy_s), []
        if not late:
            return self.json({"samples": 0})
        found = {f"p{part}_ms": late[len(late) * part // 100] for part in (50, 95, 99)}
        found |= {"max_ms": late[-1], "busy_p99_ms": busy[len(busy) * 99 // 100], "busy_max_ms": busy[-1]}
        return self.json({name: round(value * 1000, 2) for name, value in found.items()})


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Measure for as long as Home Assistant runs."""
    view = ProbeView()
    hass.http.register_view(view)

    async def measure() -> None:
        while True:
            due_s, worked_s = hass.loop.time() + EVERY_S, time.thread_time()
            await asyncio.sleep(EVERY_S)
            view.late_s.append(max(0.0, hass.loop.time() - due_s))
            view.busy_s.append(time.thread_time() - worked_s)

    hass.async_create_background_task(measure(), "loop probe")
    return True
