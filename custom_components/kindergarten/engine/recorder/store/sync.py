"""Makes what was written durable, often enough to lose little and seldom enough for a slow disk."""

from .archive import Archive
from .files import OpenFile

_SHARE = 0.2
_SLOWEST_S = 10.0


class Syncer:
    """One round after another over the open files of a volume."""

    def __init__(self, interval_s: float) -> None:
        """Sync each file once per interval."""
        self._fastest_s = interval_s
        self.interval_s = interval_s

    def round(self, archive: Archive) -> list[OpenFile]:
        """Sync every file that has something new; returns those that failed."""
        before = archive.env.monotonic_ns()
        failed = []
        for file in list(archive.files.values()):
            if file.unsynced:
                try:
                    file.sync()
                except OSError:
                    failed.append(file)
        self._tune((archive.env.monotonic_ns() - before) / 1e9)
        return failed

    def _tune(self, took_s: float) -> None:
        """Keep the disk from being busy with nothing but syncs (more than a fifth of the time).

        A file has something new once a second, so rounds that are more frequent than that sync no more often.
        """
        if took_s > _SHARE * self.interval_s:
            self.interval_s = min(_SLOWEST_S, self.interval_s * 2)
        elif took_s < _SHARE / 3 * self.interval_s:
            self.interval_s = max(self._fastest_s, self.interval_s / 2)
