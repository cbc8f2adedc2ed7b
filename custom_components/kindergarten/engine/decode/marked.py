"""Pictures with lines burned in, that say whom they were made for."""

from collections import OrderedDict
from collections.abc import Sequence
import hashlib
import io
from pathlib import Path

import av
from PIL import Image, ImageDraw, ImageFont

from ..errors import FormatError

_FONT = Path(__file__).resolve().parents[1] / "report/fonts/DejaVuSans-Bold.ttf"
_SLOTS = 32
_STEP_US = 5_000_000
"""How long the lines stay in one place."""
_MARGIN = 40
"""So many of them are as wide as the picture."""
_PLACES = 3
"""The lines go round a grid of so many places across and down."""
_STRIDE = 5
_LEAST_SIZE = 10
_WHITE, _BLACK = (255, 255, 255, 215), (0, 0, 0, 215)


class MarkedPictures:
    """Keeps the newest decoded picture of each stream; the lines are drawn on copies."""

    def __init__(self) -> None:
        """Begin without pictures."""
        self._held: OrderedDict[str, tuple[str, int, Image.Image]] = OrderedDict()

    def holds(self, slot: str, name: str, height: int) -> bool:
        """Tell whether a picture is here already."""
        found = self._held.get(slot)
        return found is not None and found[:2] == (name, height)

    def take(self, slot: str, name: str, height: int, init: bytes, fragment: bytes) -> None:
        """Decode the first picture of a fragment; raises FormatError."""
        self._held[slot] = name, height, _decoded(init, fragment, height)
        self._held.move_to_end(slot)
        while len(self._held) > _SLOTS:
            self._held.popitem(last=False)

    def marked(self, slot: str, lines: Sequence[str], time_us: int, quality: int) -> bytes:
        """Return the picture of a stream as JPEG, with lines where they belong at that time."""
        picture = self._held[slot][2].copy()
        if lines:
            _burn(picture, lines, time_us)
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality)
        return out.getvalue()


def _decoded(init: bytes, fragment: bytes, height: int) -> Image.Image:
    try:
        with av.open(io.BytesIO(init + fragment), mode="r", format="mp4") as container:
            for frame in container.decode(container.streams.video[0]):
                scale = min(1.0, height / frame.height)
                across = max(2, round(frame.width * scale) // 2 * 2)
                down = max(2, round(frame.height * scale) // 2 * 2)
                small = frame.reformat(width=across, height=down, format="rgb24", interpolation="AREA")
                picture: Image.Image = small.to_image()  # type: ignore[no-untyped-call]
                return picture
    except av.FFmpegError, IndexError:
        raise FormatError("no picture decodes") from None
    raise FormatError("no picture decodes")


def place(free: tuple[int, int], lines: Sequence[str], time_us: int) -> tuple[int, int]:
    """Return where lines are drawn: over time everywhere, for each reader in another order.

    `free` is how many pixels are left across and down beside the lines.
    """
    begin = hashlib.sha256("\n".join(lines).encode()).digest()[0]
    step = (begin + time_us // _STEP_US * _STRIDE) % (_PLACES * _PLACES)
    row, column = divmod(step, _PLACES)
    return free[0] * column // (_PLACES - 1), free[1] * row // (_PLACES - 1)


def _burn(picture: Image.Image, lines: Sequence[str], time_us: int) -> None:
    text = "\n".join(lines)
    size = max(_LEAST_SIZE, picture.height // 15)
    measure = ImageDraw.Draw(picture)
    while True:
        font = ImageFont.truetype(str(_FONT), size, layout_engine=ImageFont.Layout.BASIC)
        edge = max(1, size // 10)
        left, top, right, bottom = measure.multiline_textbbox((0, 0), text, font, stroke_width=edge)
        if right - left <= picture.width or size <= _LEAST_SIZE:
            break
        size -= 2
    across, down = round(right - left), round(bottom - top)
    layer = Image.new("RGBA", (across, down))
    ImageDraw.Draw(layer).multiline_text(
        (-left, -top), text, _WHITE, font, stroke_width=edge, stroke_fill=_BLACK
    )
    # Pages round the corners of pictures: the lines stay a little inside.
    space = picture.width - across, picture.height - down
    inside = [max(0, min(picture.width // _MARGIN, each // 2)) for each in space]
    free = max(0, space[0] - 2 * inside[0]), max(0, space[1] - 2 * inside[1])
    x, y = place(free, lines, time_us)
    picture.paste(layer, (x + inside[0], y + inside[1]), layer)
