"""Holds the people for Home Assistant: one thread writes, everybody reads the same snapshot.

Their generation is mirrored to the engine's ledger, so that restoring a backup cannot bring back a
phone that was shut out. Until the ledger's word is known, everything is closed.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
import logging
from pathlib import Path
import secrets
import time
from typing import Concatenate, Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .archive.protocol import Archive, ArchiveRefused, ArchiveUnavailable
from .engine.people.errors import PeopleError
from .engine.people.opening import FILE_NAME
from .engine.people.people import People
from .engine.people.snapshot import Snapshot

LOGGER = logging.getLogger(__name__)

RETRY_S: Final = 5.0
LOOK_S: Final = 3600.0
"""How often the ledger is asked again: the archive may have become another one."""
SURE: Final = 2
"""The engine's word for a clock that follows a time server."""
AHEAD_US: Final = 60_000_000
"""What was seen may be so far ahead of a clock that is right."""


class Families:
    """The people, or why they cannot be read (`error`, a code of PeopleError)."""

    def __init__(self, hass: HomeAssistant, people: People | None, error: str | None) -> None:
        """Use `load`."""
        self.hass = hass
        self.error = error
        self.restored = False
        """Whether this start found an old backup, and shut out every phone."""
        self._people = people
        self._worker: ThreadPoolExecutor | None = None
        self._listeners: set[Callable[[], None]] = set()
        self._changed = asyncio.Event()
        self._stop: CALLBACK_TYPE | None = None

    @classmethod
    async def load(cls, hass: HomeAssistant, folder: Path) -> Families:
        """Open the people of a folder; what is wrong with them is no reason not to load."""
        worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="kindergarten people")
        people, error = await hass.loop.run_in_executor(worker, _open, folder)
        families = cls(hass, people, error)
        families._worker = worker
        if people is not None:
            families._stop = people.subscribe(families._tell)
        else:
            LOGGER.error("The families' file cannot be used: %s", error)
        return families

    @property
    def available(self) -> bool:
        """Return whether there is anybody to ask."""
        return self._people is not None and self._worker is not None

    @property
    def snapshot(self) -> Snapshot:
        """Return the people as they are; nobody, and everything closed, when they cannot be read."""
        return Snapshot(locked=True) if self._people is None else self._people.snapshot

    def hands_over(self, code: str) -> bool:
        """Return whether a code may be one from a phone to its other browser; asked in memory, by whoever guesses."""
        return self._people is None or self._people.hands_over(code)

    async def do[**P, T](
        self, method: Callable[Concatenate[People, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Have a method of `People` done by the one thread that may; a caller who leaves stops nothing.

        Raises PeopleError.
        """
        if self._people is None or self._worker is None:
            raise PeopleError(self.error or "storage")
        people = self._people
        done = self.hass.loop.run_in_executor(self._worker, lambda: method(people, *args, **kwargs))
        return await asyncio.shield(done)

    @callback
    def async_listen(self, listener: Callable[[], None]) -> CALLBACK_TYPE:
        """Have `listener` called in the loop after every change, until the returned function is."""
        self._listeners.add(listener)

        @callback
        def stop() -> None:
            self._listeners.discard(listener)

        return stop

    async def async_follow(self, archive: Archive, access_log_days: int) -> None:
        """Keep the ledger told of the generation, and the audit no longer than it may be; for ever."""
        while self.available:
            try:
                await self._compare(archive)
                await self._look_after(archive, access_log_days)
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_S):
                        await self._mirror(archive)
            except ArchiveUnavailable, ArchiveRefused:
                await asyncio.sleep(RETRY_S)
            except PeopleError as error:
                LOGGER.error("The families' file cannot be written: %s", error.code)  # noqa: TRY400
                await asyncio.sleep(RETRY_S)

    async def close(self) -> None:
        """Let go of the people; what was begun is finished first."""
        worker, self._worker = self._worker, None
        if self._stop is not None:
            self._stop()
        self._listeners.clear()
        self._changed.set()
        if worker is None:
            return
        if self._people is not None:
            await asyncio.shield(self.hass.loop.run_in_executor(worker, self._people.close))
        await self.hass.async_add_executor_job(worker.shutdown)

    async def _compare(self, archive: Archive) -> None:
        """Open up once it is sure that these people are not older than what the ledger knows."""
        known = await archive.people_generation()
        phones = bool(self.snapshot.devices)
        if await self.do(People.set_floor, known or 0) and phones:
            self.restored = True
            LOGGER.warning("An old backup of the families was restored: every phone has to be invited anew")
        if self.snapshot.locked:
            await self.do(People.set_locked, False)
        if (known or 0) < (await self.do(_generations))[1]:
            await self.do(People.set_mirrored, known or 0)

    async def _mirror(self, archive: Archive) -> None:
        """Tell the ledger of each generation, for ever."""
        while self.available:
            self._changed.clear()
            generation, mirrored = await self.do(_generations)
            if generation > mirrored:
                await archive.record("people", {"generation": generation}, f"people-{generation}")
                await self.do(People.set_mirrored, generation)
            await self._changed.wait()

    async def _look_after(self, archive: Archive, access_log_days: int) -> None:
        """Forget what is due, by a clock that is believed; and mend what a wrong one left behind."""
        clock = (await archive.status()).clock
        if clock is None or clock.trust == 0:
            return
        if self.snapshot.floor_us > _now_us() + AHEAD_US:
            if clock.trust < SURE:
                return
            LOGGER.warning("The clock was ahead for a while: links to the portal have to be made anew")
            await self.do(People.believe_clock)
        await self.do(People.sweep, dt_util.now().date(), access_log_days)

    def _tell(self, _snapshot: Snapshot) -> None:
        """Take a change from the thread into the loop."""
        with suppress(RuntimeError):  # the loop is gone, and with it all who listen
            self.hass.loop.call_soon_threadsafe(self._async_tell)

    @callback
    def _async_tell(self) -> None:
        self._changed.set()
        for listener in tuple(self._listeners):
            listener()


async def async_shut_everybody_out(hass: HomeAssistant, folder: Path) -> None:
    """End every phone, link and pairing of a kindergarten that is removed; the list of families stays."""
    if not await hass.async_add_executor_job((folder / FILE_NAME).exists):
        return
    families = await Families.load(hass, folder)
    with suppress(PeopleError):
        await families.do(People.set_floor, families.snapshot.generation + 1)
    await families.close()


def _open(folder: Path) -> tuple[People | None, str | None]:
    """Open the people, closed to everybody if some ledger knows of them: this may be an old backup."""
    try:
        people = People.open(folder, _now_us, secrets.token_bytes, _monotonic_us)
    except PeopleError as error:
        return None, error.code
    try:
        people.end_lost_viewings()
        people.set_locked(people.mirrored > 0)
    except PeopleError as error:
        people.close()
        return None, error.code
    return people, None


def _generations(people: People) -> tuple[int, int]:
    return people.generation, people.mirrored


def _now_us() -> int:
    return time.time_ns() // 1000


def _monotonic_us() -> int:
    return time.monotonic_ns() // 1000
