"""Whole files: reading one back, however it ended, and closing it."""

from collections.abc import Sequence
from dataclasses import dataclass
import hashlib
from itertools import pairwise
import struct

from ...errors import FormatError
from .boxes import Box, Read, box, full_box, parse_header
from .identity import MARK, Identity, identity_box, parse_identity
from .index import FragmentEntry
from .init import AUDIO_TRACK, VIDEO_SCALE, VIDEO_TRACK, Init, duration_fields
from .moof import MAX_BYTES, Moof, SampleAt, parse_moof

__all__ = [
    "Closing",
    "FragmentEntry",
    "FragmentSamples",
    "ScannedFile",
    "closing",
    "find_identity",
    "head",
    "read_samples",
    "scan",
]

RESERVED = 4096
"""Bytes kept free before the first fragment for the index that `closing` writes."""
_ROOM = box(b"free", bytes(RESERVED - 8))
_MAX_REFERENCES = (RESERVED - 48) // 12
_MAX_HEAD = 256 << 10
_FIRST_READ = 8 << 10
_FRAGMENT_READ = 2 << 10
_PASSED_OVER = frozenset({b"free", b"skip", b"uuid", b"emsg", b"prft", b"sidx", b"styp"})
_MAX_OTHERS = 64
_MAX_TICKS = 1 << 62
_U64 = struct.Struct(">Q")


@dataclass(frozen=True, kw_only=True, slots=True)
class ScannedFile:
    """What is in a file.

    `init` is the init segment as it was before closing (durations 0), `init_intact` whether its
    hash is the one in the header box; `begin` is what `closing` needs. `good_end` is the end of the last whole fragment: what lies
    behind it is torn unless the file is `closed`, that is, finished with durations and `mfra`.
    A `foreign` file has no valid header box; nothing else is read of it.
    """

    identity: Identity | None
    init: bytes
    init_intact: bool
    begin: bytes
    fragments: list[FragmentEntry]
    good_end: int
    closed: bool

    @property
    def foreign(self) -> bool:
        """Tell whether the file is not ours."""
        return self.identity is None

    @property
    def duration(self) -> int:
        """Return the length in 90 kHz ticks."""
        return max((entry.ticks + entry.duration for entry in self.fragments), default=0)

    @property
    def pictures(self) -> int:
        """Return how many pictures are in the file."""
        return sum(entry.pictures for entry in self.fragments)


@dataclass(frozen=True, kw_only=True, slots=True)
class Closing:
    """How a file is finished: `mfra` goes behind the last fragment, then the patches (offset, bytes)."""

    mfra: bytes
    patches: list[tuple[int, bytes]]


@dataclass(frozen=True, kw_only=True, slots=True)
class FragmentSamples:
    """The samples of one fragment, in decoding order; sound is empty when there is none."""

    video: list[SampleAt]
    audio: list[SampleAt]


def scan(read: Read, size: int) -> ScannedFile:
    """Return what is in a file of `size` bytes, reading only headers: one read per fragment.

    Any bytes will do; what `read` raises passes through.
    """
    front = read(0, min(size, _FIRST_READ))
    found = find_identity(front)
    if found is None and size > len(front):
        front = read(0, min(size, _MAX_HEAD))
        found = find_identity(front)
    if found is None:
        return ScannedFile(
            identity=None, init=b"", init_intact=False, begin=b"", fragments=[], good_end=0, closed=False
        )
    identity, begin, offset = found
    init = bytearray(front[:begin])
    durations = [_U64.unpack_from(init, at)[0] for at in duration_fields(init)]
    for at in duration_fields(init):
        _U64.pack_into(init, at, 0)
    begin_bytes = bytes(init) + front[begin:offset]
    fragments, good_end, closed = _fragments(read, offset, size)
    if not fragments:
        # a power cut while `closing` wrote the index there: the fragments lie where they were
        fragments, after, _ = _fragments(read, offset + RESERVED, size)
        good_end, closed = after if fragments else good_end, False
    if fragments and fragments[0].offset == offset + RESERVED:
        begin_bytes += _ROOM
    return ScannedFile(
        identity=identity,
        init=bytes(init),
        init_intact=hashlib.sha256(init).hexdigest() == identity.init_sha,
        begin=begin_bytes,
        fragments=fragments,
        good_end=good_end,
        closed=closed and all(durations),
    )


def head(init: Init, identity: Identity) -> bytes:
    """Return what a file begins with: init segment, header box, and room for the index of `closing`."""
    return init.data + identity_box(identity) + _ROOM


def closing(begin: bytes, fragments: Sequence[FragmentEntry]) -> Closing:
    """Return how to finish a file of these fragments, so that players know its length and can seek.

    `begin` is what the file begins with, up to the first fragment. `mfra` is for those who read the
    end first; `sidx`, put where `head` left room, spares players the walk over all fragments.
    """
    keys = [entry for entry in fragments if entry.key]
    duration = max((entry.ticks + entry.duration for entry in fragments), default=0)
    patches = [(at, _U64.pack(duration)) for at in duration_fields(begin)]
    if fragments and fragments[0].offset == len(begin) and begin.endswith(_ROOM):
        index = _segment_index(keys, fragments[-1].end, duration) if fragments[0].key else b""
        room = RESERVED - len(index)
        patches.append((len(begin) - RESERVED, box(b"free", bytes(room - 8)) + index))
    table = b"".join([struct.pack(">QQ3B", entry.ticks, entry.offset, 1, 1, 1) for entry in keys])
    tfra = full_box(b"tfra", 1, 0, struct.pack(">III", VIDEO_TRACK, 0, len(keys)), table)
    mfra = box(b"mfra", tfra, full_box(b"mfro", 0, 0, struct.pack(">I", 8 + len(tfra) + 16)))
    return Closing(mfra=mfra, patches=patches)


def _segment_index(keys: list[FragmentEntry], end: int, duration: int) -> bytes:
    """Return the `sidx` of the GOPs (ISO/IEC 14496-12 §8.16.3), or nothing when they are too large.

    It has to lie right before the first fragment: libavformat 61 and later trusts only such a one,
    and walks over all fragments otherwise.
    """
    step = -(-len(keys) // _MAX_REFERENCES)
    marks = [(entry.offset, entry.ticks) for entry in keys[::step]]
    marks.append((end, duration))
    table = b""
    for (offset, ticks), (next_offset, next_ticks) in pairwise(marks):
        size = next_offset - offset
        if size >> 31:
            return b""
        table += struct.pack(">III", size, (next_ticks - ticks) & 0xFFFFFFFF, 0x90000000)
    front = struct.pack(">IIQQHH", VIDEO_TRACK, VIDEO_SCALE, keys[0].ticks, 0, 0, len(marks) - 1)
    return full_box(b"sidx", 1, 0, front, table)


def read_samples(read: Read, entry: FragmentEntry) -> FragmentSamples:
    """Return the samples of a fragment; raises FormatError when it is not a whole fragment."""
    end = entry.offset + entry.size
    found = _fragment(read, entry.offset, end)
    if found is None or found[1].end != end:
        raise FormatError("not a whole fragment")
    moof = found[0]
    video, audio = moof.track(VIDEO_TRACK), moof.track(AUDIO_TRACK)
    return FragmentSamples(video=video.samples if video else [], audio=audio.samples if audio else [])


def find_identity(head: bytes) -> tuple[Identity, int, int] | None:
    """Return the identity, the offset of its box and the box's end.

    It is searched for, not walked to: its checksum vouches for it even when `moov` or its own size is
    damaged.
    """
    at = head.find(MARK)
    while at >= 4:
        try:
            identity, length = parse_identity(head[at + 4 :])
            return identity, at - 4, at + 4 + length
        except FormatError:
            at = head.find(MARK, at + 1)
    return None


def _fragments(read: Read, offset: int, size: int) -> tuple[list[FragmentEntry], int, bool]:
    """Return the whole fragments from `offset` on, their end, and whether a whole `mfra` ends the file."""
    fragments: list[FragmentEntry] = []
    good_end = offset
    others = 0
    while offset < size and others < _MAX_OTHERS:
        head = read(offset, min(_FRAGMENT_READ, size - offset))
        found = parse_header(head, offset, size)
        if found is None:
            return fragments, good_end, False
        if found.kind == b"mfra":
            return fragments, good_end, found.end == size and _is_mfra(read, found)
        if found.kind == b"moof":
            whole = _fragment(read, offset, size, head)
            if whole is None:
                return fragments, good_end, False
            moof, data = whole
            entry = _entry(moof, offset, data.end)
            if entry is None:
                return fragments, good_end, False
            fragments.append(entry)
            good_end = offset = data.end
        elif found.kind in _PASSED_OVER:
            offset = found.end
            others += 1
        else:
            break
    return fragments, good_end, False


def _fragment(read: Read, offset: int, end: int, head: bytes = b"") -> tuple[Moof, Box] | None:
    """Return a whole fragment's `moof` and the place of its `mdat`, or None when it is not right."""
    head = head or read(offset, min(_FRAGMENT_READ, end - offset))
    found = parse_header(head, offset, end)
    if found is None or found.kind != b"moof" or found.header != 8 or found.size > MAX_BYTES:
        return None
    if len(head) < found.size + 8:
        head = read(offset, min(found.size + 16, end - offset))
    data = parse_header(head[found.size : found.size + 16], found.end, end)
    if data is None or data.kind != b"mdat" or data.header != 8:
        return None
    try:
        moof = parse_moof(head[: found.size], offset)
    except FormatError:
        return None
    samples = [sample for track in moof.tracks for sample in track.samples]
    if sum([sample.size for sample in samples]) != data.end - data.body:
        return None
    if any(sample.offset < data.body or sample.offset + sample.size > data.end for sample in samples):
        return None
    return moof, data


def _entry(moof: Moof, offset: int, end: int) -> FragmentEntry | None:
    video = moof.track(VIDEO_TRACK)
    if video is None or not video.samples or video.ticks >= _MAX_TICKS:
        return None
    return FragmentEntry(
        offset=offset,
        size=end - offset,
        ticks=video.ticks,
        duration=video.duration,
        key=video.samples[0].key,
        pictures=len(video.samples),
    )


def _is_mfra(read: Read, found: Box) -> bool:
    """Tell whether the last box is complete: its last word is its own size (`mfro`)."""
    tail = read(found.end - 16, 16)
    return tail[4:8] == b"mfro" and int.from_bytes(tail[12:]) == found.size
