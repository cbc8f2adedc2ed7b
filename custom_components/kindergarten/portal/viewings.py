"""Everybody who watches now: begun, decided anew each second and at every change, and ended."""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
import logging
import secrets
import time
from typing import TYPE_CHECKING, Final

from homeassistant.core import CALLBACK_TYPE, callback

from ..archive.protocol import ArchiveRefused, ArchiveUnavailable
from ..const import CONF_PORTAL_ROOM_CAP, CONF_PORTAL_SITE_CAP, PORTAL_ROOM_CAP, PORTAL_SITE_CAP
from ..engine.people.records import Device
from .access import Reason, Room
from .answers import Refusal, nothing_here
from .audit import Audit
from .caps import Caps, Limit, Mode, Watching
from .live import Feeds
from .openings import Openings
from .playlist import Playlist
from .stills import Stills
from .viewing import End, Ended, Viewing

if TYPE_CHECKING:
    from .portal import Portal

LOOK_S: Final = 1.0
WARM_EVERY_S: Final = 5.0
"""Often: a recorder that was started anew has forgotten what it was asked."""
WARM_AGAIN_S: Final = 2.0
"""How soon the recorder is asked again when it kept not all open: it may be starting still."""
WARM_S: Final = 30
REMEMBER_S: Final = 120.0
"""How long a phone may ask why its viewing ended."""
_MOST_ENDED: Final = 1000
_CODE: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_CODE_LENGTH: Final = 4

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Watched:
    """Somebody began or ceased to watch a room, and how many watch it now."""

    room_id: str
    began: bool
    watching: int


class Viewings:
    """One per guardian; a new one ends the one before."""

    def __init__(self, portal: Portal, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin to look after nobody. Needs the running loop."""
        self._portal = portal
        self._clock = clock
        self.feeds = Feeds(portal.hass, portal.archive)
        self.stills = Stills(portal.archive)
        self.openings = Openings(portal)
        self._audit = Audit(portal)
        self._caps = Caps(clock)
        self._running: dict[str, Viewing] = {}
        self._ended: OrderedDict[str, Viewing] = OrderedDict()
        self._listeners: set[Callable[[Watched], None]] = set()
        self._warm: frozenset[str] = frozenset()
        self._kept: frozenset[str] = frozenset()
        self._warm_s = 0.0
        self._closed = False
        self._stop_listening = portal.async_listen(self._look)
        self._work = portal.hass.async_create_background_task(self._run(), "kindergarten viewings")

    # -- who watches -------------------------------------------------------------------------

    def watching(self, room_id: str) -> int:
        """Return how many watch a room."""
        return sum(viewing.room_id == room_id for viewing in self._running.values())

    def watches(self, guardian_id: str) -> bool:
        """Return whether a guardian watches anything."""
        return any(viewing.guardian_id == guardian_id for viewing in self._running.values())

    @property
    def total(self) -> int:
        """Return how many watch anything."""
        return len(self._running)

    @callback
    def async_listen(self, listener: Callable[[Watched], None]) -> CALLBACK_TYPE:
        """Have `listener` told whenever somebody begins or ceases to watch; it hears no names."""
        self._listeners.add(listener)

        @callback
        def stop() -> None:
            self._listeners.discard(listener)

        return stop

    # -- what a phone asks -------------------------------------------------------------------

    @callback
    def begin(self, device: Device, room_id: str, now: datetime) -> Viewing:
        """Begin a viewing; raises Refusal (the reason, or `full` with a place in the line)."""
        self._look()
        decision = self._portal.decide(device, room_id, now)
        if decision.reason is Reason.UNKNOWN:
            raise nothing_here()
        if not decision.allowed:
            opens = decision.opens_at
            at_us = round(opens.timestamp() * 1e6) if opens is not None else None
            raise Refusal(decision.reason, opens_at_us=at_us)
        room = self._portal.house().rooms[room_id]
        guardian = self._portal.guardian(device)
        for earlier in [each for each in self._running.values() if each.guardian_id == guardian.id]:
            self._end(earlier, Ended.ELSEWHERE)
        granted = self._caps.ask(guardian.id, room_id, self._limit(), self._counts(), can_move=room.has_sub)
        if isinstance(granted, int):
            raise Refusal("full", HTTPStatus.CONFLICT, place=granted)
        self._portal.limits.viewing(guardian.id)
        viewing = self._make(device, room, granted, now)
        self._running[viewing.id] = viewing
        self._audit.begun(viewing)
        self._tell(viewing, began=True)
        return viewing

    def _make(self, device: Device, room: Room, mode: Mode, now: datetime) -> Viewing:
        guardian, now_s = self._portal.guardian(device), self._clock()
        code = "".join(secrets.choice(_CODE) for _ in range(_CODE_LENGTH))
        assert room.camera is not None
        viewing = Viewing(
            id=secrets.token_urlsafe(16),
            device=device,
            guardian_id=guardian.id,
            pseudonym=self._portal.snapshot.pseudonym(guardian.id),
            room_id=room.id,
            camera=room.camera,
            mode=mode,
            has_sub=room.has_sub,
            can_move=room.has_sub,
            lines=(guardian.short_name, code),
            began_us=round(now.timestamp() * 1e6),
            not_before_us=self.openings.closed_us(room.id, now),
            beat_s=now_s,
            active_s=now_s,
        )
        if mode == "video":
            self._show_video(viewing)
        return viewing

    def _show_video(self, viewing: Viewing) -> None:
        viewing.mode = "video"
        viewing.feed = self.feeds.join(viewing.camera)
        viewing.playlist = Playlist(viewing.feed, viewing.not_before_us)

    @callback
    def get(self, viewing_id: str, device: Device, now: datetime) -> Viewing:
        """Return a running viewing of this phone that is still allowed; raises what makes a plain 404."""
        viewing = self._running.get(viewing_id)
        if viewing is None or viewing.device.id != device.id:
            raise nothing_here()
        if (end := self._decide(viewing, now)) is not None:
            self._end(viewing, end)
            raise nothing_here()
        return viewing

    def ended(self, viewing_id: str, device: Device) -> End | None:
        """Return why a viewing of this phone ended a short while ago."""
        viewing = self._ended.get(viewing_id)
        if viewing is None or viewing.device.id != device.id:
            return None
        return viewing.end

    @callback
    def beat(self, viewing: Viewing, *, visible: bool, active: bool) -> int:
        """Hear from a phone; returns in how many seconds its viewing ends if nobody touches it."""
        now_s = self._clock()
        viewing.beat(now_s, visible=visible, active=active)
        if viewing.mode == "stills" and viewing.can_move:
            earlier: Counter[str] = Counter()
            for each in self._running.values():
                if each is viewing:
                    break
                earlier[each.room_id] += each.mode == "stills" and each.can_move
            if self._caps.may_move(viewing.room_id, self._limit(), self._counts(), earlier):
                self._show_video(viewing)
        return viewing.left_s(now_s)

    @callback
    def only_stills(self, viewing: Viewing) -> None:
        """Show stills from now on: no browser plays this stream."""
        if viewing.feed is not None:
            self.feeds.leave(viewing.camera)
        viewing.feed = viewing.playlist = None
        viewing.mode, viewing.can_move = "stills", False

    @callback
    def end(self, viewing: Viewing) -> None:
        """End a viewing because the phone says so."""
        self._end(viewing, Ended.CLOSED_BY_VIEWER)

    # -- what ends it ------------------------------------------------------------------------

    def _decide(self, viewing: Viewing, now: datetime) -> End | None:
        decision = self._portal.decide(viewing.device, viewing.room_id, now)
        if not decision.allowed:
            return decision.reason
        room = self._portal.house().rooms[viewing.room_id]
        if room.camera != viewing.camera or (viewing.mode == "video" and not room.has_sub):
            return Reason.NO_CAMERA
        return None

    @callback
    def _look(self) -> None:
        """Decide about everybody anew."""
        now, now_s = self._portal.now(), self._clock()
        for room in self.openings.look(now):
            self.feeds.forget(room.camera)
        for viewing in list(self._running.values()):
            end = self._decide(viewing, now) or viewing.over(now_s)
            if end is not None:
                self._end(viewing, end)
        while self._ended and next(iter(self._ended.values())).ended_s < now_s - REMEMBER_S:
            self._ended.popitem(last=False)

    @callback
    def _end(self, viewing: Viewing, end: End) -> None:
        now_s = self._clock()
        del self._running[viewing.id]
        viewing.stop(end, now_s)
        if viewing.feed is not None:
            self.feeds.leave(viewing.camera)
            viewing.feed = viewing.playlist = None
        self._ended[viewing.id] = viewing
        if len(self._ended) > _MOST_ENDED:
            self._ended.popitem(last=False)
        self._audit.ended(viewing)
        self._tell(viewing, began=False)

    def _tell(self, viewing: Viewing, *, began: bool) -> None:
        news = Watched(room_id=viewing.room_id, began=began, watching=self.watching(viewing.room_id))
        for listener in list(self._listeners):
            listener(news)

    def _limit(self) -> Limit:
        options = self._portal.options
        return Limit(
            site=int(options.get(CONF_PORTAL_SITE_CAP, PORTAL_SITE_CAP)),
            room=int(options.get(CONF_PORTAL_ROOM_CAP, PORTAL_ROOM_CAP)),
        )

    def _counts(self) -> Watching:
        counts = Watching(video=Counter(), stills=Counter(), wishing=Counter())
        for viewing in self._running.values():
            (counts.video if viewing.mode == "video" else counts.stills)[viewing.room_id] += 1
            counts.wishing[viewing.room_id] += viewing.mode == "stills" and viewing.can_move
        return counts

    # -- the work ----------------------------------------------------------------------------

    async def _run(self) -> None:
        """Look at everybody each second, and keep the streams of open rooms warm."""
        while True:
            try:
                self._look()
            except Exception:  # the loop's last line of defence: who cannot be decided about sees nothing
                _LOGGER.exception("Nobody can be decided about")
                for viewing in list(self._running.values()):
                    self._end(viewing, Ended.STOPPED)
            await self._keep_warm()
            await asyncio.sleep(LOOK_S)

    async def _keep_warm(self) -> None:
        cameras, now_s = frozenset(self.openings.cameras()), self._clock()
        every_s = WARM_EVERY_S if self._kept == cameras else WARM_AGAIN_S
        if cameras == self._warm and (not cameras or now_s - self._warm_s < every_s):
            return
        self._warm, self._warm_s = cameras, now_s
        try:
            self._kept = await self._portal.archive.warm(sorted(cameras), WARM_S)
        except ArchiveUnavailable, ArchiveRefused:
            self._kept = frozenset()

    async def close(self) -> None:
        """End every viewing."""
        if self._closed:
            return
        self._closed = True
        self._stop_listening()
        self._work.cancel()
        for viewing in list(self._running.values()):
            self._end(viewing, Ended.STOPPED)
        await self.feeds.close()
        await self._audit.close()
