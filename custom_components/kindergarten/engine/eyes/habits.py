"""When a room is dark anyway: a table of half hours of a week, learned from one week to the next."""

import struct

_SLOTS = 48
_WEEK = 7 * _SLOTS
SLOT_US = 1_800_000_000
_UNKNOWN, _LIGHT, _DARK = 0, 1, 2
_NEWEST = struct.Struct("<q")
SIZE = _WEEK + _SLOTS + _NEWEST.size


class Habits:
    """Knows for every half hour (UTC) of a week whether the room was dark when last seen then.

    What is learned counts a day later: a darkness shall not explain itself.
    """

    def __init__(self, data: bytes = bytes(SIZE)) -> None:
        """Go on with what was dumped; raises ValueError when it is no such thing."""
        if len(data) != SIZE or max(data[: _WEEK + _SLOTS]) > _DARK:
            raise ValueError("no table of a week")
        self._table = bytearray(data[:_WEEK])
        self._recent = bytearray(data[_WEEK : _WEEK + _SLOTS])
        (self._newest,) = _NEWEST.unpack(data[_WEEK + _SLOTS :])

    def learn(self, time_us: int, *, dark: bool) -> None:
        """Remember how it is: a half hour that was dark at any time counts as dark."""
        slot = time_us // SLOT_US
        for each in range(max(self._newest, slot - _SLOTS) + 1, slot + 1):
            if was := self._recent[each % _SLOTS]:
                self._table[(each - _SLOTS) % _WEEK] = was
            self._recent[each % _SLOTS] = _UNKNOWN
        self._newest = max(self._newest, slot)
        if dark or self._recent[slot % _SLOTS] != _DARK:
            self._recent[slot % _SLOTS] = _DARK if dark else _LIGHT

    def dark_about(self, time_us: int) -> bool:
        """Tell whether it was dark within an hour of this time on any day of the week."""
        slot = time_us // SLOT_US
        near = [(slot + day * _SLOTS + step) % _WEEK for day in range(7) for step in (-2, -1, 0, 1, 2)]
        return any(self._table[each] == _DARK for each in near)

    def light_at(self, time_us: int) -> bool:
        """Tell whether it was light at this time of the week, and half an hour before."""
        slot = time_us // SLOT_US
        return all(self._table[each % _WEEK] == _LIGHT for each in (slot - 1, slot))

    def dump(self) -> bytes:
        """Return what `Habits` goes on with."""
        return bytes(self._table) + bytes(self._recent) + _NEWEST.pack(self._newest)
