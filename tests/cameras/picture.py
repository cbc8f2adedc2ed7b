"""Draws the pictures of a clip: large digits, a machine-readable clock, something that moves."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

type Rgb = NDArray[np.uint8]

CLOCK_BITS = 8
CLOCK_MARK = 0b10000000
"""Two rows of eight blocks in the top left corner: each a 16th of the width wide, a 12th of the
height high. The upper row is the mark `10` and six bits of the second of the minute, white = 1;
the lower row is its complement."""

READ_CLOCK_JS = """
(source) => {
  const width = source.videoWidth || source.naturalWidth || source.width;
  const height = source.videoHeight || source.naturalHeight || source.height;
  if (!width || !height) return null;
  const canvas = document.createElement("canvas");
  canvas.width = width; canvas.height = height;
  const context = canvas.getContext("2d");
  context.drawImage(source, 0, 0, width, height);
  const light = (column, row) => {
    const x = Math.floor((column + 0.5) * width / 16), y = Math.floor((row + 0.5) * height / 12);
    const [r, g, b] = context.getImageData(x, y, 1, 1).data;
    return (r + g + b) / 3;
  };
  let value = 0;
  for (let column = 0; column < 8; column++) {
    const difference = light(column, 0) - light(column, 1);
    if (Math.abs(difference) < 60) return null;
    value = value * 2 + (difference > 0 ? 1 : 0);
  }
  return (value >> 6) === 2 && (value & 63) < 60 ? value & 63 : null;
}
"""
"""The same as `read_clock` for a page: a function of a video, image or canvas element."""


def read_clock(rgb: NDArray[Any]) -> int | None:
    """Return the second of the minute that a picture of any size shows, None when none can be read.

    A loop shorter than a minute shows the second of the loop.
    """
    height, width = rgb.shape[:2]
    cell_w, cell_h = width / 16, height / 12
    value = 0
    for column in range(CLOCK_BITS):
        light = [
            float(
                rgb[
                    int((row + 0.3) * cell_h) : max(int((row + 0.7) * cell_h), int((row + 0.3) * cell_h) + 1),
                    int((column + 0.3) * cell_w) : max(
                        int((column + 0.7) * cell_w), int((column + 0.3) * cell_w) + 1
                    ),
                ].mean()
            )
            for row in (0, 1)
        ]
        if abs(light[0] - light[1]) < 60:
            return None
        value = value * 2 + (light[0] > light[1])
    second = value & 63
    return second if value & ~63 == CLOCK_MARK and second < 60 else None


class Painter:
    """Paints the pictures of one clip."""

    def __init__(self, width: int, height: int, label: str) -> None:
        self._width, self._height, self._label = width, height, label
        self._random = np.random.default_rng(width * 31 + height)
        tint = np.array([(sum(label.encode()) * k) % 90 + 40 for k in (3, 5, 7)], dtype=np.uint8)
        ramp = np.linspace(0, 80, width, dtype=np.uint8)[None, :, None]
        self._base: Rgb = np.ascontiguousarray(np.broadcast_to(tint + ramp, (height, width, 3)))
        self._noise: Rgb = self._random.integers(60, 180, (height // 2, width * 2, 3), dtype=np.uint8)
        self._second = -1
        self._still: Rgb = self._base

    def paint(self, second: int, part: float) -> Rgb:
        """Return the picture of `second` and `part` (0 to 1) of it, height x width x 3."""
        if second != self._second:
            self._second, self._still = second, self._paint_second(second)
        picture = self._still.copy()
        width, height = self._width, self._height
        x = int(part * (width - width // 12))
        picture[height * 5 // 6 :, x : x + width // 12] = (250, 230, 40)
        shift = int(self._random.integers(0, width))
        top = height * 2 // 3
        strip = self._noise[: height * 5 // 6 - top, shift : shift + width]
        picture[top : top + strip.shape[0]] = strip
        return picture

    def _paint_second(self, second: int) -> Rgb:
        width, height = self._width, self._height
        image = Image.fromarray(self._base)
        draw = ImageDraw.Draw(image)
        for column in range(CLOCK_BITS):
            bit = (CLOCK_MARK | second) >> (CLOCK_BITS - 1 - column) & 1
            for row, white in ((0, bit), (1, not bit)):
                box = (
                    column * width // 16,
                    row * height // 12,
                    (column + 1) * width // 16 - 1,
                    (row + 1) * height // 12 - 1,
                )
                draw.rectangle(box, fill=(255, 255, 255) if white else (0, 0, 0))
        large = ImageFont.load_default(height // 2.2)
        draw.text((width * 0.55, height * 0.1), f"{second:02d}", font=large, fill=(255, 255, 255))
        if self._label:
            small = ImageFont.load_default(height // 10)
            draw.text((width * 0.03, height * 0.4), self._label[:16], font=small, fill=(255, 255, 255))
        return np.array(image)
