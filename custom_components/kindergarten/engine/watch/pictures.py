"""Stills of what a camera saw before and after its sight changed: few, small, and not for long."""

from contextlib import suppress
from dataclasses import dataclass
import os
from pathlib import Path
import re
from typing import Literal

type Which = Literal["before", "after"]

MOST_EVENTS = 20
"""So many of each camera."""
MOST_BYTES = 64 << 20
_NAME = re.compile(
    r"(?P<t>\d{16})-(?P<uid>[0-9a-f]{32})-(?P<kind>[a-z_]{1,16})-(?P<which>before|after)-(?P<of>\d{16})\.jpg"
)
_DAY_US = 86_400_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class PictureEvent:
    """An event at `t_us` and the times of its stills (all µs, UTC); None where there is none."""

    id: str
    t_us: int
    kind: str
    before_us: int | None
    after_us: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Still:
    path: Path
    t_us: int
    uid: str
    kind: str
    which: str
    of_us: int
    size: int

    @property
    def id(self) -> str:
        return f"{self.t_us:016}-{self.kind}"


class PictureEvents:
    """A private folder of stills. Methods read the disk; one thread at a time may call them."""

    def __init__(self, folder: Path) -> None:
        """Use a folder; it is made when there is something to keep."""
        self._folder = folder

    def keep(self, uid: str, t_us: int, kind: str, which: Which, of_us: int, jpeg: bytes) -> None:
        """Keep a still of an event at `t_us`; raises OSError."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        path = self._folder / f"{t_us:016}-{uid}-{kind}-{which}-{of_us:016}.jpg"
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        with open(fd, "wb") as file:
            file.write(jpeg)

    def of(self, uid: str) -> list[PictureEvent]:
        """Return a camera's events, the newest first."""
        found: dict[str, dict[str, _Still]] = {}
        for still in self._stills():
            if still.uid == uid:
                found.setdefault(still.id, {})[still.which] = still
        events = [_event(stills) for stills in found.values()]
        return sorted(events, key=lambda event: event.t_us, reverse=True)

    def read(self, uid: str, event_id: str, which: str) -> bytes | None:
        """Return a still as JPEG, or nothing when there is none."""
        for still in self._stills():
            if (still.uid, still.id, still.which) == (uid, event_id, which):
                with suppress(FileNotFoundError):
                    return still.path.read_bytes()
        return None

    def tidy(self, now_us: int | None, days: int) -> None:
        """Delete what is too old (not while nobody knows the time: `now_us` None) and what is too much."""
        stills = sorted(self._stills(), key=lambda still: still.t_us, reverse=True)
        events: dict[str, set[str]] = {}
        size = 0
        for still in stills:
            mine = events.setdefault(still.uid, set())
            mine.add(still.id)
            size += still.size
            too_old = now_us is not None and still.t_us < now_us - days * _DAY_US
            if too_old or len(mine) > MOST_EVENTS or size > MOST_BYTES:
                still.path.unlink(missing_ok=True)

    def _stills(self) -> list[_Still]:
        with suppress(FileNotFoundError), os.scandir(self._folder) as entries:
            named = [(entry, _NAME.fullmatch(entry.name)) for entry in entries]
            return [_still(entry, name) for entry, name in named if name]
        return []


def _still(entry: os.DirEntry[str], name: re.Match[str]) -> _Still:
    return _Still(
        path=Path(entry.path),
        t_us=int(name["t"]),
        uid=name["uid"],
        kind=name["kind"],
        which=name["which"],
        of_us=int(name["of"]),
        size=entry.stat(follow_symlinks=False).st_size,
    )


def _event(stills: dict[str, _Still]) -> PictureEvent:
    before, after = stills.get("before"), stills.get("after")
    one = next(iter(stills.values()))
    return PictureEvent(
        id=one.id,
        t_us=one.t_us,
        kind=one.kind,
        before_us=before.of_us if before else None,
        after_us=after.of_us if after else None,
    )
