"""Which fragments a stretch of time needs: whole ones, run by run, from the key frame before it."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from ..recorder.format.boxes import children
from ..recorder.format.fragment import audio_time
from ..recorder.format.identity import Identity
from ..recorder.format.index import FragmentEntry
from .fetched import Stretch
from .footage import Footage, FootageFile, Hole

_JOIN_US = 100_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """Neighbouring fragments of one file, and how far their times move (90 kHz ticks)."""

    path: str
    identity: Identity
    entries: list[FragmentEntry]
    shift: int


@dataclass(slots=True, kw_only=True)
class Piece:
    """One file to be made: a run's fragments, its true edges (UTC µs)."""

    camera: str
    run: int
    init: bytes
    t0: int
    t1: int
    base: int
    parts: list[Part] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Return the bytes of what will be written."""
        return len(self.init) + sum(entry.size for part in self.parts for entry in part.entries)

    @property
    def name(self) -> str:
        """Return a file name that sorts by time: UTC of the first picture, and the run."""
        return f"{_EPOCH + timedelta(microseconds=self.t0):%Y%m%dT%H%M%SZ}-{self.run}.mp4"


def cut(footage: Footage, camera: str, t0: int, t1: int) -> list[Piece]:
    """Return what there is of a camera's main stream between two times, in time order."""
    pieces: list[Piece] = []
    before: FootageFile | None = None
    for file in footage.files(camera, t0, t1):
        found = footage.reading.scanned(file.path)
        who, entries = found.identity, found.fragments
        if who is None or who.camera != camera or not found.init_intact or not entries:
            continue  # verifying says what is wrong with it; here it is a hole
        chosen, start, end = _chosen(file, entries, t0, t1)
        if not chosen:
            continue
        last = pieces[-1] if pieces else None
        joins = (
            before is not None
            and last is not None
            and (before.run, before.seq + 1) == (file.run, file.seq)
            and last.init == found.init
            and start - last.t1 <= _JOIN_US
        )
        if not joins or last is None:
            base = who.ticks0 + chosen[0].ticks
            last = Piece(camera=camera, run=file.run, init=found.init, t0=start, t1=end, base=base)
            pieces.append(last)
        last.parts.append(Part(path=file.path, identity=who, entries=chosen, shift=who.ticks0 - last.base))
        last.t1 = end
        before = file
    return pieces


def _chosen(
    file: FootageFile, entries: list[FragmentEntry], t0: int, t1: int
) -> tuple[list[FragmentEntry], int, int]:
    """Return a file's fragments for a stretch and when they begin and end."""
    length = entries[-1].ticks + entries[-1].duration
    known = length and file.t1 > file.t0 and file.state != "open"  # one that grows has grown since
    scale = (file.t1 - file.t0) / length if known else 100 / 9
    first = max(0, bisect_right(entries, (t0 - file.t0) / scale, key=_ticks) - 1)
    while first and not entries[first].key:
        first -= 1
    part = entries[first : bisect_left(entries, (t1 - file.t0) / scale, key=_ticks)]
    if not part:
        return [], 0, 0
    return (
        part,
        file.t0 + round(part[0].ticks * scale),
        file.t0 + round((part[-1].ticks + part[-1].duration) * scale),
    )


def holes(footage: Footage, camera: str, pieces: Iterable[Piece | Stretch], t0: int, t1: int) -> list[Hole]:
    """Return what of a stretch the pieces do not have, with the causes that are known."""
    known = footage.gaps(camera, t0, t1)
    found: list[Hole] = []
    at = t0
    edges = [(piece.t0, piece.t1) for piece in pieces if piece.camera == camera]
    for start, end in [*sorted(edges), (t1, t1)]:
        if start - at > _JOIN_US:
            found += _named(at, min(start, t1), known)
        at = max(at, end)
    return found


def _named(start: int, end: int, known: list[Hole]) -> list[Hole]:
    """Split a hole by the gaps that explain it."""
    found: list[Hole] = []
    for gap in known:
        begin, until = max(gap.t0, start), min(gap.t1, end)
        if until - begin <= _JOIN_US:
            continue
        if begin - start > _JOIN_US:
            found.append(Hole(t0=start, t1=begin, cause="unknown", planned=False))
        found.append(Hole(t0=begin, t1=until, cause=gap.cause, planned=gap.planned))
        start = until
    if end - start > _JOIN_US:
        found.append(Hole(t0=start, t1=end, cause="unknown", planned=False))
    return found


def audio_shift(part: Part, base: int, rate: int) -> int:
    """Return how far a part's sound moves, in units of its sample rate."""
    return audio_time(part.identity.ticks0, rate) - audio_time(base, rate) if rate else 0


def audio_rate(init: bytes) -> int:
    """Return the sample rate of an init segment's sound, 0 when it has none."""
    tracks = [
        [at for name, at, _ in children(init, *inner) if name == b"mdhd"]
        for kind, *moov in children(init, 0, len(init))
        if kind == b"moov"
        for trak, *body in children(init, *moov)
        if trak == b"trak"
        for media, *inner in children(init, *body)
        if media == b"mdia"
    ]
    return int.from_bytes(init[tracks[1][0] + 12 : tracks[1][0] + 16]) if len(tracks) > 1 else 0


def _ticks(entry: FragmentEntry) -> int:
    return entry.ticks
