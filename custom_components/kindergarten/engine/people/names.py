"""What people type: names, phones, languages. Nothing that could be more than text gets further."""

import re
from typing import Final
import unicodedata

from .errors import PeopleError
from .records import Language

LONGEST: Final = 60
_SHORTEST_PHONE: Final = 7
_LONGEST_PHONE: Final = 15
_LONGEST_SHORT: Final = 24
_MOST_MARKS: Final = 2

_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_SHADY: Final = frozenset('<>"`\\{}')
"""Marks that begin something else than text somewhere: HTML, attributes, templates."""
_FORMULA: Final = "=+-@\t\r\n"
"""What a spreadsheet takes for a formula when it comes first."""

_SURNAME: Final = re.compile(
    r"(ов|ев|ёв|ова|ева|ёва|ин|ын|ина|ына|ский|цкий|ская|цкая|ской|ко|ук|юк|чук|ич|швили|дзе|ян"
    r"|бай|баев|баева|бек|беков|бекова)$"
)
_PATRONYMIC: Final = re.compile(r"(вич|ьич|вна|чна|шна|ұлы|улы|қызы|кызы)$")

_LANGUAGES: Final[dict[str, Language]] = {
    "kk": "kk", "kz": "kk", "kaz": "kk", "қаз": "kk", "каз": "kk", "қазақ": "kk", "қазақша": "kk",
    "казахский": "kk", "kazakh": "kk", "ru": "ru", "rus": "ru", "рус": "ru", "русский": "ru",
    "орыс": "ru", "орысша": "ru", "russian": "ru", "en": "en", "eng": "en", "англ": "en",
    "английский": "en", "ағылшын": "en", "ағылшынша": "en", "english": "en",
}  # fmt: skip


def clean_name(text: str, field: str = "name") -> str:
    """Return a name as plain text: composed, one line, without what cannot be seen or is not text.

    Raises PeopleError: name_missing, name_too_long.
    """
    name = plain(text).lstrip(_FORMULA + " '")
    if not any(char.isalnum() for char in name):
        raise PeopleError("name_missing", field)
    if len(name) > LONGEST:
        raise PeopleError("name_too_long", field)
    return name


def clean_label(text: str) -> str:
    """Return what a browser calls itself, shortened, "?" when that is nothing."""
    return plain(text[: 4 * LONGEST])[:LONGEST].lstrip(_FORMULA + " '") or "?"


def plain(text: str) -> str:
    """Return text on one line, composed, without unseen and shady characters."""
    spaced = "".join(" " if char.isspace() else char for char in unicodedata.normalize("NFC", text))
    seen = (char for char in spaced if unicodedata.category(char) not in _UNSEEN and char not in _SHADY)
    # Composed anew: what stood between a letter and its mark may be gone.
    return " ".join(unicodedata.normalize("NFC", _few_marks("".join(seen))).split())


def _few_marks(text: str) -> str:
    """Return a text in which no letter carries so many marks that they cover its neighbours."""
    kept: list[str] = []
    marks = 0
    for char in text:
        marks = marks + 1 if unicodedata.category(char).startswith("M") else 0
        if marks <= _MOST_MARKS:
            kept.append(char)
    return "".join(kept)


def same(text: str) -> str:
    """Return what is equal for names that people would call the same."""
    return plain(text).casefold().replace("ё", "е")


def clean_phone(text: str, field: str = "phone") -> str:
    """Return a phone number as +7…, "" for none. Raises PeopleError("phone").

    In Kazakhstan people write 8 701 …, 701 … or +7 701 … for the same number.
    """
    typed = plain(text).lstrip("'")
    if not typed:
        return ""
    digits = "".join(char for char in typed if char in "0123456789")
    if re.search(r"[^\d\s()+.\-/]", typed) or not _SHORTEST_PHONE <= len(digits) <= _LONGEST_PHONE:
        raise PeopleError("phone", field)
    if typed.startswith("+"):
        return f"+{digits}"
    if len(digits) == 11 and digits[0] in "78":
        return f"+7{digits[1:]}"
    if len(digits) == 10 and digits[0] in "79":
        return f"+7{digits}"
    return digits


def clean_language(text: str, default: Language = "ru", field: str = "language") -> Language:
    """Return a language from a word for it; raises PeopleError("language")."""
    typed = plain(text).casefold().strip(" .")
    if not typed:
        return default
    if typed not in _LANGUAGES:
        raise PeopleError("language", field)
    return _LANGUAGES[typed]


def short_name(name: str) -> str:
    """Return a name as it stands over the picture: the given name and one letter ("Айгерим С.").

    Lists say "Серікова Айгерим Болатқызы", people say "Айгерим Серікова"; endings tell which.
    """
    words = [word for word in name.split(" ") if any(char.isalpha() for char in word)]
    if not words:
        return name[:_LONGEST_SHORT]
    names = [word for word in words[1:] if not _PATRONYMIC.search(word.casefold())]
    names.insert(0, words[0])
    if len(names) == 1:
        given, family = names[0], ""
    elif _SURNAME.search(names[0].casefold()) and not _SURNAME.search(names[1].casefold()):
        family, given = names[0], names[1]
    elif len(words) > len(names) and _PATRONYMIC.search(words[-1].casefold()) and words[-2] == names[1]:
        family, given = names[0], names[1]  # a patronymic follows the given name
    else:
        given, family = names[0], names[1]
    given = given[: _LONGEST_SHORT - 3]
    letter = next((char.upper() for char in family if char.isalpha()), "")
    return f"{given} {letter}." if letter else given


def safe_cell(text: str) -> str:
    """Return a cell of a CSV file that no spreadsheet takes for a formula."""
    return f"'{text}" if text.strip()[:1] in set(_FORMULA) or text[:1] in set(_FORMULA) else text
