"""What only the owner can know of the set-up: said once, kept, and gone when it is about something else now."""

from collections.abc import Mapping
from dataclasses import dataclass
import time
from typing import Final, Literal, TypedDict

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store

from .const import DOMAIN

type Question = Literal["same_time", "ups", "notices"]

QUESTIONS: Final = ("same_time", "ups", "notices")
"""Whether the clock beside the picture is right, whether there is a UPS, whether notices hang at the doors."""
_VERSION: Final = 1


class _Kept(TypedDict):
    yes: bool
    at_us: int
    about: str


@dataclass(frozen=True, kw_only=True)
class Said:
    """An answer, and when (µs UTC) it was given."""

    yes: bool
    at_us: int


class Checklist:
    """The owner's answers."""

    def __init__(self, store: Store[dict[str, _Kept]], kept: Mapping[str, _Kept]) -> None:
        """Begin with what was kept."""
        self._store = store
        self._kept = dict(kept)

    @classmethod
    async def load(cls, hass: HomeAssistant) -> Checklist:
        """Return what was said so far."""
        store = _store(hass)
        return cls(store, await store.async_load() or {})

    @staticmethod
    async def forget(hass: HomeAssistant) -> None:
        """Forget every answer."""
        await _store(hass).async_remove()

    def said(self, question: str, about: str = "") -> Said | None:
        """Return an answer that was given about the same thing."""
        kept = self._kept.get(question)
        if kept is None or kept["about"] != about:
            return None
        return Said(yes=kept["yes"], at_us=kept["at_us"])

    async def answer(self, question: Question, yes: bool | None, about: str = "") -> None:
        """Keep an answer; `None` takes it back."""
        if yes is None:
            self._kept.pop(question, None)
        else:
            self._kept[question] = _Kept(yes=yes, at_us=time.time_ns() // 1000, about=about)
        await self._store.async_save(self._kept)


def _store(hass: HomeAssistant) -> Store[dict[str, _Kept]]:
    return Store(hass, _VERSION, f"{DOMAIN}.checklist", private=True)
