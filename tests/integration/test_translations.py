"""Everything that is shown has a text, in English and in Russian; nothing is translated in vain.

What flows and repairs show is checked while the other tests run them (see `conftest.py`).
"""

import ast
import json
from pathlib import Path
import re
from typing import Any

from homeassistant.const import Platform
import pytest

from custom_components.kindergarten.engine.legal import PROFILES, ROOM_KINDS
from tests.integration.texts import INTEGRATION, TEXTS, leaves, need, placeholders

ENGLISH = dict(leaves(TEXTS["en"]))
RUSSIAN = dict(leaves(TEXTS["ru"]))

SOURCES = {
    path.relative_to(INTEGRATION).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted(INTEGRATION.rglob("*.py"))
    if "engine" not in path.relative_to(INTEGRATION).parts
}


def _nodes[T: ast.AST](kind: type[T]) -> list[tuple[str, T]]:
    return [
        (name, node) for name, tree in SOURCES.items() for node in ast.walk(tree) if isinstance(node, kind)
    ]


def _keyword(call: ast.Call, name: str) -> str | None:
    for keyword in call.keywords:
        if keyword.arg == name and isinstance(keyword.value, ast.Constant):
            return str(keyword.value.value)
    return None


def test_both_languages_have_the_same_texts() -> None:
    assert RUSSIAN.keys() == ENGLISH.keys()


def test_both_languages_put_the_same_values_into_their_texts() -> None:
    different = {
        ".".join(key) for key, text in ENGLISH.items() if placeholders(text) != placeholders(RUSSIAN[key])
    }
    assert different == set()


def test_russian_texts_are_russian() -> None:
    words = {key: re.sub(r"{\w+}", "", text) for key, text in RUSSIAN.items()}
    assert [
        key for key, text in words.items() if re.search("[a-z]", text) and not re.search("[а-яё]", text)
    ] == []


@pytest.mark.parametrize("language", list(TEXTS))
def test_texts_keep_the_rules_of_hassfest(language: str) -> None:
    broken = [key for key, text in leaves(TEXTS[language]) if _breaks_a_rule(text)]
    assert broken == []


def _breaks_a_rule(text: Any) -> bool:
    return (
        not isinstance(text, str)
        or text != text.strip()
        or re.search(r"<[a-z].*?>", text, re.IGNORECASE) is not None
        or re.search(r"'{\w+}'", text) is not None
        or re.search(r"((https?|ftps?|mqtt|socket)://|www\.)[a-z0-9-]+(\.[a-z]{2,5})", text, re.IGNORECASE)
        is not None
        or not all(name.isidentifier() for name in placeholders(text))
        or "[%key" in text
    )


def test_keys_and_sections_are_those_that_home_assistant_knows() -> None:
    known = {
        "title", "common", "config", "config_subentries", "device", "entity", "exceptions", "issues",
        "options", "selector", "services", "system_health", "triggers",
    }  # fmt: skip
    assert set(TEXTS["en"]) <= known
    step_keys = {"title", "description", "data", "data_description", "menu_options", "sections", "submit"}
    for path in _steps():
        assert set(_step(path)) <= step_keys, path


def test_only_fields_are_described() -> None:
    for path in _steps():
        for part in (_step(path), *_step(path).get("sections", {}).values()):
            assert set(part.get("data_description", {})) <= set(part.get("data", {})), path


def _steps() -> set[tuple[str, ...]]:
    return {key[: key.index("step") + 2] for key in ENGLISH if "step" in key}


def _step(path: tuple[str, ...]) -> dict[str, Any]:
    step = TEXTS["en"]
    for key in path:
        step = step[key]
    return step


def test_every_step_belongs_to_a_form() -> None:
    methods = {
        node.name.removeprefix("async_step_")
        for _, node in _nodes(ast.AsyncFunctionDef)
        if node.name.startswith("async_step_")
    }
    assert {path[-1] for path in _steps()} <= methods


def test_every_error_and_abort_is_raised_somewhere() -> None:
    said = _constants()
    told = {
        key[-1]
        for key in ENGLISH
        if key[0].startswith(("config", "options")) and key[-2] in ("error", "abort")
    }
    # Raised by Home Assistant's own `_abort_if_unique_id_configured`.
    assert told - said == {"already_configured"}


def _constants() -> set[str]:
    return {node.value for _, node in _nodes(ast.Constant) if isinstance(node.value, str)}


def test_every_entity_has_a_name() -> None:
    platforms = {f"{platform}.py": str(platform) for platform in Platform}
    for name, call in _nodes(ast.Call):
        key = _keyword(call, "translation_key")
        if name in platforms and key and not any(word.arg == "translation_domain" for word in call.keywords):
            need(("entity", platforms[name], key, "name"))


def test_every_exception_has_a_message() -> None:
    for _, call in _nodes(ast.Call):
        if (key := _keyword(call, "translation_key")) and any(
            keyword.arg == "translation_domain" for keyword in call.keywords
        ):
            assert ("exceptions", key, "message") in ENGLISH, key


def test_every_message_is_used() -> None:
    said = _constants()
    messages = {key[1] for key in ENGLISH if key[0] == "exceptions"}
    # The panel's refusals are put together of where they come from and the code.
    put_together = {f"desk_{code}" for code in said} | {f"people_{code}" for code in _people_codes()}
    assert messages <= said | put_together


def test_everything_that_may_be_wrong_with_people_has_a_text() -> None:
    for code in _people_codes():
        need(("exceptions", f"people_{code}", "message"), {"field": "name"})


def _people_codes() -> set[str]:
    """Return the codes that the families' store refuses with, or finds in a pasted list."""
    said = "".join(
        path.read_text(encoding="utf-8") for path in (INTEGRATION / "engine" / "people").glob("*.py")
    )
    return set(re.findall(r'(?:PeopleError|Problem)\((?:line=\w+, code=)?"(\w+)"', said))


def test_every_sentence_put_together_by_us_has_its_text() -> None:
    known = {key[1] for key in ENGLISH if key[0] == "common"}
    said: set[str] = set()
    for _, call in _nodes(ast.Call):
        if not (isinstance(call.func, ast.Name) and call.func.id == "say" and call.args):
            continue
        match call.args[0]:
            case ast.Constant(value=str(key)):
                assert key in known
                said.add(key)
            case ast.JoinedStr(values=[ast.Constant(value=str(prefix)), *_]):
                said |= (begun := {key for key in known if key.startswith(prefix)})
                assert begun, prefix
    assert known - said <= _constants()


def test_every_remark_has_its_text() -> None:
    for name, call in _nodes(ast.Call):
        if isinstance(call.func, ast.Name) and call.func.id == "Note" and (code := _keyword(call, "code")):
            prefix = "seen" if name == "flows/probe.py" else "note"
            assert ("common", f"{prefix}_{code}") in ENGLISH, code


def test_every_repair_has_its_texts() -> None:
    for _, call in _nodes(ast.Call):
        if isinstance(call.func, ast.Name) and call.func.id == "Issue" and (key := _keyword(call, "key")):
            assert ("issues", key, "title") in ENGLISH, key


def test_every_profile_and_kind_of_room_has_a_name() -> None:
    for profile in PROFILES.values():
        need(("selector", "profile", "options", profile.title_key))
        assert tuple(profile.room_kinds) == ROOM_KINDS
    for kind in ROOM_KINDS:
        need(("selector", "room_kind", "options", kind))


def test_system_page_names_everything_it_shows() -> None:
    said = {
        node.value
        for name, node in _nodes(ast.Constant)
        if name == "system_health.py" and isinstance(node.value, str)
    }
    told = {key[2] for key in ENGLISH if key[0] == "system_health"}
    assert told <= said


def test_manifest_is_in_the_order_that_home_assistant_wants() -> None:
    keys = list(json.loads((INTEGRATION / "manifest.json").read_text(encoding="utf-8")))
    assert keys == ["domain", "name", *sorted(set(keys) - {"domain", "name"})]


def test_icons_are_material_design_icons() -> None:
    if (path := Path(INTEGRATION / "icons.json")).exists():
        for _, icon in leaves(json.loads(path.read_text(encoding="utf-8"))):
            assert icon.startswith("mdi:")
