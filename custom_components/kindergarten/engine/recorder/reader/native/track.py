"""One track of RTP packets (RFC 3550 §5): whose they are, which are missing, what they carry."""

from abc import ABC, abstractmethod
import struct

from ..interface import NotUnderstoodError
from .framing import Framing

LATE = 64
"""A packet this far behind came twice or late; one further behind begins a new count."""
STRANGERS = 50
"""After so many packets of another source, and none of ours between them, that is the source."""

_HEADER = struct.Struct(">BBHII")
_HEADER_SIZE = 12


class Track(ABC):
    """Takes the packets of one channel. `count` is how many were ours, `lost` how many never came."""

    def __init__(self, framing: Framing, payload: int, ssrc: int | None = None) -> None:
        """Take packets of type `payload`; of source `ssrc`, where the camera named it."""
        self._buffer = framing.buffer
        self._view = framing.view
        self._payload = payload
        self._named = ssrc
        self.ssrc: int | None = None
        self._next = -1
        self._stranger: int | None = None
        self._strangers = self._ours_then = 0
        self._late = self._late_at = 0
        self.count = self.lost = 0

    def packet(self, at: int, stop: int) -> None:
        """Take the packet between two places of the buffer."""
        if stop - at < _HEADER_SIZE:
            return
        first, kind, number, time, ssrc = _HEADER.unpack_from(self._buffer, at)
        if first & 0xC0 != 0x80:
            return
        if ssrc != self.ssrc and not self._meet(ssrc):
            return
        if number != self._next and not self._skipped(number):
            return
        self._next = (number + 1) & 0xFFFF
        self.count += 1
        at += _HEADER_SIZE
        if first & 0x3F:
            at, stop = self._trimmed(first, at, stop)
        if kind & 0x7F == self._payload and at < stop:
            self._take(at, stop, time, kind >= 0x80)

    @abstractmethod
    def _take(self, at: int, stop: int, time: int, marker: bool) -> None:
        """Take the payload between two places of the buffer; there is at least a byte."""

    @abstractmethod
    def _broken(self) -> None:
        """Hear that packets are missing before the next payload."""

    def _meet(self, ssrc: int) -> bool:
        """Tell whether another source's packets are ours: old sessions may still send on our channel."""
        if self.ssrc is not None and ssrc != self._named:
            if ssrc != self._stranger or self.count != self._ours_then:
                self._stranger, self._strangers, self._ours_then = ssrc, 0, self.count
            self._strangers += 1
            if self._strangers < STRANGERS:
                return False
        if self.ssrc is not None:
            self._broken()
        self.ssrc = ssrc
        self._next = -1
        return True

    def _skipped(self, number: int) -> bool:
        """Note that packets are missing; tells whether this one is to be taken."""
        if self._next < 0:
            return True
        ahead = (number - self._next) & 0xFFFF
        if ahead >= 0x8000:
            if 0x10000 - ahead <= LATE:
                self._came_late()
                return False
        else:
            self.lost += ahead
        self._broken()
        return True

    def _came_late(self) -> None:
        """Count packets that came late in a row; a camera whose packets all do does not number them."""
        if self.count != self._late_at:
            self._late, self._late_at = 0, self.count
        self._late += 1
        if self._late > LATE:
            raise NotUnderstoodError("no_video", "the camera does not number its packets")

    def _trimmed(self, first: int, at: int, stop: int) -> tuple[int, int]:
        """Return where the payload is, without contributors, extension and padding."""
        buffer = self._buffer
        at += 4 * (first & 15)
        if first & 0x10 and at + 4 <= stop:
            at += 4 + 4 * (buffer[at + 2] << 8 | buffer[at + 3])
        if first & 0x20 and at < stop:
            stop -= buffer[stop - 1]
        return at, stop
