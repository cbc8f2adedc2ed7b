"""Words of families stay words: whatever a name holds, nothing of it becomes markup, script or style."""

from typing import Any

from playwright.async_api import expect
import pytest

from .mock import Kindergarten, consent, room, somebody, us
from .phone import Phone, until

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

PAYLOADS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    "<svg onload=alert(3)>",
    '"><script>alert(4)</script>',
    "'><img src=x onerror=alert(5)>",
    "<iframe srcdoc='<script>alert(6)</script>'>",
    "<body onload=alert(7)>",
    "<a href=javascript:alert(8)>x</a>",
    "javascript:alert(9)",
    "<style>*{display:none}</style>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<form action=//evil.example><input name=x></form>",
    "<object data=javascript:alert(10)>",
    "<embed src=javascript:alert(11)>",
    "<math><mtext></mtext><mglyph><style><img src=x onerror=alert(12)>",
    "<details open ontoggle=alert(13)>",
    "<video><source onerror=alert(14)>",
    "<input autofocus onfocus=alert(15)>",
    "<marquee onstart=alert(16)>",
    "<template><script>alert(17)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(18)>'>",
    "{{constructor.constructor('alert(19)')()}}",
    "${alert(20)}",
    "{name}{tries, plural, one {x} other {#}}",
    "'-alert(21)-'",
    '";alert(22)//',
    "</title><script>alert(23)</script>",
    "</textarea><script>alert(24)</script>",
    "<!--<img src='--><img src=x onerror=alert(25)>",
    "<![CDATA[<script>alert(26)</script>]]>",
    "&lt;script&gt;alert(27)&lt;/script&gt;",
    "&#60;script&#62;alert(28)&#60;/script&#62;",
    "%3Cscript%3Ealert(29)%3C/script%3E",
    "\u003cscript\u003ealert(30)\u003c/script\u003e",
    "\u202e<script>alert(31)</script>",
    "<scr\u0000ipt>alert(32)</scr\u0000ipt>",
    "<a href='data:text/html,<script>alert(33)</script>'>x</a>",
    "<button formaction=javascript:alert(34)>x</button>",
    "__proto__",
    "constructor",
    "A" * 2000,
)
FOREIGN = """
() => [...document.querySelectorAll("script:not([src]), iframe, object, embed, base, form, style, link[href*=evil], marquee, template, a[href^=javascript], meta[http-equiv], #app input[autofocus]")]
  .map((one) => one.outerHTML)
"""
SHOWN = r"""
(words) => {
  const plain = (text) => text.replaceAll("\0", "");
  const shown = plain(document.querySelector("main").textContent);
  return words.every((word) => shown.includes(plain(word)));
}
"""
PAGES = ("", "#day", "#me", "#ask", "#handoff")


SIGNS = {"#day": ".seal", "#me": ".split", "#ask": "select", "#handoff": ".pair-code"}


def _poison(kindergarten: Kindergarten, word: str) -> None:
    """Put a word into every field that there is once, and all words into every field of a list."""
    told = [
        each | {"id": f"room-{at}", "today": []}
        for at, other in enumerate(PAYLOADS)
        for each in [room(other, other, open=at % 2 == 0, reason=other, opens_at_us=us(1))]
    ]
    forms: list[dict[str, Any]] = [consent(other, other, other) | {"version": other} for other in PAYLOADS]
    kindergarten.name = word
    kindergarten.me = somebody(
        kindergarten=word,
        name=word,
        language=word,
        time_zone=word,
        rooms=told,
        consents=[*forms, *(form | {"state": "given"} for form in forms)],
        head={"day": word, "code": word},
    )
    kindergarten.watermark = (word, word)
    times = {"from_us": us(-1), "until_us": us(0), "to_us": us(0), "made_us": 0, "seen_us": 0}
    kindergarten.says = {
        "GET /me/views": (200, [{"room": other} | times for other in PAYLOADS]),
        "GET /me/devices": (200, [{"id": "d", "label": other, "this": False} | times for other in PAYLOADS]),
        "GET /requests": (
            200,
            [{"number": other, "room": other, "state": other} | times for other in PAYLOADS],
        ),
        "POST /handoff": (200, {"code": word, "until_us": us(1)}),
    }


@pytest.mark.parametrize("word", [PAYLOADS[at] for at in (0, 1, 16, 25, 40, 42)], ids=lambda word: word[:12])
async def test_word_in_every_field_stays_a_word(phone: Phone, word: str) -> None:
    _poison(phone.kindergarten, word)
    page = phone.page
    await page.goto(phone.kindergarten.url)
    for fragment in PAGES:
        await page.evaluate("(fragment) => { location.hash = fragment || '#rooms'; }", fragment)
        await page.locator(SIGNS.get(fragment, ".room")).first.wait_for()
        assert await page.evaluate(FOREIGN) == []
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), fragment
        if fragment in {"", "#me", "#ask"}:
            await until(page, SHOWN, list(PAYLOADS))
    await until(page, "(word) => document.title.includes(word)", word[:40])


@pytest.mark.parametrize("word", [*PAYLOADS[:3], "__proto__", "constructor"])
async def test_code_of_an_answer_never_becomes_more_than_a_code(phone: Phone, word: str) -> None:
    phone.kindergarten.says["POST /viewings"] = (409, {"code": word, "place": word, "opens_at_us": None})
    await phone.page.goto(phone.kindergarten.url)
    await phone.page.locator(".room .button.main").first.click()
    await phone.page.get_by_role("heading", name="Бірдеңе дұрыс болмады").wait_for()
    assert await phone.page.evaluate(FOREIGN) == []


@pytest.mark.parametrize("word", PAYLOADS[:4], ids=range(4))
async def test_word_over_the_picture_stays_a_word(phone: Phone, word: str) -> None:
    phone.kindergarten.watermark = (word, word)
    page = phone.page
    await page.goto(phone.kindergarten.url)
    await page.locator(".room .button.main").first.click()
    await page.locator(".stage[data-shows=video]").wait_for()
    await expect(page.locator(".watermark")).to_contain_text(word)
    assert await page.evaluate(FOREIGN) == []
