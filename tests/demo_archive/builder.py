"""Makes the archive: the engine's own store on a machine of the past, with files written whole."""

from collections.abc import Callable
from pathlib import Path
import sqlite3

from kindergarten_engine.recorder.format.identity import Identity
from kindergarten_engine.recorder.store import replay
from kindergarten_engine.recorder.store.archive import Archive, init_row
from kindergarten_engine.recorder.store.files import make_folders, recording_path
from kindergarten_engine.recorder.store.plan import keep_schedule
from kindergarten_engine.recorder.store.schedule import WEEKDAYS, parse
from kindergarten_engine.recorder.store.store import Store
from kindergarten_engine.recorder.store.views import StoreSettings

from . import plan
from .clip import TICKS
from .files import FileMaker, Written
from .history import Event, events
from .machine import PastMachine
from .sealing import Sealer

SECOND = 1_000_000
_INSERT = (
    "INSERT INTO recording (camera, stream, run, seq, init, epoch, rel_start, rel_end, ticks0, ticks, bytes,"
    " pictures, state, path, idx) VALUES (?, 'main', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'closed', ?, ?)"
)


class Builder:
    """One archive in the making."""

    def __init__(self, out: Path, *, days: int, cameras: int, end_us: int, file_s: int, zone: str) -> None:
        """Plan an archive in a missing or empty folder; `end_us` (UTC) is when recording stopped."""
        self._out, self._days, self._cameras = out, days, cameras
        self._begin_us = end_us - days * plan.DAY * SECOND
        self._machine = PastMachine(self._begin_us)
        self._events = events(days, cameras, file_s, self._begin_us // SECOND % plan.DAY)
        self._makers = [FileMaker(plan.label(number), file_s) for number in range(cameras)]
        self._runs: dict[int, tuple[int, int, int]] = {}
        self._rows: list[tuple[object, ...]] = []
        self._inits: dict[int, tuple[int, int]] = {}
        self._store: Store | None = None
        self._archive_id: str | None = None
        self._sealer = Sealer(zone, self._begin_us, [plan.uid(number) for number in range(cameras)])

    def build(self, progress: Callable[[float], None] = lambda _: None) -> str:
        """Make it all; returns the archive's id."""
        self._start()
        stops = plan.restarts(self._days)
        end = self._days * plan.DAY
        clock = sorted({*range(plan.HOUR, end + 1, plan.HOUR), *(stop.start for stop in stops), end})
        at = 0
        for now in clock:
            self._machine.until(max(self._now_us, self._utc(now)))
            while at < len(self._events) and self._events[at].end <= now:
                self._happen(self._events[at])
                at += 1
            self._settle(now)
            stop = next((each for each in stops if each.start == now), None)
            if stop is not None:
                self._restart(stop)
            progress(now / end)
        self._archive.alive()
        self._close("user")
        return self._archive_id or ""

    # -- the engine's life --------------------------------------------------------------------

    def _start(self) -> None:
        store = Store(self._machine, lambda *_: None, StoreSettings(ballast_bytes=0))
        state = store.open(str(self._out), self._archive_id)
        if state.archive_id is None or state.status != "ok":
            raise SystemExit(f"{self._out}: {state.status} {state.detail}")
        self._store, self._archive_id = store, state.archive_id
        for camera in range(self._cameras):
            store.declare(plan.uid(camera), plan.label(camera))
        store.step()
        if self._cameras > plan.SCHEDULED:
            hours = [[f"{plan.OPENS:02d}:00", f"{plan.CLOSES:02d}:00"]]
            schedule = parse(dict.fromkeys(WEEKDAYS, hours), "UTC")
            keep_schedule(self._archive, plan.uid(plan.SCHEDULED), schedule, self._archive.clock.rel_us())
        self._keep_inits()
        self._sealer.use(self._archive)

    def _restart(self, stop: plan.Restart) -> None:
        if stop.power:
            self._archive.alive()
            self._archive.let_go()
            self._machine.reboot(self._utc(stop.end))
        else:
            self._close("upgrade")
            self._machine.until(self._utc(stop.end))
        self._start()

    def _close(self, cause: str) -> None:
        if self._store is not None:
            self._store.close(cause)

    @property
    def _archive(self) -> Archive:
        archive = self._store._keeper.writer.archive if self._store is not None else None
        assert isinstance(archive, Archive)
        return archive

    @property
    def _now_us(self) -> int:
        return int(self._machine.realtime_ns()) // 1000

    def _utc(self, second: int) -> int:
        return self._begin_us + second * SECOND

    def _rel(self, second: int) -> int:
        return self._utc(second) - int(self._archive.clock.epoch.utc0_us)

    # -- what cameras did ---------------------------------------------------------------------

    def _happen(self, event: Event) -> None:
        assert self._store is not None
        tiling = self._store._keeper.writer.tilings[plan.uid(event.camera)]
        start, end = self._rel(event.start), self._rel(event.end)
        if event.cause is not None:
            tiling.down(max(start, tiling.begin(0)), event.cause)
            tiling.keep_open(end, 0)
            self._sealer.planned(event)
            return
        tiling.recorded(start, end, "packet_loss")
        self._record(event, start, end)

    def _record(self, event: Event, start: int, end: int) -> None:
        archive, camera = self._archive, event.camera
        if event.first or camera not in self._runs:
            self._runs[camera] = (self._utc(event.start) // 1000 + camera, 0, event.start)
        run, seq, origin = self._runs[camera]
        self._runs[camera] = (run, seq + 1, origin)
        path = recording_path(plan.uid(camera), "main", run, seq, self._utc(event.start))
        make_folders(archive.env.fs, archive.volume.path, path.rpartition("/")[0])
        identity = self._identity(camera, run, seq, start, (event.start - origin) * TICKS)
        written = self._makers[camera].write(archive.volume.at(path), identity, event.end - event.start)
        camera_row, init = self._inits[camera]
        self._rows.append(
            (
                camera_row, run, seq, init, archive.clock.epoch.id, start, end, identity.ticks0,
                (event.end - event.start) * TICKS, written.size, written.pictures, path, written.idx,
            )
        )  # fmt: skip
        self._sealer.recorded(event, _seal_line(identity, written, path, event, self._utc))

    def _identity(self, camera: int, run: int, seq: int, start: int, ticks0: int) -> Identity:
        archive = self._archive
        epoch = archive.clock.epoch
        return Identity(
            archive_id=archive.archive_id, camera=plan.uid(camera), stream="main", run=run, seq=seq, epoch=epoch.id,
            boot_id=epoch.boot_id, mono_ns=epoch.mono0_ns + start * 1000, utc_us=archive.clock.utc_us(start),
            rel_start_us=start, ticks0=ticks0, init_sha=self._makers[camera].init.sha256,
            ledger_n=archive.ledger.number, ledger_h=archive.ledger.head,
        )  # fmt: skip

    # -- keeping ------------------------------------------------------------------------------

    def _keep_inits(self) -> None:
        def change(db: sqlite3.Connection) -> None:
            for camera, maker in enumerate(self._makers):
                row = replay.camera_id(db, plan.uid(camera))
                self._inits[camera] = (row, init_row(db, maker.init))

        self._archive.catalog.write(change)

    def _settle(self, now: int) -> None:
        """Put what happened until now into catalog and ledger."""
        assert self._store is not None
        rows, self._rows = self._rows, []
        self._archive.catalog.write(lambda db: _insert(db, rows))
        self._store._keeper.writer.save_gaps()
        self._sealer.settle(self._utc(now))


def _insert(db: sqlite3.Connection, rows: list[tuple[object, ...]]) -> None:
    db.executemany(_INSERT, rows)
    db.executemany(
        "INSERT OR IGNORE INTO run (id, camera, stream, epoch, rel0, reader, loss) VALUES (?, ?, 'main', ?, ?, 'demo', 'no')",
        [(row[1], row[0], row[4], row[5]) for row in rows],
    )


def _seal_line(
    identity: Identity, written: Written, path: str, event: Event, utc: Callable[[int], int]
) -> dict[str, object]:
    return {
        "bytes": written.size, "camera": identity.camera, "path": path, "pictures": written.pictures, "run": identity.run,
        "seq": identity.seq, "sha256": written.sha256, "state": "closed", "stream": "main", "t0": utc(event.start),
        "t1": utc(event.end),
    }  # fmt: skip
