"""Footage of a server for whoever may have it: made there as an export, fetched, and removed there again.

A server's export closes holes without a word. So each is of a stretch that its own list of segments shows whole,
an hour at most: every file shows the time that it is said to show, and little room is needed there.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator, Iterator
from contextlib import closing, contextmanager, suppress
import logging
from typing import Any, Final
from urllib.parse import quote

from ..errors import RequestError
from ..evidence.fetched import LEAF, Fetched, Stretch
from ..frigate_api.client import FrigateClient
from ..frigate_api.connection import chunks
from ..frigate_api.errors import FrigateError
from ..frigate_api.models import Segment
from ..recorder.store.elsewhere_rows import HOUR_US
from .books import KEEPER

_BREAK_US: Final = 2_000_000
_QUESTION_US: Final = 12 * HOUR_US
_LOOK_S: Final = 0.5
_DONE_S: Final = 1800
_SILENCE_S: Final = 30.0
_LEAF_S: Final = 120.0
"""Longer than this for so few bytes is as good as nothing, and nobody who cancels waits for it."""
_REMOVE_S: Final = 2.0
_REMOVE_TRIES: Final = 300
_MP4: Final = b"ftyp"

_LOGGER = logging.getLogger(__name__)


class Handing:
    """One camera's footage at its server, asked for by a thread that is not the loop's."""

    by = KEEPER

    def __init__(
        self, loop: asyncio.AbstractEventLoop, client: FrigateClient, uid: str, camera: str, version: str
    ) -> None:
        """Ask in a loop for the camera of that name."""
        self._loop = loop
        self._client = client
        self._uid = uid
        self._camera = camera
        self._version = version
        self._prefix = f"handout-{uid[:12]}-"
        self._removing: set[asyncio.Task[None]] = set()

    def stretches(self, t0: int, t1: int) -> list[Stretch]:
        """Return what there is between two times without a hole, an hour at most each. Raises RequestError.

        Only one export is made at a time, so what an engine that died left there is removed here.
        """
        for left in self._ask(self._client.exports(self._prefix)):
            self._loop.call_soon_threadsafe(self._remove_soon, left)
        found: list[Stretch] = []
        for begin in range(t0, t1, _QUESTION_US):
            end = min(begin + _QUESTION_US, t1)
            found += _whole(self._uid, self._ask(self._client.segments(self._camera, begin, end)), begin, end)
        return found

    @contextmanager
    def fetch(self, stretch: Stretch, patience: Callable[[], None]) -> Iterator[Fetched]:
        """Have the server make a file of a stretch; raises RequestError, and what `patience` raises."""
        name = f"{self._prefix}{stretch.t0 // 1_000_000}"
        export = self._ask(self._client.export(self._camera, stretch.t0, stretch.t1, name))
        try:
            file = self._made(export, patience)
            told = {"by": self.by, "version": self._version, "camera": self._camera, "export": export}
            with closing(self._read(file)) as data:
                yield Fetched(told=told, data=data)
        finally:
            with suppress(RuntimeError):  # an engine that ends: the next export removes what it left
                self._loop.call_soon_threadsafe(self._remove_soon, export)

    def _made(self, export: str, patience: Callable[[], None]) -> str:
        for _ in range(round(_DONE_S / _LOOK_S)):
            if (file := self._ask(self._client.exported(export))) is not None:
                return file
            for _ in range(5):
                patience()
                self._ask(asyncio.sleep(_LOOK_S / 5))
        raise RequestError("unavailable", "the server takes too long to make the file")

    def _read(self, file: str) -> Generator[bytes]:
        """Yield the bytes of a file in leaves."""
        blocks = _blocks(self._client, f"/exports/{quote(file)}")
        first = True
        try:
            while block := self._ask(asyncio.wait_for(anext(blocks, b""), _LEAF_S)):
                if first and block[4:8] != _MP4:
                    raise RequestError("unavailable", "what the server made is no MP4")
                first = False
                yield block
        finally:
            self._ask(blocks.aclose())
        if first:
            raise RequestError("unavailable", "what the server made is empty")

    def _ask[T](self, question: Coroutine[Any, Any, T]) -> T:
        try:
            return asyncio.run_coroutine_threadsafe(question, self._loop).result()
        except TimeoutError as error:
            raise RequestError("unavailable", "the server is too slow") from error
        except FrigateError as error:
            if error.code == "not_found":
                raise RequestError("no_footage", "the server has no footage of that time") from error
            raise RequestError("unavailable", f"the server does not answer: {error.code}") from error

    def _remove_soon(self, export: str) -> None:
        task = self._loop.create_task(self._remove(export))
        self._removing.add(task)
        task.add_done_callback(self._removing.discard)

    async def _remove(self, export: str) -> None:
        """Remove what was made for us; while it is made it cannot be."""
        for _ in range(_REMOVE_TRIES):
            try:
                if await self._client.exported(export) is None:
                    await asyncio.sleep(_REMOVE_S)
                    continue
                await self._client.remove_export(export)
            except FrigateError as error:
                if error.code == "failed":
                    return
                await asyncio.sleep(_REMOVE_S)
            else:
                return
        _LOGGER.warning("An export that was made for handing out stays at the server: %s", export)


def _whole(uid: str, segments: list[Segment], begin: int, end: int) -> Iterator[Stretch]:
    """Yield the stretches of segments that follow each other, cut at the edges and after an hour."""
    group: list[Segment] = []
    for each in segments:
        if each.end_us <= begin or each.start_us >= end:
            continue
        broken = bool(group) and each.start_us - group[-1].end_us > _BREAK_US
        if broken or (group and each.end_us - max(begin, group[0].start_us) > HOUR_US):
            yield _stretch(uid, group, begin, end if broken else each.start_us)
            group = []
        group.append(each)
    if group:
        yield _stretch(uid, group, begin, end)


def _stretch(uid: str, group: list[Segment], begin: int, end: int) -> Stretch:
    last = max(each.end_us for each in group)
    # Neighbours differ by fractions of a second, which is no hole.
    t1 = end if end - last <= _BREAK_US else last
    return Stretch(
        camera=uid, t0=max(begin, group[0].start_us), t1=t1, size=sum(each.bytes for each in group)
    )


async def _blocks(client: FrigateClient, path: str) -> AsyncGenerator[bytes]:
    held = bytearray()
    async with client.connection.open("GET", path) as answer:
        async for chunk in chunks(answer, _SILENCE_S):
            held += chunk
            while len(held) >= LEAF:
                yield bytes(held[:LEAF])
                del held[:LEAF]
    if held:
        yield bytes(held)
