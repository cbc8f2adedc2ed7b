"""The newest seconds of a room, fetched once and shared by everybody who watches it."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field
import time
from typing import Final

from homeassistant.core import HomeAssistant, callback

from ..archive.protocol import ArchiveRefused, ArchiveUnavailable, LiveArchive, LiveInit, LivePart

SCALE: Final = 90_000
"""Ticks of a part's duration in a second."""
KEEP_S: Final = 15.0
KEEP_BYTES: Final = 8 << 20
LINGER_S: Final = 30.0
LONG_ENOUGH: Final = SCALE * 2 // 5
"""Parts are put together until a segment has so many ticks: some cameras make many small ones."""
_AGAIN_S: Final = 1.0
_REFUSED_AGAIN_S: Final = 5.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """Some parts as one file. `number` rises by one, `breaks` whenever a player has to start anew."""

    number: int
    init: int
    breaks: int
    key: bool
    ticks: int
    start_us: int
    end_us: int
    came_s: float
    data: bytes = field(repr=False)


class Waiting:
    """Whoever waits for something that may happen to any of several things."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._futures: set[asyncio.Future[None]] = set()

    @callback
    def wake(self) -> None:
        """Let everybody look again."""
        for future in self._futures:
            if not future.done():
                future.set_result(None)

    def join(self, future: asyncio.Future[None]) -> None:
        """Have `future` set by the next `wake`."""
        self._futures.add(future)

    def leave(self, future: asyncio.Future[None]) -> None:
        """Forget it."""
        self._futures.discard(future)


async def woken(within_s: float, *waiting: Waiting) -> None:
    """Wait until one of several things happens, at most so long."""
    future = asyncio.get_running_loop().create_future()
    for each in waiting:
        each.join(future)
    timer = asyncio.get_running_loop().call_later(within_s, _expire, future)
    try:
        await future
    finally:
        timer.cancel()
        for each in waiting:
            each.leave(future)


def _expire(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


class RoomFeed:
    """A ring of at most 15 s and 8 MB of one camera's sub stream; nothing in it is copied per viewer."""

    def __init__(
        self, archive: LiveArchive, camera: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Read a camera when `run` runs."""
        self.camera = camera
        self.news = Waiting()
        self.refused = ""
        self._archive = archive
        self._clock = clock
        self._segments: deque[Segment] = deque()
        self._inits: dict[int, LiveInit] = {}
        self._bytes = 0
        self._number = self._breaks = self._init = 0
        self._pending: list[LivePart] = []
        self._expected: tuple[int, int] | None = None
        self._broken = False

    async def run(self) -> None:
        """Fetch what the camera shows, until cancelled; whatever breaks is tried again."""
        while True:
            wait_s = _AGAIN_S
            try:
                async with aclosing(self._archive.parts(self.camera)) as messages:
                    self.refused = ""
                    async for message in messages:
                        self._take(message)
            except ArchiveUnavailable:
                self._forget_old()
            except ArchiveRefused as error:
                self.refused = error.code
                self.clear()
                wait_s = _REFUSED_AGAIN_S
            self._expected = None
            await asyncio.sleep(wait_s)

    def _take(self, message: LiveInit | LivePart | None) -> None:
        if isinstance(message, LiveInit):
            self._close_segment()
            if not self._init or self._inits[self._init].sha256 != message.sha256:
                self._init += 1
                self._inits[self._init] = message
                self._broken = True
        elif message is not None:
            self._add(message)
        self._forget_old()

    def _add(self, part: LivePart) -> None:
        if self._expected != (part.run, part.number):
            self._close_segment()
            self._broken = True
        self._expected = (part.run, part.number + 1)
        if not self._init or (self._broken and not self._pending and not part.key):
            return  # nothing to begin with
        if part.key and self._pending and not self._pending[0].key:
            self._close_segment()
        self._pending.append(part)
        if sum(each.duration for each in self._pending) >= LONG_ENOUGH:
            self._close_segment()

    def _close_segment(self) -> None:
        parts, self._pending = self._pending, []
        if not parts:
            return
        self._number += 1
        self._breaks += self._broken
        self._broken = False
        segment = Segment(
            number=self._number,
            init=self._init,
            breaks=self._breaks,
            key=parts[0].key,
            ticks=sum(part.duration for part in parts),
            start_us=parts[0].start_us,
            end_us=parts[-1].end_us,
            came_s=self._clock(),
            data=parts[0].data if len(parts) == 1 else b"".join(part.data for part in parts),
        )
        self._segments.append(segment)
        self._bytes += len(segment.data)
        self._forget_old()
        self.news.wake()

    def _forget_old(self) -> None:
        oldest_s = self._clock() - KEEP_S
        while self._segments and (self._segments[0].came_s < oldest_s or self._bytes > KEEP_BYTES):
            self._bytes -= len(self._segments.popleft().data)
        kept = {segment.init for segment in self._segments} | {self._init}
        for number in [number for number in self._inits if number not in kept]:
            del self._inits[number]

    @callback
    def clear(self) -> None:
        """Forget every picture: the room has closed."""
        self._segments.clear()
        self._pending.clear()
        self._bytes = 0
        self._broken = True

    def segments(self) -> list[Segment]:
        """Return what there is, oldest first."""
        self._forget_old()
        return list(self._segments)

    def segment(self, number: int) -> Segment | None:
        """Return a segment that is still there."""
        self._forget_old()
        if not self._segments or not 0 <= (index := number - self._segments[0].number) < len(self._segments):
            return None
        return self._segments[index]

    def init(self, number: int) -> LiveInit | None:
        """Return what a player needs before segments with that number of an init."""
        return self._inits.get(number)

    @property
    def newest(self) -> int:
        """Return the number of the newest segment, 0 while there is none."""
        return self._segments[-1].number if self._segments else 0

    @property
    def playable(self) -> bool | None:
        """Tell whether browsers play it; `None` while nobody knows."""
        if self.refused:
            return False
        return self._inits[self._init].browser if self._init else None


@dataclass(kw_only=True, slots=True)
class _Open:
    feed: RoomFeed
    task: asyncio.Task[None]
    viewers: int = 0
    closing: asyncio.TimerHandle | None = None


class Feeds:
    """One feed per camera, as long as somebody watches it and half a minute more."""

    def __init__(self, hass: HomeAssistant, archive: LiveArchive) -> None:
        """Begin without any."""
        self._hass = hass
        self._archive = archive
        self._open: dict[str, _Open] = {}

    @property
    def cameras(self) -> tuple[str, ...]:
        """Return the cameras that are fetched now."""
        return tuple(self._open)

    @callback
    def join(self, camera: str) -> RoomFeed:
        """Return a camera's feed for one more viewer, who must `leave`."""
        opened = self._open.get(camera)
        if opened is None:
            feed = RoomFeed(self._archive, camera)
            task = self._hass.async_create_background_task(feed.run(), "kindergarten live", eager_start=True)
            opened = self._open[camera] = _Open(feed=feed, task=task)
        opened.viewers += 1
        if opened.closing is not None:
            opened.closing.cancel()
            opened.closing = None
        return opened.feed

    @callback
    def leave(self, camera: str) -> None:
        """Let a viewer go."""
        opened = self._open[camera]
        opened.viewers -= 1
        if not opened.viewers:
            opened.closing = self._hass.loop.call_later(LINGER_S, self._close, camera)

    @callback
    def forget(self, camera: str | None) -> None:
        """Drop every picture of a camera whose room has closed."""
        if camera is not None and (opened := self._open.get(camera)):
            opened.feed.clear()

    @callback
    def _close(self, camera: str) -> None:
        opened = self._open.pop(camera)
        opened.task.cancel()
        opened.feed.clear()

    async def close(self) -> None:
        """Fetch nothing any more."""
        tasks = [opened.task for opened in self._open.values()]
        for camera in list(self._open):
            if (closing := self._open[camera].closing) is not None:
                closing.cancel()
            self._close(camera)
        await asyncio.gather(*tasks, return_exceptions=True)
