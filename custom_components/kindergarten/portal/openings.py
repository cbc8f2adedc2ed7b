"""Which rooms are open to anybody just now, and when each was last seen closed."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING

from ..engine.people.snapshot import Snapshot
from .access import House, Room, closed_by_time, decide

if TYPE_CHECKING:
    from .portal import Portal

type _Known = tuple[Snapshot, House, date]


class Openings:
    """Follows the rooms, so that nothing from a closed time is ever shown later."""

    def __init__(self, portal: Portal) -> None:
        """Begin as if every room had just been closed."""
        self._portal = portal
        self._closed_us: dict[str, int] = {}
        self._open: dict[str, Room] = {}
        self._known: _Known | None = None
        self._somebody: dict[str, bool] = {}

    def look(self, now: datetime) -> list[Room]:
        """Look at every room; returns those that have closed since the last look."""
        house, now_us = self._portal.house(), round(now.timestamp() * 1e6)
        before, self._open = self._open, {}
        for room in house.rooms.values():
            if house.enabled and self._is_open(room, now):
                self._open[room.id] = room
            if room.id not in self._open or room.id not in before:
                self._closed_us[room.id] = now_us
        for room_id in self._closed_us.keys() - house.rooms.keys():
            del self._closed_us[room_id]
        return [room for room in before.values() if not self._still_open(room)]

    def _still_open(self, room: Room) -> bool:
        now = self._open.get(room.id)
        return now is not None and now.camera == room.camera

    def closed_us(self, room_id: str, now: datetime) -> int:
        """Return until when nothing of a room may be shown."""
        return self._closed_us.get(room_id, round(now.timestamp() * 1e6))

    def cameras(self) -> list[str]:
        """Return the cameras of open rooms that have a stream for parents."""
        found = {room.camera for room in self._open.values() if room.has_sub and room.camera}
        return sorted(found)

    def _is_open(self, room: Room, now: datetime) -> bool:
        snapshot, house = self._portal.snapshot, self._portal.house()
        if room.camera is None or closed_by_time(snapshot, room, now) is not None:
            return False
        known = (snapshot, house, now.date())
        if self._known is None or self._known[0] is not snapshot or self._known[1:] != known[1:]:
            self._known, self._somebody = known, {}
        if room.id not in self._somebody:
            self._somebody[room.id] = any(
                decide(snapshot, house, guardian, room.id, now).allowed
                for guardian in _guardians(snapshot, room.id, now.date())
            )
        return self._somebody[room.id]


def _guardians(snapshot: Snapshot, room_id: str, day: date) -> Iterator[str]:
    for group in snapshot.groups_in(room_id):
        for child in sorted(snapshot.enrolled(group.id, day)):
            yield from snapshot.guardians_of(child)
