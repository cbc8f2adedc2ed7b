"""Work that may have to wait for a disk, for which nobody waits once the disk is silent."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
import logging

from .errors import RequestError
from .recorder.store.pulse import SILENCE
from .recorder.store.store import Store

_THREADS = 16
"""For questions: some may wait for a disk that has just fallen silent."""
_LOOK_S = 1.0

_LOGGER = logging.getLogger(__name__)


class DiskWork:
    """Threads for questions, and one for changes."""

    def __init__(self, store: Store) -> None:
        """Work for the disks of an archive."""
        self._store = store
        self._threads = ThreadPoolExecutor(_THREADS, "ask")
        self._changes = ThreadPoolExecutor(1, "change")

    def close(self) -> None:
        """Begin nothing more; what waits for a disk is left to itself."""
        for threads in (self._threads, self._changes):
            threads.shutdown(wait=False, cancel_futures=True)

    async def ask[**P, T](self, question: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run something that reads the disk in a thread; RequestError("unavailable") when the disk falls silent."""
        answer = await self.begin(question, *args, **kwargs)
        if not answer.done():
            raise RequestError("unavailable", SILENCE)
        return answer.result()

    async def begin[**P, T](
        self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> asyncio.Future[T]:
        """Run something in a thread; what it returns is still to come when the disk falls silent."""
        loop = asyncio.get_running_loop()
        answer = loop.run_in_executor(self._threads, lambda: call(*args, **kwargs))
        await self._done(answer)
        return answer

    async def change[**P](self, call: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> None:
        """Change the archive's settings in a thread, one change after the other.

        Goes on without it while the disk is silent: it happens as soon as the disk answers.
        """
        loop = asyncio.get_running_loop()
        work = loop.run_in_executor(self._changes, lambda: call(*args, **kwargs))
        if await self._done(work):
            work.result()
        else:
            work.add_done_callback(_complain_late)

    async def _done[T](self, work: asyncio.Future[T]) -> bool:
        """Wait for a thread's work; false when a disk keeps it waiting: the one in use, or one that has just died."""
        before = self._store.silent_disks
        while not (await asyncio.wait({work}, timeout=_LOOK_S))[0]:
            if self._store.silent or self._store.silent_disks - before:
                return False
        return True


def _complain_late(work: asyncio.Future[object]) -> None:
    if not work.cancelled() and (error := work.exception()) is not None:
        _LOGGER.error("A late change of the archive's settings failed", exc_info=error)
