"""Sound out of RTP packets: AAC (RFC 3640, high bit rate mode) and G.711 (RFC 3551 §4.5.14)."""

from collections.abc import Callable
from typing import override

from ..interface import VIDEO_CLOCK, AudioUnit
from .clock import SoundClock, Unwrapped
from .framing import Framing
from .track import Track

AAC_FRAME = 1024
MAX_FRAME = 8 << 10


class Sound(Track):
    """Takes G.711, any number of samples in a packet."""

    def __init__(
        self,
        framing: Framing,
        payload: int,
        deliver: Callable[[AudioUnit], None],
        newest_picture: Callable[[], int | None],
        clock: int,
        ssrc: int | None = None,
    ) -> None:
        """Hand sound to `deliver`, timed on the pictures' clock; there is none before the first picture."""
        super().__init__(framing, payload, ssrc)
        self._deliver = deliver
        self._newest_picture = newest_picture
        self._unwrapped = Unwrapped()
        self._clock = clock
        self.times = SoundClock(clock)

    def time(self, time: int) -> int | None:
        """Return an RTP time without wrapping, None before the first."""
        return self._unwrapped.near(time)

    @override
    def _broken(self) -> None:
        pass

    @override
    def _take(self, at: int, stop: int, time: int, marker: bool) -> None:
        pts = self._pts(time)
        if pts is not None:
            self._deliver(AudioUnit(pts=pts, data=bytes(self._view[at:stop])))

    def _pts(self, time: int) -> int | None:
        newest = self._newest_picture()
        ticks = self._unwrapped(time)
        return None if newest is None else self.times.pts(ticks, newest)


class AacSound(Sound):
    """Takes AAC, several frames in a packet or a frame in several packets."""

    _part = b""

    @override
    def _broken(self) -> None:
        self._part = b""

    @override
    def _take(self, at: int, stop: int, time: int, marker: bool) -> None:
        buffer = self._buffer
        if at + 4 > stop:
            return
        count = (buffer[at] << 8 | buffer[at + 1]) // 16
        head, at = at + 2, at + 2 + 2 * count
        pts = self._pts(time)
        if not count or at > stop or pts is None:
            return
        for index in range(count):
            size = (buffer[head + 2 * index] << 8 | buffer[head + 2 * index + 1]) >> 3
            if at + size > stop:
                if count == 1:
                    self._gather(bytes(self._view[at:stop]), size, pts)
                return
            self._part = b""
            if size:
                data = bytes(self._view[at : at + size])
                self._deliver(AudioUnit(pts=pts + index * AAC_FRAME * VIDEO_CLOCK // self._clock, data=data))
            at += size

    def _gather(self, part: bytes, size: int, pts: int) -> None:
        """Take a part of a frame that does not fit into one packet (RFC 3640 §3.2.3)."""
        whole = self._part + part
        if len(whole) < size <= MAX_FRAME:
            self._part = whole
            return
        self._part = b""
        if len(whole) == size:
            self._deliver(AudioUnit(pts=pts, data=whole))
