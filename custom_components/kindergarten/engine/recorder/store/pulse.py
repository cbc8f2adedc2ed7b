"""Feels whether the archive's disk answers at all: the server of a network folder may be away.

Who asks such a folder for anything waits until the server is back, be it for hours. One thread
per folder does so on purpose, and everybody else asks the pulse before the disk.
"""

import logging
import threading

from ...env import Env
from .views import ArchiveState, ArchiveStatus, Emit

SILENCE = "the disk does not answer"
EVERY_S = 3.0
_SILENT_NS = 8_000_000_000
GIVEN_UP_NS = 2_000_000_000

_LOGGER = logging.getLogger(__name__)


class Pulse:
    """The pulse of one folder's disk, felt by a thread of its own from `start` to `stop`."""

    def __init__(self, env: Env, path: str) -> None:
        """Name the folder; it need not be there."""
        self._env = env
        self._asked_ns: int | None = None
        self._stopping = threading.Event()
        self.path = path

    def start(self) -> None:
        """Begin to feel."""
        threading.Thread(target=self._run, name="archive-pulse", daemon=True).start()

    def stop(self) -> None:
        """End, as soon as the disk lets us."""
        self._stopping.set()

    @property
    def silent_s(self) -> float:
        """Return for how long the disk has owed us an answer: 0 unless that is longer than usual."""
        asked_ns = self._asked_ns
        waited = 0 if asked_ns is None else self._env.monotonic_ns() - asked_ns
        return waited / 1e9 if waited >= _SILENT_NS else 0.0

    def _run(self) -> None:
        while not self._stopping.is_set():
            began_ns = self._env.monotonic_ns()
            self._asked_ns = self._asked_ns or began_ns
            try:
                self._env.fs.space(self.path)
            except OSError:
                # At once that is an answer too; after a while somebody else gave up waiting for one.
                gave_up = self._env.monotonic_ns() - began_ns >= GIVEN_UP_NS
            else:
                gave_up = False
            if not gave_up:
                self._asked_ns = None
            self._stopping.wait(EVERY_S)


class DiskWatch:
    """Whether the archive's disk answers, for those who would have to wait for it."""

    def __init__(self, env: Env, emit: Emit) -> None:
        """Watch nothing yet: simulations and tools have no threads."""
        self._env = env
        self._emit = emit
        self._watching = self._missed = False
        self._pulse: Pulse | None = None

    def begin(self) -> None:
        """Watch the disk of every folder from the next `use` on."""
        self._watching = True

    def use(self, path: str | None) -> None:
        """Watch another folder's disk."""
        pulse = self._pulse
        if not self._watching or (pulse is not None and pulse.path == path):
            return
        if pulse is not None:
            pulse.stop()
        self._pulse = None if path is None else Pulse(self._env, path)
        if self._pulse is not None:
            self._pulse.start()

    @property
    def silent(self) -> bool:
        """Tell whether the disk keeps everybody waiting."""
        return self._pulse is not None and self._pulse.silent_s > 0

    def state(self, known: ArchiveState) -> ArchiveState:
        """Return the archive as it is now; while the disk is silent, `known` is from before."""
        pulse = self._pulse
        if pulse is None or not (silent_s := pulse.silent_s):
            return known
        detail = f"{SILENCE} (for {silent_s:.0f} s)"
        return ArchiveState(
            status=ArchiveStatus.ERROR, path=pulse.path, archive_id=known.archive_id, detail=detail
        )

    def look(self, known: ArchiveState) -> None:
        """Tell once when the disk falls silent, and when it answers again."""
        silent = self.silent
        if silent and not self._missed:
            _LOGGER.error("The archive is lost for now: %s", SILENCE)
            self._emit("archive_unavailable", None, {"status": ArchiveStatus.ERROR.value, "detail": SILENCE})
        elif self._missed and not silent:
            _LOGGER.warning("The archive's disk answers again")
            if known.status is ArchiveStatus.OK:
                self._emit("archive_restored", None, {"path": known.path})
        self._missed = silent
