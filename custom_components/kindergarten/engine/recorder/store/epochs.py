"""The engine's clock: a monotonic origin and the best UTC that goes with it.

Everything recorded is timed on the monotonic clock, which never steps. When the wall clock does
(a time server is reached at last, someone sets it), the origin's UTC is corrected, and with it
every time of this boot at once.
"""

from dataclasses import dataclass, replace

from ...env import Env
from .views import EpochView

STEP_US = 1_000_000
"""A difference that is a step of the wall clock, and not its usual slewing."""
EARLIEST_US = 1_735_689_600_000_000
"""2025-01-01: no clock that is set shows an earlier time."""
UNSET, PLAUSIBLE, SYNCHRONISED = 0, 1, 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """A step of the wall clock by `delta_us`, seen at `rel_us`."""

    rel_us: int
    delta_us: int
    trust_before: int


class Clock:
    """The clock of this process."""

    def __init__(self, env: Env) -> None:
        """Begin an epoch now."""
        self._env = env
        self._footage_us = 0
        utc = env.realtime_ns() // 1000
        trust, source = self._trust(utc)
        self.epoch = EpochView(
            id=max(1, utc // 1000), boot_id=env.boot_id(), mono0_ns=env.monotonic_ns(), utc0_us=utc,
            trust=trust, source=source,
        )  # fmt: skip

    def rel_us(self, mono_ns: int | None = None) -> int:
        """Return µs since the epoch's origin."""
        return ((self._env.monotonic_ns() if mono_ns is None else mono_ns) - self.epoch.mono0_ns) // 1000

    def utc_us(self, rel_us: int | None = None) -> int:
        """Return the UTC of a time of the epoch."""
        return self.epoch.utc0_us + (self.rel_us() if rel_us is None else rel_us)

    def follow(self, epoch_id: int, footage_us: int) -> None:
        """Come after `epoch_id`; a clock that is behind our newest footage is not set."""
        self._footage_us = footage_us
        trust, source = self._trust(self.utc_us())
        self.epoch = replace(self.epoch, id=max(self.epoch.id, epoch_id + 1), trust=trust, source=source)

    def tick(self) -> Step | None:
        """Look at the wall clock; returns its step when it made one, the epoch then being corrected."""
        rel = self.rel_us()
        utc = self._env.realtime_ns() // 1000
        delta = utc - self.utc_us(rel)
        before = self.epoch.trust
        trust, source = self._trust(utc)
        if abs(delta) > STEP_US:
            self.epoch = replace(self.epoch, utc0_us=self.epoch.utc0_us + delta, trust=trust, source=source)
            return Step(rel_us=rel, delta_us=delta, trust_before=before)
        if trust != before:
            self.epoch = replace(self.epoch, trust=trust, source=source)
            return Step(rel_us=rel, delta_us=0, trust_before=before)
        return None

    def _trust(self, utc_us: int) -> tuple[int, str]:
        if utc_us < EARLIEST_US:
            return UNSET, "unset"
        if self._env.clock_synchronised():
            return SYNCHRONISED, "time server"
        if utc_us < self._footage_us:
            return UNSET, "behind"
        return PLAUSIBLE, "system"
