"""Reading a fragment's `moof` back, ours or a stranger's (ISO/IEC 14496-12 §8.8)."""

from dataclasses import dataclass
import struct

from ...errors import FormatError
from .boxes import children

MAX_BYTES = 4 << 20
"""More than a fragment of a second needs; garbage may say anything."""
_MAX_SAMPLES = 100_000
_NOT_SYNC_BIT = 0x10000
_PAIR = struct.Struct(">II")


@dataclass(frozen=True, kw_only=True, slots=True)
class SampleAt:
    """One sample: `offset` in the file, `size` in bytes; `ticks` is its decoding time in the file.

    `ticks`, `duration` and `composition` (signed) are in the time scale of its track.
    """

    offset: int
    size: int
    ticks: int
    duration: int
    composition: int
    key: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class TrackRun:
    """The samples of one track in a fragment."""

    track: int
    ticks: int
    samples: list[SampleAt]

    @property
    def duration(self) -> int:
        """Return the sum of the samples' durations."""
        return sum([sample.duration for sample in self.samples])


@dataclass(frozen=True, kw_only=True, slots=True)
class Moof:
    """A fragment's `moof`."""

    sequence: int
    tracks: list[TrackRun]

    def track(self, number: int) -> TrackRun | None:
        """Return the run of a track."""
        return next((run for run in self.tracks if run.track == number), None)


def parse_moof(data: bytes | memoryview, offset: int) -> Moof:
    """Return what a whole `moof` box says, which lies at `offset` in its file; raises FormatError."""
    sequence = 0
    tracks = []
    try:
        for kind, body, end in children(data, 8, len(data)):
            if kind == b"mfhd":
                sequence = _PAIR.unpack_from(data, body)[1]
            elif kind == b"traf":
                tracks.append(_track(data, body, end, offset))
    except struct.error as error:
        raise FormatError("fragment header ends too early") from error
    if not tracks:
        raise FormatError("fragment header without tracks")
    return Moof(sequence=sequence, tracks=tracks)


def _track(data: bytes | memoryview, body: int, end: int, offset: int) -> TrackRun:
    """Read a `traf`: tfhd, tfdt and its truns."""
    track, ticks = 0, -1
    defaults = [0, 0, 0]
    samples: list[SampleAt] = []
    time = position = 0
    for kind, at, stop in children(data, body, end):
        if kind == b"tfhd":
            track, defaults = _header(data, at)
        elif kind == b"tfdt":
            ticks = int.from_bytes(data[at + 4 : at + (12 if data[at] else 8)])
            time = ticks
        elif kind == b"trun" and track:
            position = _run(data, at, stop, defaults, offset, time, samples, position)
            time = samples[-1].ticks + samples[-1].duration if samples else time
    if not track or ticks < 0:
        raise FormatError("track fragment without number or time")
    return TrackRun(track=track, ticks=ticks, samples=samples)


def _header(data: bytes | memoryview, at: int) -> tuple[int, list[int]]:
    """Return the track's number and its default duration, size and flags."""
    flags, track = _PAIR.unpack_from(data, at)
    if flags & 0x1:
        raise FormatError("fragment counts from the begin of the file")
    at += 8 + 4 * bool(flags & 0x2)
    defaults = [0, 0, 0]
    for index, bit in enumerate((0x8, 0x10, 0x20)):
        if flags & bit:
            defaults[index] = int.from_bytes(data[at : at + 4])
            at += 4
    return track, defaults


def _run(
    data: bytes | memoryview,
    at: int,
    stop: int,
    defaults: list[int],
    offset: int,
    time: int,
    samples: list[SampleAt],
    position: int,
) -> int:
    """Add the samples of a `trun`; return the file offset behind the last."""
    flags, count = _PAIR.unpack_from(data, at)
    at += 8
    first = defaults[2]
    if flags & 0x1:
        position = offset + struct.unpack_from(">i", data, at)[0]
        at += 4
    if flags & 0x4:
        first = _PAIR.unpack_from(data, at - 4)[1]
        at += 4
    columns = [bool(flags & bit) for bit in (0x100, 0x200, 0x400, 0x800)]
    width = sum(columns)
    if count > _MAX_SAMPLES or at + 4 * width * count > stop:
        raise FormatError("fragment says it has more samples than fit")
    table = struct.unpack_from(f">{width * count}I", data, at)
    where = [sum(columns[:index]) if present else None for index, present in enumerate(columns)]
    values = [
        list(table[column::width]) if column is not None else [default] * count
        for column, default in zip(where, (*defaults, 0), strict=True)
    ]
    if flags & 0x4 and count and where[2] is None:
        values[2][0] = first
    for duration, size, sample_flags, composition in zip(*values, strict=True):
        samples.append(
            SampleAt(
                offset=position,
                size=size,
                ticks=time,
                duration=duration,
                composition=composition - (1 << 32) if composition >> 31 else composition,
                key=not sample_flags & _NOT_SYNC_BIT,
            )
        )
        position += size
        time += duration
    return position
