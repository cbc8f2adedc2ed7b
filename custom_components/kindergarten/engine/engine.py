"""The engine: everything wired together, and made as desired."""

import asyncio
from dataclasses import asdict
import logging
from pathlib import Path

from . import PROTOCOL, config
from .config import Complaint, Config
from .env import Env
from .errors import RequestError
from .events import Events
from .jobs import Jobs
from .lease import Lease
from .place import Place
from .recorder.reader.interface import Source
from .recorder.serve.control import Control
from .recorder.serve.listen import ControlSocket
from .redaction import Redactor

_TICK_S = 1.0
_GONE_S = 30.0
_CODE_GONE_S = 600.0
"""An update may take the integration's folder away for a while."""

_LOGGER = logging.getLogger(__name__)


class Engine:
    """Records what is desired and answers for it."""

    def __init__(self, env: Env, place: Place, redactor: Redactor, version: str) -> None:
        """Make an engine; `start` begins."""
        self._env = env
        self._place = place
        self._redactor = redactor
        self._version = version
        self._config = Config()
        self._started_us = env.realtime_ns() // 1000
        self._stop: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._configuring = asyncio.Lock()
        self._timers: list[asyncio.Task[None]] = []
        self.events = Events(env, asyncio.get_running_loop())
        self.lease = Lease(env)
        self.jobs = Jobs(env, {})
        self._control = ControlSocket(place, Control(self).routes())
        self._live_port = 0

    async def start(self) -> None:
        """Record what was desired last time, and listen."""
        await self._load()
        await self._control.open()
        self._timers.append(asyncio.create_task(self._watch()))

    async def _load(self) -> None:
        stored = await asyncio.to_thread(self._place.read, "config.json")
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
        for timer in self._timers:
            timer.cancel()
        await asyncio.gather(*self._timers, return_exceptions=True)
        self.jobs.close()
        await self._control.close()

    async def configure(self, data: object) -> dict[str, object]:
        """Make everything as desired; answers what was done. Raises `RequestError`."""
        async with self._configuring:
            desired, complaints = config.parse(data, self._config)
            before = self._config
            await asyncio.to_thread(self._place.write, "config.json", config.dump(desired))
            await self._apply(desired)
            self._complain(complaints)
        old = {camera.uid: camera for camera in before.cameras}
        new = {camera.uid: camera for camera in desired.cameras}
        return {
            "rev": desired.rev,
            "applied": [uid for uid, camera in new.items() if old.get(uid) != camera],
            "unchanged": [uid for uid, camera in new.items() if old.get(uid) == camera],
            "removed": [uid for uid in old if uid not in new],
            "errors": [asdict(complaint) for complaint in complaints],
        }

    def _complain(self, complaints: list[Complaint]) -> None:
        for complaint in complaints:
            _LOGGER.warning("Camera %s: %s %s", complaint.uid, complaint.field, complaint.text)

    async def _apply(self, desired: Config) -> None:
        self._redactor.know(desired.secrets() | self._config.secrets())
        self._config = desired

    def hello(self) -> dict[str, object]:
        """Say who we are."""
        return {
            "proto": PROTOCOL,
            "version": self._version,
            "pid": self._place.pid,
            "boot_id": self._env.boot_id(),
            "epoch": None,
            "started_us": self._started_us,
            "live_port": self._live_port,
            "archive_id": None,
        }

    async def status(self) -> dict[str, object]:
        """Say how everything is."""
        return {"rev": self._config.rev, "version": self._version}

    async def probe(self, source: Source, limit_s: float) -> dict[str, object]:
        """Look at a stream."""
        raise NotImplementedError

    async def _watch(self) -> None:
        """Keep the socket, and end when nobody wants us any more."""
        state_gone_s = code_gone_s = 0.0
        while True:
            await asyncio.sleep(_TICK_S)
            state_gone_s = 0.0 if await asyncio.to_thread(self._place.ours) else state_gone_s + _TICK_S
            here = await asyncio.to_thread(Path(__file__).exists)
            code_gone_s = 0.0 if here else code_gone_s + _TICK_S
            if state_gone_s >= _GONE_S or code_gone_s >= _CODE_GONE_S:
                self.request_stop("removed")
            elif state_gone_s == 0.0:
                await self._control.check()
            limit = self._config.without_ha_s
            if limit is not None and self.lease.alone_s() > limit:
                _LOGGER.warning("Home Assistant has been away for %d s", limit)
                self.request_stop("user")
