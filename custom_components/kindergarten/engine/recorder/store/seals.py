"""Sealing: each file of an ended local day is hashed, listed in a seal file, and that file's hash is recorded.

In the background, a little at a time. Durable order: hashes in the rows → seal file → ledger → rows `sealed`.
What is sealed is never sealed again; a file that is not what its seal says is only told of.
"""

from collections.abc import Callable, Iterator, Sequence
import hashlib
import logging
from typing import Any

from ...errors import FormatError
from ...ledger.chain import Json, LedgerState
from ...ledger.seal import SealedFile, parse_seal, seal_bytes, seal_name, summary
from . import replay
from .archive import Archive
from .days import LocalDay, last_ended, local_day, zone
from .epochs import PLAUSIBLE
from .files import make_folders
from .views import StoreSettings

_LOGGER = logging.getLogger(__name__)
FOLDER = "seals"
SETTLED_US = 600_000_000
BUDGET = 24 << 20
"""Bytes hashed a second: half of what a slow disk gives, and twice what 16 cameras make."""
_CHUNK = 1 << 20
_KEEP = 32
_IDLE_NS = 60_000_000_000
_UNSEALED = (
    "SELECT r.id, c.uid, r.stream, r.run, r.seq, r.path, r.bytes, r.pictures, r.state, r.sha256,"
    " e.utc0 + r.rel_start, e.utc0 + r.rel_end FROM recording r INDEXED BY recording_unsealed"
    " JOIN epoch e ON e.id = r.epoch JOIN camera c ON c.id = r.camera"
    " WHERE r.state IN ('closed', 'adopted') AND e.utc0 + r.rel_start >= ? AND e.utc0 + r.rel_start < ?"
    " ORDER BY e.utc0 + r.rel_start, r.id"
)
_OPEN = (
    "SELECT min(e.utc0 + r.rel_start) FROM recording r INDEXED BY recording_unfinished JOIN epoch e ON e.id = r.epoch"
    " WHERE r.state IN ('open', 'deleting') AND r.state = 'open'"
)


class Seals:
    """Seals the days of one archive. Raises OSError and sqlite3.Error."""

    def __init__(self, archive: Archive, settings: Callable[[], StoreSettings]) -> None:
        """Begin; the settings' `time_zone` says when days end."""
        self._archive = archive
        self._settings = settings
        self._steps: Iterator[int] | None = None
        self._idle_until_ns = 0
        self._left_out: set[int] = set()

    def work(self, budget: int = BUDGET) -> None:
        """Hash about `budget` bytes more, and seal what is complete."""
        now_ns = self._archive.env.monotonic_ns()
        if self._steps is None and now_ns < self._idle_until_ns:
            return
        steps = self._steps = self._steps or self._run()
        for read in steps:
            if (budget := budget - read) <= 0:
                return
        self._steps = None
        self._idle_until_ns = now_ns + _IDLE_NS

    @property
    def due(self) -> LocalDay | None:
        """Return the last day that ended and whose files all are sealed, None while some are not."""
        archive = self._archive
        if not self._ready():
            return None
        day = last_ended(archive.clock.utc_us(), zone(self._settings().time_zone), SETTLED_US)
        waiting = archive.catalog.query(_UNSEALED, (0, day.end_us))
        if any(row[0] not in self._left_out for row in waiting) or self._still_open(day):
            return None
        return day

    def _ready(self) -> bool:
        archive = self._archive
        return (
            not archive.incomplete
            and archive.clock.epoch.trust >= PLAUSIBLE
            and archive.ledger.state is LedgerState.GOOD
        )

    def _run(self) -> Iterator[int]:
        if not self._ready():
            return
        self._apply()
        place = zone(self._settings().time_zone)
        last = last_ended(self._archive.clock.utc_us(), place, SETTLED_US)
        while True:
            rows = [
                row
                for row in self._archive.catalog.query(_UNSEALED, (0, last.end_us))
                if row[0] not in self._left_out
            ]
            if not rows or self._still_open(day := local_day(rows[0][10], place)):
                return
            yield from self._hash([row for row in rows if row[10] < day.end_us])
            self._seal(day)

    def _still_open(self, day: LocalDay) -> bool:
        """Tell whether a file that began by the end of a day is still written."""
        oldest = (self._archive.catalog.one(_OPEN) or (None,))[0]
        return oldest is not None and oldest < day.end_us

    # -- hashing ----------------------------------------------------------------------------

    def _hash(self, rows: Sequence[tuple[Any, ...]]) -> Iterator[int]:
        done: list[tuple[str, int, int]] = []
        for row in rows:
            if row[9] is not None:
                continue
            digest = hashlib.sha256()
            size = 0
            try:
                for part in self._read(row[5]):
                    digest.update(part)
                    size += len(part)
                    yield len(part)
            except FileNotFoundError:
                size = -1
            except OSError as error:
                self._leave_out(row, "file_unreadable", error.strerror or "the disk does not answer")
                continue
            if size < row[6]:
                self._missing(row)
                continue
            done.append((digest.hexdigest(), size, row[0]))
            if len(done) >= _KEEP:
                self._keep(done)
        self._keep(done)

    def _read(self, path: str) -> Iterator[bytes]:
        fs = self._archive.env.fs
        fd = fs.open(self._archive.volume.at(path))
        try:
            offset = 0
            while part := fs.pread(fd, _CHUNK, offset):
                yield part
                offset += len(part)
        finally:
            fs.close(fd)

    def _keep(self, done: list[tuple[str, int, int]]) -> None:
        hashes = done.copy()
        done.clear()
        if hashes:
            self._archive.catalog.write(
                lambda db: db.executemany(
                    "UPDATE recording SET sha256 = ?, bytes = ? WHERE id = ? AND state IN ('closed', 'adopted')",
                    hashes,
                )
            )

    def _missing(self, row: Sequence[Any]) -> None:
        """A file that is gone or too short is no footage any more; the ledger says what was there."""
        _LOGGER.warning("%s is missing or too short", row[5])
        if self._archive.catalog.one(
            "SELECT 1 FROM recording WHERE id = ? AND state IN ('closed', 'adopted')", row[:1]
        ):
            data: dict[str, Json] = {"path": row[5], "camera": row[1], "t0": row[10], "t1": row[11]}
            self._archive.record(
                [("missing", data)],
                lambda db: replay.run(db, "UPDATE recording SET state = 'bad' WHERE id = ?", (row[0],)),
            )
            self._archive.emit("file_missing", row[1], {"path": row[5], "t0_us": row[10], "t1_us": row[11]})

    def _leave_out(self, row: Sequence[Any], kind: str, detail: str) -> None:
        self._left_out.add(row[0])
        self._archive.emit(
            kind, row[1], {"path": row[5], "t0_us": row[10], "t1_us": row[11], "detail": detail}
        )

    # -- sealing ----------------------------------------------------------------------------

    def _seal(self, day: LocalDay) -> None:
        archive = self._archive
        before = self._sealed_before(day.name)
        rows, files = [], []
        for row in archive.catalog.query(_UNSEALED, (day.start_us, day.end_us)):
            if row[9] is None or row[0] in self._left_out:
                continue
            known = before.get(row[5])
            if known is not None and known.sha256 != row[9]:
                self._leave_out(row, "seal_mismatch", "is not the file that was sealed under this name")
                continue
            rows.append((row[0],))
            if known is None:
                files.append(_line(row))
        if files:
            self._write(day, files, rows)
        elif rows:
            archive.catalog.write(lambda db: _mark(db, rows))

    def _write(self, day: LocalDay, files: list[SealedFile], rows: list[tuple[int]]) -> None:
        archive = self._archive
        part = 1 + len(archive.catalog.query("SELECT part FROM seal WHERE day = ?", (day.name,)))
        content = seal_bytes(files)
        make_folders(archive.env.fs, archive.volume.path, FOLDER)
        archive.env.fs.replace(archive.volume.at(f"{FOLDER}/{seal_name(day.name, part)}"), content)
        data: dict[str, Json] = {
            "day": day.name, "part": part, "offset_s": day.offset_s, "files": len(files),
            "bytes": sum(file.bytes for file in files), "sha256": hashlib.sha256(content).hexdigest(),
            "cameras": summary(files),
        }  # fmt: skip

        def change(db: Any) -> None:
            _mark(db, rows)
            replay.run(db, "UPDATE seal SET applied = 1 WHERE day = ? AND part = ?", (day.name, part))

        archive.record([("seal", data)], change)
        archive.emit("sealed", None, {"day": day.name, "part": part, "files": len(files)})

    def _sealed_before(self, day: str) -> dict[str, SealedFile]:
        rows = self._archive.catalog.query(
            "SELECT part, sha256 FROM seal WHERE day = ? ORDER BY part", (day,)
        )
        return {file.path: file for part, digest in rows for file in self._content(day, part, digest) or ()}

    def _content(self, day: str, part: int, digest: str) -> list[SealedFile] | None:
        """Return what a seal lists, None when it is not there or not what was recorded."""
        try:
            content = self._archive.env.fs.read(self._archive.volume.at(f"{FOLDER}/{seal_name(day, part)}"))
        except FileNotFoundError:
            return None
        if hashlib.sha256(content).hexdigest() != digest:
            return None
        try:
            return parse_seal(content)
        except FormatError:
            return None

    def _apply(self) -> None:
        """Mark the rows of seals that were made and are not in the rows: after a crash, and in a new catalog."""
        for day, part, digest in self._archive.catalog.query(
            "SELECT day, part, sha256 FROM seal WHERE NOT applied ORDER BY day, part"
        ):
            files = self._content(day, part, digest)
            if files is None:
                self._archive.emit(
                    "seal_damaged", None, {"day": day, "path": f"{FOLDER}/{seal_name(day, part)}"}
                )

            def change(
                db: Any, files: list[SealedFile] | None = files, at: tuple[str, int] = (day, part)
            ) -> None:
                db.executemany(
                    "UPDATE recording SET state = 'sealed', sha256 = ? WHERE path = ? AND run = ? AND seq = ?"
                    " AND state IN ('closed', 'adopted')",
                    [(file.sha256, file.path, file.run, file.seq) for file in files or ()],
                )
                db.execute("UPDATE seal SET applied = 1 WHERE day = ? AND part = ?", at)

            self._archive.catalog.write(change)


def _line(row: Sequence[Any]) -> SealedFile:
    return SealedFile(
        camera=row[1], stream=row[2], run=row[3], seq=row[4], path=row[5], bytes=row[6], pictures=row[7],
        state=row[8], sha256=row[9], t0=row[10], t1=row[11],
    )  # fmt: skip


def _mark(db: Any, rows: list[tuple[int]]) -> None:
    db.executemany(
        "UPDATE recording SET state = 'sealed' WHERE id = ? AND state IN ('closed', 'adopted')", rows
    )
