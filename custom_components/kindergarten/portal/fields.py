"""Takes a body's values apart; whatever is not as expected is a bad request, and is never repeated."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from .answers import Refusal

_LONGEST: Final = 200
_LATEST_US: Final = 2**53
"""Beyond this a page's numbers are no longer exact."""


def text(body: Mapping[str, object], name: str, most: int = _LONGEST) -> str:
    """Return a text of 1 to `most` characters."""
    value = body.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= most:
        raise bad_request()
    return value


def choice[T: str](body: Mapping[str, object], name: str, among: tuple[T, ...]) -> T:
    """Return one of the texts that are allowed."""
    value = body.get(name)
    if (found := next((each for each in among if each == value), None)) is None:
        raise bad_request()
    return found


def flag(body: Mapping[str, object], name: str) -> bool:
    """Return a yes or no; nothing is no."""
    value = body.get(name, False)
    if not isinstance(value, bool):
        raise bad_request()
    return value


def number(body: Mapping[str, object], name: str, most: int = _LATEST_US) -> int:
    """Return a whole number from 0 to `most`."""
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise bad_request()
    return value


def bad_request() -> Refusal:
    """Return, to be raised, what a page that is not ours hears."""
    return Refusal("bad_request", HTTPStatus.BAD_REQUEST)
