"""Questions to the catalog and to the files being written. All times are UTC in µs."""

from bisect import bisect_left, bisect_right
from collections import OrderedDict
from datetime import UTC, datetime, timedelta
import threading

from ...errors import RequestError
from ..format.fragment import audio_time, patch_tfdt
from ..format.index import FragmentEntry, unpack
from . import elsewhere_rows
from .archive import Archive
from .files import OpenFile
from .gaps import Tiling
from .plan import planned
from .schedule import Span, union
from .views import Coverage, Day, GapView, KeyFrame, RecordingSlice, RecordingView, Stream, Timeline

_LONGEST_US = 7_200_000_000
"""No file is longer: files end at the first key frame after their time, and that is dead after 20 s."""
_CACHED = 512
_DAY_US = 86_400_000_000
_DAYS_US = 40 * _DAY_US
_SLICES = (
    "SELECT id, run, seq, (SELECT sha256 FROM init WHERE id = init), ticks0, idx, rel_start, rel_end"
    " FROM recording WHERE id = ?"
)

# What touches a stretch: camera, stream, its end, its begin less the longest file, its begin.
_TOUCHING = (
    " FROM epoch e CROSS JOIN recording r INDEXED BY recording_time"
    " WHERE r.camera = ? AND r.stream = ? AND r.epoch = e.id AND r.rel_start < ? - e.utc0"
    " AND r.rel_start > ? - e.utc0 AND r.rel_end > ? - e.utc0 AND r.state NOT IN ('open', 'bad', 'deleting')"
)


class Queries:
    """Answers about one archive; thread-safe."""

    def __init__(self, archive: Archive, tilings: dict[str, Tiling]) -> None:
        """Ask an archive, and the gaps that are not in its catalog yet."""
        self._archive = archive
        self._catalog = archive.catalog
        self._tilings = tilings
        self._lock = threading.Lock()
        self._cache: OrderedDict[int, list[FragmentEntry]] = OrderedDict()

    @property
    def archive(self) -> Archive:
        """Return the archive that is asked."""
        return self._archive

    def camera(self, uid: str) -> int | None:
        """Return the row of a camera."""
        row = self._catalog.one("SELECT id FROM camera WHERE uid = ?", (uid,))
        return None if row is None else int(row[0])

    def timeline(self, uid: str, stream: Stream, t0: int, t1: int) -> Timeline:
        """Return recordings and gaps that touch a stretch."""
        recordings = [
            RecordingView(
                id=row, start_us=start, end_us=end, run=run, seq=seq, stream=stream, bytes=size, state=state
            )
            for row, start, end, run, seq, size, state in self._recordings(uid, stream, t0, t1)
        ]
        gaps = self._gaps(uid, t0, t1) if stream == "main" else []
        recordings += self._elsewhere(uid, stream, t0, t1)
        file = self._archive.files.get((uid, stream))
        if file is not None:
            horizon = self._archive.clock.utc_us(file.synced_end)
        else:
            horizon = recordings[-1].end_us if recordings else t0
        return Timeline(horizon_us=horizon, recordings=recordings, gaps=gaps)

    def coverage(self, uid: str, t0: int, t1: int, step_s: int) -> Coverage:
        """Return seconds recorded and planned per step of the main stream."""
        recorded = self.recorded(uid, t0, t1)
        return Coverage(
            step_s=step_s,
            recorded=seconds(recorded, t0, t1, step_s),
            planned=seconds(union([*recorded, *self.planned(uid, t0, t1)]), t0, t1, step_s),
        )

    def recorded(self, uid: str, t0: int, t1: int) -> list[Span]:
        """Return when the main stream was recorded, in a stretch; neighbouring files are one."""
        camera = self.camera(uid)
        if camera is None:
            return []
        utc = self._archive.clock.utc_us
        growing = [(utc(file.rel_start), utc(file.rel_end)) for file in self._growing(uid, "main")]
        # A month is ten thousand files: their edges, and nothing else.
        spans = self._catalog.query(
            "SELECT max(e.utc0 + r.rel_start, ?), min(e.utc0 + r.rel_end, ?)" + _TOUCHING,
            (t0, t1, camera, "main", t1, t0 - _LONGEST_US, t0),
        )
        spans += [(max(start, t0), min(end, t1)) for start, end in growing if start < t1 and end > t0]
        spans += self._kept_elsewhere(uid, camera, t0, t1)
        return union([(start, end) for start, end in spans])

    def planned(self, uid: str, t0: int, t1: int) -> list[Span]:
        """Return when the main stream should have been recorded, in a stretch."""
        return planned(self._archive, uid, t0, t1)

    def days(self, uid: str, tz_offset_s: int) -> list[Day]:
        """Return the local days with footage, oldest first."""
        offset = tz_offset_s * 1_000_000
        sums: dict[int, int] = {}
        now = self._archive.clock.utc_us()
        ours = [(row[1], row[2]) for row in self._recordings(uid, "main", 0, now + _DAYS_US)]
        theirs = [(each.start_us, each.end_us) for each in self._elsewhere(uid, "main", 0, now)]
        for start, end in [*ours, *theirs]:
            begin = start + offset
            while begin < end + offset:
                day = begin // _DAY_US
                until = min(end + offset, (day + 1) * _DAY_US)
                sums[day] = sums.get(day, 0) + until - begin
                begin = until
        epoch = datetime(1970, 1, 1, tzinfo=UTC)
        return [
            Day(
                day=f"{epoch + timedelta(days=day):%Y%m%d}",
                start_us=day * _DAY_US - offset,
                recorded_s=total / 1e6,
            )
            for day, total in sorted(sums.items())
        ]

    def edges(self, uid: str) -> tuple[int | None, int | None]:
        """Return when the oldest footage of a camera's main stream begins and the newest ends."""
        oldest = newest = None
        camera = self.camera(uid)
        for epoch, utc0 in self._catalog.query("SELECT id, utc0 FROM epoch"):
            where = (camera, epoch)
            row = self._catalog.one(
                "SELECT rel_start FROM recording WHERE camera = ? AND stream = 'main' AND epoch = ?"
                " AND state != 'bad' ORDER BY rel_start LIMIT 1",
                where,
            )
            if row is None:
                continue
            last = self._catalog.one(
                "SELECT rel_end FROM recording WHERE camera = ? AND stream = 'main' AND epoch = ?"
                " AND state != 'bad' ORDER BY rel_start DESC LIMIT 1",
                where,
            ) or (0,)
            oldest = utc0 + row[0] if oldest is None else min(oldest, utc0 + row[0])
            newest = utc0 + last[0] if newest is None else max(newest, utc0 + last[0])
        begin, end = elsewhere_rows.edges(self._catalog.query, camera) if camera is not None else (None, None)
        recent = self._archive.elsewhere.get(uid, ())
        oldest = min(
            (each for each in (oldest, begin, *(span[0] for span in recent)) if each is not None),
            default=None,
        )
        newest = max(
            (each for each in (newest, end, *(span[1] for span in recent)) if each is not None), default=None
        )
        file = self._archive.files.get((uid, "main"))
        if file is not None:
            newest = max(newest or 0, self._archive.clock.utc_us(file.rel_end))
        return oldest, newest

    def bytes_between(self, uid: str, t0: int, t1: int) -> int:
        """Return the bytes of both streams' files that begin in a stretch."""
        camera = self.camera(uid)
        theirs = 0 if camera is None else elsewhere_rows.sizes(self._catalog.query, camera, t0, t1)
        return theirs + sum(
            row[5]
            for stream in ("main", "sub")
            for row in self._recordings(uid, stream, t0, t1)
            if row[1] >= t0
        )

    # -- media ------------------------------------------------------------------------------

    def fragments(self, uid: str, stream: Stream, t0: int, t1: int) -> list[RecordingSlice]:
        """Return the fragments of a stretch, from the key frame before it."""
        slices = []
        for row in self._recordings(uid, stream, t0, t1):
            found = self._slice(row[0], row[1], row[2], t0, t1)
            if found is not None:
                slices.append(found)
        return slices

    def read_media(self, recording: int, first: int, last: int) -> bytes:
        """Return whole fragments, timed from the run's beginning; raises RequestError("not_found")."""
        raw, entries, ticks0, rate = self._read(recording, first, last)
        data = bytearray(raw)
        del entries
        if ticks0:
            patch_tfdt(data, ticks0, audio_time(ticks0, rate) if rate else 0)
        return bytes(data)

    def init(self, sha: str) -> bytes:
        """Return an init segment; raises RequestError("not_found")."""
        row = self._catalog.one("SELECT box FROM init WHERE sha256 = ?", (sha,))
        if row is None:
            raise _not_found("init segment")
        return bytes(row[0])

    def key_frame(self, uid: str, stream: Stream, utc: int | None) -> KeyFrame | None:
        """Return the newest key frame at or before a time, not more than a file's length away."""
        at = self._archive.clock.utc_us() + _LONGEST_US if utc is None else utc
        begin = at - 2 * _LONGEST_US if utc is None else at - 60_000_000
        for row in reversed(list(self._recordings(uid, stream, begin, at + 1))):
            found = self._slice(row[0], row[1], row[2], at, at + 1)
            if found is None or not found.entries:
                continue
            index = found.first
            for position, entry in enumerate(found.entries):
                if entry.key and found.times_us[position] <= at:
                    index = found.first + position
            try:
                raw, _, _, _ = self._read(found.recording, index, index)
            except RequestError:
                continue
            return KeyFrame(
                time_us=found.times_us[index - found.first], recording=found.recording, index=index,
                init_sha=found.init_sha, init=self.init(found.init_sha), fragment=raw,
            )  # fmt: skip
        return None

    # -- inside -----------------------------------------------------------------------------

    def _recordings(
        self, uid: str, stream: str, t0: int, t1: int
    ) -> list[tuple[int, int, int, int, int, int, str]]:
        """Return id, start, end, run, seq, bytes, state of what touches a stretch, in time order."""
        camera = self.camera(uid)
        if camera is None:
            return []
        # What is closed meanwhile is in both, and counts once.
        growing = self._growing(uid, stream)
        rows = self._catalog.query(
            "SELECT r.id, e.utc0 + r.rel_start, e.utc0 + r.rel_end, r.run, r.seq, r.bytes, r.state"
            + _TOUCHING,
            (camera, stream, t1, t0 - _LONGEST_US, t0),
        )
        utc = self._archive.clock.utc_us
        for file in growing:
            start, end = utc(file.rel_start), utc(file.rel_end)
            if start < t1 and end > t0 and not any(row[0] == file.recording for row in rows):
                identity = file.identity
                rows.append((file.recording, start, end, identity.run, identity.seq, file.size, "open"))
        rows.sort(key=lambda row: (row[1], row[0]))
        return rows

    def _elsewhere(self, uid: str, stream: Stream, t0: int, t1: int) -> list[RecordingView]:
        """Return the footage that somebody else keeps; nothing of it can be read here."""
        camera = self.camera(uid)
        if camera is None or stream != "main":
            return []
        return [
            RecordingView(
                id=0, start_us=start, end_us=end, run=0, seq=0, stream=stream, bytes=0, state="elsewhere"
            )
            for start, end in self._kept_elsewhere(uid, camera, t0, t1)
        ]

    def _kept_elsewhere(self, uid: str, camera: int, t0: int, t1: int) -> list[Span]:
        recent = self._archive.elsewhere.get(uid, ())
        fresh = [(max(start, t0), min(end, t1)) for start, end in recent if start < t1 and end > t0]
        return elsewhere_rows.joined([*elsewhere_rows.footage(self._catalog.query, camera, t0, t1), *fresh])

    def _growing(self, uid: str, stream: str) -> list[OpenFile]:
        return [
            file
            for file in self._archive.growing()
            if (file.identity.camera, file.identity.stream) == (uid, stream) and file.entries
        ]

    def _gaps(self, uid: str, t0: int, t1: int) -> list[GapView]:
        camera = self.camera(uid)
        clock = self._archive.clock
        own = clock.epoch.id
        gaps = elsewhere_rows.gaps(self._catalog.query, camera, t0, t1) if camera is not None else []
        gaps += [
            GapView(start_us=start, end_us=end, cause=cause, planned=bool(planned), detail=detail)
            for epoch, start, end, cause, planned, detail in self._catalog.query(
                "SELECT g.epoch, e.utc0 + g.rel_start, e.utc0 + g.rel_end, g.cause, g.planned, g.detail"
                " FROM gap g JOIN epoch e ON e.id = g.epoch WHERE g.camera = ? AND g.stream = 'main'"
                " AND g.rel_start < ? - e.utc0 AND coalesce(g.rel_end, ? - e.utc0) >= ? - e.utc0",
                (camera, t1, t1, t0),
            )
            if not (epoch == own and end is None)
        ]
        tiling = self._tilings.get(uid)
        waiting = [*tiling.changed, *([tiling.open] if tiling.open else [])] if tiling is not None else []
        for gap in waiting:
            start = clock.utc_us(gap.start)
            end = None if gap.end is None else clock.utc_us(gap.end)
            if start < t1 and (end is None or end >= t0) and not any(each.start_us == start for each in gaps):
                gaps.append(
                    GapView(
                        start_us=start, end_us=end, cause=gap.cause, planned=gap.planned, detail=gap.detail
                    )
                )
        return sorted(gaps, key=lambda gap: gap.start_us)

    def _slice(self, recording: int, start: int, end: int, t0: int, t1: int) -> RecordingSlice | None:
        file = self._open(recording)  # before its row: that is complete once the file is none of ours
        row = self._catalog.one(_SLICES, (recording,))
        if row is None:
            return None
        entries = list(file.entries) if file is not None else self._entries(recording, row[5])
        if not entries:
            return None
        length = entries[-1].ticks + entries[-1].duration
        scale = (end - start) / length if length else 0.0
        low, high = (t0 - start) / scale if scale else 0, (t1 - start) / scale if scale else length
        first = max(0, bisect_right(entries, low, key=_ticks) - 1)
        while first and not entries[first].key:
            first -= 1
        last = bisect_left(entries, high, key=_ticks)
        part = entries[first:last]
        if not part:
            return None
        times = [start + round(entry.ticks * scale) for entry in part]
        times.append(start + round((part[-1].ticks + part[-1].duration) * scale))
        return RecordingSlice(
            recording=recording, run=row[1], seq=row[2], init_sha=row[3], ticks0=row[4], first=first,
            entries=part, times_us=times, complete=file is None or file.closed,
        )  # fmt: skip

    def _open(self, recording: int) -> OpenFile | None:
        return next((file for file in self._archive.growing() if file.recording == recording), None)

    def _entries(self, recording: int, idx: bytes) -> list[FragmentEntry]:
        with self._lock:
            known = self._cache.get(recording)
            if known is not None:
                self._cache.move_to_end(recording)
                return known
        known = unpack(idx) if idx else []
        if known:
            with self._lock:
                self._cache[recording] = known
                while len(self._cache) > _CACHED:
                    self._cache.popitem(last=False)
        return known

    def _read(self, recording: int, first: int, last: int) -> tuple[bytes, list[FragmentEntry], int, int]:
        file = self._open(recording)
        row = self._catalog.one(
            "SELECT path, idx, ticks0, init FROM recording WHERE id = ? AND state NOT IN ('bad', 'deleting')",
            (recording,),
        )
        if row is None:
            raise _not_found("recording")
        entries = list(file.entries) if file is not None else self._entries(recording, row[1])
        if not 0 <= first <= last < len(entries):
            raise _not_found("fragment")
        begin, end = entries[first].offset, entries[last].end
        fs = self._archive.env.fs
        try:
            fd = fs.open(self._archive.volume.at(row[0]))
            try:
                data = fs.pread(fd, end - begin, begin)
            finally:
                fs.close(fd)
        except OSError as error:
            raise _not_found("file") from error
        if len(data) != end - begin:
            raise _not_found("end of the file")
        return data, entries[first : last + 1], row[2], self._rate(row[3])

    def _rate(self, init: int) -> int:
        row = self._catalog.one("SELECT arate FROM init WHERE id = ?", (init,))
        return int(row[0]) if row else 0


def _ticks(entry: FragmentEntry) -> int:
    return entry.ticks


def seconds(spans: list[Span], t0: int, t1: int, step_s: int) -> list[float]:
    """Return how many seconds of each step spans take."""
    step = step_s * 1_000_000
    bins = [0] * max(0, -(-(t1 - t0) // step))
    for start, end in spans:
        while start < end:
            index = (start - t0) // step
            until = min(end, t0 + (index + 1) * step)
            bins[index] += until - start
            start = until
    return [value / 1e6 for value in bins]


def _not_found(what: str) -> RequestError:
    return RequestError("not_found", f"there is no such {what} (any more)")
