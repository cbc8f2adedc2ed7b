"""What one look alone says."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from .edges import Edges
from .picture import Grey
from .reference import Fit

_DARK_LEVEL = 34.0
_BLACK_LEVEL, _BLACK_SPREAD = 20.0, 6.0
_LOST, _KEPT, _CLEAR = 0.5, 0.33, 0.5
_POOR = 0.4
_BLURRED = 0.3
_MOVED, _MOVED_MORE, _FAR = 0.3, 1.2, 2.2
_MOVED_LOST = 0.1
_SAME = 0.98
_MIDDLE = 5, 250
_LEAST_MIDDLE = 0.2


class Sight(StrEnum):
    """How a camera sees."""

    OK = "ok"
    COVERED = "covered"
    BLURRED = "blurred"
    DARK = "dark"
    FROZEN = "frozen"
    TURNED = "turned"


@dataclass(frozen=True, kw_only=True, slots=True)
class Opinion:
    """One look's opinion. `sure` is 0..1, `teaches` whether the picture is good to learn from."""

    sight: Sight
    sure: float
    teaches: bool = False


def judge(seen: Edges, fits: Iterable[Fit], *, same: bool, known_light: bool) -> Opinion:
    """Judge a picture by how it fits what is learned.

    `same` says that it repeats the one before, `known_light` that this kind of light (day, infrared)
    has a reference of its own; without one, only what is plain counts.
    """
    usable = [fit for fit in fits if fit.usable]
    if not usable:
        black = seen.level < _BLACK_LEVEL and seen.spread < _BLACK_SPREAD
        return Opinion(sight=Sight.DARK if black else Sight.OK, sure=0.0, teaches=not black)
    fit = min(usable, key=lambda each: each.lost)
    moved = max(usable, key=lambda each: each.moved_alike)
    gone = fit.lost >= _LOST and fit.kept < _KEPT
    if gone and seen.level < _DARK_LEVEL:
        return Opinion(sight=Sight.DARK, sure=fit.lost)
    if _has_moved(moved) and fit.lost > _MOVED_LOST:
        return Opinion(sight=Sight.TURNED, sure=min(1.0, moved.moved_alike * 2))
    if gone and fit.energy < _POOR:
        return Opinion(sight=Sight.COVERED, sure=fit.lost)
    if fit.sharpness < _BLURRED:
        return Opinion(sight=Sight.BLURRED, sure=1 - fit.sharpness)
    if gone and known_light:
        return Opinion(sight=Sight.TURNED, sure=fit.lost * 0.8)
    if same:
        return Opinion(sight=Sight.FROZEN, sure=1.0)
    # Infrared may show quite another picture than daylight: then its reference begins anew.
    return Opinion(sight=Sight.OK, sure=1 - fit.lost, teaches=fit.lost < _CLEAR or not known_light)


def _has_moved(fit: Fit) -> bool:
    """Tell whether the picture fits well, but somewhere else."""
    across, down = fit.moved
    return (
        across**2 + down**2 >= _FAR**2
        and fit.moved_alike >= _MOVED
        and fit.moved_alike >= _MOVED_MORE * max(fit.alike, 0)
    )


def repeats(before: Grey, now: Grey) -> bool:
    """Tell whether a picture is another one again, but for a clock in it: real pictures have noise."""
    low, high = _MIDDLE
    middle = (now > low) & (now < high)
    if middle.mean() < _LEAST_MIDDLE:
        return False
    return float((before == now)[middle].mean()) >= _SAME


def steady(before: Grey, now: Grey) -> bool:
    """Tell whether about the same is in both pictures: nobody walks about before the lens."""
    small = [each.reshape(9, 20, 16, 20).mean(axis=(1, 3)) for each in (before, now)]
    return float(np.abs(small[0] - small[1]).mean()) < 10
