"""T16: somebody of the staff is dismissed; what they still have open shows them nothing any more.

That tablets hold no login, and who has one at all, people have to look at: docs/security-checks.md.
"""

import asyncio

from homeassistant.auth.const import GROUP_ID_USER
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import MockHAClientWebSocket, WebSocketGenerator

from custom_components.kindergarten.api import websocket_door, websocket_people, websocket_watch
from custom_components.kindergarten.engine.people.people import People
from tests.portal.site import Family, Site

COMMANDS = sorted({**websocket_door.COMMANDS, **websocket_people.COMMANDS, **websocket_watch.COMMANDS})


@pytest.fixture
async def open_panel(hass_ws_client: WebSocketGenerator) -> MockHAClientWebSocket:
    """Return the panel of somebody who is an administrator, and stays connected."""
    return await hass_ws_client()


async def test_an_open_panel_answers_nothing_any_more(
    hass: HomeAssistant,
    site: Site,
    family: Family,
    open_panel: MockHAClientWebSocket,
    hass_admin_user: MockUser,
) -> None:
    await open_panel.send_json_auto_id({"type": "kindergarten/people/consents"})
    assert (await open_panel.receive_json())["success"]
    await hass.auth.async_update_user(hass_admin_user, group_ids=[GROUP_ID_USER])
    for command in COMMANDS:
        await open_panel.send_json_auto_id({"type": f"kindergarten/{command}"})
        answer = await open_panel.receive_json()
        assert not answer["success"], command
        assert answer["error"]["code"] in {"unauthorized", "administrators_only"}, command


async def test_an_open_list_of_families_is_told_no_change(
    hass: HomeAssistant,
    site: Site,
    family: Family,
    open_panel: MockHAClientWebSocket,
    hass_admin_user: MockUser,
) -> None:
    await open_panel.send_json_auto_id({"type": "kindergarten/people/subscribe"})
    assert [(await open_panel.receive_json())["type"] for _ in range(2)] == ["result", "event"]
    await hass.auth.async_update_user(hass_admin_user, group_ids=[GROUP_ID_USER])
    await site.do(People.add_child, "Canary")
    await site.quiet()
    await open_panel.send_json_auto_id({"type": "ping"})
    while (heard := await open_panel.receive_json())["type"] != "pong":
        assert "Canary" not in str(heard)


# Home Assistant leaves its own heartbeat behind when it hangs up.
@pytest.mark.parametrize("expected_lingering_timers", [True])
@pytest.mark.parametrize("how", ["async_deactivate_user", "async_remove_user"])
async def test_an_account_that_is_closed_closes_the_panel(
    hass: HomeAssistant,
    site: Site,
    open_panel: MockHAClientWebSocket,
    hass_admin_user: MockUser,
    how: str,
) -> None:
    await getattr(hass.auth, how)(hass_admin_user)
    async with asyncio.timeout(60):
        while not (await open_panel.receive()).type.name.startswith("CLOS"):
            pass
    await open_panel.close()


async def test_a_phone_that_they_approved_is_known_to_be_theirs(
    hass: HomeAssistant,
    site: Site,
    family: Family,
    open_panel: MockHAClientWebSocket,
    hass_admin_user: MockUser,
) -> None:
    """Under an id that the ledger knows too; the phone itself goes on, as the family's."""
    await site.do(People.open_window, "staff")
    pairing = (await site.browser().post("/pair")).json
    await open_panel.send_json_auto_id(
        {
            "type": "kindergarten/ways/pairing/approve",
            "pairing_id": pairing["id"],
            "guardian_id": family.guardian,
        }
    )
    assert (await open_panel.receive_json())["success"]
    by = site.entry.runtime_data.people.id_of(hass_admin_user.id)

    def approved_by(people: People) -> object:
        row = people._row("SELECT by_id FROM pairings WHERE id = ?", (pairing["id"],))
        return row and row["by_id"]

    assert await site.do(approved_by) == by
