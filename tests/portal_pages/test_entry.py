"""How a parent comes in: invitation and code, the door, another browser; and what keeps them out."""

import asyncio
import re

from playwright.async_api import Browser, Page, expect
import pytest

from .mock import Kindergarten, consent, somebody
from .phone import Phone, take_phone
from .scenes import ANDROID, INVITATION, IPHONE, NOBODY

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

REDEEM = "POST /invite/redeem"
INSIDE = {
    "Instagram": ANDROID + " Instagram 350.0.0.0 Android",
    "Facebook": IPHONE + " [FBAN/FBIOS;FBAV/480.0.0]",
    "Telegram": ANDROID + " Telegram-Android/11.4 (Samsung)",
    "WhatsApp": ANDROID + " WhatsApp/2.24",
    "TikTok": IPHONE + " musical_ly_37.0 BytedanceWebview/d8a21c6",
    "VK": ANDROID + " VKAndroidApp/8.99",
    "Viber": IPHONE + " Viber/24",
    "басқа": ANDROID.replace("Android 14", "Android 14; wv"),
}


def _posted(kindergarten: Kindergarten, path: str) -> list[dict[str, object]]:
    return [body for said, body in kindergarten.heard if said == path]


def _let_in_after(kindergarten: Kindergarten) -> None:
    """Know the phone once it has redeemed something."""
    kindergarten.says["GET /me"] = NOBODY


async def _enter_code(page: Page, code: str) -> None:
    await page.locator("input.digits").fill(code)
    await page.locator("main .button.main").click()


async def _open_invitation(phone: Phone) -> Page:
    _let_in_after(phone.kindergarten)
    await phone.page.goto(phone.kindergarten.url + INVITATION)
    await phone.page.locator("main .button.main").click()
    return phone.page


async def test_invitation_and_code_lead_to_the_room(phone: Phone) -> None:
    page = await _open_invitation(phone)
    await page.locator("input.digits").wait_for()
    assert _posted(phone.kindergarten, REDEEM) == []  # nothing is spent by looking
    del phone.kindergarten.says["GET /me"]
    await _enter_code(page, "482913")
    await page.locator(".room").wait_for()
    body = _posted(phone.kindergarten, REDEEM)[0]
    assert {name: body[name] for name in ("id", "secret", "code", "switch")} == {
        "id": "0123456789abcdef", "secret": "c2VjcmV0LXNlY3JldC1zZWNyZXQ", "code": "482913", "switch": False,
    }  # fmt: skip
    assert "#i=" not in page.url
    assert "secret" not in str(await page.evaluate("JSON.stringify([localStorage, sessionStorage])"))


async def test_code_can_be_pasted_with_spaces_and_the_keyboard_is_numeric(phone: Phone) -> None:
    page = await _open_invitation(phone)
    box = page.locator("input.digits")
    await page.evaluate("navigator.clipboard.writeText(' 482 913 ')")
    await box.focus()
    await page.keyboard.press("Control+V")
    await expect(box).to_have_value("482913")
    assert await box.get_attribute("inputmode") == "numeric"
    assert await box.get_attribute("autocomplete") == "one-time-code"


async def test_tries_left_are_said_in_words(phone: Phone) -> None:
    phone.kindergarten.says[REDEEM] = (409, {"code": "wrong_code", "tries_left": 2})
    page = await _open_invitation(phone)
    await _enter_code(page, "1111")
    await page.get_by_role("alert").get_by_text("Екі мүмкіндік қалды").wait_for()
    await expect(page.locator("input.digits")).to_have_attribute("aria-invalid", "true")
    phone.kindergarten.says[REDEEM] = (409, {"code": "wrong_code", "tries_left": 0})
    await _enter_code(page, "2222")
    await page.get_by_role("heading", name="Бұл сілтеме жарамсыз").wait_for()


async def test_lost_answer_is_asked_for_again_with_the_same_number(phone: Phone) -> None:
    page = await _open_invitation(phone)
    lost = 0

    async def lose_first(route: object) -> None:
        nonlocal lost
        lost += 1
        await (route.fetch() if lost == 1 else route.continue_())  # type: ignore[attr-defined]
        if lost == 1:
            phone.kindergarten.says.pop("GET /me", None)
            await route.abort()  # type: ignore[attr-defined]

    await page.route("**/invite/redeem", lose_first)
    await _enter_code(page, "482913")
    await page.locator(".room").wait_for()
    nonces = [body["nonce"] for body in _posted(phone.kindergarten, REDEEM)]
    assert len(nonces) == 2
    assert nonces[0] == nonces[1]


async def test_another_guardian_on_this_phone_is_asked_before_anything_changes(phone: Phone) -> None:
    phone.kindergarten.says[REDEEM] = (409, {"code": "other_guardian"})
    page = await _open_invitation(phone)
    await _enter_code(page, "482913")
    await page.get_by_role("heading", name=re.compile("ауыстыру керек пе")).wait_for()
    phone.kindergarten.says.clear()
    await page.get_by_role("button", name="Иә, ауыстыру").click()
    await page.locator(".room").wait_for()
    assert [body["switch"] for body in _posted(phone.kindergarten, REDEEM)] == [False, True]


async def test_no_keeps_who_is_signed_in(phone: Phone) -> None:
    phone.kindergarten.says[REDEEM] = (409, {"code": "other_guardian"})
    page = await _open_invitation(phone)
    await _enter_code(page, "482913")
    del phone.kindergarten.says["GET /me"]
    await page.get_by_role("button", name="Жоқ, ештеңе өзгертпеу").click()
    await page.locator(".room").wait_for()
    assert len(_posted(phone.kindergarten, REDEEM)) == 1


@pytest.mark.parametrize("app", INSIDE)
async def test_browser_inside_an_app_is_told_before_anything_is_spent(
    browser: Browser, kindergarten: Kindergarten, app: str
) -> None:
    async with take_phone(browser, kindergarten, agent=INSIDE[app]) as phone:
        page = await _open_invitation(phone)
        await page.get_by_text(
            app if app == "басқа" else f"{app} қолданбасының", exact=False
        ).first.wait_for()
        assert INVITATION in page.url  # "open in browser" opens the same invitation there
        assert _posted(kindergarten, REDEEM) == []
        await page.get_by_role("button", name="Сілтемені көшіру").click()
        await page.get_by_text("Көшірілді", exact=False).first.wait_for()
        assert await page.evaluate("navigator.clipboard.readText()") == page.url


async def test_real_browsers_are_not_warned(browser: Browser, kindergarten: Kindergarten) -> None:
    safari = IPHONE.replace("Mobile/15E148", "Version/18.1 Mobile/15E148 Safari/604.1")
    for agent in (ANDROID, safari, ANDROID + " YaBrowser/24", ANDROID + " EdgA/131"):
        async with take_phone(browser, kindergarten, agent=agent) as phone:
            page = await _open_invitation(phone)
            await page.locator("input.digits").wait_for()


async def test_pairing_waits_until_staff_approve(phone: Phone) -> None:
    _let_in_after(phone.kindergarten)
    await phone.page.goto(phone.kindergarten.url + "#pair")
    await phone.page.locator("main .button.main").click()
    await phone.page.locator(".pair-code", has_text="4831").wait_for()
    await phone.page.reload()  # the phone was locked meanwhile
    await phone.page.locator("main .button.main").click()
    await phone.page.locator(".pair-code", has_text="4831").wait_for()
    assert len(_posted(phone.kindergarten, "POST /pair")) == 1
    del phone.kindergarten.says["GET /me"]
    phone.kindergarten.says["POST /pair/poll"] = (200, {"state": "approved"})
    await phone.page.locator(".room").wait_for()
    await phone.page.wait_for_url(re.compile("/portal/$"))


async def test_rules_then_consents_then_the_rooms(phone: Phone) -> None:
    phone.kindergarten.me = somebody(
        rules={"version": 1, "accepted": False},
        consents=[consent("parent_live", "missing"), consent("recording_notice", "missing")],
    )
    page = phone.page
    await page.goto(phone.kindergarten.url)
    await page.locator(".lines").wait_for()
    await expect(page.locator(".lines > li")).to_have_count(5)
    await page.get_by_role("button", name="Келісемін").click()
    await page.locator(".question").first.wait_for()
    await page.get_by_role("button", name="Жауаптарды жіберу").click()
    await page.get_by_text("деп таңдаңыз").wait_for()
    assert _posted(phone.kindergarten, "POST /me/consents") == []
    await page.get_by_role("radio", name="Иә, келісемін").first.check()
    await page.get_by_role("radio", name="Жоқ").last.check()
    await page.get_by_role("button", name="Жауаптарды жіберу").click()
    await page.locator(".room").wait_for()
    assert [body["state"] for body in _posted(phone.kindergarten, "POST /me/consents")] == [
        "given",
        "refused",
    ]
    assert _posted(phone.kindergarten, "POST /me/rules") == [{"version": 1}]


async def test_language_is_chosen_with_a_button_and_remembered(
    browser: Browser, kindergarten: Kindergarten
) -> None:
    _let_in_after(kindergarten)
    async with take_phone(browser, kindergarten, language="kk", known=False) as phone:
        page = phone.page
        await page.goto(kindergarten.url)
        await page.get_by_text("Ата-аналар балабақша").wait_for()
        await page.get_by_role("button", name=re.compile("Русский")).click()
        await page.get_by_text("Родители входят").wait_for()
        assert await page.evaluate("document.documentElement.lang") == "ru"
        assert await page.evaluate("localStorage.getItem('kindergarten.language')") == "ru"


async def test_hand_over_code_takes_letters_and_is_sent_without_dash(phone: Phone) -> None:
    _let_in_after(phone.kindergarten)
    await phone.page.add_init_script("localStorage.removeItem('kindergarten.known')")
    page = phone.page
    await page.goto(phone.kindergarten.url)
    await page.locator("main .button.quiet").click()
    await page.locator("input.digits").press_sequentially("k7f29qxm")
    await expect(page.locator("input.digits")).to_have_value("K7F2-9QXM")
    del phone.kindergarten.says["GET /me"]
    await page.locator("main .button.main").click()
    await page.locator(".room").wait_for()
    assert _posted(phone.kindergarten, "POST /handoff/redeem")[0]["code"] == "K7F29QXM"


async def test_logging_out_forgets_who_it_was(phone: Phone) -> None:
    page = phone.page
    await page.goto(phone.kindergarten.url + "#me")
    await page.get_by_role("button", name="Шығу").click()
    phone.kindergarten.says["GET /me"] = NOBODY
    await page.get_by_role("dialog").get_by_role("button", name="Шығу").click()
    await page.locator(".hero").wait_for()
    assert "Айгүл" not in await page.locator("body").inner_text()


async def test_changes_carry_the_sessions_token(phone: Phone) -> None:
    page = phone.page
    headers: list[dict[str, str]] = []
    page.on("request", lambda request: headers.append(request.headers) if request.method == "POST" else None)
    await page.goto(phone.kindergarten.url)
    await page.locator(".room .button.main").click()
    async with asyncio.timeout(60):
        while not headers:
            await asyncio.sleep(0.05)
    assert headers[0]["x-kindergarten-token"] == "token-of-the-session"
    assert headers[0]["content-type"] == "application/json"


async def test_request_for_a_recording_is_in_the_kindergartens_time(
    browser: Browser, kindergarten: Kindergarten
) -> None:
    async with take_phone(browser, kindergarten) as phone:
        page = phone.page
        await page.goto(kindergarten.url + "#ask")
        await page.locator("input[type=date]").fill("2026-01-15")
        await page.locator("input[type=time]").first.fill("10:00")
        await page.locator("input[type=time]").nth(1).fill("12:30")
        await page.get_by_role("button", name="Сұрауды жіберу").click()
        await page.get_by_role("alert").get_by_text("2 сағаттан ұзақ").wait_for()
        await page.locator("input[type=time]").nth(1).fill("11:30")
        await page.get_by_role("button", name="Сұрауды жіберу").click()
        await page.get_by_role("heading", name="Сұрауыңыз қабылданды").wait_for()
        body = _posted(kindergarten, "POST /requests")[0]
        assert body["from_us"] == 1_768_453_200_000_000  # 10:00 in Almaty is 05:00 UTC
        assert body["to_us"] == 1_768_458_600_000_000
