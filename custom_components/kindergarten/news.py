"""What is told of the parents' view, for automations: rooms and numbers, never whose eyes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal

from homeassistant.util.signal_type import SignalType

from .const import DOMAIN

type NewsKind = Literal[
    "watching_started",
    "watching_stopped",
    "request_received",
    "door_trouble",
    "pause_started",
    "pause_ending",
    "pause_ended",
]

KINDS: Final[tuple[NewsKind, ...]] = (
    "watching_started",
    "watching_stopped",
    "request_received",
    "door_trouble",
    "pause_started",
    "pause_ending",
    "pause_ended",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class News:
    """One thing that happened; `details` holds numbers and times only. Without a room: at the door."""

    kind: NewsKind
    room_id: str | None = None
    details: Mapping[str, int | str] = field(default_factory=lambda: MappingProxyType({}))


SIGNAL_NEWS: Final = SignalType[News](f"{DOMAIN}_news")
"""Told in the loop; the people's event entity passes it on."""

SIGNAL_PAUSES: Final = SignalType[()](f"{DOMAIN}_pauses")
"""A pause began, changed or is over."""
