"""One camera's eye: looks now and then, remembers, and says when something is wrong for long enough."""

from dataclasses import asdict, dataclass
import json
import struct

import numpy as np

from . import habits as week, reference as learned
from .edges import agreement, edges
from .habits import Habits
from .judging import Sight, judge, repeats, steady
from .picture import HEIGHT, WIDTH, Grey, Picture
from .reference import Reference

_VERSION = 2
_COLOURLESS = 0.8
_UNTIL = 7
"""Looks in a row until a fault is one: the first, and those that follow sooner than usual."""
_UNSTEADY = 3
"""So many more when what is seen keeps changing: somebody stands before the lens."""
_SAME_SCENE = 0.4
_UNTIL_OK = 3
_DAY_US = 86_400_000_000
_MORNING_US = 3_600_000_000
"""So long after a room opens it may still be dark."""
_HEAD = struct.Struct("<I")
_PICTURE = HEIGHT * WIDTH


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What an eye says after a look: its state since `since_us` (µs, UTC), and what the look alone said.

    A fault is there since the first look that saw it. `learning` until there is something to compare with.
    `doubtful` when it would be good to look again soon: this look does not fit what was said.
    """

    sight: Sight
    since_us: int
    look: Sight
    sure: float
    learning: bool
    doubtful: bool


@dataclass(kw_only=True, slots=True)
class _Course:
    """What an eye remembers of the last looks."""

    sight: Sight = Sight.OK
    since_us: int = 0
    first_us: int = 0
    wrong: int = 0
    unsteady: int = 0
    right: int = 0
    wrong_us: int = 0
    dark_us: int = 0
    closed_us: int = 0
    dark_expected: bool = False


class Eye:
    """Everything known of what one camera sees."""

    def __init__(self) -> None:
        """Begin with nothing learned."""
        self._course = _Course()
        self._habits = Habits()
        self._by_day, self._infrared = Reference(), Reference()
        self._before: Grey | None = None
        self._sights: list[Sight] = []

    def look(self, picture: Picture, time_us: int, *, open_now: bool | None = None) -> Verdict:
        """Take one look at a time (µs, UTC); `open_now` tells whether people are about, if anybody knows."""
        course = self._course
        course.first_us = course.first_us or time_us
        course.since_us = course.since_us or time_us
        seen = edges(picture.grey)
        own, other = self._by_day, self._infrared
        if picture.colour < _COLOURLESS:
            own, other = other, own
        before, self._before = self._before, picture.grey
        same = before is not None and repeats(before, picture.grey)
        fits = [each.compare(seen) for each in (own, other) if each.learned]
        opinion = judge(seen, fits, same=same, known_light=own.learned)
        still = before is not None and steady(before, picture.grey)
        if before is not None and opinion.sight is Sight.TURNED and not still:
            still = agreement(edges(before), seen) > _SAME_SCENE  # people walk about in what it sees now
        sight = self._expected(opinion.sight, time_us, open_now)
        if sight is Sight.FROZEN and open_now is False:
            sight = Sight.OK  # an empty room may be as still as a photograph
        self._count(sight, still, time_us)
        self._decide(time_us)
        if course.sight is Sight.OK and opinion.teaches and not same:
            own.learn(seen)
        return Verdict(
            sight=course.sight,
            since_us=course.since_us,
            look=opinion.sight,
            sure=round(opinion.sure, 2),
            learning=not fits,
            doubtful=(sight is Sight.OK) is not (course.sight is Sight.OK),
        )

    def _expected(self, sight: Sight, time_us: int, open_now: bool | None) -> Sight:
        """Take a darkness that comes every evening for what it is."""
        course, dark = self._course, sight is Sight.DARK
        if open_now is False:
            course.closed_us = time_us
        if dark and not course.dark_us:
            course.dark_us = time_us
            course.dark_expected = self._may_be_dark(time_us, open_now)
        elif dark and self._is_overdue(time_us, open_now):
            course.dark_expected = False
        if not dark and sight is Sight.OK:
            course.dark_us = 0
        if course.sight is Sight.OK and (sight is Sight.OK or (dark and course.dark_expected)):
            self._habits.learn(time_us, dark=dark)
        return Sight.OK if dark and course.dark_expected else sight

    def _may_be_dark(self, time_us: int, open_now: bool | None) -> bool:
        """Tell whether it may be that it gets dark now; a camera with infrared lamps never is in the dark."""
        if self._infrared.learned:
            return False
        new = time_us - self._course.first_us < _DAY_US
        return open_now is False or (open_now is None and new) or self._habits.dark_about(time_us)

    def _is_overdue(self, time_us: int, open_now: bool | None) -> bool:
        """Tell whether a darkness that was to be expected lasts for too long."""
        if open_now is None:
            return self._habits.light_at(time_us)
        opened_long_ago = open_now and time_us - self._course.closed_us > _MORNING_US
        return opened_long_ago and not self._habits.dark_about(time_us)

    def _count(self, sight: Sight, still: bool, time_us: int) -> None:
        course = self._course
        if sight is Sight.OK:
            course.right += 1
            if course.right >= 2:
                course.wrong = course.unsteady = 0
                self._sights.clear()
            return
        course.right = 0
        course.wrong += 1
        if course.wrong == 1:
            course.wrong_us = time_us
        course.unsteady += not still and course.wrong > 1
        self._sights = [*self._sights[-4:], sight]

    def _decide(self, time_us: int) -> None:
        course = self._course
        new = course.sight
        if course.sight is not Sight.OK and course.right >= _UNTIL_OK:
            new = Sight.OK
            if course.sight is Sight.DARK:  # people darken a room: tomorrow that is known
                for slot_us in range(course.since_us, time_us, week.SLOT_US):
                    self._habits.learn(slot_us, dark=True)
        elif self._sights and course.right == 0:
            likely = max(self._sights[::-1], key=self._sights.count)
            patience = _UNTIL + (_UNSTEADY if course.unsteady * 3 > course.wrong else 0)
            if course.sight is Sight.OK and course.wrong >= patience:
                new = likely
        if new is not course.sight:
            course.sight, course.since_us = new, time_us if new is Sight.OK else course.wrong_us

    def dump(self) -> bytes:
        """Return everything, so that a restart forgets nothing: at most 200 kB."""
        head = {"v": _VERSION, "course": asdict(self._course), "sights": self._sights}
        line = json.dumps(head | {"before": self._before is not None}).encode()
        before = b"" if self._before is None else self._before.tobytes()
        parts = (self._habits.dump(), self._by_day.dump(), self._infrared.dump(), before)
        return _HEAD.pack(len(line)) + line + b"".join(parts)

    @classmethod
    def load(cls, data: bytes) -> Eye:
        """Return an eye that was dumped; a new one when the bytes are damaged or of another version."""
        try:
            return cls._load(data)
        except ValueError, KeyError, TypeError, struct.error:
            return cls()

    @classmethod
    def _load(cls, data: bytes) -> Eye:
        (size,) = _HEAD.unpack_from(data)
        at = _HEAD.size + size
        head = json.loads(data[_HEAD.size : at])
        if head["v"] != _VERSION:
            raise ValueError("another version")
        found = cls()
        course = head["course"]
        found._course = _Course(**course | {"sight": Sight(course["sight"])})
        found._sights = [Sight(each) for each in head["sights"]]
        found._habits = Habits(data[at : at + week.SIZE])
        at += week.SIZE
        found._by_day = Reference.load(data[at : at + learned.SIZE])
        at += learned.SIZE
        found._infrared = Reference.load(data[at : at + learned.SIZE])
        if head["before"]:
            grey = np.frombuffer(data, np.uint8, _PICTURE, at + learned.SIZE)
            found._before = grey.reshape(HEIGHT, WIDTH)
        return found
