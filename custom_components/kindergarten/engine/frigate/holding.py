"""Holding footage at a server: by an export there, the only footage that nothing of it deletes.

An export closes holes without a word, so the holes that we know of are written beside its hash. It is removed
there once the hold is lifted.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
import hashlib
import logging

from ..errors import EngineError
from ..frigate_api.client import FrigateClient
from ..frigate_api.connection import chunks
from ..frigate_api.errors import FrigateError
from ..ledger.chain import Json
from ..recorder.store.elsewhere import PendingHold
from .books import Books
from .problems import Problem

SETTLED_US = 60_000_000
"""The last segments of a stretch are there half a minute after it."""
_LOOK_S = 1.0
_DONE_S, _READ_S = 1800.0, 1800.0
_SILENCE_S = 30.0

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Exported:
    """A file that the server keeps for ever, by its id there."""

    id: str
    bytes: int
    sha256: str


def name_of(hold: PendingHold) -> str:
    """Return how the names of a hold's exports begin there, and the case that they are in from 0.18 on."""
    return f"hold-{hold.uid[:12]}"


async def begin(client: FrigateClient, camera: str, hold: PendingHold) -> str:
    """Have a stretch exported by the server and return the id; raises FrigateError.

    What was begun before, perhaps by an engine that ended since, is gone on with. "not_found" is when there
    is no footage of it.
    """
    called = f"{name_of(hold)}-{hold.t0_us}-{hold.t1_us}"
    if (there := await client.export_of(camera, called)) is not None:
        return there
    case = await client.case(name_of(hold), make=True)
    return await client.export(camera, hold.t0_us, hold.t1_us, called, case)


async def made(client: FrigateClient, export: str, wait_s: float) -> str | None:
    """Return the file that the server made, None when that took longer than `wait_s`; raises FrigateError."""
    clock = asyncio.get_running_loop().time
    until_s = clock() + wait_s
    while (file := await client.exported(export)) is None and clock() < until_s:
        await asyncio.sleep(_LOOK_S)
    return file


async def read(client: FrigateClient, export: str, file: str) -> Exported:
    """Read what the server made; raises FrigateError, "not_found" when it has no such file."""
    size, digest = 0, hashlib.sha256()
    try:
        async with asyncio.timeout(_READ_S), client.connection.open("GET", f"/exports/{file}") as answer:
            async for chunk in chunks(answer, _SILENCE_S):
                size += len(chunk)
                digest.update(chunk)
    except TimeoutError as error:
        raise FrigateError("timeout", "the export takes too long to read") from error
    if not size:
        await client.remove_export(export)
        raise FrigateError("failed", "the export is empty")
    return Exported(id=export, bytes=size, sha256=digest.hexdigest())


class HoldKeeper:
    """Has one server keep what is held and let go of what is not; what fails is told until it works."""

    def __init__(self, client: FrigateClient, books: Books, now_us: Callable[[], int]) -> None:
        """Begin without failures."""
        self._client = client
        self._books = books
        self._now_us = now_us
        self._failed: dict[str, set[str]] = {"hold_failed": set(), "release_failed": set()}
        # One that could not be read is read again: each new one would cost the server room for what it records.
        self._begun: dict[tuple[str, PendingHold], str] = {}
        # What the server takes long to make holds no other hold up: it is looked at once a time.
        self._slow: set[str] = set()

    def problems(self) -> Iterator[Problem]:
        """Yield what could not be done."""
        for code, uids in self._failed.items():
            yield from (Problem(code=code, camera=uid) for uid in sorted(uids))

    async def look(self, uid: str, camera: str) -> bool:
        """Do what is due for a camera; tells whether all of it could be done."""
        held = await self._tried("hold_failed", uid, self._hold, camera)
        return await self._tried("release_failed", uid, self._release, camera) and held

    async def _tried(
        self, code: str, uid: str, work: Callable[[str, str], Awaitable[None]], camera: str
    ) -> bool:
        try:
            await work(uid, camera)
        except EngineError as error:
            _LOGGER.warning("A hold is not carried out, or not ended: %s", error)
            self._failed[code].add(uid)
            return False
        except Exception:  # the last line of defence: the watch must go on
            _LOGGER.exception("Holding a server's footage failed")
            return False
        self._failed[code].discard(uid)
        return True

    async def _hold(self, uid: str, camera: str) -> None:
        pending = await self._books.pending_holds(uid)
        for known, hold in [key for key in self._begun if key[0] == uid and key[1] not in pending]:
            await self._remove((known, hold))
        problem: FrigateError | None = None
        for hold in pending:
            if hold.t1_us + SETTLED_US > self._now_us():
                continue
            try:
                await self._keep(uid, camera, hold)
            except FrigateError as error:  # one that has no footage keeps no other from being kept
                problem = problem or error
        if problem is not None:
            raise problem

    async def _keep(self, uid: str, camera: str, hold: PendingHold) -> None:
        key = uid, hold
        if key not in self._begun:
            self._begun[key] = await begin(self._client, camera, hold)
        export = self._begun[key]
        try:
            found = await self._exported(key, export)
        except FrigateError as error:
            if error.code == "not_found":
                await self._remove(key)
            elif error.code == "failed" and export not in await self._client.exports(name_of(hold)):
                self._forget(key)
            raise
        told: dict[str, Json] = {"export": found.id, "bytes": found.bytes, "sha256": found.sha256}
        await self._books.note_held(uid, hold, told)
        self._forget(key)

    async def _exported(self, key: tuple[str, PendingHold], export: str) -> Exported:
        """Read an export once it is made; one that nobody makes any more is removed, to be made anew.

        A server that ends meanwhile tells for ever that it makes it. It refuses to remove what it really makes.
        """
        if (file := await made(self._client, export, 0 if export in self._slow else _DONE_S)) is None:
            self._slow.add(export)
            await self._remove(key)
            raise FrigateError("timeout", "the export came to nothing")
        return await read(self._client, export, file)

    async def _remove(self, key: tuple[str, PendingHold]) -> None:
        await self._client.remove_export(self._begun[key])
        self._forget(key)

    def _forget(self, key: tuple[str, PendingHold]) -> None:
        self._slow.discard(self._begun.pop(key))

    async def _release(self, uid: str, camera: str) -> None:
        for kept in await self._books.to_release(uid):
            _LOGGER.info("A hold is lifted: %s lets go of its export", camera)
            await self._client.remove_export(kept.export)
            if case := await self._client.case(name_of(kept.hold), make=False):
                await self._client.remove_case(case)
            await self._books.note_released(uid, kept)
