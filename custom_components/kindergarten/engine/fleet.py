"""The cameras: made as desired one by one; what did not change is not touched."""

import asyncio
from collections import Counter
from collections.abc import Callable
import logging

from .config import CameraConfig
from .env import Env
from .errors import RequestError
from .events import Events
from .frigate.relay import RelayCamera
from .frigate.servers import Servers
from .recorder.camera import Camera, Means
from .recorder.live import LiveFragment, LiveStream
from .recorder.reader.automatic import Readers
from .recorder.session import TranscoderFactory
from .recorder.store.store import Store
from .recorder.store.views import Stream

_JOIN_S = 1.0
_STILL_S = 5.0
_STILL_HEIGHT = 480
_STILL_BYTES = 4 << 20
"""A picture that is looked at is small, one of 4K where a server makes none smaller; and others wait for their turn."""
_GAP_CAUSES = {"removed": "camera_removed", "user": "paused_by_admin"}
"""Why the engine ends, as a gap says it; the other causes are the same."""

_LOGGER = logging.getLogger(__name__)


class Fleet:
    """Every camera that should be recorded. Used by the loop's thread."""

    def __init__(
        self,
        env: Env,
        store: Store,
        events: Events,
        transcoders: TranscoderFactory | None = None,
        servers: Servers | None = None,
    ) -> None:
        """Begin without cameras."""
        self._store = store
        self._events = events
        self._servers = servers
        self._cameras: dict[str, Camera] = {}
        self._means = Means(
            env=env,
            store=store,
            make_reader=Readers(),
            transcoders=transcoders,
            changed=self._changed,
        )

    def _changed(self, uid: str) -> None:
        """Tell that a camera's status is worth another look; called from its threads."""
        self._events.emit("camera", uid, {})

    async def apply(self, desired: tuple[CameraConfig, ...]) -> None:
        """Start, change and stop cameras so that they are as desired."""
        wanted = {camera.uid: camera for camera in desired}
        for uid in [uid for uid, camera in self._cameras.items() if not _stays(camera, wanted.get(uid))]:
            await self._in_thread(self._remove, self._cameras.pop(uid))
        begun = Counter[str]()
        for uid, config in wanted.items():
            if (camera := self._cameras.get(uid)) is not None:
                if camera.config != config:
                    await self._in_thread(camera.apply, config)
                continue
            device = _device(config)
            camera = self._cameras[uid] = self._make(config, begun[device])
            begun[device] += 1
            await self._in_thread(camera.start)

    def _make(self, config: CameraConfig, place: int) -> Camera:
        if config.kept is not None and self._servers is not None:
            return RelayCamera(self._means, config, self._servers, place=place)
        return Camera(self._means, config, place=place)

    async def follow_schedules(self) -> None:
        """Begin and end recording where a schedule says so; once a second."""
        for camera in [each for each in self._cameras.values() if each.on_schedule]:
            await self._in_thread(camera.follow_schedule)

    def _remove(self, camera: Camera) -> None:
        camera.stop("camera_removed")
        self._store.remove(camera.uid)

    async def stop(self, cause: str) -> None:
        """End every run, for good; `cause` is the engine's."""
        gap = _GAP_CAUSES.get(cause, cause)
        await asyncio.gather(*(self._in_thread(camera.stop, gap) for camera in self._cameras.values()))

    async def join(self) -> None:
        """Wait until the cameras have heard the end, but for a second in all."""
        await self._in_thread(self._join)

    def _join(self) -> None:
        env = self._means.env
        end_ns = env.monotonic_ns() + round(_JOIN_S * 1e9)
        for camera in self._cameras.values():
            camera.join(max(0, end_ns - env.monotonic_ns()) / 1e9)

    def live(self, uid: str) -> LiveStream | None:
        """Return what viewers of a camera should watch; `None` without such a camera."""
        camera = self._cameras.get(uid)
        return camera.live(camera.live_stream) if camera else None

    def main(self, uid: str) -> LiveStream | None:
        """Return a camera's main stream; `None` without such a camera."""
        camera = self._cameras.get(uid)
        return camera.live("main") if camera else None

    def sub(self, uid: str) -> LiveStream | None:
        """Return a camera's sub stream; `None` without such a camera, or when it has none."""
        camera = self._cameras.get(uid)
        return camera.live("sub") if camera and camera.config.sub is not None else None

    def live_stream(self, uid: str) -> Stream:
        """Return which stream viewers of a camera should watch."""
        camera = self._cameras.get(uid)
        return camera.live_stream if camera else "main"

    def newest_key(self, uid: str) -> LiveFragment | None:
        """Return the newest picture that decodes by itself, if the camera is there; any thread may ask."""
        camera = self._cameras.get(uid)
        return camera.live("main").newest_key() if camera else None

    def watched_key(self, uid: str) -> LiveFragment | None:
        """Return the newest picture that decodes by itself, for the eyes: small, if that is always there.

        Always of the same stream: a sub stream may show a little more or less of the room.
        """
        camera = self._cameras.get(uid)
        if camera is None:
            return None
        always = camera.config.sub is not None and camera.config.sub_policy == "record"
        return camera.live("sub" if always else "main").newest_key()

    async def watched_still(self, uid: str, at_us: int | None = None) -> bytes | None:
        """Return a JPEG, of now or of a time, from the server that keeps a camera; raises RequestError.

        None while that records nothing: a camera that it lost has a picture too, of no room.
        """
        footage = self._servers.footage(uid) if self._servers else None
        told = self._servers.told(uid) if self._servers else None
        if footage is None or told is None or told.judgement.state != "recording" or not told.fps:
            return None
        try:
            async with asyncio.timeout(_STILL_S):
                jpeg = await footage.still(at_us, _STILL_HEIGHT)
        except TimeoutError as error:
            raise RequestError("unavailable", "the server takes too long to show a picture") from error
        if len(jpeg) > _STILL_BYTES:
            raise RequestError("unavailable", "the server's picture is too large")
        return jpeg

    def clock_offset_ms(self, uid: str) -> int | None:
        """Return how far a camera's clock is ahead of ours, if it says so."""
        camera = self._cameras.get(uid)
        return camera.clock_offset_ms if camera else None

    def status(self) -> dict[str, dict[str, object]]:
        """Say how every camera is; reads the catalog."""
        return {uid: self._status(uid, camera) for uid, camera in list(self._cameras.items())}

    def _status(self, uid: str, camera: Camera) -> dict[str, object]:
        key = self.newest_key(uid)
        status = camera.status()
        newest = status["newest_us"] if key is None else self._store.utc_us(key.rel_start_us)
        since_us = status["since_us"] or self._store.utc_us()
        return {**status, "since_us": since_us, "still_us": newest}

    async def _in_thread[**P, T](self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run what may wait for a camera's lock or the catalog."""
        return await asyncio.to_thread(call, *args, **kwargs)


def _device(config: CameraConfig) -> str:
    """Return host and port: the channels of one recorder have them in common, and knock one after the other."""
    return config.main.url.partition("://")[2].partition("/")[0]


def _stays(camera: Camera, wanted: CameraConfig | None) -> bool:
    """Tell whether a camera goes on, recorded by whom it was."""
    return wanted is not None and (camera.config.kept is None) == (wanted.kept is None)
