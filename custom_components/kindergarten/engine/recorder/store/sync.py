"""Makes what was written durable, often enough to lose little and seldom enough for a slow disk."""

from .archive import Archive
from .files import OpenFile

_SHARE = 0.2
_SLOWEST_S = 10.0


class Syncer:
    """One round after another over the open files of a volume, and a rest after each."""

    def __init__(self, rest_s: float) -> None:
        """Leave the disk alone for so long at least after a round."""
        self._shortest_s = rest_s
        self.rest_s = rest_s

    def round(self, archive: Archive) -> list[OpenFile]:
        """Sync every file that has something new; returns those that failed."""
        before = archive.env.monotonic_ns()
        failed, synced = [], 0
        for file in list(archive.files.values()):
            if file.unsynced:
                synced += 1
                try:
                    file.sync()
                except OSError:
                    failed.append(file)
        if synced:
            self._tune((archive.env.monotonic_ns() - before) / 1e9)
        return failed

    def _tune(self, took_s: float) -> None:
        """Keep the disk from being busy with nothing but syncs (more than a fifth of the time).

        A file has something new once a second, so a short rest makes no more syncs. One slow round is no
        slow disk: the rest grows twofold at most, for a power cut in it costs what was not synced.
        """
        wanted_s = took_s * (1 - _SHARE) / _SHARE
        nearer_s = min(max(wanted_s, self.rest_s / 2), self.rest_s * 2)
        self.rest_s = min(max(nearer_s, self._shortest_s), _SLOWEST_S)
