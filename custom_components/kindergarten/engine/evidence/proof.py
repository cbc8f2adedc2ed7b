"""What the files on the disk prove of the last days: looked at, not believed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
import threading
from zoneinfo import ZoneInfo

from ..recorder.store.archive import Archive
from ..recorder.store.days import LocalDay, local_day
from ..recorder.store.elsewhere_rows import footage
from ..recorder.store.files import camera_folder
from ..recorder.store.library import Volumes
from ..recorder.store.plan import answering, planned_over
from ..recorder.store.schedule import Span, union, without

SHORT_US = 60_000_000
"""A hole of up to a minute does not keep a day from being proven."""
BREAK_US = 600_000_000
"""A longer hole that was not planned ends the count of days."""
_JOIN_US = 100_000
_ROWS = (
    "SELECT r.path, r.bytes, e.utc0 + r.rel_start, e.utc0 + r.rel_end FROM recording r JOIN epoch e ON e.id = r.epoch"
    " WHERE r.path > ? AND r.path < ? AND r.stream = 'main' AND r.state IN ('closed', 'sealed', 'adopted')"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class CameraProof:
    """What is proven of a camera; gaps are unplanned ones of the days asked for.

    `days_proven`: whole local days back from yesterday that are covered but for holes of up to a minute, until
    a day with a hole of more than ten. `coverage`: per local day, oldest first, seconds recorded and planned.
    `unmeasured_days`: days that nobody can speak of, because a volume is not there or still read anew.
    """

    days_proven: int
    longest_gap_s: float | None
    longest_gap_at_us: int | None
    oldest_us: int | None
    coverage: list[tuple[float, float]]
    unmeasured_days: int = 0

    def view(self) -> dict[str, object]:
        """Return it for the API."""
        return {
            "days_proven": self.days_proven, "longest_gap_s": self.longest_gap_s,
            "longest_gap_at_us": self.longest_gap_at_us, "oldest_us": self.oldest_us,
            "coverage": [list(day) for day in self.coverage], "unmeasured_days": self.unmeasured_days,
        }  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Looked:
    """What was there when a folder was looked at; `stamp` changes when that may no longer be true."""

    stamp: tuple[object, ...]
    spans: list[Span]


@dataclass(slots=True, eq=False)
class Prover:
    """Remembers which folders it has looked at; thread-safe. Raises OSError, sqlite3.Error."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _looked: dict[tuple[str, str], Looked] = field(default_factory=dict)

    def prove(self, volumes: Volumes, place: ZoneInfo, days: int) -> dict[str, CameraProof]:
        """Return what is proven of every camera, for so many whole local days up to yesterday."""
        archives = volumes.archives
        today = local_day(archives[0].clock.utc_us(), place)
        asked = _days_before(today, place, days)
        uids = dict.fromkeys(
            uid
            for archive in archives
            for (uid,) in archive.catalog.query("SELECT uid FROM camera ORDER BY id")
        )
        with self._lock:
            return {uid: self._camera(volumes, uid, asked) for uid in uids}

    def _camera(self, volumes: Volumes, uid: str, days: list[LocalDay]) -> CameraProof:
        archives = volumes.archives
        there = _joined([span for archive in archives for span in self._there(archive, uid)])
        oldest = there[0][0] if there else None
        needed = planned_over(archives, uid, days[-1].start_us, days[0].end_us)
        known = _known(archives, uid)
        whole = not volumes.absent and not any(archive.incomplete for archive in archives)
        coverage: list[tuple[float, float]] = []
        longest: Span | None = None
        proven, unmeasured, counting = 0, 0, True
        for day in days:
            recorded, wanted = _within(there, day), _within(needed, day)
            missing = [hole for hole in without(wanted, recorded) if hole[1] - hole[0] > _JOIN_US]
            coverage.append((_seconds(recorded), _seconds(union([*recorded, *wanted]))))
            if not _covers(known, day):
                counting = False
                unmeasured += not whole
                if not whole:
                    continue
            worst = max(missing, key=_length, default=None)
            if worst is not None and (longest is None or _length(worst) > _length(longest)):
                longest = worst
            hole_us = 0 if worst is None else _length(worst)
            if oldest is None or day.start_us < oldest - SHORT_US or hole_us > BREAK_US:
                counting = False
            if counting and hole_us <= SHORT_US:
                proven += 1
        return CameraProof(
            days_proven=proven, longest_gap_s=None if longest is None else _length(longest) / 1e6,
            longest_gap_at_us=None if longest is None else longest[0], oldest_us=oldest, coverage=coverage[::-1],
            unmeasured_days=unmeasured,
        )  # fmt: skip

    # -- files --------------------------------------------------------------------------------

    def _there(self, archive: Archive, uid: str) -> list[Span]:
        """Return when a camera's files, as they lie on the disk, have pictures of."""
        fs, root = archive.env.fs, archive.volume.at(camera_folder(uid))
        folders = [entry.name for entry in fs.list(root) if entry.folder] if fs.exists(root) else []
        clocks = tuple(archive.catalog.one("SELECT count(*), total(utc0) FROM epoch") or ())
        spans: list[Span] = []
        for name in folders:
            stamp = (fs.modified_ns(f"{root}/{name}"), clocks)
            known = self._looked.get((root, name))
            # What is recorded into may change without a new name.
            settled = name not in folders[-2:] and stamp[0] is not None
            if known is None or known.stamp != stamp or not settled:
                known = Looked(stamp=stamp, spans=_look(archive, f"{camera_folder(uid)}/{name}"))
                self._looked[root, name] = known
            spans += known.spans
        for gone in [key for key in self._looked if key[0] == root and key[1] not in folders]:
            del self._looked[gone]
        return _joined([*spans, *_growing(archive, uid), *_elsewhere(archive, uid)])


def _known(archives: Sequence[Archive], uid: str) -> list[Span]:
    """Return when an archive that can be read, and has all its files in its catalog, answers for a camera."""
    return union([(begin, end) for archive, begin, end in answering(archives, uid) if not archive.incomplete])


def _covers(spans: Sequence[Span], day: LocalDay) -> bool:
    return any(start <= day.start_us + SHORT_US and day.end_us <= end for start, end in spans)


def _look(archive: Archive, folder: str) -> list[Span]:
    """Return the time of a folder's files that are there with the size that they should have."""
    sizes = {f"{folder}/{entry.name}": entry.size for entry in archive.env.fs.list(archive.volume.at(folder))}
    rows = archive.catalog.query(_ROWS, (f"{folder}/", f"{folder}0"))
    return _joined([(start, end) for path, size, start, end in rows if sizes.get(path) == size])


def _growing(archive: Archive, uid: str) -> Iterator[Span]:
    for file in archive.growing():
        if (file.identity.camera, file.identity.stream) == (uid, "main") and file.synced_entries:
            yield archive.clock.utc_us(file.rel_start), archive.clock.utc_us(file.synced_end)


def _elsewhere(archive: Archive, uid: str) -> list[Span]:
    """Return the footage that somebody else keeps and whose files were found there."""
    row = archive.catalog.one("SELECT id FROM camera WHERE uid = ?", (uid,))
    return (
        [] if row is None else footage(archive.catalog.query, row[0], 0, archive.clock.utc_us(), proven=True)
    )


def _joined(spans: list[Span]) -> list[Span]:
    """Return spans in time order, neighbours as one: edges of files are rounded."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1] + _JOIN_US:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found


def _days_before(today: LocalDay, place: ZoneInfo, count: int) -> list[LocalDay]:
    """Return the whole days before today, newest first."""
    days: list[LocalDay] = []
    at = today
    for _ in range(count):
        at = local_day(at.start_us - 1, place)
        days.append(at)
    return days


def _within(spans: list[Span], day: LocalDay) -> list[Span]:
    return [
        (max(start, day.start_us), min(end, day.end_us))
        for start, end in spans
        if start < day.end_us and end > day.start_us
    ]


def _length(span: Span) -> int:
    return span[1] - span[0]


def _seconds(spans: list[Span]) -> float:
    return sum(map(_length, spans)) / 1e6
