"""Which files an archive has of which time: asked of the catalog, or worked out without one."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
import sqlite3
from typing import Any

from ..ledger.chain import Record
from ..ledger.seal import SealedFile
from ..recorder.format.identity import Identity
from ..recorder.store import elsewhere_rows, replay
from ..recorder.store.schedule import Span
from .reading import Reading

type Query = Callable[[str, Sequence[object]], list[tuple[Any, ...]]]

_LONGEST_US = 7_200_000_000
_DDL = Path(replay.__file__).with_name("schema.sql").read_text(encoding="utf-8")
_FILES = (
    "SELECT r.path, c.uid, r.stream, r.run, r.seq, e.utc0 + r.rel_start, e.utc0 + r.rel_end, r.bytes, r.state"
    " FROM camera c CROSS JOIN epoch e CROSS JOIN recording r INDEXED BY recording_time WHERE c.uid = ?"
    " AND r.camera = c.id AND r.stream = ? AND r.epoch = e.id AND r.rel_start < ? - e.utc0"
    " AND r.rel_start > ? - e.utc0 AND r.rel_end > ? - e.utc0 AND r.state IN ('closed', 'sealed', 'adopted')"
)
_GAPS = (
    "SELECT e.utc0 + g.rel_start, e.utc0 + coalesce(g.rel_end, g.rel_start), g.cause, g.planned FROM gap g"
    " JOIN epoch e ON e.id = g.epoch JOIN camera c ON c.id = g.camera WHERE c.uid = ? AND g.stream = 'main'"
    " AND g.rel_start < ? - e.utc0 AND coalesce(g.rel_end, ? - e.utc0) > ? - e.utc0"
)
_ROW = (
    "INSERT OR IGNORE INTO recording (camera, stream, run, seq, init, epoch, rel_start, rel_end, ticks0, bytes, pictures,"
    " state, path) VALUES (?, ?, ?, ?, 0, 0, ?, ?, 0, ?, ?, ?, ?)"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class FootageFile:
    """A recording; times are UTC µs, `path` is relative to its volume. `state` as in the catalog."""

    path: str
    camera: str
    stream: str
    run: int
    seq: int
    t0: int
    t1: int
    size: int
    state: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Hole:
    """Time that was not recorded (UTC µs)."""

    t0: int
    t1: int
    cause: str
    planned: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """Until when somebody else was asked for footage, and the hours before that whose files nobody looked for yet."""

    until: int
    unlooked: list[Span]


class Footage:
    """Answers from the catalog's tables, wherever they are."""

    def __init__(
        self, reading: Reading, query: Query, growing: Callable[[], Iterable[FootageFile]] = tuple
    ) -> None:
        """Ask a database; `growing` are the files that are being written."""
        self.reading = reading
        self._query = query
        self._growing = growing
        self._names: dict[str, str] = {}

    def name(self, labels: Mapping[str, str]) -> None:
        """Use these names of cameras."""
        self._names = dict(labels)

    def labels(self) -> dict[str, str]:
        """Return the names of all cameras by uid."""
        return {
            uid: self._names.get(uid) or label or uid
            for uid, label in self._query("SELECT uid, label FROM camera ORDER BY id", ())
        }

    def files(self, camera: str, t0: int, t1: int, stream: str = "main") -> list[FootageFile]:
        """Return the files that touch a stretch, in time order."""
        rows = self._query(_FILES, (camera, stream, t1, t0 - _LONGEST_US, t0))
        found = {
            path: FootageFile(
                path=path, camera=uid, stream=kind, run=run, seq=seq, t0=start, t1=end, size=size, state=state
            )
            for path, uid, kind, run, seq, start, end, size, state in rows
        }
        for file in self._growing():
            if (file.camera, file.stream) == (camera, stream) and file.t0 < t1 and file.t1 > t0:
                found.setdefault(file.path, file)
        return sorted(found.values(), key=lambda file: (file.t0, file.seq))

    def gaps(self, camera: str, t0: int, t1: int) -> list[Hole]:
        """Return the gaps that touch a stretch, in time order; those of others' footage too."""
        ours = [
            Hole(t0=start, t1=end, cause=cause, planned=bool(planned))
            for start, end, cause, planned in self._query(_GAPS, (camera, t1, t1, t0))
        ]
        theirs = [
            Hole(t0=each.start_us, t1=each.end_us or t1, cause=each.cause, planned=each.planned)
            for each in elsewhere_rows.gaps_of(self._ask, camera, t0, t1)
        ]
        return sorted([*ours, *theirs], key=lambda hole: hole.t0)

    def elsewhere(self, camera: str, t0: int, t1: int) -> list[Span]:
        """Return when somebody else has footage whose files were found there, as the ledger knows."""
        return elsewhere_rows.proven_of(self._ask, camera, t0, t1)

    def asked_elsewhere(self, camera: str, t0: int, t1: int) -> Asked | None:
        """Return what is known of a stretch that somebody else keeps, None when nobody was asked for it."""
        sql = (
            "SELECT w.hour, w.files >= 0 OR w.gone OR w.seconds = 0 FROM elsewhere w"
            " JOIN camera c ON c.id = w.camera WHERE c.uid = ? AND w.hour BETWEEN ? AND ?"
        )
        hour_us = elsewhere_rows.HOUR_US
        rows = self._query(sql, (camera, t0 // hour_us, t1 // hour_us))
        if not rows:
            return None
        looked = {hour for hour, each in rows if each}
        return Asked(
            until=(max(hour for hour, _ in rows) + 1) * hour_us,
            unlooked=[(hour * hour_us, (hour + 1) * hour_us) for hour, _ in rows if hour not in looked],
        )

    def _ask(self, sql: str, values: Iterable[object]) -> list[tuple[Any, ...]]:
        return self._query(sql, tuple(values))


def without_catalog(
    reading: Reading, records: Iterable[Record], sealed: Iterable[SealedFile], others: Iterable[str]
) -> Footage:
    """Return the footage of an archive of which only ledger, seals and files are at hand.

    `others` are paths that no seal vouches for; what of them is ours is read.
    """
    db = empty_tables()
    for record in records:
        with suppress(
            KeyError, TypeError, ValueError, sqlite3.Error
        ):  # verifying names what is wrong with it
            replay.apply(db, record)
    # Seals and headers tell UTC, so their epoch begins with it.
    db.execute(
        "INSERT OR IGNORE INTO epoch (id, boot_id, mono0_ns, utc0, trust, source) VALUES (0, '', 0, 0, 0, 'file')"
    )
    for file in sealed:
        _add(
            db,
            file.camera,
            file.stream,
            file.run,
            file.seq,
            file.t0,
            file.t1,
            file.bytes,
            file.pictures,
            file.state,
            file.path,
        )
    for path in others:
        found = reading.scanned(path)
        who = found.identity
        if who is not None and who.archive_id == reading.archive_id and found.fragments:
            end = who.utc_us + (found.duration * 100 + 4) // 9
            _add(
                db,
                who.camera,
                who.stream,
                who.run,
                who.seq,
                who.utc_us,
                end,
                found.good_end,
                found.pictures,
                "adopted",
                path,
            )
    return Footage(reading, lambda sql, values: db.execute(sql, tuple(values)).fetchall())


def empty_tables() -> sqlite3.Connection:
    """Return the catalog's tables in memory, without rows."""
    db = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    db.executescript(_DDL)
    return db


def key_of(who: Identity) -> replay.Key:
    """Return what names a recording for ever."""
    return who.camera, who.stream, who.run, who.seq


def _add(db: sqlite3.Connection, camera: str, stream: str, run: int, seq: int, *rest: object) -> None:
    t0, t1, size, pictures, state, path = rest
    row = replay.camera_id(db, camera)
    db.execute(_ROW, (row, stream, run, seq, t0, t1, size, pictures, state, path))
