"""Draws what hangs on doors and lies in folders: signs, the staff's sheet, the poster for parents' phones."""

from collections.abc import Sequence
from typing import Final, cast

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from . import qr
from .notice import Notice, Speech
from .pdf import FONTS, MARGIN, WIDTH

_FOOT: Final = 12.0
_HEAD: Final = 46.0
_QR: Final = 30.0
_LABEL: Final = 40.0
_LARGEST: Final = 11.0
_SMALLEST: Final = 5.5
_LINES: Final = 14
_LINE: Final = 9.0
_MM: Final = 0.42
"""Height of a line in mm for each point of its letters."""


def signs(notice: Notice, places: Sequence[str | None], languages: Sequence[str]) -> bytes:
    """Return a page for each door, the whole notice on it; `None` is the whole house."""
    page = _Paper(notice.name, Speech(notice, languages[0])("sign_title"), languages[0])
    for place in places:
        page.add_page()
        _sign(page, notice, place, [Speech(notice, each) for each in languages])
    return bytes(page.output())


def staff_sheet(notice: Notice, language: str) -> bytes:
    """Return what staff are told, with room for their signatures."""
    speech = Speech(notice, language)
    page = _Paper(notice.name, speech("staff_title"), language)
    page.add_page()
    page.say(notice.name, 12, bold=True)
    page.say(speech("staff_title"), 15, bold=True)
    page.ln(2)
    page.facts(speech.for_staff(), 9.5)
    page.ln(2)
    for source in (speech.minimum(), speech.staff_source()):
        page.say(source, 7)
    page.ln(3)
    if page.get_y() + 14 + 3 * _LINE > page.bottom:
        page.add_page()
    page.say(speech("staff_lead"), 9.5)
    page.ln(2)
    _signatures(page, speech)
    page.number(speech("page", page="{page}", pages="{pages}"))
    return bytes(page.output())


def pairing_poster(notice: Notice, languages: Sequence[str]) -> bytes:
    """Return the poster that parents scan at the door; raises ValueError while they cannot come in."""
    if notice.poster is None:
        raise ValueError("parents have no way in")
    speeches = [Speech(notice, each) for each in languages]
    page = _Paper(notice.name, speeches[0]("pairing_title"), languages[0])
    page.add_page()
    page.say(notice.name, 16, bold=True, align="C")
    page.ln(1)
    for at, speech in enumerate(speeches):
        page.say(speech("pairing_title"), 20 if at == 0 else 13, bold=True, align="C")
    size = 112.0
    qr.draw(page, notice.poster, (page.w - size) / 2, page.get_y() + 2, size)
    page.set_y(page.get_y() + size + 3)
    page.say(notice.poster, 8, align="C")
    page.ln(3)
    _steps(page, speeches)
    return bytes(page.output())


class _Paper(FPDF):
    """A4 with our letters; nothing on it moves to another page by itself."""

    def __init__(self, kindergarten: str, title: str, language: str) -> None:
        super().__init__(format="A4")
        for style, name in (("", "DejaVuSans"), ("B", "DejaVuSans-Bold")):
            self.add_font("DejaVu", style, FONTS / f"{name}.ttf")
        self.set_margin(MARGIN)
        self.set_auto_page_break(False)
        self.set_title(f"{kindergarten}: {title}")
        self.set_lang(language)
        self.set_draw_color(120)
        self.set_font("DejaVu", size=9)

    @property
    def bottom(self) -> float:
        """Where writing must end."""
        return float(self.h) - _FOOT

    def say(self, text: str, size: float, *, bold: bool = False, align: str = "L") -> None:
        """Write lines over the whole width."""
        self.set_font("DejaVu", "B" if bold else "", size)
        self.multi_cell(WIDTH, size * _MM, text, align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def height_of(self, text: str, size: float, width: float, *, bold: bool = False) -> float:
        """Return how high a text would be, in mm."""
        self.set_font("DejaVu", "B" if bold else "", size)
        return cast(
            "float", self.multi_cell(width, size * _MM, text, align="L", dry_run=True, output="HEIGHT")
        )

    def facts_height(self, facts: Sequence[tuple[str, str]], size: float) -> float:
        """Return how high facts would be."""
        return sum(self._fact_height(head, text, size) for head, text in facts)

    def facts(self, facts: Sequence[tuple[str, str]], size: float) -> None:
        """Write facts, what they are about on the left."""
        for head, text in facts:
            height, top = self._fact_height(head, text, size), self.get_y()
            if top + height > self.bottom:
                self.add_page()
                top = self.get_y()
            for bold, left, width, words in (
                (True, 0.0, _LABEL, head),
                (False, _LABEL, WIDTH - _LABEL, text),
            ):
                self.set_xy(MARGIN + left, top)
                self.set_font("DejaVu", "B" if bold else "", size)
                self.multi_cell(width, size * _MM, words, align="L")
            self.set_xy(MARGIN, top + height)

    def _fact_height(self, head: str, text: str, size: float) -> float:
        left = self.height_of(head, size, _LABEL, bold=True)
        return max(left, self.height_of(text, size, WIDTH - _LABEL)) + size * 0.1

    def number(self, text: str) -> None:
        """Write every page's number below it."""
        for at in range(1, self.pages_count + 1):
            self.page = at
            self.set_xy(MARGIN, self.h - 10)
            self.set_font("DejaVu", size=7)
            self.cell(WIDTH, 4, text.format(page=at, pages=self.pages_count), align="R")


def _sign(page: _Paper, notice: Notice, place: str | None, speeches: Sequence[Speech]) -> None:
    _band(page, [speech("sign_title") for speech in speeches])
    page.set_xy(MARGIN, _HEAD + 6)
    whole = " · ".join(speech("sign_whole") for speech in speeches)
    page.say(place or whole, _fitting(page, place or whole, 18), bold=True)
    page.say(notice.name, _fitting(page, notice.name, 11))
    foot = _QR + 2 if notice.poster else 0.0
    top, space = page.get_y() + 3, page.bottom - page.get_y() - 3 - foot
    size = _largest(page, speeches, space)
    page.set_y(top)
    for speech in speeches:
        page.line(MARGIN, page.get_y(), MARGIN + WIDTH, page.get_y())
        page.set_y(page.get_y() + 1.5)
        page.facts(speech.facts(), size)
        page.say(speech.minimum(), size * 0.72)
        page.ln(1.5)
    if notice.poster:
        _way_in(page, notice.poster, speeches)


def _largest(page: _Paper, speeches: Sequence[Speech], space: float) -> float:
    """Return the largest letters with which all languages fit into a height."""
    size = _LARGEST
    while size > _SMALLEST:
        wanted = sum(
            page.facts_height(speech.facts(), size) + page.height_of(speech.minimum(), size * 0.72, WIDTH) + 3
            for speech in speeches
        )
        if wanted <= space:
            break
        size -= 0.25
    return size


def _band(page: _Paper, titles: Sequence[str]) -> None:
    """Draw the head, which is understood from afar: a camera, and what it means."""
    page.set_fill_color(20)
    page.rect(0, 0, page.w, _HEAD, style="F")
    page.set_fill_color(255)
    left, top = MARGIN, _HEAD / 2 - 10
    page.rect(left, top, 24, 18, style="F", round_corners=True, corner_radius=3)
    page.polygon(
        [(left + 25, top + 8), (left + 35, top + 2), (left + 35, top + 16), (left + 25, top + 10)], style="F"
    )
    page.set_fill_color(20)
    page.ellipse(left + 6, top + 3, 12, 12, style="F")
    page.set_text_color(255)
    width = page.w - 2 * MARGIN - 42
    sizes = [20 if at == 0 else 14 for at in range(len(titles))]
    page.set_y((_HEAD - sum(size * _MM for size in sizes) - 2 * (len(titles) - 1)) / 2)
    for title, size in zip(titles, sizes, strict=True):
        page.set_x(MARGIN + 42)
        page.set_font("DejaVu", "B", _fitting(page, title, size, width))
        page.cell(width, size * _MM, title, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        page.ln(2)
    page.set_text_color(0)


def _fitting(page: _Paper, text: str, size: float, width: float = WIDTH) -> float:
    """Return the largest letters with which a text stays on one line, or small ones that wrap."""
    page.set_font("DejaVu", "B", size)
    wide = page.get_string_width(text) + 2
    return size if wide <= width else max(8.0, size * width / wide)


def _way_in(page: _Paper, poster: str, speeches: Sequence[Speech]) -> None:
    top = page.bottom - _QR
    page.line(MARGIN, top - 1, MARGIN + WIDTH, top - 1)
    qr.draw(page, poster, MARGIN, top, _QR)
    page.set_left_margin(MARGIN + _QR + 4)
    page.set_xy(MARGIN + _QR + 4, top + 3)
    for speech in speeches:
        page.set_font("DejaVu", size=9)
        page.multi_cell(WIDTH - _QR - 4, 4, speech("qr"), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        page.ln(1)
    page.set_left_margin(MARGIN)


def _signatures(page: _Paper, speech: Speech) -> None:
    widths = (65.0, 50.0, 25.0, 40.0)
    heads = [speech(key) for key in ("name", "position", "date", "signature")]
    left = min(_LINES, int((page.bottom - page.get_y() - 7) / _LINE))
    for at in range(left + 1):
        page.set_x(MARGIN)
        page.set_font("DejaVu", "B" if at == 0 else "", 9)
        for width, head in zip(widths, heads, strict=True):
            page.cell(width, 7 if at == 0 else _LINE, head if at == 0 else "", border=1)
        page.ln(7 if at == 0 else _LINE)


def _steps(page: _Paper, speeches: Sequence[Speech]) -> None:
    """Write what is to be done, a column for each language."""
    gap, top = 6.0, page.get_y()
    width = (WIDTH - gap * (len(speeches) - 1)) / len(speeches)
    for at, speech in enumerate(speeches):
        left = MARGIN + at * (width + gap)
        page.set_left_margin(left)
        page.set_xy(left, top)
        for number in (1, 2, 3):
            page.set_font("DejaVu", "B", 14)
            page.cell(8, 6, str(number))
            page.set_font("DejaVu", size=11)
            page.multi_cell(
                width - 8, 5, speech(f"pairing_{number}"), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT
            )
            page.ln(2)
        page.set_font("DejaVu", size=8.5)
        page.multi_cell(width, 4, speech("pairing_note"), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    page.set_left_margin(MARGIN)
