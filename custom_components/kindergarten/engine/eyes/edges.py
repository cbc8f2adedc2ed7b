"""What of a picture stays when the light changes: where its edges are and which way they run."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .picture import HEIGHT, WIDTH, Grey

ACROSS, DOWN = 16, 9
"""Blocks of a picture."""
_SIDE = WIDTH // ACROSS
_LEAST_EDGE, _MOST_EDGE = 1.2, 4.0
"""The step (grey levels per pixel) that makes half an edge: as the noise is, between these."""

_GLOW = 5
"""Half the size (pixels of the field) over which brightness is evened out."""

type Floats = NDArray[np.float32]
type Field = NDArray[np.complex64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Edges:
    """One picture's edges.

    `field` is half as wide and high as the picture: its length (0..1) says how sure there is an edge,
    its angle is twice the direction's, so that a bright window at noon and a dark one at night are the
    same. `sharpness` is, per block, the logarithm of fine over coarse detail, NaN where there is none.
    `level` is the mean brightness without the brightest twentieth (lamps, clock), `spread` its deviation.
    """

    field: Field
    sharpness: Floats
    level: float
    spread: float

    @property
    def energy(self) -> float:
        """Return how much there is to see."""
        return float((np.abs(self.field) ** 2).mean())


def edges(grey: Grey) -> Edges:
    """Find the edges of a picture."""
    fine = grey.astype(np.float32)
    half = _halved(fine)
    noise = _noise(fine)
    dim = np.sort(half[::3, ::3], axis=None)
    dim = dim[: len(dim) * 19 // 20]
    step = min(_MOST_EDGE, max(_LEAST_EDGE, 0.65 * noise))
    gradient = _gradient(half - _smooth(half))
    strength = gradient.real**2 + gradient.imag**2
    field = (gradient**2 / (strength + np.float32(step**2))).astype(np.complex64)
    return Edges(
        field=field,
        sharpness=_sharpness(fine, half, noise),
        level=float(dim.mean()),
        spread=float(dim.std()),
    )


def blocks(values: Floats) -> Floats:
    """Return the sum of every block of a field half as large as the picture."""
    side = _SIDE // 2
    sums: Floats = values.reshape(DOWN, side, ACROSS, side).sum(axis=(1, 3))
    return sums


def agreement(one: Edges, other: Edges) -> float:
    """Return how much (-1..1) of two pictures' edges are the same."""
    norm = float(np.sqrt((np.abs(one.field) ** 2).sum() * (np.abs(other.field) ** 2).sum()))
    return float((one.field * other.field.conj()).real.sum()) / (norm + 1e-6)


def _halved(values: Floats) -> Floats:
    high, wide = values.shape
    high, wide = high // 2 * 2, wide // 2 * 2
    cut = values[:high, :wide]
    return (cut[::2, ::2] + cut[1::2, ::2] + cut[::2, 1::2] + cut[1::2, 1::2]) * np.float32(0.25)


def _smooth(values: Floats) -> Floats:
    """Return the mean about every pixel: a lamp's glow, or a hand's shadow, has no edges once it is taken away."""
    size = 2 * _GLOW + 1
    high, wide = values.shape
    sums = np.zeros((high + size, wide + size), np.float32)
    np.cumsum(np.pad(values, _GLOW, mode="edge"), axis=0, out=sums[1:, 1:])
    np.cumsum(sums[1:, 1:], axis=1, out=sums[1:, 1:])
    total = sums[size:, size:] - sums[:-size, size:] - sums[size:, :-size] + sums[:-size, :-size]
    return (total / size**2).astype(np.float32)


def _noise(fine: Floats) -> float:
    """Return the noise's deviation in grey levels, a little too much where a picture is full of texture."""
    twist = fine[1:, 1:] - fine[:-1, 1:] - fine[1:, :-1] + fine[:-1, :-1]
    return float(np.minimum(np.abs(twist), 8).mean()) * 1.2533 / 2


def _gradient(values: Floats) -> Field:
    """Return Sobel's gradient in grey levels per pixel; none at the border."""
    smooth_y = values[:-2] + 2 * values[1:-1] + values[2:]
    smooth_x = values[:, :-2] + 2 * values[:, 1:-1] + values[:, 2:]
    found = np.zeros(values.shape, np.complex64)
    found.real[1:-1, 1:-1] = (smooth_y[:, 2:] - smooth_y[:, :-2]) / 8
    found.imag[1:-1, 1:-1] = (smooth_x[2:] - smooth_x[:-2]) / 8
    return found


def _sharpness(fine: Floats, half: Floats, noise: float) -> Floats:
    """Compare the detail of every block with that of the same block four times smaller."""
    steps = np.zeros_like(fine)
    steps[:-1, :-1] = np.diff(fine, axis=1)[:-1] ** 2 + np.diff(fine, axis=0)[:, :-1] ** 2
    tall = HEIGHT // DOWN
    detail = steps.reshape(DOWN, tall, ACROSS, _SIDE).mean(axis=(1, 3))
    floor = float(np.quantile(detail, 0.1))
    coarse = _halved(half)
    coarse = np.vstack((coarse, coarse[-1:] if coarse.shape[0] < DOWN * 5 else coarse[:0]))[: DOWN * 5]
    turns = np.zeros_like(coarse)
    turns[:-1, :-1] = np.diff(coarse, axis=1)[:-1] ** 2 + np.diff(coarse, axis=0)[:, :-1] ** 2
    outline = turns.reshape(DOWN, 5, ACROSS, 5).mean(axis=(1, 3))
    seen = outline > max(16.0, 4 * noise**2)
    ratio = np.log((np.maximum(detail - floor, 0) + 0.05) / (outline + 1e-6))
    return np.where(seen, ratio, np.nan).astype(np.float32)
