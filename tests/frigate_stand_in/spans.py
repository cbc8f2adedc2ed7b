"""Stretches of time as sorted, separate `[start, end)` pairs of Unix seconds."""

from bisect import bisect_right
from collections.abc import Iterator
import math


class Spans:
    """A set of stretches of time; an end may be infinite."""

    def __init__(self, *spans: tuple[float, float]) -> None:
        self._spans: list[tuple[float, float]] = []
        for start, end in spans:
            self.add(start, end)

    def __iter__(self) -> Iterator[tuple[float, float]]:
        return iter(self._spans)

    def __contains__(self, at: float) -> bool:
        return self.around(at) is not None

    def around(self, at: float) -> tuple[float, float] | None:
        """Return the stretch that a moment lies in."""
        index = bisect_right(self._spans, at, key=lambda span: span[0]) - 1
        if index >= 0 and at < self._spans[index][1]:
            return self._spans[index]
        return None

    def covers(self, start: float, end: float) -> bool:
        """Tell whether all of a window lies inside."""
        around = self.around(start)
        return around is not None and around[1] >= end

    def within(self, start: float, end: float) -> Iterator[tuple[float, float]]:
        """Yield the parts inside a window."""
        for left, right in self._spans:
            if left < end and right > start:
                yield max(left, start), min(right, end)

    def touches(self, start: float, end: float) -> bool:
        """Tell whether anything lies inside a window."""
        return next(self.within(start, end), None) is not None

    def add(self, start: float, end: float) -> None:
        """Put a stretch in, joined with what it touches."""
        if start >= end:
            return
        kept = []
        for left, right in self._spans:
            if right < start or left > end:
                kept.append((left, right))
            else:
                start, end = min(start, left), max(end, right)
        self._spans = sorted([*kept, (start, end)])

    def remove(self, start: float, end: float) -> None:
        """Take a stretch out."""
        kept = []
        for left, right in self._spans:
            if left < min(right, start):
                kept.append((left, min(right, start)))
            if max(left, end) < right:
                kept.append((max(left, end), right))
        self._spans = sorted(set(kept))

    def close(self, at: float) -> None:
        """End what has no end."""
        self.remove(at, math.inf)
