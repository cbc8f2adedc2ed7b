"""The report's words in three languages, and how it writes times, lengths and sizes."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
import json
from pathlib import Path
from types import MappingProxyType

from ..legal.requirements import Requirement

FOLDER = Path(__file__).parent / "locales"

LANGUAGES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}
)

_UNITS = {
    "retention_minimum": "unit_days",
    "retention_maximum": "unit_days",
    "forecast": "unit_days",
    "frame_rate": "unit_fps",
    "camera_clocks": "unit_s",
}
_NO_NUMBERS = {"clock", "ledger"}
"""Requirements whose value is a code of ours and says nothing to a reader."""


class Words:
    """One language at one kindergarten's local time."""

    def __init__(self, language: str, offset_s: int) -> None:
        """Take a language (kk, ru, en) and what local time is ahead of UTC."""
        self.language = language
        self._texts = LANGUAGES[language]
        self._ahead = timedelta(seconds=offset_s)

    def __call__(self, key: str, **values: object) -> str:
        """Return a text; an unknown key comes back as it is, so that new codes are seen."""
        text = self._texts.get(key)
        return text.format(**values) if text is not None else key.partition("_")[2].replace("_", " ") or key

    def day(self, value: date) -> str:
        """Return a date as it is written in the language."""
        return value.isoformat() if self.language == "en" else value.strftime("%d.%m.%Y")

    def local(self, time_us: int) -> datetime:
        """Return the local time of a moment."""
        return datetime.fromtimestamp(time_us // 1_000_000, UTC) + self._ahead

    def moment(self, time_us: int | None) -> str:
        """Return date and time of day, or that it was not measured."""
        if time_us is None:
            return self("unknown")
        local = self.local(time_us)
        return f"{self.day(local.date())} {local:%H:%M}"

    def length(self, seconds: int | None) -> str:
        """Return a length of time: hours and minutes, or minutes and seconds below an hour."""
        if seconds is None:
            return self("unknown")
        minutes, rest = divmod(seconds, 60)
        return self("hm", h=minutes // 60, m=minutes % 60) if minutes >= 60 else self("ms", m=minutes, s=rest)

    def count(self, value: int | None) -> str:
        """Return a number, or that it was not measured: unknown is not zero."""
        return self("unknown") if value is None else str(value)

    def size(self, value: int | None) -> str:
        """Return bytes as gigabytes (10⁹) or terabytes."""
        if value is None:
            return self("unknown")
        gigabytes, letters = value / 1e9, ("ГБ", "ТБ") if self.language != "en" else ("GB", "TB")
        text = (
            f"{gigabytes / 1000:.2f} {letters[1]}" if gigabytes >= 1000 else f"{gigabytes:.0f} {letters[0]}"
        )
        return text if self.language == "en" else text.replace(".", ",")

    def value(self, requirement: Requirement, value: object) -> str:
        """Return what a requirement measured or wants."""
        if value is None or requirement.id in _NO_NUMBERS:
            return "–"
        if requirement.id == "profile_current":
            return self.day(date.fromisoformat(value)) if isinstance(value, str) else str(value)
        shown = str(value).replace("x", "×")
        if isinstance(value, float) and self.language != "en":
            shown = shown.replace(".", ",")
        return self(_UNITS.get(requirement.id, "unit_plain"), value=shown)

    def source(self, text: str) -> str:
        """Return a rule's source in the language, as the profile has it where nobody translated it."""
        if f"profile_{text}" in self._texts:
            return self(f"profile_{text}")
        return SOURCES.get(self.language, {}).get(text, text)


SOURCES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    json.loads((Path(__file__).parent / "sources.json").read_text(encoding="utf-8"))
)
