"""Exports: footage put together in one file that no deletion touches, holes closed without a mark."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
import random
import string
import time
from typing import Any

from .clock import Clock
from .footage import FPS, Footage
from .reel import Cut, Reel

MAX_QUEUED = 100
type Reading = Iterator[bytes]


def cuts(footage: Footage, start: float, end: float, now: float) -> list[Cut]:
    """Return the footage of a stretch, trimmed to whole seconds."""
    found = []
    for segment in footage.touching(start, end, now):
        first = max(segment.start, int(start))
        last = min(segment.end, int(end))
        if (frames := round((last - first) * FPS)) > 0:
            found.append(Cut(first, frames))
    return found


@dataclass(frozen=True)
class Film:
    """An ordinary MP4 of some cuts, made while it is read."""

    reel: Reel
    cuts: tuple[Cut, ...]
    head: bytes = field(repr=False)

    @classmethod
    def of(cls, reel: Reel, found: list[Cut]) -> Film:
        """Return the film of some cuts."""
        return cls(reel, tuple(found), reel.head(found))

    @property
    def size(self) -> int:
        """Return its bytes."""
        return len(self.head) + sum(self.reel.pictures_size(cut) for cut in self.cuts)

    def read(self, start: int, end: int) -> Reading:
        """Yield the bytes `[start, end)`."""
        at = 0
        for size, make in self._parts():
            if at < end and at + size > start:
                yield make()[max(0, start - at) : end - at]
            at += size

    def _parts(self) -> Iterator[tuple[int, Any]]:
        yield len(self.head), lambda: self.head
        for cut in self.cuts:
            yield self.reel.pictures_size(cut), lambda cut=cut: self.reel.pictures(cut)


@dataclass(kw_only=True)
class Export:
    """One export. `begun` and `done_at` are of the monotonic clock."""

    id: str
    camera: str
    name: str
    start: float
    end: float
    video: str
    begun: float
    case: str | None = None
    takes_s: float
    film: Film | None = None
    failed: str | None = None
    done_at: float | None = None
    dead: bool = False

    @property
    def in_progress(self) -> bool:
        """Tell whether it is not done; one that Frigate ended amid is so for ever."""
        return self.done_at is None

    @property
    def is_made(self) -> bool:
        """Tell whether somebody is at it."""
        return self.in_progress and not self.dead

    def row(self, *, with_case: bool) -> dict[str, Any]:
        """Return it as `/api/exports` tells it; `date` is the footage's begin."""
        row = {
            "id": self.id,
            "camera": self.camera,
            "name": self.name,
            "date": self.start,
            "video_path": f"/media/frigate/exports/{self.video}",
            "thumb_path": f"/media/frigate/clips/export/{self.id}.webp",
            "in_progress": self.in_progress,
        }
        return row | ({"export_case": self.case} if with_case else {})

    def job(self, now: float) -> dict[str, Any]:
        """Return it as `/api/jobs/export` tells it."""
        part = min(1.0, max(0.0, (now - self.begun) / self.takes_s)) if self.takes_s else 1.0
        status = "failed" if self.failed else "success" if self.done_at is not None else "running"
        if self.in_progress and now < self.begun:
            status = "queued"
        return {
            "id": self.id,
            "job_type": "export",
            "status": status,
            "camera": self.camera,
            "name": self.name,
            "export_case_id": self.case,
            "request_start_time": int(self.start),
            "request_end_time": int(self.end),
            "start_time": None if status == "queued" else self.start,
            "end_time": None,
            "error_message": self.failed,
            "results": None,
            "current_step": {"queued": "queued", "running": "copying"}.get(status, "finalizing"),
            "progress_percent": round(part * 100, 1),
        }


class Exports:
    """All exports; one is made in `takes_s`, its job known for `known_s` after; `offset_h` is the container's zone."""

    def __init__(self, clock: Clock) -> None:
        self.takes_s = 0.3
        self.offset_h = 5.0
        self.known_s = 5.0
        self.queue_full = False
        self.failing: str | None = None
        self.cases: dict[str, dict[str, Any]] = {}
        self._all: dict[str, Export] = {}
        self._clock = clock

    def begin(self, camera: str, start: float, end: float, name: str | None, case: str | None) -> Export:
        """Begin one; they are made one after the other."""
        begun = max(
            [time.monotonic(), *(each.begun + each.takes_s for each in self._all.values() if not each.dead)]
        )
        left, right = (self._local(at) for at in (start, end))
        number = new_id(6)
        export = Export(
            id=f"{camera}_{number}",
            camera=camera,
            name=name or f"{camera} {left:%Y-%m-%d %H:%M} {right:%Y-%m-%d %H:%M}",
            start=start,
            end=end,
            video=f"{camera}_{left:%Y%m%d_%H%M%S}-{right:%Y%m%d_%H%M%S}_{number}.mp4",
            begun=begun,
            case=case,
            takes_s=self.takes_s,
        )
        self._all[export.id] = export
        return export

    def hurry(self) -> None:
        """Let all that are being made be done now."""
        for export in self.jobs():
            export.begun, export.takes_s = time.monotonic(), 0

    def due(self) -> list[Export]:
        """Return those whose time is up and that have no film yet."""
        now = time.monotonic()
        return [each for each in self.jobs() if now >= each.begun + each.takes_s]

    def finish(self, export: Export, film: Film | None) -> None:
        """End one; a failed one leaves no row."""
        export.done_at = time.monotonic()
        if self.failing or film is None:
            export.failed = self.failing or "No recordings found for time range"
        export.film = film

    def rows(self) -> list[Export]:
        """Return those that have a row, newest footage first."""
        found = [
            each for each in self._all.values() if each.failed is None and time.monotonic() >= each.begun
        ]
        return sorted(found, key=lambda each: -each.start)

    def row(self, export_id: str) -> Export | None:
        """Return one that has a row."""
        return next((each for each in self.rows() if each.id == export_id), None)

    def everything(self) -> list[Export]:
        """Return those that were made and those that are being made, without what failed."""
        return [each for each in self._all.values() if each.failed is None]

    def jobs(self) -> list[Export]:
        """Return the active ones."""
        return [each for each in self._all.values() if each.is_made]

    def job(self, export_id: str) -> Export | None:
        """Return an active one or one that ended seconds ago."""
        found = self._all.get(export_id)
        if found and found.dead:
            return None
        if found and found.done_at is not None and time.monotonic() > found.done_at + self.known_s:
            return None
        return found

    def by_file(self, name: str) -> Export | None:
        """Return the one with a file name."""
        return next((each for each in self.rows() if each.video == name), None)

    def delete(self, export_id: str) -> None:
        """Forget one."""
        self._all.pop(export_id, None)

    def abandon(self) -> None:
        """End: what is being made stays so and nobody goes on with it, what waits is forgotten."""
        now = time.monotonic()
        self._all = {each.id: each for each in self._all.values() if each.begun <= now}
        for each in self.jobs():
            each.dead = True

    def lose_files(self) -> None:
        """Lose the files of those that are done, as a power cut does; their rows stay."""
        for each in self._all.values():
            each.film = None

    def _local(self, at: float) -> datetime:
        return datetime.fromtimestamp(at, UTC) + timedelta(hours=self.offset_h)


def new_id(length: int = 12) -> str:
    """Return an id as Frigate makes them."""
    return "".join(random.choices(string.ascii_lowercase + string.digits, k=length))
