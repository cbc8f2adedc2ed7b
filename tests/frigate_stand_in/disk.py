"""The recordings disk, and what its two deleting rounds do: the hourly one by age, the emergency by room."""

from dataclasses import dataclass, field
import heapq

from .configuration import Configuration
from .footage import DAY_S, HOUR_S, Footage, Segment
from .reel import Cut, reel

MIB = 1 << 20
EMERGENCY_EVERY_S = 300
_MEASURED_FROM = 50


@dataclass(kw_only=True)
class Disk:
    """Sizes in MiB; `other_mib` is what everything but recordings takes, `padding` bytes more per file of a camera."""

    total_mib: float = 2_000_000
    other_mib: float = 0
    padding: dict[str, int] = field(default_factory=dict)
    measured_mib_h: dict[str, float] = field(default_factory=dict)

    def size(self, segment: Segment) -> int:
        """Return the bytes of a segment's file."""
        return reel().file_size(Cut(segment.start, segment.frames)) + self.padding.get(segment.camera, 0)

    def used_mib(self, footage: Footage, now: float) -> float:
        """Return what a camera's segments take, from their average."""
        seconds = sum(hour.duration for hour in footage.hours(now))
        return seconds * self.rate_mib_h(footage.camera) / HOUR_S

    def rate_mib_h(self, camera: str) -> float:
        """Return how much a camera writes in truth."""
        minute = sum(reel().file_size(Cut(start, 50)) for start in range(0, 60, 10))
        return (minute + 6 * self.padding.get(camera, 0)) * 60 / MIB

    def measure(self, footages: dict[str, Footage], now: float) -> None:
        """Measure each camera's rate, once: from 50 segments on the figure is frozen until a restart."""
        for camera, footage in footages.items():
            if self.measured_mib_h.get(camera):
                continue
            newest = footage.newest(now)
            enough = newest and footage.segments(newest.start - 2000, newest.start + 1, now)
            known = len(list(enough)) if enough else 0
            self.measured_mib_h[camera] = self.rate_mib_h(camera) if known >= _MEASURED_FROM else 0.0

    def make_room(self, footages: dict[str, Footage], free_mib: float, now: float) -> int:
        """Delete an hour's worth of the oldest segments of all cameras, if less than that is free.

        Returns how many went. Nothing but room is looked at, and nobody is told.
        """
        wanted = sum(self.measured_mib_h.values())
        if not wanted or free_mib >= wanted:
            return 0
        oldest = [segment for footage in footages.values() if (segment := footage.oldest(now))]
        if not oldest:
            return 0
        start, gone, freed = min(segment.start for segment in oldest), 0, 0.0
        while freed < wanted and start < now:
            end = start + HOUR_S
            windows = [footage.segments(start, end, now) for footage in footages.values()]
            for segment in heapq.merge(*windows, key=lambda each: each.start):
                if freed >= wanted:
                    break
                freed += self.size(segment) / MIB
                gone += 1
                footages[segment.camera].deleted.add(0, segment.start + 1)
            start = end
        return gone


def expire(configuration: Configuration, footages: dict[str, Footage], now: float) -> None:
    """Delete by age as the deletion thread knows the days: what it read at its start.

    A camera that is not in the configuration any more is kept by the global days only.
    """
    for camera, footage in footages.items():
        known = camera if camera in configuration.running["cameras"] else None
        section = configuration.record(known, configuration.running)
        if configuration.version.continuous:
            always, moving = section["continuous"]["days"], section["motion"]["days"]
        else:
            days, mode = section["retain"]["days"], section["retain"]["mode"]
            always, moving = (days, days) if mode == "all" else (0, days)
        footage.deleted.add(0, now - max(always, moving) * DAY_S - 10)
        if moving > always:
            footage.moving.add(now - moving * DAY_S - 10, now - always * DAY_S - 10)
