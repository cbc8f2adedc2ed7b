"""The engine: everything wired together, and made as desired."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
import logging
from pathlib import Path

from . import PROTOCOL, config
from .absent import AbsentStore
from .config import Complaint, Config
from .env import Env
from .errors import RequestError
from .events import Events
from .fleet import Fleet
from .lease import Lease
from .place import Place
from .recorder.reader.interface import Source
from .recorder.serve.control import Control
from .recorder.serve.listen import ControlSocket
from .recorder.serve.live_ts import LiveListener
from .recorder.serve.media import MediaRoutes
from .recorder.serve.queries import Queries
from .recorder.store.views import StoreSettings
from .redaction import Redactor
from .status import site_status

_TICK_S = 1.0
_GONE_S = 30.0
_CODE_GONE_S = 600.0
"""An update may take the integration's folder away for a while."""
_THREADS = 4

_LOGGER = logging.getLogger(__name__)


class Engine:
    """Records what is desired and answers for it."""

    def __init__(self, env: Env, place: Place, redactor: Redactor, version: str) -> None:
        """Make an engine; `start` begins. Needs the running loop."""
        loop = asyncio.get_running_loop()
        self._env = env
        self._place = place
        self._redactor = redactor
        self._version = version
        self._config = Config()
        self._started_us = env.realtime_ns() // 1000
        self._stop: asyncio.Future[str] = loop.create_future()
        self._configuring = asyncio.Lock()
        self._watching: asyncio.Task[None] | None = None
        self._threads = ThreadPoolExecutor(_THREADS, "ask")
        port, self._live_key = place.live()
        self.events = Events(env, loop)
        self.lease = Lease(env)
        self.store = AbsentStore(env, self.events.emit)
        self.fleet = Fleet(env, self.store, self.events)
        self.live = LiveListener(self.fleet, self._live_key, port)
        routes = [
            *Control(self).routes(),
            *Queries(self).routes(),
            *MediaRoutes(self).routes(),
        ]
        self._control = ControlSocket(place, routes)

    async def ask[**P, T](self, question: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run something that reads the disk in a thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, lambda: question(*args, **kwargs))

    async def start(self) -> None:
        """Record what was desired last time, and listen."""
        await self.live.open()
        await self.ask(self._place.keep_live, self.live.port, self._live_key)
        await self._load()
        self.store.start()
        await self._control.open()
        self._watching = asyncio.create_task(self._watch())

    async def _load(self) -> None:
        stored = await self.ask(self._place.read, "config.json")
        if stored is None:
            return
        try:
            desired, complaints = config.load(stored)
        except RequestError as error:
            _LOGGER.error("Stored configuration is of no use: %s", error)  # noqa: TRY400
            return
        self._complain(complaints)
        await self._apply(desired)

    def request_stop(self, cause: str) -> None:
        """Ask the engine to end; the first cause counts."""
        if not self._stop.done():
            self._stop.set_result(cause)

    async def wait(self) -> str:
        """Wait until the engine is to end; returns the cause."""
        return await self._stop

    async def stop(self, cause: str) -> None:
        """End: close every file, and say to the archive why."""
        _LOGGER.info("Engine stops: %s", cause)
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        await self.fleet.stop(cause)
        await self.ask(self.store.close, cause)
        await self.live.close()
        await self._control.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def configure(self, data: object) -> dict[str, object]:
        """Make everything as desired; answers what was done. Raises `RequestError`."""
        async with self._configuring:
            desired, complaints = config.parse(data, self._config)
            before = {camera.uid: camera for camera in self._config.cameras}
            await self.ask(self._place.write, "config.json", config.dump(desired))
            self._complain(complaints)
            await self._apply(desired)
        now = {camera.uid: camera for camera in desired.cameras}
        self.events.emit("config", None, {"rev": desired.rev})
        return {
            "rev": desired.rev,
            "applied": [uid for uid, camera in now.items() if before.get(uid) != camera],
            "unchanged": [uid for uid, camera in now.items() if before.get(uid) == camera],
            "removed": [uid for uid in before if uid not in now],
            "errors": [asdict(complaint) for complaint in complaints],
        }

    def _complain(self, complaints: list[Complaint]) -> None:
        for complaint in complaints:
            _LOGGER.warning("Camera %s: %s %s", complaint.uid, complaint.field, complaint.text)

    async def _apply(self, desired: Config) -> None:
        """Change what differs from before, and nothing else."""
        before, self._config = self._config, desired
        self._redactor.know(desired.secrets() | before.secrets())
        settings = StoreSettings(
            file_s=desired.file_s,
            days=desired.retention.days,
            minimum_days=desired.retention.minimum_days,
            maximum_days=desired.retention.maximum_days,
        )
        await self.ask(self.store.configure, settings)
        folder = (desired.archive_path, desired.archive_id)
        known_id = self.store.state.archive_id
        if folder != (before.archive_path, before.archive_id) and folder != (before.archive_path, known_id):
            state = await self.ask(self.store.open, *folder)
            _LOGGER.info("Archive is %s %s", state.status, state.detail)
        await self.fleet.apply(desired.cameras)

    async def known(self, uid: str) -> None:
        """Refuse a camera that neither is recorded nor has footage: `unknown_camera`."""
        if self._config.camera(uid) is not None:
            return
        if not any(camera.uid == uid for camera in await self.ask(self.store.cameras)):
            raise RequestError("unknown_camera", "there is no such camera")

    def hello(self) -> dict[str, object]:
        """Say who we are."""
        epoch = self.store.epoch
        return {
            "proto": PROTOCOL,
            "version": self._version,
            "pid": self._place.pid,
            "boot_id": epoch.boot_id,
            "epoch": epoch.id,
            "started_us": self._started_us,
            "live_port": self.live.port,
            "archive_id": self.store.state.archive_id,
        }

    async def status(self) -> dict[str, object]:
        """Say how everything is."""
        site = await self.ask(site_status, self._env, self.store, self._config, self._redactor)
        cameras = await self.ask(self.fleet.status)
        for uid, camera in cameras.items():
            camera |= {"live": {"stream": self.fleet.live_stream(uid), "token": self.live.token(uid)}}
            camera["detail"] = self._redactor.clean(str(camera["detail"]))
        return {**site, "version": self._version, "live_port": self.live.port, "cameras": cameras}

    async def probe(self, source: Source, limit_s: float) -> dict[str, object]:
        """Look at a stream; raises `SourceError`."""
        raise NotImplementedError

    async def _watch(self) -> None:
        """Keep the socket, and end when nobody wants us any more."""
        state_gone_s = code_gone_s = 0.0
        while True:
            await asyncio.sleep(_TICK_S)
            state_gone_s = 0.0 if await self.ask(self._place.ours) else state_gone_s + _TICK_S
            code_gone_s = 0.0 if await self.ask(Path(__file__).exists) else code_gone_s + _TICK_S
            if state_gone_s >= _GONE_S or code_gone_s >= _CODE_GONE_S:
                self.request_stop("removed")
            elif state_gone_s == 0.0:
                await self._control.check()
            limit = self._config.without_ha_s
            if limit is not None and self.lease.alone_s() > limit:
                _LOGGER.warning("Home Assistant has been away for %d s", limit)
                self.request_stop("user")
