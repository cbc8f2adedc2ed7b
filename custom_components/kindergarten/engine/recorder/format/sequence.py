"""What a sequence parameter set says, whatever the codec."""

from dataclasses import dataclass

from ...errors import FormatError
from .bits import BitReader

MAX_SIDE = 16_384

# ITU-T H.264 table E-1 and H.265 table E.1: aspect_ratio_idc
_ASPECTS = {
    1: (1, 1), 2: (12, 11), 3: (10, 11), 4: (16, 11), 5: (40, 33), 6: (24, 11), 7: (20, 11), 8: (32, 11),
    9: (80, 33), 10: (18, 11), 11: (15, 11), 12: (64, 33), 13: (160, 99), 14: (4, 3), 15: (3, 2), 16: (2, 1),
}  # fmt: skip


@dataclass(kw_only=True, slots=True)
class Usability:
    """Video usability information; everything in it is optional and often wrong.

    `aspect` is the shape of a pixel, `colour` primaries, transfer and matrix (ISO/IEC 23091-2),
    `frame_rate` pictures per second, `reorder` how many pictures may come late in output order.
    """

    aspect: tuple[int, int] | None = None
    colour: tuple[int, int, int] | None = None
    full_range: bool = False
    frame_rate: float | None = None
    reorder: int | None = None
    min_spatial_segmentation: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Sequence:
    """One sequence parameter set. `chroma` is chroma_format_idc (1 = 4:2:0), depths are in bits.

    `general` is H.264's profile, constraint and level bytes, or H.265's 12 bytes of the general
    profile_tier_level.
    """

    id: int
    width: int
    height: int
    general: bytes
    profile: int
    level: int
    chroma: int
    depth_luma: int
    depth_chroma: int
    usability: Usability
    sub_layers: int = 1
    nested: bool = False


def read_signal(bits: BitReader, usability: Usability) -> None:
    """Read the part of the VUI that both codecs share: from the aspect ratio to chroma_loc."""
    if bits.flag():
        aspect = bits.u(8)
        shape = (bits.u(16), bits.u(16)) if aspect == 255 else _ASPECTS.get(aspect)
        if shape and all(shape):
            usability.aspect = shape
    if bits.flag():
        bits.skip(1)
    if bits.flag():
        bits.skip(3)
        usability.full_range = bits.flag()
        if bits.flag():
            usability.colour = (bits.u(8), bits.u(8), bits.u(8))
    if bits.flag():
        bits.ue()
        bits.ue()


def checked_size(width: int, height: int) -> tuple[int, int]:
    """Return the size in pixels, or raise FormatError when no camera has it."""
    if not (16 <= width <= MAX_SIDE and 16 <= height <= MAX_SIDE):
        raise FormatError("parameter set has an impossible picture size")
    return width, height


def plausible_rate(ticks: int, per_picture: int) -> float | None:
    """Return the pictures per second of a VUI's timing, or None when no camera runs at that."""
    rate = ticks / per_picture if per_picture else 0.0
    return rate if 0.1 <= rate <= 240 else None
