"""Turns what a reader reads into runs of fragments: where they begin, are cut, and why they end."""

from collections import deque
from collections.abc import Callable
from typing import Protocol

from ..errors import FormatError
from .cutter import Cutter, Group, Pace, Picture
from .format.annexb import RandomAccess, Unit, UnitInfo, length_prefixed
from .format.init import Init, make_init
from .format.parameter_sets import AudioConfig, VideoConfig, audio_config, syntax, video_config
from .fragments import Samples
from .reader.interface import VIDEO_CLOCK, AccessUnit, AudioUnit, Loss, StreamDescription
from .soundtrack import Soundtrack
from .timeline import Timeline

ANCHOR_NS = 700_000_000
"""How long the first pictures of a run may teach us when it began."""
ANCHOR_GROUPS = 4
SOUND_GROUPS = 2
"""How many fragments wait for their sound, which comes a little later than the pictures."""
MAX_ERROR_US = 2_000_000
"""A camera's clock that runs away this far from ours ends the run."""
CHANGES_PER_MINUTE = 6
_MINUTE = 60 * VIDEO_CLOCK
_LATE = 16


class Output(Protocol):
    """Takes the runs of one session, in the thread of its reader."""

    def begin(self, init: Init, rel_start_us: int) -> None:
        """Begin a run."""

    def change_init(self, init: Init) -> None:
        """Go on with other parameter sets from the next fragment on."""

    def add(self, samples: Samples) -> None:
        """Take the next fragment of the run."""

    def end(self, rel_end_us: int, cause: str, detail: str) -> None:
        """End the run."""


class Transcoder(Protocol):
    """Makes AAC of G.711, somewhere else and later."""

    def feed(self, pts: int, data: bytes) -> None:
        """Take sound; what comes of it goes to `Assembler.encoded`. Never blocks."""


class Assembler:
    """Makes runs of one session's pictures and sound.

    A run begins at a key frame and ends with a cause. Pictures that no recording could show (before
    the first key frame, H.265's RASL after it) are left out and counted in `skipped`. Not thread
    safe, but for `encoded`.
    """

    def __init__(
        self,
        description: StreamDescription,
        output: Output,
        rel_us: Callable[[int | None], int],
        *,
        transcoder: Transcoder | None = None,
        not_before_us: int = 0,
    ) -> None:
        """Use `rel_us` to turn monotonic ns (None: now) into the epoch's time."""
        self._codec = description.video.codec
        self._inspect = syntax(self._codec)[1]
        self._output = output
        self._rel_us = rel_us
        self._transcoder = transcoder
        self._sets: dict[int, tuple[bytes, ...]] = {}
        self._last_sets: tuple[bytes, ...] | None = None
        self._learn(description.video.parameter_sets)
        self._audio = _audio_config(description, transcoder)
        self._carried: list[Unit] = []
        self._end_us = not_before_us
        self._changes: deque[int] = deque()
        self.skipped = 0
        self.keys = 0
        self.config: VideoConfig | None = None
        self._reset()

    def _reset(self) -> None:
        """Wait for a key frame."""
        self.recording = False
        self._cutter = Cutter()
        self._pace = Pace()
        self._sound: Soundtrack | None = None
        self._timeline = Timeline(self._end_us)
        self._held: list[Group] = []
        self._first_pts = 0
        self._origin: int | None = None
        self._shift = 0
        self._newest = 0
        self._before_newest = 0
        self._ordered = True
        self._jumped = ""
        self._skip_leading = False
        self._arrival_ns: int | None = None
        self._first_arrival_ns: int | None = None
        self._init: Init | None = None

    def picture(self, unit: AccessUnit) -> None:
        """Take the next picture in decoding order."""
        units = [*self._carried, *unit.units] if self._carried else unit.units
        info = self._inspect(units)
        if not info.slices:
            self._carried = [bytes(part) for part in units[-32:]]
            return
        self._carried = []
        if info.key:
            self.keys += 1
        if self.recording:
            self._examine(unit, info)
        if info.parameter_sets:
            self._learn(info.parameter_sets)
        init = self._key_init(unit.pts) if info.key else None
        if not self.recording and not self._begin(unit, info):
            self.skipped += 1
            return
        if self._leading(unit, info):
            self.skipped += 1
            return
        self._take(unit, units, info, init)

    def sound(self, unit: AudioUnit) -> None:
        """Take the next piece of sound."""
        if not self.recording or self._sound is None:
            return
        if self._transcoder is not None:
            self._transcoder.feed(unit.pts, unit.data)
        else:
            self._sound.add(unit.pts + self._shift, unit.data)

    def encoded(self, pts: int, data: bytes) -> None:
        """Take an AAC frame that was made of G.711, from any thread."""
        sound = self._sound
        if sound is not None:
            sound.add(pts + self._shift, data)

    def finish(self, cause: str, detail: str = "") -> None:
        """End the run, if there is one, after its last picture."""
        if not self.recording:
            return
        self._held += self._cutter.finish()
        self._release(force=True)
        self._output.end(self._end_us, cause, detail)
        self._reset()

    def _examine(self, unit: AccessUnit, info: UnitInfo) -> None:
        """End the run where it cannot go on, bridge a jump of the camera's clock to the next key frame."""
        pts = unit.pts + self._shift
        if info.key and (self._jumped or abs(self._timeline.error_us) > MAX_ERROR_US):
            self.finish("clock_jump", self._jumped)
            return
        if not info.key and info.parameter_sets and self._other_shape(info.parameter_sets):
            self.finish("param_change")
            return
        ahead = pts - self._newest
        if ahead > VIDEO_CLOCK and ahead > self._most_ahead(unit, ahead):
            if self._time_passed(unit, ahead):
                self.finish("packet_loss" if unit.loss is Loss.YES else "stall")
                return
            self._bridge(unit, f"{ahead / VIDEO_CLOCK:+.3f} s")
        elif ahead < 0 and self._stepped_back(pts, info):
            self._bridge(unit, f"{ahead / VIDEO_CLOCK:+.3f} s")
            if info.key:
                self.finish("clock_jump", self._jumped)

    def _most_ahead(self, unit: AccessUnit, ahead: int) -> int:
        """Return how far the next picture may be ahead of the one before it, in ticks."""
        if self._pace.settled:
            return 4 * self._pace.step
        return 10 * VIDEO_CLOCK if self._time_passed(unit, ahead) else 0

    def _time_passed(self, unit: AccessUnit, ahead: int) -> bool:
        if unit.arrival_ns is None or self._arrival_ns is None:
            return False
        return 2 * (unit.arrival_ns - self._arrival_ns) > ahead * 1_000_000_000 // VIDEO_CLOCK

    def _stepped_back(self, pts: int, info: UnitInfo) -> bool:
        """Tell a step of the clock from a picture that is shown before its predecessor."""
        if info.key and info.random_access is RandomAccess.IDR:
            return True
        if self._ordered:
            return pts <= self._before_newest
        return self._newest - pts > _LATE * max(self._pace.step, VIDEO_CLOCK // 60)

    def _bridge(self, unit: AccessUnit, detail: str) -> None:
        """Go on as if the camera's clock had not jumped; a new run begins at the next key frame.

        Pictures up to there need the ones before them, so a new run could not begin with them.
        """
        self._shift = self._newest + self._pace.step - unit.pts
        self._jumped = self._jumped or detail

    def _learn(self, sets: tuple[bytes, ...]) -> None:
        if sets != self._last_sets:
            self._last_sets = sets
            self._sets = _merged(self._codec, self._sets, sets)

    def _other_shape(self, sets: tuple[bytes, ...]) -> bool:
        if sets == self._last_sets or self.config is None:
            return False
        try:
            config = video_config(self._codec, _flat(_merged(self._codec, self._sets, sets)))
        except FormatError:
            return False
        return config.shape != self.config.shape

    def _key_init(self, pts: int) -> Init | None:
        """Return the init segment of a key frame when it is not the one that is in use."""
        try:
            config = video_config(self._codec, _flat(self._sets))
        except FormatError:
            return None
        if self._init is not None and self.config is not None:
            if config.shape == self.config.shape:
                return None
            while self._changes and not 0 <= pts - self._changes[0] < _MINUTE:
                self._changes.popleft()
            if len(self._changes) >= CHANGES_PER_MINUTE:
                return None  # the sets stay in band; a file for each flip would be confetti
            self._changes.append(pts)
        self.config = config
        self._init = make_init(config, self._audio)
        return self._init

    def _begin(self, unit: AccessUnit, info: UnitInfo) -> bool:
        """Begin a run if it can begin here."""
        if not info.key or self._init is None or self.config is None:
            return False
        step = VIDEO_CLOCK / self.config.frame_rate if self.config.frame_rate else VIDEO_CLOCK / 25
        self.recording = True
        self._cutter = Cutter(self.config.reorder, max(1, min(round(step), VIDEO_CLOCK)))
        self._sound = Soundtrack(self._audio.rate) if self._audio else None
        self._first_pts = self._newest = self._before_newest = unit.pts
        self._ordered = not self.config.reorder
        self._skip_leading = info.random_access is not RandomAccess.IDR
        return True

    def _leading(self, unit: AccessUnit, info: UnitInfo) -> bool:
        """Tell whether a picture needs some from before the run's first key frame."""
        if not self._skip_leading or unit.pts == self._first_pts:
            return False
        if info.key or (self._codec == "h264" and unit.pts > self._first_pts):
            self._skip_leading = False
            return False
        return info.rasl or self._codec == "h264"

    def _take(self, unit: AccessUnit, units: list[Unit], info: UnitInfo, init: Init | None) -> None:
        pts = unit.pts + self._shift
        if pts > self._newest:
            self._pace.add(pts - self._newest)
            self._before_newest, self._newest = self._newest, pts
        elif pts < self._newest:
            self._ordered = False
        if unit.arrival_ns is not None:
            self._arrival_ns = unit.arrival_ns
            if self._first_arrival_ns is None:
                self._first_arrival_ns = unit.arrival_ns
            self._timeline.observe(pts - self._first_pts, self._rel_us(unit.arrival_ns))
        chunks, size = length_prefixed(units)
        self._held += self._cutter.add(
            Picture(
                pts=pts, key=info.key, chunks=chunks, size=size, init=init if self._newest == pts else None
            )
        )
        if self._held:
            self._release()

    def _release(self, *, force: bool = False) -> None:
        """Hand on complete groups, the first ones not before it is known when the run began."""
        if not self._held:
            return
        if self._origin is None:
            seen_ns = (self._arrival_ns or 0) - (self._first_arrival_ns or 0)
            if seen_ns < ANCHOR_NS and len(self._held) < ANCHOR_GROUPS and not force:
                return
            first = self._held[0]
            self._origin = first.start
            now_us = self._rel_us(None) - (self._held[-1].end - first.start) * 1_000_000 // VIDEO_CLOCK
            start_us = self._timeline.begin(first.start - self._first_pts, now_us, self._pace.step)
            assert first.init is not None
            self._output.begin(first.init, start_us)
            first.init = None
        while self._held:
            if not force and self._sound_is_due(self._held[0]):
                return
            self._hand_on(self._held.pop(0), self._origin)

    def _sound_is_due(self, group: Group) -> bool:
        """Tell whether a group should wait a little for its sound."""
        if self._sound is None or len(self._held) > SOUND_GROUPS:
            return False
        return not self._sound.reached(group.end)

    def _hand_on(self, group: Group, origin: int) -> None:
        if group.init is not None:
            self._output.change_init(group.init)
        start_us, self._end_us = self._timeline.advance(group.end - group.start)
        samples = Samples(
            ticks=group.start - origin,
            rel_start_us=start_us,
            rel_end_us=self._end_us,
            video=group.samples,
            video_data=group.chunks,
        )
        if self._sound is not None:
            self._sound.fill(samples, origin, group.end)
        self._output.add(samples)


def _audio_config(description: StreamDescription, transcoder: Transcoder | None) -> AudioConfig | None:
    """Return the sound track to record, or None when there is none that we can."""
    audio = description.audio
    if audio is None or (audio.codec != "aac" and transcoder is None):
        return None
    try:
        return audio_config(audio.rate, audio.channels, audio.config)
    except FormatError:
        return None


def _merged(
    codec: str, known: dict[int, tuple[bytes, ...]], sets: tuple[bytes, ...]
) -> dict[int, tuple[bytes, ...]]:
    """Return parameter sets by kind; those in `sets` replace the known ones of their kind."""
    news: dict[int, list[bytes]] = {}
    for unit in sets:
        kind = unit[0] & 31 if codec == "h264" else unit[0] >> 1
        news.setdefault(kind, []).append(unit)
    return known | {kind: tuple(units) for kind, units in news.items()}


def _flat(sets: dict[int, tuple[bytes, ...]]) -> list[bytes]:
    return [unit for units in sets.values() for unit in units]
