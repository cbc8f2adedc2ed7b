"""Words stay words: whatever a name holds, nothing of it becomes markup or script in the owner's browser."""

import json

from playwright.async_api import expect
import pytest

from tests.instance.kindergarten import SUBENTRY_FLOWS
from tests.portal_pages.test_words import PAYLOADS

from .house import FIND, PLACES, ROOM, House, Owner
from .scenes import anew

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

# The server takes marks out of names before it keeps them; here it is as if it had not.
POISON = f"""
() => {{
  {FIND}
  const words = {json.dumps(PAYLOADS)};
  const named = ["name", "short_name", "label", "phone", "message", "link", "code", "text", "child", "guardian",
    "group", "reason", "end", "kind", "language", "consent", "how", "light", "key", "origin",
    "address", "camera", "room", "source", "who"];
  const lists = ["cameras", "rooms", "concerns"];
  const word = () => words[at++ % words.length];
  let at = 0;
  const poison = (told) => {{
    if (Array.isArray(told)) return told.map(poison);
    if (told === null || typeof told !== "object") return told;
    return Object.fromEntries(Object.entries(told).map(([key, value]) => {{
      if (typeof value === "string" && named.includes(key)) return [key, word()];
      if (Array.isArray(value) && lists.includes(key))
        return [key, value.map((each) => (typeof each === "string" ? word() : poison(each)))];
      return [key, poison(value)];
    }}));
  }};
  const panel = find(document);
  const desk = panel._desk;
  const ask = desk.ask.bind(desk);
  desk.ask = async (command, fields) => command === "qr" ? ask(command, fields) : poison(await ask(command, fields));
  const many = (told) => ({{ ...told, children: words.flatMap(() => told.children.slice(0, 1)) }});
  desk.table = poison(desk.table.children.length ? many(desk.table) : desk.table);
  desk.table.children.forEach((child, number) => (child.id += number));
  panel._table = desk.table;
}}
"""
FOREIGN = f"""
() => {{
  {FIND}
  return every(find(document).shadowRoot).filter((one) =>
    one.matches("script, iframe, object, embed, base, link, marquee, template, meta, video:not(.footage), math, body, noscript, img"
      + ", style, a[href^=javascript], a[href^=data], [onload], [onerror], [onclick], [onfocus], [autofocus]"))
    .map((one) => one.outerHTML);
}}
"""
LINES = [word.replace("\x00", "") for word in PAYLOADS if len(word) < 80]


def _line(word: str, number: int) -> str:
    cell = '"' + word.replace('"', '""') + '"'
    return f"{cell};{cell};{cell};8 701 000 {number:04};kk"


async def test_no_word_that_the_house_keeps_becomes_markup_or_script(full: House, owner: Owner) -> None:
    lines = [_line(word, number) for number, word in enumerate(LINES)]
    told = await full.ask("people/import/apply", text="\n".join(lines))
    assert told["children"] > 30, "hardly a word was taken"
    # A room's form takes no angle brackets at all.
    form = {"name": "'-alert(21)-' {{constructor.constructor('alert(19)')()}}", **ROOM}
    entry = await full.kindergarten.entry_id()
    await full.client.flow(SUBENTRY_FLOWS, [entry, "room"], {"user": form, "room": form})
    await full.ask("ways/pairing/open")
    await full.knock(agent=f"Mozilla/5.0 (Linux; Android 14; {PAYLOADS[0]}) Chrome/140 {PAYLOADS[1]}")
    await owner.open("families")
    child = next(each for each in (await owner.table())["children"] if "alert(2)" in each["name"])
    for place, sign in (
        *((place, "h1") for place in PLACES if place != "alerts"),
        ("ways", "kg-door .phone"),
        ("rooms", 'h2:has-text("alert(21)")'),
    ):
        await anew(owner, place)
        await owner.panel.locator(sign).first.wait_for()
        assert await owner.page.evaluate(FOREIGN) == []
    await anew(owner, "families")
    for name in (f"Change: {child['name']}", child["name"]):
        # Groups have the same names, and come first.
        await owner.panel.get_by_role("button", name=name, exact=True).last.click()
        await owner.panel.locator("kg-sheet h2").get_by_text(child["name"]).wait_for()
        await expect(owner.panel.locator("kg-cost .note").first).to_be_attached()
        assert await owner.page.evaluate(FOREIGN) == []
        await owner.page.keyboard.press("Escape")
    await full.ask("ways/pairing/close")


async def test_no_word_that_is_shown_becomes_markup_or_script(house: House, owner: Owner) -> None:
    await house.ask("ways/pairing/open")
    await house.knock(agent=PAYLOADS[1])
    await owner.open("families")
    await owner.page.evaluate(POISON)
    await owner.see(PAYLOADS[1])
    for place in PLACES:
        await owner.go(place)
        await owner.panel.locator(f"main kg-{place} h1").wait_for()
        if place == "ways":
            await owner.panel.locator("kg-door .phone").first.wait_for()
        if place == "preview":
            await owner.panel.get_by_label("Guardian").select_option(index=1)
            await owner.panel.locator("kg-preview [role=status] *").first.wait_for()
        assert await owner.page.evaluate(FOREIGN) == []
    await house.ask("ways/pairing/close")


async def test_no_word_that_is_typed_becomes_markup_or_script(owner: Owner) -> None:
    await owner.open("families")
    await owner.press("Paste a list")
    rows = [";".join('"' + word.replace('"', '""') + '"' for _ in range(5)) for word in LINES]
    await owner.panel.get_by_label("The list").fill("\n".join(rows))
    await owner.press("Show what would happen")
    await owner.panel.locator("kg-list [role=status] h3").wait_for()
    assert await owner.page.evaluate(FOREIGN) == []


@pytest.mark.long
async def test_no_word_on_the_inspectors_screen_becomes_markup_or_script(full: House, owner: Owner) -> None:
    await owner.open("inspection")
    await owner.page.evaluate(POISON)
    await owner.press("Show to an inspector")
    await owner.panel.locator("kg-sheet").get_by_role("button", name="Begin").click()
    screen = owner.panel.locator("kg-kiosk dialog")
    for name, sign in (
        ("Requirements", "kg-inspection tbody small"),
        ("Any moment", "kg-challenge select option"),
        ("Record", "kg-evidence tbody td"),
    ):
        await screen.get_by_role("button", name=name, exact=True).click()
        await screen.locator(sign).filter(has_text="alert(").first.wait_for(state="attached")
        assert await owner.page.evaluate(FOREIGN) == []
    await screen.get_by_role("button", name="End", exact=True).click()
    await screen.get_by_role("button", name="End the inspection").click()
    await owner.page.wait_for_url(lambda address: "/kindergarten" not in address)
    await owner.open("families")
