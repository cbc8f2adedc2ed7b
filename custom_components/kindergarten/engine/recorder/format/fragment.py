"""Fragments: one `moof` and one `mdat` of at most a second (ISO/IEC 14496-12 §8.8.4)."""

import struct

from ..fragments import Samples
from .boxes import children
from .init import AUDIO_TRACK, VIDEO_SCALE, VIDEO_TRACK

SYNC = 0x02000000
"""Sample flags of a picture that depends on no other (§8.8.3.1)."""
NOT_SYNC = 0x01010000

_DATA_OFFSET, _DURATION, _SIZE, _FLAGS, _COMPOSITION = 0x1, 0x100, 0x200, 0x400, 0x800
_BASE_IS_MOOF = 0x020000
_BOX = struct.Struct(">I4s")
# moof with mfhd; then per track traf, tfhd, tfdt and the head of trun
_MOOF = struct.Struct(">I4s I4sII")
_TRACK = struct.Struct(">I4s I4sII I4sIQ I4sIIi")
_U64 = struct.Struct(">Q")
_MAX_TIME = (1 << 64) - 1


def build(samples: Samples, sequence: int, base_ticks: int, audio_rate: int = 0) -> bytes:
    """Return one `moof` + `mdat`; see `pieces`."""
    return b"".join(pieces(samples, sequence, base_ticks, audio_rate))


def pieces(
    samples: Samples, sequence: int, base_ticks: int, audio_rate: int = 0, tail: bytes = b""
) -> list[bytes | memoryview]:
    """Return one `moof` + `mdat`, to be joined; `tail` are boxes at the end of `moof`.

    `sequence` numbers the fragment (from 1), `base_ticks` (90 kHz, since the run began) is where
    the file begins: times in a file start at 0. Sound that is older than its file is put at 0.
    """
    video, audio = samples.video, samples.audio
    reordered = any(sample.composition for sample in video)
    row = 16 if reordered else 12
    video_size = sum([sample.size for sample in video])
    audio_size = sum([sample.size for sample in audio])
    video_head = _TRACK.size + row * len(video)
    audio_head = _TRACK.size + 8 * len(audio) if audio else 0
    moof = _MOOF.size + video_head + audio_head + len(tail)
    flags = _DATA_OFFSET | _DURATION | _SIZE | _FLAGS
    table: list[int] = []
    if reordered:
        flags |= _COMPOSITION
        for picture in video:
            table += (
                picture.duration, picture.size, SYNC if picture.key else NOT_SYNC, picture.composition & 0xFFFFFFFF
            )  # fmt: skip
    else:
        for picture in video:
            table += (picture.duration, picture.size, SYNC if picture.key else NOT_SYNC)
    parts: list[bytes | memoryview] = [
        _MOOF.pack(moof, b"moof", 16, b"mfhd", 0, sequence & 0xFFFFFFFF),
        _track(VIDEO_TRACK, video_head, samples.ticks - base_ticks, flags, len(video), moof + 8),
        struct.pack(f">{len(table)}I", *table),
    ]
    if audio:
        time = samples.audio_ticks - audio_time(base_ticks, audio_rate)
        flags = _DATA_OFFSET | _DURATION | _SIZE
        parts.append(_track(AUDIO_TRACK, audio_head, time, flags, len(audio), moof + 8 + video_size))
        table = [value for frame in audio for value in (frame.duration, frame.size)]
        parts.append(struct.pack(f">{len(table)}I", *table))
    parts += (tail, _BOX.pack(8 + video_size + audio_size, b"mdat"))
    parts += samples.video_data
    parts += samples.audio_data
    return parts


def pictures(data: bytes | bytearray, samples: Samples) -> memoryview:
    """Return where the `video_data` of `samples` lies in what was built of it, without copying."""
    begin = _BOX.unpack_from(data)[0] + _BOX.size
    return memoryview(data)[begin : begin + sum([sample.size for sample in samples.video])]


def audio_time(ticks: int, rate: int) -> int:
    """Return a 90 kHz time in units of the audio sample rate."""
    return ticks * rate // VIDEO_SCALE


def patch_tfdt(data: bytearray | memoryview, video_ticks: int, audio_ticks: int = 0) -> None:
    """Move the decoding times of whole fragments in place, by 90 kHz ticks and by audio samples."""
    size = len(data)
    for kind, body, end in children(data, 0, size):
        if kind != b"moof":
            continue
        for inner, start, stop in children(data, body, end):
            if inner == b"traf":
                _patch_track(data, start, stop, video_ticks, audio_ticks)


def _patch_track(
    data: bytearray | memoryview, start: int, stop: int, video_ticks: int, audio_ticks: int
) -> None:
    delta = 0
    for kind, at, to in children(data, start, stop):
        if kind == b"tfhd" and to - at >= 8:
            delta = audio_ticks if data[at + 7] == AUDIO_TRACK else video_ticks
        elif kind == b"tfdt" and to - at == 12:
            time = _U64.unpack_from(data, at + 4)[0] + delta
            _U64.pack_into(data, at + 4, min(max(0, time), _MAX_TIME))


def _track(number: int, size: int, time: int, flags: int, count: int, offset: int) -> bytes:
    """Return `traf` up to the sample table of its `trun`."""
    return _TRACK.pack(
        size, b"traf", 16, b"tfhd", _BASE_IS_MOOF, number, 20, b"tfdt", 0x01000000, max(0, time),
        size - 44, b"trun", 0x01000000 | flags, count, offset,
    )  # fmt: skip
