"""The inspector's mode of the panel: begun for some minutes, ended by itself, both of them in the ledger."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
import logging
import secrets
import time
from typing import Final, Literal

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util.hass_dict import HassKey

from .archive.protocol import Archive, ArchiveRefused, ArchiveUnavailable
from .const import DOMAIN
from .holds import asking

AGAIN_S: Final = 30.0
TRIES: Final = 120
"""An end that cannot be written is tried for an hour; the next start finds that it is missing."""
LOOKED_AT: Final = 200
"""How many records a start looks back: each start leaves none behind it that has no end."""

type Ending = Literal["ended", "time", "begun_anew", "found_at_start"]

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """One stretch in which a screen is shown to an inspector; `until_us` is UTC by this machine's clock."""

    id: str
    user_id: str
    by: str
    until_us: int


class Kiosk:
    """Who shows the inspector's pages just now: at most one inspection for each administrator."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin with none."""
        self._hass = hass
        self._open: dict[str, tuple[Inspection, Archive, CALLBACK_TYPE]] = {}
        self._ours: set[str] = set()

    @callback
    def find(self, user_id: str) -> Inspection | None:
        """Return a person's inspection that goes on."""
        known = self._open.get(user_id)
        return known[0] if known else None

    async def begin(self, archive: Archive, user_id: str, by: str, minutes: int) -> Inspection:
        """Begin one; what cannot be written down does not begin. Raises HomeAssistantError."""
        inspection = Inspection(
            id=secrets.token_hex(16),
            user_id=user_id,
            by=by,
            until_us=time.time_ns() // 1000 + minutes * 60_000_000,
        )
        self._ours.add(inspection.id)
        with asking():
            details = {"what": "begin", "minutes": minutes, "who": by, "uid": inspection.id}
            await archive.record("inspection", details, f"{inspection.id}-begin")
        self.end(user_id, "begun_anew")

        @callback
        def over(_: object) -> None:
            self.end(user_id, "time")

        stop = async_call_later(self._hass, minutes * 60, over)
        self._open[user_id] = (inspection, archive, stop)
        return inspection

    @callback
    def end(self, user_id: str, why: Ending) -> None:
        """End a person's inspection, if there is one; the ledger hears of it as soon as it can."""
        if (known := self._open.pop(user_id, None)) is None:
            return
        inspection, archive, stop = known
        stop()
        self._hass.async_create_background_task(
            _note_end(archive, inspection, why), "kindergarten inspection", eager_start=True
        )

    async def async_end_forgotten(self, archive: Archive) -> None:
        """Write down the end of what an earlier Home Assistant began, and went before it was over."""
        while True:
            with suppress(ArchiveRefused, ArchiveUnavailable):
                records = [each.d for each in await archive.ledger(("inspection",), LOOKED_AT)]
                over = {each.get("uid") for each in records if each.get("what") == "end"} | self._ours
                for each in records:
                    if each.get("what") == "begin" and each.get("uid") not in over:
                        await _write_end(archive, str(each.get("uid")), each.get("who"), "found_at_start")
                return
            await asyncio.sleep(AGAIN_S)


async def _write_end(archive: Archive, uid: str, who: object, why: Ending) -> None:
    await archive.record("inspection", {"what": "end", "why": why, "who": who, "uid": uid}, f"{uid}-end")


async def _note_end(archive: Archive, inspection: Inspection, why: Ending) -> None:
    for _ in range(TRIES):
        with suppress(ArchiveRefused, ArchiveUnavailable):
            await _write_end(archive, inspection.id, inspection.by, why)
            return
        await asyncio.sleep(AGAIN_S)
    _LOGGER.warning("The end of an inspection could not be noted")


KIOSK: HassKey[Kiosk] = HassKey(f"{DOMAIN}_kiosk")
