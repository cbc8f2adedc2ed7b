"""Everything that the platforms say has a text in every language."""

import json
from pathlib import Path
import re
from typing import Any, get_args

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.kindergarten import (
    binary_sensor,
    button,
    event,
    evidence_sensor,
    people_event,
    sensor,
    switch,
    viewers_sensor,
)
from custom_components.kindergarten.archive.protocol import ArchiveState
from custom_components.kindergarten.judgement import RetentionProblem

FOLDER = Path(__file__).parents[2] / "custom_components/kindergarten"
ICONS = json.loads((FOLDER / "icons.json").read_text(encoding="utf-8"))["entity"]


@pytest.fixture(params=["en", "ru"])
def texts(request: pytest.FixtureRequest) -> Any:
    """Return the texts of a language."""
    return json.loads((FOLDER / f"translations/{request.param}.json").read_text(encoding="utf-8"))


def described() -> dict[str, list[Any]]:
    return {
        "binary_sensor": [
            binary_sensor.RECORDING_DESCRIPTION,
            binary_sensor.CONNECTIVITY_DESCRIPTION,
            *binary_sensor.SITE_DESCRIPTIONS,
            binary_sensor.ARCHIVE_DESCRIPTION,
            binary_sensor.PROFILE_DESCRIPTION,
        ],
        "sensor": [
            *sensor.CAMERA_DESCRIPTIONS,
            *sensor.SITE_DESCRIPTIONS,
            *evidence_sensor.CAMERA_PROOFS,
            *evidence_sensor.SITE_EVIDENCE,
            viewers_sensor.DESCRIPTION,
        ],
        "event": [event.DESCRIPTION, event.ARCHIVE_DESCRIPTION, people_event.DESCRIPTION],
        "button": [button.INCIDENT, button.PAUSE],
        "switch": [switch.DESCRIPTION],
    }


def test_every_entity_has_a_name_and_an_icon(texts: Any) -> None:
    for platform, descriptions in described().items():
        for description in descriptions:
            if key := description.translation_key:
                assert texts["entity"][platform][key]["name"]
                assert ICONS[platform][key]["default"].startswith("mdi:")


def test_every_state_and_event_has_a_text(texts: Any) -> None:
    state = next(description for description in sensor.CAMERA_DESCRIPTIONS if description.key == "state")
    assert set(texts["entity"]["sensor"]["state"]["state"]) == set(state.options or ())
    for description in (event.DESCRIPTION, event.ARCHIVE_DESCRIPTION, people_event.DESCRIPTION):
        told = texts["entity"]["event"][description.translation_key]
        said = told["state_attributes"]["event_type"]["state"]
        assert set(said) == set(description.event_types or ())


def test_every_problem_of_the_archive_has_a_text(texts: Any) -> None:
    said = texts["entity"]["binary_sensor"]["archive_problem"]["state_attributes"]["problem"]["state"]
    states = {state.value for state in ArchiveState} - {"ok", "none", "unknown"}
    ours = {binary_sensor.NO_PROBLEM, "no_archive", "recorder_silent"}
    assert set(said) == states | ours | set(get_args(RetentionProblem.__value__))


def test_every_error_and_issue_has_a_text(texts: Any) -> None:
    media_source = (FOLDER / "media_source.py").read_text(encoding="utf-8")
    for key in re.findall(r'_(?:browse_error|unresolvable)\("(\w+)"\)', media_source):
        assert texts["exceptions"][key]["message"]
    for key in re.findall(r'say\(\s*"(media_\w+)"', media_source):
        assert texts["common"][key]
    assert {f"media_weekday_{number}" for number in range(1, 8)} <= set(texts["common"])
    issues = {
        *(f"archive_{state}" for state in ("missing", "foreign", "read_only", "full", "busy", "error")),
        "borrowed_camera_gone",
        "camera_gone",
        "camera_hevc",
        "camera_rare_keys",
        "portal_exposed",
        "restart_costs_gap",
        "clock_untrusted",
        "login_refused",
        "recorder_silent",
        "retention_at_risk",
        "retention_broken",
        "archive_damaged",
        "backups_unprotected",
        "people_key_missing",
        "people_newer",
        "people_restored",
        "people_unusable",
        "holds_fill_disk",
        "ledger_broken",
        "profile_outdated",
        "room_without_camera",
        "volume_missing",
        *re.findall(r'"(frigate_\w+)"', (FOLDER / "frigate_issues.py").read_text(encoding="utf-8")),
    }
    assert issues == set(texts["issues"])
    assert all(issue["title"] for issue in texts["issues"].values())


def test_languages_have_the_same_texts_with_the_same_placeholders() -> None:
    def flat(texts: Any, path: str = "") -> dict[str, set[str]]:
        if isinstance(texts, str):
            return {path: set(re.findall(r"\{(\w+)\}", texts))}
        return {
            key: names
            for name, below in texts.items()
            for key, names in flat(below, f"{path}.{name}").items()
        }

    english, russian = (
        flat(json.loads((FOLDER / f"translations/{language}.json").read_text(encoding="utf-8")))
        for language in ("en", "ru")
    )
    assert english == russian


async def test_names_of_entities_are_translated(hass: HomeAssistant, kindergarten: MockConfigEntry) -> None:
    entities = er.async_entries_for_config_entry(er.async_get(hass), kindergarten.entry_id)

    unnamed = {
        e.entity_id for e in entities if e.original_name is None and not e.unique_id.endswith("_camera")
    }
    assert unnamed == set()
