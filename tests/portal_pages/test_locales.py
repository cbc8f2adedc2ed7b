"""The three languages say the same things, and have words for everything that can happen."""

import json
from pathlib import Path
import re

import pytest

PORTAL = Path(__file__).parents[2] / "custom_components/kindergarten/portal"
LANGUAGES = ("kk", "ru", "en")
PLURALS = {"kk": {"other"}, "ru": {"one", "few", "many", "other"}, "en": {"one", "other"}}
TEXTS: dict[str, dict[str, str]] = {
    language: json.loads((PORTAL / f"locales/{language}.json").read_text(encoding="utf-8"))
    for language in LANGUAGES
}
# Keys that code puts together: their first part stands in the code, and codes of answers follow.
MADE = (
    "again.", "ask.", "check.", "consent.", "error.", "lock.", "rules.", "state.", "tab.", "live.", "back_by", "opens",
    "copied", "not_loaded",
)  # fmt: skip
REASONS = (
    "closed_hours", "quiet", "holiday", "paused", "not_open_yet", "own_consent", "presence", "access_ended",
    "no_camera",
)  # fmt: skip


def _plurals(text: str) -> list[tuple[str, set[str]]]:
    """Return the name and the forms of every plural in a message."""
    found = []
    for match in re.finditer(r"\{(\w+), plural,", text):
        depth, at, forms = 1, match.end(), ""
        while depth:
            depth += {"{": 1, "}": -1}.get(text[at], 0)
            forms += text[at] if depth == 1 else " "
            at += 1
        found.append((match[1], {form for form in re.findall(r"=?\w+", forms) if not form.startswith("=")}))
    return found


def _names(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)(?=[},])", text))


def _code() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted((PORTAL / "pages").rglob("*.js")))


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_every_language_has_the_same_keys(language: str) -> None:
    assert TEXTS[language].keys() == TEXTS["en"].keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_keys_are_sorted_and_no_text_is_empty(language: str) -> None:
    assert list(TEXTS[language]) == sorted(TEXTS[language])
    assert not [key for key, text in TEXTS[language].items() if not text.strip() or text != text.strip()]


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_translations_have_the_same_placeholders(language: str) -> None:
    differ = {
        key: (_names(text), _names(TEXTS[language][key]))
        for key, text in TEXTS["en"].items()
        if _names(text) != _names(TEXTS[language][key])
    }
    assert not differ


@pytest.mark.parametrize("language", LANGUAGES)
def test_plurals_have_the_forms_of_their_language(language: str) -> None:
    wrong = {
        key: forms
        for key, text in TEXTS[language].items()
        for _, forms in _plurals(text)
        if forms != PLURALS[language]
    }
    assert not wrong


def test_kazakh_is_not_russian_left_untranslated() -> None:
    same = {key for key, text in TEXTS["kk"].items() if text == TEXTS["ru"][key]}
    assert same <= {"code.label", "other_browser.label", "pairing.code", "ask.one", "time.date"}


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_no_text_is_left_in_english(language: str) -> None:
    latin = re.compile(r"[a-z]{4,}", re.IGNORECASE)
    found = {
        key: text
        for key, text in TEXTS[language].items()
        if latin.search(re.sub(r"\{[^{}]*\}|Safari|cookie|Cookie|\{\w+, plural.*", "", text))
    }
    assert not found


def test_every_key_that_the_code_names_is_there() -> None:
    named = set(re.findall(r"""\bt\(\s*"([\w.]+)\"""", _code()))
    assert len(named) > 100
    assert not named - TEXTS["en"].keys()


def test_no_text_is_left_over() -> None:
    code = _code()
    unused = {key for key in TEXTS["en"] if f'"{key}"' not in code and not key.startswith(MADE)}
    assert not unused


def _codes_of_the_portal() -> set[str]:
    """Return every code that the server side of the portal may answer with."""
    found = set(REASONS)
    for path in PORTAL.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(r"""Refusal\(\s*"(\w+)\"""", text))
        found |= set(re.findall(r"""^    [A-Z_]+ = "([a-z_]+)"$""", text, re.MULTILINE))
    found |= {"not_valid", "wrong_code", "other_guardian", "too_many_devices", "no_window", "busy", "refused"}
    found |= {
        "full",
        "elsewhere",
        "idle",
        "slow_down",
        "too_long",
        "too_many",
        "future",
        "too_old",
        "relative",
    }
    return found - {"ok", "stills"}


def test_every_code_of_the_contract_has_a_text() -> None:
    state = (PORTAL / "pages/screens/state.js").read_text(encoding="utf-8")
    same = dict(re.findall(r'(\w+): "(\w+)"', state))
    special = {"wrong_code": "code.wrong", "other_guardian": "switch.text"}

    def said(code: str) -> bool:
        keys = (special.get(code), f"state.{same.get(code, code)}.text", f"error.{code}", f"ask.{code}")
        return any(key in TEXTS["en"] for key in keys)

    assert not {code for code in _codes_of_the_portal() if not said(code)}


def test_every_lock_has_a_sentence_a_screen_and_a_title() -> None:
    for reason in REASONS:
        assert {f"lock.{reason}", f"state.{reason}.title", f"state.{reason}.text"} <= TEXTS["en"].keys()
