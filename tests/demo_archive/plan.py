"""What happened in the demo's past: when which camera did not record, and why. Seconds since its begin."""

from dataclasses import dataclass

HOUR, DAY = 3600, 86_400
SCHEDULED, OPENS, CLOSES = 7, 4, 15
"""This camera records only while its room is open: UTC hours."""
ROOMS = (
    ("Sunflowers", "group"), ("Swallows", "group"), ("Entrance", "entrance"), ("Yard", "yard"),
    ("Dining room", "dining"), ("Sports hall", "sports"), ("Corridor", "corridor"), ("Music room", "music"),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Outage:
    """A camera (by its place, `None`: all) recorded nothing from `start` to `end`."""

    camera: int | None
    start: int
    end: int
    cause: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Restart:
    """The engine stopped; `power` tells a power cut (a new boot) from an orderly restart."""

    start: int
    end: int
    power: bool


def label(camera: int) -> str:
    """Return a camera's name."""
    name = ROOMS[camera % len(ROOMS)][0]
    return name if camera < len(ROOMS) else f"{name} {camera // len(ROOMS) + 1}"


def uid(camera: int) -> str:
    """Return a camera's id."""
    return f"{camera + 1:02x}" * 16


def outages(days: int, cameras: int, begin_s: int) -> list[Outage]:
    """Return what went wrong (whole tens of seconds), as far as it lies in so many days.

    `begin_s` is the UTC second of the day at which they begin.
    """
    told = [
        Outage(camera=1, start=9 * HOUR, end=9 * HOUR + 40, cause="closed_by_camera"),
        Outage(camera=0, start=2 * DAY + 11 * HOUR, end=2 * DAY + 11 * HOUR + 90, cause="stall"),
        Outage(camera=3, start=5 * DAY + 20 * HOUR, end=5 * DAY + 20 * HOUR + 1500, cause="unreachable"),
        Outage(camera=2, start=12 * DAY + 6 * HOUR, end=12 * DAY + 9 * HOUR, cause="auth"),
        Outage(camera=None, start=19 * DAY + 13 * HOUR, end=19 * DAY + 13 * HOUR + 50, cause="disk_slow"),
    ]
    for day in range(-1, days + 1):
        midnight = day * DAY - begin_s
        start, end = midnight + CLOSES * HOUR, midnight + DAY + OPENS * HOUR
        if end > 0:
            told.append(Outage(camera=SCHEDULED, start=max(0, start), end=end, cause="schedule"))
    return [
        each for each in told if each.start < days * DAY and (each.camera is None or each.camera < cameras)
    ]


def restarts(days: int) -> list[Restart]:
    """Return when the engine was not running, in time order."""
    told = [
        Restart(start=8 * DAY + 2 * HOUR, end=8 * DAY + 2 * HOUR + 10, power=False),
        Restart(start=16 * DAY + 18 * HOUR, end=16 * DAY + 18 * HOUR + 50, power=True),
    ]
    return [each for each in told if each.end < days * DAY]
