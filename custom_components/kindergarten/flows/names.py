"""Checks the names that people type for a kindergarten, a room or a camera."""

from collections.abc import Iterable
import unicodedata

MAXIMUM_LENGTH = 60

_CONTROLS = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
_TURNING = set("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
"""Marks that turn the direction of the text after them, also of texts that are not ours."""


class FieldError(Exception):
    """A field of a form that cannot be accepted; `code` is the key of its text."""

    def __init__(self, field: str, code: str, **placeholders: str) -> None:
        """Say which field is to blame."""
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code
        self.placeholders = placeholders


def has_controls(text: str) -> bool:
    """Return whether a text holds characters that nobody can see or type."""
    return any(char in _TURNING or unicodedata.category(char) in _CONTROLS for char in text)


def clean_name(text: str, field: str, taken: Iterable[str] = ()) -> str:
    """Return a name without spaces around it.

    Raises FieldError: name_missing, name_too_long, name_characters, name_taken.
    """
    name = " ".join(unicodedata.normalize("NFC", text).split(" ")).strip()
    if not name:
        raise FieldError(field, "name_missing")
    if len(name) > MAXIMUM_LENGTH:
        raise FieldError(field, "name_too_long", maximum=str(MAXIMUM_LENGTH))
    if has_controls(name) or "<" in name or ">" in name:
        raise FieldError(field, "name_characters")
    if name.casefold() in {other.casefold() for other in taken}:
        raise FieldError(field, "name_taken", name=name)
    return name
