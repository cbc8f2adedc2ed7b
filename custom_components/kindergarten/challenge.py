"""Any camera, any moment, now: that it can be played is noted, and whoever asked may look."""

from typing import Final

from homeassistant.core import HomeAssistant, ServiceResponse
from homeassistant.util import dt as dt_util

from .api.login import async_login
from .archive.protocol import Event, as_utc
from .coordinator import KindergartenConfigEntry
from .footage import as_us

SHOWN_US: Final = 600_000_000
"""So much from the moment on is shown."""


async def async_challenge(
    hass: HomeAssistant,
    entry: KindergartenConfigEntry,
    camera: str,
    at_us: int,
    *,
    by: str,
    user_id: str | None,
) -> ServiceResponse:
    """Find, read and decode a moment, and return where it plays; raises what `Archive` raises.

    `url` is a playlist for a player in the browser of whoever asked, `offset_s` where in it the moment is: it begins
    at the key frame before. `url` is None when nothing is there, or when they are not logged in where they asked
    from (a script that went on alone).
    """
    data = entry.runtime_data
    found = await data.archive.challenge(camera, at_us, by)
    now_us = as_us(dt_util.utcnow())
    told = {"played": found.played, "ms": found.ms}
    data.coordinator.async_tell(Event(n=0, t_us=now_us, kind="challenge", camera=None, data=told))
    login = async_login(hass, user_id) if found.played else None
    url: str | None = None
    if login is not None:
        url = data.playback.open(
            user_id=login.user.id,
            refresh_token_id=login.id,
            camera=camera,
            stream="main",
            start_us=at_us,
            end_us=max(at_us + 1, min(at_us + SHOWN_US, now_us)),
        ).path
    at = as_utc(at_us).isoformat(timespec="seconds")
    offset_s = None if found.rel is None else found.rel / 1_000_000
    return {"played": found.played, "ms": found.ms, "at": at, "url": url, "offset_s": offset_s}
