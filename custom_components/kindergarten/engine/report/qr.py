"""QR codes on paper."""

from typing import Final

from fpdf import FPDF
import segno

BORDER: Final = 4
"""So many modules around a code stay white (ISO/IEC 18004)."""


def modules(text: str) -> list[list[bool]]:
    """Return the modules (True is dark) row by row, without the border; a sixth of it may be dirty.

    Raises ValueError for more than a code can hold (about 2,300 bytes).
    """
    return [[bool(module) for module in row] for row in segno.make_qr(text, error="m").matrix]


def draw(page: FPDF, text: str, left: float, top: float, size: float) -> None:
    """Draw a code with its border into a square of a page (in the page's unit)."""
    dark = modules(text)
    step = size / (len(dark) + 2 * BORDER)
    page.set_fill_color(0)
    for row, line in enumerate(dark, BORDER):
        column = 0
        while column < len(line):
            length = next((n for n, module in enumerate(line[column:]) if not module), len(line) - column)
            if length:
                # A run at once: between single squares some viewers show hairlines.
                x = left + (column + BORDER) * step
                page.rect(x, top + row * step, length * step, step, style="F")
            column += max(length, 1)
