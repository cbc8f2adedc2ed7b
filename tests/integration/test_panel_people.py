"""The owner's list of people: each change is done or refused in words, and a refusal changes nothing."""

from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from .fake_archive import settle
from .panel_kit import LIST, Panel, by_name
from .texts import need

LATER = "2099-09-01"


@pytest.fixture
async def panel(kindergarten: MockConfigEntry, hass_ws_client: WebSocketGenerator) -> Panel:
    """Return the panel of an administrator."""
    return Panel(await hass_ws_client(), kindergarten)


@pytest.fixture
async def listed(panel: Panel) -> Panel:
    """Return the panel of a kindergarten with two families."""
    await panel.ask("people/import/apply", text=LIST)
    return panel


def today() -> str:
    """Return the day that it is in the house."""
    return dt_util.now().date().isoformat()


async def new_group(panel: Panel, name: str, room: str | None = None) -> str:
    """Make a group and return its id."""
    made = await panel.ask("people/group/save", name=name, room_id=panel.room(room) if room else None)
    return str(made["id"])


def groups_of(panel: Panel, child: str) -> list[str]:
    """Return the groups that a child was, is and will be in."""
    snapshot = panel.entry.runtime_data.families.snapshot
    return [each.group_id for each in snapshot.memberships_of(child)]


async def test_a_group_goes_only_while_no_child_was_ever_in_it(listed: Panel) -> None:
    empty, full = await new_group(listed, "Sunflowers"), (await by_name(listed, "groups"))["Күншуақ"]
    await listed.ask("people/group/remove", group_id=empty)
    assert await listed.refused("people/group/remove", group_id=full["id"]) == "in_use"
    assert list(await by_name(listed, "groups")) == ["Күншуақ"]


async def test_a_whole_group_moves_to_another_one(listed: Panel) -> None:
    old, new = (await by_name(listed, "groups"))["Күншуақ"]["id"], await new_group(listed, "Sunflowers")
    move = {"from_group": old, "to_group": new}
    assert await listed.ask("people/group/move", from_day=today(), **move) == {"children": 2}
    groups = await by_name(listed, "groups")
    assert (groups["Күншуақ"]["children"], groups["Sunflowers"]["children"]) == (0, 2)
    assert (
        await listed.refused("people/group/move", from_day=today(), **{**move, "to_group": "x"}) == "unknown"
    )


async def test_a_child_is_added_renamed_and_changes_its_group(listed: Panel) -> None:
    first = (await by_name(listed, "groups"))["Күншуақ"]["id"]
    second = await new_group(listed, "Sunflowers")
    made = await listed.ask("people/child/save", name="Сауле", group_id=first, from_day=today())
    renamed = {"child_id": made["id"], "name": "Сәуле"}
    assert await listed.ask("people/child/save", group_id=first, from_day=today(), **renamed) == made
    assert groups_of(listed, made["id"]) == [first]
    await listed.ask("people/child/save", group_id=second, from_day=LATER, **renamed)
    assert groups_of(listed, made["id"]) == [first, second]
    assert "Сәуле" in await by_name(listed, "children")
    assert "Сауле" not in await by_name(listed, "children")


async def test_a_child_that_left_is_enrolled_anew(listed: Panel) -> None:
    group = (await by_name(listed, "groups"))["Күншуақ"]["id"]
    child = (await by_name(listed, "children"))["Дана Ким"]["id"]
    await listed.ask("people/child/leave", child_id=child, last_day=today())
    back = {"child_id": child, "name": "Дана Ким", "group_id": group, "from_day": LATER}
    await listed.ask("people/child/save", **back)
    memberships = listed.entry.runtime_data.families.snapshot.memberships_of(child)
    assert [each.until_day for each in memberships][-1] is None
    assert len(memberships) == 2


async def test_a_new_guardian_is_linked_to_the_children_named(listed: Panel) -> None:
    children = {name: each["id"] for name, each in (await by_name(listed, "children")).items()}
    made = await listed.ask(
        "people/guardian/save", name="Апа", language="kk", relative=True, children=list(children.values())
    )
    guardian = (await by_name(listed, "guardians"))["Апа"]
    assert (guardian["id"], sorted(guardian["children"])) == (made["id"], sorted(children.values()))
    kept = {"guardian_id": made["id"], "name": "Апа", "language": "kk"}
    await listed.ask("people/guardian/save", children=[children["Дана Ким"]], **kept)
    assert (await by_name(listed, "guardians"))["Апа"]["children"] == [children["Дана Ким"]]


async def test_a_guardian_is_removed_only_by_name(listed: Panel) -> None:
    guardian = (await by_name(listed, "guardians"))["Ирина Ким"]["id"]
    remove = {"guardian_id": guardian}
    assert await listed.refused("people/guardian/remove", confirm="Ирина", **remove) == "confirm_name"
    assert "Ирина Ким" in await by_name(listed, "guardians")
    await listed.ask("people/guardian/remove", confirm="ирина ким", **remove)
    assert list(await by_name(listed, "guardians")) == ["Әйгерім Жанарова"]
    assert await listed.refused("people/guardian/remove", confirm="ирина ким", **remove) == "unknown"


async def test_holidays_and_children_of_the_day_are_kept(listed: Panel) -> None:
    child = (await by_name(listed, "children"))["Дана Ким"]["id"]
    closure = {"from_day": LATER, "until_day": LATER, "room_id": listed.room("Playroom")}
    await listed.ask("people/closures", closures=[closure])
    (told,) = (await listed.table())["closures"]
    assert told == {**closure, "id": told["id"]}
    families = listed.entry.runtime_data.families
    await listed.ask("people/presence", child_ids=[child], present=True)
    assert [each.child_id for each in families.snapshot.presences] == [child]
    await listed.ask("people/presence", child_ids=[child], day=today(), present=False)
    assert not families.snapshot.presences


@pytest.mark.parametrize(
    ("command", "fields"),
    [
        ("people/family/forget", {"child_id": "gone", "confirm": "Дана Ким"}),
        ("people/guardian/save", {"name": "A", "language": "ru", "children": ["gone"]}),
        ("people/guardian/save", {"guardian_id": "gone", "name": "A", "language": "ru", "children": []}),
        ("people/group/remove", {"group_id": "gone"}),
        ("people/presence", {"child_ids": ["gone"], "present": True}),
        ("people/child/leave", {"child_id": "gone", "last_day": LATER}),
    ],
)
async def test_nothing_is_changed_for_somebody_who_is_not_there(
    listed: Panel, command: str, fields: dict[str, Any]
) -> None:
    before = await listed.table()
    answer = await listed.raw(command, **fields)
    assert answer["error"]["code"] == "unknown"
    error = answer["error"]
    need(("exceptions", error["translation_key"], "message"), error["translation_placeholders"])
    assert await listed.table() == before


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "2201-01-01", "9999-12-31", "2026-02-30"])
async def test_a_day_that_nobody_can_mean_is_refused_and_nobody_leaves(listed: Panel, day: str) -> None:
    before = await listed.table()
    child = (await by_name(listed, "children"))["Дана Ким"]["id"]
    assert await listed.refused("people/child/leave", child_id=child, last_day=day) == "bad_input"
    assert await listed.table() == before


async def test_a_list_that_cannot_be_read_is_shown_as_such_and_takes_no_change(
    hass: HomeAssistant, listed: Panel
) -> None:
    folder = Path(hass.config.path(".storage", "kindergarten"))
    await hass.config_entries.async_unload(listed.entry.entry_id)
    (folder / "people.db").write_bytes(b"garbage" * 5000)
    await hass.config_entries.async_setup(listed.entry.entry_id)
    await settle(hass)
    told = await listed.table()
    assert (told["available"], told["children"], told["locked"]) == (False, [], True)
    assert await listed.refused("people/group/save", name="A", room_id=None) == told["error"]
    assert (folder / "people.db").read_bytes() == b"garbage" * 5000


async def test_without_a_loaded_kindergarten_nobody_can_listen_or_ask(
    hass: HomeAssistant, listed: Panel
) -> None:
    await hass.config_entries.async_unload(listed.entry.entry_id)
    assert await listed.refused("people/subscribe") == "not_loaded"
    assert await listed.refused("people/consents") == "not_loaded"
    answer = await listed.raw("people/subscribe")
    need(("exceptions", answer["error"]["translation_key"], "message"), {})


async def test_an_owner_who_was_switched_off_is_told_nothing(
    listed: Panel, hass_admin_user: MockUser
) -> None:
    hass_admin_user.is_owner, hass_admin_user.is_active = True, False
    hass_admin_user.invalidate_cache()
    assert await listed.refused("people/subscribe") == "administrators_only"
