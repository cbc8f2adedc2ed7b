"""Access units out of RTP packets: H.264 (RFC 6184, not interleaved) and H.265 (RFC 7798)."""

from abc import abstractmethod
from collections.abc import Callable
import struct
from typing import ClassVar, override

from ...format import annexb
from ..interface import VIDEO_CLOCK, AccessUnit, Loss
from .clock import Moment, Unwrapped
from .framing import Framing
from .track import Track

MAX_PICTURE = 8 << 20
MAX_UNITS = 1_024

_START_CODE = b"\0\0\1"
_DOLLAR = ord("$")


class Pictures(Track):
    """Puts NAL units together, and units to pictures.

    A picture ends with the marker, or where the RTP time changes. A unit of which a packet is missing
    is left out, its picture is marked, or left out when none of its slices is left; the picture after
    it is marked too.
    """

    _alike: ClassVar[struct.Struct]
    """Frame, first two bytes, number, time and source, and the headers of a piece of a unit."""

    def __init__(
        self,
        framing: Framing,
        payload: int,
        deliver: Callable[[AccessUnit], None],
        moment: Moment,
        *,
        clock: int = VIDEO_CLOCK,
        ssrc: int | None = None,
    ) -> None:
        """Hand pictures to `deliver`; RTP time has `clock` ticks a second."""
        super().__init__(framing, payload, ssrc)
        self._deliver = deliver
        self._moment = moment
        self._clock = clock
        self._unwrapped = Unwrapped()
        self._units: list[bytes | memoryview] = []
        self._pieces: list[bytes | memoryview] = []
        self._time = -1
        self._ended = False
        self._by_time = False
        self._slices = self._size = 0
        self._hole = self._damaged = self._lost_before = False
        self._arrival_ns = 0
        self.newest_pts: int | None = None
        framing.keep.append(self._keep)

    def pts(self, time: int) -> int | None:
        """Return the 90 kHz time of an RTP time near the newest picture, None before the first."""
        near = self._unwrapped.near(time)
        return None if near is None else near * VIDEO_CLOCK // self._clock

    @abstractmethod
    def _payload_units(self, at: int, stop: int) -> None:
        """Take what a packet carries."""

    @abstractmethod
    def _is_piece(self, head: bytes) -> bool:
        """Tell whether the headers are those of a piece of a unit."""

    @abstractmethod
    def _is_slice(self, unit: bytes) -> bool:
        """Tell whether a unit is part of a picture."""

    @abstractmethod
    def _is_delimiter(self, unit: bytes) -> bool:
        """Tell whether a unit only says that a picture begins."""

    @abstractmethod
    def _is_first(self, unit: bytes) -> bool:
        """Tell whether a slice is the first of its picture."""

    @override
    def _take(self, at: int, stop: int, time: int, marker: bool) -> None:
        if time != self._time:
            if self._units or self._pieces:
                self._end_picture()
            self._time, self._ended = time, False
        if self._hole:
            self._damaged, self._hole = True, False
        self._payload_units(at, stop)
        if marker and not self._by_time:
            self._end_picture()
            self._ended = True

    def follow(self, at: int, stop: int, end: int) -> int:
        """Take the packets behind one that differ from it by their number only: most that come.

        They are the middle of a unit in pieces. As every other packet, one is taken when another
        follows it. What is peculiar in any way is left to `packet`.
        """
        if not self._pieces or stop - at < self._alike.size:
            return stop
        buffer, view, unpack, size = self._buffer, self._view, self._alike.unpack_from, stop - at + 4
        frame, kind, number, origin, head = unpack(buffer, at - 4)
        number = (number + 1) & 0xFFFF
        ours = kind == 0x8000 | self._payload and origin == self._time << 32 | (self.ssrc or 0)
        if not ours or number != self._next or not self._is_piece(head) or head[-1] & 0x40:
            return stop
        like = frame, kind, origin, head[:-1] + bytes((head[-1] & 0x7F,))
        take, skip, count = self._pieces.append, self._alike.size, 0
        while stop + size < end and buffer[stop + size] == _DOLLAR:
            frame, kind, this, origin, head = unpack(buffer, stop)
            if this != number or (frame, kind, origin, head) != like:
                break
            take(view[stop + skip : stop + size])
            number = (number + 1) & 0xFFFF
            stop += size
            count += 1
        self._next = number
        self.count += count
        return stop

    @override
    def _broken(self) -> None:
        self._pieces.clear()
        self._hole = self._damaged = True

    def _keep(self) -> None:
        """Copy what is held of the buffer, before it is used again."""
        if self._pieces:
            whole = b"".join(self._pieces)
            self._pieces[:] = [whole]
            if len(whole) > MAX_PICTURE:
                self._broken()

    def _fragment(self, head: bytes, flags: int, at: int, stop: int) -> None:
        """Take a piece of a unit; `head` is the unit's own header, `flags` has begin and end."""
        if flags & 0x80:
            if self._pieces:
                self._end_unit()
            self._pieces.append(head)
        elif not self._pieces:
            self._damaged = True
            return
        self._pieces.append(self._view[at:stop])
        if flags & 0x40:
            self._end_unit()

    def _aggregate(self, at: int, stop: int) -> None:
        """Take several units in one packet, each behind its size."""
        buffer = self._buffer
        while at + 2 < stop:
            end = at + 2 + (buffer[at] << 8 | buffer[at + 1])
            if end > stop:
                self._damaged = True
                return
            if end > at + 2:
                self._single(at + 2, end)
            at = end

    def _single(self, at: int, stop: int) -> None:
        """Take a whole unit."""
        if self._pieces:
            self._end_unit()
        self._unit(bytes(self._view[at:stop]))

    def _end_unit(self) -> None:
        """Put the pieces of a unit together; a camera that forgets to say "end" ends it with the next."""
        unit = b"".join(self._pieces)
        self._pieces.clear()
        self._unit(unit)

    def _unit(self, unit: bytes) -> None:
        if self._is_slice(unit):
            if self._ended and not self._by_time and not self._is_first(unit):
                # A marker on every slice: from now on only the time tells where a picture ends.
                self._by_time = self._damaged = True
                return
            self._slices += 1
        elif self._is_delimiter(unit):
            return
        elif _START_CODE in unit:  # some cameras put several units of a byte stream into one
            for part in annexb.split(_START_CODE + unit)[:32]:
                self._unit(bytes(part))
            return
        self._arrival_ns = self._moment.now_ns
        self._size += len(unit)
        if self._size > MAX_PICTURE or len(self._units) >= MAX_UNITS:
            self._damaged = True
            return
        self._units.append(unit)

    def _end_picture(self) -> None:
        if self._pieces:
            self._end_unit()
        units, self._units = self._units, []
        damaged, slices = self._damaged, self._slices
        self._damaged, self._slices, self._size = False, 0, 0
        first = self.newest_pts is None
        if not units or (damaged and (first or not slices)) or (first and slices and not self._opens(units)):
            self._lost_before = self._lost_before or (damaged and not first)
            return
        loss = Loss.YES if damaged or self._lost_before else Loss.NO
        self._lost_before = False
        time = self._unwrapped(self._time)
        pts = time if self._clock == VIDEO_CLOCK else time * VIDEO_CLOCK // self._clock
        if slices:
            self.newest_pts = pts
        self._deliver(AccessUnit(pts=pts, arrival_ns=self._arrival_ns, units=units, loss=loss))

    def _opens(self, units: list[bytes | memoryview]) -> bool:
        """Tell whether a picture is there from its first slice on."""
        return self._is_first(next(bytes(unit) for unit in units if self._is_slice(bytes(unit))))


class H264Pictures(Pictures):
    """H.264: single units, STAP-A, FU-A."""

    _alike = struct.Struct(">4sHHQ2s")

    @override
    def _payload_units(self, at: int, stop: int) -> None:
        buffer = self._buffer
        head = buffer[at]
        kind = head & 31
        if kind == 28:
            if at + 2 < stop:
                flags = buffer[at + 1]
                self._fragment(
                    bytes((head & 0xE0 | flags & 31,)) if flags & 0x80 else b"", flags, at + 2, stop
                )
        elif kind == 24:
            self._aggregate(at + 1, stop)
        elif 0 < kind < 24:
            self._single(at, stop)
        else:
            self._damaged = True

    @override
    def _is_piece(self, head: bytes) -> bool:
        return head[0] & 31 == 28

    @override
    def _is_slice(self, unit: bytes) -> bool:
        return 1 <= unit[0] & 31 <= 5

    @override
    def _is_delimiter(self, unit: bytes) -> bool:
        return unit[0] & 31 == 9

    @override
    def _is_first(self, unit: bytes) -> bool:
        return len(unit) > 1 and unit[1] >= 0x80


class H265Pictures(Pictures):
    """H.265: single units, aggregation packets, fragmentation units."""

    _alike = struct.Struct(">4sHHQ3s")

    @override
    def _payload_units(self, at: int, stop: int) -> None:
        buffer = self._buffer
        if at + 3 > stop:
            return
        kind = buffer[at] >> 1 & 63
        if kind == 49:
            flags = buffer[at + 2]
            head = bytes((buffer[at] & 0x81 | (flags & 63) << 1, buffer[at + 1])) if flags & 0x80 else b""
            self._fragment(head, flags, at + 3, stop)
        elif kind == 48:
            self._aggregate(at + 2, stop)
        elif kind < 48:
            self._single(at, stop)
        else:
            self._damaged = True

    @override
    def _is_piece(self, head: bytes) -> bool:
        return head[0] >> 1 & 63 == 49

    @override
    def _is_slice(self, unit: bytes) -> bool:
        return unit[0] >> 1 & 63 < 32

    @override
    def _is_delimiter(self, unit: bytes) -> bool:
        return unit[0] >> 1 & 63 == 35

    @override
    def _is_first(self, unit: bytes) -> bool:
        return len(unit) > 2 and unit[2] >= 0x80


PICTURES: dict[str, type[Pictures]] = {"h264": H264Pictures, "h265": H265Pictures}
