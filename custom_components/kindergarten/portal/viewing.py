"""One guardian who watches one room on one phone, until something ends it."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
import socket
import struct
from typing import Final

from homeassistant.core import callback

from ..engine.people.records import Device
from .access import Reason
from .caps import Mode
from .live import RoomFeed, Waiting
from .playlist import Playlist

BEAT_S: Final = 15
LOST_S: Final = 45.0
"""A phone that gave no sign of life for so long is gone."""
STILL_WATCHING_S: Final = 900
"""Nobody touched the phone: is anybody there?"""
HIDDEN_S: Final = 30.0
_AT_ONCE: Final = struct.pack("ii", 1, 0)


class Ended(StrEnum):
    """Why a viewing ended, besides the reasons of a decision."""

    ELSEWHERE = "elsewhere"
    CLOSED_BY_VIEWER = "ended"
    LOST = "lost"
    IDLE = "idle"
    HIDDEN = "hidden"
    STOPPED = "stopped"


type End = Reason | Ended


@dataclass(kw_only=True, slots=True, eq=False)
class Viewing:
    """Times in `_s` are monotonic. `lines` are what pictures are marked with."""

    id: str
    device: Device
    guardian_id: str
    pseudonym: str
    room_id: str
    camera: str
    mode: Mode
    has_sub: bool
    can_move: bool
    lines: tuple[str, ...] = field(repr=False)
    began_us: int
    not_before_us: int
    feed: RoomFeed | None = None
    playlist: Playlist | None = None
    beat_s: float = 0.0
    active_s: float = 0.0
    hidden_s: float | None = None
    end: End | None = None
    ended_s: float = 0.0
    ending: Waiting = field(default_factory=Waiting)
    sending: set[asyncio.Transport] = field(default_factory=set)
    still_s: float = 0.0

    @callback
    def beat(self, now_s: float, *, visible: bool, active: bool) -> None:
        """Hear from the phone."""
        self.beat_s = now_s
        if active:
            self.active_s = now_s
        if visible:
            self.hidden_s = None
        elif self.hidden_s is None:
            self.hidden_s = now_s

    def left_s(self, now_s: float) -> int:
        """Return in how many seconds the viewing ends if nobody touches the phone."""
        return max(0, round(self.active_s + STILL_WATCHING_S - now_s))

    def over(self, now_s: float) -> Ended | None:
        """Return why the viewing has come to its end by itself."""
        if self.hidden_s is not None and now_s - self.hidden_s > HIDDEN_S:
            return Ended.HIDDEN
        if now_s - self.beat_s > LOST_S:
            return Ended.LOST
        return Ended.IDLE if now_s - self.active_s > STILL_WATCHING_S else None

    @callback
    def stop(self, end: End, now_s: float) -> None:
        """End at once: whoever waits hears it, and what is being sent breaks off."""
        self.end, self.ended_s = end, now_s
        self.ending.wake()
        for transport in list(self.sending):
            cut(transport)


def cut(transport: asyncio.Transport) -> None:
    """End a connection so that not even the system sends on what it has taken."""
    if (connection := transport.get_extra_info("socket")) is not None:
        with suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    transport.abort()
