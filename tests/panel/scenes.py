"""What an owner's page can look like: every page, every dialog, and what is seen when something is wrong."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
import json

from .house import FIND, House, Owner

type Act = Callable[[House, Owner], Awaitable[object]]

SOLE = "Гүлнәр Сейітова"
"""Whoever shuts her out closes her group's room to six other families."""
LIST = """Child;Group;Guardian;Phone;Language
Арман Жанаров;Күншуақ;Әйгерім Жанарова;8 701 123 45 67;kk
Айлин Сабитова;Қарлығаш;Гүлмира Сабитова;8 701 555 44 33;ru
Әлихан Дүйсенбеков;Ромашка;Меруерт Дүйсенбекова;8 771 343 99 99;kk
;Ромашка;Без ребёнка;8 777 000 00 00;ru
Томирис;Ромашка;Асем;12345;kk
"""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A page, what is done on it, and what is there then."""

    name: str
    place: str
    act: Act | None = None
    sign: str = "h1"

    async def show(self, house: House, owner: Owner) -> None:
        """Bring it about on a page that was just opened."""
        await anew(owner, self.place)
        if self.act:
            await self.act(house, owner)
        await owner.panel.locator(self.sign).first.wait_for()
        await owner.settle()


async def anew(owner: Owner, place: str) -> None:
    """Show a page as if it had never been opened, without loading everything again."""
    begin = """
      const panel = find(document);
      delete panel._desk.ask;
      panel._said = panel._shown = null;
      panel._table = panel._desk.table;
      panel._away = panel._desk.away;
      panel._go(place);
      panel.requestUpdate();
    """
    await owner.page.evaluate(f"(place) => {{ {FIND} {begin} }}", place)
    await owner.panel.locator(f"main kg-{place} h1").wait_for()


def tap(*names: str) -> Act:
    """Return what presses one thing after the other, by their selectors."""

    async def act(_: House, owner: Owner) -> None:
        for name in names:
            await owner.panel.locator(name).first.click()

    return act


def open_all(*names: str) -> Act:
    """Return what opens a dialog with all that is folded in it."""

    async def act(house: House, owner: Owner) -> None:
        await tap(*names)(house, owner)
        folded = owner.panel.locator("kg-sheet details summary")
        for at in range(await folded.count()):
            await folded.nth(at).click()

    return act


def pretend(code: str) -> Act:
    """Return what puts the panel into a state that is hard to come by; `panel` and `desk` are at hand."""

    async def act(_: House, owner: Owner) -> None:
        await owner.page.evaluate(
            f"() => {{ {FIND} const panel = find(document), desk = panel._desk; {code} }}"
        )

    return act


def table(**fields: object) -> Act:
    """Return what changes the people's table."""
    return pretend(f"panel._table = {{ ...panel._table, ...{json.dumps(fields)} }};")


def all_of(*acts: Act) -> Act:
    """Return what does one after the other."""

    async def act(house: House, owner: Owner) -> None:
        for each in acts:
            await each(house, owner)

    return act


def ask(command: str, **fields: object) -> Act:
    """Return what asks the integration beside the page."""

    async def act(house: House, _: Owner) -> None:
        await house.ask(command, **fields)

    return act


async def _list(house: House, owner: Owner) -> None:
    await tap("kg-families button.main")(house, owner)
    await owner.panel.locator("kg-list textarea").fill(LIST)
    await tap("kg-list form button.main")(house, owner)


async def _takes_child_away(house: House, owner: Owner) -> None:
    await tap(f'button.name:has-text("{SOLE}")', "kg-guardian fieldset input:checked")(house, owner)
    await tap("kg-guardian form button.main")(house, owner)


async def _typed(house: House, owner: Owner) -> None:
    await tap(f'button.name:has-text("{SOLE}")')(house, owner)
    await owner.panel.locator("kg-guardian input[name=phone]").fill("+7 702 555 30 40")
    await owner.page.keyboard.press("Escape")


async def _door(house: House, _: Owner) -> None:
    await house.ask("ways/pairing/open")
    for agent in ("(Linux; Android 14) Chrome/140", "(iPhone; CPU iPhone OS 18_1) Safari/605.1"):
        await house.knock(agent=f"Mozilla/5.0 {agent}")


async def _pause(house: House, _: Owner) -> None:
    rooms = await house.kindergarten.subentries("room")
    await house.ask("room/pause", room_id=rooms["Ромашка"], minutes=15)


async def _details(_: House, owner: Owner) -> None:
    typed = {"operator": "ЖШС «Күншуақ»", "phone": "+7 727 123 45 67", "email": "info@kunshuaq.example"}
    for name, text in typed.items():
        field = owner.panel.locator(f"kg-paper input[name={name}]")
        await field.fill(text)
        await field.blur()


def _choose(name: str, *, of: str = "kg-preview") -> Act:
    async def act(_: House, owner: Owner) -> None:
        choice = owner.panel.locator(f"{of} select").first
        value = await choice.locator(f'option:has-text("{name}")').first.get_attribute("value")
        await choice.select_option(value=value)

    return act


def _recipe(kind: str) -> Act:
    async def act(house: House, owner: Owner) -> None:
        await owner.panel.locator("kg-recipe input[name=host]").fill("cams.example.kz")
        await tap(f"kg-recipe input[value={kind}]", "kg-recipe form button.main")(house, owner)

    return act


_CHANGE = "kg-families .cards button.plain"
_ROW = 'kg-families tr:has-text("{}") .acts button'
_BLOCK = "kg-guardian details:nth-of-type(1) kg-cost .note"

_SIGHTS = pretend(
    """
    const ask = desk.ask.bind(desk), at = (hour, minute) => Date.UTC(2026, 9, 12, hour, minute) * 1000;
    const change = (kind, from, to) => ({ id: `${to}-${kind}`, t_us: to, kind, before_us: from, after_us: to });
    desk.ask = async (command, fields) => {
      if (command === "sights") return [change("restored", at(5, 10), at(6, 2)), change("covered", at(4, 50), at(5, 10))];
      if (command === "sight_still") return ask("camera/still", { camera_id: fields.camera_id });
      return ask(command, fields);
    };
    panel._shown._refresh();
    """
)
_ALL_GOOD = """
told.wrong = [];
told.unknown = [];
told.verdict = { ...told.verdict, state: "good", days: 30, cameras: 8, recording: 8, checked_us: Date.now() * 1000 };
told.holds = [{ uid: "1", cameras: ["Ромашка"], from_us: Date.UTC(2026, 9, 12, 4) * 1000,
  to_us: Date.UTC(2026, 9, 12, 4, 40) * 1000, until_us: null, state: "held" }];
"""
_WATCHED = """
const [one, two] = panel._table.rooms;
panel._table = { ...panel._table, viewers: { [one.id]: 3, [two.id]: 1 } };
"""
_UNKNOWN = """
told.silent = true;
told.now_us = told.holds = null;
told.wrong = [{ kind: "repair", key: "recorder_silent", bad: true, effect: "maybe_nothing", cure: "repairs",
  since_us: Date.now() * 1000, values: {}, cause: null, rooms: [], cameras: [] }];
told.verdict = { ...told.verdict, state: "bad", days: null, recording: null, checked_us: null };
"""


def answered(command: str, code: str) -> Act:
    """Return what changes the answers to a command; `told` is one of them."""
    return pretend(
        f"""
        const ask = desk.ask.bind(desk);
        desk.ask = async (command, fields) => {{
          const told = await ask(command, fields);
          if (command === {json.dumps(command)}) {{ {code} }}
          return told;
        }};
        panel._shown._refresh();
        """
    )


async def _pictures(_: House, owner: Owner) -> None:
    """Look at every picture of a camera."""
    await owner.panel.locator("main kg-still").first.wait_for()
    await see_all(owner, "kg-still")


async def see_all(owner: Owner, element: str) -> None:
    """Wait for all pictures of a kind, one after the other: what is not on the screen is not fetched."""
    stills = owner.panel.locator(f"main {element}")
    for at in range(await stills.count()):
        await stills.nth(at).scroll_into_view_if_needed()
        await stills.nth(at).locator("canvas:not(.none)").wait_for()
    await owner.panel.locator("main h1").scroll_into_view_if_needed()


async def _plan(_: House, owner: Owner) -> None:
    sheet = owner.panel.locator("kg-planner")
    box = sheet.locator("input[type=checkbox]").first
    if await sheet.locator("label.tick").count() > 1 and await box.is_checked():
        await box.uncheck()
    await sheet.locator("input[type=number]").first.fill("8")
    await owner.page.keyboard.press("Tab")
    await sheet.locator("select").last.select_option(value=str(4 * 10**12))


SCENES = (
    Scene(name="today", place="today", sign="kg-today .wrong li"),
    Scene(
        name="today_good",
        place="today",
        act=all_of(answered("today", _ALL_GOOD), pretend(_WATCHED)),
        sign="kg-today .verdict.good",
    ),
    Scene(
        name="today_silent",
        place="today",
        act=answered("today", _UNKNOWN),
        sign="kg-today .wrong li:only-child",
    ),
    Scene(name="cameras", place="cameras", act=_pictures, sign="kg-cameras .rooms .bad"),
    Scene(name="check", place="check", act=_pictures, sign="kg-check .chip.bad"),
    Scene(name="planner", place="planner", sign="kg-planner .large"),
    Scene(name="planner_small", place="planner", act=_plan, sign="kg-planner .chip.bad"),
    Scene(name="families", place="families", sign="kg-families tbody tr"),
    Scene(name="group", place="families", act=open_all(_CHANGE), sign="kg-group .stop"),
    Scene(
        name="group_new",
        place="families",
        act=tap("kg-families .row button:nth-of-type(2)"),
        sign="kg-group form",
    ),
    Scene(name="child", place="families", act=open_all(_ROW.format("Аружан")), sign="kg-child kg-cost .note"),
    Scene(name="guardian", place="families", act=open_all(f'button.name:has-text("{SOLE}")'), sign=_BLOCK),
    Scene(name="guardian_cost", place="families", act=_takes_child_away, sign="kg-guardian form .note.bad"),
    Scene(name="guardian_unsaved", place="families", act=_typed, sign="kg-guardian .heard .note"),
    Scene(name="list", place="families", act=_list, sign="kg-list .chip"),
    Scene(name="consents", place="consents", sign="kg-consents tbody tr"),
    Scene(
        name="consents_all",
        place="consents",
        act=tap("kg-consents label.tick input"),
        sign="kg-consents .chip.good",
    ),
    Scene(
        name="consents_withdraw",
        place="consents",
        act=tap(
            "kg-consents label.tick input", "kg-consents tr:has(.chip.good) input", "kg-consents .foot .stop"
        ),
        sign="kg-consents kg-sheet .stop",
    ),
    Scene(name="ways", place="ways", sign="kg-ways .people li"),
    Scene(
        name="ways_told",
        place="ways",
        act=tap(
            "kg-ways .people li:nth-child(1) input",
            "kg-ways .people li:nth-child(3) input",
            "kg-ways .end .main",
        ),
        sign="kg-told article",
    ),
    Scene(
        name="ways_paper",
        place="ways",
        act=tap("kg-ways .people li:nth-child(2) input", "kg-ways .end button"),
        sign="kg-ways kg-sheet .main",
    ),
    Scene(name="ways_door", place="ways", act=_door, sign="kg-door .phone >> nth=1"),
    Scene(name="phones", place="phones", sign="kg-phones tbody tr"),
    Scene(name="phones_ended", place="phones", act=tap("kg-phones label.tick input"), sign="kg-phones .chip"),
    Scene(name="viewings", place="viewings", sign="kg-viewings tbody tr"),
    Scene(name="sights", place="sights", act=_SIGHTS, sign="kg-sights li >> nth=1"),
    Scene(name="requests", place="requests", sign="kg-requests .card"),
    Scene(name="paper", place="paper", act=_details, sign='kg-paper .sign:has-text("Күншуақ»")'),
    Scene(name="rooms", place="rooms", sign="kg-rooms .card"),
    Scene(name="rooms_paused", place="rooms", act=_pause, sign="kg-rooms .note.warm"),
    Scene(name="preview_open", place="preview", act=_choose(SOLE), sign="kg-preview .chip.good"),
    Scene(
        name="preview_closed", place="preview", act=_choose("Мария Соколова"), sign="kg-preview .chip.warm"
    ),
    Scene(name="golive", place="golive", sign="kg-golive .checks li"),
    *(
        Scene(name=f"golive_{kind}", place="golive", act=_recipe(kind), sign="kg-recipe .reasons li")
        for kind in ("cloudflare", "caddy", "nginx", "nabu_casa")
    ),
    Scene(name="golive_test", place="golive", act=tap("kg-outside button.main"), sign="kg-outside kg-qr svg"),
    Scene(
        name="golive_sure",
        place="golive",
        act=all_of(ask("portal/set", portal_enabled=False), tap("kg-golive .steps > li:nth-child(3) .main")),
        sign="kg-golive kg-sheet .main",
    ),
    Scene(
        name="ways_off", place="ways", act=ask("portal/set", portal_enabled=False), sign="kg-ways .note.warm"
    ),
    Scene(
        name="paper_off", place="paper", act=ask("portal/set", portal_enabled=False), sign="kg-paper .note"
    ),
    Scene(
        name="loading",
        place="rooms",
        act=all_of(pretend("desk.ask = () => new Promise(() => {});"), tap('nav a[href$="/viewings"]')),
        sign="kg-viewings [role=status]",
    ),
    Scene(
        name="failed",
        place="rooms",
        act=all_of(pretend("desk.ask = () => Promise.reject({ code: 'x' });"), tap('nav a[href$="/phones"]')),
        sign="kg-phones .note.bad",
    ),
    Scene(
        name="away", place="requests", act=pretend("panel._away = 'setup_retry';"), sign="main > .notes .note"
    ),
    Scene(
        name="unavailable",
        place="families",
        act=table(available=False, restored=True, children=[], groups=[], guardians=[]),
        sign=".note.bad",
    ),
    Scene(name="locked", place="rooms", act=table(locked=True, restored=True), sign="main > .notes .note"),
    Scene(name="updated", place="requests", act=table(panel="0"), sign="main > .notes .main"),
)


async def tidy(house: House) -> None:
    """Undo what scenes have left behind."""
    rooms = await house.kindergarten.subentries("room")
    await house.ask("portal/set", portal_enabled=True, portal_origin=house.origin, confirm=True)
    await house.ask("ways/pairing/close")
    await house.ask("room/resume", room_id=rooms["Ромашка"])
