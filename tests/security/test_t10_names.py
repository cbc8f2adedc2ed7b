"""T10: a name holds markup, script or a formula. Over the real door, into answers, pages and paper.

What a browser makes of the same words is in `tests/portal_pages/test_words.py` and `tests/panel/test_words.py`.
"""

import csv
from html.parser import HTMLParser
import io
import re
from typing import override

from homeassistant.core import HomeAssistant
import pytest

from custom_components.kindergarten.engine.people.errors import PeopleError
from custom_components.kindergarten.engine.people.people import People
from custom_components.kindergarten.engine.people.table import write
from custom_components.kindergarten.portal.strips import Strip, strips
from tests.portal.site import Browser, Family, Site, redemption
from tests.portal_pages.test_words import PAYLOADS

FORMULAS = ("=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "'=1", " =HYPERLINK(1)")
WORDS = [*(word for word in PAYLOADS if len(word) < 60), *FORMULAS]
MARKS = re.compile(r"[<>\"`\\{}\x00-\x1f\u202a-\u202e\u2066-\u2069]")


class Shell(HTMLParser):
    """Notes what could run or fetch something."""

    def __init__(self, page: str) -> None:
        """Read a page."""
        super().__init__()
        self.wrong: list[str] = []
        self.elements = 0
        self.feed(page)

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at an element."""
        self.elements += 1
        names = {name for name, _ in attrs}
        sources = [value or "" for name, value in attrs if name in {"src", "href"}]
        if tag in {"iframe", "object", "embed", "base", "form", "img", "style"} or any(
            name.startswith("on") for name in names
        ):
            self.wrong.append(tag)
        if any(not each.startswith("/api/kindergarten/portal/a/") for each in sources):
            self.wrong.append(str(sources))


async def test_a_name_is_kept_as_text_without_marks_and_formulas_or_not_at_all(site: Site) -> None:
    for word in WORDS:
        if not any(char.isalnum() for char in MARKS.sub("", word)):
            with pytest.raises(PeopleError, match="name_missing"):
                await site.do(People.add_child, word)
            continue
        child = await site.do(People.add_child, word)
        kept = site.snapshot.children[child].name
        assert not MARKS.search(kept), word
        assert not kept.startswith(("=", "+", "-", "@", "'", " ")), word


async def test_answers_that_hold_names_are_never_pages(site: Site, family: Family) -> None:
    phone = Browser(site, agent=PAYLOADS[0] + PAYLOADS[1])
    await phone.post("/invite/redeem", redemption(await family.invitation()))
    await phone.sign_in()
    for path in ("/me", "/me/devices", "/me/views", "/requests"):
        answer = await phone.get(path)
        assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert b"<" not in answer.body, path


async def test_the_page_is_the_same_page_whatever_the_kindergarten_is_called(
    hass: HomeAssistant, site: Site
) -> None:
    plain = Shell((await site.browser().get("/")).body.decode())
    for word in PAYLOADS:
        hass.config_entries.async_update_entry(site.entry, title=word)
        shell = Shell((await site.browser().get("/")).body.decode())
        assert (shell.wrong, shell.elements) == ([], plain.elements), word


def test_paper_holds_words_and_nothing_that_acts() -> None:
    invitations = [
        Strip(
            name=word, children=word, language="ru", link="https://kg.example/#i=1.2", code="123456",
            until_us=1_800_000_000_000_000, time_zone="Asia/Almaty",
        )
        for word in WORDS
    ]  # fmt: skip
    for pdf in strips(" ".join(WORDS), invitations, "en"):
        assert pdf.startswith(b"%PDF")
        for acting in (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/SubmitForm", b"/URI"):
            assert acting not in pdf, acting


def test_a_table_of_families_begins_no_formula_in_a_spreadsheet() -> None:
    written = write([[word] * 5 for word in WORDS])
    for row in csv.reader(io.StringIO(written, newline=""), delimiter=";"):
        assert not [cell for cell in row if cell.lstrip().startswith(("=", "+", "-", "@", "\t"))]
