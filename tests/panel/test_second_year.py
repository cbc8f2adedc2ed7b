"""The pages with a whole kindergarten's data: 22 children, 30 guardians, their phones, viewings and requests."""

from datetime import date, datetime, timedelta

from playwright.async_api import expect
import pytest

from .families import ALMATY, LAMB, SUN
from .house import House, Owner
from .scenes import SOLE, anew, pretend, table

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

CHILD = "Аружан Сейітқызы"


async def at(owner: Owner, place: str) -> None:
    """Show a page as if it had never been opened."""
    if not await owner.panel.count():
        await owner.open(place)
    await anew(owner, place)


def today() -> date:
    """Return the kindergarten's day: this machine's may be another."""
    return datetime.now(ALMATY).date()


async def choose(owner: Owner, name: str, option: str) -> None:
    """Choose from a list by the name that a screen reader says."""
    await owner.panel.get_by_role("combobox", name=name, exact=True).select_option(label=option)


async def test_missing_forms_are_named_and_ticked_in_bulk(full: House, owner: Owner) -> None:
    await at(owner, "consents")
    await owner.see("17 of 21 forms are there")
    await owner.see("Missing: Ислам Рахимов, Лев Соколов, Санжар Искаков, Эмилия Шмидт")
    await choose(owner, "Group", LAMB)
    await owner.see("5 of 6 forms are there")
    await owner.panel.get_by_label("Ислам Рахимов, Зарина Рахимова").check()
    await owner.press("Paper form is there (1)")
    await owner.see("All forms are there.")
    await choose(owner, "Group", "All")
    await owner.panel.get_by_label("Tick everybody shown").check()
    await owner.press("Paper form is there (4)")
    await owner.see("21 of 21 forms are there")


async def test_form_is_withdrawn_only_after_its_price_was_read(full: House, owner: Owner) -> None:
    await at(owner, "consents")
    await owner.panel.get_by_label("Only those that are missing").uncheck()
    await owner.panel.get_by_label("Дана Ким, Ирина Ким").check()
    await owner.press("Withdrawn (1)")
    await owner.see("closes at once for all its families")
    await owner.press("Cancel")
    await owner.see("21 of 21 forms are there")
    await owner.press("Withdrawn (1)")
    await owner.panel.locator("kg-sheet").get_by_role("button", name="Withdrawn (1)").click()
    await owner.see("20 of 21 forms are there")
    await at(owner, "families")
    card = owner.panel.get_by_role("region", name=SUN, exact=True)
    await expect(card).to_contain_text("Missing: Дана Ким")
    await expect(card).to_contain_text("Forms are missing.")
    await at(owner, "consents")
    await owner.panel.get_by_label("Дана Ким, Ирина Ким").check()
    await owner.press("Paper form is there (1)")
    await owner.see("21 of 21 forms are there")


async def test_phone_is_found_by_its_owner_and_ended_alone(full: House, owner: Owner) -> None:
    await at(owner, "phones")
    await owner.panel.get_by_label("Search by guardian").fill("әйгерім")
    count = owner.panel.locator("kg-phones").get_by_role("status")
    await expect(count).to_have_text("3 phones")
    await owner.press("End ")
    await owner.see("The phone is shut out.")
    await expect(count).to_have_text("2 phones")
    await owner.panel.get_by_label("Show ended ones too").check()
    await expect(count).to_have_text("3 phones")


async def test_viewings_are_narrowed_to_days_a_guardian_and_a_room(full: House, owner: Owner) -> None:
    await at(owner, "viewings")
    rows = owner.panel.locator("kg-viewings tbody tr")
    await choose(owner, "Period", "Last 30 days")
    await expect(rows).to_have_count(len(await full.ask("viewings")))
    await choose(owner, "Guardian", SOLE)
    await expect(rows.filter(has_not_text=SOLE)).to_have_count(0)
    await expect(rows.first).to_contain_text("Күншуақ бөлмесі")
    await choose(owner, "Room", "Ромашка")
    await owner.see("Nobody watched in this time")


async def test_request_is_granted_and_then_closed(full: House, owner: Owner) -> None:
    await at(owner, "requests")
    card = owner.panel.get_by_role("region", name="Request no. 5")
    await expect(card).to_contain_text("Салтанат Әбілқасымова-Жұмағалиева · Мадина Әбілқасымқызы")
    await card.get_by_role("button", name="Grant 5").click()
    await expect(card).to_contain_text("Granted")
    await card.get_by_role("button", name="Close 5").click()
    await expect(card).to_contain_text("Closed")
    await expect(card.get_by_role("button")).to_have_count(0)
    assert next(each for each in await full.ask("requests/list") if each["number"] == 5)["state"] == "closed"


async def test_preview_says_what_that_guardian_reads(full: House, owner: Owner) -> None:
    await at(owner, "preview")
    await choose(owner, "Guardian", f"{SOLE} — {CHILD}")
    await expect(owner.panel.get_by_role("region", name="Күншуақ бөлмесі")).to_contain_text("Live picture")
    await choose(owner, "Guardian", "Дмитрий Ковалёв — Мирон Ковалёв")
    await expect(owner.panel.locator("kg-preview div[role=status]")).not_to_contain_text("Live picture")
    await expect(owner.panel.locator("kg-preview div[role=status]")).not_to_be_empty()


async def test_shutting_out_names_its_price_before(full: House, owner: Owner) -> None:
    await at(owner, "families")
    await owner.press(SOLE)
    await owner.panel.locator("summary", has_text="Shut out").click()
    await owner.see("“Күншуақ бөлмесі” closes for 6 other families.")
    await owner.see(f"{CHILD}: nobody would be left who may sign.")
    assert not (await _guardian(owner, SOLE))["blocked"]
    await owner.press("Shut out")
    await owner.see("This guardian is shut out.")
    assert (await _guardian(owner, SOLE))["blocked"]
    await owner.press("Let in again")
    await owner.see("This guardian may come in again.")
    await owner.page.keyboard.press("Escape")


async def test_saving_what_closes_a_room_is_asked_about(full: House, owner: Owner) -> None:
    await at(owner, "families")
    await owner.press(SOLE)
    await owner.panel.locator("kg-guardian").get_by_label(CHILD).uncheck()
    await owner.press("Save")
    await owner.see("“Күншуақ бөлмесі” closes for 6 other families.")
    assert (await _guardian(owner, SOLE))["children"] != []
    await owner.panel.locator("kg-guardian").get_by_label(CHILD).check()
    await owner.panel.locator("kg-guardian").get_by_label("Phone").fill("+7 702 555 10 21")
    await owner.press("Save")
    await owner.panel.locator("kg-guardian").wait_for(state="detached")
    assert (await _guardian(owner, SOLE))["phone"] == "+77025551021"


async def test_nothing_typed_is_lost_when_nobody_answers(full: House, owner: Owner) -> None:
    await at(owner, "families")
    await owner.press(SOLE)
    phone = owner.panel.locator("kg-guardian").get_by_label("Phone")
    await phone.fill("+7 702 555 10 22")
    # What Home Assistant's own client says when the connection breaks meanwhile.
    await pretend("desk.ask = () => Promise.reject(3);")(full, owner)
    await owner.press("Save")
    await expect(owner.panel.locator("kg-guardian .heard")).to_contain_text("Nothing that you typed is lost")
    await expect(phone).to_have_value("+7 702 555 10 22")
    await pretend("delete desk.ask;")(full, owner)
    await owner.press("Save")
    await owner.panel.locator("kg-guardian").wait_for(state="detached")
    assert (await _guardian(owner, SOLE))["phone"] == "+77025551022"


async def test_whole_group_moves_on_the_chosen_day(full: House, owner: Owner) -> None:
    await at(owner, "families")
    await owner.press("Change: Ромашка")
    await owner.panel.locator("summary", has_text="Move the whole group").click()
    await choose(owner, "Into the group", LAMB)
    await owner.panel.locator("kg-group").get_by_label("From this day on").fill(today().isoformat())
    await owner.press("Move the whole group")
    await owner.see("8 children move.")
    await expect(owner.panel.get_by_role("region", name="Ромашка", exact=True)).to_contain_text(
        "No child is in this group"
    )
    await owner.see("of 14 forms")


async def test_leaver_sees_nothing_after_the_last_day(full: House, owner: Owner) -> None:
    await at(owner, "families")
    await owner.press("Change: Инкар Жумабаева")
    await owner.panel.locator("summary", has_text="Leaves the kindergarten").click()
    await owner.see("No other family notices.")
    await owner.panel.get_by_label("Last day").fill((today() - timedelta(days=2)).isoformat())
    await owner.press("Leaves the kindergarten")
    await owner.panel.locator("kg-child").wait_for(state="detached")
    await expect(owner.panel.get_by_role("row", name="Инкар Жумабаева")).to_contain_text("until ")
    await owner.see("of 13 forms")


async def test_family_is_forgotten_only_when_its_name_is_typed(full: House, owner: Owner) -> None:
    await at(owner, "families")
    await owner.press("Change: Эмилия Шмидт")
    await owner.panel.locator("summary", has_text="Forget the family for good").click()
    typed = owner.panel.get_by_label("To confirm, type the name: Эмилия Шмидт")
    await typed.fill("Эмилия")
    await owner.press("Forget the family for good")
    await expect(owner.panel.locator("kg-child .heard")).to_contain_text("name")
    await typed.fill("Эмилия Шмидт")
    await owner.press("Forget the family for good")
    await owner.panel.locator("kg-child").wait_for(state="detached")
    await expect(owner.panel.get_by_text("Anna Schmidt")).to_have_count(0)
    await at(owner, "viewings")
    await choose(owner, "Period", "Last 30 days")
    await owner.see("A guardian who is gone")


@pytest.mark.parametrize(
    ("kind", "said", "mind"),
    [
        ("Cloudflare tunnel", "hostname: cams.example.kz", "Cloudflare decrypts everything"),
        ("Caddy", "cams.example.kz {", "Home Assistant must trust the proxy"),
        ("nginx", "server_name cams.example.kz;", "The certificate has to be a real one"),
        ("Home Assistant Cloud", "https://cams.example.kz", "The whole Home Assistant is reachable"),
    ],
)
async def test_each_way_has_its_recipe_and_what_to_mind(
    full: House, owner: Owner, kind: str, said: str, mind: str
) -> None:
    await at(owner, "golive")
    await owner.panel.get_by_label("Address for parents").fill("https://cams.example.kz/")
    await owner.panel.get_by_label(kind).check()
    await owner.press("Show the recipe")
    await owner.see(said)
    await owner.see(mind)


async def test_one_answer_sets_the_address_and_turning_on_is_asked_about(full: House, owner: Owner) -> None:
    await owner.press("Use https://cams.example.kz")
    await owner.see("https://cams.example.kz/api/kindergarten/portal/")
    await owner.press("Turn off at once")
    await owner.see("Nobody can see anything")
    await owner.press("Turn on")
    await owner.see("answers to the whole internet")
    assert not (await full.ask("portal/get"))["portal_enabled"]
    await owner.panel.locator("kg-sheet").get_by_role("button", name="Turn on").click()
    await owner.see("Phones that are in can watch")
    assert (await full.ask("portal/get"))["portal_enabled"]
    await full.ask("portal/set", portal_enabled=True, portal_origin=full.origin, confirm=True)


async def test_page_older_than_the_integration_offers_to_load_anew(full: House, owner: Owner) -> None:
    await at(owner, "requests")
    await expect(owner.panel.get_by_role("button", name="Load anew")).to_have_count(0)
    # What is pushed meanwhile would be of today.
    await pretend("desk._leave();")(full, owner)
    await table(panel="0123456789abcdef")(full, owner)
    async with owner.page.expect_navigation():
        await owner.press("Load anew")
    await owner.panel.locator("main kg-requests h1").wait_for()
    await expect(owner.panel.get_by_role("button", name="Load anew")).to_have_count(0)


async def test_keyboard_alone_reaches_a_dialog_stays_in_it_and_comes_back(full: House, owner: Owner) -> None:
    await at(owner, "families")
    keyboard, add = owner.page.keyboard, owner.panel.get_by_role("button", name="Add a guardian")
    await expect(add).to_be_enabled()
    await owner.panel.locator("main").focus()
    for _ in range(12):
        await keyboard.press("Tab")
        if await add.evaluate("button => button.getRootNode().activeElement === button"):
            break
    await expect(add).to_be_focused()
    await keyboard.press("Enter")
    dialog = owner.panel.locator("kg-guardian")
    await dialog.get_by_label("Name", exact=True).wait_for()
    for _ in range(60):
        await keyboard.press("Tab")
        assert await owner.page.evaluate("document.activeElement.localName") in {"home-assistant", "body"}
        assert await owner.panel.evaluate("panel => panel.shadowRoot.activeElement?.localName ?? 'body'") in {
            "kg-families",
            "body",
        }
    await keyboard.press("Escape")
    await dialog.wait_for(state="detached")
    await expect(add).to_be_focused()


async def _guardian(owner: Owner, name: str) -> dict[str, object]:
    guardians: list[dict[str, object]] = (await owner.table())["guardians"]
    return next(each for each in guardians if each["name"] == name)
