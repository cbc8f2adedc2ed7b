"""The archive as the rest of the engine sees it."""

from collections.abc import Mapping

from ...env import Env
from ..format.init import Init
from ..fragments import Samples
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
)


class Run:
    """A stretch of one stream without a break, being recorded. No call blocks on the disk."""

    camera: str
    stream: Stream

    def add(self, samples: Samples) -> None:
        """Queue one fragment; over the queue's bounds whole GOPs are dropped (cause disk_slow)."""
        raise NotImplementedError

    def change_init(self, init: Init) -> None:
        """Go on with other parameter sets: the next fragment begins a new file."""
        raise NotImplementedError

    def end(self, rel_end_us: int, cause: str, detail: str = "") -> None:
        """End the run; a gap with this cause begins where its last fragment ended."""
        raise NotImplementedError


class Store:
    """The archive: keeps what cameras deliver, knows what it has, deletes what is old.

    Every method may be called from any thread. With `start()` threads write, sync and clean up;
    without it (simulation, tools) the same work is done by `step()`.
    """

    def __init__(self, env: Env, emit: Emit, settings: StoreSettings | None = None) -> None:
        """Begin an epoch; nothing is touched until `open`."""
        raise NotImplementedError

    @property
    def epoch(self) -> EpochView:
        """The clock of this process."""
        raise NotImplementedError

    @property
    def state(self) -> ArchiveState:
        """The archive as it is now."""
        raise NotImplementedError

    def rel_us(self, mono_ns: int | None = None) -> int:
        """Return µs since the epoch's origin of a monotonic time (default: now)."""
        raise NotImplementedError

    def utc_us(self, rel_us: int | None = None) -> int:
        """Return the UTC of a time of this epoch (default: now)."""
        raise NotImplementedError

    def configure(self, settings: StoreSettings) -> None:
        """Use other settings from now on."""
        raise NotImplementedError

    def open(self, path: str | None, archive_id: str | None = None) -> ArchiveState:
        """Use the archive in a folder, recover what a crash left, and keep trying if it is not there.

        Without `archive_id` a new archive is made in an empty or missing folder; an existing one
        is only used when its id is given (`state.archive_id` tells it for an offer of adoption).
        Never raises for a bad folder: the state says what is wrong.
        """
        raise NotImplementedError

    def start(self) -> None:
        """Start the threads that write, sync and keep house."""
        raise NotImplementedError

    def step(self) -> None:
        """Do at once all that the threads would do now (only without `start`)."""
        raise NotImplementedError

    def flush(self, timeout_s: float = 10.0) -> bool:
        """Wait until everything handed over so far is written and synced."""
        raise NotImplementedError

    def close(self, cause: str) -> None:
        """End all runs, finish the files, write the stop record and let go of the archive."""
        raise NotImplementedError

    def declare(self, uid: str, label: str) -> None:
        """Say that a camera should record from now on; its time is tiled from here."""
        raise NotImplementedError

    def remove(self, uid: str) -> None:
        """Say that a camera no longer records; its footage stays until its time."""
        raise NotImplementedError

    def begin_run(
        self, camera: str, stream: Stream, init: Init, rel_start_us: int, reader: str, loss: str
    ) -> Run:
        """Begin to record a stream of a declared camera; closes its open gap with the first fragment."""
        raise NotImplementedError

    def down(self, camera: str, stream: Stream, rel_us: int, cause: str, detail: str = "") -> None:
        """Say why a camera does not record (only "main" counts).

        `connect` never replaces a more specific cause; auth, schedule, paused_by_admin and disk_*
        begin a gap of their own at `rel_us`.
        """
        raise NotImplementedError

    def timeline(self, camera: str, stream: Stream, t0_us: int, t1_us: int) -> Timeline:
        """Return recordings and gaps that touch a stretch of UTC."""
        raise NotImplementedError

    def coverage(self, camera: str, t0_us: int, t1_us: int, step_s: int) -> Coverage:
        """Return seconds recorded and planned per step of the main stream."""
        raise NotImplementedError

    def days(self, camera: str, tz_offset_s: int = 0) -> list[Day]:
        """Return the local days that have footage, oldest first."""
        raise NotImplementedError

    def cameras(self) -> list[CameraView]:
        """Return every camera that the archive knows, removed ones included."""
        raise NotImplementedError

    def facts(self, camera: str) -> CameraFacts:
        """Return what status tells of a camera; cheap."""
        raise NotImplementedError

    def fragments(self, camera: str, stream: Stream, t0_us: int, t1_us: int) -> list[RecordingSlice]:
        """Return the fragments of a stretch of UTC, from the key frame before its start, also of the open file."""
        raise NotImplementedError

    def read_media(self, recording: int, first: int, last: int) -> bytes:
        """Return whole fragments `first`..`last` (both included), timed from the run's beginning.

        Raises RequestError("not_found") for what is not (or no longer) there.
        """
        raise NotImplementedError

    def init(self, sha: str) -> bytes:
        """Return an init segment by its SHA-256 (hex); raises RequestError("not_found")."""
        raise NotImplementedError

    def key_frame_at(self, camera: str, stream: Stream, utc_us: int | None) -> KeyFrame | None:
        """Return the newest key frame at or before a time (`None`: now); `None` if there is no footage there."""
        raise NotImplementedError

    def space(self) -> SpaceView | None:
        """Return the space of the archive's disk; `None` without an archive."""
        raise NotImplementedError

    def forecast(self) -> Forecast:
        """Return how long the disk lasts at the rate of the last day."""
        raise NotImplementedError

    def retention_pass(self) -> int:
        """Delete what is past its time or in the way of recording; returns the number of files."""
        raise NotImplementedError

    def start_job(self, kind: str) -> str:
        """Begin "rebuild" (read all files anew) or "recheck" (look for unknown and missing files)."""
        raise NotImplementedError

    def job(self, job_id: str) -> Mapping[str, object]:
        """Return `{kind, state: running|done|failed, done, total, detail}`; raises RequestError("not_found")."""
        raise NotImplementedError

    def confirm_deletion(self) -> None:
        """An administrator accepts a broken ledger: deletion works again, and the ledger says so."""
        raise NotImplementedError
