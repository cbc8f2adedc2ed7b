"""Reading the archive's files anew: after the catalog was lost, or to look for what it does not know.

Newest first, in the background, a little at a time, while recording goes on.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
import logging
import sqlite3

from ...ledger.chain import Json, LedgerState
from ..format.identity import Identity
from ..format.index import FragmentEntry
from ..format.recording_file import ScannedFile, scan
from . import replay
from .archive import Archive, index_values
from .files import VIDEO
from .gaps import Tiling
from .recovery import mend
from .tiling import repair_all

_LOGGER = logging.getLogger(__name__)
_FITTED = 4000
_INSERT = (
    "INSERT INTO recording (camera, stream, run, seq, init, epoch, rel_start, rel_end, ticks0, ticks,"
    " bytes, pictures, state, path, idx) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
# A file read back ends by the camera's clock; the next of its run says when that was by ours.
_FIT = (
    "UPDATE recording SET rel_end = (SELECT n.rel_start FROM recording n WHERE n.run = recording.run"
    " AND n.camera = recording.camera AND n.stream = recording.stream AND n.seq = recording.seq + 1)"
    " WHERE id = ? AND EXISTS (SELECT 1 FROM recording n WHERE n.run = recording.run"
    " AND n.camera = recording.camera AND n.stream = recording.stream AND n.seq = recording.seq + 1"
    " AND abs(n.rel_start - recording.rel_end) < 1000000)"
)


@dataclass(slots=True)
class Progress:
    """How far a job is."""

    kind: str
    state: str = "running"
    done: int = 0
    total: int = 0
    added: int = 0
    adopted: int = 0
    foreign: int = 0
    damaged: int = 0
    missing: int = 0
    detail: str = ""

    def view(self) -> dict[str, object]:
        """Return it for the API."""
        return {
            "kind": self.kind, "state": self.state, "done": self.done, "total": self.total, "detail": self.detail,
            "added": self.added, "adopted": self.adopted, "foreign": self.foreign, "damaged": self.damaged,
            "missing": self.missing,
        }  # fmt: skip


@dataclass(slots=True, eq=False)
class Job:
    """One pass over all files. `advance` does a little and says whether there is more."""

    archive: Archive
    progress: Progress
    tilings: Mapping[str, Tiling]
    _steps: Iterator[None] | None = None
    _deleted: set[replay.Key] = field(default_factory=set)
    _heads: dict[int, str] = field(default_factory=dict)
    _rows: list[int] = field(default_factory=list)

    def advance(self, until_ns: int) -> bool:
        """Work until a monotonic time; returns whether something is left. Raises OSError, sqlite3.Error."""
        steps = self._steps = self._steps or self._run()
        for _ in steps:
            if self.archive.env.monotonic_ns() >= until_ns:
                return True
        self.progress.state = "done"
        return False

    def learn_oldest(self) -> None:
        """Read the oldest day of each camera at once. Raises OSError, sqlite3.Error."""
        self._read_ledger()
        oldest: dict[str, str] = {}
        for folder in self._folders():
            oldest[folder.rpartition("/")[0]] = folder
        for folder in oldest.values():
            for _ in self._folder(folder):
                pass

    def _read_ledger(self) -> None:
        if not self._heads:
            for record in self.archive.ledger.records():
                self._heads[record.number] = record.hash
                self._deleted.update(each.key for each in replay.deleted_files(record))

    def _run(self) -> Iterator[None]:
        self._read_ledger()
        yield
        folders = self._folders()
        self.progress.total = len(folders)
        for folder in folders:
            yield from self._folder(folder)
            self.progress.done += 1
            yield
        yield from self._finish()

    def _folders(self) -> list[str]:
        """Return the day folders of all cameras, newest day first."""
        fs, volume = self.archive.env.fs, self.archive.volume
        found: list[tuple[str, str]] = []
        for camera in fs.list(volume.at(VIDEO)):
            if camera.folder:
                path = f"{VIDEO}/{camera.name}"
                found += [(day.name, path) for day in fs.list(volume.at(path)) if day.folder]
        return [f"{path}/{day}" for day, path in sorted(found, reverse=True)]

    def _folder(self, folder: str) -> Iterator[None]:
        fs, volume, catalog = self.archive.env.fs, self.archive.volume, self.archive.catalog
        try:
            names = {entry.name: entry.size for entry in fs.list(volume.at(folder)) if entry.file}
        except FileNotFoundError:
            return
        rows = catalog.query(
            "SELECT path, bytes, state, id FROM recording WHERE path > ? AND path < ?",
            (f"{folder}/", f"{folder}0"),
        )
        known = {path.rpartition("/")[2]: (size, state, row) for path, size, state, row in rows}
        for name, (size, state, row) in known.items():
            if state in {"closed", "sealed", "adopted"} and names.get(name, -1) < size:
                self._missing(row, f"{folder}/{name}")
        for name in sorted(set(names) - set(known), reverse=True):
            try:
                self._file(f"{folder}/{name}")
            except FileNotFoundError:
                continue
            except OSError as error:
                self.progress.damaged += 1
                _LOGGER.warning("%s cannot be read: %s", name, error.strerror)
            yield

    def _missing(self, row: int, path: str) -> None:
        """A row whose file is gone or too short no longer counts as footage."""
        catalog = self.archive.catalog
        current = catalog.one("SELECT state FROM recording WHERE id = ?", (row,))
        if current is None or current[0] == "deleting":
            return
        self.progress.missing += 1
        _LOGGER.warning("%s is missing or too short", path)
        catalog.write(lambda db: db.execute("UPDATE recording SET state = 'bad' WHERE id = ?", (row,)))

    def _file(self, path: str) -> None:
        archive = self.archive
        if archive.catalog.one("SELECT 1 FROM recording WHERE path = ?", (path,)):
            return
        full = archive.volume.at(path)
        found, size = self._scan(full)
        identity = found.identity
        if identity is None or identity.archive_id != archive.archive_id:
            self.progress.foreign += 1
            return
        key = (identity.camera, identity.stream, identity.run, identity.seq)
        if key in self._deleted:
            # Its deletion was decided and written down; a crash kept the name.
            archive.env.fs.unlink(full)
            archive.env.fs.sync_folder(full.rpartition("/")[0])
            return
        if archive.catalog.one(
            "SELECT 1 FROM recording r JOIN camera c ON c.id = r.camera"
            " WHERE c.uid = ? AND r.stream = ? AND r.run = ? AND r.seq = ?",
            key,
        ):
            self.progress.foreign += 1
            return
        entries = found.fragments
        if not found.closed:
            _, entries, size, _ = mend(archive, full)
        if not entries or not found.init_intact:
            self.progress.damaged += 1
            return
        self._add(identity, found, entries, path, size)

    def _scan(self, full: str) -> tuple[ScannedFile, int]:
        fs = self.archive.env.fs
        fd = fs.open(full)
        try:
            size = fs.size(fd)
            return scan(lambda offset, length: fs.pread(fd, length, offset), size), size
        finally:
            fs.close(fd)

    def _add(
        self, identity: Identity, found: ScannedFile, entries: list[FragmentEntry], path: str, size: int
    ) -> None:
        """Make the row of a file of ours: what the ledger vouches for is closed, else adopted."""
        sure = (
            self.progress.kind == "rebuild"
            and self.archive.ledger.state is LedgerState.GOOD
            and self._heads.get(identity.ledger_n) == identity.ledger_h
        )
        state = "closed" if sure else "adopted"
        if not sure:
            self._adopt(identity, size)
        ticks, pictures, idx = index_values(entries)
        start = identity.rel_start_us

        def change(db: sqlite3.Connection) -> int:
            camera = replay.camera_id(db, identity.camera)
            db.execute(
                "INSERT OR IGNORE INTO epoch (id, boot_id, mono0_ns, utc0, trust, source, end_cause)"
                " VALUES (?, ?, ?, ?, 1, 'file', NULL)",
                (identity.epoch, identity.boot_id, identity.mono_ns - start * 1000, identity.utc_us - start),
            )
            db.execute(
                "INSERT OR IGNORE INTO run (id, camera, stream, epoch, rel0) VALUES (?, ?, ?, ?, ?)",
                (identity.run, camera, identity.stream, identity.epoch, start),
            )
            values = (
                camera, identity.stream, identity.run, identity.seq, _init(db, found, identity), identity.epoch,
                start, start + (ticks * 100 + 4) // 9, identity.ticks0, ticks, size, pictures, state, path, idx,
            )  # fmt: skip
            return int(db.execute(f"{_INSERT} RETURNING id", values).fetchone()[0])

        self._rows.append(self.archive.catalog.write(change))
        self.progress.added += 1

    def _adopt(self, identity: Identity, size: int) -> None:
        data: dict[str, Json] = {
            "camera": identity.camera, "stream": identity.stream, "run": identity.run, "seq": identity.seq,
            "epoch": identity.epoch, "start": identity.rel_start_us, "bytes": size,
        }  # fmt: skip
        self.archive.record([("adopt", data)])
        self.progress.adopted += 1

    def _finish(self) -> Iterator[None]:
        archive = self.archive
        if self.progress.kind == "rebuild":
            # Some rows may stem from an attempt that was cut off.
            rows = [row[0] for row in archive.catalog.query("SELECT id FROM recording WHERE state != 'open'")]
        else:
            rows = self._rows
        for first in range(0, len(rows), _FITTED):
            self._fit([(row,) for row in rows[first : first + _FITTED]])
            yield
        if rows or self.progress.kind == "rebuild":
            repair_all(archive, self.tilings)
        data: dict[str, Json] = {
            "kind": self.progress.kind, "added": self.progress.added, "adopted": self.progress.adopted,
            "foreign": self.progress.foreign, "missing": self.progress.missing,
        }  # fmt: skip
        archive.record([("rebuild", data)], _done)
        archive.incomplete = False
        if self.progress.adopted:
            archive.emit("adopted", None, {"files": self.progress.adopted})

    def _fit(self, rows: Sequence[tuple[int]]) -> None:
        self.archive.catalog.write(lambda db: db.executemany(_FIT, rows))


def _init(db: sqlite3.Connection, found: ScannedFile, identity: Identity) -> int:
    row = db.execute("SELECT id FROM init WHERE sha256 = ?", (identity.init_sha,)).fetchone()
    if row is None:
        row = db.execute(
            "INSERT INTO init (sha256, box) VALUES (?, ?) RETURNING id", (identity.init_sha, found.init)
        ).fetchone()
    return int(row[0])


def _done(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM meta WHERE k = 'rebuild'")
