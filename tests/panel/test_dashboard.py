"""The dashboard of Home Assistant's own dialog: made by registry, for staff and for the director."""

from collections.abc import AsyncIterator
from typing import Any

from playwright.async_api import Page, expect
import pytest
import pytest_asyncio

from custom_components.kindergarten.panel.files import HASH
from tests.end_to_end.browser import visit

from .house import House, Owner

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

FILES = f"/api/kindergarten/panel/{HASH}"
MAKE = f"""
async (hass) => {{
  const [{{ dashboard }}, {{ speak }}] = await Promise.all([
    import("{FILES}/dashboard/dashboard.js"), import("{FILES}/words.js")]);
  return dashboard(hass, await speak(hass.locale.language, "Asia/Almaty"));
}}
"""


def device(id_: str, model: str, parent: str | None = None, **more: Any) -> dict[str, Any]:
    """Return a device as the frontend knows it."""
    names = {
        "name": id_,
        "name_by_user": None,
        "model_id": model,
        "via_device_id": parent,
        "disabled_by": None,
    }
    return {"id": id_, "identifiers": [["kindergarten", id_]], **names, **more}


def entity(entity_id: str, of: str, key: str | None = None, **more: Any) -> dict[str, Any]:
    """Return an entity as the frontend knows it."""
    return {
        "entity_id": entity_id,
        "device_id": of,
        "translation_key": key,
        "platform": "kindergarten",
        **more,
    }


def known(*, admin: bool = True, language: str = "en") -> dict[str, Any]:
    """Return what the frontend knows of a house with a group's room, a corridor and somebody else's lamp."""
    devices = [
        device("house", "kindergarten"),
        device("Sun", "room", "house"),
        device("Corridor", "room", "house"),
        device("Window", "camera", "Sun"),
        device("Lamp", "camera", "Sun", identifiers=[["hue", "1"]]),
    ]
    entities = [
        entity("binary_sensor.archive", "house", "archive_problem"),
        entity("camera.window", "Window"),
        entity("binary_sensor.window", "Window", "recording_problem"),
        entity("sensor.proven", "Window", "days_proven"),
        entity("sensor.eyes", "Sun", "viewers"),
        entity("button.keep", "Sun", "incident"),
        entity("button.pause", "Sun", "privacy_pause"),
        entity("switch.pause", "Sun", "privacy_pause"),
        entity("switch.corridor", "Corridor", "privacy_pause", hidden=True),
        entity("camera.lamp", "Lamp", platform="hue"),
    ]
    return {
        "devices": {each["id"]: each for each in devices},
        "entities": {each["entity_id"]: each for each in entities},
        "user": {"is_admin": admin},
        "locale": {"language": language},
    }


def cards(view: dict[str, Any]) -> list[dict[str, Any]]:
    """Return all cards of a view."""
    return [card for section in view["sections"] for card in section["cards"]]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def page(house: House) -> AsyncIterator[Page]:
    """A page of nobody, that has our modules and no Home Assistant."""
    async with await house.browser.new_context() as context:
        page = await context.new_page()
        await page.goto(f"{house.hass.url}{FILES}/dashboard/offer.json")
        yield page


async def made(page: Page, hass: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the views of a house."""
    views: list[dict[str, Any]] = (await page.evaluate(MAKE, hass))["views"]
    return views


async def test_staff_have_a_view_of_each_room_and_nothing_else(page: Page) -> None:
    corridor, sun = await made(page, known(admin=False))
    assert (corridor["title"], sun["title"]) == ("Corridor", "Sun")
    shown = {card["type"]: card.get("entity") for card in cards(sun) if card["type"] != "button"}
    assert shown == {"picture-entity": "camera.window", "tile": "sensor.eyes"}
    assert [card["entity"] for card in cards(sun) if card["type"] == "button"] == [
        "button.keep",
        "switch.pause",
    ]
    assert [card["type"] for card in cards(corridor)] == ["markdown"], "what is hidden stays hidden"


async def test_what_is_not_known_is_shown_to_the_director_as_a_problem(page: Page) -> None:
    view = (await made(page, known()))[0]
    (calm,) = [card for card in cards(view) if card["type"] == "markdown"]
    watched = ["binary_sensor.archive", "binary_sensor.window"]
    assert calm["visibility"] == [
        {"condition": "state", "entity": each, "state": ["off"]} for each in watched
    ]
    problems = [card for card in cards(view) if card.get("entity") in watched]
    assert [card["visibility"][0]["state_not"] for card in problems] == [["off"], ["off"]]
    assert {"sensor.proven", "camera.window", "sensor.eyes"} <= {card.get("entity") for card in cards(view)}
    assert "camera.lamp" not in str(view)


async def test_names_may_change_as_they_like(page: Page) -> None:
    hass = known(admin=False, language="ru")
    before = [view["path"] for view in await made(page, hass)]
    hass["devices"]["Sun"]["name_by_user"] = "Күншуақ"
    renamed = hass["entities"].pop("camera.window")
    hass["entities"]["camera.new"] = {**renamed, "entity_id": "camera.new"}
    views = await made(page, hass)
    assert sorted(view["path"] for view in views) == sorted(before)
    sun = next(view for view in views if view["title"] == "Күншуақ")
    assert cards(sun)[0]["entity"] == "camera.new"
    assert [card["name"] for card in cards(sun) if card["type"] == "button"] == ["Происшествие", "Пауза"]


async def test_house_without_rooms_says_so(page: Page) -> None:
    (view,) = await made(page, {**known(admin=False), "devices": {}, "entities": {}})
    assert "no room yet" in cards(view)[0]["content"]


@pytest.mark.long
async def test_owner_makes_it_in_the_dialog_and_staff_pause_the_parents_view(
    full: House, owner: Owner
) -> None:
    page, client = owner.page, full.client
    button = page.get_by_role("button", name="Add dashboard")
    await visit(page, f"{owner.url}/config/lovelace/dashboards", button)
    await button.click()
    await page.locator("dashboard-card").filter(has_text="for staff of each room").click()
    title = page.locator("dialog-lovelace-dashboard-detail").get_by_role("textbox").first
    await expect(title).to_have_value("Rooms and cameras")
    await page.get_by_role("button", name="Create").click()
    await page.locator("ha-sidebar").get_by_text("Rooms and cameras").wait_for()
    dashboards = await client.command("lovelace/dashboards/list")
    (mine,) = [each for each in dashboards if each["title"] == "Rooms and cameras"]
    try:
        picture = page.locator("hui-picture-entity-card").first
        await visit(page, f"{owner.url}/{mine['url_path']}/director", picture)
        await (
            page.get_by_role("tab", name="Ромашка").or_(page.get_by_text("Ромашка", exact=True)).first.click()
        )
        await page.locator("hui-button-card").filter(has_text="Incident").click()
        await page.get_by_text("Keep the recordings of this room").wait_for()
        await page.get_by_role("button", name="Cancel").click()
        pause = page.locator("hui-button-card").filter(has_text="Privacy pause")
        for state in ("On", "Off"):
            await pause.click()
            await expect(pause).to_contain_text(state)
    finally:
        # The frontend stumbles over a dashboard that goes while it is on the screen.
        await owner.open("today")
        await client.command("lovelace/dashboards/delete", dashboard_id=mine["id"])
