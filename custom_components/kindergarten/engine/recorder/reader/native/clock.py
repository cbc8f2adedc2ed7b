"""Clocks of a camera: RTP times without wrapping, sender reports (RFC 3550 §6.4.1), and sound beside pictures."""

from dataclasses import dataclass

from ..interface import VIDEO_CLOCK

_WRAP, _HALF = 1 << 32, 1 << 31
_NTP_1970 = 2_208_988_800
_SENDER_REPORT, _BYE = 200, 203
SETTLE_TICKS = VIDEO_CLOCK // 25
DISTRUST_TICKS = 5 * VIDEO_CLOCK
MOVE_TICKS = VIDEO_CLOCK // 5
"""Sound is moved when sender reports say that it is off by more than this."""


@dataclass(kw_only=True, slots=True)
class Moment:
    """When the bytes that are being taken were here (monotonic ns)."""

    now_ns: int = 0


class Unwrapped:
    """RTP times as numbers that go on where 32 bits end."""

    def __init__(self) -> None:
        """Begin with the first time."""
        self._last: int | None = None

    def __call__(self, time: int) -> int:
        """Return a time near the one before it."""
        if self._last is None:
            self._last = time
        else:
            self._last += (time - self._last + _HALF) % _WRAP - _HALF
        return self._last

    def near(self, time: int) -> int | None:
        """Return a time near the newest one without taking note of it; None before the first."""
        if self._last is None:
            return None
        return self._last + (time - self._last + _HALF) % _WRAP - _HALF


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What a sender says: it was `utc_us` by its wall clock at RTP time `time`."""

    utc_us: int
    time: int


def read_reports(data: memoryview, ssrc: int | None) -> tuple[Report | None, bool]:
    """Return the sender report of a source in a compound packet, and whether it says goodbye."""
    report, bye, at = None, False, 0
    while at + 8 <= len(data) and data[at] & 0xC0 == 0x80:
        size = 4 + 4 * int.from_bytes(data[at + 2 : at + 4])
        if at + size > len(data):
            break
        kind = data[at + 1]
        ours = ssrc is None or int.from_bytes(data[at + 4 : at + 8]) == ssrc
        if kind == _SENDER_REPORT and size >= 28 and ours:
            seconds = int.from_bytes(data[at + 8 : at + 12])
            fraction = int.from_bytes(data[at + 12 : at + 16])
            if seconds >= _NTP_1970:
                utc_us = (seconds - _NTP_1970) * 1_000_000 + (fraction * 1_000_000 >> 32)
                report = Report(utc_us=utc_us, time=int.from_bytes(data[at + 16 : at + 20]))
        elif kind == _BYE and data[at] & 31 and ours:
            bye = True
        at += size
    return report, bye


class CameraClock:
    """How far a camera's wall clock is ahead of ours, by the pictures that were delayed least."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._origin_ns: int | None = None

    def observe(self, pts: int, arrival_ns: int) -> None:
        """Hear that the picture of `pts` (90 kHz) was here at `arrival_ns` (monotonic)."""
        origin_ns = arrival_ns - pts * 1_000_000_000 // VIDEO_CLOCK
        if self._origin_ns is None or origin_ns < self._origin_ns:
            self._origin_ns = origin_ns

    def offset_us(self, report: Report, pts: int, utc_minus_monotonic_ns: int) -> int | None:
        """Return the offset by a report about `pts`, None while there was no picture. Begins anew."""
        origin_ns, self._origin_ns = self._origin_ns, None
        if origin_ns is None:
            return None
        here_ns = origin_ns + pts * 1_000_000_000 // VIDEO_CLOCK + utc_minus_monotonic_ns
        return report.utc_us - here_ns // 1000


class SoundClock:
    """Times of sound on the pictures' clock.

    First by what arrives together, then by the sender reports of both, if they agree about the wall
    clock to a few seconds. Small differences are let be: sound that moves is worse.
    """

    def __init__(self, rate: int) -> None:
        """Sound has `rate` ticks a second."""
        self._rate = rate
        self._shift: int | None = None
        self._settled = False
        self._pictures: tuple[int, int] | None = None

    def pts(self, time: int, newest_pts: int) -> int:
        """Return the 90 kHz time of a sound that comes when the newest picture has `newest_pts`."""
        ticks = time * VIDEO_CLOCK // self._rate
        if self._shift is None or abs(ticks + self._shift - newest_pts) > 2 * DISTRUST_TICKS:
            self._shift = newest_pts - ticks
            self._settled = False
        return ticks + self._shift

    def pictures(self, report: Report, pts: int) -> None:
        """Hear the pictures' report."""
        self._pictures = (report.utc_us, pts)

    def sound(self, report: Report, time: int) -> None:
        """Hear the sound's report."""
        if self._pictures is None or self._shift is None:
            return
        utc_us, pts = self._pictures
        ticks = time * VIDEO_CLOCK // self._rate
        shift = pts + (report.utc_us - utc_us) * VIDEO_CLOCK // 1_000_000 - ticks
        off = abs(shift - self._shift)
        if off > DISTRUST_TICKS:
            return
        if off > (MOVE_TICKS if self._settled else SETTLE_TICKS):
            self._shift = shift
        self._settled = True
