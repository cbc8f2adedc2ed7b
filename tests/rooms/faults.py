"""What can happen to a camera's sight, labelled."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from kindergarten_engine.eyes.judging import Sight

from .room import HEIGHT, WIDTH, Floats, View

type Change = Callable[[Floats, np.random.Generator, bool], Floats]

_Y, _X = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
_FAR = np.fft.fftfreq(2 * HEIGHT)[:, None] ** 2 + np.fft.rfftfreq(2 * WIDTH)[None, :] ** 2


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One fault: its label, and what it does to the light that reaches the sensor."""

    name: str
    label: Sight
    radiance: Change | None = None
    view: View = field(default_factory=View)
    covers: bool = False
    freezes: bool = False
    elsewhere: bool = False


def blurred(radiance: Floats, sigma: float) -> Floats:
    """Return radiance as through a lens out of focus."""
    wide = np.pad(radiance, ((0, HEIGHT), (0, WIDTH)), mode="symmetric")
    soft = np.fft.irfft2(np.fft.rfft2(wide) * np.exp(-2 * (np.pi * sigma) ** 2 * _FAR), wide.shape)
    result: Floats = np.maximum(soft[:HEIGHT, :WIDTH], 0).astype(np.float32)
    return result


def _tape(radiance: Floats, _: np.random.Generator, infrared: bool) -> Floats:
    return np.full_like(radiance, 0.3 if infrared else 1e-5)


def _hand(radiance: Floats, dice: np.random.Generator, infrared: bool) -> Floats:
    x, y = dice.normal(WIDTH / 2, 8), dice.normal(HEIGHT / 2, 8)
    leak = 0.05 + 0.1 * ((_X - x) / WIDTH) ** 2 + 0.1 * ((_Y - y) / HEIGHT) ** 2
    result: Floats = (leak * (3 if infrared else float(radiance.mean()))).astype(np.float32)
    return result


def _cloth(radiance: Floats, _: np.random.Generator, infrared: bool) -> Floats:
    through = blurred(radiance, 35) * (0.9 if infrared else 0.4)
    result: Floats = (through * (1 + 0.04 * np.sin(_X / 1.3) * np.sin(_Y / 1.3))).astype(np.float32)
    return result


def _bag(radiance: Floats, _: np.random.Generator, _infrared: bool) -> Floats:
    return 0.6 * blurred(radiance, 9) + np.float32(0.3 * radiance.mean())


def _paper(radiance: Floats, _: np.random.Generator, infrared: bool) -> Floats:
    back = 0.4 if infrared else float(radiance.mean())
    result: Floats = (back * (0.8 + 0.1 * _X / WIDTH)).astype(np.float32)
    return result


def _out_of_focus(sigma: float) -> Change:
    return lambda radiance, _, __: blurred(radiance, sigma)


def _black(radiance: Floats, _: np.random.Generator, __: bool) -> Floats:
    return np.full_like(radiance, 1e-5)


COVERED = (
    Fault(name="tape", label=Sight.COVERED, radiance=_tape, covers=True),
    Fault(name="hand", label=Sight.COVERED, radiance=_hand),
    Fault(name="cloth", label=Sight.COVERED, radiance=_cloth),
    Fault(name="paper", label=Sight.COVERED, radiance=_paper),
    Fault(name="bag", label=Sight.COVERED, radiance=_bag),
)
TURNED = (
    *(
        Fault(name=f"turned_{degrees}", label=Sight.TURNED, view=View(yaw=degrees, pitch=degrees / 3))
        for degrees in (3, 5, 10, 20)
    ),
    Fault(name="rolled_15", label=Sight.TURNED, view=View(roll=15)),
    Fault(name="elsewhere", label=Sight.TURNED, elsewhere=True),
)
OTHERS = (
    Fault(name="defocus_2_px", label=Sight.BLURRED, radiance=_out_of_focus(2)),
    Fault(name="defocus_4_px", label=Sight.BLURRED, radiance=_out_of_focus(4)),
    Fault(name="black", label=Sight.DARK, radiance=_black),
    Fault(name="frozen", label=Sight.FROZEN, freezes=True),
)
ALL = COVERED + TURNED + OTHERS
