"""Today, the live wall, the set-up check and the planner, as the owner uses them."""

import re
from typing import Any

from playwright.async_api import expect
import pytest

from .house import FIND, House, Owner
from .scenes import anew, answered

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

NOTE_STILLS = f"""
() => {{
  {FIND}
  const desk = find(document)._desk;
  const ask = desk.ask.bind(desk);
  window.stills = [];
  desk.ask = (command, fields) => {{
    if (command === "camera/still") window.stills.push(fields.camera_id);
    return ask(command, fields);
  }};
}}
"""


async def stills(owner: Owner) -> set[str]:
    """Return the cameras whose pictures were asked for."""
    return set(await owner.page.evaluate("window.stills"))


async def line(owner: Owner, title: str) -> Any:
    """Return a line of the set-up check."""
    return owner.panel.locator("kg-check .lines > li").filter(
        has=owner.page.get_by_role("heading", name=title, exact=True)
    )


async def test_panel_opens_with_today_and_each_trouble_leads_to_what_mends_it(
    full: House, owner: Owner
) -> None:
    await owner.open("today")
    await owner.page.goto(f"{full.hass.url}/kindergarten")
    await owner.panel.locator("main kg-today h1").wait_for()
    await owner.see("to be mended")
    await owner.see("of 30 days proven")
    await owner.see("2 of 2 cameras record now")
    bare = owner.panel.locator("kg-today .wrong li", has_text="Балапан бөлмесі has no camera")
    await bare.get_by_role("button", name="Look at the cameras").click()
    await owner.panel.locator("main kg-cameras h1").wait_for()
    await expect(owner.panel.locator("kg-cameras .rooms li", has_text="Балапан бөлмесі")).to_contain_text(
        "Camera required"
    )
    await owner.see("Not required: Ас үй")


async def test_trouble_says_so_where_nobody_knows_since_when(full: House, owner: Owner) -> None:
    await anew(owner, "today")
    await answered("today", "for (const each of told.wrong) each.since_us = null;")(full, owner)
    await owner.see("Since when is not known.")


async def test_today_follows_what_happens_by_itself(full: House, owner: Owner) -> None:
    waiting = [each["number"] for each in await full.ask("requests/list") if each["state"] == "open"]
    await anew(owner, "today")
    await owner.see(f"Request no. {waiting[0]}")
    for number in waiting:
        await full.ask("requests/decide", number=number, state="refused")
    await owner.see("No request waits for you.")


async def test_tap_on_a_picture_plays_it_in_home_assistants_own_dialog(full: House, owner: Owner) -> None:
    await anew(owner, "cameras")
    await owner.panel.locator("kg-cameras canvas:not(.none)").first.wait_for()
    await owner.panel.get_by_role("button", name=re.compile("^Watch Ромашка live")).click()
    dialog = owner.page.locator("ha-more-info-dialog")
    await expect(dialog.get_by_text("Ромашка").first).to_be_visible()
    await owner.page.keyboard.press("Escape")
    await expect(dialog.get_by_text("Ромашка").first).to_be_hidden()


async def test_only_pictures_that_are_on_the_screen_are_fetched(full: House, owner: Owner) -> None:
    cards = owner.panel.locator("kg-cameras kg-still")
    await owner.page.set_viewport_size({"width": 390, "height": 800})
    try:
        await anew(owner, "cameras")
        await expect(cards).to_have_count(2)
        await owner.settle()
        below = await cards.last.bounding_box()
        assert below
        await anew(owner, "today")
        await owner.page.set_viewport_size({"width": 390, "height": round(below["y"]) - 4})
        await owner.page.evaluate(NOTE_STILLS)
        await owner.page.evaluate(f"() => {{ {FIND} find(document)._go('cameras') }}")
        await cards.first.locator("canvas:not(.none)").wait_for()
        assert await stills(owner) == {await cards.first.get_attribute("camera")}
        await cards.last.scroll_into_view_if_needed()
        await cards.last.locator("canvas:not(.none)").wait_for()
        assert await cards.last.get_attribute("camera") in await stills(owner)
    finally:
        await owner.page.set_viewport_size({"width": 1280, "height": 800})


async def test_what_only_the_owner_knows_is_asked_once_and_kept(full: House, owner: Owner) -> None:
    await anew(owner, "check")
    notices = await line(owner, "Notices at the doors")
    await expect(notices).to_contain_text("Not known")
    await notices.get_by_role("button", name="Yes, they hang there").click()
    await expect(notices).to_contain_text("Good")
    await anew(owner, "check")
    await expect(notices).to_contain_text("Good")
    await notices.get_by_role("button", name="Ask me again").click()
    await expect(notices).to_contain_text("Not known")
    size = await line(owner, "Size of the picture")
    await expect(size).to_contain_text("1920 × 1080 is asked for")


async def test_planner_names_the_disk_to_buy_and_what_fits_a_smaller_one(full: House, owner: Owner) -> None:
    await anew(owner, "planner")
    planner = owner.panel.locator("kg-planner")
    await planner.locator(".large").wait_for()
    measured = planner.get_by_role("checkbox", name="measured")
    if await measured.count() and await measured.is_checked():
        await measured.uncheck()
    await planner.get_by_label(re.compile("^(How many|Further) cameras")).fill("8")
    await owner.page.keyboard.press("Tab")
    await planner.locator("select").last.select_option(label="None yet: what shall I buy?")
    await owner.see("A disk of 12 TB")
    await planner.locator("select").last.select_option(label="4 TB")
    await owner.see("Too small")
    await owner.see("Mbit/s or less for every camera on average")
    assert await owner.accessible() == []
