"""Where a watcher writes down what it saw: the archive's ledger and catalog, asked in threads."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from ..ledger.chain import Json
from ..recorder.store import elsewhere
from ..recorder.store.elsewhere import KeptHold, KnownHour, PendingHold, SeenHour
from ..recorder.store.elsewhere_rows import EXPIRED
from ..recorder.store.schedule import Schedule, Span
from ..recorder.store.store import Store

KEEPER = "frigate"

type InThread = Callable[[Callable[[], object]], Awaitable[object]]
"""Runs something that reads the disk in a thread; raises RequestError when the disk falls silent."""


class Books:
    """Every method raises RequestError while the archive is not there."""

    def __init__(self, store: Store, in_thread: InThread) -> None:
        """Write into a store's archive."""
        self._store = store
        self._in_thread = in_thread

    async def introduce(self, uid: str, label: str, schedule: Schedule | None) -> None:
        """Make a camera known."""

        def work() -> None:
            with self._store.using() as archive:
                elsewhere.introduce(archive, uid, label, schedule)

        await self._in_thread(work)

    async def known(self, uid: str) -> Mapping[int, KnownHour]:
        """Return what is remembered of a camera, by hour."""
        found: Mapping[int, KnownHour] = {}

        def work() -> None:
            nonlocal found
            with self._store.using() as archive:
                found = elsewhere.known(archive, uid)

        await self._in_thread(work)
        return found

    async def rate(self, uid: str, since: int) -> float | None:
        """Return the bytes a second of a camera since an hour, None while no files were seen."""
        found: float | None = None

        def work() -> None:
            nonlocal found
            with self._store.using() as archive:
                found = elsewhere.rate(archive, uid, since)

        await self._in_thread(work)
        return found

    async def note(self, uid: str, hours: Sequence[SeenHour]) -> None:
        """Write down what was seen."""

        def work() -> None:
            with self._store.using() as archive:
                elsewhere.note(archive, uid, KEEPER, hours)

        if hours:
            await self._in_thread(work)

    async def note_gone(self, uid: str, hours: Sequence[int], cause: str = EXPIRED) -> None:
        """Write down what is there no more."""

        def work() -> None:
            with self._store.using() as archive:
                elsewhere.note_gone(archive, uid, KEEPER, hours, cause)

        if hours:
            await self._in_thread(work)

    async def pending_holds(self, uid: str) -> Sequence[PendingHold]:
        """Return the holds that are not carried out yet."""
        found: Sequence[PendingHold] = ()

        def work() -> None:
            nonlocal found
            with self._store.using_all() as volumes:
                found = elsewhere.pending_holds(volumes.archives, uid)

        await self._in_thread(work)
        return found

    async def to_release(self, uid: str) -> Sequence[KeptHold]:
        """Return what is kept for holds that are lifted."""
        found: Sequence[KeptHold] = ()

        def work() -> None:
            nonlocal found
            with self._store.using_all() as volumes:
                found = elsewhere.to_release(volumes.archives, uid)

        await self._in_thread(work)
        return found

    async def note_released(self, uid: str, kept: KeptHold) -> None:
        """Write down that it is kept no more."""

        def work() -> None:
            with self._store.using() as archive:
                elsewhere.note_released(archive, uid, KEEPER, kept)

        await self._in_thread(work)

    async def note_held(self, uid: str, hold: PendingHold, made: Mapping[str, Json]) -> None:
        """Write down what is kept for a hold."""

        def work() -> None:
            with self._store.using() as archive:
                elsewhere.note_held(archive, uid, KEEPER, hold, made)

        await self._in_thread(work)

    async def recent(self, uid: str, spans: Sequence[Span]) -> None:
        """Remember the newest footage of a camera until its hour is written down."""

        def work() -> None:
            with self._store.using() as archive:
                archive.elsewhere[uid] = tuple(spans)

        await self._in_thread(work)
