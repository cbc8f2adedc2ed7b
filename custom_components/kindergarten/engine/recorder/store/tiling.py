"""Keeping the tiling whole where an engine could not: after a crash, across epochs, in a rebuild."""

from bisect import bisect_left, insort
from collections.abc import Mapping
from dataclasses import dataclass

from ...ledger.chain import Json
from . import replay
from .archive import Archive
from .gaps import PLANNED, TOLERANCE_US, Tiling
from .plan import schedules
from .schedule import wanted_spans


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A stretch of an epoch that is accounted for; `end` is None for a gap that lasts."""

    start: int
    end: int | None
    gap: bool
    cause: str = ""
    detail: str = ""
    planned: bool = False
    utc_start: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Tail:
    """Where what is known of a camera's main stream ends."""

    epoch: int
    rel: int


def pieces(archive: Archive, camera: int, epoch: int) -> list[Piece]:
    """Return what accounts for a camera's main stream in an epoch, in time order."""
    rows = archive.catalog.query(
        "SELECT rel_start, rel_end, 0, '', '', 0, NULL FROM recording"
        " WHERE camera = ?1 AND stream = 'main' AND epoch = ?2 AND state != 'deleting'"
        " UNION ALL SELECT rel_start, rel_end, 0, '', '', 0, NULL FROM deletion"
        " WHERE camera = ?1 AND stream = 'main' AND epoch = ?2"
        " UNION ALL SELECT rel_start, rel_end, 1, cause, detail, planned, utc_start FROM gap"
        " WHERE camera = ?1 AND stream = 'main' AND epoch = ?2 ORDER BY 1, 2",
        (camera, epoch),
    )
    return [
        Piece(
            start=start,
            end=end,
            gap=bool(gap),
            cause=cause,
            detail=detail,
            planned=bool(planned),
            utc_start=utc,
        )
        for start, end, gap, cause, detail, planned, utc in rows
    ]


def repair(archive: Archive, epoch: int, camera: int, uid: str) -> None:
    """Make the time of a camera in an ended epoch whole: no gap that lasts, no overlap, no hole."""
    known = pieces(archive, camera, epoch)
    if not known:
        return
    alive = archive.catalog.one("SELECT alive FROM epoch WHERE id = ?", (epoch,)) or (0,)
    footage = [piece for piece in known if not piece.gap]
    entries: list[tuple[str, dict[str, Json]]] = []

    def keep(piece: Piece, start: int, end: int, cause: str) -> None:
        data = replay.gap_data(
            uid, epoch, start, end, cause, piece.detail, piece.utc_start, planned=piece.planned
        )
        entries.append(("gap", data))

    whole = sorted([(piece.start, piece.end or piece.start) for piece in footage])
    longest = max([end - start for start, end in whole], default=0)
    for piece in known:
        if not piece.gap:
            continue
        end = piece.end if piece.end is not None else max(alive[0], piece.start + 1)
        start, end = _between(piece.start, end, whole, longest)
        longest = max(longest, end - start)
        if (start, end) == (piece.start, piece.end):
            insort(whole, (start, end))
            continue
        if start != piece.start or end - start <= 0:
            keep(piece, piece.start, piece.start, piece.cause)
        if end > start:
            keep(piece, start, end, piece.cause)
            insort(whole, (start, end))
    position = whole[0][1] if whole else 0
    for start, end in whole[1:]:
        if start - position > TOLERANCE_US:
            keep(Piece(start=position, end=start, gap=True), position, start, "unknown")
        position = max(position, end)
    if entries:
        archive.record(entries)


def _between(start: int, end: int, taken: list[tuple[int, int]], longest: int) -> tuple[int, int]:
    """Return what is left of a stretch: its first part that nothing else accounts for.

    `taken` is sorted, and nothing in it is longer than `longest`: a month has thousands of files, and
    only those around the stretch are looked at.
    """
    for number in range(bisect_left(taken, (start + TOLERANCE_US - longest,)), len(taken)):
        begin, until = taken[number]
        if until <= start + TOLERANCE_US:
            continue
        if begin <= start + TOLERANCE_US:
            start = until
        elif begin < end - TOLERANCE_US:
            return start, begin
        else:
            break
    return start, max(end, start)


def tail(archive: Archive, camera: int) -> Tail | None:
    """Return where what is known of a camera ends."""
    row = archive.catalog.one(
        "SELECT epoch, max(coalesce(rel_end, rel_start)) FROM ("
        " SELECT epoch, rel_start, rel_end FROM recording WHERE camera = ?1 AND stream = 'main'"
        " AND state != 'deleting'"
        " UNION ALL SELECT epoch, rel_start, rel_end FROM deletion WHERE camera = ?1 AND stream = 'main'"
        " UNION ALL SELECT epoch, rel_start, rel_end FROM gap WHERE camera = ?1 AND stream = 'main')"
        " GROUP BY epoch ORDER BY epoch DESC LIMIT 1",
        (camera,),
    )
    return None if row is None else Tail(epoch=row[0], rel=row[1])


def bridge(
    archive: Archive, camera: int, uid: str, before: Tail, epoch: int, until: int, known: int | None = None
) -> None:
    """Account for the time between the end of one epoch's footage and a time (`until`) of a later one.

    `known` is where a gap that does so already begins.
    """
    rows = {
        row[0]: row[1:]
        for row in archive.catalog.query(
            "SELECT id, boot_id, mono0_ns, utc0, end_cause FROM epoch WHERE id IN (?, ?)",
            (before.epoch, epoch),
        )
    }
    if before.epoch not in rows or epoch not in rows:
        return
    boot, mono0, utc0, ended = rows[before.epoch]
    boot_now, mono0_now, utc0_now, _ = rows[epoch]
    removed = archive.catalog.one("SELECT removed_epoch FROM camera WHERE id = ?", (camera,)) or (None,)
    utc_start = None
    if boot == boot_now:
        start = before.rel + (mono0 - mono0_now) // 1000
        if until - start <= TOLERANCE_US:
            return
        cause = ended or "engine_crash"
    else:
        utc_start = utc0 + before.rel
        start = utc_start - utc0_now
        cause = ended or "power"
    if removed[0] is not None:
        cause = "camera_removed"
    start = min(start, until - 1)
    if start == known:
        return
    history = schedules(archive, camera)
    if (
        history
        and cause != "camera_removed"
        and not wanted_spans(history, utc0_now + start, utc0_now + until)
    ):
        cause = "schedule"
    planned = cause in PLANNED
    entries: list[tuple[str, dict[str, Json]]] = [
        ("gap", replay.gap_data(uid, epoch, start, until, cause, "", utc_start, planned=planned))
    ]
    if known is not None:
        taken_back = replay.gap_data(uid, epoch, known, known, "unknown", "", None, planned=False)
        entries.insert(0, ("gap", taken_back))
    archive.record(entries)


def repair_all(archive: Archive, tilings: Mapping[str, Tiling]) -> None:
    """Make the whole past whole: every epoch of every camera, and what lies between epochs."""
    own = archive.clock.epoch.id
    epochs = [row[0] for row in archive.catalog.query("SELECT id FROM epoch ORDER BY id")]
    for camera, uid in archive.catalog.query("SELECT id, uid FROM camera"):
        before: Tail | None = None
        for epoch in epochs:
            if epoch != own:
                repair(archive, epoch, camera, uid)
            known = pieces(archive, camera, epoch)
            tiling = tilings.get(uid)
            if epoch == own and not known and tiling is not None:
                known = [Piece(start=tiling.begin(0), end=None, gap=True)]
            if not known:
                continue
            if before is not None:
                _join(archive, camera, uid, before, epoch, known)
            ends = [piece.end if piece.end is not None else piece.start for piece in known]
            before = Tail(epoch=epoch, rel=max(ends))


def _join(archive: Archive, camera: int, uid: str, before: Tail, epoch: int, known: list[Piece]) -> None:
    """Have an epoch's first piece begin where the epoch before ended."""
    first = known[0]
    if first.gap and first.start < 0 and first.end is not None:
        bridge(archive, camera, uid, before, epoch, first.end, first.start)
    else:
        bridge(archive, camera, uid, before, epoch, first.start)
