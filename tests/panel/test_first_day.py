"""An owner's first day: from the sidebar to a phone that is in."""

import asyncio

from playwright.async_api import expect
import pytest

from tests.end_to_end.browser import go, visit

from .house import House, Owner

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

LIST = """Child;Group;Guardian;Phone;Language
Арман Жанаров;Күншуақ;Әйгерім Жанарова;8 701 123 45 67;kk
Дана Ким;Күншуақ;Ирина Ким;+7 777 765 43 21;ru
;Күншуақ;Nobody;;en
"""
STRANGER = {"name": "Cook", "username": "cook", "password": "borscht-borscht"}


async def test_pasted_list_is_shown_first_and_then_taken_in(owner: Owner) -> None:
    await owner.page.locator("ha-sidebar").get_by_text("Kindergarten", exact=True).click()
    await owner.panel.get_by_role("link", name="People").click()
    await owner.see("Nobody is on the list yet")
    await owner.press("Paste a list")
    await owner.panel.get_by_label("The list").fill(LIST)
    await owner.press("Show what would happen")
    await owner.see("2 lines bring something new")
    await owner.see("Line 4: Please enter a name.")
    assert await owner.accessible() == []
    await owner.press("Take in 2 lines")
    await owner.see("1 group, 2 children, 2 guardians")
    await owner.see("0 of 2 forms")
    await owner.see("Missing: Арман Жанаров, Дана Ким")


async def test_group_gets_its_room_and_the_room_is_shown(owner: Owner) -> None:
    await owner.press("Change: Күншуақ")
    await owner.panel.get_by_label("Room", exact=False).first.select_option(label="Күншуақ бөлмесі")
    await owner.press("Save")
    await owner.see("The room is not shown to parents yet")
    await owner.panel.get_by_role("link", name="Rooms").click()
    await owner.panel.get_by_label("Shown to parents: Күншуақ бөлмесі").check()
    await owner.see("The room is shown in its hours.")
    room = owner.panel.get_by_role("region", name="Күншуақ бөлмесі")
    await room.get_by_role("button", name="Pause 15 min").click()
    await owner.see("Paused until")
    await owner.press("End the pause")
    await owner.see("The pause is over.")


async def test_paper_forms_are_ticked_in_bulk(owner: Owner) -> None:
    await owner.panel.get_by_role("link", name="Consents").click()
    await owner.see("0 of 2 forms are there")
    await owner.panel.get_by_label("Tick everybody shown").check()
    await owner.press("Paper form is there (2)")
    await owner.see("2 of 2 forms are there")
    await owner.panel.get_by_role("link", name="Families").click()
    await owner.see("2 of 2 forms")


async def test_phone_at_the_door_is_let_in(house: House, owner: Owner) -> None:
    await owner.panel.get_by_role("link", name="Ways in").click()
    await owner.press("Open for 30 minutes")
    await expect(owner.panel.get_by_role("img", name="QR code for parents' phones")).to_be_visible()
    pairing = await house.knock()
    phone = owner.panel.get_by_role("region", name=f"Phone with the number {pairing['code']}")
    await phone.get_by_label("Whose phone is it?").select_option(label="Ирина Ким — Дана Ким")
    await phone.get_by_role("button", name="Approve").click()
    await owner.see("Ирина Ким is in.")
    poll = {"id": pairing["id"], "key": pairing["key"]}
    assert (await house.knock(poll, "pair/poll"))["state"] == "approved"
    await owner.press("Close the door")
    await owner.panel.get_by_role("link", name="Phones").click()
    await owner.panel.get_by_role("button", name="of Ирина Ким").click()
    await owner.see("The phone is shut out.")


async def test_link_goes_one_way_and_its_code_another(owner: Owner) -> None:
    await owner.panel.get_by_role("link", name="Ways in").click()
    await owner.panel.get_by_role("checkbox", name="Әйгерім Жанарова").check()
    await owner.press("Links to send (1)")
    message = await owner.panel.get_by_label("Message").input_value()
    code = await owner.panel.locator("kg-told .code").inner_text()
    assert "#i=" in message
    assert code not in message
    await owner.press("Copy message")
    await owner.see("Copied")
    assert await owner.page.evaluate("navigator.clipboard.readText()") == message
    await owner.page.keyboard.press("Escape")
    await owner.see("5 tries left")


async def test_strips_and_codes_come_as_two_files(owner: Owner) -> None:
    await owner.panel.get_by_role("checkbox", name="Ирина Ким").check()
    await owner.press("Print strips (1)")
    for name in ("Strips with QR codes", "Sheet of codes"):
        async with owner.page.expect_download() as begun:
            await owner.press(name)
        path = await (await begun.value).path()
        assert path.read_bytes().startswith(b"%PDF")
    await owner.page.keyboard.press("Escape")


async def test_what_changes_elsewhere_is_shown_at_once_also_after_a_reload(
    house: House, owner: Owner
) -> None:
    await owner.panel.get_by_role("link", name="Families").click()
    await house.ask("people/group/save", name="Sunflowers", room_id=None)
    await owner.see("Sunflowers")
    entry = await house.kindergarten.entry_id()
    await house.client.request("POST", f"/api/config/config_entries/entry/{entry}/reload")
    async with asyncio.timeout(60):
        while True:
            try:
                await house.ask("people/group/save", name="Daisies", room_id=None)
            except Exception:
                await asyncio.sleep(0.2)
                continue
            break
    await owner.see("Daisies")


async def test_refusals_are_said_in_words(owner: Owner) -> None:
    await owner.press("Add a group")
    await owner.panel.get_by_label("Name", exact=True).fill("Daisies")
    await owner.press("Save")
    await expect(owner.panel.locator("kg-group").get_by_role("alert")).to_contain_text(
        "This name is already in use."
    )


async def test_closing_what_is_not_saved_is_asked_about_and_gives_the_focus_back(owner: Owner) -> None:
    await owner.page.keyboard.press("Escape")
    await owner.see("What you typed is not saved yet.")
    await owner.press("Go on typing")
    await expect(owner.panel.get_by_label("Name", exact=True)).to_have_value("Daisies")
    await owner.page.keyboard.press("Escape")
    await owner.press("Close without saving")
    await expect(owner.panel.get_by_role("button", name="Add a group")).to_be_focused()


async def test_going_live_gives_one_recipe_with_its_caveats(owner: Owner) -> None:
    await owner.panel.get_by_role("link", name="Go live").click()
    await owner.panel.get_by_label("Address for parents").fill("https://cams.example.kz/")
    await owner.press("Show the recipe")
    await owner.see("hostname: cams.example.kz")
    await owner.see("Cloudflare decrypts everything")
    await owner.see("Never forward the port of Home Assistant")
    await owner.press("Begin the test")
    await expect(owner.panel.get_by_role("img", name="QR code for the test")).to_be_visible()


async def test_test_from_outside_tells_what_the_phone_saw(house: House, owner: Owner) -> None:
    link = await owner.panel.locator("kg-outside .link").inner_text()
    async with house.phone() as phone:
        await phone.goto(link)
        await phone.get_by_role("button", name="Begin the test").click()
        await phone.get_by_text("Unknown addresses say nothing.").wait_for()
        await phone.get_by_text("The protection of the pages arrives whole.").wait_for()
    await owner.see("A stranger can reach the login of Home Assistant too.")
    await owner.see("The protection of the pages arrives whole.")


async def test_gear_of_the_integration_opens_its_settings(owner: Owner) -> None:
    gear = owner.page.get_by_role("button", name="Configure")
    await visit(owner.page, f"{owner.url}/config/integrations/integration/kindergarten", gear)
    await gear.first.click()
    for step in ("Keeping footage", "Parents' view", "Alarms", "Automations"):
        await owner.page.locator("dialog-data-entry-flow").get_by_text(step).wait_for()


async def test_nobody_but_administrators_sees_the_panel(house: House) -> None:
    made = await house.client.command(
        "config/auth/create", name=STRANGER["name"], group_ids=["system-users"], local_only=False
    )
    await house.client.command(
        "config/auth_provider/homeassistant/create",
        user_id=made["user"]["id"],
        username=STRANGER["username"],
        password=STRANGER["password"],
    )
    async with house.owner(login=STRANGER) as stranger:
        sidebar = stranger.page.locator("ha-sidebar")
        await sidebar.get_by_text("Cook").wait_for()
        assert await sidebar.get_by_text("Kindergarten", exact=True).count() == 0
        await go(stranger.page, f"{house.hass.url}/kindergarten")
        await sidebar.get_by_text("Cook").wait_for()
        assert await stranger.page.get_by_text("Арман Жанаров").count() == 0
