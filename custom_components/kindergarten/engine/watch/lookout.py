"""Looks through every camera now and then, and tells when one no longer sees its room."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
import logging
from typing import Protocol

from ..config import CameraConfig
from ..decode.client import Look
from ..env import Env
from ..errors import EngineError, RequestError
from ..place import Place
from ..recorder.live import LiveFragment
from ..recorder.store.views import EpochView, KeyFrame, Stream
from .clock import ClockWatch, is_time_zone
from .memory import OK, Memory, load
from .pictures import PictureEvents, Which

TICK_S = 0.5
STILL_HEIGHT = 480
_SAVE_NS = 1_800_000_000_000
_TIDY_NS = 3_600_000_000_000
_SECOND_NS = 1_000_000_000
_MOST_PATIENCE = 64
_SHARE = 0.00095
"""The part of a core that looking through one camera in every round may take: 2 % for 16 of them, with the decoder that is started for it."""
_DOUBT = 4
"""So much sooner than usual a camera is looked at again when in doubt."""

_LOGGER = logging.getLogger(__name__)


class Looker(Protocol):
    """Whoever decodes."""

    async def look(
        self, eye: bytes, init: bytes, fragment: bytes, time_us: int, open_now: bool | None = None
    ) -> tuple[Look, bytes]:
        """Have an eye look at a picture; raises RequestError."""

    async def still(self, init: bytes, fragment: bytes, height: int | None = None) -> bytes:
        """Return a picture as JPEG; raises RequestError."""


class Cameras(Protocol):
    """The cameras, as far as they are looked through."""

    def watched_key(self, uid: str) -> LiveFragment | None:
        """Return the newest picture that decodes by itself, always of the same stream."""

    async def watched_still(self, uid: str, at_us: int | None = None) -> bytes | None:
        """Return a JPEG, of now or of a time, from the server that keeps a camera; raises RequestError.

        None while that records nothing: what it shows then may be anything.
        """

    def clock_offset_ms(self, uid: str) -> int | None:
        """Return how far the camera's clock is ahead of ours, if that is known."""


class Footage(Protocol):
    """The archive, as far as pictures are asked of it."""

    @property
    def epoch(self) -> EpochView:
        """Return the clock."""

    def utc_us(self, rel_us: int | None = None) -> int:
        """Return the UTC of a time of this epoch (default: now)."""

    def key_frame_at(self, camera: str, stream: Stream, utc_us: int | None) -> KeyFrame | None:
        """Return the newest key frame at or before a time; raises RequestError."""


class Told(Protocol):
    """Where events go."""

    def emit(self, kind: str, camera: str | None, data: Mapping[str, object]) -> None:
        """Tell that something happened."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Shown:
    """A picture to look at, and of when (µs, UTC): a fragment with its `init`, or a JPEG with none."""

    init: bytes
    data: bytes
    time_us: int


@dataclass(kw_only=True, slots=True)
class _Watched:
    """A camera that is looked through; `patience` grows while it cannot be decoded."""

    config: CameraConfig
    memory: Memory
    due_ns: int
    saved_ns: int
    seen: tuple[int, int] = (0, 0)
    patience: int = 1


class Lookout:
    """Keeps every camera's eye; used by the loop's thread."""

    def __init__(
        self, env: Env, place: Place, looker: Looker, cameras: Cameras, footage: Footage, told: Told
    ) -> None:
        """Begin without cameras."""
        self._env = env
        self._place = place
        self._looker = looker
        self._cameras = cameras
        self._footage = footage
        self._told = told
        self._watched: dict[str, _Watched] = {}
        self._every_ns = 60 * _SECOND_NS
        self._days = 30
        self._tidied_ns = 0
        self._disk = asyncio.Lock()
        self.pictures = PictureEvents(place.state / "pictures")

    async def apply(self, cameras: Iterable[CameraConfig], every_s: float, days: int) -> None:
        """Look through these cameras every so many seconds from now on, and keep stills for `days`."""
        desired = {camera.uid: camera for camera in cameras}
        every_ns = round(every_s * _SECOND_NS)
        changed = self._every_ns != every_ns
        self._every_ns, self._days = every_ns, days
        for uid in self._watched.keys() - desired.keys():
            del self._watched[uid]
        forgotten = {name for name in self._place.names("eye-") if name.removeprefix("eye-") not in desired}
        for name in forgotten:
            await asyncio.to_thread(self._place.remove, name)
        # All in one round, one after the other: who decodes is there for a moment only.
        round_ns = min((each.due_ns for each in self._watched.values()), default=self._env.monotonic_ns())
        for uid, camera in desired.items():
            watched = self._watched.get(uid)
            if not camera.watch_picture:
                if watched is not None:
                    await self._save(self._watched.pop(uid))
            elif watched is None:
                memory = await asyncio.to_thread(self._remembered, uid)
                now_ns = self._env.monotonic_ns()
                self._watched[uid] = _Watched(config=camera, memory=memory, due_ns=round_ns, saved_ns=now_ns)
            else:
                watched.config = camera
                if changed:
                    watched.due_ns = self._env.monotonic_ns()

    def _remembered(self, uid: str) -> Memory:
        try:
            return load(self._place.read(f"eye-{uid}"))
        except OSError as error:
            _LOGGER.warning("What camera %s saw cannot be read: %s", uid, error)
            return Memory()

    def status(self, uid: str) -> dict[str, object] | None:
        """Return a camera's part of the control API's status; None when it is not looked through."""
        if (watched := self._watched.get(uid)) is None:
            return None
        memory = watched.memory
        offset_ms = self._cameras.clock_offset_ms(uid)
        wrong = memory.clock.since_us is not None
        return {
            "sight": memory.sight,
            "since_us": memory.since_us,
            "learning": memory.learning,
            "looked_us": memory.looked_us,
            "clock_wrong_since_us": memory.clock.since_us,
            "time_zone_wrong": bool(wrong and offset_ms is not None and is_time_zone(offset_ms)),
        }

    async def run(self) -> None:
        """Look for ever."""
        while True:
            await asyncio.sleep(min(TICK_S, self._every_ns / _SECOND_NS / 4))
            try:
                await self.look_around()
            except Exception:  # the loop's last line of defence: recording shall not suffer for it
                _LOGGER.exception("Looking through the cameras failed")

    async def look_around(self) -> None:
        """Look through every camera whose turn it is."""
        for watched in list(self._watched.values()):
            now_ns = self._env.monotonic_ns()
            if now_ns < watched.due_ns:
                continue
            wait_ns = self._every_ns * watched.patience
            watched.due_ns = max(watched.due_ns + wait_ns, now_ns + wait_ns // 2)
            await self._look(watched)
            if now_ns - watched.saved_ns > _SAVE_NS:
                await self._save(watched)
        if self._env.monotonic_ns() - self._tidied_ns > _TIDY_NS:
            self._tidied_ns = self._env.monotonic_ns()
            await self._tidy()

    async def learn_anew(self, uid: str) -> None:
        """Forget what a camera usually sees: it was moved on purpose. Raises RequestError("not_watched")."""
        if (watched := self._watched.get(uid)) is None:
            raise RequestError("not_watched", "this camera's picture is not watched")
        memory, now_us = watched.memory, self._footage.utc_us()
        before, since_us = memory.sight, memory.since_us
        watched.memory = Memory(clock=memory.clock, looked_us=memory.looked_us)
        if before != OK:
            self._tell(uid, "restored", {"cause": before, "start_us": since_us, "end_us": now_us})
        await self._save(watched)

    async def stop(self) -> None:
        """Remember everything."""
        for watched in self._watched.values():
            await self._save(watched)

    async def _shown(self, watched: _Watched) -> _Shown | None:
        """Return what a camera shows now; None when that was looked at before. Raises RequestError."""
        uid = watched.config.uid
        if watched.config.kept is not None:
            jpeg = await self._cameras.watched_still(uid)
            return _Shown(init=b"", data=jpeg, time_us=self._footage.utc_us()) if jpeg else None
        key = self._cameras.watched_key(uid)
        if key is None or (key.run, key.number) == watched.seen:
            return None
        watched.seen = key.run, key.number
        return _Shown(init=key.init.data, data=key.data, time_us=self._footage.utc_us(key.rel_start_us))

    async def _look(self, watched: _Watched) -> None:
        uid, memory = watched.config.uid, watched.memory
        trusted, hours = self._footage.epoch.trust > 0, watched.config.hours
        try:
            if (shown := await self._shown(watched)) is None:
                return
            time_us = shown.time_us
            open_now = hours.wanted(time_us) if hours and trusted else None
            said, eye = await self._looker.look(memory.eye, shown.init, shown.data, time_us, open_now)
        except EngineError as error:
            # What kills the worker shall not do so all the time: it has other work.
            watched.patience = min(_MOST_PATIENCE, watched.patience * 2)
            _LOGGER.info("Camera %s cannot be looked through: %s", uid, error.code)
            return
        watched.patience = 1
        if watched.memory is not memory:  # was told to learn anew meanwhile
            return
        before, good_us = memory.sight, memory.good_us
        start_us = memory.since_us
        memory.eye, memory.learning, memory.looked_us = eye, said.learning, time_us
        if said.spent_ms * 1e6 > self._every_ns * _SHARE:
            watched.due_ns += self._every_ns  # in every second round: more seldom would be too late
        if said.doubtful:
            watched.due_ns = min(watched.due_ns, self._env.monotonic_ns() + self._every_ns // _DOUBT)
        memory.sight, memory.since_us = said.sight, said.since_us
        if said.sight == said.look == OK:
            memory.good_us = time_us
        if said.sight != before:
            if said.sight == OK:
                kind, data = "restored", {"cause": before, "start_us": start_us, "end_us": time_us}
                good_us = start_us
            else:
                kind, data = said.sight, {"since_us": said.since_us}
            await self._changed(watched, kind, data, good_us, shown)
        if trusted:
            await self._look_at_clock(watched, memory.clock, shown)

    async def _look_at_clock(self, watched: _Watched, clock: ClockWatch, shown: _Shown) -> None:
        uid, now_us = watched.config.uid, self._footage.utc_us()
        offset_ms, start_us = self._cameras.clock_offset_ms(uid), clock.since_us
        if offset_ms is None or not clock.look(offset_ms, now_us):
            return
        if clock.since_us is None:
            data = {"cause": "clock_wrong", "start_us": start_us, "end_us": now_us}
            await self._changed(watched, "restored", data, None, None)
        else:
            wrong = {"since_us": now_us, "offset_ms": offset_ms, "time_zone": is_time_zone(offset_ms)}
            await self._changed(watched, "clock_wrong", wrong, None, shown)

    async def _changed(
        self,
        watched: _Watched,
        kind: str,
        data: Mapping[str, object],
        before_us: int | None,
        shown: _Shown | None,
    ) -> None:
        """Tell what changed, then keep the stills of it."""
        uid, now_us = watched.config.uid, self._footage.utc_us()
        self._tell(uid, kind, data)
        await self._save(watched)
        try:
            if shown is not None:
                after = await self._jpeg(shown)
                await self._keep(uid, now_us, kind, "after", shown.time_us, after)
            if before_us is not None and (past := await self._past(watched, before_us)) is not None:
                await self._keep(uid, now_us, kind, "before", past.time_us, await self._jpeg(past))
        except (EngineError, OSError) as error:
            _LOGGER.info("A still of camera %s could not be kept: %s", uid, error)
        await self._tidy()

    async def _past(self, watched: _Watched, at_us: int) -> _Shown | None:
        """Return what a camera showed at a time; raises RequestError."""
        uid = watched.config.uid
        if watched.config.kept is not None:
            jpeg = await self._cameras.watched_still(uid, at_us)
            return _Shown(init=b"", data=jpeg, time_us=at_us) if jpeg else None
        found = await asyncio.to_thread(self._footage.key_frame_at, uid, "main", at_us)
        if found is None:
            return None
        return _Shown(init=found.init, data=found.fragment, time_us=found.time_us)

    async def _jpeg(self, shown: _Shown) -> bytes:
        return await self._looker.still(shown.init, shown.data, STILL_HEIGHT) if shown.init else shown.data

    def _tell(self, uid: str, kind: str, data: Mapping[str, object]) -> None:
        _LOGGER.info("picture_%s %s %s", kind, uid, dict(data))
        self._told.emit(f"picture_{kind}", uid, data)

    async def _keep(self, uid: str, t_us: int, kind: str, which: Which, of_us: int, jpeg: bytes) -> None:
        async with self._disk:
            await asyncio.to_thread(self.pictures.keep, uid, t_us, kind, which, of_us, jpeg)

    async def _tidy(self) -> None:
        now_us = self._footage.utc_us() if self._footage.epoch.trust > 0 else None
        async with self._disk:
            await asyncio.to_thread(self.pictures.tidy, now_us, self._days)

    async def _save(self, watched: _Watched) -> None:
        watched.saved_ns = self._env.monotonic_ns()
        try:
            await asyncio.to_thread(self._place.write, f"eye-{watched.config.uid}", watched.memory.dump())
        except OSError as error:
            _LOGGER.warning("What camera %s sees cannot be remembered: %s", watched.config.uid, error)

    async def events(self, uid: str) -> list[dict[str, object]]:
        """Return the events of a camera of which there are stills, the newest first."""
        async with self._disk:
            return [asdict(event) for event in await asyncio.to_thread(self.pictures.of, uid)]

    async def picture(self, uid: str, event_id: str, which: str) -> bytes | None:
        """Return a still as JPEG, or nothing when there is none."""
        async with self._disk:
            return await asyncio.to_thread(self.pictures.read, uid, event_id, which)
