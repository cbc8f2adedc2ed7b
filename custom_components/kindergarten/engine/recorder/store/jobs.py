"""Reading all files anew, one job at a time, a little each second beside recording."""

from collections.abc import Callable, Mapping
import sqlite3

from ...env import Env
from ...errors import RequestError
from .archive import Archive
from .gaps import Tiling
from .rebuild import Job, Progress

_SLICE_NS = 500_000_000
_REMEMBERED = 8


class Jobs:
    """The jobs of one keeper; `failed` hears of a disk that failed under one."""

    def __init__(self, env: Env, failed: Callable[[Archive, Exception], None]) -> None:
        """Begin without a job."""
        self._env = env
        self._failed = failed
        self._known: dict[str, Progress] = {}
        self._running: Job | None = None

    def begin(self, archive: Archive, kind: str, tilings: Mapping[str, Tiling]) -> str:
        """Begin a job, unless there is one; returns the name of the one that runs."""
        if self._running is not None:
            running = self._running.progress
            return next(name for name, progress in self._known.items() if progress is running)
        name = self._env.token(6)
        self._known = {name: Progress(kind), **dict(list(self._known.items())[: _REMEMBERED - 1])}
        self._running = Job(archive, self._known[name], tilings)
        return name

    def drop(self) -> None:
        """Give up: the archive is gone."""
        if self._running is not None:
            self._running.progress.state, self._running = "failed", None

    def view(self, name: str) -> Mapping[str, object]:
        """Return how far a job is; raises RequestError("not_found")."""
        if name not in self._known:
            raise RequestError("not_found", "there is no such job")
        return self._known[name].view()

    def views(self) -> dict[str, Mapping[str, object]]:
        """Return the last jobs, newest first."""
        return {name: progress.view() for name, progress in self._known.items()}

    def learn(self) -> None:
        """Get to know the oldest files before the oldest are chosen."""
        if self._running is not None:
            self._running.learn_oldest()

    def work(self) -> None:
        """Do a little of the job, if there is one."""
        job = self._running
        if job is None:
            return
        try:
            if not job.advance(self._env.monotonic_ns() + _SLICE_NS):
                self._running = None
        except (OSError, sqlite3.Error) as error:
            job.progress.state, job.progress.detail = "failed", str(error)
            self._running = None
            self._failed(job.archive, error)
