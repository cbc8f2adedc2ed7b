"""Sample entries from parameter sets: avcC, hvcC, esds and the codec strings of RFC 6381."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
import struct

from ...errors import FormatError
from . import h264, h265
from .annexb import Unit, UnitInfo
from .boxes import box, full_box
from .sequence import Sequence

AAC_RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
AAC_FRAME = 1024
"""Samples per AAC frame (ISO/IEC 14496-3)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class VideoConfig:
    """The picture track of an init segment.

    `width` and `height` are in coded pixels after cropping, `shape` is what forces a new file when
    it changes, `browser` tells whether every browser plays it, `reorder` how many pictures may come
    late (None: not said), `frame_rate` is the VUI's word in pictures per second.
    """

    codec: str
    width: int
    height: int
    sample_entry: bytes
    codecs: str
    shape: tuple[str | int, ...]
    browser: bool
    parameter_sets: tuple[bytes, ...]
    reorder: int | None = None
    frame_rate: float | None = None
    aspect: tuple[int, int] = (1, 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class AudioConfig:
    """The sound track of an init segment: AAC. `rate` in Hz is also the track's time scale."""

    codec: str
    rate: int
    channels: int
    asc: bytes
    sample_entry: bytes
    codecs: str


def syntax(codec: str) -> tuple[Callable[[bytes], list[Unit]], Callable[[list[Unit]], UnitInfo]]:
    """Return a codec's functions `units(data)` and `inspect(units)`; raises FormatError."""
    if codec == "h264":
        return h264.units, h264.inspect
    if codec == "h265":
        return h265.units, h265.inspect
    raise FormatError("unknown video codec")


def video_config(codec: str, parameter_sets: Iterable[bytes]) -> VideoConfig:
    """Return the track for parameter sets (NAL units in any order; the last of an id counts).

    Raises FormatError when a set is missing or damaged.
    """
    if codec == "h264":
        return _h264(parameter_sets)
    if codec == "h265":
        return _h265(parameter_sets)
    raise FormatError("unknown video codec")


def audio_config(rate: int, channels: int, config: bytes = b"") -> AudioConfig:
    """Return the AAC track for an AudioSpecificConfig, or for plain AAC-LC when it is empty.

    Raises FormatError for anything that is not AAC with 1024 samples per frame.
    """
    if not config:
        if rate not in AAC_RATES or not 1 <= channels <= 7:
            raise FormatError("AAC with an impossible rate or number of channels")
        config = struct.pack(">H", 2 << 11 | AAC_RATES.index(rate) << 7 | channels << 3)
    kind, core_rate, core_channels = parse_asc(config)
    channels = core_channels or channels
    decoder = _descriptor(
        4, b"\x40\x15" + bytes(3) + bytes(8), _descriptor(5, config)
    )  # objectTypeIndication AAC, audio stream
    es = _descriptor(3, b"\0\2\0", decoder, _descriptor(6, b"\2"))
    entry = box(
        b"mp4a",
        bytes(6) + b"\0\1" + bytes(8),
        struct.pack(">HHII", channels, 16, 0, core_rate << 16 if core_rate < 65536 else 0),
        full_box(b"esds", 0, 0, es),
    )
    return AudioConfig(
        codec="aac",
        rate=core_rate,
        channels=channels,
        asc=config,
        sample_entry=entry,
        codecs=f"mp4a.40.{kind}",
    )


def parse_asc(config: bytes) -> tuple[int, int, int]:
    """Return object type, core sampling rate in Hz and channels (0: in the stream); raises FormatError."""
    if not 2 <= len(config) <= 64:
        raise FormatError("AudioSpecificConfig of an impossible length")
    value, left = int.from_bytes(config), len(config) * 8

    def take(count: int) -> int:
        nonlocal left
        left -= count
        if left < 0:
            raise FormatError("AudioSpecificConfig ends too early")
        return value >> left & (1 << count) - 1

    kind = take(5)
    index = take(4)
    rate = take(24) if index == 15 else AAC_RATES[index] if index < len(AAC_RATES) else 0
    channels = take(4)
    if kind not in (1, 2, 3, 4, 5, 29) or not 7000 <= rate <= 96000 or channels > 7:
        raise FormatError("not AAC as a camera sends it")
    if kind < 5 and left and take(1):
        raise FormatError("AAC frames of 960 samples")
    return kind, rate, channels


def _descriptor(tag: int, *parts: bytes) -> bytes:
    """Return an MPEG-4 descriptor (ISO/IEC 14496-1 §8.3.3); the contents have less than 128 bytes."""
    body = b"".join(parts)
    return bytes((tag, len(body))) + body


def _h264(parameter_sets: Iterable[bytes]) -> VideoConfig:
    sps: dict[int, bytes] = {}
    pps: dict[int, bytes] = {}
    for unit in parameter_sets:
        kind = unit[0] & 31 if unit else 0
        if len(unit) > 65535:
            raise FormatError("parameter set is too long")
        if kind == h264.SPS:
            sps[h264.parse_sps(unit).id] = unit
        elif kind == h264.PPS:
            pps[h264.pps_id(unit)] = unit
    if not sps or not pps:
        raise FormatError("H.264 parameter sets are missing")
    units = list(sps.values())[:31]
    sequence = h264.parse_sps(units[0])
    pictures = list(pps.values())[:255]
    general = sequence.general
    record = bytes((1, *general, 0xFF, 0xE0 | len(units))) + b"".join(map(_with_length, units))
    record += bytes((len(pictures),)) + b"".join(map(_with_length, pictures))
    if sequence.profile not in (66, 77, 88):
        depths = (0xF8 | sequence.depth_luma - 8, 0xF8 | sequence.depth_chroma - 8)
        record += bytes((0xFC | sequence.chroma, *depths, 0))
    return _config(
        "h264", b"avc1", sequence, box(b"avcC", record), f"avc1.{general.hex()}", (*units, *pictures)
    )


def _h265(parameter_sets: Iterable[bytes]) -> VideoConfig:
    arrays: dict[int, dict[int, bytes]] = {h265.VPS: {}, h265.SPS: {}, h265.PPS: {}}
    for unit in parameter_sets:
        kind = unit[0] >> 1 if len(unit) > 2 else -1
        if len(unit) > 65535:
            raise FormatError("parameter set is too long")
        if kind == h265.SPS:
            arrays[kind][h265.parse_sps(unit).id] = unit
        elif kind in arrays:
            arrays[kind][h265.set_id(unit)] = unit
    if not all(arrays.values()):
        raise FormatError("H.265 parameter sets are missing")
    sequence = h265.parse_sps(next(iter(arrays[h265.SPS].values())))
    segmentation = sequence.usability.min_spatial_segmentation
    kinds = {h265.parallelism(unit) for unit in arrays[h265.PPS].values()}
    parallelism = kinds.pop() if len(kinds) == 1 and segmentation else 0
    record = (
        b"\1"
        + sequence.general
        + struct.pack(
            ">HBBBBHB", 0xF000 | segmentation, 0xFC | parallelism, 0xFC | sequence.chroma,
            0xF8 | sequence.depth_luma - 8, 0xF8 | sequence.depth_chroma - 8, 0,
            sequence.sub_layers << 3 | sequence.nested << 2 | 3,
        )
        + bytes((len(arrays),))
    )  # fmt: skip
    for kind, units in arrays.items():
        record += struct.pack(">BH", 0x80 | kind, len(units)) + b"".join(map(_with_length, units.values()))
    sets = tuple(unit for units in arrays.values() for unit in units.values())
    return _config("h265", b"hvc1", sequence, box(b"hvcC", record), _hvc1(sequence.general), sets)


def _hvc1(general: bytes) -> str:
    """Return the codec string (ISO/IEC 14496-15 annex E.3)."""
    space = ("", "A", "B", "C")[general[0] >> 6]
    compatible = int(f"{int.from_bytes(general[1:5]):032b}"[::-1], 2)
    tier = "H" if general[0] & 0x20 else "L"
    constraints = general[5:11].rstrip(b"\0")
    text = f"hvc1.{space}{general[0] & 31}.{compatible:X}.{tier}{general[11]}"
    return ".".join((text, *(f"{byte:X}" for byte in constraints)))


def _with_length(unit: bytes) -> bytes:
    return len(unit).to_bytes(2) + unit


def _config(
    codec: str, kind: bytes, sequence: Sequence, record: bytes, codecs: str, sets: tuple[bytes, ...]
) -> VideoConfig:
    usability = sequence.usability
    extra = []
    if usability.colour:
        colour = struct.pack(">HHHB", *usability.colour, usability.full_range << 7)
        extra.append(box(b"colr", b"nclx", colour))
    if usability.aspect and usability.aspect != (1, 1):
        extra.append(box(b"pasp", struct.pack(">II", *usability.aspect)))
    entry = box(
        kind,
        bytes(6) + b"\0\1" + bytes(16),
        struct.pack(">HHIIIH", sequence.width, sequence.height, 0x480000, 0x480000, 0, 1),
        bytes(32) + b"\0\x18\xff\xff",
        record,
        *extra,
    )
    depths = (sequence.depth_luma, sequence.depth_chroma)
    return VideoConfig(
        codec=codec, width=sequence.width, height=sequence.height, sample_entry=entry, codecs=codecs,
        shape=(codec, sequence.width, sequence.height, sequence.profile, sequence.level, sequence.chroma, *depths),
        browser=codec == "h264" and sequence.chroma == 1 and depths == (8, 8), parameter_sets=sets,
        reorder=usability.reorder, frame_rate=usability.frame_rate, aspect=usability.aspect or (1, 1),
    )  # fmt: skip
