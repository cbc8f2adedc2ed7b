"""H.264 (ITU-T H.264): sequence parameter sets and what an access unit is."""

from functools import lru_cache

from ...errors import FormatError
from .annexb import RandomAccess, Unit, UnitInfo, split
from .bits import BitReader, unescape
from .sequence import Sequence, Usability, checked_size, plausible_rate, read_signal

SLICE, PARTITION_A, IDR, SEI, SPS, PPS, DELIMITER = 1, 2, 5, 6, 7, 8, 9
HIGH_PROFILES = frozenset({44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 144, 244})
_INTRA = frozenset({2, 4, 7, 9})
_RECOVERY_POINT = 6


def units(data: bytes) -> list[Unit]:
    """Return the NAL units of an Annex B buffer without access unit delimiters."""
    return [unit for unit in split(data) if unit[0] & 31 != DELIMITER]


def inspect(access_unit: list[Unit]) -> UnitInfo:
    """Tell what a picture is from its NAL units. Never raises.

    A key picture is an IDR picture, or one that is all intra and has a recovery point (§D.2.8) or,
    as some cameras without one do it, a sequence parameter set before it.
    """
    info = UnitInfo()
    sets: list[bytes] = []
    slices: list[Unit] = []
    messages: list[Unit] = []
    for unit in access_unit:
        kind = unit[0] & 31
        if kind in (SLICE, IDR, PARTITION_A):
            slices.append(unit)
            if kind == IDR:
                info.random_access = RandomAccess.IDR
        elif kind == SEI:
            messages.append(unit)
        elif kind in (SPS, PPS):
            sets.append(bytes(unit))
    if sets:
        info.parameter_sets = tuple(sets)
    info.slices = len(slices)
    if slices:
        info.first_slice = len(slices[0]) > 1 and slices[0][1] >= 0x80
        if info.random_access is RandomAccess.IDR:
            info.key = True
        elif _is_entry(sets, messages) and all(map(is_intra, slices)):
            info.random_access = RandomAccess.RECOVERY
            info.key = True
    return info


def _is_entry(sets: list[bytes], messages: list[Unit]) -> bool:
    """Tell whether what comes before a picture announces that a decoder may start there."""
    return any(unit[0] & 31 == SPS for unit in sets) or any(map(_has_recovery_point, messages))


def is_intra(unit: Unit) -> bool:
    """Tell whether a slice is an I or SI slice (§7.3.3)."""
    try:
        bits = BitReader(unescape(unit[1:16]))
        bits.ue()
        return bits.ue() in _INTRA
    except FormatError:
        return False


def _has_recovery_point(unit: Unit) -> bool:
    """Tell whether an SEI unit carries a recovery point message (§7.3.2.3)."""
    if _RECOVERY_POINT not in unit:
        return False
    data = unescape(unit[1:])
    at = 0
    while at + 2 < len(data):
        numbers = [0, 0]
        for which in range(2):
            while at < len(data) and data[at] == 255:
                numbers[which] += 255
                at += 1
            if at >= len(data):
                return False
            numbers[which] += data[at]
            at += 1
        if numbers[0] == _RECOVERY_POINT:
            return True
        at += numbers[1]
    return False


@lru_cache(maxsize=64)
def parse_sps(unit: bytes) -> Sequence:
    """Return what a sequence parameter set says; raises FormatError.

    A damaged VUI is left out as far as it cannot be read: cameras get its end wrong.
    """
    if len(unit) < 4 or unit[0] & 31 != SPS:
        raise FormatError("not an H.264 sequence parameter set")
    bits = BitReader(unescape(unit[1:]))
    profile, constraints, level = bits.u(8), bits.u(8), bits.u(8)
    identity = bits.ue()
    chroma, luma_depth, chroma_depth, separate = 1, 8, 8, False
    if profile in HIGH_PROFILES:
        chroma = bits.ue()
        separate = chroma == 3 and bits.flag()
        luma_depth, chroma_depth = bits.ue() + 8, bits.ue() + 8
        bits.skip(1)
        if bits.flag():
            _skip_scaling(bits, 8 if chroma != 3 else 12)
    if identity > 31 or chroma > 3 or luma_depth > 14 or chroma_depth > 14:
        raise FormatError("parameter set has impossible values")
    bits.ue()
    order = _skip_order(bits)
    bits.ue()
    bits.skip(1)
    width, height = _size(bits, 0 if separate else chroma)
    usability = _usability(bits)
    if usability.reorder is None and (profile == 66 or order == 2):
        usability.reorder = 0
    return Sequence(
        id=identity, width=width, height=height, general=bytes((profile, constraints, level)),
        profile=profile, level=level, chroma=chroma, depth_luma=luma_depth, depth_chroma=chroma_depth,
        usability=usability,
    )  # fmt: skip


def pps_id(unit: bytes) -> int:
    """Return the id of a picture parameter set; raises FormatError."""
    return BitReader(unescape(unit[1:16])).ue()


def _skip_scaling(bits: BitReader, lists: int) -> None:
    for index in range(lists):
        if not bits.flag():
            continue
        last = following = 8
        for _ in range(16 if index < 6 else 64):
            if following:
                following = (last + bits.se()) % 256
            last = following or last


def _skip_order(bits: BitReader) -> int:
    """Read the picture order count part; return its type."""
    kind = bits.ue()
    if kind == 0:
        bits.ue()
    elif kind == 1:
        bits.skip(1)
        bits.se()
        bits.se()
        count = bits.ue()
        if count > 255:
            raise FormatError("parameter set has impossible values")
        for _ in range(count):
            bits.se()
    return kind


def _size(bits: BitReader, chroma: int) -> tuple[int, int]:
    width = (bits.ue() + 1) * 16
    map_units = bits.ue() + 1
    frames_only = bits.u(1)
    height = map_units * 16 * (2 - frames_only)
    if not frames_only:
        bits.skip(1)
    bits.skip(1)
    if bits.flag():
        left, right, top, bottom = bits.ue(), bits.ue(), bits.ue(), bits.ue()
        width -= (left + right) * (2 if chroma in (1, 2) else 1)
        height -= (top + bottom) * (2 if chroma == 1 else 1) * (2 - frames_only)
    return checked_size(width, height)


def _usability(bits: BitReader) -> Usability:
    usability = Usability()
    try:
        if not bits.flag():
            return usability
        read_signal(bits, usability)
        if bits.flag():
            units_in_tick, scale = bits.u(32), bits.u(32)
            bits.skip(1)
            usability.frame_rate = plausible_rate(scale, units_in_tick * 2)
        nal_hrd = _skip_hrd(bits)
        if _skip_hrd(bits) or nal_hrd:
            bits.skip(1)
        bits.skip(1)
        if bits.flag():
            bits.skip(1)
            for _ in range(4):
                bits.ue()
            reorder = bits.ue()
            usability.reorder = reorder if reorder <= 16 else None
    except FormatError:
        return usability
    return usability


def _skip_hrd(bits: BitReader) -> bool:
    """Leave out hrd_parameters (§E.1.2) and tell whether there were any."""
    if not bits.flag():
        return False
    count = bits.ue() + 1
    if count > 32:
        raise FormatError("parameter set has impossible values")
    bits.skip(8)
    for _ in range(count):
        bits.ue()
        bits.ue()
        bits.skip(1)
    bits.skip(20)
    return True
