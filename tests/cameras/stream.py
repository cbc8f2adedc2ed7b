"""One stream of a simulated camera: its timeline, its faults, and who listens."""

import asyncio
from bisect import bisect_left
from collections import deque
from dataclasses import dataclass
import random
import time
from typing import Protocol

from .audio import Sound
from .clips import TICKS, Clip
from .numbering import Stamp, sei
from .packets import (
    AUDIO_CHANNEL,
    VIDEO_CHANNEL,
    VIDEO_TYPE,
    PacketClip,
    Packets,
    frame_packets,
    join,
    on_channel,
    payload_range,
    sender_report,
    stamp,
    unit_payloads,
)

SECOND = 1_000_000
_UTC_AT_ZERO_US = time.time_ns() // 1000 - time.monotonic_ns() // 1000


def utc_us() -> int:
    """Return UTC in µs by a clock that never steps."""
    return _UTC_AT_ZERO_US + time.monotonic_ns() // 1000


@dataclass(frozen=True, slots=True)
class Sent:
    """A picture that left the camera, to so many `sessions`. Not `whole` when a fault withheld or damaged a part of it."""

    number: int
    wall_us: int
    mono_ns: int
    key: bool
    whole: bool
    sessions: int


@dataclass
class Faults:
    """What is wrong with a stream now."""

    stalled: bool = False
    no_keys: bool = False
    hold_until_us: int = 0
    lose_one_of: int = 0
    damage_one_of: int = 0
    jump_ticks: int = 0
    drift_ppm: float = 0
    sender_clock_offset_us: int = 0
    report_every_us: int = 5 * SECOND


class Listener(Protocol):
    """A session that plays a stream."""

    waits_for_key: bool

    def channel(self, track: int) -> int | None:
        """Return the interleaved channel of the track (0 video, 1 sound), None when not set up."""

    def write(self, data: bytes | bytearray) -> None:
        """Send; a session that does not keep up is cut."""


class Timeline:
    """When the pictures of an endless clip are due. Picture `index` counts from the epoch."""

    def __init__(self, clip: Clip, phase_us: int) -> None:
        self._pictures = clip.pictures
        self._loop_us = clip.spec.loop_s * SECOND
        self._loop_ticks = clip.spec.loop_s * TICKS
        self._due = [pts * 100 // 9 for pts in sorted(picture.pts for picture in clip.pictures)]
        self._phase_us = phase_us

    def first(self, at_us: int, *, key: bool = False) -> int:
        """Return the index of the first picture (or key picture) due at or after a time."""
        loop, inside = divmod(at_us - self._phase_us, self._loop_us)
        index = loop * len(self._due) + bisect_left(self._due, inside)
        while key and not self._pictures[index % len(self._due)].key:
            index += 1
        return index

    def due_us(self, index: int) -> int:
        """Return when a picture is sent."""
        loop, inside = divmod(index, len(self._due))
        return loop * self._loop_us + self._due[inside] + self._phase_us

    def ticks(self, index: int) -> int:
        """Return a picture's presentation time in 90 kHz ticks since the epoch."""
        loop, inside = divmod(index, len(self._due))
        return loop * self._loop_ticks + self._pictures[inside].pts


class CameraStream:
    """Sends pictures and sound to all its sessions, in real time, each packet built once."""

    def __init__(
        self, clip: PacketClip, *, camera: int, sub: bool, sound: Sound | None, phase_us: int = 0
    ) -> None:
        self.clip = clip
        self.sound = sound
        self.faults = Faults()
        self.sdp_sets = True
        self.inband_sets = True
        self.sent: deque[Sent] = deque(maxlen=500_000)
        self.connects = 0
        self._camera, self._sub, self._phase_us = camera, sub, phase_us
        self._timeline = Timeline(clip.clip, phase_us)
        self._next: tuple[int, PacketClip, Timeline] | None = None
        self._number_shift = 0
        self._listeners: list[Listener] = []
        self._wanted = asyncio.Event()
        self._held: list[tuple[int, bytes, list[int], bool]] = []
        self._random = random.Random(camera * 2 + sub)
        self._ssrc = [self._random.getrandbits(32) for _ in range(2)]
        self._sequence = [self._random.getrandbits(16) for _ in range(2)]
        self._ticks_start = [self._random.getrandbits(32) for _ in range(2)]
        self._packets, self._octets, self._reported_us = [0, 0], [0, 0], [0, 0]
        self._drift_from_s, self._drifted_s = 0.0, 0.0
        self._sounds: tuple[Packets, ...] = ()
        if sound:
            self._sounds = tuple(
                frame_packets([unit], sound.payload_type, marker=True, channel=AUDIO_CHANNEL)
                for unit in sound.units
            )

    @property
    def sessions(self) -> int:
        """Return how many sessions play now."""
        return len(self._listeners)

    def add(self, listener: Listener) -> None:
        """Begin to send to a session."""
        self._listeners.append(listener)
        self.connects += 1
        self._reported_us = [0, 0]
        self._wanted.set()

    def discard(self, listener: Listener) -> None:
        """Send no more to a session."""
        if listener in self._listeners:
            self._listeners.remove(listener)
        if not self._listeners:
            self._wanted.clear()

    def set_drift(self, ppm: float) -> None:
        """Let media time run faster than real time by `ppm`, from now on."""
        now_s = utc_us() / SECOND
        self._drifted_s += (now_s - self._drift_from_s) * self.faults.drift_ppm / 1e6
        self._drift_from_s = now_s
        self.faults.drift_ppm = ppm

    def change_clip(self, clip: PacketClip) -> None:
        """Go over to another clip at its next key picture."""
        timeline = Timeline(clip.clip, self._phase_us)
        self._next = (timeline.first(utc_us(), key=True), clip, timeline)

    async def run_pictures(self) -> None:
        """Send pictures while somebody listens; never returns."""
        while True:
            await self._wanted.wait()
            index = self._timeline.first(utc_us())
            while self._listeners:
                index = self._changed(index)
                await asyncio.sleep(max(0, self._timeline.due_us(index) - utc_us()) / SECOND)
                self._send_picture(index)
                index += 1

    async def run_sound(self) -> None:
        """Send sound while somebody listens; returns only when there is none."""
        if not (sound := self.sound):
            return
        while True:
            await self._wanted.wait()
            index = utc_us() * sound.rate // (sound.samples * SECOND) + 1
            while self._listeners:
                due_us = index * sound.samples * SECOND // sound.rate
                await asyncio.sleep(max(0, due_us - utc_us()) / SECOND)
                data, offsets = join([self._sounds[index % len(self._sounds)]])
                self._send(1, data, offsets, index * sound.samples, sound.rate)
                index += 1

    def _changed(self, index: int) -> int:
        if self._next is None:
            return index
        first, clip, timeline = self._next
        if self._timeline.due_us(index) < timeline.due_us(first):
            return index
        self._next = None
        # Nobody may have listened for long; but a picture that is sent late is no reason to leave others out.
        first = max(first, timeline.first(self._timeline.due_us(index) - SECOND, key=True))
        self._number_shift += index - first
        self.clip, self._timeline = clip, timeline
        return first

    def _send_picture(self, index: int) -> None:
        at = index % len(self.clip.slices)
        picture = self.clip.clip.pictures[at]
        if not self._listeners or (picture.key and self.faults.no_keys):
            return
        codec = self.clip.clip.spec.codec
        number, now = index + self._number_shift, utc_us()
        unit = sei(codec, Stamp(number, picture.checksum, now, self._camera, self._sub))
        parts = [
            frame_packets(unit_payloads(codec, unit), VIDEO_TYPE, marker=False, channel=VIDEO_CHANNEL),
            self.clip.slices[at],
        ]
        if picture.key and self.inband_sets:
            parts.insert(0, self.clip.sets)
        data, offsets = join(parts)
        reached = sum(picture.key or not listener.waits_for_key for listener in self._listeners)
        whole = True
        if self.faults.damage_one_of and number % self.faults.damage_one_of == 0:
            self._damage(data, offsets[-len(self.clip.slices[at].offsets) :])
            whole = False
        whole &= self._send(0, data, offsets, self._timeline.ticks(index), TICKS, key=picture.key)
        if reached and not self.faults.stalled:
            self.sent.append(Sent(number, now, time.monotonic_ns(), picture.key, whole, reached))

    def _send(
        self, track: int, data: bytearray, offsets: list[int], media: int, rate: int, *, key: bool = False
    ) -> bool:
        """Stamp and send packets; tell whether all of them went out."""
        if self.faults.stalled:
            return False
        ticks = self._rtp_ticks(track, media, rate)
        stamp(data, offsets, self._sequence[track], ticks, self._ssrc[track])
        self._sequence[track] += len(offsets)
        count = len(offsets)
        if self.faults.lose_one_of:
            data, offsets = self._lose(data, offsets)
        self._packets[track] += len(offsets)
        self._octets[track] += len(data) - 16 * len(offsets)
        now = utc_us()
        holding = now < self.faults.hold_until_us
        if not holding and now - self._reported_us[track] >= self.faults.report_every_us:
            self._reported_us[track] = now
            self._report(track, ticks, media * SECOND // rate + (0 if track else self._phase_us))
        self._held.append((track, bytes(data), offsets, key))
        if not holding:
            held, self._held = self._held, []
            for item in held:
                self._write(*item)
        return len(offsets) == count

    def _write(self, track: int, data: bytes, offsets: list[int], key: bool) -> None:
        for listener in tuple(self._listeners):
            if listener.waits_for_key and not key:
                continue
            listener.waits_for_key = False
            channel = listener.channel(track)
            if channel == (VIDEO_CHANNEL, AUDIO_CHANNEL)[track]:
                listener.write(data)
            elif channel is not None:
                listener.write(on_channel(data, offsets, channel))

    def _report(self, track: int, ticks: int, captured_us: int) -> None:
        for listener in tuple(self._listeners):
            if (channel := listener.channel(track)) is not None:
                listener.write(
                    sender_report(
                        channel=channel + 1,
                        ssrc=self._ssrc[track],
                        utc_us=captured_us + self.faults.sender_clock_offset_us,
                        ticks=ticks,
                        packets=self._packets[track],
                        octets=self._octets[track],
                    )
                )

    def _rtp_ticks(self, track: int, media: int, rate: int) -> int:
        drifted_s = self._drifted_s + (media / rate - self._drift_from_s) * self.faults.drift_ppm / 1e6
        jump = round((drifted_s + self.faults.jump_ticks / TICKS) * rate)
        return (self._ticks_start[track] + media + jump) & 0xFFFFFFFF

    def _lose(self, data: bytearray, offsets: list[int]) -> tuple[bytearray, list[int]]:
        kept = bytearray()
        kept_offsets = []
        for offset in offsets:
            if self._random.randrange(self.faults.lose_one_of):
                kept_offsets.append(len(kept))
                kept += data[offset : payload_range(data, offset)[1]]
        return kept, kept_offsets

    def _damage(self, data: bytearray, offsets: list[int]) -> None:
        """Change bytes in the middle of the slices, without making or breaking a start code."""
        for offset in offsets:
            start, end = payload_range(data, offset)
            middle = (start + end) // 2
            for at in range(middle, min(middle + 16, end)):
                if data[at] > 3 and data[at] ^ 0x40 > 3:
                    data[at] ^= 0x40
