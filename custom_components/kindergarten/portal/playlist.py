"""The playlist of one viewing: the segments of its room, under numbers that only it knows."""

from datetime import UTC, datetime
import secrets
from typing import Final

from .live import SCALE, RoomFeed, Segment

_MOST: Final = 10
"""So many segments are told; a player further behind jumps."""
_BEGIN_SEGMENTS: Final = 2
_BEGIN_US: Final = 4_000_000
"""A player begins with two segments, if that is not further back than this, else with the newest key frame."""
_NUMBERS: Final = 1 << 52
"""Numbers of a playlist are whole also as JavaScript has them."""


class Playlist:
    """What one viewing has been told, and may therefore fetch.

    The first playlist begins at a key frame, none goes back before `not_before_us`.
    """

    def __init__(self, feed: RoomFeed, not_before_us: int) -> None:
        """Begin without a place in the feed."""
        self._feed = feed
        self._not_before_us = not_before_us
        self._offset = secrets.randbelow(_NUMBERS // 2)
        self._first: Segment | None = None
        self._base: Segment | None = None
        self.told = 0

    def ready(self) -> bool:
        """Tell whether there is something that the viewing was not told yet."""
        if self._first is None:
            self._first = self._beginning()
        return self._first is not None and self._feed.newest > self.told

    def _beginning(self) -> Segment | None:
        allowed = [each for each in self._feed.segments() if each.start_us >= self._not_before_us]
        keys = [each for each in allowed if each.key]
        if not keys:
            return None
        newest = allowed[-1]
        for key in reversed(keys):
            if newest.number - key.number + 1 >= _BEGIN_SEGMENTS:
                return key if newest.end_us - key.start_us <= _BEGIN_US else keys[-1]
        return keys[-1]

    def text(self) -> str | None:
        """Return the playlist, `None` while there is nothing to show."""
        self.ready()
        first = self._first
        if first is None:
            return None
        listed = [each for each in self._feed.segments() if each.number >= first.number][-_MOST:]
        if not listed:
            self._first = None  # the camera was away: begin anew at a key frame
            return None
        self._base = base = self._base or first
        self.told = listed[-1].number
        lines = [
            "#EXTM3U",
            "#EXT-X-VERSION:7",
            f"#EXT-X-TARGETDURATION:{max(1, round(max(each.ticks for each in listed) / SCALE))}",
            f"#EXT-X-MEDIA-SEQUENCE:{listed[0].number - base.number}",
            f"#EXT-X-DISCONTINUITY-SEQUENCE:{listed[0].breaks - base.breaks}",
            "#EXT-X-START:TIME-OFFSET=0,PRECISE=YES",
        ]
        before: Segment | None = None
        for segment in listed:
            lines += self._lines(segment, before)
            before = segment
        return "\n".join([*lines, ""])

    def _lines(self, segment: Segment, before: Segment | None) -> list[str]:
        lines = []
        broken = before is None or before.breaks != segment.breaks
        if before is not None and broken:
            lines.append("#EXT-X-DISCONTINUITY")
        if before is None or before.init != segment.init:
            lines.append(f'#EXT-X-MAP:URI="i/{self._offset + segment.init}"')
        if broken:
            lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{_date(segment.start_us)}")
        lines += [f"#EXTINF:{segment.ticks / SCALE:.5f},", f"s/{self._offset + segment.number}"]
        return lines

    def segment(self, number: int) -> bytes | None:
        """Return a segment by the viewing's own number, if it was told and is still there."""
        number -= self._offset
        if self._first is None or not self._first.number <= number <= self.told:
            return None
        found = self._feed.segment(number)
        return found.data if found is not None else None

    def init(self, number: int) -> bytes | None:
        """Return an init segment by the viewing's own number."""
        if self._first is None:
            return None
        found = self._feed.init(number - self._offset)
        return found.data if found is not None else None


def _date(utc_us: int) -> str:
    seconds, micro = divmod(utc_us, 1_000_000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{micro // 1000:03d}Z"
