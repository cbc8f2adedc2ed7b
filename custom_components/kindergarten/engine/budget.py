"""How much disk the footage of some cameras needs, and what would fit a disk: plain arithmetic, no archive.

The forecast and the planner before a purchase reckon with the same numbers.
"""

from dataclasses import dataclass
import math

DAY_S = 86_400
MARGIN = 1.1
"""A disk is advised with a tenth to spare."""
FORMATTED = 0.95
"""What a file system leaves of a disk's size on the box."""
SOLD = tuple(size * 10**9 for size in (500, *(tb * 1000 for tb in (1, 2, 4, 6, 8, 10, 12, 16, 20, 24))))
"""Disks as shops have them, in bytes."""
_GIB = 1 << 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Load:
    """What cameras record together: bytes a day, those of the second streams in them, seconds a day of all."""

    cameras: int
    bytes_day: float
    sub_bytes_day: float
    seconds_day: float

    @classmethod
    def of(cls, cameras: int, bps: float, sub_bps: float, hours: float) -> Load:
        """Return what alike cameras record in so many hours a day."""
        seconds = cameras * hours * 3600
        sub = sub_bps * seconds / 8
        return cls(cameras=cameras, bytes_day=bps * seconds / 8 + sub, sub_bytes_day=sub, seconds_day=seconds)

    def __add__(self, other: Load) -> Load:
        """Return both together."""
        return Load(
            cameras=self.cameras + other.cameras,
            bytes_day=self.bytes_day + other.bytes_day,
            sub_bytes_day=self.sub_bytes_day + other.sub_bytes_day,
            seconds_day=self.seconds_day + other.seconds_day,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Ways:
    """What would fit, each by itself; `None` where it would not help.

    `bps` may each camera send on average, `sub_days` fit without second streams, `hours` a day may each record.
    """

    bps: int | None = None
    sub_days: int | None = None
    hours: int | None = None


def low_water(total: int, bytes_s: float) -> int:
    """Return how many bytes are to stay free: 2 %, ten minutes of all cameras, 2 GB (less on a small disk)."""
    wanted = max(total // 50, int(bytes_s * 600), min(2 * _GIB, total // 20))
    return min(wanted, total // 4)


def kept_free(low: int) -> int:
    """Return how much is free on average: deleting goes on until there is a quarter more than `low`."""
    return low * 9 // 8


def disk_needed(load: Load, days: float, *, free_share: float, other_bytes: float = 0) -> int:
    """Return how large the disk should be; what stays free of it grows with it."""
    return round((MARGIN * days * load.bytes_day + other_bytes) / (1 - free_share))


def ways_out(load: Load, room: float, days: float) -> Ways:
    """Return what would let `days` fit into so many bytes."""
    if not load.bytes_day or not load.cameras or not load.seconds_day or room <= 0:
        return Ways()
    share = room / (load.bytes_day * max(1, days))
    main = load.bytes_day - load.sub_bytes_day
    sub_helps = 0 < load.sub_bytes_day < load.bytes_day and room / main >= days
    hours = int(share * load.seconds_day / load.cameras / 3600)
    return Ways(
        bps=round(share * load.bytes_day * 8 / load.seconds_day),
        sub_days=round(room / main) if sub_helps else None,
        hours=hours if hours >= 1 else None,
    )


# Before a purchase


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What a load needs for some days, and how a disk stands to that.

    `sold_bytes` is the next disk in a shop, `disks` how many of them; `holds_days` and `enough` are about
    the disk at hand, `None` where there is none yet.
    """

    bytes_day: int
    needed_bytes: int
    sold_bytes: int
    disks: int
    holds_days: float | None = None
    enough: bool | None = None
    ways: Ways = Ways()


def plan(load: Load, days: int, disk_bytes: int | None = None, held_bytes: int = 0) -> Plan:
    """Return what `load` needs for `days`; `disk_bytes` is the size of the file system that is there."""
    low = kept_free(low_water(max(SOLD), load.bytes_day / DAY_S))
    needed = disk_needed(load, days, free_share=low / max(SOLD), other_bytes=held_bytes)
    disks, sold = _sold(needed / FORMATTED)
    if disk_bytes is None:
        return Plan(bytes_day=round(load.bytes_day), needed_bytes=needed, sold_bytes=sold, disks=disks)
    room = max(0, disk_bytes - kept_free(low_water(disk_bytes, load.bytes_day / DAY_S)) - held_bytes)
    holds = room / load.bytes_day if load.bytes_day else None
    enough = None if holds is None else holds >= days
    return Plan(
        bytes_day=round(load.bytes_day),
        needed_bytes=needed,
        sold_bytes=sold,
        disks=disks,
        holds_days=holds,
        enough=enough,
        ways=Ways() if enough else ways_out(load, room, days),
    )


def _sold(wanted: float) -> tuple[int, int]:
    """Return how many disks of which size hold so much: one where there is one."""
    disks = max(1, math.ceil(wanted / max(SOLD)))
    return disks, next(size for size in SOLD if size >= wanted / disks)
