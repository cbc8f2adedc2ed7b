"""What the archive does by itself: in threads, or step by step in simulations and tools."""

from collections.abc import Callable
import logging
import threading

from .inbox import Inbox
from .keeper import Keeper
from .old_volumes import OldVolumes

_LOGGER = logging.getLogger(__name__)
_TICK_S = 1.0
_GATHER_S = 0.02
"""Cameras are read in turns: what the others of a turn bring is written with it."""
_LATEST_S = 0.25
"""A writer that is held up keeps nobody else's pictures from their sync for longer."""
_BUSY_BYTES = 4 << 20


class Work:
    """Writes, syncs and keeps house."""

    def __init__(self, inbox: Inbox, keeper: Keeper, old: OldVolumes) -> None:
        """Do nothing yet."""
        self._inbox = inbox
        self._keeper = keeper
        self._old = old
        self._threads: list[threading.Thread] = []
        self._stopping = threading.Event()
        self._written = threading.Event()

    @property
    def threaded(self) -> bool:
        """Tell whether threads do it."""
        return bool(self._threads)

    def start(self) -> None:
        """Start the threads."""
        for name, work in (("write", self._write), ("sync", self._sync), ("keep", self._keep)):
            thread = threading.Thread(target=work, name=f"archive-{name}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """End the threads, as far as the disk lets them, and write what is left."""
        self._stopping.set()
        # Something to do also wakes a writer that is only about to wait.
        self._inbox.put(lambda: None)
        self._written.set()
        for thread in self._threads:
            thread.join(timeout=10.0)
        self._threads.clear()
        self.drain()

    def step(self) -> None:
        """Do at once all that the threads would do now."""
        self.drain()
        self._keeper.tick()
        self._keeper.sync()
        self._keeper.clean()
        self._old.work()
        self._keeper.work_on_job()
        self._keeper.prove()

    def drain(self) -> None:
        """Do what was handed over so far."""
        while (item := self._inbox.take()) is not None:
            try:
                with self._keeper.writer.work:
                    item.task()
            finally:
                self._inbox.done(item)

    def _write(self) -> None:
        while not self._stopping.is_set():
            if self._inbox.wait(_TICK_S):
                self._stopping.wait(_GATHER_S)
            self._guarded(self.drain)
            self._written.set()

    def _sync(self) -> None:
        """Sync what was written as soon as the disk has had its rest."""
        while not self._stopping.wait(self._keeper.sync_rest_s):
            self._written.wait(_LATEST_S)
            self._written.clear()
            self._guarded(self._keeper.sync)

    def _keep(self) -> None:
        while not self._stopping.wait(_TICK_S):
            self._guarded(self._keeper.tick)
            self._guarded(self._keeper.clean)
            self._guarded(self._keeper.work_on_job)
            self._guarded(self._old.work)
            if self._inbox.waiting < _BUSY_BYTES:  # hashing can wait, pictures cannot
                self._guarded(self._keeper.prove)

    def _guarded(self, work: Callable[[], object]) -> None:
        """Run a thread's work; whatever goes wrong must not end the thread, or recording would stop."""
        try:
            work()
        except Exception:
            _LOGGER.exception("Unexpected error in the archive's %s", threading.current_thread().name)
