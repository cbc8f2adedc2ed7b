"""The translations, and a check that everything a flow shows has a text in each of them."""

from collections.abc import Iterator, Mapping
import json
from pathlib import Path
import string
from typing import Any

from homeassistant.data_entry_flow import FlowResultType, section
import pytest

INTEGRATION = Path(__file__).parents[2] / "custom_components/kindergarten"
TEXTS: dict[str, dict[str, Any]] = {
    language: json.loads((INTEGRATION / f"translations/{language}.json").read_text(encoding="utf-8"))
    for language in ("en", "ru")
}


def leaves(texts: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Iterate over all texts with the keys that lead to them."""
    for key, value in texts.items():
        if isinstance(value, Mapping):
            yield from leaves(value, (*above, key))
        else:
            yield (*above, key), value


def placeholders(text: str) -> set[str]:
    """Return the names of what is put into a text."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def need(path: tuple[str, ...], given: Mapping[str, str] | None = None) -> None:
    """Fail the test if a text is missing in a language, or needs a value that is not given."""
    for language, texts in TEXTS.items():
        text: Any = texts
        for key in path:
            text = text.get(key) if isinstance(text, Mapping) else None
        if not isinstance(text, str) or not text:
            pytest.fail(f"{language}.json has no text {'.'.join(path)}")
        if missing := placeholders(text) - set(given or {}):
            pytest.fail(f"{language}.json: {'.'.join(path)} is not given {missing}")


def check_result(path: tuple[str, ...], result: Mapping[str, Any]) -> None:
    """Fail the test if a step of a flow shows something without a text; `path` leads to the flow's texts."""
    given = result.get("description_placeholders") or {}
    kind = result["type"]
    if kind is FlowResultType.ABORT and "translation_domain" not in result:
        need((*path, "abort", result["reason"]), given)
    elif kind is FlowResultType.SHOW_PROGRESS:
        need((*path, "progress", result["progress_action"]), given)
    elif kind in (FlowResultType.FORM, FlowResultType.MENU):
        step = (*path, "step", result["step_id"])
        need((*step, "title"), given)
        if "description" in _at(step):
            need((*step, "description"), given)
        for option in result.get("menu_options") or ():
            need((*step, "menu_options", option), given)
        for code in (result.get("errors") or {}).values():
            need((*path, "error", code), given)
        named = "data" in _at(step)  # else the fields are rooms, which the owner named
        if (
            (schema := result.get("data_schema")) is not None
            and kind is FlowResultType.FORM
            and (named or not given)
        ):
            _check_fields(step, schema.schema, given)


def _check_fields(step: tuple[str, ...], fields: Mapping[Any, Any], given: Mapping[str, str]) -> None:
    for key, selector in fields.items():
        name = str(key)
        if isinstance(selector, section):
            need((*step, "sections", name, "name"), given)
            _check_fields((*step, "sections", name), selector.schema.schema, given)
            continue
        need((*step, "data", name), given)
        need((*step, "data_description", name), given)
        config = getattr(selector, "config", {})
        if translation_key := config.get("translation_key"):
            for option in config["options"]:
                need(("selector", translation_key, "options", option))


def _at(path: tuple[str, ...]) -> Mapping[str, Any]:
    found: Any = TEXTS["en"]
    for key in path:
        found = found.get(key, {})
    return dict(found)
