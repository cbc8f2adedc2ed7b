"""The heat map of a report: a row per camera, a field per day; numbers and signs, so that it needs no colour."""

from collections.abc import Sequence
from datetime import date, timedelta

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from .model import Camera, Day
from .words import Words

ROW_MM = 5.5
_NAME_MM = 36.0
_MAX_DAYS = 31
WHOLE_S = 60
"""A day with at most so many seconds missing counts as whole, as the proof counts it."""


def field(day: Day | None) -> tuple[str, int]:
    """Return what a day's field shows and its grey (255 is white)."""
    if day is None or not day.wanted_s:
        return ("–", 255) if day is not None else ("", 255)
    if day.recorded_s is None:
        return "?", 225
    if day.recorded_s and day.recorded_s >= day.wanted_s - WHOLE_S:
        return "✓", 255
    percent = day.recorded_s * 100 // day.wanted_s
    return str(percent), 205 if percent >= 90 else 165 if percent else 40


def draw(page: FPDF, words: Words, cameras: Sequence[Camera], left: float, width: float) -> None:
    """Draw one map per 31 days, and the legend."""
    days = sorted({day.day for camera in cameras for day in camera.days})
    for start in range(0, len(days), _MAX_DAYS):
        _block(page, cameras, days[start : start + _MAX_DAYS], left, width)
    _legend(page, words, left)


def _block(page: FPDF, cameras: Sequence[Camera], days: Sequence[date], left: float, width: float) -> None:
    cell = min(8.0, (width - _NAME_MM) / len(days))
    _dates(page, days, left, cell)
    for camera in cameras:
        if page.get_y() + ROW_MM > page.h - 18:
            page.add_page()
            _dates(page, days, left, cell)
        by_day = {day.day: day for day in camera.days}
        page.set_font("DejaVu", size=6.5)
        page.set_x(left)
        page.cell(_NAME_MM, ROW_MM, _fitting(page, camera.label, _NAME_MM - 2))
        page.set_font("DejaVu", size=5.5)
        for day in days:
            sign, grey = field(by_day.get(day))
            page.set_fill_color(grey)
            page.set_text_color(255 if grey < 100 else 0)
            page.cell(cell, ROW_MM, sign, border=1, align="C", fill=True)
        page.set_text_color(0)
        page.ln(ROW_MM)
    page.ln(2)


def _dates(page: FPDF, days: Sequence[date], left: float, cell: float) -> None:
    """Write the days of the month, and the month where one begins."""
    page.set_font("DejaVu", size=5.5)
    page.set_x(left + _NAME_MM)
    for index, day in enumerate(days):
        new = index == 0 or day.day == 1 or day - days[index - 1] > timedelta(days=1)
        # Two fields are needed for the month: the second is written over.
        page.cell(cell, 3.5, f"{day:%m.%Y}" if new and index + 1 < len(days) and day.day < 29 else "")
    page.ln(3.5)
    page.set_x(left + _NAME_MM)
    for day in days:
        page.cell(cell, 3.5, f"{day.day}", align="C")
    page.ln(3.5)


def _legend(page: FPDF, words: Words, left: float) -> None:
    page.set_font("DejaVu", size=7)
    page.set_x(left)
    signs = [
        ("✓", 255, "full"),
        ("97", 205, "part"),
        ("0", 40, "none"),
        ("?", 225, "unknown"),
        ("–", 255, "off"),
    ]
    for sign, grey, name in signs:
        text = words(f"legend_{name}")
        needed = 6 + page.get_string_width(text) + 6
        if page.get_x() + needed > page.w - page.r_margin:
            page.ln(5.5)
            page.set_x(left)
        page.set_fill_color(grey)
        page.set_text_color(255 if grey < 100 else 0)
        page.cell(6, 4.5, sign, border=1, align="C", fill=True)
        page.set_text_color(0)
        page.cell(needed - 6, 4.5, f" {text}", new_x=XPos.RIGHT, new_y=YPos.TOP)
    page.ln(6)
    page.set_font("DejaVu", size=9)


def _fitting(page: FPDF, text: str, width: float) -> str:
    """Return a text cut so that it fits."""
    while text and page.get_string_width(text) > width:
        text = text.removesuffix("…")[:-1] + "…" if len(text) > 2 else ""
    return text
