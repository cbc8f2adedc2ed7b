"""Whole files: reading one back, however it ended, and closing it."""

from collections.abc import Sequence
from dataclasses import dataclass
import hashlib
import struct

from ...errors import FormatError
from .boxes import Box, Read, box, full_box, parse_header
from .identity import MARK, Identity, parse_identity
from .index import FragmentEntry
from .init import AUDIO_TRACK, VIDEO_TRACK, duration_fields
from .moof import MAX_BYTES, Moof, SampleAt, parse_moof

__all__ = ["Closing", "FragmentEntry", "FragmentSamples", "ScannedFile", "closing", "read_samples", "scan"]

_MAX_HEAD = 256 << 10
_FIRST_READ = 8 << 10
_FRAGMENT_READ = 2 << 10
_PASSED_OVER = frozenset({b"free", b"skip", b"uuid", b"emsg", b"prft", b"sidx", b"styp"})
_U64 = struct.Struct(">Q")


@dataclass(frozen=True, kw_only=True, slots=True)
class ScannedFile:
    """What is in a file.

    `init` is the init segment as it was before closing (durations 0), `init_intact` whether its
    hash is the one in the header box. `good_end` is the end of the last whole fragment: what lies
    behind it is torn unless the file is `closed`, that is, finished with durations and `mfra`.
    A `foreign` file has no valid header box; nothing else is read of it.
    """

    identity: Identity | None
    init: bytes
    init_intact: bool
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
    head = read(0, min(size, _FIRST_READ))
    found = _find_identity(head)
    if found is None and size > len(head):
        head = read(0, min(size, _MAX_HEAD))
        found = _find_identity(head)
    if found is None:
        return ScannedFile(identity=None, init=b"", init_intact=False, fragments=[], good_end=0, closed=False)
    identity, begin, offset = found
    init = bytearray(head[:begin])
    durations = [_U64.unpack_from(init, at)[0] for at in duration_fields(init)]
    for at in duration_fields(init):
        _U64.pack_into(init, at, 0)
    fragments, good_end, closed = _fragments(read, offset, size)
    return ScannedFile(
        identity=identity,
        init=bytes(init),
        init_intact=hashlib.sha256(init).hexdigest() == identity.init_sha,
        fragments=fragments,
        good_end=good_end,
        closed=closed and all(durations),
    )


def closing(init: bytes, fragments: Sequence[FragmentEntry]) -> Closing:
    """Return how to finish a file of these fragments, so that players know its length and can seek."""
    duration = max((entry.ticks + entry.duration for entry in fragments), default=0)
    length = _U64.pack(duration)
    keys = [entry for entry in fragments if entry.key]
    table = b"".join([struct.pack(">QQ3B", entry.ticks, entry.offset, 1, 1, 1) for entry in keys])
    tfra = full_box(b"tfra", 1, 0, struct.pack(">III", VIDEO_TRACK, 0, len(keys)), table)
    mfra = box(b"mfra", tfra, full_box(b"mfro", 0, 0, struct.pack(">I", 8 + len(tfra) + 16)))
    return Closing(mfra=mfra, patches=[(at, length) for at in duration_fields(init)])


def read_samples(read: Read, entry: FragmentEntry) -> FragmentSamples:
    """Return the samples of a fragment; raises FormatError when it is not a whole fragment."""
    end = entry.offset + entry.size
    found = _fragment(read, entry.offset, end)
    if found is None or found[1].end != end:
        raise FormatError("not a whole fragment")
    moof = found[0]
    video, audio = moof.track(VIDEO_TRACK), moof.track(AUDIO_TRACK)
    return FragmentSamples(video=video.samples if video else [], audio=audio.samples if audio else [])


def _find_identity(head: bytes) -> tuple[Identity, int, int] | None:
    """Return the identity, the offset of its box and the box's end.

    It is searched for, not walked to: its checksum vouches for it even when `moov` is damaged.
    """
    at = head.find(MARK)
    while at >= 4:
        size = int.from_bytes(head[at - 4 : at])
        try:
            return parse_identity(head[at + 4 : at - 4 + size]), at - 4, at - 4 + size
        except FormatError:
            at = head.find(MARK, at + 1)
    return None


def _fragments(read: Read, offset: int, size: int) -> tuple[list[FragmentEntry], int, bool]:
    """Return the whole fragments from `offset` on, their end, and whether a whole `mfra` ends the file."""
    fragments: list[FragmentEntry] = []
    good_end = offset
    while True:
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
        else:
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
    for track in moof.tracks:
        if track.samples:
            first, last = track.samples[0], track.samples[-1]
            if first.offset < data.body or last.offset + last.size > data.end:
                return None
    return moof, data


def _entry(moof: Moof, offset: int, end: int) -> FragmentEntry | None:
    video = moof.track(VIDEO_TRACK)
    if video is None or not video.samples:
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
