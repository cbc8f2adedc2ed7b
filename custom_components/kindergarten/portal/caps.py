"""How many may watch at once, and in what order whoever has to wait gets in."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
import time
from typing import Final, Literal

type Mode = Literal["video", "stills"]

FORGET_S: Final = 45.0
"""Who has not asked again for so long does not wait any more."""
STILLS_FACTOR: Final = 2
"""Beyond the limit of moving pictures, as many again get stills before anybody is refused."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """How many may see moving pictures: in the whole house, and in one room."""

    site: int
    room: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Watching:
    """How many watch each room: moving pictures, stills, and stills for want of moving ones."""

    video: Counter[str]
    stills: Counter[str]
    wishing: Counter[str]


@dataclass(kw_only=True, slots=True)
class _Waiting:
    room: str
    asked_s: float


class Caps:
    """The line at the door: first come, first served; nobody overtakes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin without anybody waiting."""
        self._clock = clock
        self._line: dict[str, _Waiting] = {}

    def ask(
        self, guardian: str, room: str, limit: Limit, watching: Watching, *, can_move: bool
    ) -> Mode | int:
        """Return what a guardian gets, or the place in the line (from 1) where they now wait."""
        self._forget()
        waiting = self._line.get(guardian)
        if waiting is not None and waiting.room != room:
            del self._line[guardian]
            waiting = None
        ahead = self._ahead(guardian)
        if can_move and self._fits(room, limit, watching.video, ahead + watching.wishing):
            self._line.pop(guardian, None)
            return "video"
        wide = Limit(site=limit.site * STILLS_FACTOR, room=limit.room * STILLS_FACTOR)
        everybody = watching.video + watching.stills
        if self._fits(room, wide, everybody, ahead):
            self._line.pop(guardian, None)
            return "stills"
        if waiting is None:
            waiting = self._line[guardian] = _Waiting(room=room, asked_s=0.0)
        waiting.asked_s = self._clock()
        full_house = everybody.total() >= wide.site
        return (ahead.total() if full_house else ahead[room]) + 1

    def may_move(self, room: str, limit: Limit, watching: Watching, earlier: Counter[str]) -> bool:
        """Tell whether one who sees stills can have moving pictures; `earlier` wished for them before."""
        return self._fits(room, limit, watching.video, earlier)

    def _fits(self, room: str, limit: Limit, there: Counter[str], ahead: Counter[str]) -> bool:
        # Who waits for a room that is full takes no place from those who want another one.
        first = sum(min(count, max(0, limit.room - there[each])) for each, count in ahead.items())
        return limit.site - there.total() > first and limit.room - there[room] > ahead[room]

    def _ahead(self, guardian: str) -> Counter[str]:
        ahead: Counter[str] = Counter()
        for each, waiting in self._line.items():
            if each == guardian:
                break
            ahead[waiting.room] += 1
        return ahead

    def _forget(self) -> None:
        old_s = self._clock() - FORGET_S
        for guardian in [each for each, waiting in self._line.items() if waiting.asked_s < old_s]:
            del self._line[guardian]
