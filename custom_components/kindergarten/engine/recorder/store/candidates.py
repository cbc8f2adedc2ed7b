"""What may go: recordings as retention looks at them, and the questions that find them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from . import replay
from .archive import Archive

# The oldest few of each stream in each epoch come from the index; only those are sorted.
OLDEST = (
    "SELECT r.id, c.uid, r.stream, r.run, r.seq, r.epoch, r.rel_start, r.rel_end, r.bytes, e.utc0 + r.rel_end"
    " FROM epoch e, camera c, (SELECT 'main' AS name UNION ALL SELECT 'sub') s JOIN recording r ON r.id IN"
    " (SELECT id FROM recording WHERE camera = c.id AND stream = s.name AND epoch = e.id"
    " AND state IN ('closed', 'sealed', 'adopted') ORDER BY rel_start LIMIT ?1)"
    " WHERE ?2 IS NULL OR c.uid = ?2 ORDER BY e.utc0 + r.rel_end, r.id LIMIT ?1"
)
# What a camera has that ended by a time, oldest first, behind the last that was seen: all from the index.
DUE = (
    "SELECT r.id, ?1, r.stream, r.run, r.seq, r.epoch, r.rel_start, r.rel_end, r.bytes, e.utc0 + r.rel_end AS until"
    " FROM epoch e CROSS JOIN (SELECT 'main' AS name UNION ALL SELECT 'sub') s"
    " CROSS JOIN recording r INDEXED BY recording_time WHERE r.camera = (SELECT id FROM camera WHERE uid = ?1)"
    " AND r.stream = s.name AND r.epoch = e.id AND r.rel_start < ?2 - e.utc0 AND r.rel_end <= ?2 - e.utc0"
    " AND r.state IN ('closed', 'sealed', 'adopted') AND (until, r.id) > (?3, ?4) ORDER BY until, r.id LIMIT ?5"
)
DAMAGED = (
    "SELECT r.id, c.uid, r.stream, r.run, r.seq, r.epoch, r.rel_start, r.rel_end, r.bytes, e.utc0 + r.rel_end"
    " FROM recording r INDEXED BY recording_time JOIN epoch e ON e.id = r.epoch JOIN camera c ON c.id = r.camera"
    " WHERE r.state = 'bad' AND e.utc0 + r.rel_end <= ?1 LIMIT ?2"
)
# What each camera has that ended before a time, the fullest first.
SURPLUS = (
    "SELECT c.uid FROM epoch e CROSS JOIN camera c CROSS JOIN (SELECT 'main' AS name UNION ALL SELECT 'sub') s"
    " CROSS JOIN recording r INDEXED BY recording_time WHERE r.camera = c.id AND r.stream = s.name"
    " AND r.epoch = e.id AND r.rel_start < ?1 - e.utc0 AND r.rel_end <= ?1 - e.utc0"
    " AND r.state IN ('closed', 'sealed', 'adopted') GROUP BY c.id ORDER BY sum(r.bytes) DESC, c.id"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A recording that may go; `end_us` is UTC."""

    row: int
    file: replay.Deleted
    end_us: int


def candidates(rows: Sequence[tuple[Any, ...]]) -> list[Candidate]:
    """Return what a query found."""
    return [
        Candidate(
            row=row,
            file=replay.Deleted(
                camera=uid, stream=stream, run=run, seq=seq, epoch=epoch, start=start, end=end, bytes=size
            ),
            end_us=end_us,
        )
        for row, uid, stream, run, seq, epoch, start, end, size, end_us in rows
    ]


def sealed(archive: Archive, batch: Sequence[Candidate]) -> list[replay.Deleted]:
    """Return files with the hashes under which they were sealed, if they were."""
    rows = ",".join(str(each.row) for each in batch)
    hashes = dict(
        archive.catalog.query(f"SELECT id, sha256 FROM recording WHERE id IN ({rows}) AND state = 'sealed'")  # noqa: S608
    )
    return [replace(each.file, sha256=hashes.get(each.row)) for each in batch]
