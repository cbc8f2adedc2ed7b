"""An archive in use: its volume, catalog and ledger, and the rows that recording makes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
import sqlite3
import threading

from ...env import Env
from ...ledger.chain import Json, Ledger, Record
from ..format.index import FragmentEntry, pack
from ..format.init import Init
from . import replay
from .catalog import Catalog
from .claim import Claim
from .epochs import Clock
from .files import OpenFile
from .gaps import Tiling
from .inbox import Run
from .schedule import Span
from .views import Emit
from .volume import Volume

type Entries = Sequence[tuple[str, dict[str, Json]]]
type Change = Callable[[sqlite3.Connection], None]

BEGIN = (
    "INSERT OR REPLACE INTO recording (camera, stream, run, seq, init, epoch, rel_start, rel_end, ticks0, state, path)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'open', ?) RETURNING id"
)
CLOSE = (
    "UPDATE recording SET rel_end = ?, ticks = ?, bytes = ?, pictures = ?, idx = ?, state = ? WHERE id = ?"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Begin:
    """A file about to be made."""

    camera: str
    stream: str
    run: int
    seq: int
    init: Init
    rel_start: int
    ticks0: int
    path: str
    reader: str
    loss: str


@dataclass(slots=True, eq=False)
class Archive:
    """What is open of an archive; it goes as a whole when its disk does.

    `files` are being written, `closing` are complete but not yet so in the catalog. `holding` is held
    already and on its way into the ledger: cameras, begin and end (UTC). `behind` is in the ledger, and
    not yet in the catalog. `elsewhere` is the newest footage, by camera, that somebody else keeps and that
    is not in the catalog yet.
    """

    env: Env
    emit: Emit
    clock: Clock
    volume: Volume
    catalog: Catalog
    ledger: Ledger
    claim: Claim
    files: dict[tuple[str, str], OpenFile] = field(default_factory=dict)
    closing: dict[int, OpenFile] = field(default_factory=dict)
    holding: list[tuple[frozenset[str], int, int]] = field(default_factory=list)
    elsewhere: dict[str, tuple[Span, ...]] = field(default_factory=dict)
    incomplete: bool = False
    recording: threading.RLock = field(default_factory=threading.RLock)
    behind: list[Record] = field(default_factory=list)
    make_room: Callable[[], bool] = lambda: False

    @property
    def archive_id(self) -> str:
        """Return the archive's id."""
        return self.volume.marker.archive_id

    def growing(self) -> list[OpenFile]:
        """Return the files of which the catalog does not know everything; any thread may ask.

        One that is on its way from `files` to `closing` may be there twice.
        """
        files = list(self.files.copy().values())
        return [*files, *self.closing.copy().values()]

    def record(self, entries: Entries, change: Change | None = None, *, after: int | None = None) -> bool:
        """Write records to the ledger, then their effect (and `change`) to the catalog.

        With `after` only if record number `after` is the last one still; returns whether that was so.
        Who holds `recording` must also hold retention's lock: this may ask it for room.
        Raises OSError or sqlite3.Error; what is in the ledger by then takes effect with the next record.
        """
        if entries and not self.volume.reserved:
            self.make_room()
        with self.recording:
            if after is not None and self.ledger.number != after:
                return False
            epoch, now = self.clock.epoch.id, self.clock.utc_us()
            for kind, data in entries:
                self.behind.append(self.ledger.append(kind, epoch, now, data))

            def effect(db: sqlite3.Connection) -> None:
                for each in self.behind:
                    replay.apply(db, each)
                if change is not None:
                    change(db)

            self.catalog.write(effect)
            self.behind.clear()
        return True

    def begin(self, new: Begin) -> int:
        """Make the row of a file to come, and complete those of finished ones; returns its id."""
        finished = list(self.closing.values())

        def change(db: sqlite3.Connection) -> int:
            for file in finished:
                _close(db, file)
            camera = replay.camera_id(db, new.camera)
            epoch = self.clock.epoch.id
            db.execute(
                """INSERT INTO run (id, camera, stream, epoch, rel0, reader, loss) VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET loss = excluded.loss""",
                (new.run, camera, new.stream, epoch, new.rel_start, new.reader, new.loss),
            )
            init = init_row(db, new.init)
            row = db.execute(
                BEGIN,
                (
                    camera, new.stream, new.run, new.seq, init, epoch, new.rel_start, new.rel_start,
                    new.ticks0, new.path,
                ),
            ).fetchone()  # fmt: skip
            return int(row[0])

        row = self.catalog.write(change)
        for file in finished:
            self.closing.pop(file.recording, None)
        return row

    def close(self, file: OpenFile, end_cause: str | None = None, run: Run | None = None) -> None:
        """Complete the row of a finished file, or take it back when there is nothing in the file.

        `run` is known when it ended, with `end_cause`, while somebody still reads the camera.
        """
        loss, camera_clock_us = (run.loss, run.camera_clock_us) if run else (None, None)

        def change(db: sqlite3.Connection) -> None:
            _close(db, file)
            if end_cause is not None:
                db.execute(
                    """UPDATE run SET end_cause = ?, loss = coalesce(?, loss), cam_offset = coalesce(?, cam_offset)
                    WHERE id = ?""",
                    (end_cause, loss, camera_clock_us, file.identity.run),
                )

        self.catalog.write(change)
        self.closing.pop(file.recording, None)

    def forget(self, recording: int) -> None:
        """Take back the row of a file that could not be made."""
        self.catalog.write(lambda db: _run(db, "DELETE FROM recording WHERE id = ?", (recording,)))

    def alive(self) -> None:
        """Remember until when the engine is known to have run."""
        epoch, rel = self.clock.epoch.id, self.clock.rel_us()
        self.catalog.write(lambda db: _run(db, "UPDATE epoch SET alive = ? WHERE id = ?", (rel, epoch)))

    def save_gaps(self, tilings: Iterable[tuple[str, Tiling]]) -> None:
        """Keep what changed of the gaps: ledger first."""
        epoch = self.clock.epoch.id
        entries: list[tuple[str, dict[str, Json]]] = []
        saved: list[tuple[str, Tiling]] = []
        for camera, tiling in tilings:
            if not (tiling.changed or tiling.dropped):
                continue
            saved.append((camera, tiling))
            entries += [
                ("gap", replay.gap_data(camera, epoch, start, start, "unknown", "", None, planned=False))
                for start in tiling.dropped
            ]
            for gap in tiling.changed:
                data = replay.gap_data(
                    camera, epoch, gap.start, gap.end, gap.cause, gap.detail[:200], gap.utc_start,
                    planned=gap.planned,
                )  # fmt: skip
                entries.append(("gap", data))
        if not entries:
            return
        self.record(entries)
        for camera, tiling in saved:
            self._kept(camera, tiling)

    def _kept(self, camera: str, tiling: Tiling) -> None:
        for gap in tiling.changed:
            gap.kept_from = gap.start
            if gap.end is not None and gap.over:
                self.emit(
                    "gap_closed",
                    camera,
                    {
                        "start_us": self.clock.utc_us(gap.start), "end_us": self.clock.utc_us(gap.end),
                        "cause": gap.cause, "planned": gap.planned,
                    },
                )  # fmt: skip
        tiling.changed.clear()
        tiling.dropped.clear()

    def let_go(self) -> None:
        """Close everything without writing more to the disk than must be."""
        for file in self.files.values():
            file.leave()
        self.files.clear()
        self.catalog.close()
        self.ledger.close()
        self.claim.release()


def init_row(db: sqlite3.Connection, init: Init) -> int:
    """Return the row of an init segment, made if need be."""
    row = db.execute("SELECT id FROM init WHERE sha256 = ?", (init.sha256,)).fetchone()
    if row is None:
        audio, rate = (init.audio.codec, init.audio.rate) if init.audio is not None else ("", 0)
        video = init.video
        row = db.execute(
            "INSERT INTO init (sha256, box, vcodec, w, h, acodec, arate) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
            (init.sha256, init.data, video.codec, video.width, video.height, audio, rate),
        ).fetchone()
    return int(row[0])


def index_values(entries: Sequence[FragmentEntry]) -> tuple[int, int, bytes]:
    """Return length in ticks, pictures and packed index of a file's fragments."""
    ticks = entries[-1].ticks + entries[-1].duration if entries else 0
    return ticks, sum(entry.pictures for entry in entries), pack(entries)


def _close(db: sqlite3.Connection, file: OpenFile) -> None:
    if not file.entries:
        db.execute("DELETE FROM recording WHERE id = ?", (file.recording,))
        return
    ticks, pictures, idx = index_values(file.entries)
    db.execute(CLOSE, (file.rel_end, ticks, file.size, pictures, idx, "closed", file.recording))


def _run(db: sqlite3.Connection, sql: str, parameters: Sequence[object]) -> None:
    db.execute(sql, tuple(parameters))
