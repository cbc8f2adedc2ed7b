"""What should have been recorded and was not: the bookkeeping of one camera's main stream.

Recordings and gaps tile time: whatever is not recorded from the moment a camera is declared is a
gap with a cause. Nothing here touches the disk; what changed waits in `changed` to be kept.
"""

from dataclasses import dataclass

TOLERANCE_US = 60_000
"""Less than this is not a hole: the rounding of picture times, one picture at 16 a second."""

PLANNED = frozenset({"schedule", "camera_removed"})
_WEAK = {"unknown": 0, "connect": 1}
_OWN_GAP = frozenset({"auth", "schedule", "paused_by_admin", "disk_full", "disk_slow", "disk_error"})


@dataclass(slots=True)
class Gap:
    """A gap on the epoch's clock; `end` is None while it lasts. `kept_from` is its begin as it was kept.

    `over` tells that footage follows it, and not another gap or the engine's end.
    """

    start: int
    end: int | None
    cause: str
    detail: str = ""
    utc_start: int | None = None
    kept_from: int | None = None
    over: bool = False

    @property
    def planned(self) -> bool:
        """Tell whether nothing was to be recorded then."""
        return self.cause in PLANNED


class Tiling:
    """The time of one camera: recorded up to `end`, or in a gap since then."""

    def __init__(self, start_us: int, cause: str) -> None:
        """Begin with a gap."""
        self.end = start_us
        self.told = False
        self.open: Gap | None = Gap(start_us, None, cause)
        self.changed: list[Gap] = []
        self.dropped: list[int] = []

    def down(self, rel_us: int, cause: str, detail: str = "") -> None:
        """Hear why nothing is recorded (now, `rel_us`)."""
        gap = self.open
        if gap is None:
            self.open = Gap(self.end, None, cause, detail)
            return
        if cause == gap.cause:
            gap.detail = detail or gap.detail
            return
        own = cause in _OWN_GAP or (gap.cause in _OWN_GAP and cause not in _WEAK)
        ended = gap.cause in {"schedule", "paused_by_admin"}
        if own or ended:
            at = max(rel_us, gap.start)
            if at - gap.start <= TOLERANCE_US:
                gap.cause, gap.detail = cause, detail
            else:
                self._close(gap, at)
                self.open = Gap(at, None, cause, detail)
        elif _WEAK.get(cause, 2) > _WEAK.get(gap.cause, 2):
            gap.cause, gap.detail = cause, detail
            self._touch(gap)

    def begin(self, start_us: int) -> int:
        """Return when a fragment begins: not before what is tiled already ends."""
        return max(start_us, self.end if self.open is None else self.open.start)

    def recorded(self, start_us: int, end_us: int, cause: str) -> None:
        """Hear that a fragment is in a file; `cause` is for a hole nobody spoke of."""
        start_us = self.begin(start_us)
        gap, self.open = self.open, None
        if gap is None and start_us - self.end > TOLERANCE_US:
            gap = Gap(self.end, None, cause)
        if gap is not None:
            gap.over = True
            self._close(gap, start_us)
        self.end = max(end_us, start_us)

    def lost(self, from_us: int, cause: str, detail: str = "") -> None:
        """Hear that what was recorded from `from_us` on did not reach the disk after all."""
        self.end = min(self.end, from_us)
        gap = self.open
        if gap is None or gap.start > from_us:
            if gap is not None:
                self._forget(gap)
            self.open = Gap(self.end, None, cause, detail)

    def survived(self, until_us: int) -> None:
        """Hear that what was taken for lost is there up to `until_us`."""
        gap = self.open
        if until_us <= self.end or gap is None:
            return
        self.changed = [each for each in self.changed if each.end is None or each.end > until_us]
        for each in (*self.changed, gap):
            if each.start < until_us:
                self._forget(each)
                each.start = until_us
        self.end = until_us

    def finish(self, rel_us: int) -> None:
        """Close the gap that lasts, for good: the camera is removed or the engine ends."""
        gap, self.open = self.open, None
        if gap is not None:
            self._close(gap, max(rel_us, gap.start))
        self.end = max(self.end, rel_us)

    def keep_open(self, rel_us: int, after_us: int) -> None:
        """Have a gap kept that has lasted `after_us`, though it is not over."""
        gap = self.open
        if gap is not None and gap.kept_from is None and rel_us - gap.start >= after_us:
            self._touch(gap, force=True)

    def _close(self, gap: Gap, end_us: int) -> None:
        gap.end = end_us
        if gap.end - gap.start <= TOLERANCE_US:
            self._forget(gap)
            self.changed = [each for each in self.changed if each is not gap]
        else:
            self._touch(gap, force=True)
        self.end = max(self.end, end_us)

    def _touch(self, gap: Gap, *, force: bool = False) -> None:
        if (force or gap.kept_from is not None) and not any(each is gap for each in self.changed):
            self.changed.append(gap)

    def _forget(self, gap: Gap) -> None:
        if gap.kept_from is not None:
            self.dropped.append(gap.kept_from)
            gap.kept_from = None
