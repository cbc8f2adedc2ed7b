"""One volume that is not written any more, and the thread that alone waits for its disk."""

from collections.abc import Callable
from dataclasses import replace
import logging
from queue import Empty, SimpleQueue
import threading

from ...env import Env
from .keeper import Keeper
from .pulse import DiskWatch
from .views import ArchiveStatus, Emit, StoreSettings, VolumeRef, VolumeView
from .volume_views import unread_view, volume_view

_LOGGER = logging.getLogger(__name__)
_TICK_S = 1.0
_LOOK_S = 0.05
_PATIENCE_S = 10.0

type Task = Callable[[], object]


class OldVolume:
    """A keeper that only reads, seals and deletes by age.

    With `live`, whatever may wait for the disk happens in a thread of its own, so that a network
    folder whose server is away keeps nobody else waiting; without it, in the caller's.
    """

    def __init__(
        self, env: Env, ref: VolumeRef, keeper: Keeper, emit: Emit, work: Task, *, live: bool
    ) -> None:
        """Begin without looking at the disk; `work` is what there is to do each second."""
        self.ref = ref
        self.keeper = keeper
        self._emit = emit
        self._work = work
        self._disk = DiskWatch(env, emit)
        self._tasks: SimpleQueue[Task | None] = SimpleQueue()
        self._live = live
        if live:
            self._disk.begin()
            self._disk.use(ref.path)
            threading.Thread(target=self._run, name="archive-old", daemon=True).start()

    @property
    def silent(self) -> bool:
        """Tell whether the disk keeps everybody waiting."""
        return self._disk.silent

    @property
    def readable(self) -> bool:
        """Tell whether the volume can be read, and nobody would have to wait."""
        return not self.silent and self.keeper.writer.archive is not None

    def look_at_pulse(self) -> None:
        """Tell once when the disk falls silent and when it answers again; asks it nothing."""
        self._disk.look(self.keeper.state)

    def open(self) -> None:
        """Use the volume; one that is not there is looked for again and again."""
        self._do(self._open)

    def _open(self) -> None:
        state = self.keeper.open(self.ref.path, self.ref.archive_id)
        if state.status is not ArchiveStatus.OK:
            _LOGGER.warning("The old volume %s is %s", self.ref.path, state.status)
            told = {"status": state.status.value, "detail": state.detail}
            self._emit("archive_unavailable", None, told)

    def configure(self, settings: StoreSettings) -> None:
        """Use other settings, as soon as the disk lets us."""
        self._hand_over(lambda: self.keeper.configure(settings))

    def work(self) -> None:
        """Do what there is to do, unless a thread does."""
        if not self._live:
            self._work()

    def close(self, cause: str) -> None:
        """Let go of it, at once or as soon as the disk answers."""
        self._do(lambda: self.keeper.close(cause), _PATIENCE_S)
        self._tasks.put(None)
        self._disk.use(None)

    def view(self) -> VolumeView:
        """Return how it is; reads the disk, unless that does not answer."""
        if self.silent:
            known = replace(self.keeper.state, path=self.ref.path, archive_id=self.ref.archive_id)
            return unread_view(self._disk.state(known), "old")
        return volume_view(self.keeper, self.ref, "old")

    # -- the thread -------------------------------------------------------------------------

    def _hand_over(self, task: Task) -> None:
        if self._live:
            self._tasks.put(task)
        else:
            task()

    def _do(self, task: Task, patience_s: float | None = None) -> None:
        """Have something done; returns when it is, and before only because of a silent disk or an end of patience."""
        done = threading.Event()

        def work() -> None:
            try:
                task()
            finally:
                done.set()

        self._hand_over(work)
        waited_s = 0.0
        while not done.wait(_LOOK_S) and not self.silent:
            waited_s += _LOOK_S
            if patience_s is not None and waited_s >= patience_s:
                return

    def _run(self) -> None:
        while True:
            try:
                task = self._tasks.get(timeout=_TICK_S)
            except Empty:
                task = self._work
            if task is None:
                return
            try:
                task()
            except Exception:  # the last line of defence: the volume would never be looked after again
                _LOGGER.exception("Unexpected error with the old volume %s", self.ref.path)
