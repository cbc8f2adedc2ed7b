"""What the store tells: plain values, UTC in µs unless a name says otherwise."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from ..format.recording_file import FragmentEntry

type Emit = Callable[[str, str | None, Mapping[str, object]], None]
"""Hears `(kind, camera uid | None, data)`; called from any of the store's threads, must not block."""

type Stream = Literal["main", "sub"]
type Role = Literal["active", "old"]


class ArchiveStatus(StrEnum):
    """Whether footage can be kept."""

    OK = "ok"
    NONE = "none"
    MISSING = "missing"
    FOREIGN = "foreign"
    READ_ONLY = "read_only"
    FULL = "full"
    BUSY = "busy"
    ERROR = "error"


@dataclass(frozen=True, kw_only=True, slots=True)
class ArchiveState:
    """The archive as it is now; `archive_id` is what its folder says, if it says anything.

    `deletion` is why nothing is deleted ("" = deletion works): "ledger" or "clock".
    """

    status: ArchiveStatus
    path: str | None = None
    archive_id: str | None = None
    detail: str = ""
    deletion: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class VolumeRef:
    """A folder and the archive that should be in it."""

    path: str
    archive_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class VolumeView:
    """A volume as it is now; bytes and times are None while it cannot be read."""

    path: str
    archive_id: str | None
    role: Role
    state: ArchiveStatus
    detail: str
    free: int | None
    total: int | None
    oldest_us: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class StoreSettings:
    """What the store is told; `file_s` is the length of a file in seconds.

    `sync_s` is how long a disk that is quick enough is left alone between two rounds of syncs.
    `hold_share` (0..1) is how much of the disk holds may take before automations may make no more;
    `time_zone` (IANA) says when a day ends that is to be sealed.
    """

    file_s: int = 300
    days: int = 30
    minimum_days: int = 30
    maximum_days: int | None = None
    file_bytes: int = 512 << 20
    queue_bytes: int = 64 << 20
    camera_queue_bytes: int = 8 << 20
    sync_s: float = 0.15
    ballast_bytes: int = 512 << 20
    hold_share: float = 0.5
    time_zone: str = "UTC"


@dataclass(frozen=True, kw_only=True, slots=True)
class EpochView:
    """The engine's clock: `utc = utc0_us + rel`. `trust`: 0 unset, 1 plausible, 2 synchronised."""

    id: int
    boot_id: str
    mono0_ns: int
    utc0_us: int
    trust: int
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CameraView:
    """A camera that has, or had, something in the archive."""

    uid: str
    label: str
    added_us: int
    removed_us: int | None
    oldest_us: int | None
    newest_us: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordingView:
    """One file. `state`: open, closed, sealed, adopted, bad."""

    id: int
    start_us: int
    end_us: int
    run: int
    seq: int
    stream: Stream
    bytes: int
    state: str


@dataclass(frozen=True, kw_only=True, slots=True)
class GapView:
    """Time that was not recorded; `end_us` is `None` while it lasts."""

    start_us: int
    end_us: int | None
    cause: str
    planned: bool
    detail: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Timeline:
    """What there is of a camera in a stretch of time, in time order.

    `horizon_us` is the end of what is on disk and indexed: ask again from there.
    """

    horizon_us: int
    recordings: list[RecordingView]
    gaps: list[GapView]


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """Seconds recorded, and planned to be recorded, per step."""

    step_s: int
    recorded: list[float]
    planned: list[float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """A local day with footage; `start_us` is its local midnight."""

    day: str
    start_us: int
    recorded_s: float


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordingSlice:
    """Fragments of one file for a playlist.

    `entries` are all fragments from index `first` on that the asked time needs (whole GOPs are
    the caller's choice: `entries` begin at the key frame at or before the asked start); `times_us`
    has one start for each and the end of the last. `ticks0` is the decoding time of the file's
    first picture since its run began (90 kHz). `complete` is False for the file being written.
    """

    recording: int
    run: int
    seq: int
    init_sha: str
    ticks0: int
    first: int
    entries: list[FragmentEntry] = field(default_factory=list)
    times_us: list[int] = field(default_factory=list)
    complete: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyFrame:
    """A picture that decodes by itself: the first sample of `fragment`, after `init`."""

    time_us: int
    recording: int
    index: int
    init_sha: str
    init: bytes
    fragment: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class SpaceView:
    """Bytes: of the disk, free on it, and used by the archive's recordings."""

    total: int
    free: int
    used: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Advice:
    """One way to keep the minimum, by itself.

    disk: bytes that the disk should have. bitrate: bit/s that each camera may have on average.
    sub: days that fit without recording sub streams. schedule: hours a day that each camera may record.
    """

    kind: Literal["disk", "bitrate", "sub", "schedule"]
    value: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Forecast:
    """How many days the disk can hold at the measured rate; `None` until measured.

    `fills_at_us`: when footage goes for room for the first time (None: its days are over before).
    `enough` for the minimum (None: not every camera could be measured); `breaks_at_us`: when
    footage younger than the minimum must go. `sure`: an hour of each camera was measured.
    """

    days: float | None
    bytes_per_day: int | None
    fills_at_us: int | None = None
    breaks_at_us: int | None = None
    per_camera: Mapping[str, int] = field(default_factory=dict)
    enough: bool | None = None
    sure: bool = False
    advice: list[Advice] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, slots=True)
class CameraFacts:
    """What status needs per camera; `coverage_24h` is a ratio 0..1 of what was planned."""

    newest_us: int | None
    oldest_us: int | None
    coverage_24h: float | None
    bytes_24h: int
    bitrate_bps: int | None
