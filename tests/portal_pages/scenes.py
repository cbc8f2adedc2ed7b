"""Every page and state of the portal, and how a parent comes to see it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.async_api import Page

from tests.stopwatch import Stopwatch

from .mock import Kindergarten, consent, room, somebody, us

type Set = Callable[[Kindergarten], None]
type Act = Callable[[Page, Kindergarten], Awaitable[None]]

ANDROID = (
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36"
)
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
SAFARI = f"{IPHONE} Version/18.1 Safari/604.1"
INVITATION = "#i=0123456789abcdef.c2VjcmV0LXNlY3JldC1zZWNyZXQ"
NOBODY = (404, None)
MOVING = ".stage[data-shows=video] .chip[data-kind=live]"
VIDEO_AGAIN = """
() => {
  const saver = document.querySelector(".controls .button[aria-pressed=true]");
  saver?.click();
  return Boolean(saver);
}
"""
OWED_S = 3
"""A machine that owes so much can keep a picture from moving until the page takes that for a weak network."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A page: what the kindergarten says, where the parent begins, what they do, and a sign of arrival.

    `first` wants a browser that has fetched nothing yet.
    """

    name: str
    sign: str
    prepare: Set = lambda _: None
    act: Act | None = None
    fragment: str = ""
    agent: str = ANDROID
    known: bool = True
    first: bool = False


def says(**answers: tuple[int, object]) -> Set:
    """Let the kindergarten answer; `POST_pair` stands for `POST /pair`, `__` for a further slash."""

    def prepare(kindergarten: Kindergarten) -> None:
        for name, answer in answers.items():
            method, _, path = name.partition("_")
            kindergarten.says[f"{method} /{path.replace('__', '/')}"] = answer

    return prepare


def me(**changes: object) -> Set:
    """Let the parent be told other things of themselves."""

    def prepare(kindergarten: Kindergarten) -> None:
        kindergarten.me = somebody(**changes)

    return prepare


def locked(reason: str, hours: float | None = 1) -> Set:
    """Close the only room."""
    opens = us(hours) if hours else None
    return me(rooms=[room(open=False, reason=reason, opens_at_us=opens, closes_at_us=None)])


async def main_button(page: Page, _: Kindergarten) -> None:
    """Press the large button."""
    await page.locator("main .button.main").first.click()


async def quiet_button(page: Page, _: Kindergarten) -> None:
    """Press what stands beside it."""
    await page.locator("main .button.quiet").first.click()


async def _again(page: Page, kindergarten: Kindergarten) -> None:
    await page.goto("about:blank")
    await page.goto(kindergarten.url)


async def _code(page: Page, kindergarten: Kindergarten) -> None:
    await main_button(page, kindergarten)
    await page.locator("input.digits").fill("482913")
    await page.locator("main .button.main").click()


async def video_again(page: Page, owed_s: float) -> bool:
    """Ask for the moving picture if the page fell back to stills; for that the machine must owe it seconds."""
    fell_back: bool = await page.evaluate(VIDEO_AGAIN)
    assert not fell_back or owed_s > OWED_S, f"stills, though the machine owed no more than {owed_s:.1f} s"
    return fell_back


async def tap_and_watch(page: Page, _: Kindergarten) -> None:
    """Go from the rooms to the moving picture of the first."""
    stopwatch = Stopwatch()
    await page.locator(".room .button.main").first.click()
    saver = page.locator(".controls .button[aria-pressed=true]")
    async with asyncio.timeout(120):
        await page.locator(MOVING).or_(saver).first.wait_for()
        while await video_again(page, stopwatch.owed_s):
            await page.locator(MOVING).or_(saver).first.wait_for()


async def watch(page: Page, kindergarten: Kindergarten) -> None:
    """Come to the moving picture of the only room."""
    await page.goto(kindergarten.url)
    await tap_and_watch(page, kindergarten)


async def _watch_wide(page: Page, kindergarten: Kindergarten) -> None:
    await tap_and_watch(page, kindergarten)
    await page.locator(".round").click()


async def _watch_saving(page: Page, kindergarten: Kindergarten) -> None:
    await tap_and_watch(page, kindergarten)
    await page.locator(".controls .button").first.click()


def _ended(reason: str) -> Act:
    async def act(page: Page, kindergarten: Kindergarten) -> None:
        await tap_and_watch(page, kindergarten)
        kindergarten.end(reason)

    return act


async def _tamper(page: Page, kindergarten: Kindergarten) -> None:
    await tap_and_watch(page, kindergarten)
    await page.evaluate("document.querySelector('.watermark').style.opacity = 0.05")


async def _lose(page: Page, kindergarten: Kindergarten) -> None:
    await tap_and_watch(page, kindergarten)
    await page.context.set_offline(True)


async def _offline(page: Page, _: Kindergarten) -> None:
    await page.locator(".tab").nth(1).click()
    await page.locator(".seal").wait_for()
    await page.context.set_offline(True)
    await page.locator(".tab").nth(2).click()
    await page.locator("main h1").wait_for()


async def _ask_wrong(page: Page, _: Kindergarten) -> None:
    # Yesterday: ten minutes past midnight of today are in the future for ten minutes of each day.
    yesterday = datetime.now(ZoneInfo("Asia/Almaty")).date() - timedelta(days=1)
    await page.locator("input[type=date]").fill(yesterday.isoformat())
    await page.locator("input[type=time]").first.fill("00:00")
    await page.locator("input[type=time]").nth(1).fill("00:10")
    await page.locator("main .button.main").click()


async def _revoke(page: Page, _: Kindergarten) -> None:
    await page.locator(".split .button").first.click()


async def _not_sure(page: Page, kindergarten: Kindergarten) -> None:
    await main_button(page, kindergarten)


async def _redeem_other_browser(page: Page, kindergarten: Kindergarten) -> None:
    await quiet_button(page, kindergarten)
    await page.locator("input.digits").fill("K7F2-9QXM")
    await page.locator("main .button.main").click()


def _told(state: str, *, sign: str = ".notice", act: Act | None = None, prepare: Set, **more: str) -> Scene:
    return Scene(name=f"state_{state}", sign=sign, act=act or main_button, prepare=prepare, **more)  # type: ignore[arg-type]


_ROOMS = [
    room("Күншуақ", "Айгерім"),
    room("Балапан", "Нұрсұлтан-Әли", open=False, reason="quiet", opens_at_us=us(1), closes_at_us=None),
    room("Ботақан", "Әйгерім-Зере", open=False, reason="paused", opens_at_us=us(0.25), closes_at_us=None),
    room("Құлыншақ", "Өркен", open=False, reason="closed_hours", opens_at_us=us(20), closes_at_us=None),
    room("Тұлпар", "Жұлдыз", open=False, reason="holiday", opens_at_us=us(72), closes_at_us=None),
    room("Айналайын", "Ұлпан", open=False, reason="presence", opens_at_us=None, closes_at_us=None),
    room("Музыка залы", "Іңкәр", open=False, reason="not_open_yet", opens_at_us=None, closes_at_us=None),
    room("Үмітжан", "Һәдия", open=False, reason="own_consent", opens_at_us=None, closes_at_us=None),
    room("Қарлығаш", "Ғани", open=False, reason="access_ended", opens_at_us=None, closes_at_us=None),
    room("Ақбота", "Ерасыл", open=False, reason="no_camera", opens_at_us=None, closes_at_us=None),
]
_FORMS = [
    consent("parent_live", "missing"),
    consent("recording_notice", "outdated"),
    consent("parent_live", "missing", "Нұрсұлтан"),
]

LOCKS = (
    "closed_hours",
    "quiet",
    "holiday",
    "paused",
    "presence",
    "not_open_yet",
    "own_consent",
    "access_ended",
    "no_camera",
    "busy",
    "rules",
)

SCENES: tuple[Scene, ...] = (
    Scene(name="welcome", sign=".hero", prepare=says(GET_me=NOBODY), known=False),
    Scene(name="welcome_invited", sign=".hero", prepare=says(GET_me=NOBODY), fragment=INVITATION),
    Scene(name="welcome_poster", sign=".hero", prepare=says(GET_me=NOBODY), fragment="#pair"),
    Scene(
        name="inapp_instagram",
        sign=".steps",
        prepare=says(GET_me=NOBODY),
        fragment=INVITATION,
        act=main_button,
        agent=ANDROID + " Instagram 350.0",
    ),
    Scene(
        name="inapp_iphone",
        sign=".steps",
        prepare=says(GET_me=NOBODY),
        fragment=INVITATION,
        act=main_button,
        agent=IPHONE + " [FBAN/FBIOS;FBAV/480.0]",
    ),
    Scene(
        name="code", sign="input.digits", prepare=says(GET_me=NOBODY), fragment=INVITATION, act=main_button
    ),
    Scene(
        name="code_wrong",
        sign=".wrong:not(:empty)",
        fragment=INVITATION,
        act=_code,
        prepare=says(GET_me=NOBODY, POST_invite__redeem=(409, {"code": "wrong_code", "tries_left": 3})),
    ),
    Scene(
        name="other_browser", sign="input.digits", prepare=says(GET_me=NOBODY), act=quiet_button, known=False
    ),
    Scene(
        name="other_browser_wrong",
        sign=".wrong:not(:empty)",
        act=_redeem_other_browser,
        known=False,
        prepare=says(GET_me=NOBODY, POST_handoff__redeem=(409, {"code": "not_valid"})),
    ),
    Scene(name="pairing", sign=".pair-code", prepare=says(GET_me=NOBODY), fragment="#pair", act=main_button),
    Scene(name="rules", sign=".lines", prepare=me(rules={"version": 1, "accepted": False})),
    Scene(name="consents", sign=".question", prepare=me(consents=_FORMS)),
    Scene(name="rooms", sign=".room"),
    Scene(name="rooms_locked", sign=".room", prepare=me(rooms=_ROOMS)),
    Scene(name="rooms_home_hint", sign=".home-hint", act=_again),
    Scene(name="rooms_home_hint_iphone", sign=".home-hint", act=_again, agent=SAFARI),
    Scene(name="rooms_renewed", sign=".renewed", prepare=me(page="another")),
    Scene(name="rooms_none", sign="main .card", prepare=me(rooms=[])),
    Scene(name="live", sign=".watermark", act=tap_and_watch),
    Scene(name="live_wide", sign=".stage.wide", act=_watch_wide),
    Scene(name="live_saver", sign=".chip[data-kind=saver]", act=_watch_saving),
    Scene(
        name="live_still_watching",
        sign=".still-watching:not([hidden])",
        act=tap_and_watch,
        prepare=lambda kindergarten: setattr(kindergarten, "left_s", 55),
    ),
    Scene(name="live_lost", sign=".cover:not([hidden])", act=_lose),
    Scene(
        name="live_enough",
        sign=".card.soft",
        act=tap_and_watch,
        prepare=me(limits={"still_watching_s": 900, "daily_soft_s": 1800, "today_s": 2520}),
    ),
    Scene(name="day", sign=".seal-group", fragment="#day"),
    Scene(
        name="day_empty",
        sign=".list",
        fragment="#day",
        prepare=lambda k: (me(head=None)(k), says(GET_me__views=(200, []))(k), None)[2],
    ),
    Scene(name="me", sign=".split .button", fragment="#me"),
    Scene(name="me_sure", sign="dialog[open]", fragment="#me", act=_revoke),
    Scene(name="handoff", sign=".pair-code", fragment="#handoff"),
    Scene(name="ask", sign="select", fragment="#ask"),
    Scene(
        name="ask_many",
        sign=".wrong:not(:empty)",
        fragment="#ask",
        act=_ask_wrong,
        prepare=says(POST_requests=(409, {"code": "too_many"})),
    ),
    Scene(name="ask_done", sign=".notice", fragment="#ask", act=_ask_wrong),
    *(
        _told(
            code,
            prepare=says(
                POST_viewings=(409, {"code": code, "opens_at_us": us(0.4) if code in LOCKS[:4] else None})
            ),
        )
        for code in LOCKS
    ),
    _told("full", prepare=says(POST_viewings=(409, {"code": "full", "place": 3}))),
    _told("slow_down", prepare=says(POST_viewings=(429, {"code": "slow_down", "wait_s": 21}))),
    _told("trouble", prepare=says(POST_viewings=(500, {}))),
    _told("elsewhere", prepare=lambda _: None, act=_ended("elsewhere")),
    _told("idle", prepare=lambda _: None, act=_ended("idle")),
    _told("tampered", prepare=lambda _: None, act=_tamper),
    Scene(name="state_gone", sign=".notice", prepare=says(GET_me=NOBODY), known=True),
    Scene(name="state_offline", sign=".notice", act=_offline, first=True),
    *(
        Scene(
            name=f"state_{code}",
            sign=".notice",
            fragment=INVITATION,
            act=_code,
            prepare=says(GET_me=NOBODY, POST_invite__redeem=(409, {"code": code})),
        )
        for code in ("not_valid", "too_many_devices", "other_guardian")
    ),
    Scene(
        name="state_no_cookies", sign=".notice", fragment=INVITATION, act=_code, prepare=says(GET_me=NOBODY)
    ),
    *(
        Scene(
            name=f"state_pair_{code}",
            sign=".notice",
            fragment="#pair",
            act=_not_sure,
            prepare=says(GET_me=NOBODY, **answers),
        )
        for code, answers in (
            ("no_window", {"POST_pair": (409, {"code": "no_window"})}),
            ("busy", {"POST_pair": (409, {"code": "busy"})}),
            ("refused", {"POST_pair__poll": (200, {"state": "refused"})}),
            ("ended", {"POST_pair__poll": (200, {"state": "ended"})}),
        )
    ),
)
