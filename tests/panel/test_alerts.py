"""Alert this phone: from no phone at all to a message that arrived, and back."""

import asyncio
import re
from typing import Any

from playwright.async_api import Route, expect
import pytest

from tests.instance.phone import app_phone

from .house import House, Owner

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

EDITOR = "/api/config/automation/config/kindergarten_"


async def alerts(house: House) -> dict[str, Any]:
    """Return the states of what is offered."""
    found = await house.ask("alerts/get")
    return {each["kind"]: each["state"] for each in found["alerts"]}


async def automations(house: House) -> list[str]:
    """Return the entities of all automations."""
    states = await house.client.request("GET", "/api/states")
    return [each["entity_id"] for each in states if each["entity_id"].startswith("automation.")]


async def became(house: House, **states: str) -> None:
    """Wait until alerts are as they should be."""
    async with asyncio.timeout(60):
        while not states.items() <= (await alerts(house)).items():
            await asyncio.sleep(0.2)


async def test_first_run_offers_it_and_says_how_to_get_the_app(owner: Owner) -> None:
    await owner.open("families")
    await owner.see("Nobody is told yet when a camera stops")
    await owner.press("Alert this phone")
    await owner.see("No phone is known yet")
    await owner.see("Install the app Home Assistant on the phone")
    assert await owner.accessible() == []


async def test_nothing_is_made_without_a_click_and_a_test_message_comes_at_once(
    house: House, owner: Owner
) -> None:
    async with app_phone(house.client, "Айгуль iPhone") as phone:
        await owner.see("Айгуль iPhone")
        await expect(owner.panel.get_by_role("checkbox", name="Айгуль iPhone")).to_be_checked()
        await expect(owner.panel.get_by_role("checkbox", name="Morning report")).not_to_be_checked()
        assert set((await alerts(house)).values()) == {"none"}
        await owner.press("Make and send a test")
        await owner.see("A test message was sent to: Айгуль iPhone")
        assert "Kindergarten: a test" in phone.titles
        await owner.press("Yes, it arrived")
        await owner.see("Test arrived")
        assert await owner.accessible() == []
        await became(house, camera_stopped="made", lens_covered="made", morning_report="none")

        await owner.press("Save and send a test")
        await owner.see("A test message was sent to")
        phone.refuses = True
        await owner.press("Send again")
        await owner.see("Home Assistant could not send it")
        await owner.press("No")
        await owner.see("are notifications allowed for Home Assistant")


async def test_what_the_owner_changed_or_deleted_is_said(house: House, owner: Owner) -> None:
    ours = await house.client.request("GET", f"{EDITOR}lens_covered")
    assert ours["use_blueprint"]["path"] == "kindergarten/lens_covered.yaml"
    mine = {key: value for key, value in ours.items() if key != "id"} | {"alias": "Mine"}
    await house.client.request("POST", f"{EDITOR}lens_covered", mine)
    await house.client.request("DELETE", f"{EDITOR}archive_trouble")
    await became(house, lens_covered="changed", archive_trouble="missing")
    await owner.see("Changed by you, left as it is")
    await owner.see("Was made, is gone")
    link = owner.panel.get_by_role("link", name="Open in Home Assistant A camera sees nothing")
    await expect(link).to_have_attribute("href", "/config/automation/edit/kindergarten_lens_covered")


async def test_all_of_it_can_be_undone(house: House, owner: Owner) -> None:
    await owner.press("Take them away")
    await owner.see("You have changed these; they are deleted too: A camera sees nothing")
    await owner.press("Delete")
    await owner.see("Taken away.")
    await became(house, camera_stopped="none", lens_covered="none", retention_at_risk="none")
    async with asyncio.timeout(60):
        while await automations(house):
            await asyncio.sleep(0.2)


async def test_where_the_editor_is_not_loaded_the_owner_gets_the_text(house: House, owner: Owner) -> None:
    async def swallow(route: Route) -> None:
        await route.fulfill(json={"result": "ok"})

    await owner.page.route(re.compile("config/automation/config"), swallow)
    await owner.press("Make and send a test")
    text = owner.panel.get_by_role("region", name="Automations")
    await expect(text).to_contain_text("path: kindergarten/camera_stopped.yaml")
    await owner.see("so nothing was made")
    await owner.page.unroute(re.compile("config/automation/config"))
    await became(house, camera_stopped="none")
