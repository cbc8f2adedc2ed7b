"""What happens in a room: the day's light, lamps, curtains, people."""

from dataclasses import dataclass

import numpy as np

from kindergarten_engine.eyes.picture import Picture

from .camera import Electronics
from .faults import Fault
from .room import HEIGHT, WIDTH, Floats, Light, Room, View

LOOK_S, DOUBT_S = 60, 15
"""How often a camera is looked at, and how soon again when in doubt."""
_DAY_S = 86_400
_DARK_ENOUGH = 0.012
_VIEW_Y, _VIEW_X = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)


@dataclass(frozen=True, kw_only=True)
class Habitat:
    """How a camera is placed: its room's windows and furniture, whether it has infrared lamps, how hard it compresses."""

    name: str
    windows: int
    things: int
    infrared: bool
    coarse: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Manner:
    """What is going on, beyond an ordinary day."""

    name: str
    clouds: float = 0.3
    lamp_s: int = 0
    curtain_s: int = 0
    infrared_s: int = 0
    close_per_hour: float = 0.7
    children: int = 10
    rearranged_s: int = _DAY_S


class Life:
    """A room that goes through its days; the same seed lives the same life."""

    def __init__(self, habitat: Habitat, manner: Manner, seed: int, course: int = 0) -> None:
        """Begin a life in the room of a seed; another `course` has other clouds and people."""
        self.habitat, self.manner = habitat, manner
        self._dice = np.random.default_rng((seed, course))
        self._room = Room(seed, windows=habitat.windows, things=habitat.things)
        self._other = Room(seed + 1000, windows=1, things=habitat.things)
        self._electronics = Electronics(seed + course, habitat.coarse)
        self._cloud = 0.5
        self._close_until = -1.0
        self._last_s: int | None = None
        self._order = -1
        self._frozen: Floats | None = None
        self._colour = float(np.random.default_rng(seed).uniform(4, 12))

    def picture(self, time_s: int, fault: Fault | None = None) -> Picture:
        """Return what arrives at a time (seconds); call it in the order of time."""
        self._go_on(time_s)
        light = self._light(time_s)
        view = fault.view if fault else View()
        room = self._other if fault and fault.elsewhere else self._room
        radiance = room.seen(light, view)
        covered = fault is not None and fault.covers
        if not light.infrared or not self._asleep(time_s):
            self._people(radiance, time_s, light)
        if fault and fault.radiance:
            radiance = fault.radiance(radiance, self._dice, light.infrared)
        infrared = light.infrared
        if covered and self.habitat.infrared and radiance.mean() < _DARK_ENOUGH:
            infrared = True
            radiance = _glare(self._dice)
        grey = self._electronics.exposed(radiance)
        if fault and fault.freezes:
            grey = self._frozen = grey if self._frozen is None else self._frozen
        else:
            self._frozen = None
        colour = 0.0 if infrared else self._colour
        return self._electronics.sent(grey, time_s, colour=colour)

    def lit(self, time_s: int) -> bool:
        """Tell whether the camera sees anything at this time: a lamp, daylight, infrared."""
        light = self._light(time_s)
        return light.infrared or light.lamps > 0 or (light.sky > 0.05 and self.habitat.windows > 0)

    def _go_on(self, time_s: int) -> None:
        gone_s = LOOK_S if self._last_s is None else time_s - self._last_s
        passed = min(1.0, gone_s / LOOK_S)
        change = self._dice.normal(0, self.manner.clouds) * passed**0.5
        self._cloud = float(np.clip(self._cloud + change, 0, 1))
        order = self._order_at(time_s)
        if order != self._order:
            self._order = order
            self._room.rearrange(order)
        chance = self.manner.close_per_hour * gone_s / 3600
        self._last_s = time_s
        if self.open_at(time_s) and time_s > self._close_until and self._dice.random() < chance:
            self._close_until = time_s + min(150.0, self._dice.exponential(35))

    def _order_at(self, time_s: int) -> int:
        """Return how the chairs stand: as on the last day on which anybody was there."""
        if self.manner.rearranged_s < _DAY_S:
            return (time_s - 5 * 3600) // self.manner.rearranged_s
        day = (time_s - 5 * 3600) // _DAY_S
        while not self.open_at(day * _DAY_S + _DAY_S // 2):
            day -= 1
        return day

    def open_at(self, time_s: int) -> bool:
        """Tell whether children are there."""
        return (time_s // _DAY_S + 3) % 7 < 5 and 7.5 <= time_s % _DAY_S / 3600 < 18.5

    def _asleep(self, time_s: int) -> bool:
        return 12.7 <= time_s % _DAY_S / 3600 < 14.7

    def _light(self, time_s: int) -> Light:
        hour = time_s % _DAY_S / 3600
        high = np.sin(np.pi * (hour - 7.5) / 10.5) if 7.5 < hour < 18 else 0
        sky = float(max(0.0, high) ** 0.7 * (1 - 0.7 * self._cloud))
        sun = float(max(0.0, high) * (self._cloud < 0.35))
        napping = self.open_at(time_s) and self._asleep(time_s)
        curtains = 1.0 if napping else 0.0
        if self.manner.curtain_s:
            curtains = float(time_s // self.manner.curtain_s % 3) / 2
        needed = sky < 0.35 or self.habitat.windows == 0
        lamps = float(self.open_at(time_s - 1800) and needed and not napping)
        if napping and self.habitat.windows == 0:
            lamps = 0.15
        if self.manner.lamp_s and self.open_at(time_s):
            lamps = float(time_s // self.manner.lamp_s % 2)
        day = sky * (1 - 0.85 * curtains) * bool(self.habitat.windows) + lamps
        infrared = self.habitat.infrared and day < 0.04
        if self.manner.infrared_s and self.habitat.infrared and time_s // self.manner.infrared_s % 2:
            infrared = True
        return Light(
            sky=sky, sun=sun, sun_x=120 + (hour - 8) * 30, lamps=lamps, curtains=curtains, infrared=infrared
        )

    def _people(self, radiance: Floats, time_s: int, light: Light) -> None:
        """Draw children about the room, and now and then somebody right before the lens."""
        if not self.open_at(time_s):
            return
        brightness = 0.3 if light.infrared else float(radiance.mean()) * 1.8
        for _ in range(self._dice.integers(0, self.manner.children + 1)):
            near = self._dice.uniform(0, 1) ** 2
            self._body(radiance, 6 + 26 * near, self._dice.uniform(50, 180), brightness)
        if time_s < self._close_until:
            self._body(radiance, self._dice.uniform(60, 200), self._dice.uniform(40, 150), brightness)

    def _body(self, radiance: Floats, size: float, y: float, brightness: float) -> None:
        x = self._dice.uniform(0, WIDTH)
        rows = slice(max(0, int(y - 1.7 * size)), max(0, int(y + 1.7 * size) + 2))
        columns = slice(max(0, int(x - size)), int(x + size) + 2)
        view_x, view_y = _VIEW_X[rows, columns], _VIEW_Y[rows, columns]
        inside = ((view_x - x) / size) ** 2 + ((view_y - y) / (1.7 * size)) ** 2 < 1
        pattern = 1 + 0.3 * np.sin((view_y + view_x * self._dice.uniform(-1, 1)) / (1 + size / 6))
        radiance[rows, columns][inside] = (self._dice.uniform(0.1, 1.0) * brightness * pattern)[inside]


def _glare(dice: np.random.Generator) -> Floats:
    """Return infrared light that comes back from what lies on the lens."""
    x, y = dice.normal(WIDTH / 2, 2), dice.normal(HEIGHT / 2, 2)
    glare: Floats = (0.2 + 0.4 * np.exp(-((_VIEW_X - x) ** 2 + (_VIEW_Y - y) ** 2) / 90**2)).astype(
        np.float32
    )
    return glare
