"""HLS playlists (RFC 8216) over fragments: segments are whole fragments under virtual addresses."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from typing import Protocol

from .index import FragmentEntry
from .init import VIDEO_SCALE

TARGET_TICKS = 4 * VIDEO_SCALE
"""A playback segment ends at the first key frame after this long."""
LIVE_TICKS = 30 * VIDEO_SCALE
"""How much a live playlist holds at least."""
_TOLERANCE_US = 250_000


class Slice(Protocol):
    """Neighbouring fragments of one file.

    `first` is the index of `entries[0]` in the file; `times_us` are the UTC µs of each fragment's
    begin and of the last one's end; `run` and `init_sha` are the file's; `complete` tells that the
    file gets no more fragments.
    """

    @property
    def recording(self) -> int: ...
    @property
    def run(self) -> int: ...
    @property
    def init_sha(self) -> str: ...
    @property
    def first(self) -> int: ...
    @property
    def entries(self) -> Sequence[FragmentEntry]: ...
    @property
    def times_us(self) -> Sequence[int]: ...
    @property
    def complete(self) -> bool: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """Fragments `first` to `last` (indices in the file) of a recording; `ticks` is its length (90 kHz)."""

    recording: int
    run: int
    init_sha: str
    first: int
    last: int
    ticks: int
    start_us: int
    end_us: int

    @property
    def uri(self) -> str:
        """Return the address relative to the playlist."""
        return f"media/{self.recording}/{self.first}-{self.last}.m4s"


def segments(slices: Iterable[Slice], target_ticks: int = TARGET_TICKS) -> list[Segment]:
    """Return segments from key frame to key frame, at least `target_ticks` long if the file goes on.

    A target of 1 gives one segment per GOP. Fragments before the first key frame of a file are left
    out, and so is the last, still growing GOP of a file that is not complete.
    """
    found: list[Segment] = []
    for part in slices:
        found += _segments(part, target_ticks)
    return found


def media_playlist(slices: Iterable[Slice]) -> str:
    """Return the playlist of a stretch of the past; it does not change any more.

    In a file that is still written, the GOP in progress is included.
    """
    found: list[Segment] = []
    for part in slices:
        found += _segments(part, TARGET_TICKS, growing=True)
    lines = [*_head(found), "#EXT-X-PLAYLIST-TYPE:VOD", *_body(found, None), "#EXT-X-ENDLIST", ""]
    return "\n".join(lines)


class LivePlaylist:
    """The live playlist of one camera stream: one GOP per segment, numbered as they come.

    Keep one for as long as somebody watches and give it the newest slices before each answer; they
    must reach back to the last answer, else the numbers still rise but a segment is missing.
    """

    def __init__(self, window_ticks: int = LIVE_TICKS) -> None:
        """Begin an empty playlist."""
        self._window = window_ticks
        self._segments: deque[Segment] = deque()
        self._sequence = 0
        self._discontinuities = 0
        self._before: Segment | None = None

    def update(self, slices: Iterable[Slice]) -> None:
        """Take over the segments that are newer than those known; drop the oldest."""
        found = segments(slices, 1)
        if self._segments:
            found = _after(found, self._segments[-1])
        self._segments += found
        held = sum(segment.ticks for segment in self._segments)
        while len(self._segments) > 3 and held - self._segments[0].ticks >= self._window:
            gone = self._segments.popleft()
            held -= gone.ticks
            self._sequence += 1
            if self._before is not None and _break(self._before, gone):
                self._discontinuities += 1
            self._before = gone

    def text(self) -> str:
        """Return the playlist."""
        found = list(self._segments)
        counters = [
            f"#EXT-X-MEDIA-SEQUENCE:{self._sequence}",
            f"#EXT-X-DISCONTINUITY-SEQUENCE:{self._discontinuities}",
        ]
        return "\n".join([*_head(found), *counters, *_body(found, self._before), ""])


def _after(found: list[Segment], newest: Segment) -> list[Segment]:
    """Return what comes after `newest`: by place, since UTC may have been corrected meanwhile."""
    for index, segment in enumerate(found):
        if (segment.recording, segment.first) == (newest.recording, newest.first):
            return found[index + 1 :]
    return [segment for segment in found if segment.start_us > newest.start_us]


def _segments(part: Slice, target_ticks: int, growing: bool = False) -> list[Segment]:
    found: list[Segment] = []
    begin: int | None = None
    ticks = 0
    for index, entry in enumerate(part.entries):
        if entry.key and (begin is None or ticks >= target_ticks):
            if begin is not None:
                found.append(_segment(part, begin, index, ticks))
            begin, ticks = index, 0
        ticks += entry.duration
    if begin is not None and (part.complete or growing):
        found.append(_segment(part, begin, len(part.entries), ticks))
    return found


def _segment(part: Slice, begin: int, end: int, ticks: int) -> Segment:
    return Segment(
        recording=part.recording,
        run=part.run,
        init_sha=part.init_sha,
        first=part.first + begin,
        last=part.first + end - 1,
        ticks=ticks,
        start_us=part.times_us[begin],
        end_us=part.times_us[end],
    )


def _head(found: Sequence[Segment]) -> list[str]:
    target = max((segment.ticks for segment in found), default=TARGET_TICKS)
    return ["#EXTM3U", "#EXT-X-VERSION:7", f"#EXT-X-TARGETDURATION:{max(1, ceil(target / VIDEO_SCALE))}"]


def _break(before: Segment, segment: Segment) -> bool:
    """Tell whether a player must start anew: another run, other parameter sets, or a hole in time."""
    return (
        before.run != segment.run
        or before.init_sha != segment.init_sha
        or abs(segment.start_us - before.end_us) > _TOLERANCE_US
    )


def _body(found: Sequence[Segment], before: Segment | None) -> list[str]:
    lines: list[str] = []
    init = ""
    for segment in found:
        fresh = before is None or _break(before, segment)
        if before is not None and fresh:
            lines.append("#EXT-X-DISCONTINUITY")
        if init != segment.init_sha:
            init = segment.init_sha
            lines.append(f'#EXT-X-MAP:URI="init/{init}.mp4"')
        if fresh or segment is found[0]:
            lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{_date(segment.start_us)}")
        lines += (f"#EXTINF:{segment.ticks / VIDEO_SCALE:.5f},", segment.uri)
        before = segment
    return lines


def _date(utc_us: int) -> str:
    seconds, micro = divmod(utc_us, 1_000_000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{micro // 1000:03d}Z"
