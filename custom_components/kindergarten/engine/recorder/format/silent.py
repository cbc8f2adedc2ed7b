"""Fragments and init segments without their sound: what goes to parents is pictures only."""

import struct

from .boxes import children
from .init import VIDEO_TRACK, Init, make_init

_U32 = struct.Struct(">I")
_BOX = struct.Struct(">I4s")


def silent_init(init: Init) -> Init:
    """Return an init segment of the pictures alone."""
    return init if init.audio is None else make_init(init.video)


def without_sound(data: bytes) -> bytes:
    """Return one `moof` + `mdat` of ours without the samples of its sound track.

    In our fragments the pictures come first in `mdat` (`fragment.build`).
    """
    end_of_moof = _U32.unpack_from(data)[0]
    kept: list[bytearray] = []
    offsets: list[int] = []
    for kind, body, end in children(data, 8, end_of_moof):
        track, offset = _track(data, body, end) if kind == b"traf" else (VIDEO_TRACK, 0)
        if offset:
            offsets.append(offset)
        if track == VIDEO_TRACK:
            kept.append(bytearray(data[body - 8 : end]))
    if len(offsets) < 2:
        return data
    moof = 8 + sum(map(len, kept))
    pictures = offsets[1] - offsets[0]
    for part in kept:
        if part[4:8] == b"traf":
            _U32.pack_into(part, _data_offset_at(part), moof + 8)
    begin = end_of_moof + 8
    return b"".join(
        (_BOX.pack(moof, b"moof"), *kept, _BOX.pack(8 + pictures, b"mdat"), data[begin : begin + pictures])
    )


def _track(data: bytes, start: int, stop: int) -> tuple[int, int]:
    """Return the number and the data offset of a `traf`."""
    number = offset = 0
    for kind, at, _ in children(data, start, stop):
        if kind == b"tfhd":
            number = _U32.unpack_from(data, at + 4)[0]
        elif kind == b"trun":
            offset = _U32.unpack_from(data, at + 8)[0]
    return number, offset


def _data_offset_at(traf: bytearray) -> int:
    return next(at + 8 for kind, at, _ in children(traf, 8, len(traf)) if kind == b"trun")
