"""Privacy pauses: for some minutes parents see nothing of a room; it goes on being recorded."""

from datetime import datetime, timedelta
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.util import dt as dt_util

from .archive.protocol import as_utc
from .const import DOMAIN
from .engine.people.errors import PeopleError
from .engine.people.people import People
from .families import Families
from .news import SIGNAL_NEWS, SIGNAL_PAUSES, News, NewsKind

WARN: Final = timedelta(minutes=2)
"""So long before it ends, whoever paused is told."""


class PrivacyPauses:
    """The rooms that are paused now. The people's store keeps them, so a restart ends none."""

    def __init__(self, hass: HomeAssistant, families: Families) -> None:
        """Begin with what the store knows; `follow` does the rest."""
        self._hass = hass
        self._families = families
        self._known: dict[str, datetime] = {}
        self._warned: set[str] = set()
        self._cancel: CALLBACK_TYPE | None = None

    @callback
    def follow(self) -> CALLBACK_TYPE:
        """Watch the store and the clock, until the returned function is called."""
        self._known = self._running()
        self._warned = {room_id for room_id, until in self._known.items() if self._is_near(until)}
        stop = self._families.async_listen(self._look)
        self._wait()

        @callback
        def leave() -> None:
            stop()
            if self._cancel:
                self._cancel()

        return leave

    def until(self, room_id: str) -> datetime | None:
        """Return when a room's pause ends, None while it has none."""
        return self._running().get(room_id)

    async def async_pause(self, room_id: str, minutes: int, by: str) -> None:
        """Let parents see nothing of a room for so long from now; raises HomeAssistantError."""
        until = dt_util.utcnow() + timedelta(minutes=minutes)
        with_us = round(until.timestamp() * 1_000_000)
        try:
            await self._families.do(People.pause, room_id, with_us, by)
        except PeopleError as error:
            raise _not_kept(error) from error

    async def async_resume(self, room_id: str) -> None:
        """End a room's pause; raises HomeAssistantError."""
        try:
            await self._families.do(People.resume, room_id)
        except PeopleError as error:
            raise _not_kept(error) from error

    def _running(self) -> dict[str, datetime]:
        now = dt_util.utcnow()
        ends = {pause.room_id: as_utc(pause.until_us) for pause in self._families.snapshot.pauses.values()}
        return {room_id: until for room_id, until in ends.items() if until > now}

    @callback
    def _look(self) -> None:
        """Tell what is new since we last looked, and wake when something changes next."""
        before, self._known = self._known, self._running()
        for room_id, until in self._known.items():
            if before.get(room_id) != until:
                self._warned.discard(room_id)
                if room_id not in before:
                    self._tell("pause_started", room_id, until=until.isoformat())
            if room_id not in self._warned and self._is_near(until):
                self._warned.add(room_id)
                self._tell("pause_ending", room_id, until=until.isoformat())
        for room_id in before.keys() - self._known.keys():
            self._warned.discard(room_id)
            self._tell("pause_ended", room_id)
        if before != self._known:
            async_dispatcher_send(self._hass, SIGNAL_PAUSES)
        self._wait()

    def _is_near(self, until: datetime) -> bool:
        return until - dt_util.utcnow() <= WARN

    def _wait(self) -> None:
        if self._cancel:
            self._cancel()
            self._cancel = None
        moments = [
            until if room_id in self._warned else until - WARN for room_id, until in self._known.items()
        ]
        if moments:
            self._cancel = async_track_point_in_utc_time(self._hass, self._wake, min(moments))

    @callback
    def _wake(self, _: datetime) -> None:
        self._cancel = None
        self._look()

    def _tell(self, kind: NewsKind, room_id: str, **details: str) -> None:
        async_dispatcher_send(self._hass, SIGNAL_NEWS, News(kind=kind, room_id=room_id, details=details))


def _not_kept(error: PeopleError) -> HomeAssistantError:
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key="people_unavailable",
        translation_placeholders={"code": error.code},
    )
