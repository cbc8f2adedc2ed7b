"""What happened, numbered, and remembered for those who come later."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from .env import Env

_REMEMBERED = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Something that happened at `t_us` (µs, UTC). `data` holds no names and no secrets."""

    n: int
    t_us: int
    kind: str
    camera: str | None
    data: Mapping[str, object]


class Events:
    """A ring of events. Numbers begin at the engine's start time, so that they never repeat."""

    def __init__(self, env: Env, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to count."""
        self._env = env
        self._loop = loop
        self._first = self._last = env.realtime_ns() // 1000
        self._ring: deque[Event] = deque(maxlen=_REMEMBERED)
        self._changed = asyncio.Event()
        self._ended = False

    def emit(self, kind: str, camera: str | None, data: Mapping[str, object]) -> None:
        """Tell that something happened; any thread may."""
        self._loop.call_soon_threadsafe(self._add, self._env.realtime_ns() // 1000, kind, camera, data)

    def _add(self, t_us: int, kind: str, camera: str | None, data: Mapping[str, object]) -> None:
        self._last += 1
        self._ring.append(Event(n=self._last, t_us=t_us, kind=kind, camera=camera, data=data))
        self._wake()

    def _wake(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def end(self) -> None:
        """Let everybody who follows hear the rest and go; called by the loop's thread."""
        self._ended = True
        self._wake()

    async def follow(self, after: int, beat_s: float) -> AsyncIterator[Event | None]:
        """Iterate over what happened after a number, until `end`; `None` is a sign of life.

        When events are missing in between, one of kind `lost` comes first.
        """
        while True:
            oldest = self._ring[0].n if self._ring else self._last + 1
            if after and not (oldest - 1 <= after <= self._last):
                after = oldest - 1
                now_us = self._env.realtime_ns() // 1000
                yield Event(n=after, t_us=now_us, kind="lost", camera=None, data={})
            news = [event for event in self._ring if event.n > after]
            for event in news:
                yield event
                after = event.n
            after = after or self._last
            if news:
                continue
            if self._ended:
                return
            try:
                async with asyncio.timeout(beat_s):
                    await self._changed.wait()
            except TimeoutError:
                yield None
