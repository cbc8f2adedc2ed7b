"""What a lens does to a clip's pictures: covered, dark, frozen, turned."""

import numpy as np

from .picture import Painter, Rgb

SIGHTS = ("covered", "dark", "frozen", "turned")
_NOISE = 4
_CLOTH, _NIGHT = (96, 84, 78), (4, 4, 4)


class LensPainter:
    """Paints as another painter does, but for what is wrong with the lens; nothing is when `sight` is empty."""

    def __init__(self, painter: Painter, sight: str) -> None:
        self._painter, self._sight = painter, sight
        self._random = np.random.default_rng(7)

    def paint(self, second: int, part: float) -> Rgb:
        """Return the picture of `second` and `part` (0 to 1) of it, height x width x 3."""
        if self._sight == "frozen":
            return self._painter.paint(0, 0)
        picture = self._painter.paint(second, part)
        match self._sight:
            case "covered":
                return self._noisy(_CLOTH, picture)
            case "dark":
                return self._noisy(_NIGHT, picture)
            case "turned":
                return np.roll(picture, (picture.shape[0] // 7, picture.shape[1] // 5), (0, 1))
            case _:
                return picture

    def _noisy(self, colour: tuple[int, int, int], like: Rgb) -> Rgb:
        noise = self._random.integers(-_NOISE, _NOISE + 1, (*like.shape[:2], 1))
        noisy: Rgb = np.clip(np.array(colour) + noise, 0, 255).astype(np.uint8)
        return noisy
