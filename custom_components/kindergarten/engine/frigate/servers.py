"""The Frigate servers that are desired: watched one by one; what did not change is not touched."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ..config import Config
from ..env import Env
from ..errors import RequestError
from ..kept import ServerConfig
from ..recorder.store.store import Store
from ..recorder.store.views import Emit
from .books import Books, InThread
from .footage import Footage
from .handing import Handing
from .truth import Judgement
from .watch import Means, ServerWatch, Watched


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What is known of a camera that a server keeps."""

    judgement: Judgement
    since_us: int
    newest_us: int | None
    fps: float | None


class Servers:
    """Every server that should be watched. Used by the loop's thread; `told` by any."""

    def __init__(
        self,
        env: Env,
        store: Store,
        in_thread: InThread,
        emit: Emit,
        minimum_days: Callable[[], int],
        changed: Callable[[str], None],
    ) -> None:
        """Begin without servers; `changed` hears the uid of a camera whose state changed."""
        self._means = Means(
            env=env,
            books=Books(store, in_thread),
            now_us=store.utc_us,
            emit=emit,
            minimum_days=minimum_days,
            changed=changed,
        )
        self._watches: dict[str, ServerWatch] = {}
        self._homes: dict[str, str] = {}

    async def apply(self, config: Config) -> None:
        """Begin, change and end watches so that they are as desired."""
        wanted = {server.uid: server for server in config.servers}
        for uid in [uid for uid, watch in self._watches.items() if not _same(watch, wanted.get(uid))]:
            await self._watches.pop(uid).close()
        for uid, server in wanted.items():
            known = uid in self._watches
            watch = self._watches.setdefault(uid, ServerWatch(self._means, server.server))
            watch.watch(
                {
                    camera.uid: Watched(
                        uid=camera.uid, label=camera.label, kept=camera.kept, schedule=camera.schedule
                    )
                    for camera in config.cameras
                    if camera.kept is not None and camera.kept.server == uid
                }
            )
            if not known:
                watch.start()
        self._homes = {camera.uid: camera.kept.server for camera in config.cameras if camera.kept is not None}

    async def stop(self) -> None:
        """End every watch."""
        watches, self._watches = list(self._watches.values()), {}
        for watch in watches:
            await watch.close()

    def told(self, uid: str) -> Told | None:
        """Return what is known of a camera; None when nobody keeps it."""
        watch = self._watches.get(self._homes.get(uid, ""))
        seen = watch.seen(uid) if watch else None
        if watch is None or seen is None:
            return None
        return Told(
            judgement=seen.judgement, since_us=seen.since_us, newest_us=seen.newest_us, fps=watch.fps(uid)
        )

    def footage(self, uid: str) -> Footage | None:
        """Return a camera's footage at its server; None when we keep it ourselves."""
        watch = self._watches.get(self._homes.get(uid, ""))
        name = watch.name_of(uid) if watch else None
        return Footage(watch.client, name) if watch and name else None

    def keepers(self, uids: Iterable[str]) -> dict[str, Handing]:
        """Return who has the footage of these cameras, for a thread to ask; those that we keep are left out."""
        found: dict[str, Handing] = {}
        for uid in uids:
            watch = self._watches.get(self._homes.get(uid, ""))
            name = watch.name_of(uid) if watch else None
            if watch and name:
                version = ".".join(map(str, watch.version)) if watch.version else "?"
                found[uid] = Handing(asyncio.get_running_loop(), watch.client, uid, name, version)
        return found

    async def lengthen(self, server: str) -> None:
        """Have a server keep our cameras for the minimum and a day; raises FrigateError, RequestError."""
        watch = self._watches.get(server)
        if watch is None:
            raise RequestError("not_found", "there is no such server")
        await watch.lengthen()

    def view(self) -> dict[str, object]:
        """Return how all servers are, by uid."""
        return {uid: watch.view() for uid, watch in self._watches.items()}


def _same(watch: ServerWatch, wanted: ServerConfig | None) -> bool:
    return wanted is not None and watch.server == wanted.server
