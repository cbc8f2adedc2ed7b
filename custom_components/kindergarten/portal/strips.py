"""Invitations on paper: strips with QR codes to hand out, and their codes on a sheet of their own."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, override
from zoneinfo import ZoneInfo

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from ..engine.report import qr
from ..engine.report.pdf import FONTS
from .invitation import words

_MARGIN: Final = 12.0
_WIDTH: Final = 210 - 2 * _MARGIN
_STRIP: Final = 52.0
_CODE_MM: Final = 46.0
_ROW: Final = 11.0


@dataclass(frozen=True, kw_only=True)
class Strip:
    """One invitation; times in µs UTC."""

    name: str
    children: str
    language: str
    link: str = field(repr=False)
    code: str = field(repr=False)
    until_us: int
    time_zone: str

    @property
    def until(self) -> str:
        """Return its last day, as it is written here."""
        moment = datetime.fromtimestamp(self.until_us / 1_000_000, UTC)
        return moment.astimezone(ZoneInfo(self.time_zone)).strftime("%d.%m.%Y %H:%M")


def strips(kindergarten: str, invitations: Sequence[Strip], owner: str) -> tuple[bytes, bytes]:
    """Return the PDF of the strips and that of the codes, which must not travel together.

    What is for the owner alone is in the language `owner`; a strip speaks its family's.
    """
    return _links(kindergarten, invitations, owner), _codes(kindergarten, invitations, owner)


class _Paper(FPDF):
    """A4 with our letters."""

    def __init__(self, title: str, language: str) -> None:
        super().__init__(format="A4")
        self._words = words(language)
        for style, name in (("", "DejaVuSans"), ("B", "DejaVuSans-Bold")):
            self.add_font("DejaVu", style, FONTS / f"{name}.ttf")
        self.set_margin(_MARGIN)
        self.set_auto_page_break(False)
        self.set_title(title)
        self.set_font("DejaVu", size=9)
        self.set_draw_color(150)
        self.add_page()

    @override
    def footer(self) -> None:
        self.set_y(-9)
        self.set_font("DejaVu", size=7)
        text = self._words["page"].format(page=self.page_no(), pages=self.str_alias_nb_pages or "")
        self.cell(_WIDTH, 5, text, align="R")

    def title_block(self, kindergarten: str, title: str, hint: str) -> None:
        """Say what this sheet is and what to do with it."""
        self.set_font("DejaVu", "B", 13)
        self.cell(_WIDTH, 7, f"{kindergarten}: {title}", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_font("DejaVu", size=8)
        self.multi_cell(_WIDTH, 4, hint, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(2)


def _links(kindergarten: str, invitations: Sequence[Strip], owner: str) -> bytes:
    said = words(owner)
    page = _Paper(said["strips_title"], owner)
    page.title_block(kindergarten, said["strips_title"], said["strips_hint"])
    for strip in invitations:
        if page.get_y() + _STRIP > page.h - 12:
            page.add_page()
        _strip(page, kindergarten, strip)
    return bytes(page.output())


def _strip(page: _Paper, kindergarten: str, strip: Strip) -> None:
    said, top = words(strip.language), page.get_y()
    page.set_dash_pattern(dash=2, gap=2)
    page.line(_MARGIN, top, _MARGIN + _WIDTH, top)
    page.set_dash_pattern()
    qr.draw(page, strip.link, _MARGIN, top + 3, _CODE_MM)
    left, width = _MARGIN + _CODE_MM + 4, _WIDTH - _CODE_MM - 4
    page.set_left_margin(left)
    page.set_xy(left, top + 6)
    for style, size, text in (
        ("B", 12, kindergarten),
        ("", 10, strip.name),
        ("", 9, said["for_child"].format(children=strip.children)),
        ("", 9, said["scan"]),
        ("", 8, said["until"].format(date=strip.until)),
    ):
        page.set_font("DejaVu", style, size)
        page.multi_cell(width, size * 0.5, text[:160], align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        page.ln(1.2)
    page.set_left_margin(_MARGIN)
    page.set_xy(_MARGIN, top + _STRIP)


def _codes(kindergarten: str, invitations: Sequence[Strip], owner: str) -> bytes:
    said = words(owner)
    page = _Paper(said["codes_title"], owner)
    page.title_block(kindergarten, said["codes_title"], said["codes_hint"])
    for strip in invitations:
        if page.get_y() + _ROW > page.h - 12:
            page.add_page()
        top = page.get_y()
        page.line(_MARGIN, top, _MARGIN + _WIDTH, top)
        page.set_font("DejaVu", size=10)
        page.set_xy(_MARGIN, top + 1)
        page.cell(_WIDTH * 0.7, 5, strip.name[:60])
        page.set_font("DejaVu", size=8)
        page.set_xy(_MARGIN, top + 5.5)
        children = words(owner)["for_child"].format(children=strip.children[:80])
        page.cell(_WIDTH * 0.7, 4, children)
        page.set_font("DejaVu", "B", 16)
        page.set_xy(_MARGIN + _WIDTH * 0.7, top + 2)
        page.cell(_WIDTH * 0.3, 7, f"{strip.code[:3]} {strip.code[3:]}", align="R")
        page.set_xy(_MARGIN, top + _ROW)
    return bytes(page.output())
