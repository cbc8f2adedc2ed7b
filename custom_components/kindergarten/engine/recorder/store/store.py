"""The archive as the rest of the engine sees it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
import sqlite3

from ...env import Env
from ...errors import RequestError
from ..format.init import Init
from .archive import Archive
from .epochs import Clock
from .evidence import Evidence
from .heads import Signer
from .inbox import Inbox, Run
from .keeper import Keeper
from .library import Library, Shelf, Volumes
from .numbers import Numbers
from .old_volumes import OldVolumes
from .pulse import SILENCE, DiskWatch
from .schedule import Schedule
from .views import (
    ArchiveState,
    CameraFacts,
    CameraView,
    Coverage,
    Day,
    Emit,
    EpochView,
    Forecast,
    KeyFrame,
    RecordingSlice,
    SpaceView,
    StoreSettings,
    Stream,
    Timeline,
    VolumeRef,
    VolumeView,
)
from .volume_views import unread_view, volume_view
from .work import Work

__all__ = ["Run", "Store"]


class Store:
    """The archive: keeps what cameras deliver, knows what it has, deletes what is old.

    Every method may be called from any thread. With `start()` threads write, sync and clean up;
    without it (simulation, tools) the same work is done by `step()`.
    """

    def __init__(self, env: Env, emit: Emit, settings: StoreSettings | None = None) -> None:
        """Begin an epoch; nothing is touched until `open`."""
        self._env = env
        self._settings = settings or StoreSettings()
        self._clock = Clock(env)
        self._inbox = Inbox(self._settings)
        self._keeper = Keeper(env, self._clock, emit, self._settings)
        self._writer = self._keeper.writer
        self._old = OldVolumes(env, emit, self._settings, lambda: self._keeper.evidence)
        self._work = Work(self._inbox, self._keeper, self._old)
        self._disk = DiskWatch(env, emit)

    # -- the clock --------------------------------------------------------------------------

    @property
    def epoch(self) -> EpochView:
        """The clock of this process."""
        return self._clock.epoch

    def rel_us(self, mono_ns: int | None = None) -> int:
        """Return µs since the epoch's origin of a monotonic time (default: now)."""
        return self._clock.rel_us(mono_ns)

    def utc_us(self, rel_us: int | None = None) -> int:
        """Return the UTC of a time of this epoch (default: now)."""
        return self._clock.utc_us(rel_us)

    def sign_with(self, signer: Signer) -> None:
        """Have heads signed; before `open`."""
        self._keeper.signer = self._old.signer = signer

    # -- life -------------------------------------------------------------------------------

    @property
    def state(self) -> ArchiveState:
        """The archive as it is now."""
        return self._disk.state(self._keeper.state)

    @property
    def silent(self) -> bool:
        """Tell whether the disk keeps everybody waiting who asks it for something."""
        return self._disk.silent

    @property
    def silent_disks(self) -> frozenset[str]:
        """Return the folders of all volumes whose disks keep everybody waiting."""
        return self._old.silent | ({self._keeper.state.path or ""} if self.silent else set())

    def feel_pulse(self) -> None:
        """Notice from now on when a disk does not answer at all; before `open`."""
        self._disk.begin()
        self._old.begin()

    def look_at_pulse(self) -> None:
        """Tell once when a disk falls silent and when it answers again; asks them nothing."""
        self._disk.look(self._keeper.state)
        self._old.look_at_pulse()

    def configure(self, settings: StoreSettings) -> None:
        """Use other settings from now on."""
        self._settings = settings
        self._inbox.configure(settings)
        self._keeper.configure(settings)
        self._old.configure(settings)

    def open(self, path: str | None, archive_id: str | None = None) -> ArchiveState:
        """Use the archive in a folder, recover what a crash left, and keep trying if it is not there.

        Without `archive_id` a new archive is made in an empty or missing folder; an existing one
        is only used when its id is given (`state.archive_id` tells it for an offer of adoption).
        Never raises for a bad folder: the state says what is wrong.
        """
        self._disk.use(path)
        return self._keeper.open(path, archive_id)

    def keep_old(self, volumes: Sequence[VolumeRef]) -> None:
        """Read these old volumes and no others: they age out, and nothing new is written to them.

        One that becomes the active one must be left out before `open`, one that was it comes in after.
        """
        self._old.use(volumes)

    def volumes(self) -> list[VolumeView]:
        """Return how all volumes are, the active one first; reads the disks."""
        state = self.state
        views = self._old.views()
        if state.path is not None:
            ref = VolumeRef(path=state.path, archive_id=state.archive_id or "")
            view = (
                volume_view(self._keeper, ref, "active") if not self.silent else unread_view(state, "active")
            )
            views.insert(0, view)
        return views

    def start(self) -> None:
        """Start the threads that write, sync and keep house."""
        self._work.start()

    def step(self) -> None:
        """Do at once all that the threads would do now (only without `start`)."""
        self._work.step()

    def flush(self, timeout_s: float = 10.0) -> bool:
        """Wait until everything handed over so far is written and synced; false when it takes too long."""
        if not self._work.threaded:
            self._work.drain()
        elif not self._inbox.wait_empty(timeout_s):
            return False
        self._keeper.sync()
        return True

    def close(self, cause: str) -> None:
        """End all runs, finish the files, write the stop record and let go of the archive."""
        self.flush()
        self._work.stop()
        self._keeper.close(cause)
        self._old.close(cause)
        self._disk.use(None)

    # -- cameras ----------------------------------------------------------------------------

    def declare(self, uid: str, label: str) -> None:
        """Say that a camera should record from now on; its time is tiled from here."""
        at = self.rel_us()
        self._inbox.put(lambda: self._keeper.roster.declare(uid, label, at))

    def plan(self, uid: str, schedule: Schedule | None) -> None:
        """Say when a declared camera should record from now on (None: around the clock); the past stays as it was."""
        at = self.rel_us()
        self._inbox.put(lambda: self._keeper.roster.plan(uid, schedule, at))

    def remove(self, uid: str) -> None:
        """Say that a camera no longer records; its footage stays until its time."""
        at = self.rel_us()
        self._inbox.put(lambda: self._keeper.roster.remove(uid, at))

    def begin_run(
        self, camera: str, stream: Stream, init: Init, rel_start_us: int, reader: str, loss: str
    ) -> Run:
        """Begin to record a stream of a declared camera; its open gap ends with the first fragment."""
        del rel_start_us  # the first fragment says it to the picture
        return Run(self._inbox, self._writer, camera, stream, init, reader, loss)

    def down(self, camera: str, stream: Stream, rel_us: int, cause: str, detail: str = "") -> None:
        """Say why a camera does not record (only "main" counts).

        `connect` never replaces a more specific cause; auth, schedule, paused_by_admin and disk_*
        begin a gap of their own at `rel_us`.
        """
        self._inbox.put(lambda: self._writer.down(camera, stream, rel_us, cause, detail))

    # -- questions: RequestError("not_found" | "unavailable") when there is no archive --------

    def timeline(self, camera: str, stream: Stream, t0_us: int, t1_us: int) -> Timeline:
        """Return recordings and gaps that touch a stretch of UTC."""
        with self._queries() as queries:
            return queries.timeline(camera, stream, t0_us, t1_us)

    def coverage(self, camera: str, t0_us: int, t1_us: int, step_s: int) -> Coverage:
        """Return seconds recorded and planned per step of the main stream."""
        with self._queries() as queries:
            return queries.coverage(camera, t0_us, t1_us, step_s)

    def days(self, camera: str, tz_offset_s: int = 0) -> list[Day]:
        """Return the local days that have footage, oldest first."""
        with self._queries() as queries:
            return queries.days(camera, tz_offset_s)

    def cameras(self) -> list[CameraView]:
        """Return every camera that the archive knows, removed ones included."""
        with self._queries() as queries:
            return queries.cameras()

    def facts(self, camera: str) -> CameraFacts:
        """Return what status tells of a camera; cheap."""
        with self._queries() as queries:
            return queries.facts(camera)

    def fragments(self, camera: str, stream: Stream, t0_us: int, t1_us: int) -> list[RecordingSlice]:
        """Return the fragments of a stretch of UTC, from the key frame before it, also of open files."""
        with self._queries() as queries:
            return queries.fragments(camera, stream, t0_us, t1_us)

    def read_media(self, recording: int, first: int, last: int) -> bytes:
        """Return whole fragments `first`..`last` (both included), timed from the run's beginning.

        Raises RequestError("not_found") for what is not (or no longer) there.
        """
        with self._queries() as queries:
            return queries.read_media(recording, first, last)

    def init(self, sha: str) -> bytes:
        """Return an init segment by its SHA-256 (hex); raises RequestError("not_found")."""
        with self._queries() as queries:
            return queries.init(sha)

    def key_frame_at(self, camera: str, stream: Stream, utc_us: int | None) -> KeyFrame | None:
        """Return the newest key frame at or before a time (`None`: now), or `None` without footage there."""
        with self._queries() as queries:
            return queries.key_frame(camera, stream, utc_us)

    def space(self) -> SpaceView | None:
        """Return the space of the archive's disk; `None` without an archive."""
        try:
            with self._numbers() as numbers:
                return numbers.space()
        except RequestError:
            return None

    def forecast(self) -> Forecast:
        """Return how long the disk lasts at the rate of the last day."""
        try:
            with self._numbers() as numbers:
                return numbers.forecast()
        except RequestError:
            return Forecast(days=None, bytes_per_day=None)

    # -- work -------------------------------------------------------------------------------

    def retention_pass(self) -> int:
        """Delete what is past its time or in the way of recording; returns the number of files."""
        return self._keeper.clean(now=True) + self._old.clean()

    def start_job(self, kind: str) -> str:
        """Begin "rebuild" (read all files anew) or "recheck" (look for unknown and missing files)."""
        return self._keeper.start_job(kind)

    def job(self, job_id: str) -> Mapping[str, object]:
        """Return `{kind, state: running|done|failed, done, total, detail}`; raises RequestError("not_found")."""
        return self._keeper.job(job_id)

    def check(self, *, content: bool = False) -> list[str]:
        """Return what is wrong with the archive, in words; while nothing records and no job runs."""
        return self._keeper.check(content=content)

    def confirm_deletion(self) -> None:
        """An administrator accepts a broken ledger: deletion works again, and the ledger says so."""
        self._keeper.confirm_deletion()

    # -- lent for a while --------------------------------------------------------------------

    @contextmanager
    def evidence(self) -> Iterator[Evidence]:
        """Give holds, ledger, seals and heads for a while; errors of the disk become RequestError."""
        with self._answering():
            if (evidence := self._keeper.evidence) is None:
                raise RequestError("not_found", "there is no archive")
            yield evidence

    @contextmanager
    def using(self) -> Iterator[Archive]:
        """Give the archive in use to work that goes on beside recording; errors of the disk become RequestError."""
        with self._answering():
            if (archive := self._keeper.writer.archive) is None:
                raise RequestError("not_found", "there is no archive")
            yield archive

    @contextmanager
    def using_all(self) -> Iterator[Volumes]:
        """Give the archive in use and the old ones to work that goes on beside recording."""
        with self.using() as archive:
            yield Volumes(archives=[archive, *self._old.archives()], absent=self._old.absent())

    @contextmanager
    def _queries(self) -> Iterator[Library]:
        shelves = list(self._old.shelves())
        # What is on old volumes can be looked at although the disk in use is silent.
        with self._answering(waits=not shelves):
            queries, numbers = self._keeper.queries, self._keeper.numbers
            if queries is not None and numbers is not None and not self.silent:
                shelves.insert(0, Shelf(tag=0, queries=queries, numbers=numbers))
            if not shelves:
                raise RequestError("not_found", "there is no archive")
            yield Library(shelves)

    @contextmanager
    def _numbers(self) -> Iterator[Numbers]:
        with self._answering():
            if (numbers := self._keeper.numbers) is None:
                raise RequestError("not_found", "there is no archive")
            yield numbers

    @contextmanager
    def _answering(self, *, waits: bool = True) -> Iterator[None]:
        """Say in the engine's words that the archive went away before or during a question.

        `waits` is whether the question is for the disk in use.
        """
        if waits and self.silent:
            raise RequestError("unavailable", SILENCE)
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            raise RequestError("unavailable", f"the archive does not answer: {error}") from error
