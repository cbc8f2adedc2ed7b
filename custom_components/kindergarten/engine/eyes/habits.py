"""When a room is dark anyway: a table of half hours of a week, learned from one week to the next."""

_SLOTS = 48
_WEEK = 7 * _SLOTS
_SLOT_US = 1_800_000_000
_UNKNOWN, _LIGHT, _DARK = 0, 1, 2
SIZE = _WEEK


class Habits:
    """Knows for every half hour (UTC) of a week whether the room was dark when last seen then."""

    def __init__(self, table: bytes = bytes(_WEEK)) -> None:
        """Go on with a table; raises ValueError when it is none."""
        if len(table) != _WEEK or max(table) > _DARK:
            raise ValueError("no table of a week")
        self._table = bytearray(table)

    def learn(self, time_us: int, dark: bool) -> None:
        """Remember how it was: a half hour that was dark at any time counts as dark."""
        slot = time_us // _SLOT_US % _WEEK
        if dark or self._table[slot] != _DARK or time_us // (_SLOT_US // 2) % 2:
            self._table[slot] = _DARK if dark else _LIGHT

    def dark_about(self, time_us: int) -> bool:
        """Tell whether it was dark within an hour of this time on any day of the week."""
        slot = time_us // _SLOT_US
        near = [(slot + day * _SLOTS + step) % _WEEK for day in range(7) for step in (-2, -1, 0, 1, 2)]
        return any(self._table[each] == _DARK for each in near)

    def light_at(self, time_us: int) -> bool:
        """Tell whether it was light at this time of the week, and half an hour ago."""
        slot = time_us // _SLOT_US
        return all(self._table[each % _WEEK] == _LIGHT for each in (slot - 1, slot))

    def dump(self) -> bytes:
        """Return the table."""
        return bytes(self._table)
