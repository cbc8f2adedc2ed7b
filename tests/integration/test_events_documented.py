"""Events are a promise to automations: fixed types, named attributes, written down, without families."""

import json
from pathlib import Path
import re
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.kindergarten.event import ARCHIVE_ATTRIBUTES, RECORDING_ATTRIBUTES
from custom_components.kindergarten.people_event import PEOPLE_ATTRIBUTES

from .fake_archive import NOW_US, FakeArchive, settle, state_of
from .texts import TEXTS

DOCUMENTED = (Path(__file__).parents[2] / "docs/alerts.md").read_text(encoding="utf-8")
ATTRIBUTES = {
    "recording": RECORDING_ATTRIBUTES,
    "archive": ARCHIVE_ATTRIBUTES,
    "people": PEOPLE_ATTRIBUTES,
}


def documented() -> set[str]:
    """Return everything that is written as code."""
    return set(re.findall(r"`(\w+)`", DOCUMENTED))


async def test_every_type_of_event_is_written_down_and_has_a_text_in_every_language(
    hass: HomeAssistant, kindergarten: MockConfigEntry
) -> None:
    events = [
        entry
        for entry in er.async_entries_for_config_entry(er.async_get(hass), kindergarten.entry_id)
        if entry.domain == "event"
    ]
    assert {entry.translation_key for entry in events} >= {"recording", "archive", "people"}
    for entry in events:
        types = set(state_of(hass, entry.entity_id).attributes["event_types"])
        assert types <= documented(), entry.entity_id
        for texts in TEXTS.values():
            said = texts["entity"]["event"][entry.translation_key]["state_attributes"]["event_type"]["state"]
            assert set(said) == types


@pytest.mark.parametrize("key", ATTRIBUTES)
def test_every_attribute_is_written_down_and_has_a_name_in_every_language(key: str) -> None:
    assert set(ATTRIBUTES[key]) <= documented()
    for texts in TEXTS.values():
        named = texts["entity"]["event"][key]["state_attributes"]
        assert {name for name, about in named.items() if "name" in about} == set(ATTRIBUTES[key])


SAID: dict[str, Any] = {
    "uid": "hold-1",
    "cameras": ["a" * 32, "b" * 32],
    "not_before_us": NOW_US,
    "second_needed": True,
    "reason": "Айгерим Сатпаева asked",
    "label": "Айгерим",
    "by": "f" * 32,
    "path": "/srv/Сатпаева",
    "detail": "Айгерим",
}


@pytest.mark.parametrize(
    "kind",
    ["hold_made", "hold_lift_asked", "exported", "verified", "archive_unavailable", "retention_broken"],
)
async def test_nothing_is_passed_on_but_what_is_written_down(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive, kind: str
) -> None:
    archive.happen(kind, **SAID)
    await settle(hass)
    told = dict(state_of(hass, "event.little_sun_archive_events").attributes)
    shown = {name for name in told if name in ARCHIVE_ATTRIBUTES}
    assert set(told) - shown == {"event_type", "event_types", "friendly_name"}
    assert "Айгерим" not in json.dumps(told, ensure_ascii=False, default=str)
    assert "Сатпаева" not in json.dumps(told, ensure_ascii=False, default=str)


async def test_lift_that_is_asked_says_when_it_may_be(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive
) -> None:
    archive.happen("hold_lift_asked", **SAID)
    await settle(hass)
    told = state_of(hass, "event.little_sun_archive_events").attributes
    assert (told["not_before"], told["second_needed"], told["cameras"]) == (
        "2026-11-18T11:06:40.000+00:00",
        True,
        2,
    )
