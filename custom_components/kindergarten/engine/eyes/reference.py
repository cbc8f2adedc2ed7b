"""What a camera usually sees, learned slowly: one reference by day, one under infrared."""

from dataclasses import dataclass

import numpy as np

from .edges import ACROSS, DOWN, Edges, Field, Floats, blocks
from .picture import HEIGHT, WIDTH

HIGH, WIDE = HEIGHT // 2, WIDTH // 2
ENOUGH = 30
"""Looks until a reference is worth something: about half an hour."""
_MEMORY = 960
"""Looks that a reference averages: about 16 hours."""
_STABLE = 0.3
_LEAST_BLOCK = 4.0
_LEAST_BLOCKS = 10
_LOST = 0.3
_FARTHEST = 40, 22
"""How far (pixels of the field, across and down) a turned picture is sought."""
_SCALE = 32_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Fit:
    """How a picture fits a reference.

    `lost` is the share (0..1) of blocks whose edges are not there, `kept` the share of all edges that are,
    `alike` the likeness (-1..1) where the picture is, `moved_alike` the likeness `moved` pixels (of 160 × 90) away, where it is best.
    `energy` is what there is to see and `sharpness` the fine detail, both relative to the reference (1: as ever).
    `blocks` is how many blocks have something to compare.
    """

    lost: float
    kept: float
    alike: float
    moved_alike: float
    moved: tuple[int, int]
    energy: float
    sharpness: float
    blocks: int

    @property
    def usable(self) -> bool:
        """Tell whether the reference has enough edges to judge by: a bare white wall has not."""
        return self.blocks >= _LEAST_BLOCKS


class Reference:
    """The average of what was seen while all was well."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.looks = 0
        self._field: Field = np.zeros((HIGH, WIDE), np.complex64)
        self._sharpness: Floats = np.full((DOWN, ACROSS), np.nan, np.float32)
        self._energy = 0.0

    @property
    def learned(self) -> bool:
        """Tell whether there were enough looks."""
        return self.looks >= ENOUGH

    def learn(self, seen: Edges) -> None:
        """Take one more picture into the average."""
        self.looks += 1
        share = np.float32(1 / min(self.looks, _MEMORY))
        self._field += share * (seen.field - self._field)
        self._energy += float(share) * (seen.energy - self._energy)
        known, now = ~np.isnan(self._sharpness), ~np.isnan(seen.sharpness)
        self._sharpness[known & now] += share * (seen.sharpness - self._sharpness)[known & now]
        self._sharpness[~known & now] = seen.sharpness[~known & now]

    def compare(self, seen: Edges) -> Fit:
        """Say how a picture fits."""
        stable = np.where(np.abs(self._field) > _STABLE, self._field, 0)
        weight = np.abs(stable) ** 2
        (dx, dy), alike, moved, moved_alike = _moved(seen.field, stable)
        here = np.roll(seen.field, (-dy, -dx), (0, 1))
        there = blocks(weight.astype(np.float32))
        found = blocks((here * stable.conj()).real.astype(np.float32))
        usable = there >= _LEAST_BLOCK
        count = int(usable.sum())
        lost = float((found[usable] < _LOST * there[usable]).mean()) if count else 0.0
        change = (seen.sharpness - self._sharpness)[usable]
        change = change[~np.isnan(change)]
        return Fit(
            lost=lost,
            kept=float(found.sum() / max(float(there.sum()), 1e-6)),
            alike=alike,
            moved_alike=moved_alike,
            moved=moved,
            energy=seen.energy / max(self._energy, 1e-6),
            sharpness=float(np.exp(np.median(change))) if len(change) >= _LEAST_BLOCKS else 1.0,
            blocks=count,
        )

    def dump(self) -> bytes:
        """Return what `load` reads: always of the same size."""
        parts = np.stack((self._field.real, self._field.imag)) * _SCALE
        head = np.array([self.looks, self._energy], "<f8").tobytes()
        return head + self._sharpness.astype("<f4").tobytes() + np.round(parts).astype("<i2").tobytes()

    @classmethod
    def load(cls, data: bytes) -> Reference:
        """Return what was dumped; raises ValueError."""
        if len(data) != SIZE:
            raise ValueError("a reference of another size")
        found = cls()
        looks, energy = np.frombuffer(data, "<f8", 2)
        found.looks, found._energy = int(looks), float(energy)
        found._sharpness = (
            np.frombuffer(data, "<f4", DOWN * ACROSS, 16).reshape(DOWN, ACROSS).astype(np.float32)
        )
        parts = np.frombuffer(data, "<i2", 2 * HIGH * WIDE, 16 + 4 * DOWN * ACROSS).reshape(2, HIGH, WIDE)
        found._field = ((parts[0] + 1j * parts[1]) / _SCALE).astype(np.complex64)
        if not np.isfinite([looks, energy]).all() or looks < 0:
            raise ValueError("a damaged reference")
        return found


SIZE = 16 + 4 * DOWN * ACROSS + 4 * HIGH * WIDE


def _moved(field: Field, stable: Field) -> tuple[tuple[int, int], float, tuple[int, int], float]:
    """Return the jitter (at most a pixel) and its likeness, and the move and likeness that fit best of all."""
    norm = float(np.sqrt((np.abs(field) ** 2).sum() * (np.abs(stable) ** 2).sum())) + 1e-6
    likeness = np.fft.ifft2(np.fft.fft2(field) * np.fft.fft2(stable).conj()).real / norm
    across, down = _FARTHEST
    near = np.roll(likeness, (down, across), (0, 1))[: 2 * down + 1, : 2 * across + 1]
    jitter = near[down - 1 : down + 2, across - 1 : across + 2]
    y, x = np.unravel_index(int(jitter.argmax()), jitter.shape)
    far_y, far_x = np.unravel_index(int(near.argmax()), near.shape)
    return (
        (int(x) - 1, int(y) - 1),
        float(jitter.max()),
        (int(far_x) - across, int(far_y) - down),
        float(near.max()),
    )
