"""What a kindergarten says of its cameras on paper: facts and their sources, in three languages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
import json
from types import MappingProxyType
from typing import Any, Final

from ..legal import Rule
from .words import FOLDER, Words

_LOCALES: Final = FOLDER / "paper"

LANGUAGES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        language: json.loads((_LOCALES / f"{language}.json").read_text(encoding="utf-8"))
        for language in ("kk", "ru", "en")
    }
)
"""The texts of every paper, by language, in the order in which they stand on a door."""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What is told: `days` is how long recordings are kept, `poster` where parents' phones begin, if they may."""

    name: str
    operator: str
    contact: str
    days: int
    sound: bool
    parents: bool
    no_cameras_where_forbidden: bool
    pause_minutes: int
    minimum_days: Rule[int]
    staff_notice: Rule[Any]
    poster: str | None = None
    rooms: Sequence[str] = field(default_factory=tuple)


class Speech:
    """A notice in one language."""

    def __init__(self, notice: Notice, language: str) -> None:
        """Take a notice and a language (kk, ru, en)."""
        self.language = language
        self._notice = notice
        self._texts = LANGUAGES[language]

    def __call__(self, key: str, **values: object) -> str:
        """Return a text; raises KeyError for one that is not there."""
        return self._texts[key].format(**values)

    def days(self, count: int) -> str:
        """Return a number of days as the language counts them."""
        last, teen = count % 10, count % 100 in range(11, 15)
        one = count == 1 if self.language != "ru" else last == 1 and not teen
        few = self.language == "ru" and last in range(2, 5) and not teen
        return self("days_one" if one else "days_few" if few else "days_many", count=count)

    def facts(self) -> list[tuple[str, str]]:
        """Return the whole notice: who, why, how long, sound, who sees it, where not, whom to ask."""
        notice = self._notice
        sees = [self("who_sees_text"), *([self("who_sees_parents")] if notice.parents else [])]
        values = {
            "who": self("who_text", operator=notice.operator),
            "why": self("why_text"),
            "how_long": self("how_long_text", days=self.days(notice.days)),
            "sound": self("sound_on" if notice.sound else "sound_off"),
            "who_sees": " ".join(sees),
            **({"not_here": self("not_here_text")} if notice.no_cameras_where_forbidden else {}),
            "ask": self("ask_text", contact=notice.contact),
        }
        return [(self(key), text) for key, text in values.items()]

    def for_staff(self) -> list[tuple[str, str]]:
        """Return the same with what concerns staff alone."""
        notice = self._notice
        rooms = ", ".join(notice.rooms) or self("rooms_none")
        pause = [(self("pause"), self("pause_text", minutes=notice.pause_minutes))] if notice.parents else []
        return [(self("rooms"), rooms), *self.facts(), *pause, (self("duty"), self("duty_text"))]

    def minimum(self) -> str:
        """Return where the least time of keeping comes from, and whether anybody has read it."""
        return self._source("law", self._notice.minimum_days, days=self.days(self._notice.minimum_days.value))

    def staff_source(self) -> str:
        """Return the same of telling staff."""
        return self._source("law_staff", self._notice.staff_notice)

    def _source(self, key: str, rule: Rule[Any], **values: object) -> str:
        words = Words(self.language, 0)
        confirmed = self("confirmed" if rule.confirmed else "unconfirmed")
        return self(
            key, source=words.source(rule.source), date=words.day(rule.date), confirmed=confirmed, **values
        )
