"""Adding and changing rooms."""

from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import area_registry as ar
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.fake_archive import FakeSupervisor, load
from tests.integration.flow_kit import answer, camera, entry_of, open_subentry, room, suggested

NO_HOURS: dict[str, Any] = {"opening": {"days": []}, "quiet": {}}


@pytest.fixture
async def entry(hass: HomeAssistant, tmp_path: Path, supervisor: FakeSupervisor) -> MockConfigEntry:
    """A kindergarten with one room and a camera in it."""
    return await load(
        hass, entry_of(tmp_path, room("sunflowers", "Sunflowers", "group"), camera("c" * 32, "Window"))
    )


async def test_room_is_added_with_its_hours(
    hass: HomeAssistant, entry: MockConfigEntry, area_registry: ar.AreaRegistry
) -> None:
    area = area_registry.async_create("Ground floor")
    result = await open_subentry(hass, entry, "room")
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "room")
    result = await answer(
        hass,
        result,
        name=" Daisies ",
        kind="bedroom",
        area_id=area.id,
        opening={"days": ["fri", "mon"], "from": "07:30:00", "to": "18:30:00"},
        quiet={"from": "13:00:00", "to": "15:00:00"},
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    added = next(one for one in entry.subentries.values() if one.title == "Daisies")
    assert added.subentry_type == "room"
    assert (added.unique_id or "").startswith("room:")
    assert added.data == {
        "kind": "bedroom",
        "area_id": area.id,
        "opening": {"days": ["mon", "fri"], "from": "07:30:00", "to": "18:30:00"},
        "quiet": [{"from": "13:00:00", "to": "15:00:00"}],
        "recording": "always",
        "shown": False,
        "parents_schedule": None,
    }


async def test_room_without_hours_is_always_open(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    result = await open_subentry(hass, entry, "room")
    await answer(hass, result, name="Gate", kind="entrance", **NO_HOURS)
    added = next(one for one in entry.subentries.values() if one.title == "Gate")
    assert added.data == {
        "kind": "entrance",
        "area_id": None,
        "recording": "always",
        "shown": False,
        "parents_schedule": None,
        "opening": None,
        "quiet": [],
    }


async def test_first_room_begins_with_usual_hours_and_the_next_with_those_of_the_last(
    hass: HomeAssistant, tmp_path: Path, supervisor: FakeSupervisor
) -> None:
    entry = await load(hass, entry_of(tmp_path))
    result = await open_subentry(hass, entry, "room")
    usual = {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "08:00:00", "to": "18:00:00"}
    assert _hours(result) == (usual, {})
    opening = {"days": ["sat"], "from": "09:00:00", "to": "12:00:00"}
    quiet = {"from": "10:00:00", "to": "10:30:00"}
    await answer(hass, result, name="Hall", kind="music", opening=opening, quiet=quiet)
    assert _hours(await open_subentry(hass, entry, "room")) == (opening, quiet)


@pytest.mark.parametrize(
    ("name", "error"),
    [
        (" ", "name_missing"),
        ("r" * 10_000, "name_too_long"),
        ("Ro\x00om", "name_characters"),
        ("<b>Room</b>", "name_characters"),
        ("sunFLOWERS", "name_taken"),
    ],
)
async def test_unusable_name_is_refused_and_can_be_corrected(
    hass: HomeAssistant, entry: MockConfigEntry, name: str, error: str
) -> None:
    result = await open_subentry(hass, entry, "room")
    result = await answer(hass, result, name=name, kind="group", **NO_HOURS)
    assert result["errors"] == {"name": error}
    assert suggested(result)["name"] == name
    result = await answer(hass, result, name="Daisies", kind="group", **NO_HOURS)
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(
    ("hours", "error"),
    [
        ({"opening": {"days": ["mon"], "from": "08:00:00"}, "quiet": {}}, "hours_incomplete"),
        ({"opening": {"days": ["mon"], "from": "18:00:00", "to": "08:00:00"}, "quiet": {}}, "hours_order"),
        ({"opening": {"days": [], "from": "08:00:00", "to": "18:00:00"}, "quiet": {}}, "days_missing"),
        ({"opening": {"days": []}, "quiet": {"to": "15:00:00"}}, "hours_incomplete"),
        ({"opening": {"days": []}, "quiet": {}, "recording": "opening"}, "opening_missing"),
        ({"opening": {"days": []}, "quiet": {"from": "15:00:00", "to": "15:00:00"}}, "hours_order"),
    ],
)
async def test_unusable_hours_are_refused_and_can_be_corrected(
    hass: HomeAssistant, entry: MockConfigEntry, hours: dict[str, Any], error: str
) -> None:
    result = await open_subentry(hass, entry, "room")
    result = await answer(hass, result, name="Daisies", kind="group", **hours)
    assert result["errors"] == {"base": error}
    result = await answer(hass, result, name="Daisies", kind="group", **NO_HOURS)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_room_is_changed_and_keeps_its_identity(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    quiet = {"from": "13:00:00", "to": "15:00:00"}
    result = await open_subentry(hass, entry, "room", "sunflowers")
    assert suggested(result) == {"name": "Sunflowers", "kind": "group"}
    result = await answer(hass, result, name="Sunflowers", kind="bedroom", opening={"days": []}, quiet=quiet)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    changed = entry.subentries["sunflowers"]
    assert (changed.unique_id, changed.data["kind"]) == ("room:sunflowers", "bedroom")
    result = await open_subentry(hass, entry, "room", "sunflowers")
    assert _hours(result) == ({}, quiet)


async def test_room_with_cameras_cannot_become_one_that_must_have_none(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    result = await open_subentry(hass, entry, "room", "sunflowers")
    result = await answer(hass, result, name="Sunflowers", kind="toilet", **NO_HOURS)
    assert result["errors"] == {"kind": "room_has_cameras"}
    result = await answer(hass, result, name="Sunflowers", kind="music", **NO_HOURS)
    assert result["reason"] == "reconfigure_successful"


async def test_toilet_is_a_room_like_others_as_long_as_it_has_no_camera(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    result = await open_subentry(hass, entry, "room")
    result = await answer(hass, result, name="Toilet", kind="toilet", **NO_HOURS)
    assert result["type"] is FlowResultType.CREATE_ENTRY


def _hours(result: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what stands in the two sections of a form."""
    schema = result["data_schema"].schema
    opening, quiet = (suggested({"data_schema": schema[name].schema}) for name in ("opening", "quiet"))
    return opening, quiet
