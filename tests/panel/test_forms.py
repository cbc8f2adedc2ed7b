"""The owner adds and changes cameras from the panel, in Home Assistant's own dialogs."""

import re

from playwright.async_api import Locator, expect
import pytest

from .house import House, Owner
from .scenes import anew

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

OTHER_VERSION = """
() => {
  const page = customElements.get("ha-config-integration-page").prototype;
  page._other = page._addSubEntry;
  delete page._addSubEntry;
}
"""
THIS_VERSION = """
() => {
  const page = customElements.get("ha-config-integration-page").prototype;
  page._addSubEntry = page._other;
}
"""


def _dialog(owner: Owner) -> Locator:
    return owner.page.locator("dialog-data-entry-flow")


async def _close(owner: Owner) -> None:
    """Close the dialog; a flow that is left open would be in the way of the next one."""
    await _dialog(owner).locator("ha-icon-button[data-dialog=close]").first.click()
    await expect(_dialog(owner).locator("ha-dialog[open]")).to_have_count(0)


async def test_one_tap_asks_how_a_camera_is_found(full: House, owner: Owner) -> None:
    await owner.open("cameras")
    await owner.panel.get_by_role("link", name="Add a camera").click()
    await _dialog(owner).get_by_text("Find it by its address").wait_for()
    await _close(owner)
    assert owner.page.url.endswith("/kindergarten/cameras")


async def test_one_tap_asks_what_a_new_room_is_called(full: House, owner: Owner) -> None:
    await anew(owner, "cameras")
    await owner.panel.get_by_role("link", name="Add a room").click()
    await _dialog(owner).locator("input[name=name]").wait_for()
    await _close(owner)


async def test_one_tap_shows_the_form_of_a_camera(full: House, owner: Owner) -> None:
    await anew(owner, "cameras")
    await owner.panel.get_by_role("link", name=re.compile("^Settings.*Ромашка")).click()
    await expect(_dialog(owner).locator("input[name=name]")).to_have_value("Ромашка")
    await _close(owner)


async def test_link_leads_to_home_assistants_page_where_that_opens_no_dialog_for_us(
    full: House, owner: Owner
) -> None:
    await owner.open("cameras")
    await owner.panel.get_by_role("link", name="Add a camera").click()
    await _dialog(owner).get_by_text("Find it by its address").wait_for()
    await _close(owner)
    await owner.page.evaluate(OTHER_VERSION)
    try:
        await owner.panel.get_by_role("link", name="Add a camera").click()
        await owner.page.wait_for_url("**/config/integrations/integration/kindergarten")
        await owner.page.get_by_role("button", name="Add camera").first.wait_for()
    finally:
        await owner.page.evaluate(THIS_VERSION)
    await owner.open("cameras")
