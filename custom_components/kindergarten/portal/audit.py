"""Writes down who watched what: for the family and the owner with names, for the ledger without."""

import asyncio
from collections.abc import Coroutine
import logging
from typing import TYPE_CHECKING, Any, Final

from homeassistant.core import callback

from ..archive.protocol import ArchiveRefused, ArchiveUnavailable
from ..engine.people.errors import PeopleError
from ..engine.people.people import People
from .viewing import Viewing

if TYPE_CHECKING:
    from .portal import Portal

_CLOSE_S: Final = 5.0

_LOGGER = logging.getLogger(__name__)


class Audit:
    """Notes beginnings and ends; nobody who watches waits for it."""

    def __init__(self, portal: Portal) -> None:
        """Begin with nothing to write."""
        self._portal = portal
        self._writing: set[asyncio.Task[None]] = set()
        self._begun: dict[str, asyncio.Task[str | None]] = {}

    @callback
    def begun(self, viewing: Viewing) -> None:
        """Note that somebody watches."""
        self._begun[viewing.id] = self._portal.hass.async_create_task(
            self._begin(viewing), "kindergarten viewing begins"
        )

    @callback
    def ended(self, viewing: Viewing) -> None:
        """Note that somebody watches no longer, and why."""
        begun = self._begun.pop(viewing.id)
        self._write(self._end(viewing, begun))
        self._write(self._record(viewing))

    def _write(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._portal.hass.async_create_task(work, "kindergarten viewing ends")
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def _begin(self, viewing: Viewing) -> str | None:
        try:
            return await self._portal.families.do(People.begin_viewing, viewing.device.id, viewing.room_id)
        except PeopleError as error:
            _LOGGER.warning("A viewing could not be noted: %s", error.code)
            return None

    async def _end(self, viewing: Viewing, begun: asyncio.Task[str | None]) -> None:
        if (number := await begun) is None:
            return
        try:
            await self._portal.families.do(People.end_viewing, number, str(viewing.end))
        except PeopleError as error:
            _LOGGER.warning("The end of a viewing could not be noted: %s", error.code)

    async def _record(self, viewing: Viewing) -> None:
        """Have the ledger say that a parent watched, under a name that only a salt connects to a person."""
        details: dict[str, object] = {
            "camera": viewing.camera,
            "t0": viewing.began_us,
            "t1": max(viewing.began_us, round(self._portal.now().timestamp() * 1e6)),
            "who": viewing.pseudonym,
            "purpose": "parent",
        }
        try:
            await self._portal.archive.record("view", details, viewing.id)
        except (ArchiveRefused, ArchiveUnavailable) as error:
            _LOGGER.warning("A view could not be noted: %s", type(error).__name__)

    async def close(self) -> None:
        """Wait a little until everything is written."""
        if self._writing:
            await asyncio.wait(self._writing, timeout=_CLOSE_S)
