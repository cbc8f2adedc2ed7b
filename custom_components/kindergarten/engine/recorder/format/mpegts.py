"""MPEG transport streams (ISO/IEC 13818-1) from fragments, for players that take no fMP4."""

import struct

from ...errors import FormatError
from . import h264, h265
from .annexb import Unit, join, split_prefixed
from .fragment import audio_time
from .init import AUDIO_TRACK, VIDEO_SCALE, VIDEO_TRACK
from .moof import SampleAt, parse_moof
from .parameter_sets import AAC_RATES, AudioConfig, VideoConfig

PACKET = 188
_PMT_PID, _VIDEO_PID, _AUDIO_PID = 0x1000, 0x100, 0x101
_STREAM_TYPES = {"h264": 0x1B, "h265": 0x24, "aac": 0x0F}
_AUD = {"h264": b"\x09\xf0", "h265": b"\x46\x01\x50"}
_LEAD = 63_000
"""Ticks by which the clock reference runs ahead of the first decoding time: the player's buffer."""
_WRAP = (1 << 33) - 1
_CRC_POLYNOMIAL = 0x04C11DB7
_FRAMES_PER_PES = 8
_HEAD = struct.Struct(">BHB")


class TsMuxer:
    """Turns the fragments of one run into a transport stream; make a new one for each viewer.

    The first fragment must be a key fragment.
    """

    def __init__(self, video: VideoConfig, audio: AudioConfig | None = None) -> None:
        """Prepare for these tracks."""
        self._video = video
        self._audio = audio
        self._aud = _AUD[video.codec]
        self._counters = dict.fromkeys((0, _PMT_PID, _VIDEO_PID, _AUDIO_PID), 0)
        self._heads = {
            pid: [_HEAD.pack(0x47, pid, 0x10 | counter) for counter in range(16)]
            for pid in (_VIDEO_PID, _AUDIO_PID)
        }
        self._delay = 0
        self._last_dts = -1
        self._pat = _section(0, struct.pack(">HBBBHH", 1, 0xC1, 0, 0, 1, 0xE000 | _PMT_PID))
        streams = struct.pack(">BHH", _STREAM_TYPES[video.codec], 0xE000 | _VIDEO_PID, 0xF000)
        if audio:
            streams += struct.pack(">BHH", _STREAM_TYPES["aac"], 0xE000 | _AUDIO_PID, 0xF000)
        program = struct.pack(">HBBBHH", 1, 0xC1, 0, 0, 0xE000 | _VIDEO_PID, 0xF000)
        self._pmt = _section(2, program + streams)

    def header(self) -> bytes:
        """Return the tables (PAT and PMT)."""
        return self._table(0, self._pat) + self._table(_PMT_PID, self._pmt)

    def fragment(self, data: bytes, ticks: int = 0) -> bytes:
        """Return the packets of a fragment, tables first.

        `ticks` (90 kHz) is added to the fragment's own times. Raises FormatError.
        """
        if len(data) < 8 or data[4:8] != b"moof":
            raise FormatError("not a fragment")
        moof = parse_moof(memoryview(data)[: int.from_bytes(data[:4])], 0)
        video, audio = moof.track(VIDEO_TRACK), moof.track(AUDIO_TRACK)
        pictures = video.samples if video else []
        self._delay = max([self._delay, *(-sample.composition for sample in pictures)])
        out: list[bytes | memoryview] = [self.header()]
        view = memoryview(data)
        frames = self._sound(view, audio.samples, ticks) if audio and self._audio else []
        for sample in pictures:
            dts = sample.ticks + ticks
            while frames and frames[0][0] <= dts:
                self._pes(out, _AUDIO_PID, *frames.pop(0))
            self._picture(out, view, sample, dts)
        for frame in frames:
            self._pes(out, _AUDIO_PID, *frame)
        return b"".join(out)

    def _picture(self, out: list[bytes | memoryview], data: memoryview, sample: SampleAt, dts: int) -> None:
        units = split_prefixed(data[sample.offset : sample.offset + sample.size])
        payload = join([self._aud, *self._missing_sets(units, sample.key), *units])
        pts = dts + sample.composition
        # a decoding time after the time of display is legal in MP4 (signed offsets), not here
        dts = min(max(dts - self._delay, self._last_dts + 1), pts)
        self._last_dts = dts
        self._pes(out, _VIDEO_PID, pts, payload, dts, sample.key)

    def _missing_sets(self, units: list[Unit], key: bool) -> tuple[bytes, ...]:
        if not key:
            return ()
        if self._video.codec == "h264":
            present = any(unit[0] & 31 == h264.SPS for unit in units)
        else:
            present = any(unit[0] >> 1 == h265.SPS for unit in units)
        return () if present else self._video.parameter_sets

    def _sound(self, data: memoryview, samples: list[SampleAt], ticks: int) -> list[tuple[int, bytes]]:
        """Return (PTS, ADTS frames) of the PES packets of the sound."""
        assert self._audio is not None
        rate = self._audio.rate
        packets = []
        for index in range(0, len(samples), _FRAMES_PER_PES):
            group = samples[index : index + _FRAMES_PER_PES]
            payload = b"".join(
                [
                    part
                    for frame in group
                    for part in (
                        _adts(self._audio, frame.size),
                        data[frame.offset : frame.offset + frame.size],
                    )
                ]
            )
            time = (group[0].ticks + audio_time(ticks, rate)) * VIDEO_SCALE // rate
            packets.append((time, payload))
        return packets

    def _pes(
        self,
        out: list[bytes | memoryview],
        pid: int,
        pts: int,
        payload: bytes,
        dts: int | None = None,
        key: bool = False,
    ) -> None:
        """Add the packets of one PES packet; a DTS makes it a picture with a clock reference."""
        shift = 2 * _LEAD
        stamps = _stamp(2 if dts is None or dts == pts else 3, pts + shift)
        if dts is not None and dts != pts:
            stamps += _stamp(1, dts + shift)
        flags = 0x80 if len(stamps) == 5 else 0xC0
        length = 3 + len(stamps) + len(payload) if dts is None else 0
        stream = 0xC0 if dts is None else 0xE0
        head = struct.pack(">3sBHBBB", b"\0\0\1", stream, length & 0xFFFF, 0x80, flags, len(stamps)) + stamps
        self._packets(out, pid, head + payload, b"" if dts is None else _clock(dts + _LEAD, key))

    def _packets(self, out: list[bytes | memoryview], pid: int, data: bytes, field: bytes) -> None:
        """Cut `data` into packets; `field` is the adaptation field of the first."""
        view = memoryview(data)
        counter = self._counters[pid]
        start = 0x4000
        at, end = 0, len(data)
        while at < end:
            left = end - at
            if left < 184 - len(field):
                field = _stuffed(field, 184 - left)
            elif not field and not start:
                for _ in range(left // 184):
                    out.append(self._heads[pid][counter])
                    out.append(view[at : at + 184])
                    at += 184
                    counter = (counter + 1) & 15
                continue
            room = 184 - len(field)
            out.append(_HEAD.pack(0x47, start | pid, (0x30 if field else 0x10) | counter) + field)
            out.append(view[at : at + room])
            at += room
            counter = (counter + 1) & 15
            field, start = b"", 0
        self._counters[pid] = counter

    def _table(self, pid: int, section: bytes) -> bytes:
        counter = self._counters[pid]
        self._counters[pid] = (counter + 1) & 15
        packet = _HEAD.pack(0x47, 0x4000 | pid, 0x10 | counter) + b"\0" + section
        return packet.ljust(PACKET, b"\xff")


def _stuffed(field: bytes, size: int) -> bytes:
    """Return an adaptation field grown to `size` bytes with stuffing (§2.4.3.5)."""
    if size == 1:
        return b"\0"
    return bytes((size - 1,)) + (field[1:] or b"\0").ljust(size - 1, b"\xff")


def _clock(ticks: int, key: bool) -> bytes:
    """Return an adaptation field with the program clock reference (§2.4.3.5)."""
    base = ticks & _WRAP
    return bytes((7, 0x50 if key else 0x10)) + ((base << 15) | 0x7E00).to_bytes(6)


def _stamp(prefix: int, ticks: int) -> bytes:
    """Return a PTS or DTS field (§2.4.3.7)."""
    ticks &= _WRAP
    return struct.pack(
        ">BHH", prefix << 4 | (ticks >> 29) & 14 | 1, (ticks >> 14) & 0xFFFE | 1, (ticks << 1) & 0xFFFE | 1
    )


def _adts(audio: AudioConfig, size: int) -> bytes:
    """Return the header of an AAC frame (ISO/IEC 14496-3 §1.A.2); SBR and PS are told by the stream."""
    index = AAC_RATES.index(audio.rate) if audio.rate in AAC_RATES else 15
    kind = audio.asc[0] >> 3
    profile = kind - 1 if kind <= 4 else 1
    value = 0xFFF1 << 40 | profile << 38 | index << 34 | (audio.channels & 7) << 30
    return (value | (size + 7) << 13 | 0x7FF << 2).to_bytes(7)


def _section(table: int, body: bytes) -> bytes:
    """Return a PSI section with its checksum (§2.4.4)."""
    data = struct.pack(">BH", table, 0xB000 | len(body) + 4) + body
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ (_CRC_POLYNOMIAL if crc >> 31 else 0)) & 0xFFFFFFFF
    return data + crc.to_bytes(4)
