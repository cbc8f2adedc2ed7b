"""Init segments: `ftyp` and `moov` of a fragmented MP4 (ISO/IEC 14496-12 §8.8)."""

from dataclasses import dataclass
import hashlib
import struct

from .boxes import box, children, full_box
from .parameter_sets import AudioConfig, VideoConfig

VIDEO_TRACK, AUDIO_TRACK = 1, 2
VIDEO_SCALE = 90_000
"""Time scale of the picture track and of the whole presentation, per second."""

_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_FTYP = box(b"ftyp", b"iso6\0\0\0\0iso6iso5isommp42mp41")


@dataclass(frozen=True, kw_only=True, slots=True)
class Init:
    """What a player needs before the first fragment; `sha256` is the hex digest of `data`."""

    sha256: str
    data: bytes
    video: VideoConfig
    audio: AudioConfig | None


def make_init(video: VideoConfig, audio: AudioConfig | None = None) -> Init:
    """Return the init segment of a picture track and, maybe, a sound track."""
    data = init_segment(video, audio)
    return Init(sha256=hashlib.sha256(data).hexdigest(), data=data, video=video, audio=audio)


def init_segment(video: VideoConfig, audio: AudioConfig | None = None) -> bytes:
    """Return `ftyp` and `moov`; durations are 0 until a file is closed."""
    tracks = [_video_track(video)]
    defaults = [full_box(b"trex", 0, 0, struct.pack(">5I", VIDEO_TRACK, 1, 0, 0, 0))]
    if audio:
        tracks.append(_audio_track(audio))
        defaults.append(full_box(b"trex", 0, 0, struct.pack(">5I", AUDIO_TRACK, 1, 0, 0, 0)))
    moov = box(
        b"moov",
        full_box(
            b"mvhd", 1, 0, struct.pack(">QQIQ", 0, 0, VIDEO_SCALE, 0), struct.pack(">IH10x", 0x10000, 0x100),
            _MATRIX, bytes(24), struct.pack(">I", len(tracks) + 1),
        ),
        *tracks,
        box(b"mvex", full_box(b"mehd", 1, 0, bytes(8)), *defaults),
    )  # fmt: skip
    return _FTYP + moov


def duration_fields(data: bytes | bytearray) -> list[int]:
    """Return the offsets of the 64-bit durations (`mvhd`, `mehd`) in an init segment of ours."""
    offsets = []
    for kind, body, end in children(data, 0, len(data)):
        if kind == b"moov":
            for inner, start, stop in children(data, body, end):
                if inner == b"mvhd" and stop - start >= 32 and data[start] == 1:
                    offsets.append(start + 24)
                elif inner == b"mvex":
                    offsets += [
                        at + 4
                        for name, at, to in children(data, start, stop)
                        if name == b"mehd" and to - at == 12
                    ]
    return offsets


def _video_track(video: VideoConfig) -> bytes:
    across, down = video.aspect
    shown = video.width * across * 0x10000 // down
    size = struct.pack(">II", min(shown, 0xFFFFFFFF), video.height << 16)
    media = full_box(b"vmhd", 0, 1, bytes(8))
    return _track(VIDEO_TRACK, VIDEO_SCALE, b"vide", b"\0\0", size, media, video.sample_entry)


def _audio_track(audio: AudioConfig) -> bytes:
    media = full_box(b"smhd", 0, 0, bytes(4))
    return _track(AUDIO_TRACK, audio.rate, b"soun", b"\1\0", bytes(8), media, audio.sample_entry)


def _track(
    number: int, scale: int, handler: bytes, volume: bytes, size: bytes, media: bytes, entry: bytes
) -> bytes:
    table = box(
        b"stbl",
        full_box(b"stsd", 0, 0, b"\0\0\0\1", entry),
        full_box(b"stts", 0, 0, bytes(4)),
        full_box(b"stsc", 0, 0, bytes(4)),
        full_box(b"stsz", 0, 0, bytes(8)),
        full_box(b"stco", 0, 0, bytes(4)),
    )
    place = box(b"dinf", full_box(b"dref", 0, 0, b"\0\0\0\1", full_box(b"url ", 0, 1)))
    return box(
        b"trak",
        full_box(
            b"tkhd", 0, 3, struct.pack(">5I8x2H", 0, 0, number, 0, 0, 0, 0), volume, bytes(2), _MATRIX, size
        ),
        box(
            b"mdia",
            full_box(b"mdhd", 0, 0, struct.pack(">IIIIHH", 0, 0, scale, 0, 0x55C4, 0)),
            full_box(b"hdlr", 0, 0, bytes(4), handler, bytes(12), b"kindergarten\0"),
            box(b"minf", media, place, table),
        ),
    )
