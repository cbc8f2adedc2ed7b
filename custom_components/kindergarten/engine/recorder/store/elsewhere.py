"""Footage that somebody else keeps: what was seen of it goes into our ledger while it is there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched

from ...ledger.chain import Json
from .archive import Archive
from .elsewhere_rows import HOUR_US, footage
from .plan import keep_schedule
from .schedule import Schedule, Span, without

_MS = 1000
_HOURS_A_RECORD = 24
_MOST_SPANS = 100
"""So many stretches of an hour are told, the longest: a record has a limit."""
_GONE_A_RECORD = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class SeenHour:
    """What was seen of a UTC hour; `files` is how many were found on the disk, None when nobody looked.

    `footage` is in time order within the hour, `gaps` are what is missing and its cause.
    """

    hour: int
    footage: tuple[Span, ...]
    gaps: tuple[tuple[int, int, str], ...] = ()
    bytes: int = 0
    files: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownHour:
    """What the archive remembers of an hour; `gone` is whether the footage is there no more."""

    hour: int
    seconds: float
    files: int | None
    gone: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class PendingHold:
    """A hold of footage that is elsewhere and not kept there yet."""

    uid: str
    t0_us: int
    t1_us: int


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptHold:
    """What somebody else keeps for a hold: an `export` by its id there."""

    hold: PendingHold
    export: str


def to_release(archives: Sequence[Archive], uid: str) -> list[KeptHold]:
    """Return what is still kept elsewhere for holds of a camera that are lifted; the first archive is in use.

    Raises sqlite3.Error.
    """
    newest = archives[0].catalog
    lifted = {row[0] for row in newest.query("SELECT uid FROM hold WHERE state = 'lifted'")}
    found: dict[str, KeptHold] = {}
    for archive in archives:
        for key, export in archive.catalog.query("SELECT k, v FROM meta WHERE k LIKE 'held %'"):
            _, hold, camera, t0, t1 = str(key).split(" ")
            gone = newest.meta(f"released {hold} {camera} {t0} {t1}") is not None
            if camera == uid and hold in lifted and not gone:
                pending = PendingHold(uid=hold, t0_us=int(t0), t1_us=int(t1))
                found[str(key)] = KeptHold(hold=pending, export=str(export))
    return list(found.values())


def note_released(archive: Archive, uid: str, by: str, kept: KeptHold) -> None:
    """Write down that nothing is kept elsewhere any more for a hold that was lifted. Raises OSError, sqlite3.Error."""
    hold = kept.hold
    told: dict[str, Json] = {"hold": hold.uid, "from": hold.t0_us, "to": hold.t1_us, "export": kept.export}
    archive.record([("elsewhere", {"camera": uid, "by": by, "released": told})])


def pending_holds(archives: Sequence[Archive], uid: str) -> list[PendingHold]:
    """Return the holds of a camera that nobody has carried out elsewhere; the first archive is in use.

    Raises sqlite3.Error.
    """
    rows = archives[0].catalog.query(
        "SELECT h.uid, h.t0, h.t1 FROM hold h JOIN hold_camera hc ON hc.hold = h.id"
        " JOIN camera c ON c.id = hc.camera WHERE c.uid = ?1 AND h.state != 'lifted'"
        " AND NOT EXISTS (SELECT 1 FROM meta WHERE k = 'held ' || h.uid || ' ' || ?1 || ' ' || h.t0 || ' ' || h.t1) ORDER BY h.t0",
        (uid,),
    )
    return [
        PendingHold(uid=hold, t0_us=t0, t1_us=t1)
        for hold, t0, t1 in rows
        if not any(each.catalog.meta(f"held {hold} {uid} {t0} {t1}") for each in archives[1:])
    ]


def note_held(archive: Archive, uid: str, by: str, hold: PendingHold, made: Mapping[str, Json]) -> None:
    """Write down what somebody else keeps for a hold, with the holes in it. Raises OSError, sqlite3.Error."""
    row = archive.catalog.one("SELECT id FROM camera WHERE uid = ?", (uid,))
    seen = [] if row is None else footage(archive.catalog.query, row[0], hold.t0_us, hold.t1_us)
    missing = without([(hold.t0_us, hold.t1_us)], seen)[:_MOST_SPANS]
    holes: list[Json] = [[begin, end] for begin, end in missing]
    held: dict[str, Json] = {"hold": hold.uid, "from": hold.t0_us, "to": hold.t1_us, "holes": holes, **made}
    archive.record([("elsewhere", {"camera": uid, "by": by, "held": held})])


def introduce(archive: Archive, uid: str, label: str, schedule: Schedule | None) -> None:
    """Make a camera known whose footage is elsewhere. Raises OSError, sqlite3.Error."""
    row = archive.catalog.one("SELECT added_epoch, removed_epoch, label FROM camera WHERE uid = ?", (uid,))
    now = archive.clock.rel_us()
    if row is None or row[0] is None or row[1] is not None:
        archive.record([("camera", {"camera": uid, "added": now})])
    if row is None or row[2] != label:
        archive.catalog.write(
            lambda db: db.execute("UPDATE camera SET label = ? WHERE uid = ?", (label, uid)).rowcount
        )
    keep_schedule(archive, uid, schedule, now)


def known(archive: Archive, uid: str) -> Mapping[int, KnownHour]:
    """Return what is remembered of a camera, by hour. Raises sqlite3.Error."""
    rows = archive.catalog.query(
        "SELECT w.hour, w.seconds, w.files, w.gone FROM elsewhere w JOIN camera c ON c.id = w.camera"
        " WHERE c.uid = ? ORDER BY w.hour",
        (uid,),
    )
    return {
        hour: KnownHour(hour=hour, seconds=seconds, files=None if files < 0 else files, gone=bool(gone))
        for hour, seconds, files, gone in rows
    }


def rate(archive: Archive, uid: str, since: int) -> float | None:
    """Return the bytes a second of the hours from number `since` on whose files were seen. Raises sqlite3.Error."""
    rows = archive.catalog.query(
        "SELECT sum(w.bytes), sum(w.seconds) FROM elsewhere w JOIN camera c ON c.id = w.camera"
        " WHERE c.uid = ? AND w.hour >= ? AND w.files >= 1 AND w.bytes > 0 AND w.gone = 0",
        (uid, since),
    )
    size, seconds = rows[0]
    return size / seconds if seconds else None


def note(archive: Archive, uid: str, by: str, hours: Iterable[SeenHour]) -> None:
    """Write down what was seen of a camera's hours: ledger first. Raises OSError, sqlite3.Error."""
    for part in batched(hours, _HOURS_A_RECORD, strict=False):
        told: list[Json] = [_told(each) for each in part]
        archive.record([("elsewhere", {"camera": uid, "by": by, "hours": told})])


def note_gone(archive: Archive, uid: str, by: str, hours: Sequence[int], cause: str) -> None:
    """Write down that the footage of some hours is there no more. Raises OSError, sqlite3.Error."""
    for part in batched(hours, _GONE_A_RECORD, strict=False):
        gone: list[Json] = list(part)
        archive.record([("elsewhere", {"camera": uid, "by": by, "gone": gone, "cause": cause})])


def _told(seen: SeenHour) -> Json:
    start = seen.hour * HOUR_US
    longest = sorted(seen.footage, key=lambda span: span[0] - span[1])[:_MOST_SPANS]
    footage: list[Json] = [(edge - start) // _MS for span in sorted(longest) for edge in span]
    worst = sorted(seen.gaps, key=lambda gap: gap[0] - gap[1])[:_MOST_SPANS]
    gaps: list[Json] = [
        [(begin - start) // _MS, (end - start) // _MS, cause] for begin, end, cause in sorted(worst)
    ]
    return [seen.hour, seen.bytes, -1 if seen.files is None else seen.files, footage, gaps]
