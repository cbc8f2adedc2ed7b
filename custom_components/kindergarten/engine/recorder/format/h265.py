"""H.265 (ITU-T H.265): sequence parameter sets and what an access unit is."""

from contextlib import suppress
from functools import lru_cache

from ...errors import FormatError
from .annexb import RandomAccess, Unit, UnitInfo, split
from .bits import BitReader, unescape
from .sequence import Sequence, Usability, checked_size, plausible_rate, read_signal

RADL, RASL, BLA, IDR, CRA = (6, 7), (8, 9), (16, 17, 18), (19, 20), 21
VPS, SPS, PPS, DELIMITER = 32, 33, 34, 35
_KEYS = {
    **dict.fromkeys(BLA, RandomAccess.BLA),
    **dict.fromkeys(IDR, RandomAccess.IDR),
    CRA: RandomAccess.CRA,
}


def units(data: bytes) -> list[Unit]:
    """Return the NAL units of an Annex B buffer without access unit delimiters."""
    return [unit for unit in split(data) if unit[0] >> 1 != DELIMITER]


def inspect(access_unit: list[Unit]) -> UnitInfo:
    """Tell what a picture is from its NAL units; layers above the first are ignored. Never raises."""
    info = UnitInfo()
    sets: list[bytes] = []
    for unit in access_unit:
        if len(unit) < 3 or unit[0] & 1 or unit[1] & 0xF8:
            continue
        kind = unit[0] >> 1
        if kind < VPS:
            if not info.slices:
                info.first_slice = unit[2] >= 0x80
                info.random_access = _KEYS.get(kind, RandomAccess.NONE)
                info.key = kind in _KEYS
                info.rasl = kind in RASL
                info.radl = kind in RADL
            info.slices += 1
        elif kind <= PPS:
            sets.append(bytes(unit))
    if sets:
        info.parameter_sets = tuple(sets)
    return info


def set_id(unit: bytes) -> int:
    """Return the id of a VPS or PPS; raises FormatError."""
    if unit[0] >> 1 == VPS:
        return BitReader(unescape(unit[2:16])).u(4)
    return BitReader(unescape(unit[2:16])).ue()


def parallelism(pps: bytes) -> int:
    """Return hvcC's parallelismType of a PPS (ISO/IEC 14496-15 §8.3.2.1.2): 1 slices, 2 tiles, 3 waves, 0 mixed."""
    try:
        bits = BitReader(unescape(pps[2:]))
        bits.ue()
        bits.ue()
        bits.skip(7)
        bits.ue()
        bits.ue()
        bits.se()
        bits.skip(2)
        if bits.flag():
            bits.ue()
        bits.se()
        bits.se()
        bits.skip(4)
        tiles, waves = bits.flag(), bits.flag()
    except FormatError:
        return 0
    if tiles and waves:
        return 0
    return 3 if waves else 2 if tiles else 1


@lru_cache(maxsize=64)
def parse_sps(unit: bytes) -> Sequence:
    """Return what a sequence parameter set says; raises FormatError.

    Everything behind the bit depths is left out as far as it cannot be read.
    """
    if len(unit) < 16 or unit[0] >> 1 != SPS:
        raise FormatError("not an H.265 sequence parameter set")
    rbsp = unescape(unit[2:])
    bits = BitReader(rbsp)
    bits.skip(4)
    sub_layers, nested = bits.u(3) + 1, bits.flag()
    general = rbsp[1:13]
    _skip_profile_tier_level(bits, sub_layers)
    identity, chroma = bits.ue(), bits.ue()
    separate = chroma == 3 and bits.flag()
    width, height = bits.ue(), bits.ue()
    if bits.flag():
        left, right, top, bottom = bits.ue(), bits.ue(), bits.ue(), bits.ue()
        width -= (left + right) * (2 if chroma in (1, 2) and not separate else 1)
        height -= (top + bottom) * (2 if chroma == 1 and not separate else 1)
    width, height = checked_size(width, height)
    luma_depth, chroma_depth = bits.ue() + 8, bits.ue() + 8
    if identity > 15 or chroma > 3 or luma_depth > 16 or chroma_depth > 16:
        raise FormatError("parameter set has impossible values")
    usability = Usability()
    with suppress(FormatError):
        _read_rest(bits, sub_layers, chroma, usability)
    return Sequence(
        id=identity, width=width, height=height, general=general, profile=general[0] & 31, level=general[11],
        chroma=chroma, depth_luma=luma_depth, depth_chroma=chroma_depth, usability=usability,
        sub_layers=sub_layers, nested=nested,
    )  # fmt: skip


def _skip_profile_tier_level(bits: BitReader, sub_layers: int) -> None:
    bits.skip(96)
    if sub_layers == 1:
        return
    present = [(bits.flag(), bits.flag()) for _ in range(sub_layers - 1)]
    bits.skip(2 * (9 - sub_layers))
    for profile, level in present:
        bits.skip(88 * profile + 8 * level)


def _read_rest(bits: BitReader, sub_layers: int, chroma: int, usability: Usability) -> None:
    """Read from log2_max_pic_order_cnt to the end (§7.3.2.2.1)."""
    order_bits = bits.ue() + 4
    for _ in range(sub_layers if bits.flag() else 1):
        bits.ue()
        reorder = bits.ue()
        bits.ue()
    usability.reorder = reorder if reorder <= 16 else None
    for _ in range(6):
        bits.ue()
    if bits.flag() and bits.flag():
        _skip_scaling(bits, chroma)
    bits.skip(2)
    if bits.flag():
        bits.skip(8)
        bits.ue()
        bits.ue()
        bits.skip(1)
    _skip_reference_sets(bits)
    if bits.flag():
        for _ in range(min(bits.ue(), 33)):
            bits.skip(order_bits + 1)
    bits.skip(2)
    if bits.flag():
        _read_usability(bits, sub_layers, usability)


def _skip_scaling(bits: BitReader, chroma: int) -> None:
    for size in range(4):
        for _ in range(0, 6, 3 if size == 3 else 1):
            if not bits.flag():
                bits.ue()
                continue
            if size > 1:
                bits.se()
            for _ in range(min(64, 1 << (4 + (size << 1)))):
                bits.se()


def _skip_reference_sets(bits: BitReader) -> None:
    """Leave out the short-term reference picture sets (§7.3.7)."""
    count = bits.ue()
    if count > 64:
        raise FormatError("parameter set has impossible values")
    previous = 0
    for index in range(count):
        if index and bits.flag():
            bits.skip(1)
            bits.ue()
            kept = 0
            for _ in range(previous + 1):
                if bits.flag() or bits.flag():
                    kept += 1
            previous = kept
            continue
        negative, positive = bits.ue(), bits.ue()
        previous = negative + positive
        if previous > 32:
            raise FormatError("parameter set has impossible values")
        for _ in range(previous):
            bits.ue()
            bits.skip(1)


def _read_usability(bits: BitReader, sub_layers: int, usability: Usability) -> None:
    read_signal(bits, usability)
    bits.skip(3)
    if bits.flag():
        for _ in range(4):
            bits.ue()
    if bits.flag():
        units_in_tick, scale = bits.u(32), bits.u(32)
        usability.frame_rate = plausible_rate(scale, units_in_tick)
        if bits.flag():
            bits.ue()
        if bits.flag():
            _skip_hrd(bits, sub_layers)
    if bits.flag():
        bits.skip(3)
        usability.min_spatial_segmentation = min(bits.ue(), 4095)


def _skip_hrd(bits: BitReader, sub_layers: int) -> None:
    """Leave out hrd_parameters with the common part (§E.2.2)."""
    kinds = [bits.flag(), bits.flag()]
    sub_pictures = False
    if any(kinds):
        sub_pictures = bits.flag()
        if sub_pictures:
            bits.skip(19)
        bits.skip(8)
        if sub_pictures:
            bits.skip(4)
        bits.skip(15)
    for _ in range(sub_layers):
        fixed = bits.flag() or bits.flag()
        low_delay = False
        if fixed:
            bits.ue()
        else:
            low_delay = bits.flag()
        count = 1 if low_delay else bits.ue() + 1
        if count > 32:
            raise FormatError("parameter set has impossible values")
        for _ in range(count * sum(kinds)):
            bits.ue()
            bits.ue()
            if sub_pictures:
                bits.ue()
                bits.ue()
            bits.skip(1)
