"""A camera's electronics: exposure, noise, compression, the clock in the corner."""

import numpy as np
from numpy.typing import NDArray

from kindergarten_engine.eyes.picture import Picture

from .room import HEIGHT, WIDTH, Floats

_GLYPHS = {
    "0": "757", "1": "262", "2": "725", "3": "727", "4": "571", "5": "752", "6": "757", "7": "711", "8": "777",
    "9": "757", ":": "020",
}  # fmt: skip
_MOST_GAIN = 60.0
_DCT = np.array(
    [
        [np.cos((2 * x + 1) * u * np.pi / 16) * (np.sqrt(0.125) if u == 0 else 0.5) for x in range(8)]
        for u in range(8)
    ],
    np.float32,
)
_QUANTA = (1.0 + 0.5 * np.add.outer(np.arange(8), np.arange(8))).astype(np.float32)


class Electronics:
    """Turns radiance into pictures; the noise is its own, `coarse` how much compression takes away."""

    def __init__(self, seed: int, coarse: float = 1.0) -> None:
        """Seed the noise."""
        self._dice = np.random.default_rng(seed)
        self._quanta = np.tile(_QUANTA * np.float32(coarse), (23, 40)).astype(np.float32)

    def exposed(self, radiance: Floats) -> Floats:
        """Return grey levels with automatic exposure and noise, before compression."""
        mean = float(np.minimum(radiance, 1.5).mean()) + 1e-6
        gain = min(_MOST_GAIN, 0.22 / mean)
        noise = 0.25 + 0.05 * gain
        grey = 255 * np.sqrt(np.clip(radiance * gain, 0, 1))
        result: Floats = (grey + noise * self._dice.standard_normal((HEIGHT, WIDTH), np.float32)).astype(
            np.float32
        )
        return result

    def sent(self, grey: Floats, time_s: int, *, colour: float) -> Picture:
        """Return the picture as it arrives: with its clock, compressed."""
        stamped = grey.copy()
        _stamp(stamped, time_s)
        padded = np.vstack((stamped, stamped[-4:]))
        coded = np.round(_transformed(padded, _DCT) / self._quanta) * self._quanta
        back = _transformed(coded, _DCT.T)[:HEIGHT]
        result: NDArray[np.uint8] = np.clip(np.round(back), 0, 255).astype(np.uint8)
        return Picture(grey=result, colour=colour)


def _transformed(grey: Floats, by: Floats) -> Floats:
    """Return every block of 8 × 8 pixels, transformed."""
    down = np.matmul(by, grey.reshape(-1, 8, WIDTH))
    across: Floats = (down.reshape(-1, 8) @ by.T).reshape(-1, WIDTH)
    return across


def _stamp(grey: Floats, time_s: int) -> None:
    """Write the time of day into the corner."""
    seconds = time_s % 86_400
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    for place, letter in enumerate(text):
        left = 8 + 8 * place
        grey[6:15, left - 1 : left + 7] = 20
        for row, bits in enumerate(_GLYPHS[letter]):
            for column in range(3):
                if int(bits) >> (2 - column) & 1:
                    grey[7 + 2 * row : 9 + 2 * row, left + 2 * column : left + 2 + 2 * column] = 235
