"""What the law asks, as dated data: how long footage is kept, which rooms may have cameras, what else is owed."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
import datetime as dt
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
    date: dt.date
    confirmed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class TechnicalMinimum:
    """The least a camera must deliver: pixels, pictures a second."""

    width: Rule[int]
    height: Rule[int]
    fps: Rule[int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Duties:
    """What else a place's rules ask; the numbers behind the names are those of the norms' checklist."""

    margin_days: Rule[int]  # L-3: the forecast warns so many days before the minimum is missed
    recording: Rule[Literal["always", "opening"]]  # L-4: what a room does unless it says otherwise
    gap_logged_s: Rule[int]  # L-5
    gap_alarmed_s: Rule[int]  # L-5
    hold_lift_wait_h: Rule[int]  # L-6
    hold_lift_persons: Rule[int]  # L-6
    request_makes_hold: Rule[bool]  # L-7
    export_manifest: Rule[bool]  # L-8
    redaction: Rule[Literal["supervised_viewing", "blurred_copy"]]  # L-9
    access_log_days: Rule[int]  # L-10
    staff_sees_views: Rule[bool]  # L-11
    notice_languages: Rule[list[str]]  # L-12
    consent: Rule[Literal["all", "share", "notice"]]  # L-13: whose agreement opens a room to parents
    refusal: Rule[Literal["room_off", "child_absent", "mask"]]  # L-14
    staff_notice: Rule[bool]  # L-15
    forbidden_override: Rule[bool]  # L-17: whether a forbidden room may have a camera after all
    privacy_pause_min: Rule[int]  # L-19
    pause_records: Rule[bool]  # L-19: whether recording goes on while parents' view is paused
    clock_warn_s: Rule[int]  # L-21
    clock_alarm_s: Rule[int]  # L-21
    police_link: Rule[Literal["off", "region"]]  # L-23
    biometrics: Rule[Literal["warn", "allowed"]]  # L-24
    request_days: Rule[int]  # L-25
    breach_notice: Rule[bool]  # L-26
    cloud: Rule[Literal["off", "allowed"]]  # L-28
    inspection_months: Rule[int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """What one place's rules ask; `maximum_days` is `None` where there is no upper limit.

    After `valid_until` somebody has to look whether the rules are still the same (L-29).
    """

    key: str
    title_key: str
    valid_until: dt.date
    date: dt.date
    minimum_days: Rule[int]
    maximum_days: Rule[int | None]
    suggested_days: Rule[int]
    sound: Rule[Literal["on", "off"]]
    technical_minimum: TechnicalMinimum
    room_kinds: Mapping[str, Rule[RoomRule]]
    duties: Duties

    def forbids(self, kind: str) -> bool:
        """Return whether a room of this kind must not have a camera; an unknown kind must not."""
        rule = self.room_kinds.get(kind)
        return rule is None or rule.value == "forbidden"

    def requires(self, kind: str) -> bool:
        """Return whether every room of this kind must have a camera."""
        rule = self.room_kinds.get(kind)
        return rule is not None and rule.value == "required"

    def outdated(self, today: dt.date) -> bool:
        """Return whether nobody has looked for too long if the rules are still the same."""
        return today > self.valid_until


class _Reader:
    """Puts a file's values together with their sources, which are named once."""

    def __init__(self, stored: Mapping[str, Any]) -> None:
        self._stored = stored

    def rule(self, value: Mapping[str, Any]) -> Rule[Any]:
        source = self._stored["sources"][value["source"]]
        return Rule(
            value=value["value"],
            source=source["text"],
            date=dt.date.fromisoformat(source["date"]),
            confirmed=value.get("confirmed", source["confirmed"]),
        )

    def rules(self, name: str) -> dict[str, Rule[Any]]:
        return {key: self.rule(value) for key, value in self._stored[name].items()}


def load(path: Path) -> Profile:
    """Read one profile's file; raises when a value, its source or its date is missing."""
    stored = json.loads(path.read_text(encoding="utf-8"))
    reader = _Reader(stored)
    duties = reader.rules("duties")
    return Profile(
        key=stored["key"],
        title_key=stored["title_key"],
        date=dt.date.fromisoformat(stored["date"]),
        valid_until=dt.date.fromisoformat(stored["valid_until"]),
        minimum_days=reader.rule(stored["minimum_days"]),
        maximum_days=reader.rule(stored["maximum_days"]),
        suggested_days=reader.rule(stored["suggested_days"]),
        sound=reader.rule(stored["sound"]),
        technical_minimum=TechnicalMinimum(**reader.rules("technical_minimum")),
        room_kinds=MappingProxyType(reader.rules("room_kinds")),
        duties=Duties(**{field.name: duties[field.name] for field in fields(Duties)}),
    )


# Read while the module is imported, which Home Assistant does outside of its event loop.
PROFILES: Mapping[str, Profile] = MappingProxyType(
    {profile.key: profile for profile in map(load, sorted(FOLDER.glob("*.json")))}
)

ROOM_KINDS: tuple[str, ...] = tuple(PROFILES["other"].room_kinds)


def profile(key: str) -> Profile:
    """Return the profile of this key, the one without a law behind it for an unknown key."""
    return PROFILES.get(key, PROFILES["other"])
