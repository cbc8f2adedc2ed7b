"""What a Frigate server says, in types: times in µs UTC, hours as µs / 3600 s, sizes in bytes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

type Version = tuple[int, int, int]

OLDEST: Version = (0, 16, 0)
NEWEST = (0, 18)
"""Later ones may have changed what we rely on."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Keeping:
    """How long footage is kept, in days; 0 is not at all.

    `continuous` is whatever was recorded, `motion` what had motion in it, `alerts` and `detections`
    what belongs to one.
    """

    continuous: float = 0.0
    motion: float = 0.0
    alerts: float = 0.0
    detections: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class FrigateCamera:
    """A camera as Frigate is set up. `streams` are its names at go2rtc, best first."""

    id: str
    name: str
    enabled: bool
    record: bool
    detects: bool
    keeping: Keeping
    streams: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class FrigateConfig:
    """What of a server's configuration matters to us. `roles` are those besides admin and viewer.

    `rtsp_port` is where live pictures are given out, None where that is not said.
    """

    cameras: Mapping[str, FrigateCamera]
    record: bool
    keeping: Keeping
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sync_recordings: bool = False
    rtsp_port: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """A file of about ten seconds."""

    start_us: int
    end_us: int
    bytes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class HourSum:
    """Seconds of the segments that begin in a UTC hour."""

    hour: int
    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedFile:
    """A file as the web server sees it in an hour's folder: `start_s` is its place in the hour."""

    start_s: int
    bytes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CameraStats:
    """How a camera is: pictures a second that come in."""

    fps: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Disk:
    """The disk with the recordings."""

    total: int
    free: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Stats:
    """How a server is; `uptime_s` since its last start."""

    uptime_s: float | None
    cameras: Mapping[str, CameraStats]
    disk: Disk | None


def parse_version(text: str) -> Version | None:
    """Return the numbers of `0.17.2-<commit>`; None for what is no version."""
    numbers = text.strip().split("-")[0].split(".")
    if len(numbers) not in (2, 3) or not all(
        each.isascii() and each.isdecimal() and len(each) < 6 for each in numbers
    ):
        return None
    major, minor, *rest = map(int, numbers)
    return major, minor, rest[0] if rest else 0
