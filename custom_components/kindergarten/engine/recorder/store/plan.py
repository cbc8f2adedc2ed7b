"""What should have been recorded: the denominator of coverage."""

from collections.abc import Sequence
import json

from ...ledger.chain import Json
from . import elsewhere_rows
from .archive import Archive
from .schedule import Schedule, Since, Span, from_spec, union, wanted_spans, without


def planned(archive: Archive, uid: str, t0: int, t1: int) -> list[Span]:
    """Return when a camera should have recorded between two times (UTC in µs), up to now.

    Not before it was added nor after it was removed, not outside its schedule as it was then, and
    not before the time up to which footage may be gone for its age.
    """
    row = archive.catalog.one(
        "SELECT c.id, a.utc0 + c.added_rel, r.utc0 + c.removed_rel FROM camera c"
        " LEFT JOIN epoch a ON a.id = c.added_epoch LEFT JOIN epoch r ON r.id = c.removed_epoch WHERE c.uid = ?",
        (uid,),
    )
    if row is None or row[1] is None:
        return []
    camera, added, removed = row
    # What others kept before we were asked counts too, and so does what they missed.
    added = min(added, elsewhere_rows.since(archive.catalog.query, uid) or added)
    text = archive.catalog.meta("retention")
    kept = json.loads(text)["limit"] if text is not None else 0
    end = min(t1, archive.clock.utc_us(), removed if removed is not None else t1)
    begin = max(t0, added, kept)
    if begin >= end:
        return []
    away = archive.catalog.query(
        "SELECT e.utc0 + g.rel_start, e.utc0 + g.rel_end FROM gap g JOIN epoch e ON e.id = g.epoch"
        " WHERE g.camera = ? AND g.stream = 'main' AND g.cause = 'camera_removed' AND g.rel_end IS NOT NULL",
        (camera,),
    )
    return without(
        wanted_spans(schedules(archive, camera), begin, end), [(start, until) for start, until in away]
    )


def answering(archives: Sequence[Archive], uid: str) -> list[tuple[Archive, int, int]]:
    """Return since when and until when (UTC µs) each archive answers for a camera that it knows.

    The first archive is in use, and does so until now; an old one until recording to a later one began.
    """
    begins = [_begin(archive) for archive in archives]
    found = []
    for number, archive in enumerate(archives):
        begin = _begin(archive, uid)
        if begin is None:
            continue
        end = archive.clock.utc_us()
        if number:
            later = [each for each in begins if each is not None and each > (begins[number] or 0)]
            end = min(later, default=_newest(archive, uid))
        found.append((archive, begin, end))
    return found


def planned_over(archives: Sequence[Archive], uid: str, t0: int, t1: int) -> list[Span]:
    """Return when a camera should have recorded, asking all volumes; the first one is in use."""
    spans = [
        span
        for archive, begin, end in answering(archives, uid)
        for span in planned(archive, uid, max(t0, begin), min(t1, end))
    ]
    return union(spans)


def _begin(archive: Archive, uid: str | None = None) -> int | None:
    """Return since when a camera, or any, is recorded to an archive."""
    row = archive.catalog.one(
        "SELECT min(a.utc0 + c.added_rel) FROM camera c JOIN epoch a ON a.id = c.added_epoch WHERE ?1 IS NULL OR c.uid = ?1",
        (uid,),
    )
    begin: int | None = None if row is None else row[0]
    before = (
        elsewhere_rows.since(archive.catalog.query, uid) if uid is not None and begin is not None else None
    )
    return begin if before is None or begin is None else min(begin, before)


def _newest(archive: Archive, uid: str) -> int:
    row = archive.catalog.one(
        "SELECT max(e.utc0 + (SELECT rel_end FROM recording WHERE camera = (SELECT id FROM camera WHERE uid = ?)"
        " AND stream = 'main' AND epoch = e.id ORDER BY rel_start DESC LIMIT 1)) FROM epoch e",
        (uid,),
    )
    return 0 if row is None or row[0] is None else int(row[0])


def keep_schedule(archive: Archive, uid: str, schedule: Schedule | None, rel_us: int) -> None:
    """Remember since when a camera has its schedule (None: around the clock). Raises OSError, sqlite3.Error."""
    spec = None if schedule is None else schedule.spec()
    row = archive.catalog.one(
        "SELECT spec FROM schedule WHERE camera = (SELECT id FROM camera WHERE uid = ?) ORDER BY id DESC LIMIT 1",
        (uid,),
    ) or ("null",)
    if json.loads(row[0]) != spec:
        clock = archive.clock
        data: dict[str, Json] = {"camera": uid, "from": clock.utc_us(rel_us), "rel": rel_us, "spec": spec}
        archive.record([("schedule", data)])


def schedules(archive: Archive, camera: int) -> list[Since]:
    """Return the schedules of a camera and since when they held, in time order."""
    rows = archive.catalog.query(
        "SELECT e.utc0 + s.rel, s.spec FROM schedule s JOIN epoch e ON e.id = s.epoch WHERE s.camera = ? ORDER BY 1, s.id",
        (camera,),
    )
    return [Since(from_us=from_us, schedule=from_spec(json.loads(spec))) for from_us, spec in rows]
