"""What shutting somebody out costs others: told before it is done, and as it then happens."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.kindergarten.engine.people.people import People
from custom_components.kindergarten.portal.access import House
from tests.integration.fake_live import FakeCamera
from tests.security.conftest import camera  # noqa: F401
from tests.security.watching import watch

from .site import Family, Site

type Ask = Callable[..., Any]


@pytest.fixture
async def ask(hass: HomeAssistant, site: Site, hass_ws_client: WebSocketGenerator) -> Ask:
    """Return the owner's panel, which asks what something would cost."""
    client = await hass_ws_client(hass)

    async def ask(what: str, **fields: object) -> Any:
        await client.send_json_auto_id({"type": "kindergarten/people/consequences", "what": what, **fields})
        answer = await client.receive_json()
        return answer["result"] if answer["success"] else answer["error"]["code"]

    return ask


@pytest.fixture
async def neighbours(site: Site, family: Family) -> Family:
    """Return a second family of the playroom."""
    return await site.family("Bolat Testov", "Dana", "Playroom")


def playroom(site: Site, child: Family, name: str, why: str = "nobody_left", families: int = 1) -> object:
    """Return how it is told that the playroom closes on account of a child."""
    children = [{"child_id": child.child, "child": name, "why": why}]
    return {
        "room_id": site.room("Playroom"),
        "room": "Playroom",
        "families": families,
        "watching": 0,
        "children": children,
    }


async def test_blocking_an_only_guardian_is_said_to_close_the_room_and_does(
    site: Site, family: Family, neighbours: Family, ask: Ask
) -> None:
    phone = await neighbours.phone()
    told = await ask("block", guardian_id=family.guardian)
    assert told["rooms"] == [playroom(site, family, "Arman")]
    assert told["alone"] == [{"child_id": family.child, "child": "Arman"}]
    assert (await phone.get("/me")).json["rooms"][0]["open"]
    await site.do(People.block, family.guardian)
    room = (await phone.get("/me")).json["rooms"][0]
    assert (room["open"], room["reason"]) == (False, "not_open_yet")


@pytest.mark.parametrize("what", ["block", "remove", "relative", "unlink", "end"])
async def test_every_way_of_shutting_an_only_guardian_out_is_told(
    site: Site, family: Family, neighbours: Family, ask: Ask, what: str
) -> None:
    yesterday = (dt_util.now().date() - timedelta(days=1)).isoformat()
    told = await ask(what, guardian_id=family.guardian, child_id=family.child, day=yesterday)
    assert [each["room"] for each in told["rooms"]] == ["Playroom"]


async def test_a_second_guardian_who_agreed_keeps_the_room_open(
    site: Site, family: Family, neighbours: Family, ask: Ask
) -> None:
    other = await site.guardian("Serik Canarov")
    await site.do(People.link, other, family.child)
    assert (await ask("block", guardian_id=family.guardian))["rooms"] == [
        playroom(site, family, "Arman", "no_form", families=2)
    ]
    await site.do(People.tick_consents, [(other, family.child)], "parent_live")
    told = await ask("block", guardian_id=family.guardian)
    assert (told["rooms"], told["alone"]) == ([], [])


async def test_a_relative_cannot_stand_in(site: Site, family: Family, neighbours: Family, ask: Ask) -> None:
    grandmother = await site.guardian("Roza Canarova", relative=True)
    await site.do(People.link, grandmother, family.child)
    told = await ask("block", guardian_id=family.guardian)
    assert [each["children"][0]["why"] for each in told["rooms"]] == ["nobody_left"]


async def test_who_leaves_or_is_forgotten_closes_nothing_for_others(
    site: Site, family: Family, neighbours: Family, ask: Ask
) -> None:
    today = dt_util.now().date().isoformat()
    for told in (
        await ask("forget", child_id=family.child),
        await ask("leave", child_id=family.child, day=today),
    ):
        assert (told["rooms"], told["alone"]) == ([], [])


async def test_an_end_in_the_future_is_weighed_for_the_day_after(
    site: Site, family: Family, neighbours: Family, ask: Ask
) -> None:
    today = dt_util.now().date()
    last = today + timedelta(days=30)
    told = await ask("end", guardian_id=family.guardian, day=last.isoformat())
    assert [each["room"] for each in told["rooms"]] == ["Playroom"]
    await site.do(People.leave, family.child, last - timedelta(days=1))
    told = await ask("end", guardian_id=family.guardian, day=last.isoformat())
    assert told["rooms"] == []


async def test_where_a_share_is_enough_only_the_child_is_named(
    site: Site, family: Family, neighbours: Family, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        await site.family(f"Canary {number}", f"Child {number}", "Playroom")
    rooms = site.portal.house().rooms
    share = House(enabled=True, consent_rule="share", text_version=site.snapshot.text_version, rooms=rooms)
    monkeypatch.setattr(site.portal, "house", lambda: share)
    told = await ask("block", guardian_id=family.guardian)
    assert told["rooms"] == []
    assert [each["child"] for each in told["alone"]] == ["Arman"]


async def test_it_is_said_who_watches_just_now(
    site: Site,
    family: Family,
    neighbours: Family,
    ask: Ask,
    camera: FakeCamera,  # noqa: F811
) -> None:
    await watch(family)
    await watch(neighbours)
    told = await ask("block", guardian_id=family.guardian)
    assert (told["phones"], told["watching"]) == (1, 1)
    assert told["rooms"][0]["watching"] == 2


async def test_asking_changes_nothing(site: Site, family: Family, ask: Ask) -> None:
    await site.quiet()
    before = site.snapshot
    await ask("remove", guardian_id=family.guardian)
    assert site.snapshot is before


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"what": "block", "guardian_id": "nobody"}, "unknown"),
        ({"what": "forget", "child_id": "nobody"}, "unknown"),
        ({"what": "unlink"}, "unknown"),
        ({"what": "everything"}, "bad_input"),
        ({"what": "end", "day": "2026-02-30"}, "bad_input"),
    ],
)
async def test_what_is_not_there_has_no_consequences(
    site: Site, family: Family, ask: Ask, fields: dict[str, str], code: str
) -> None:
    assert code in str(await ask(**fields))
