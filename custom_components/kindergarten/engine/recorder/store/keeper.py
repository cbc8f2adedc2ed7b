"""Keeps house: opens and loses the archive, follows the clock, deletes, rebuilds."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
import logging
import sqlite3

from ...env import Env
from ...errors import ArchiveError, RequestError
from .archive import Archive
from .catalog import damaged
from .check import check
from .claim import Claim
from .desk import Desk, set_up
from .epochs import PLAUSIBLE, Clock, Step
from .evidence import Evidence
from .forecast import Guard
from .gaps import Tiling
from .heads import Signer
from .jobs import Jobs
from .numbers import Numbers
from .queries import Queries
from .recovery import attach, clock_data
from .retention import Retention
from .roster import Roster
from .sync import Syncer
from .views import ArchiveState, ArchiveStatus, Emit, StoreSettings
from .volume import refusal
from .writer import Writer, no_room

_LOGGER = logging.getLogger(__name__)
_LOOK_NS = 10_000_000_000
_RETRY_NS = 3_000_000_000
_CLEAN_NS = 600_000_000_000
_GAP_KEPT_US = 1_000_000
_GAP_TOLD_US = 10_000_000


class Keeper:
    """Everything about the archive that is not writing a fragment or answering a question."""

    def __init__(
        self, env: Env, clock: Clock, emit: Emit, settings: StoreSettings, *, retired: bool = False
    ) -> None:
        """Begin without an archive; a `retired` one is never written to by cameras, and loses only what is old."""
        self._retired = retired
        self.also_held: Callable[[str, int, int], bool] = lambda *_: False
        self._env = env
        self._clock = clock
        self._emit = emit
        self._settings = settings
        self._wanted: tuple[str, str | None] | None = None
        self._distrust = False
        self._claim = Claim(env)
        self._looked_ns = self._cleaned_ns = env.monotonic_ns()
        self._clean_now = False
        self._retention: Retention | None = None
        self._syncer = Syncer(settings.sync_s)
        self._guard = Guard(emit)
        self._jobs = Jobs(env, self._failed_aside)
        self._state = ArchiveState(status=ArchiveStatus.NONE)
        self.signer: Signer | None = None
        self._desk: Desk | None = None
        self.evidence: Evidence | None = None
        self.queries: Queries | None = None
        self.numbers: Numbers | None = None
        self.writer = Writer(env, clock, emit, settings, self._fail)
        self.writer.make_room = self._make_room
        self.roster = Roster(clock, self.writer, self._fail)
        self.writer.why_full = lambda: "" if self._retention is None else self._retention.stuck

    @property
    def state(self) -> ArchiveState:
        """Return the archive as it is now."""
        if self.writer.full and self._state.status is ArchiveStatus.OK:
            return replace(self._state, status=ArchiveStatus.FULL)
        return self._state

    @property
    def sync_rest_s(self) -> float:
        """Return how long the disk is left alone between two rounds of syncs now."""
        return self._syncer.rest_s

    def configure(self, settings: StoreSettings) -> None:
        """Use other settings."""
        with self.writer.work:
            if settings.sync_s != self._settings.sync_s:
                self._syncer = Syncer(settings.sync_s)
            self._settings = self.writer.settings = settings
            if self._retention is not None:
                self._retention.settings = settings

    # -- opening and losing -----------------------------------------------------------------

    def open(self, path: str | None, archive_id: str | None) -> ArchiveState:
        """Use the archive in a folder, or none."""
        with self.writer.work:
            archive = self.writer.archive
            wanted = None if path is None else (path.rstrip("/") or "/", archive_id)
            if archive is not None and wanted in (
                (archive.volume.path, None),
                (archive.volume.path, archive.archive_id),
            ):
                return self.state
            if archive is not None:
                self._leave(archive, "unknown")
            self._wanted = wanted
            self._state = ArchiveState(status=ArchiveStatus.NONE)
            if wanted is not None:
                self._attach(wanted)
            return self.state

    def _attach(self, wanted: tuple[str, str | None]) -> None:
        path, archive_id = wanted
        was = self._state.status
        try:
            archive = attach(
                self._env, self._emit, self._clock, path, archive_id, self._claim, distrust=self._distrust,
                secure=self._secure,
            )  # fmt: skip
        except ArchiveError as error:
            self._refuse(path, archive_id, error)
            return
        self._distrust = False
        desk, self._desk = self._desk, None
        assert desk is not None
        try:
            self._use(archive, desk)
        except (OSError, sqlite3.Error) as error:
            self._forget(archive)
            self._refuse(path, archive.archive_id, error)
            return
        self._wanted = (path, archive.archive_id)
        if was not in (ArchiveStatus.OK, ArchiveStatus.NONE):
            self._emit("archive_restored", None, {"path": path})

    def _refuse(self, path: str, archive_id: str | None, error: Exception) -> None:
        """Say why the archive cannot be used; of a full one, why nothing on it goes."""
        self._jobs.drop()
        self._state = state = refusal(self._env, path, archive_id, error)
        desk, self._desk = self._desk, None
        if state.status is ArchiveStatus.FULL and desk is not None:
            self._state = replace(state, detail=desk.retention.stuck or state.detail)

    def _secure(self, archive: Archive) -> None:
        """Have room on a full disk before anything is written; holds count already."""
        also_held = self._held_elsewhere if self._retired else None
        self._desk = set_up(archive, self._settings, self.writer.tilings, self._jobs, self.signer, also_held)
        self._desk.retention.prepare()

    def _held_elsewhere(self, camera: str, t0: int, t1: int) -> bool:
        return self.also_held(camera, t0, t1)

    def _use(self, archive: Archive, desk: Desk) -> None:
        """Let everybody have an archive that is open."""
        writer, retention = self.writer, desk.retention
        last = archive.catalog.one("SELECT max(id) FROM run") or (0,)
        writer.after(last[0] or 0)
        retention.prepare()
        self.queries, self.evidence = desk.queries, desk.evidence
        self.roster.introduce(archive)
        writer.archive, self._retention = archive, retention
        self.numbers = Numbers(archive, self.queries, writer.tilings, retention, self.roster.planned_s)
        self._set_state(archive)

    def _set_state(self, archive: Archive) -> None:
        blocked = self._retention.blocked if self._retention is not None else ""
        if not blocked and self._clock.epoch.trust < PLAUSIBLE:
            blocked = "clock"
        self._state = ArchiveState(
            status=ArchiveStatus.OK, path=archive.volume.path, archive_id=archive.archive_id, deletion=blocked,
            detail=archive.ledger.fault,
        )  # fmt: skip

    def _fail(self, error: Exception) -> None:
        """The archive can no longer be used: let go of it, and look again soon."""
        archive = self.writer.archive
        if archive is None:
            return
        _LOGGER.error("The archive is lost for now: %s", error)
        self._distrust = damaged(error)
        self.writer.lose("disk_error")
        self._forget(archive)
        self._state = refusal(self._env, archive.volume.path, archive.archive_id, error)
        self._emit(
            "archive_unavailable", None, {"status": self._state.status.value, "detail": self._state.detail}
        )

    def _forget(self, archive: Archive) -> None:
        self._jobs.drop()
        self.writer.archive = self.queries = self.numbers = self._retention = self.evidence = None
        archive.let_go()

    def _leave(self, archive: Archive, cause: str) -> None:
        """Finish everything and let go."""
        for track in self.writer.tracks.values():
            self.writer.finish(track, cause)
            track.run = 0
        self.writer.save_gaps()
        self.writer.close_rest()
        if self.writer.archive is not None:
            self._forget(archive)
        at = self._clock.rel_us()
        for uid in self.writer.tilings:
            self.writer.tilings[uid] = Tiling(at, "connect")

    def close(self, cause: str) -> None:
        """End: finish the files and say in the ledger why."""
        with self.writer.work:
            archive = self.writer.archive
            if archive is None:
                return
            for track in self.writer.tracks.values():
                self.writer.finish(track, cause)
            for tiling in self.writer.tilings.values():
                tiling.finish(self._clock.rel_us())
            self.writer.save_gaps()
            if self.writer.archive is None:
                return
            try:
                archive.record([("stop", {"cause": cause, "rel": self._clock.rel_us()})])
            except OSError, sqlite3.Error:
                _LOGGER.warning("The archive could not be closed properly")
            self._forget(archive)
            self._wanted = None
            self._state = ArchiveState(status=ArchiveStatus.NONE)

    # -- each second ------------------------------------------------------------------------

    def tick(self) -> None:
        """Follow the clock, keep gaps, see whether the disk is there; once a second."""
        with self.writer.work:
            step = self._clock.tick()
            if step is not None:
                self._stepped(step)
            self.writer.check_files()
            rel = self._clock.rel_us()
            for uid, tiling in self.writer.tilings.items():
                tiling.keep_open(rel, _GAP_KEPT_US)
                self._tell(uid, tiling, rel)
            self.writer.save_gaps()
            self.writer.close_rest()
            self._keep_reserve()
            wait_ns = _RETRY_NS if self.writer.archive is None else _LOOK_NS
            if self._env.monotonic_ns() - self._looked_ns >= wait_ns:
                self._looked_ns = self._env.monotonic_ns()
                self._look()

    def _keep_reserve(self) -> None:
        """Have the reserve back soon after it was needed."""
        archive = self.writer.archive
        if archive is not None and not archive.volume.reserved:
            with suppress(OSError):
                archive.volume.keep_reserve()

    def _look(self) -> None:
        archive = self.writer.archive
        if archive is None:
            if self._wanted is not None:
                self._attach(self._wanted)
            return
        try:
            archive.claim.check()
            archive.volume.check()
            archive.alive()
            archive.volume.keep_reserve()
            if self._retention is not None:
                space = archive.volume.space()
                self._clean_now = space.free < self._retention.low_water(space)
            self._set_state(archive)
        except (ArchiveError, OSError, sqlite3.Error) as error:
            if not no_room(error, archive):
                self._fail(error)

    def _stepped(self, step: Step) -> None:
        archive = self.writer.archive
        if step.delta_us:
            self.writer.turn_all()
            _LOGGER.warning("The wall clock stepped by %.3f s", step.delta_us / 1e6)
            self._emit("clock_changed", None, {"delta_us": step.delta_us, "trust": self._clock.epoch.trust})
        if archive is not None:
            try:
                self.writer.with_room(lambda: archive.record([("clock", clock_data(self._clock))]))
            except (OSError, sqlite3.Error) as error:
                self._fail(error)

    def _tell(self, uid: str, tiling: Tiling, rel: int) -> None:
        """Say that a camera does not record, once it lasts, and when it does again."""
        gap = tiling.open
        if gap is not None and not gap.planned and not tiling.told and rel - gap.start >= _GAP_TOLD_US:
            tiling.told = True
            data = {"cause": gap.cause, "detail": gap.detail, "since_us": self._clock.utc_us(gap.start)}
            self._emit("recording_stopped", uid, data)
        elif gap is None and tiling.told:
            tiling.told = False
            self._emit("recording_resumed", uid, {"at_us": self._clock.utc_us(tiling.end)})

    def sync(self) -> None:
        """Make durable what was written."""
        archive = self.writer.archive
        if archive is None or not self._syncer.round(archive):
            return
        with self.writer.work:
            self.writer.check_files()

    # -- deleting and rebuilding ------------------------------------------------------------

    def clean(self, *, now: bool = False) -> int:
        """Delete what may or must go, each ten minutes or when the disk is getting full."""
        retention, archive = self._retention, self.writer.archive
        elapsed = self._env.monotonic_ns() - self._cleaned_ns
        if retention is None or archive is None or not (now or self._clean_now or elapsed >= _CLEAN_NS):
            return 0
        self._cleaned_ns, self._clean_now = self._env.monotonic_ns(), False
        try:
            deleted = retention.run()
            if not self._retired:
                archive.volume.keep_ballast(self._settings.ballast_bytes)
        except (OSError, sqlite3.Error) as error:
            self._failed_aside(archive, error)
            return 0
        self._forecast(retention)
        return deleted

    def _forecast(self, retention: Retention) -> None:
        """See whether the disk lasts, and how much of it must stay free."""
        if self.numbers is not None:
            with suppress(OSError, sqlite3.Error):
                forecast = self.numbers.forecast()
                retention.bytes_per_s = (forecast.bytes_per_day or 0) / 86_400
                self._guard.look(forecast, retention.settings.minimum_days)

    def prove(self) -> None:
        """Look after holds, hour records, seals and heads."""
        evidence, archive = self.evidence, self.writer.archive
        if evidence is not None and archive is not None:
            try:
                evidence.work(retired=self._retired)
            except (OSError, sqlite3.Error) as error:
                self._failed_aside(archive, error)

    def _make_room(self) -> bool:
        if self._retention is None:
            return False
        try:
            return self._retention.make_room()
        except OSError, sqlite3.Error:
            return False

    def _failed_aside(self, archive: Archive, error: Exception) -> None:
        """Work beside recording failed: the archive is given up only if it is still the one in use."""
        with self.writer.work:
            if self.writer.archive is archive and not no_room(error, archive):
                self._fail(error)

    def start_job(self, kind: str) -> str:
        """Begin to read all files anew; one job at a time."""
        if kind not in {"rebuild", "recheck"}:
            raise RequestError("bad_value", "kind is rebuild or recheck", "kind")
        with self.writer.work:
            archive = self.writer.archive
            if archive is None:
                raise RequestError("not_found", "there is no archive")
            return self._jobs.begin(archive, kind, self.writer.tilings)

    def job(self, name: str) -> Mapping[str, object]:
        """Return how far a job is."""
        return self._jobs.view(name)

    @property
    def jobs(self) -> dict[str, Mapping[str, object]]:
        """Return the last jobs, newest first."""
        return self._jobs.views()

    def work_on_job(self) -> None:
        """Do a little of the job, if there is one."""
        self._jobs.work()

    def check(self, *, content: bool) -> list[str]:
        """Return what is wrong with the archive."""
        with self.writer.work:
            archive = self.writer.archive
            return (
                ["there is no archive"]
                if archive is None
                else check(archive, self.writer.tilings, content=content)
            )

    def confirm_deletion(self) -> None:
        """An administrator accepts the ledger as it is."""
        with self.writer.work:
            archive = self.writer.archive
            if archive is None:
                raise RequestError("not_found", "there is no archive")
            archive.ledger.confirm(self._clock.epoch.id, self._clock.utc_us())
            if self.evidence is not None:
                self.evidence.holds.record_anew()
            self._set_state(archive)
