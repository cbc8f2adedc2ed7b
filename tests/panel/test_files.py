"""The panel's files: nothing secret, from here only, without a way to make markup out of words; its texts."""

import json
from pathlib import Path
import re

import pytest

from custom_components.kindergarten.panel.files import FILES, HASH

from .house import House

FOLDER = Path(__file__).parents[2] / "custom_components/kindergarten/panel"
SOURCES = sorted(path for path in FOLDER.rglob("*.js") if "vendor" not in path.parts)
TEXTS: dict[str, dict[str, str]] = {
    language: json.loads((FOLDER / f"locales/{language}.json").read_text(encoding="utf-8"))
    for language in ("en", "ru")
}
FORBIDDEN = (
    r"innerHTML", r"outerHTML", r"insertAdjacentHTML", r"unsafe", r"document\.write\(", r"\beval\(", r"new Function",
    r"DOMParser", r"srcdoc", r"javascript:", r"\bon\w+=", r"setTimeout\(\s*[\"']", r"https?://(?!www\.w3\.org)",
    r"localStorage",
)  # fmt: skip
PLURALS = {"en": {"one", "other"}, "ru": {"one", "few", "many", "other"}}


def _code() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_no_module_makes_markup_or_code_out_of_words(path: Path) -> None:
    text = re.sub(r"^\s*(//|\*|/\*\*).*$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    text = text.replace(r"/^https?:\/\//", "").replace(r"/^https:\/\//i", "")
    assert not [pattern for pattern in FORBIDDEN if re.search(pattern, text)]


def test_every_module_says_what_it_is_for_and_stays_small() -> None:
    for path in SOURCES:
        lines = path.read_text(encoding="utf-8").splitlines()
        assert lines[0].startswith("// "), path
        assert len(lines) < 400, path


def test_whatever_can_be_pressed_is_a_button_or_a_link() -> None:
    """Others are not reached by the keyboard, nor named as something to press by a screen reader."""
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        pressed = [text[text.rfind("<", 0, each.start()) :] for each in re.finditer("@click", text)]
        assert [each[:30] for each in pressed if not re.match(r"<(button|a)\b", each)] == [], path


def test_every_import_leads_to_a_file_that_is_served() -> None:
    for path in SOURCES:
        for name in re.findall(r"""(?:from|import)\s+"(\.[^"]+)\"""", path.read_text(encoding="utf-8")):
            target = (path.parent / name).resolve().relative_to(FOLDER).as_posix()
            assert target in FILES, f"{path.name}: {name}"


def test_both_languages_have_the_same_keys_and_placeholders() -> None:
    assert TEXTS["en"].keys() == TEXTS["ru"].keys()
    names = re.compile(r"\{(\w+)(?=[},])")
    differ = [
        key
        for key, text in TEXTS["en"].items()
        if set(names.findall(text)) != set(names.findall(TEXTS["ru"][key]))
    ]
    assert differ == []


@pytest.mark.parametrize("language", ["en", "ru"])
def test_keys_are_sorted_no_text_is_empty_and_plurals_are_whole(language: str) -> None:
    texts = TEXTS[language]
    assert list(texts) == sorted(texts)
    assert not [key for key, text in texts.items() if not text.strip()]
    for key, text in texts.items():
        for part in re.findall(r"\{\w+, plural,((?:[^{}]|\{[^{}]*\})*)\}", text):
            assert PLURALS[language] <= set(re.findall(r"(\w+) \{", part)), key


def test_every_text_that_code_names_is_there() -> None:
    code = _code()
    assert set(re.findall(r"""\.t\(\s*"([\w.]+)\"""", code)) <= TEXTS["en"].keys()
    parts = {key.rsplit(".", 1)[0] + "." for key in TEXTS["en"]}
    for made in re.findall(r"\.t\(\s*[^)]*?`([a-z]+\.)(?:[a-z]+_)?\$\{", code):
        assert any(part.startswith(made) for part in parts), made


@pytest.mark.browser
@pytest.mark.asyncio(loop_scope="session")
async def test_only_files_of_this_version_are_served(house: House) -> None:
    base = "/api/kindergarten/panel"
    assert (await house.client.fetch(f"{base}/{HASH}/app.js", login=False))[0] == 200
    unknown = await house.client.fetch("/api/kindergarten/nothing", login=False)
    assert unknown[0] == 404
    for name in ("sidebar.py", "../const.py", "%2e%2e/const.py", "", "app.js/", "vendor/lit/LICENSE"):
        assert await house.client.fetch(f"{base}/{HASH}/{name}", login=False) == unknown
    assert await house.client.fetch(f"{base}/0123456789abcdef/app.js", login=False) == unknown


def test_every_file_has_a_type_that_browsers_take_for_modules() -> None:
    assert {file.content_type.partition(";")[0] for file in FILES.values()} == {
        "text/javascript",
        "application/json",
    }
    # The player comes only when something is played.
    first = {name: len(file.packed) for name, file in FILES.items() if name != "vendor/hls.js"}
    assert sum(first.values()) < 220_000
