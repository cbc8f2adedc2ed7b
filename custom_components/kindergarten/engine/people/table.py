"""Reads what was pasted from a spreadsheet or a CSV file, and writes such a file that no spreadsheet obeys."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
import csv
import io
import re
from typing import Final

from .errors import PeopleError
from .names import plain, safe_cell, same

COLUMNS: Final = ("child", "group", "guardian", "phone", "language")
LONGEST: Final = 256 << 10
MOST_LINES: Final = 2000
_SEPARATORS: Final = "\t;,"
_NEEDED: Final = {"child", "guardian"}
_DIGITS_IN_HEADING: Final = 3
"""A phone number has more."""

_WORDS: Final[Mapping[str, frozenset[str]]] = {
    # The guardian comes first: "баланың ата-анасы" and "родитель ребёнка" are not the child.
    "guardian": frozenset(
        [
            "guardian",
            "parent",
            "mother",
            "father",
            "родитель",
            "родителя",
            "родители",
            "мама",
            "мать",
            "отец",
            "папа",
            "представитель",
            "представителя",
            "опекун",
            "ата-ана",
            "ата-анасы",
            "ата",
            "анасы",
            "қамқоршы",
            "қамқоршысы",
            "анасы",
            "әкесі",
        ]
    ),
    "child": frozenset(
        ["child", "ребенок", "ребенка", "воспитанник", "дети", "бала", "баланың", "балалар", "бүлдіршін"]
    ),
    "group": frozenset(["group", "группа", "группы", "топ", "тобы", "топтың"]),
    "phone": frozenset(
        ["phone", "mobile", "телефон", "телефона", "телефоны", "тел", "сотовый", "номер", "ұялы", "нөмірі"]
    ),
    "language": frozenset(["language", "язык", "тіл", "тілі"]),
}


def read(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield line numbers from 1 and cells by column; a first line of headings is understood and left out.

    Columns without headings come as child, group, guardian, phone, language. Raises
    PeopleError("too_large").
    """
    if len(text) > LONGEST:
        raise PeopleError("too_large", "text")
    lines = [(number, line) for number, line in enumerate(_lines(text), 1) if plain(line).strip(_SEPARATORS)]
    if len(lines) > MOST_LINES:
        raise PeopleError("too_large", "text")
    separator = next((each for each in _SEPARATORS if any(each in line for _, line in lines)), ",")
    columns: Sequence[str | None] = COLUMNS
    for position, (number, line) in enumerate(lines):
        cells = _cells(line, separator)
        if position == 0 and (headings := _headings(cells)) is not None:
            columns = headings
            continue
        named = zip(columns, cells, strict=False)
        yield number, {column: cell for column, cell in named if column is not None}


def write(rows: Iterable[Sequence[str]]) -> str:
    """Return a CSV file that reads back as the same list."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return out.getvalue()


def _lines(text: str) -> list[str]:
    return re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff"))


def _cells(line: str, separator: str) -> list[str]:
    """Return a line's cells. Each line by itself: an open quote must not swallow those after it."""
    try:
        cells = next(csv.reader([line.replace("\0", "")], delimiter=separator, skipinitialspace=True), [])
    except csv.Error:
        cells = line.split(separator)
    return [cell.strip().removeprefix("'").strip() for cell in cells]


def _headings(cells: Sequence[str]) -> list[str | None] | None:
    """Return which columns a line of headings names, None for a line that is no such thing."""
    if any(sum(char.isdecimal() for char in cell) > _DIGITS_IN_HEADING for cell in cells):
        return None
    found = [_heading(cell) for cell in cells]
    named = [each for each in found if each is not None]
    if len(named) < 3 or len(set(named)) < len(named) or not set(named) >= _NEEDED:
        return None
    return found


def _heading(cell: str) -> str | None:
    words = set(re.split(r"[\s,.:()/]+", same(cell)))
    return next((column for column, known in _WORDS.items() if words & known), None)
