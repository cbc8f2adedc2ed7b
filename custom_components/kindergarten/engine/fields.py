"""Reads JSON objects strictly: every field is named, has one type and a limit."""

from collections.abc import Iterable
import re

from .errors import RequestError

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class FieldError(RequestError):
    """A field of a request that is missing, unknown, of the wrong type or out of its limits."""


class Fields:
    """One JSON object. Every field that was not asked for by `done()` is an error."""

    def __init__(self, data: object, where: str = "") -> None:
        """Take a decoded JSON value; `where` is the path of the object in the request."""
        if not isinstance(data, dict):
            raise FieldError("wrong_type", "must be an object", where or None)
        self._data: dict[str, object] = data
        self._where = where
        self._asked: set[str] = set()

    def path(self, name: str) -> str:
        """Return the full name of a field."""
        return f"{self._where}.{name}" if self._where else name

    def done(self) -> None:
        """Refuse the fields that nobody asked for."""
        for name in self._data:
            if name not in self._asked:
                raise FieldError("unknown_field", "there is no such field", self.path(name[:100]))

    def _get(self, name: str, default: object) -> object:
        self._asked.add(name)
        value = self._data.get(name, default)
        if value is ...:
            raise FieldError("missing", "is missing", self.path(name))
        return value

    def inner(self, name: str) -> Fields:
        """Return an object."""
        return Fields(self._get(name, ...), self.path(name))

    def optional_inner(self, name: str) -> Fields | None:
        """Return an object, or nothing when it is null or missing."""
        value = self._get(name, None)
        return None if value is None else Fields(value, self.path(name))

    def items(self, name: str, most: int) -> list[object]:
        """Return a list of at most so many values."""
        value = self._get(name, ...)
        if not isinstance(value, list):
            raise FieldError("wrong_type", "must be a list", self.path(name))
        if len(value) > most:
            raise FieldError("out_of_range", f"has more than {most} items", self.path(name))
        return value

    def optional_items(self, name: str, most: int) -> list[object]:
        """Return a list of at most so many values, empty when it is null or missing."""
        return [] if self._get(name, None) is None else self.items(name, most)

    def table(self, name: str) -> dict[str, object]:
        """Return an object whose names the caller checks."""
        value = self._get(name, ...)
        if not isinstance(value, dict):
            raise FieldError("wrong_type", "must be an object", self.path(name))
        return value

    def integer(self, name: str, low: int, high: int, default: object = ...) -> int:
        """Return a whole number between two limits."""
        value = self._get(name, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise FieldError("wrong_type", "must be a whole number", self.path(name))
        if not low <= value <= high:
            raise FieldError("out_of_range", f"must be {low} to {high}", self.path(name))
        return value

    def number(self, name: str, low: float, high: float, default: object = ...) -> float:
        """Return a number between two limits."""
        value = self._get(name, default)
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise FieldError("wrong_type", "must be a number", self.path(name))
        if not low <= value <= high:
            raise FieldError("out_of_range", f"must be {low} to {high}", self.path(name))
        return float(value)

    def optional_integer(self, name: str, low: int, high: int) -> int | None:
        """Return a whole number between two limits, or nothing."""
        return None if self._get(name, None) is None else self.integer(name, low, high)

    def boolean(self, name: str, default: object = ...) -> bool:
        """Return true or false."""
        value = self._get(name, default)
        if not isinstance(value, bool):
            raise FieldError("wrong_type", "must be true or false", self.path(name))
        return value

    def text(self, name: str, most: int, default: object = ..., *, least: int = 0) -> str:
        """Return a text without control characters, of at most `most` characters."""
        value = self._get(name, default)
        if not isinstance(value, str):
            raise FieldError("wrong_type", "must be a text", self.path(name))
        if not least <= len(value) <= most:
            raise FieldError("out_of_range", f"must have {least} to {most} characters", self.path(name))
        if _CONTROL.search(value):
            raise FieldError("bad_text", "has control characters", self.path(name))
        return value

    def optional_text(self, name: str, most: int, *, least: int = 0) -> str | None:
        """Return a text without control characters, or nothing."""
        return None if self._get(name, None) is None else self.text(name, most, least=least)

    def choice[T: str](self, name: str, choices: Iterable[T], default: object = ...) -> T:
        """Return one of some words."""
        value = self._get(name, default)
        for word in choices:
            if value == word:
                return word
        raise FieldError("wrong_choice", f"must be one of {', '.join(choices)}", self.path(name))
