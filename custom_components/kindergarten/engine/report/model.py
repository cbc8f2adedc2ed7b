"""What a report says, as data: measured numbers with where they come from; `None` is "could not measure"."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from ..legal.requirements import Requirement, Status, verdict

type Mode = Literal["hand_over", "full"]

LIMITS = ("source", "lens", "owner", "absent", "footage", "law")
"""What no pack proves, in the verifier's and the report's words."""
ELSEWHERE = "elsewhere"
"""The same of cameras whose footage somebody else keeps."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Site:
    """The kindergarten; `responsible` are names of people, which only a full pack carries.

    `offset_s` is what its local time is ahead of UTC.
    """

    name: str
    offset_s: int
    time_zone: str
    number: str | None = None
    address: str | None = None
    responsible: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Room:
    """A room; `rule` is what the profile says of its kind."""

    uid: str
    kind: str
    label: str
    rule: Literal["required", "allowed", "never_shown", "forbidden"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """One local day of a camera: seconds on the disk, seconds that had to be recorded, unplanned gaps."""

    day: date
    recorded_s: int | None
    wanted_s: int
    gaps: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Camera:
    """A camera in a room (uid) and what is on the disk of it; times in UTC µs.

    `elsewhere`: somebody else records and keeps it, and what is said of it was read there.
    """

    uid: str
    label: str
    room: str | None
    days: tuple[Day, ...]
    working: bool | None = None
    video: str | None = None
    clock_offset_ms: int | None = None
    oldest_us: int | None = None
    days_proven: int | None = None
    longest_gap_s: int | None = None
    longest_gap_at_us: int | None = None
    picture: bytes | None = None
    elsewhere: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Gap:
    """What was not recorded; `end_us` is `None` while it lasts, `cause` a code of the store's."""

    camera: str
    start_us: int
    end_us: int | None
    cause: str
    planned: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Volume:
    """A disk of the archive, in bytes."""

    role: Literal["active", "old"]
    total: int | None
    free: int | None
    oldest_us: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Challenge:
    """A moment somebody asked to see, and whether it played."""

    camera: str
    at_us: int
    asked_us: int
    played: bool
    ms: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """How often footage was looked at and handed out in the period; no names."""

    views: int | None
    exports: int | None
    holds: int | None
    incidents: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """Everything a report says of a period (UTC µs)."""

    site: Site
    profile: str
    profile_date: date
    required_days: int
    from_us: int
    to_us: int
    made_us: int
    mode: Mode
    generator: str
    rooms: tuple[Room, ...]
    cameras: tuple[Camera, ...]
    requirements: tuple[Requirement, ...]
    gaps: tuple[Gap, ...]
    volumes: tuple[Volume, ...]
    counts: Counts
    checked_us: int | None = None
    forecast_days: float | None = None
    challenges: tuple[Challenge, ...] = ()
    limits: tuple[str, ...] = LIMITS

    @property
    def verdict(self) -> Status:
        """Return how the whole stands; what could not be measured is never met."""
        return verdict(self.requirements)

    def room(self, uid: str | None) -> Room | None:
        """Return a room by its uid."""
        return next((room for room in self.rooms if room.uid == uid), None)

    def label(self, camera: str) -> str:
        """Return a camera's name, its uid when it is unknown (removed since)."""
        return next((entry.label for entry in self.cameras if entry.uid == camera), camera)


def hand_over(report: Report) -> Report:
    """Return the report as it may leave the house: no picture, no person's name."""
    return replace(
        report,
        mode="hand_over",
        site=replace(report.site, responsible=()),
        cameras=tuple(replace(camera, picture=None) for camera in report.cameras),
    )
