"""The cameras that should record, and when: told to every archive that is used."""

from collections.abc import Callable
import sqlite3

from .archive import Archive
from .cameras import register, unregister
from .epochs import Clock
from .gaps import Tiling
from .plan import keep_schedule
from .schedule import Schedule
from .writer import Writer

_DAY_S = 86_400.0


class Roster:
    """Declared cameras; `fail` hears that the archive can no longer be used."""

    def __init__(self, clock: Clock, writer: Writer, fail: Callable[[Exception], None]) -> None:
        """Begin without cameras."""
        self._clock = clock
        self._writer = writer
        self._fail = fail
        self._labels: dict[str, str] = {}
        self._plans: dict[str, Schedule | None] = {}

    def introduce(self, archive: Archive) -> None:
        """Make all cameras known to an archive. Raises OSError, sqlite3.Error."""
        for uid, tiling in self._writer.tilings.items():
            register(archive, uid, self._labels.get(uid, ""), tiling)
            keep_schedule(archive, uid, self._plans.get(uid), self._clock.rel_us())

    def declare(self, uid: str, label: str, rel_us: int) -> None:
        """A camera should record from now on."""
        self._labels[uid] = label
        tiling = self._writer.tilings.setdefault(uid, Tiling(rel_us, "connect"))
        self._tell(lambda archive: register(archive, uid, label, tiling))

    def plan(self, uid: str, schedule: Schedule | None, rel_us: int) -> None:
        """A camera should record at these times from a time on."""
        self._plans[uid] = schedule
        if uid in self._writer.tilings:
            self._tell(lambda archive: keep_schedule(archive, uid, schedule, rel_us))

    def planned_s(self, uid: str) -> float:
        """Return how long a camera records on an ordinary day."""
        schedule = self._plans.get(uid)
        return _DAY_S if schedule is None else _DAY_S * schedule.share

    def remove(self, uid: str, rel_us: int) -> None:
        """A camera no longer records."""
        writer = self._writer
        self._plans.pop(uid, None)
        for (camera, _), track in writer.tracks.items():
            if camera == uid:
                writer.finish(track, "camera_removed")
                track.owner = None
        tiling = writer.tilings.get(uid)
        if tiling is not None:
            tiling.finish(rel_us)
            writer.save_gaps()
            del writer.tilings[uid]
        self._tell(lambda archive: unregister(archive, uid))

    def _tell(self, act: Callable[[Archive], None]) -> None:
        archive = self._writer.archive
        if archive is not None:
            try:
                self._writer.with_room(lambda: act(archive))
            except (OSError, sqlite3.Error) as error:
                self._fail(error)
