"""Draws a report as a PDF: A4, printable in black and white, its text searchable in all three languages."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
import io
from pathlib import Path
from typing import Literal, override

from fpdf import FPDF
from fpdf.enums import TableBordersLayout, XPos, YPos
from fpdf.fonts import FontFace
from PIL.Image import DecompressionBombError

from . import heat, qr
from .model import Camera, Gap, Report
from .words import Words

FONTS = Path(__file__).parent / "fonts"
MARGIN = 15.0
WIDTH = 180.0
GAPS_SHOWN = 60
_SHADES = {"met": 255, "not_applicable": 255, "not_measurable": 225, "not_met": 190}
_HEAD = FontFace(emphasis="BOLD", fill_color=(230, 230, 230))

type Align = Literal["LEFT", "RIGHT", "CENTER"]


def render(report: Report, language: str, fingerprint: str) -> bytes:
    """Return the PDF of a report in a language (kk, ru, en) with the pack's fingerprint (hex) on it."""
    words = Words(language, report.site.offset_s)
    page = Sheet(words, report, fingerprint)
    for part in (
        _cover,
        _requirements,
        _rooms,
        _retention,
        _heat,
        _gaps,
        _numbers,
        _challenges,
        _verify,
        _pictures,
    ):
        part(page, words, report)
    return bytes(page.output())


class Sheet(FPDF):
    """A4 pages with a footer, and the few shapes that a report is made of."""

    def __init__(self, words: Words, report: Report, fingerprint: str) -> None:
        """Begin the first page."""
        super().__init__(format="A4")
        self.words, self.fingerprint = words, fingerprint
        self._name = report.site.name
        for style, name in (("", "DejaVuSans"), ("B", "DejaVuSans-Bold")):
            self.add_font("DejaVu", style, FONTS / f"{name}.ttf")
        self.set_margin(MARGIN)
        self.set_auto_page_break(True, margin=18)
        self.set_title(": ".join(each for each in (words("title"), report.site.name) if each))
        self.set_lang(words.language)
        self.set_producer(report.generator)
        self.set_creation_date(datetime.fromtimestamp(report.made_us // 1_000_000, UTC))
        self.set_font("DejaVu", size=9)
        self.set_draw_color(120)
        self.add_page()

    @override
    def footer(self) -> None:
        self.set_y(-13)
        self.set_font("DejaVu", size=7)
        pages = self.words("page", page=self.page_no(), pages=self.str_alias_nb_pages or "")
        told = [self._name[:60], f"{self.fingerprint[:16]}…"]  # a disk alone does not know a name
        self.cell(WIDTH * 0.7, 5, " · ".join(each for each in told if each))
        self.cell(WIDTH * 0.3, 5, pages, align="R")
        self.set_font("DejaVu", size=9)

    def head(self, text: str, room_mm: float = 40) -> None:
        """Write a heading; it moves to the next page when less than `room_mm` is left."""
        if self.get_y() + room_mm > self.h - 18:
            self.add_page()
        self.ln(5)
        self.set_font("DejaVu", "B", 12)
        self.text_block(text, 6)
        self.set_font("DejaVu", size=9)
        self.ln(1)

    def text_block(self, text: str, height: float = 4.5, *, fill: bool = False) -> None:
        """Write lines over the whole width."""
        self.multi_cell(
            WIDTH, height, text, align="L", fill=fill, border=1 if fill else 0, padding=2 if fill else 0,
            new_x=XPos.LMARGIN, new_y=YPos.NEXT,
        )  # fmt: skip

    def rows(
        self,
        widths: Sequence[int],
        head: Sequence[str],
        body: Iterable[Sequence[str]],
        *,
        shades: Sequence[int] = (),
        align: Sequence[Align] | Align = "LEFT",
        size: float = 7.5,
    ) -> None:
        """Draw a table; its head is repeated on every page, rows do not break."""
        self.set_font("DejaVu", size=size)
        with self.table(
            col_widths=tuple(widths),
            width=WIDTH,
            line_height=3.8,
            padding=1,
            text_align=align if isinstance(align, str) else tuple(align),
            headings_style=_HEAD,
            borders_layout=TableBordersLayout.ALL,
        ) as table:
            table.row(head)
            for index, cells in enumerate(body):
                shade = shades[index] if shades else 255
                table.row(cells, style=FontFace(fill_color=(shade, shade, shade)))
        self.set_font("DejaVu", size=9)


def _cover(page: Sheet, words: Words, report: Report) -> None:
    site, profile = report.site, words(f"profile_{report.profile}")
    page.set_font("DejaVu", "B", 18)
    page.text_block(words("title"), 9)
    page.set_font("DejaVu", "B", 13)
    if site.name:
        page.text_block(site.name, 7)
    page.ln(2)
    period = f"{words.moment(report.from_us)} – {words.moment(report.to_us)}"
    facts = [
        ("number", site.number),
        ("address", site.address),
        ("responsible", ", ".join(site.responsible)),
        ("period", period),
        ("made", words.moment(report.made_us)),
        ("checked", words.moment(report.checked_us)),
        ("profile", words("profile_text", profile=profile, date=words.day(report.profile_date))),
        ("mode", words(f"mode_{report.mode}")),
    ]
    shown = [(words(name), value) for name, value in facts if value]
    page.set_font("DejaVu", size=9)
    with page.table(
        shown, col_widths=(60, 120), width=WIDTH, line_height=5, text_align="LEFT",
        borders_layout=TableBordersLayout.NONE, first_row_as_headings=False,
    ):  # fmt: skip
        pass
    page.ln(1)
    sign, offset = "-" if site.offset_s < 0 else "+", abs(site.offset_s) // 60
    page.text_block(words("zone", zone=site.time_zone, offset=f"{sign}{offset // 60:02}:{offset % 60:02}"), 5)
    page.ln(3)
    page.set_font("DejaVu", "B", 13)
    page.set_fill_color(_SHADES[report.verdict])
    page.text_block(words(f"verdict_{report.verdict}", profile=profile), 7, fill=True)
    page.set_font("DejaVu", size=8)
    page.ln(1)
    page.text_block(words("verdict_note"), 4)
    page.set_font("DejaVu", size=9)


def _requirements(page: Sheet, words: Words, report: Report) -> None:
    page.head(words("requirements"))
    names = {room.uid: room.label for room in report.rooms} | {c.uid: c.label for c in report.cameras}
    body = []
    for one in report.requirements:
        title = words(f"req_{one.id}")
        concerned = [names.get(uid, uid) for uid in (*one.rooms, *one.cameras)]
        if concerned and one.status in {"not_met", "not_measurable"}:
            title += "\n" + words("concerns", names=", ".join(concerned))
        confirmed = words("confirmed" if one.confirmed else "unconfirmed")
        source = f"{words.source(one.source)} ({words.day(one.date)}, {confirmed})"
        unknown = one.status == "not_measurable" and not one.value  # none seen is not none there
        shown = [words.value(one, value) for value in (None if unknown else one.value, one.wanted)]
        body.append((title, words(one.status), *shown, source))
    head = [words(name) for name in ("requirement", "verdict", "measured", "wanted", "source")]
    shades = [_SHADES[one.status] for one in report.requirements]
    page.rows((50, 30, 20, 20, 60), head, body, shades=shades)


def _rooms(page: Sheet, words: Words, report: Report) -> None:
    page.head(words("rooms"))
    body: list[tuple[str, ...]] = []
    works = {True: words("yes"), False: words("no"), None: words("unknown")}
    for room in report.rooms:
        label = f"{room.label}\n{words(f'kind_{room.kind}')}"
        mine = [camera for camera in report.cameras if camera.room == room.uid]
        rule = words(f"rule_{room.rule}")
        body += [(label, rule, *_camera_cells(words, camera, works)) for camera in mine]
        if not mine:
            body.append((label, rule, words("no_camera"), "–", "–", "–"))
    for camera in report.cameras:
        if report.room(camera.room) is None:
            body.append((words("no_room"), "–", *_camera_cells(words, camera, works)))
    head = [words(name) for name in ("room", "rule", "camera", "working", "picture", "clock_offset")]
    page.rows((38, 32, 38, 22, 30, 20), head, body)


def _camera_cells(words: Words, camera: Camera, works: dict[bool | None, str]) -> tuple[str, ...]:
    offset = camera.clock_offset_ms
    clock = words("unknown") if offset is None else words("unit_s", value=f"{offset / 1000:+.1f}")
    if words.language != "en":
        clock = clock.replace(".", ",")
    label = f"{camera.label}\n{words('kept_elsewhere')}" if camera.elsewhere else camera.label
    return label, works[camera.working], camera.video or words("unknown"), clock


def _retention(page: Sheet, words: Words, report: Report) -> None:
    page.head(words("retention"))
    body, shades = [], []
    for camera in report.cameras:
        known = [day.recorded_s for day in camera.days if day.recorded_s is not None]
        recorded = words("unknown") if len(known) < len(camera.days) else str(sum(known) // 3600)
        proven = camera.days_proven
        longest = words.length(camera.longest_gap_s)
        if camera.longest_gap_s and camera.longest_gap_at_us is not None:
            longest += f"\n{words.moment(camera.longest_gap_at_us)}"
        shown = words("unknown")
        if proven is not None:
            shown = words("proven_of", days=proven, wanted=report.required_days)
        wanted = sum(day.wanted_s for day in camera.days) // 3600
        gaps = (
            words("unknown") if len(known) < len(camera.days) else str(sum(day.gaps for day in camera.days))
        )
        body.append(
            (camera.label, words.moment(camera.oldest_us), shown, f"{recorded} / {wanted}", longest, gaps)
        )
        shades.append(225 if proven is None else 255 if proven >= report.required_days else 190)
    head = [words(name) for name in ("camera", "oldest", "proven", "hours", "longest", "gap_count")]
    page.rows((40, 30, 26, 30, 30, 24), head, body, shades=shades)


def _heat(page: Sheet, words: Words, report: Report) -> None:
    page.head(words("heat"), room_mm=30 + heat.ROW_MM * min(12, len(report.cameras)))
    page.text_block(words("heat_note"))
    page.ln(1)
    heat.draw(page, words, report.cameras, MARGIN, WIDTH)


def _gaps(page: Sheet, words: Words, report: Report) -> None:
    page.head(words("gaps"))

    def length_s(gap: Gap) -> int:
        return ((report.made_us if gap.end_us is None else gap.end_us) - gap.start_us) // 1_000_000

    planned = [gap for gap in report.gaps if gap.planned]
    unplanned = [gap for gap in report.gaps if not gap.planned]
    longest = sorted(unplanned, key=length_s, reverse=True)[:GAPS_SHOWN]
    body = []
    for gap in sorted(longest, key=lambda gap: gap.start_us):
        end = words("lasts") if gap.end_us is None else words.moment(gap.end_us)
        cause = words(f"cause_{gap.cause}")
        body.append(
            (report.label(gap.camera), words.moment(gap.start_us), end, words.length(length_s(gap)), cause)
        )
    if body:
        head = [words(name) for name in ("camera", "from", "to", "length", "reason")]
        page.rows((42, 32, 32, 26, 48), head, body)
    else:
        page.text_block(words("no_gaps"))
    if len(unplanned) > GAPS_SHOWN:
        page.text_block(words("more_gaps", count=len(unplanned) - GAPS_SHOWN))
    if planned:
        page.ln(1)
        total = words.length(sum(map(length_s, planned)))
        page.text_block(words("planned_sum", count=len(planned), length=total))


def _numbers(page: Sheet, words: Words, report: Report) -> None:
    page.head(words("storage"))
    for volume in report.volumes:
        space = words("space", free=words.size(volume.free), total=words.size(volume.total))
        oldest = f"; {words('oldest').lower()}: {words.moment(volume.oldest_us)}" if volume.oldest_us else ""
        page.text_block(f"{words(f'role_{volume.role}')}: {space}{oldest}", 5)
    days = report.forecast_days
    page.text_block(words("forecast_unknown") if days is None else words("forecast", days=int(days)), 5)
    page.head(words("counts"), room_mm=30)
    for name in ("views", "exports", "holds", "incidents"):
        page.text_block(f"{words(name)}: {words.count(getattr(report.counts, name))}", 5)


def _challenges(page: Sheet, words: Words, report: Report) -> None:
    page.head(words("challenges"), room_mm=25)
    if not report.challenges:
        page.text_block(words("no_challenges"))
    for one in report.challenges:
        result = words("not_played")
        if one.played:
            seconds = (
                None
                if one.ms is None
                else f"{one.ms / 1000:.1f}".replace(".", "." if words.language == "en" else ",")
            )
            result = words("played", seconds=seconds) if seconds else words("played_plain")
        at, asked = words.moment(one.at_us), words.moment(one.asked_us)
        page.text_block(
            words("challenge", camera=report.label(one.camera), at=at, result=result, asked=asked), 5
        )


def _verify(page: Sheet, words: Words, report: Report) -> None:
    page.head(words("verify"), room_mm=75)
    page.text_block(words("verify_text"))
    page.ln(2)
    top, size = page.get_y(), 32.0
    qr.draw(page, f"kgpack:{page.fingerprint}", MARGIN, top, size)
    page.set_xy(MARGIN + 40, top + 3)
    page.multi_cell(WIDTH - 40, 5, words("fingerprint"), align="L", new_x=XPos.LEFT, new_y=YPos.NEXT)
    page.set_font("DejaVu", "B", 10)
    groups = [page.fingerprint[at : at + 8] for at in range(0, 64, 8)]
    page.multi_cell(WIDTH - 40, 6, f"{' '.join(groups[:4])}\n{' '.join(groups[4:])}", align="L")
    page.set_font("DejaVu", size=9)
    page.set_xy(MARGIN, top + size + 2)
    page.head(words("limits"), room_mm=45)
    for name in report.limits:
        page.text_block(f"– {words(f'limit_{name}')}", 5)


def _pictures(page: Sheet, words: Words, report: Report) -> None:
    """Show today's picture of each camera, which only a full pack has."""
    shown = [camera for camera in report.cameras if camera.picture]
    if not shown:
        return
    page.add_page()
    page.head(words("pictures"))
    page.text_block(words("pictures_note"))
    for camera in shown:
        if page.get_y() + 62 > page.h - 18:
            page.add_page()
        page.ln(2)
        page.text_block(camera.label)
        # A picture that cannot be read is left out; its camera's name stays.
        with suppress(OSError, ValueError, DecompressionBombError):
            page.image(io.BytesIO(camera.picture or b""), h=52, w=92, keep_aspect_ratio=True)
