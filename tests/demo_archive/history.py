"""Turns the plan into what each camera did: files and gaps, in time order. Seconds since the begin."""

from dataclasses import dataclass

from . import plan
from .clip import GOP_S

_GOLDEN = 0.6180339887


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """A file (`cause` is None) or a gap of one camera; `first` begins a run."""

    camera: int
    start: int
    end: int
    cause: str | None = None
    first: bool = False


def events(days: int, cameras: int, file_s: int, begin_s: int) -> list[Event]:
    """Return all files and gaps, those of one camera in time order, all by their end.

    `begin_s` is the UTC second of the day at which they begin.
    """
    end = days * plan.DAY
    stops = plan.restarts(days)
    found: list[Event] = []
    for camera in range(cameras):
        border = int(camera * _GOLDEN % 1 * file_s) // GOP_S * GOP_S
        holes = [
            (each.start, min(each.end, end), each.cause)
            for each in plan.outages(days, cameras, begin_s)
            if each.camera in (None, camera)
        ]
        position = 0
        cuts = sorted([*holes, *((stop.start, stop.end, "") for stop in stops)])
        for start, until, cause in [*cuts, (end, end, "")]:
            found += _files(camera, position, start, file_s, border)
            if cause and until > max(start, position):
                found.append(Event(camera=camera, start=max(start, position), end=until, cause=cause))
            position = max(position, until)
    return sorted(found, key=lambda each: (each.end, each.camera))


def _files(camera: int, start: int, end: int, file_s: int, border: int) -> list[Event]:
    """Return the files of a stretch without a break."""
    files = []
    position = start
    while position < end:
        until = min(end, (position - border) // file_s * file_s + border + file_s)
        files.append(Event(camera=camera, start=position, end=until, first=position == start))
        position = until
    return files
