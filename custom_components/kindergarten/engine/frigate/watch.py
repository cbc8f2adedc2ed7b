"""Watches one Frigate server for as long as it is desired: it may hang, restart or answer anything."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
import logging
from typing import Any

from ..env import Env
from ..errors import EngineError, RequestError
from ..frigate_api.client import FrigateClient
from ..frigate_api.errors import FrigateError
from ..frigate_api.models import FrigateConfig, Stats, Version
from ..frigate_api.server import Server
from ..kept import KeptElsewhere
from ..recorder.store.elsewhere_rows import HOUR_US, joined
from ..recorder.store.schedule import Schedule, Span
from ..recorder.store.views import Emit
from .books import Books
from .holding import HoldKeeper
from .mending import lengthen
from .problems import Problem, problems
from .seldom import OPEN_PORT, Seldom
from .truth import GONE, RECORDING, RESTING, STARTING, Causes, Judgement, clock_off_us, judge, unreachable
from .upkeep import SETTLED_US, Upkeep, unproven

LOOK_S = 30.0
_CONFIG_S = 300.0
_AGAIN_S, _SELDOM_S = 5.0, 120.0
_BETWEEN_PROOFS_S = 0.04
_PROOFS_AT_ONCE = 2
_PROVEN_AT_ONCE = 24
_BACK_US = 150_000_000
_AHEAD_US = 600_000_000
_RECENT_US = 3 * HOUR_US
_MOST_BACK_US = 2 * HOUR_US

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Watched:
    """A camera that a server keeps for us."""

    uid: str
    label: str
    kept: KeptElsewhere
    schedule: Schedule | None = None


@dataclass(slots=True)
class Seen:
    """What was seen of a camera since the engine began."""

    judgement: Judgement = STARTING
    since_us: int = 0
    newest_us: int | None = None
    causes: Causes = field(default_factory=Causes)
    recent: list[Span] = field(default_factory=list)
    told: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Means:
    """What all watchers share; `now_us` is UTC, `emit` tells what happened, `changed` hears the uid of a camera."""

    env: Env
    books: Books
    now_us: Callable[[], int]
    emit: Emit
    minimum_days: Callable[[], int]
    changed: Callable[[str], None] = lambda _: None
    look_s: float = LOOK_S
    open_port: int = OPEN_PORT


class ServerWatch:
    """One server and the cameras it keeps. Used by the loop's thread."""

    def __init__(self, means: Means, server: Server) -> None:
        """Prepare; `start` begins."""
        self._means = means
        self.server = server
        self._cameras: dict[str, Watched] = {}
        self._seen: dict[str, Seen] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self.client = FrigateClient(means.env, server)
        self._upkeep = Upkeep(self.client, means.books)
        self._changed = asyncio.Event()
        self._holds = HoldKeeper(self.client, means.books, means.now_us)
        self.version: Version | None = None
        self.config: FrigateConfig | None = None
        self.stats: Stats | None = None
        self.trouble: str | None = "starting"
        self._since_us = means.now_us()
        self._in_force: tuple[float, FrigateConfig] | None = None
        self._ahead_us = 0
        self._seldom = Seldom(
            env=means.env, client=self.client, server=server, books=means.books, look_s=means.look_s,
            open_port=means.open_port,
        )  # fmt: skip

    def start(self) -> None:
        """Begin to watch."""
        work = (self._look_on, self._keep_books, self._keep_holds)
        self._tasks = [asyncio.create_task(each()) for each in work]

    async def close(self) -> None:
        """End for good."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.client.close()

    def watch(self, cameras: Mapping[str, Watched]) -> None:
        """Watch these cameras and no others."""
        for uid, camera in cameras.items():
            before = self._cameras.get(uid)
            if before is None or before.kept != camera.kept:
                self._seen[uid] = Seen(since_us=self._means.now_us())
        for uid in self._seen.keys() - cameras.keys():
            del self._seen[uid]
        if self._cameras != dict(cameras):
            self._cameras = dict(cameras)
            self._changed.set()

    def seen(self, uid: str) -> Seen | None:
        """Return what is known of a camera."""
        return self._seen.get(uid)

    def name_of(self, uid: str) -> str | None:
        """Return what the server calls a camera."""
        camera = self._cameras.get(uid)
        return camera.kept.camera if camera else None

    async def lengthen(self) -> None:
        """Have the server keep our cameras for the minimum and a day; raises FrigateError."""
        names = [camera.kept.camera for camera in self._cameras.values()]
        try:
            in_force = self._in_force[1] if self._in_force else None
            await lengthen(self.client, names, self._means.minimum_days() + 1, in_force)
            self._in_force = None
        finally:
            await self._meet()

    def fps(self, uid: str) -> float | None:
        """Return the pictures a second that a camera delivers to the server."""
        camera = self._cameras.get(uid)
        measured = self.stats.cameras.get(camera.kept.camera) if camera and self.stats else None
        return measured.fps if measured else None

    def view(self) -> dict[str, Any]:
        """Return how the server is, in the words of the control API."""
        return {
            "state": "ok" if self.trouble is None else self.trouble,
            "since_us": self._since_us,
            "version": ".".join(map(str, self.version)) if self.version else None,
            "problems": [problem.view() for problem in (*self._about_clock(), *self._problems())],
            **self._seldom.view(),
        }

    def _problems(self) -> list[Problem]:
        if self.version is None or self.config is None:
            return []
        wanted = {camera.kept.camera: uid for uid, camera in self._cameras.items()}
        in_force = self._in_force[1] if self._in_force else self.config
        found = problems(self.server, self.version, self.config, in_force, wanted, self._means.minimum_days())
        return [
            *found,
            *self._seldom.problems(self._means.minimum_days()),
            *self._holds.problems(),
        ]

    # -- now ----------------------------------------------------------------------------------

    async def _look_on(self) -> None:
        """Look at every camera for ever; no trouble ends this."""
        wait_s, config_due = _AGAIN_S, 0.0
        while True:
            try:
                if self._monotonic_s() >= config_due or self.config is None:
                    await self._meet()
                    config_due = self._monotonic_s() + _CONFIG_S
                await self._look()
                self._is(None)
                wait_s = self._means.look_s
            except FrigateError as error:
                self._is(error.code)
                await self._nobody_answers(error.code)
                config_due = 0.0
                wait_s = (
                    min(_SELDOM_S, wait_s * 2) if error.code == "auth" else min(_AGAIN_S, self._means.look_s)
                )
            except RequestError as error:  # the archive is not there: the look itself was good
                _LOGGER.debug("Nothing can be remembered: %s", error)
                wait_s = LOOK_S
            except Exception:  # the last line of defence: the watch must go on
                _LOGGER.exception("Watching a server failed")
                wait_s = LOOK_S
            await self._sleep(wait_s)

    async def _meet(self) -> None:
        """Ask who answers and how it is set up."""
        self.version = await self.client.version()
        config, stats = await asyncio.gather(self.client.config(), self.client.stats())
        self.config, self.stats = config, stats
        started_s = self._means.now_us() / 1e6 - (stats.uptime_s or 0)
        # What is changed without a restart is shown at once, and deletion goes on as before.
        if self._in_force is None or abs(started_s - self._in_force[0]) > 60:
            self._in_force = started_s, config
        for camera in list(self._cameras.values()):
            await self._means.books.introduce(camera.uid, camera.label, camera.schedule)

    async def _look(self) -> None:
        self.stats = await self.client.stats()
        self._ahead_us = clock_off_us(self.client.connection.date_s, self._means.now_us())
        self._notice_start(self.stats)
        cameras = list(self._cameras.values())
        outcomes = await asyncio.gather(*map(self._look_at, cameras), return_exceptions=True)
        failed = _failed(outcomes)
        if failed and len(failed) == len(cameras):
            raise failed[0]
        for camera, outcome in zip(cameras, outcomes, strict=True):
            if isinstance(outcome, FrigateError):  # the others' footage tells that the server is well
                self._stale(camera.uid, outcome.code)

    def _about_clock(self) -> tuple[Problem, ...]:
        return (Problem(code="clock_off"),) if self._ahead_us else ()

    def _notice_start(self, stats: Stats) -> None:
        """Remember when the server began: nothing was recorded around that."""
        if stats.uptime_s is None:
            return
        started_us = self._means.now_us() - round(stats.uptime_s * 1e6)
        for seen in self._seen.values():
            seen.causes.notice_once(started_us, "host_restart")

    async def _look_at(self, camera: Watched) -> None:
        seen, now = self._seen.get(camera.uid), self._means.now_us() + self._ahead_us
        if seen is None or self.config is None:
            return
        begin = max(now - _MOST_BACK_US, seen.newest_us or 0)
        begin = min(begin, now - _BACK_US)
        segments = await self.client.segments(camera.kept.camera, begin, now + _AHEAD_US)
        spans = [(each.start_us, each.end_us) for each in segments if each.start_us < now + _AHEAD_US]
        seen.newest_us = max([each[1] for each in spans] + [seen.newest_us or 0]) or None
        seen.recent = [each for each in joined([*seen.recent, *spans]) if each[1] > now - _RECENT_US]
        await self._means.books.recent(camera.uid, seen.recent)
        known = self.config.cameras.get(camera.kept.camera)
        judgement = judge(known, self.stats, seen.newest_us, now)
        if judgement is not RECORDING and judgement is not GONE and _rests(camera, now):
            judgement = RESTING
        self._judge(camera.uid, judgement, self._means.now_us())

    async def _nobody_answers(self, code: str) -> None:
        for uid in list(self._seen):
            self._stale(uid, code)

    def _stale(self, uid: str, code: str) -> None:
        """Judge a camera that nothing could be learned of: what was fresh a moment ago is still."""
        seen, now = self._seen.get(uid), self._means.now_us()
        newest_us = seen.newest_us if seen else None
        if newest_us is None or now + self._ahead_us - newest_us > _BACK_US or code == "auth":
            self._judge(uid, unreachable(code), now)

    def _judge(self, uid: str, judgement: Judgement, now: int) -> None:
        seen = self._seen.get(uid)
        if seen is None:
            return
        before, seen.judgement = seen.judgement, judgement
        seen.causes.notice(now, judgement.cause)
        if before.state == judgement.state and before.code == judgement.code:
            return
        seen.since_us = now
        emit = self._means.emit
        if judgement is RECORDING and seen.told:
            seen.told = False
            emit("recording_resumed", uid, {"at_us": now})
        elif judgement.state not in ("recording", "off", "starting") and not seen.told:
            seen.told = True
            since = seen.newest_us or now
            emit("recording_stopped", uid, {"cause": judgement.cause, "since_us": since})
        self._means.changed(uid)

    def _is(self, trouble: str | None) -> None:
        if trouble != self.trouble:
            _LOGGER.info("A Frigate server is %s", trouble or "there")
            self.trouble, self._since_us = trouble, self._means.now_us()

    # -- what was -----------------------------------------------------------------------------

    async def _keep_books(self) -> None:
        """Write down every hour while its footage is there, for ever."""
        done: dict[str, int] = {}
        while True:
            try:
                hour = (self._means.now_us() - SETTLED_US) // HOUR_US
                due = [each for each in list(self._cameras.values()) if done.get(each.uid) != hour]
                if due and self.config is not None and self.trouble is None:
                    outcomes = await asyncio.gather(*map(self._write_down, due), return_exceptions=True)
                    done.update(
                        {c.uid: hour for c, found in zip(due, outcomes, strict=True) if found is None}
                    )
                    if failed := _failed(outcomes):
                        raise failed[0]
                elif self.trouble is None and not due and await self._prove_some():
                    continue
                elif self.trouble is None and not due and self.config and self._seldom.due:
                    disk = self.stats.disk if self.stats else None
                    ours = {camera.kept.camera: camera.uid for camera in self._cameras.values()}
                    await self._seldom.look(self.config, disk, ours, self._means.now_us())
            except EngineError as error:
                _LOGGER.info("Footage cannot be looked through now: %s", error)
                await self._sleep(LOOK_S)
            except Exception:  # the last line of defence: the watch must go on
                _LOGGER.exception("Looking through a server's footage failed")
                await self._sleep(LOOK_S)
            self._changed.clear()
            try:
                again_s = 1.0 if self.config is None or self.trouble else _AGAIN_S
                async with asyncio.timeout(min(again_s, self._means.look_s)):
                    await self._changed.wait()
            except TimeoutError:
                continue

    async def _keep_holds(self) -> None:
        """Have the server keep what is held, for ever; what fails is tried again and told meanwhile."""
        while True:
            await self._sleep(min(_AGAIN_S, self._means.look_s))
            for camera in list(self._cameras.values()) if self.trouble is None else ():
                if not await self._holds.look(camera.uid, camera.kept.camera):
                    await self._sleep(self._means.look_s)

    async def _write_down(self, camera: Watched) -> None:
        seen = self._seen.get(camera.uid)
        if seen is None:
            return
        await self._means.books.introduce(camera.uid, camera.label, camera.schedule)
        now, days = self._means.now_us(), self._kept_days(camera.kept.camera)
        looked = await self._upkeep.look(camera.uid, camera.kept.camera, now, days, seen.causes.of)
        minimum = now // HOUR_US - 24 * self._means.minimum_days()
        young = [hour for hour in looked.lost if hour > minimum]
        if looked.lost:
            data = {"reason": "elsewhere", "cameras": [camera.uid], "hours": len(looked.lost)}
            self._means.emit("deleted", None, {**data, "below_minimum": bool(young)})
        if young:
            edges = {"oldest_us": young[0] * HOUR_US, "newest_us": (young[-1] + 1) * HOUR_US}
            self._means.emit("retention_broken", None, {**edges, "cameras": [camera.uid]})

    def _kept_days(self, camera: str) -> float:
        """Return how many days the server's deletion keeps, which need not be what it says now."""
        if self._in_force is None:
            return 0.0
        config = self._in_force[1]
        known = config.cameras.get(camera)
        return (known.keeping if known else config.keeping).continuous

    async def _prove_some(self) -> bool:
        """Look for the files of some hours nobody looked for; false when all are known."""
        turn = asyncio.Semaphore(_PROOFS_AT_ONCE)
        outcomes = await asyncio.gather(*(self._prove(each, turn) for each in list(self._cameras.values())))
        return any(outcomes)

    async def _prove(self, camera: Watched, turn: asyncio.Semaphore) -> bool:
        """Look for the files of a camera's newest day nobody looked at; false when all are known."""
        async with turn:
            seen = self._seen.get(camera.uid)
            known = await self._means.books.known(camera.uid)
            hours = unproven(known)[:_PROVEN_AT_ONCE]
            if seen is None or not hours:
                return False
            found = []
            for hour in hours:
                each = await self._upkeep.prove(camera.kept.camera, hour, known[hour], seen.causes.of)
                if each is not None:
                    found.append(each)
                await self._sleep(_BETWEEN_PROOFS_S)
            await self._means.books.note(camera.uid, sorted(found, key=lambda each: each.hour))
            return bool(found)

    def _monotonic_s(self) -> float:
        return self._means.env.monotonic_ns() / 1e9

    async def _sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def _failed(outcomes: Sequence[object]) -> list[EngineError]:
    """Return how a server failed in some of its answers; raises what is no such failure."""
    for outcome in outcomes:
        if isinstance(outcome, BaseException) and not isinstance(outcome, FrigateError):
            raise outcome
    return [outcome for outcome in outcomes if isinstance(outcome, FrigateError)]


def _rests(camera: Watched, now_us: int) -> bool:
    return camera.schedule is not None and not camera.schedule.wanted(now_us)
