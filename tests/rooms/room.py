"""A room's furniture, windows and lamps, and how a camera pictures them under some light."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 320, 180
_WORLD_WIDE, _WORLD_HIGH = 540, 300
PIXELS_PER_DEGREE = WIDTH / 90

type Floats = NDArray[np.float32]

_Y, _X = np.mgrid[0:_WORLD_HIGH, 0:_WORLD_WIDE].astype(np.float32)
_CLOTH = (0.35 + 0.1 * np.sin(_X / 3)).astype(np.float32)
_STRAIGHT = (
    slice((_WORLD_HIGH - HEIGHT) // 2, (_WORLD_HIGH + HEIGHT) // 2),
    slice((_WORLD_WIDE - WIDTH) // 2, (_WORLD_WIDE + WIDTH) // 2),
)
_VIEW_Y, _VIEW_X = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)


@dataclass(frozen=True, kw_only=True)
class View:
    """Where a camera looks, in degrees off where it was mounted."""

    yaw: float = 0
    pitch: float = 0
    roll: float = 0


@dataclass(frozen=True, kw_only=True)
class Light:
    """What lights a room: all 0..1 but `sun_x`, the place of the sun's patch; `infrared` means nothing else."""

    sky: float = 0
    sun: float = 0
    sun_x: float = 0
    lamps: float = 0
    curtains: float = 0
    infrared: bool = False


@dataclass(frozen=True, kw_only=True)
class _Thing:
    """A piece of furniture: centre, half sizes, grey by day and under infrared, stripes."""

    x: float
    y: float
    wide: float
    high: float
    round_: bool
    day: float
    infrared: float
    stripes: float
    period: float


class Room:
    """One room, always the same for its seed, but for the chairs, which `rearrange` moves."""

    def __init__(self, seed: int, *, windows: int, things: int) -> None:
        """Furnish a room."""
        dice = np.random.default_rng(seed)
        self.seed = seed
        self._fixed = [_thing(dice, 40) for _ in range(things)]
        self._movable = [_thing(dice, 18) for _ in range(things)]
        self._windows = [
            (dice.uniform(60, 420), dice.uniform(50, 110), dice.uniform(25, 55), dice.uniform(25, 45))
            for _ in range(windows)
        ]
        self._lamps = [(dice.uniform(80, 460), dice.uniform(0, 120)) for _ in range(2)]
        self._wall = dice.uniform(0.45, 0.75), dice.uniform(0.2, 0.5)
        self._edge = dice.uniform(110, 190)
        self._by_window = sum((_glow(x, y, 110) for x, y, _, _ in self._windows), np.zeros_like(_X))
        self._by_lamp = sum((_glow(x, y, 160) for x, y in self._lamps), np.zeros_like(_X))
        middle = (_X - _WORLD_WIDE / 2) ** 2 + (_Y - _WORLD_HIGH / 2) ** 2
        self._by_infrared = np.exp(-middle / (2 * 120**2)).astype(np.float32)
        self._pane = np.zeros(_X.shape, bool)
        for x, y, wide, high in self._windows:
            self._pane[(np.abs(_X - x) < wide) & (np.abs(_Y - y) < high)] = True
            for bar in (x - wide / 3, x + wide / 3):
                self._pane[(np.abs(_X - bar) < 2) & (np.abs(_Y - y) < high)] = False
        self.rearrange(0)

    def rearrange(self, number: int) -> None:
        """Move the chairs; the same number is the same order."""
        dice = np.random.default_rng((self.seed, number))
        wall, floor = self._wall
        day = np.where(self._edge > _Y, wall, floor * (1 + 0.1 * np.sin(_X / 9))).astype(np.float32)
        infrared = np.where(self._edge > _Y, 0.7, 0.5).astype(np.float32)
        for thing in self._fixed:
            _draw(thing, thing.x, thing.y, day, infrared)
        for thing in self._movable:
            away = dice.uniform(-25, 25, 2) if dice.random() < 0.4 else (0, 0)
            _draw(thing, thing.x + away[0], thing.y + away[1], day, infrared)
        self._day, self._infrared = day, infrared

    def seen(self, light: Light, view: View) -> Floats:
        """Return the radiance that reaches the lens."""
        straight = not (view.yaw or view.pitch or view.roll)
        cut = _STRAIGHT if straight else (slice(None), slice(None))
        radiance = self._radiance(light, cut)
        return radiance if straight else _sampled(radiance, view)

    def _radiance(self, light: Light, cut: tuple[slice, slice]) -> Floats:
        if light.infrared:
            lit: Floats = self._infrared[cut] * self._by_infrared[cut] * np.float32(0.5)
            return lit
        through = light.sky * (1 - 0.85 * light.curtains)
        lit = self._by_lamp[cut] * np.float32(0.45 * light.lamps)
        lit += np.float32(0.002 + 0.02 * light.sky + 0.135 * light.lamps)
        if through:
            lit += self._by_window[cut] * np.float32(through)
        if light.sun and self._windows:
            slant = _X[cut] - light.sun_x - (_Y[cut] - 200) * 0.6
            patch = (np.abs(slant) < 45) & (np.abs(_Y[cut] - 215) < 40)
            lit[patch] += 1.6 * light.sun * (1 - light.curtains)
        pane = self._pane[cut]
        outside = (1 - light.curtains) * (0.004 + 1.8 * light.sky) + light.curtains * lit * _CLOTH[cut]
        return np.where(pane, outside, self._day[cut] * lit).astype(np.float32)


def _thing(dice: np.random.Generator, size: float) -> _Thing:
    return _Thing(
        x=dice.uniform(40, 500),
        y=dice.uniform(60, 280),
        wide=dice.uniform(0.4, 1.2) * size,
        high=dice.uniform(0.4, 1.2) * size,
        round_=bool(dice.random() < 0.3),
        day=dice.uniform(0.08, 0.95),
        infrared=dice.uniform(0.15, 0.95),
        stripes=dice.uniform(0, 0.3) if dice.random() < 0.5 else 0,
        period=dice.uniform(2, 9),
    )


def _glow(x: float, y: float, far: float) -> Floats:
    glow: Floats = (1 / (1 + ((_X - x) ** 2 + (_Y - y) ** 2) / far**2)).astype(np.float32)
    return glow


def _draw(thing: _Thing, x: float, y: float, day: Floats, infrared: Floats) -> None:
    across, down = (_X - x) / thing.wide, (_Y - y) / thing.high
    inside = across**2 + down**2 < 1 if thing.round_ else (np.abs(across) < 1) & (np.abs(down) < 1)
    pattern = 1 + thing.stripes * np.sign(np.sin(_X / thing.period))
    day[inside] = (thing.day * pattern)[inside]
    infrared[inside] = thing.infrared


def _sampled(world: Floats, view: View) -> Floats:
    """Cut out what a camera sees."""
    turn = np.deg2rad(view.roll)
    x, y = _VIEW_X - WIDTH / 2, _VIEW_Y - HEIGHT / 2
    far_x = np.cos(turn) * x - np.sin(turn) * y + _WORLD_WIDE / 2 + view.yaw * PIXELS_PER_DEGREE
    far_y = np.sin(turn) * x + np.cos(turn) * y + _WORLD_HIGH / 2 + view.pitch * PIXELS_PER_DEGREE
    far_x, far_y = np.clip(far_x, 0, _WORLD_WIDE - 1.01), np.clip(far_y, 0, _WORLD_HIGH - 1.01)
    column, row = far_x.astype(int), far_y.astype(int)
    part_x, part_y = far_x - column, far_y - row
    upper = world[row, column] * (1 - part_x) + world[row, column + 1] * part_x
    lower = world[row + 1, column] * (1 - part_x) + world[row + 1, column + 1] * part_x
    mixed: Floats = (upper * (1 - part_y) + lower * part_y).astype(np.float32)
    return mixed
