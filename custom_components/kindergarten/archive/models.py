"""The words of the one interface to footage: what is, what was.

Times end in `_us`: microseconds since 1970 in UTC. Sizes are bytes. `None` always means "not
known", never zero. A camera is known by its `uid` (32 hex digits), a stream is "main" or "sub".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Literal

from .servers import ServerStatus
from .sights import PictureStatus

type StreamName = Literal["main", "sub"]
type StopCause = Literal["upgrade", "host_restart", "removed", "user"]


def as_utc(time_us: int) -> datetime:
    """Return a time of this interface as an aware datetime."""
    return datetime.fromtimestamp(time_us / 1_000_000, UTC)


class ArchiveState(StrEnum):
    """How the folder with the footage is."""

    OK = "ok"
    NONE = "none"
    MISSING = "missing"
    FOREIGN = "foreign"
    READ_ONLY = "read_only"
    FULL = "full"
    BUSY = "busy"
    ERROR = "error"
    UNKNOWN = "unknown"


class CameraState(StrEnum):
    """What the recorder does with a camera just now."""

    STARTING = "starting"
    RECORDING = "recording"
    CONNECTING = "connecting"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    AUTH = "auth"
    STALLED = "stalled"
    NO_VIDEO = "no_video"
    UNSUPPORTED = "unsupported"
    DISK = "disk"
    OFF = "off"
    UNKNOWN = "unknown"


# What is


@dataclass(frozen=True, kw_only=True, slots=True)
class Hello:
    """Who answers. `live_port` is the TCP port of the live streams on 127.0.0.1."""

    proto: int
    version: str
    pid: int
    boot_id: str
    epoch: int | None
    started_us: int
    live_port: int
    archive_id: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Volume:
    """The folder with the footage; `used` counts the files of the archive only.

    `deletion` is why nothing is deleted: "" (it is), "ledger" or "clock".
    """

    state: ArchiveState
    path: str | None
    archive_id: str | None
    total: int | None
    free: int | None
    used: int | None
    detail: str
    deletion: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Advice:
    """A way out of a disk that is too small: `kind` is disk, bitrate, sub or schedule."""

    kind: str
    value: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Forecast:
    """How many days of all cameras the disk can hold at their present rate.

    `enough` is whether that is what the law asks for and the margin, `fills_at_us` when older
    footage begins to go, `per_camera` the bytes a day by uid.
    """

    days: float | None
    bytes_per_day: int | None
    fills_at_us: int | None = None
    enough: bool | None = None
    per_camera: Mapping[str, int | None] = field(default_factory=dict)
    advice: tuple[Advice, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class HoldsInAll:
    """What is held: `share` is 0..1 of the disk."""

    count: int
    bytes: int | None = None
    share: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """The ledger's last record, as 20 digits in four fives; `day` (YYYYMMDD) is the last one sealed."""

    n: int | None = None
    h: str | None = None
    code: str | None = None
    day: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerInfo:
    """Whether the ledger can be relied on: `state` is good, missing or broken."""

    state: str


@dataclass(frozen=True, kw_only=True, slots=True)
class VolumeInfo:
    """A disk of the archive: `role` is active or old."""

    path: str
    role: str
    state: ArchiveState
    free: int | None = None
    total: int | None = None
    oldest_us: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class VideoInfo:
    """A picture track; `codec` is "h264" or "h265", `codecs` its RFC 6381 name.

    `browser` tells whether every common browser plays it.
    """

    codec: str
    width: int
    height: int
    codecs: str
    browser: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class AudioInfo:
    """A sound track of a camera; `rate` is in Hz, `recorded` is `None` for one that was only looked at."""

    codec: str
    rate: int
    recorded: bool | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SubStatus:
    """The second stream of a camera; `gop_s` is the seconds between key frames."""

    state: CameraState
    video: VideoInfo | None
    gop_s: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CameraStatus:
    """A camera now. `cause` is a gap's cause while nothing is recorded, `code` the last failure's.

    `coverage_24h` is 0..1; `live_url` is an MPEG-TS stream on 127.0.0.1 with a secret in it;
    `still_us` is the time of the newest picture that can be shown. `reader` reads the camera ("native"
    or "pyav"), `loss` ("yes", "no", "unknown") tells whether packets were lost since the run began.
    `picture` is None while nobody watches it.
    """

    uid: str
    state: CameraState
    since_us: int | None
    cause: str | None
    code: str | None = None
    reader: str | None = None
    detail: str
    newest_us: int | None
    oldest_us: int | None
    coverage_24h: float | None
    bytes_24h: int | None
    bitrate_bps: int | None
    fps: float | None
    video: VideoInfo | None
    audio: AudioInfo | None
    clock_offset_ms: int | None
    loss: str
    sub: SubStatus | None
    live_stream: StreamName | None
    live_url: str | None = field(repr=False)
    still_us: int | None
    gop_s: float | None = None
    picture: PictureStatus | None = None

    @property
    def recording(self) -> bool:
        """Tell whether pictures are being kept."""
        return self.state is CameraState.RECORDING


@dataclass(frozen=True, kw_only=True, slots=True)
class RemovedCamera:
    """A camera that is no longer recorded but still has footage."""

    uid: str
    label: str
    removed_us: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """The engine's clock: `trust` 0 not, 1 probably, 2 surely right."""

    epoch: int
    utc0_us: int
    trust: int
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ArchiveStatus:
    """Everything about the recorder and its cameras now; `rev` is the desired state's."""

    rev: int
    version: str
    now_us: int
    clock: Clock | None
    volume: Volume
    forecast: Forecast
    retention_days: int | None
    minimum_days: int | None
    maximum_days: int | None
    cameras: Mapping[str, CameraStatus]
    removed_cameras: tuple[RemovedCamera, ...]
    holds: HoldsInAll | None = None
    head: Head | None = None
    ledger: LedgerInfo | None = None
    volumes: tuple[VolumeInfo, ...] = ()
    tasks: tuple[LongTask, ...] = ()
    servers: Mapping[str, ServerStatus] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Something that happened; numbers rise by one while the engine lives.

    Kinds: recording_stopped, recording_resumed, gap_closed, archive_unavailable,
    archive_restored, deleted, retention_broken, recovered, adopted, clock_changed, disk_slow,
    config, those of evidence (see `event.py`), and `lost` (numbers were skipped: read the status anew).
    """

    n: int
    t_us: int
    kind: str
    camera: str | None
    data: Mapping[str, object]


@dataclass(frozen=True, kw_only=True, slots=True)
class ProbeResult:
    """What a camera sends. `still` is a JPEG, `gop_s` the seconds between key frames."""

    video: VideoInfo
    fps: float | None
    bps: int | None
    gop_s: float | None
    audio: AudioInfo | None
    clock_offset_ms: int | None
    still: bytes | None = field(repr=False)


# What was


@dataclass(frozen=True, kw_only=True, slots=True)
class ArchivedCamera:
    """A camera the archive has footage of, recorded today or not."""

    uid: str
    label: str
    added_us: int
    removed_us: int | None
    oldest_us: int | None
    newest_us: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A stretch of footage without a break."""

    start_us: int
    end_us: int
    run: int
    stream: StreamName


@dataclass(frozen=True, kw_only=True, slots=True)
class Gap:
    """A stretch that should have been recorded; `end_us` is `None` while it lasts."""

    start_us: int
    end_us: int | None
    cause: str
    planned: bool
    detail: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Hold:
    """A stretch that may not be deleted."""

    start_us: int
    end_us: int
    uid: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Timeline:
    """Footage and gaps of one camera, in order; nothing is known after `horizon_us`."""

    horizon_us: int | None
    recordings: tuple[Span, ...]
    gaps: tuple[Gap, ...]
    holds: tuple[Hold, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """Seconds recorded, and seconds that had to be (those recorded among them), in each step of `step_s` seconds."""

    step_s: int
    recorded: tuple[float, ...]
    planned: tuple[float, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """A local day with footage: `day` is YYYYMMDD, `start_us` its midnight."""

    day: str
    start_us: int
    recorded_s: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """Why a long task failed; `code` is stable, `text` English."""

    code: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LongTask:
    """Something that takes the recorder a while: an export, a pack, a verification; `progress` is 0..1."""

    id: str
    kind: str
    state: str
    progress: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """A long task of the engine: `state` is running, done, failed or cancelled; `done` is 0..1."""

    id: str
    kind: str
    state: str
    done: float | None
    detail: str
    result: Mapping[str, object] | None = None
    error: Failure | None = None
