"""Where the runs of one stream go: to the archive, to viewers, or to both."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import override

from .format.init import Init
from .fragments import Samples
from .live import LiveStream
from .session import SessionFacts, SessionOutput
from .store.store import Run, Store
from .store.views import Stream

RATE_WINDOW_US = 10_000_000

KEYS = 4
"""So many key pictures tell how far they are apart: one that was lost on the way makes no camera slow."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rates:
    """What a stream delivers: bits and pictures per second, seconds between key pictures."""

    bitrate_bps: int
    fps: float
    gop_s: float | None = None


class Pipeline(SessionOutput):
    """Takes the runs of one stream from its session's threads."""

    def __init__(
        self,
        store: Store,
        uid: str,
        stream: Stream,
        live: LiveStream,
        *,
        recorded: bool,
        changed: Callable[[], None],
    ) -> None:
        """Write to the archive when `recorded`; call `changed` when the session's state changes."""
        self._store = store
        self._uid = uid
        self._stream = stream
        self._live = live
        self._recorded = recorded
        self._changed = changed
        self._facts = SessionFacts()
        self._run: Run | None = None
        self._recent: deque[tuple[int, int, int, int]] = deque()
        self._keys_us: deque[int] = deque(maxlen=KEYS)
        self.init: Init | None = None

    @override
    def begin(self, init: Init, rel_start_us: int) -> None:
        self.init = init
        if self._recorded:
            reader, loss = self._facts.reader, self._facts.loss
            self._run = self._store.begin_run(self._uid, self._stream, init, rel_start_us, reader, loss)
            self._run.camera_clock_us = self._facts.camera_clock_us
        self._live.begin(init)

    @override
    def change_init(self, init: Init) -> None:
        self.init = init
        if self._run is not None:
            self._run.change_init(init)
        self._live.change_init(init)

    @override
    def add(self, samples: Samples) -> None:
        size = sum([sample.size for sample in samples.video]) + sum(map(len, samples.audio_data))
        self._recent.append((samples.rel_start_us, samples.rel_end_us, len(samples.video), size))
        while self._recent[0][1] < samples.rel_end_us - RATE_WINDOW_US:
            self._recent.popleft()
        if samples.key:
            self._keys_us.append(samples.rel_start_us)
        if self._run is not None:
            self._run.add(samples)
        self._live.add(samples)

    @override
    def end(self, rel_end_us: int, cause: str, detail: str) -> None:
        run, self._run = self._run, None
        if run is not None:
            run.end(rel_end_us, cause, detail)

    @override
    def down(self, rel_us: int, cause: str, detail: str) -> None:
        self._live.clear()
        self._recent.clear()
        self._keys_us.clear()
        if self._recorded and self._stream == "main":
            self._store.down(self._uid, self._stream, rel_us, cause, detail)

    @override
    def changed(self, facts: SessionFacts) -> None:
        self._facts = facts
        if self._run is not None:
            self._run.loss = facts.loss
            self._run.camera_clock_us = facts.camera_clock_us
        self._changed()

    def rates(self) -> Rates | None:
        """Return the rates of the last seconds; `None` when nothing comes."""
        recent = list(self._recent)
        length_us = sum(end - start for start, end, _, _ in recent)
        if length_us <= 0:
            return None
        pictures, size = sum(entry[2] for entry in recent), sum(entry[3] for entry in recent)
        return Rates(
            bitrate_bps=size * 8_000_000 // length_us,
            fps=round(pictures * 1e6 / length_us, 2),
            gop_s=self._gop_s(),
        )

    def _gop_s(self) -> float | None:
        keys_us = list(self._keys_us)
        if len(keys_us) < KEYS:
            return None
        return round(min(after - before for before, after in pairwise(keys_us)) / 1e6, 1)
