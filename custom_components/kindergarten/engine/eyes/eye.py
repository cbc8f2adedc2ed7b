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

_VERSION = 1
_COLOURLESS = 0.8
_UNTIL = {Sight.COVERED: 3, Sight.TURNED: 3, Sight.BLURRED: 5, Sight.DARK: 3, Sight.FROZEN: 5}
"""Looks in a row until a fault is one."""
_UNSTEADY = 3
"""So many more when what is seen keeps changing: somebody stands before the lens."""
_SAME_SCENE = 0.4
_UNTIL_OK = 3
_DAY_US = 86_400_000_000
_HEAD = struct.Struct("<I")
_PICTURE = HEIGHT * WIDTH


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What an eye says after a look: its state since `since_us` (µs, UTC), and what the look alone said.

    `learning` until there is something to compare with.
    """

    sight: Sight
    since_us: int
    look: Sight
    sure: float
    learning: bool


@dataclass(kw_only=True, slots=True)
class _Course:
    """What an eye remembers of the last looks."""

    sight: Sight = Sight.OK
    since_us: int = 0
    first_us: int = 0
    wrong: int = 0
    unsteady: int = 0
    right: int = 0
    dark: bool = False
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

    def look(self, picture: Picture, time_us: int) -> Verdict:
        """Take one look at a time (µs, UTC)."""
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
        sight = self._expected(opinion.sight, time_us)
        self._count(sight, still)
        self._decide(time_us)
        if course.sight is Sight.OK and opinion.teaches and not same:
            own.learn(seen)
        return Verdict(
            sight=course.sight,
            since_us=course.since_us,
            look=opinion.sight,
            sure=round(opinion.sure, 2),
            learning=not fits,
        )

    def _expected(self, sight: Sight, time_us: int) -> Sight:
        """Take a darkness that comes every evening for what it is; nobody knows on the first day."""
        course, dark = self._course, sight is Sight.DARK
        if dark and not course.dark:
            new = time_us - course.first_us < _DAY_US
            course.dark_expected = new or self._habits.dark_about(time_us)
        course.dark = dark
        overdue = dark and self._habits.light_at(time_us)
        if (
            sight in (Sight.OK, Sight.DARK)
            and course.sight is Sight.OK
            and (not dark or course.dark_expected)
        ):
            if overdue:
                course.dark_expected = False
            else:
                self._habits.learn(time_us, dark)
        return Sight.OK if dark and course.dark_expected else sight

    def _count(self, sight: Sight, still: bool) -> None:
        course = self._course
        if sight is Sight.OK:
            course.right += 1
            if course.right >= 2:
                course.wrong = course.unsteady = 0
                self._sights.clear()
            return
        course.right = 0
        course.wrong += 1
        course.unsteady += not still and course.wrong > 1
        self._sights = [*self._sights[-4:], sight]

    def _decide(self, time_us: int) -> None:
        course = self._course
        new = course.sight
        if course.sight is not Sight.OK and course.right >= _UNTIL_OK:
            new = Sight.OK
        elif self._sights and course.right == 0:
            likely = max(self._sights[::-1], key=self._sights.count)
            patience = _UNTIL[likely] + (_UNSTEADY if course.unsteady > 1 else 0)
            if course.sight is Sight.OK and course.wrong >= patience:
                new = likely
        if new is not course.sight:
            course.sight, course.since_us = new, time_us

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
