"""Tells how late Home Assistant's loop is; loaded by a bench's own configuration, never shipped."""

import asyncio

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

    async def get(self, request: web.Request) -> web.Response:
        """Return how late the loop was, in milliseconds."""
        late, self.late_s = sorted(self.late_s), []
        if not late:
            return self.json({"samples": 0})
        percentiles = {f"p{part}_ms": round(late[len(late) * part // 100] * 1000, 2) for part in (50, 95, 99)}
        return self.json({"samples": len(late), "max_ms": round(late[-1] * 1000, 2), **percentiles})


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Measure for as long as Home Assistant runs."""
    view = ProbeView()
    hass.http.register_view(view)

    async def measure() -> None:
        while True:
            due_s = hass.loop.time() + EVERY_S
            await asyncio.sleep(EVERY_S)
            view.late_s.append(max(0.0, hass.loop.time() - due_s))

    hass.async_create_background_task(measure(), "loop probe")
    return True
