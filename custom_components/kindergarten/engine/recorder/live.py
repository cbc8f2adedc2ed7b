"""The newest seconds of a stream, for whoever watches now."""

import asyncio
from collections import deque
from collections.abc import Callable
import contextlib
from dataclasses import dataclass, field
import threading
from typing import Self

from .format import fragment
from .format.init import Init
from .fragments import Samples

MAX_US = 64_000_000
MAX_BYTES = 32 << 20


@dataclass(kw_only=True, slots=True)
class LiveFragment:
    """At most a second of a stream. Times inside `data` count from the beginning of its run.

    `number` increases by one from fragment to fragment, `run` from run to run (a discontinuity);
    `ticks` and `duration` are in 90 kHz ticks; `size` is about the length of `data` in bytes.
    """

    number: int
    run: int
    init: Init
    ticks: int
    duration: int
    key: bool
    rel_start_us: int
    rel_end_us: int
    size: int
    _samples: Samples | None = field(repr=False)
    _data: bytes = field(default=b"", repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def data(self) -> bytes:
        """Return `moof` + `mdat`; made when the first viewer asks."""
        with self._lock:
            if self._samples is not None:
                rate = self.init.audio.rate if self.init.audio else 0
                self._data = fragment.build(self._samples, self.number, 0, rate)
                self._samples = None
            return self._data


class LiveStream:
    """A ring of the newest fragments: at least a whole GOP and `keep_s` seconds, within bounds.

    With `keep_s` 0 and nobody watching it holds only what came since the newest key frame.

    The recording thread adds; viewers are tasks of an asyncio loop, each with a place in the ring.
    A viewer that is too slow for the ring goes on at the newest key frame: recording never waits.
    """

    def __init__(self, keep_s: float = 0.0, on_viewers: Callable[[int], None] | None = None) -> None:
        """Call `on_viewers` with their number whenever one comes or goes."""
        self._keep_us = round(keep_s * 1_000_000)
        self._on_viewers = on_viewers
        self._lock = threading.Lock()
        self._ring: deque[LiveFragment] = deque()
        self._bytes = 0
        self._keys: deque[int] = deque()
        self._number = 0
        self._run = 0
        self._init: Init | None = None
        self._viewers: set[LiveViewer] = set()
        self._closed = False

    @property
    def viewers(self) -> int:
        """Return how many watch."""
        return len(self._viewers)

    @property
    def closed(self) -> bool:
        """Tell whether the stream is gone for good."""
        return self._closed

    def begin(self, init: Init) -> None:
        """Begin a run."""
        with self._lock:
            self._run += 1
            self._init = init

    def change_init(self, init: Init) -> None:
        """Go on with other parameter sets."""
        with self._lock:
            self._init = init

    def add(self, samples: Samples) -> None:
        """Add a fragment and wake the viewers. `samples` belong to the ring from now on."""
        with self._lock:
            if self._init is None:
                return
            self._number += 1
            added = LiveFragment(
                number=self._number,
                run=self._run,
                init=self._init,
                ticks=samples.ticks,
                duration=samples.duration,
                key=samples.key,
                rel_start_us=samples.rel_start_us,
                rel_end_us=samples.rel_end_us,
                size=sum([sample.size for sample in samples.video]) + sum(map(len, samples.audio_data)),
                _samples=samples,
            )
            self._ring.append(added)
            self._bytes += added.size
            if added.key:
                self._keys.append(added.number)
            self._trim()
            viewers = list(self._viewers)
        for viewer in viewers:
            viewer.wake()

    def clear(self) -> None:
        """Forget everything: what is here is no longer now."""
        with self._lock:
            self._ring.clear()
            self._keys.clear()
            self._bytes = 0

    def close(self) -> None:
        """End for all viewers."""
        self.clear()
        with self._lock:
            self._closed = True
            viewers = list(self._viewers)
        for viewer in viewers:
            viewer.wake()

    def _trim(self) -> None:
        """Drop the oldest GOPs that are not needed; over the bounds, all but the newest one."""
        ring, keys = self._ring, self._keys
        while keys and ring[0].number < keys[0]:
            self._drop(1)
        while len(keys) >= 2:
            second = ring[keys[1] - ring[0].number]
            held_us = ring[-1].rel_end_us - second.rel_start_us
            over = self._bytes > MAX_BYTES or ring[-1].rel_end_us - ring[0].rel_start_us > MAX_US
            unseen = not self._keep_us and not self._viewers  # it is in the archive, nobody reads on here
            if not over and not unseen and (len(keys) < 3 or held_us < self._keep_us):
                return
            keys.popleft()
            self._drop(second.number - ring[0].number)
        if not keys or self._bytes > MAX_BYTES:
            self._drop(len(ring))
            keys.clear()

    def _drop(self, count: int) -> None:
        for _ in range(count):
            self._bytes -= self._ring.popleft().size

    def ring(self) -> list[LiveFragment]:
        """Return what there is, oldest first; begins with a key frame."""
        with self._lock:
            return list(self._ring)

    def newest_key(self) -> LiveFragment | None:
        """Return the newest fragment that decodes by itself."""
        with self._lock:
            return self._ring[self._keys[-1] - self._ring[0].number] if self._keys else None

    def after(self, number: int) -> LiveFragment | None:
        """Return the fragment that follows `number`, or the newest key frame when that is gone."""
        with self._lock:
            if not self._ring or number >= self._ring[-1].number:
                return None
            if number < self._ring[0].number - 1 or number == 0:
                return self._ring[self._keys[-1] - self._ring[0].number]
            return self._ring[number + 1 - self._ring[0].number]

    def watch(self) -> LiveViewer:
        """Return a viewer for the running loop: `async with stream.watch() as viewer: async for …`."""
        return LiveViewer(self)

    def join(self, viewer: LiveViewer) -> None:
        """Let a viewer in."""
        with self._lock:
            self._viewers.add(viewer)
            count = len(self._viewers)
        if self._on_viewers:
            self._on_viewers(count)

    def leave(self, viewer: LiveViewer) -> None:
        """Let a viewer go."""
        with self._lock:
            self._viewers.discard(viewer)
            count = len(self._viewers)
        if self._on_viewers:
            self._on_viewers(count)


class LiveViewer:
    """One viewer: iterates over fragments, from the newest key frame on, until the stream closes.

    While the camera is away, it waits.
    """

    def __init__(self, stream: LiveStream) -> None:
        """Watch in the running loop."""
        self._stream = stream
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        self._number = 0

    async def __aenter__(self) -> Self:
        self._stream.join(self)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stream.leave(self)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> LiveFragment:
        while True:
            self._news.clear()
            if self._stream.closed:
                raise StopAsyncIteration
            if found := self._stream.after(self._number):
                self._number = found.number
                return found
            await self._news.wait()

    def wake(self) -> None:
        """Say from any thread that there is something new."""
        with contextlib.suppress(RuntimeError):  # the loop has closed
            self._loop.call_soon_threadsafe(self._news.set)
