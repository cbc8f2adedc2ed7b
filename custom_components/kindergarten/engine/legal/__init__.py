"""What the law asks, as dated data: how long footage is kept and which rooms may have cameras."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
import json
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

type RoomRule = Literal["required", "allowed", "never_shown", "forbidden"]
"""`never_shown`: may be recorded, but is never shown to parents."""

FOLDER = Path(__file__).parent / "profiles"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule[T]:
    """One value with where it comes from; unconfirmed until somebody has read the text itself."""

    value: T
    source: str
    date: date
    confirmed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class TechnicalMinimum:
    """The least a camera must deliver: pixels, pictures a second."""

    width: Rule[int]
    height: Rule[int]
    fps: Rule[int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """What one place's rules ask; `maximum_days` is `None` where there is no upper limit."""

    key: str
    title_key: str
    date: date
    minimum_days: Rule[int]
    maximum_days: Rule[int | None]
    suggested_days: Rule[int]
    sound: Rule[Literal["on", "off"]]
    technical_minimum: TechnicalMinimum
    room_kinds: Mapping[str, Rule[RoomRule]]

    def forbids(self, kind: str) -> bool:
        """Return whether a room of this kind must not have a camera; an unknown kind must not."""
        rule = self.room_kinds.get(kind)
        return rule is None or rule.value == "forbidden"


def _rule(stored: Mapping[str, Any], key: str = "value") -> Rule[Any]:
    return Rule(
        value=stored[key],
        source=stored["source"],
        date=date.fromisoformat(stored["date"]),
        confirmed=stored["confirmed"],
    )


def load(path: Path) -> Profile:
    """Read one profile's file."""
    stored = json.loads(path.read_text(encoding="utf-8"))
    return Profile(
        key=stored["key"],
        title_key=stored["title_key"],
        date=date.fromisoformat(stored["date"]),
        minimum_days=_rule(stored["minimum_days"]),
        maximum_days=_rule(stored["maximum_days"]),
        suggested_days=_rule(stored["suggested_days"]),
        sound=_rule(stored["sound"]),
        technical_minimum=TechnicalMinimum(
            **{name: _rule(value) for name, value in stored["technical_minimum"].items()}
        ),
        room_kinds=MappingProxyType(
            {kind: _rule(value, "rule") for kind, value in stored["room_kinds"].items()}
        ),
    )


# Read while the module is imported, which Home Assistant does outside of its event loop.
PROFILES: Mapping[str, Profile] = MappingProxyType(
    {profile.key: profile for profile in map(load, sorted(FOLDER.glob("*.json")))}
)

ROOM_KINDS: tuple[str, ...] = tuple(PROFILES["other"].room_kinds)


def profile(key: str) -> Profile:
    """Return the profile of this key, the one without a law behind it for an unknown key."""
    return PROFILES.get(key, PROFILES["other"])
