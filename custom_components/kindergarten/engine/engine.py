"""The engine: everything wired together, and made as desired."""

import asyncio
from base64 import b64encode
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, replace
import logging
from pathlib import Path

from . import PROTOCOL, config
from .config import Complaint, Config
from .decode.client import LOOKING_IDLE_S, SIGNING_IDLE_S, DecodeClient
from .disk_work import DiskWork
from .env import Env
from .errors import RequestError
from .events import Events
from .evidence.expiry import Expiry
from .evidence.jobs import Jobs
from .evidence.proof import Prover
from .fleet import Fleet
from .frigate.servers import Servers
from .keys import Keys
from .lease import Lease
from .place import Place
from .recorder.reader.interface import Source
from .recorder.serve.listen import ControlSocket
from .recorder.serve.live_ts import LiveListener
from .recorder.serve.routes import all_routes
from .recorder.store.store import Store
from .recorder.store.views import ArchiveStatus, StoreSettings, VolumeRef
from .redaction import Redactor
from .status import known_cameras, site_status
from .texts import Texts
from .watch.lookout import Lookout

_TICK_S = 1.0
_GONE_S = 5.0
_CODE_GONE_S = 600.0
"""An update may take the integration's folder away for a while."""
_LOADING_S = 8.0
_TIDY_SOON_S = 120.0
_TIDY_S = 3600.0

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
        self._loaded = asyncio.Event()
        self._unkept = False
        self._tasks: list[asyncio.Task[None]] = []
        port, self._live_key = place.live()
        self.events = Events(env, loop)
        self.lease = Lease(env)
        self.store = Store(env, self._heard)
        self._work = DiskWork(self.store)
        self.decode = DecodeClient()
        self.texts = Texts(place)
        # What decodes a camera's bytes never sees the private key.
        self._signing = DecodeClient(idle_s=SIGNING_IDLE_S)
        # A worker that ends after each round: it holds 70 MB, and a round of all cameras takes a second.
        self._looking = DecodeClient(idle_s=LOOKING_IDLE_S)
        self.keys = Keys(place, self._signing.sign_blocking, env.token)
        self.store.sign_with(self.keys)
        self.store.feel_pulse()
        self.jobs = Jobs(env)
        self.expiry = Expiry()
        self.prover = Prover()
        self.servers = Servers(
            env,
            self.store,
            self.ask,
            self._heard,
            lambda: self._config.retention.minimum_days,
            lambda uid: self.events.emit("camera", uid, {}),
        )
        self.fleet = Fleet(env, self.store, self.events, self.decode.transcoder, self.servers)
        self.lookout = Lookout(env, place, self._looking, self.fleet, self.store, self.events)
        self.live = LiveListener(self.fleet, self._live_key, port)
        self._control = ControlSocket(place, all_routes(self))

    def _heard(self, kind: str, camera: str | None, data: Mapping[str, object]) -> None:
        """Log and pass on what the archive says; called from its threads."""
        _LOGGER.info("%s %s %s", kind, camera or "", dict(data))
        self.events.emit(kind, camera, data)

    @property
    def config(self) -> Config:
        """Return what is desired."""
        return self._config

    @property
    def env(self) -> Env:
        """Return the machine."""
        return self._env

    @property
    def version(self) -> str:
        """Return what tells one version of the engine from another."""
        return self._version

    def token(self, size: int) -> str:
        """Return random bytes as hex."""
        return self._env.token(size)

    async def ask[**P, T](self, question: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run something that reads the disk in a thread; RequestError("unavailable") when the disk falls silent."""
        return await self._work.ask(question, *args, **kwargs)

    async def start(self) -> None:
        """Listen, and begin to record what was desired last time."""
        await self.live.open()
        await asyncio.to_thread(self._place.keep_live, self.live.port, self._live_key)
        await self._configuring.acquire()
        self._tasks.append(asyncio.create_task(self._resume()))
        await self._control.open()
        self._tasks.append(asyncio.create_task(self._watch()))
        self._tasks.append(asyncio.create_task(self._expire()))
        self._tasks.append(asyncio.create_task(self.lookout.run()))

    async def _resume(self) -> None:
        """Do what was desired last time; nothing else is configured until then.

        Recovering a large archive may take long, and the engine answers all the while.
        """
        try:
            await self._load()
        except Exception:  # the engine's last line of defence: it can still be told what to do
            _LOGGER.exception("What was desired last time cannot be done")
        finally:
            self.store.start()
            self._loaded.set()
            self._configuring.release()

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
        """End: close every file, and say to the archive why, as soon as its disk answers."""
        _LOGGER.info("Engine stops: %s", cause)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        jobs = asyncio.create_task(asyncio.to_thread(self.jobs.close))
        await self.servers.stop()
        await self.fleet.stop(cause)
        farewell = asyncio.create_task(self.fleet.join())
        await self.lookout.stop()
        await jobs
        closed = await self._work.begin(self.store.close, cause)
        self.events.end()
        await farewell
        await self.decode.close()
        await self._looking.close()
        await self._signing.close()
        await self.live.close()
        await self._control.close()
        await closed
        self._work.close()

    async def configure(self, data: object) -> dict[str, object]:
        """Make everything as desired; answers what was done. Raises `RequestError`."""
        async with self._configuring:
            desired, complaints = config.parse(data, self._config)
            before = {camera.uid: camera for camera in self._config.cameras}
            if desired.archive_id is None and desired.archive_path == self._config.archive_path:
                desired = replace(desired, archive_id=self._config.archive_id)
            await asyncio.to_thread(self._place.write, "config.json", config.dump(desired))
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
            hold_share=desired.holds_share,
            time_zone=desired.time_zone or "UTC",
        )
        await self._work.change(self.store.configure, settings)
        old = [VolumeRef(path=each.path, archive_id=each.archive_id) for each in desired.old_volumes]
        known = {each.path for each in before.old_volumes}
        await self._work.change(self.store.keep_old, [each for each in old if each.path in known])
        if (desired.archive_path, desired.archive_id) != (before.archive_path, before.archive_id):
            await self._work.change(self.store.open, desired.archive_path, desired.archive_id)
            state = self.store.state
            _LOGGER.info("Archive is %s %s", state.status, state.detail)
            with suppress(OSError):  # tried again each second, and recording does not wait for it
                await self._keep_archive_id()
        # Recording waits for no old disk.
        await self.servers.apply(desired)
        await self.fleet.apply(desired.cameras)
        await self.lookout.apply(desired.cameras, desired.look_s, desired.retention.days)
        await self._work.change(self.store.keep_old, old)

    async def _keep_archive_id(self) -> None:
        """Remember which archive was made for us, so that no other one is taken for it."""
        state, desired = self.store.state, self._config
        if desired.archive_path and not desired.archive_id and state.status is ArchiveStatus.OK:
            kept = replace(desired, archive_id=state.archive_id)
            await asyncio.to_thread(self._place.write, "config.json", config.dump(kept))
            self._config = kept

    async def known(self, uid: str) -> None:
        """Refuse a camera that neither is recorded nor has footage: `unknown_camera`.

        Right after the start nobody knows: then this waits for the archive.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(_LOADING_S):
                await self._loaded.wait()
        if self._config.camera(uid) is not None:
            return
        if not any(camera.uid == uid for camera in await self.ask(known_cameras, self.store)):
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
        """Say how everything is, be the archive there or not."""
        try:
            return await self._status()
        except RequestError:
            return await self._status()  # the disk fell silent just now: nothing waits for it any more

    async def _status(self) -> dict[str, object]:
        site = await self.ask(site_status, self._env, self.store, self._config, self._redactor)
        cameras = await self.ask(self.fleet.status)
        for uid, camera in cameras.items():
            camera |= {"live": {"stream": self.fleet.live_stream(uid), "token": self.live.token(uid)}}
            camera["picture"] = self.lookout.status(uid)
            camera["detail"] = self._redactor.clean(str(camera["detail"]))
        tasks = [each for each in self.jobs.told() if each["state"] == "running"]
        return {
            **site,
            "tasks": tasks,
            "version": self._version,
            "live_port": self.live.port,
            "cameras": cameras,
            "servers": self.servers.view(),
        }

    async def probe(self, source: Source, limit_s: float) -> dict[str, object]:
        """Look at a stream; raises `SourceError`."""
        found, picture = await self.decode.probe(source, limit_s)
        return {**found, "still": b64encode(picture).decode() if picture else None}

    async def _expire(self) -> None:
        """Remove packs and exports that are too old, soon after the start and then every hour."""
        wait_s = _TIDY_SOON_S
        while True:
            await asyncio.sleep(wait_s)
            wait_s = _TIDY_S
            try:
                for folder in await self.ask(self._look_at_exports):
                    _LOGGER.info("%s was too old and is gone", folder)
            except RequestError as error:
                _LOGGER.warning("Old packs and exports are still there: %s", error)

    def _look_at_exports(self) -> list[str]:
        if not self._config.archive_path:
            return []
        with self.store.using_all() as volumes:
            return self.expiry.look(volumes.archives)

    async def _watch(self) -> None:
        """Keep the socket, and end when nobody wants us any more."""
        state_gone_s = code_gone_s = 0.0
        while True:
            await asyncio.sleep(_TICK_S)
            await self.fleet.follow_schedules()
            self.store.look_at_pulse()
            state_gone_s = 0.0 if await asyncio.to_thread(self._place.ours) else state_gone_s + _TICK_S
            code_gone_s = 0.0 if await asyncio.to_thread(Path(__file__).exists) else code_gone_s + _TICK_S
            if state_gone_s >= _GONE_S or code_gone_s >= _CODE_GONE_S:
                self.request_stop("removed")
            elif state_gone_s == 0.0:
                await self._keep_place()
            limit = self._config.without_ha_s
            if limit is not None and self.lease.alone_s() > limit:
                _LOGGER.warning("Home Assistant has been away for %d s", limit)
                self.request_stop("user")

    async def _keep_place(self) -> None:
        """Keep the socket and the archive's id; what cannot be written now is tried again in a second.

        Said once when it begins, and once when it is over.
        """
        try:
            await self._control.check()
            if self._config.archive_id is None and not self._configuring.locked():
                async with self._configuring:
                    await self._keep_archive_id()
        except OSError as error:
            if not self._unkept:
                _LOGGER.warning("The state folder or the socket cannot be kept: %s", error)
            self._unkept = True
        else:
            if self._unkept:
                _LOGGER.warning("The state folder and the socket are kept again")
            self._unkept = False
