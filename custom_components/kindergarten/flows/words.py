"""Sentences that are put together here, in the language of the kindergarten's Home Assistant.

Home Assistant translates forms in the browser, but neither the labels of choices that are made up
at run time nor lists of remarks.
"""

import re
from typing import Protocol

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from ..const import DOMAIN


class Words(Protocol):
    """Says a sentence of the translations' `common` section."""

    def __call__(self, key: str, /, **values: str) -> str:
        """Return the sentence with the values put in."""


async def async_words(hass: HomeAssistant) -> Words:
    """Return the sentences in the language of this Home Assistant."""
    texts = await async_get_translations(hass, hass.config.language, "common", {DOMAIN})

    def say(key: str, /, **values: str) -> str:
        return texts[f"component.{DOMAIN}.common.{key}"].format(**values)

    return say


async def async_likely_kind(hass: HomeAssistant, name: str) -> str:
    """Return the kind of room that a room's name names, in any language that we speak; else a group."""
    begin = f"component.{DOMAIN}.selector.room_kind.options."
    said: list[tuple[int, str]] = []
    for language in ("en", "ru"):
        texts = await async_get_translations(hass, language, "selector", {DOMAIN})
        said += [
            (len(part), key.removeprefix(begin))
            for key, text in texts.items()
            for part in text.casefold().split(", ")
            if key.startswith(begin) and part in name.casefold()
        ]
    return max(said)[1] if said else "group"


def plain(text: str) -> str:
    """Return a text that Markdown shows as it is."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|~>$&<])", r"\\\1", text)


def pairs(fingerprint: str) -> str:
    """Return a fingerprint (hex) as browsers show it."""
    return ":".join(re.findall("..", fingerprint.upper()))


def size(amount: int) -> str:
    """Return bytes as people read them on a disk's box."""
    return f"{amount / 1e12:.1f} TB" if amount >= 1e12 else f"{amount / 1e9:.0f} GB"


def days(amount: float) -> str:
    """Return days, with a decimal while it matters."""
    return f"{amount:.0f}" if amount >= 10 else f"{amount:.1f}"
