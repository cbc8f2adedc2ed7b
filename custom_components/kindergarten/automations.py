"""Puts our blueprints where Home Assistant looks for them; what the owner changed stays as it is."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal

from homeassistant.const import SERVICE_RELOAD
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.storage import Store

from .const import DOMAIN

SOURCE: Final = Path(__file__).parent / "blueprints"
TARGET: Final = f"blueprints/automation/{DOMAIN}"
"""Below the folder of Home Assistant's settings."""

type BlueprintLanguage = Literal["en", "ru"]
LANGUAGES: Final[tuple[BlueprintLanguage, ...]] = ("en", "ru")


@dataclass(frozen=True, kw_only=True, slots=True)
class Installed:
    """What an installation did, by the names of files; `kept` are those that the owner changed."""

    added: tuple[str, ...]
    updated: tuple[str, ...]
    unchanged: tuple[str, ...]
    kept: tuple[str, ...]


def language_of(hass: HomeAssistant) -> BlueprintLanguage:
    """Return the language of the house, as far as there are blueprints in it."""
    return "ru" if hass.config.language.startswith("ru") else "en"


async def async_install(hass: HomeAssistant, language: BlueprintLanguage, *, overwrite: bool) -> Installed:
    """Copy the blueprints of a language; `overwrite` those too that the owner changed.

    Raises HomeAssistantError when the folder cannot be written.
    """
    # What we wrote, to tell an older one of ours from one that the owner changed.
    store = Store[dict[str, str]](hass, 1, f"{DOMAIN}.blueprints", private=True)
    written = await store.async_load() or {}
    target = Path(hass.config.path(TARGET))
    try:
        done = await hass.async_add_executor_job(_copy, target, language, written, overwrite)
    except OSError as error:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="blueprints_not_written",
            translation_placeholders={"reason": error.strerror or type(error).__name__},
        ) from error
    finally:
        await store.async_save(written)
    if done.updated and hass.services.has_service("automation", SERVICE_RELOAD):
        await hass.services.async_call("automation", SERVICE_RELOAD, blocking=True)
    return done


def blueprints_of(language: BlueprintLanguage) -> tuple[Path, ...]:
    """Return the files of a language."""
    russian = set(SOURCE.glob("*.ru.yaml"))
    found = russian if language == "ru" else set(SOURCE.glob("*.yaml")) - russian
    return tuple(sorted(found))


def _copy(target: Path, language: BlueprintLanguage, written: dict[str, str], overwrite: bool) -> Installed:
    done: dict[str, list[str]] = {"added": [], "updated": [], "unchanged": [], "kept": []}
    target.mkdir(parents=True, exist_ok=True)
    for source in blueprints_of(language):
        wanted, place = source.read_bytes(), target / source.name
        there = place.read_bytes() if place.exists() else None
        ours = there is not None and written.get(source.name) == _hash(there)
        if there == wanted:
            did = "unchanged"
        elif there is not None and not ours and not overwrite:
            done["kept"].append(source.name)
            continue
        else:
            did = "added" if there is None else "updated"
            whole = place.with_suffix(".part")
            whole.write_bytes(wanted)
            whole.replace(place)
        written[source.name] = _hash(wanted)
        done[did].append(source.name)
    return Installed(**{did: tuple(names) for did, names in done.items()})


def _hash(content: bytes) -> str:
    return sha256(content).hexdigest()
