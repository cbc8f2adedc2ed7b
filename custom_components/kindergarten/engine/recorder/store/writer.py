"""Writes what cameras deliver: fragments into files, files into the catalog, holes into gaps.

Everything here runs on one thread at a time, under one lock (`work`); in a simulation that is the
test's own thread.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
import errno
import logging
import sqlite3
import threading
from typing import override

from ...env import Env
from ...errors import ArchiveError
from ..format.fragment import pictures
from ..format.identity import Identity
from ..format.init import Init
from ..fragments import Samples
from .archive import Archive, Begin
from .checksum import checked
from .epochs import Clock
from .files import VIDEO, OpenFile, is_full, make_folders, recording_path
from .gaps import TOLERANCE_US, Tiling
from .inbox import Run, RunTasks
from .views import Emit, StoreSettings, Stream

_LOGGER = logging.getLogger(__name__)
_GOLDEN = 0.6180339887
_TRIES = 3
_FILLED_US = 1_000_000
"""A jump in time of up to this inside a group of pictures is taken as the camera's jitter."""

type Key = tuple[str, str]


@dataclass(slots=True, eq=False)
class Track:
    """One stream of a camera as it is being written. `run` is a new number after every break."""

    camera: str
    stream: Stream
    offset_us: int
    run: int = 0
    base: int = 0
    seq: int = 0
    end: int | None = None
    owner: Run | None = None
    file: OpenFile | None = None
    init: Init | None = None
    file_ticks0: int = 0
    border: int = 0
    turn: bool = False


class Writer(RunTasks):
    """Turns fragments into files."""

    def __init__(
        self, env: Env, clock: Clock, emit: Emit, settings: StoreSettings, fail: Callable[[Exception], None]
    ) -> None:
        """Write nowhere yet; `fail` hears that the archive can no longer be used."""
        self._env = env
        self._clock = clock
        self._emit = emit
        self._fail = fail
        self._last_run = 0
        self.settings = settings
        self.work = threading.RLock()
        self.archive: Archive | None = None
        self.make_room: Callable[[], bool] = lambda: False
        self.why_full: Callable[[], str] = lambda: ""
        self.tilings: dict[str, Tiling] = {}
        self.tracks: dict[Key, Track] = {}
        self.full = False

    # -- what cameras do --------------------------------------------------------------------

    @override
    def samples(self, run: Run, samples: Samples) -> None:
        track = self._track(run.camera, run.stream)
        for _ in range(_TRIES):
            if self.archive is None:
                self._hole(track, samples.rel_start_us, "disk_error")
                return
            try:
                if not self.archive.volume.reserved:
                    raise OSError(errno.ENOSPC, "the ledger has no room")
                if self._prepare(self.archive, track, run, samples):
                    self._append(track, samples)
                return
            except (OSError, sqlite3.Error, ArchiveError) as error:
                if not no_room(error, self.archive):
                    self._on_error(track, samples, error)
                    return
                if not self.make_room():
                    break
        self._on_full(track, samples)

    @override
    def end(self, run: Run, rel_us: int, cause: str, detail: str) -> None:
        track = self._track(run.camera, run.stream)
        if track.owner is run or track.owner is None:
            self.finish(track, cause)
            track.owner = None
        self.down(run.camera, run.stream, rel_us, cause, detail)

    @override
    def down(self, camera: str, stream: Stream, rel_us: int, cause: str, detail: str) -> None:
        tiling = self.tilings.get(camera)
        if stream == "main" and tiling is not None:
            tiling.down(rel_us, cause, detail)

    # -- files ------------------------------------------------------------------------------

    def finish(self, track: Track, cause: str | None = None) -> None:
        """Complete and close a track's file, if there is one."""
        archive, file = self.archive, track.file
        if archive is None or file is None:
            return
        try:
            self._finish(archive, track, file)
            self._close(archive, file, cause, track.owner)
            if not file.entries:
                with suppress(FileNotFoundError):
                    archive.env.fs.unlink(file.path)
        except (OSError, sqlite3.Error) as error:
            self._fail(error)

    def close_rest(self) -> None:
        """Complete the rows for which the catalog had no room when their files were finished."""
        archive = self.archive
        if archive is None:
            return
        try:
            for file in list(archive.closing.values()):
                self._close(archive, file)
        except sqlite3.Error as error:
            self._fail(error)

    def _close(
        self, archive: Archive, file: OpenFile, cause: str | None = None, run: Run | None = None
    ) -> None:
        """Complete a file's row; on a disk without any room that waits (see `close_rest`)."""
        with suppress_full(archive):
            self.with_room(lambda: archive.close(file, cause, run))

    def with_room(self, act: Callable[[], object]) -> None:
        """Do something that writes; where the disk is full make room and do it again."""
        for _ in range(_TRIES):
            try:
                act()
                return
            except (OSError, sqlite3.Error) as error:
                if not no_room(error, self.archive) or not self.make_room():
                    raise
        act()

    def lose(self, cause: str) -> None:
        """Let go of all files: the disk is gone, and what was not synced with it."""
        for track in self.tracks.values():
            file, track.file = track.file, None
            if file is not None:
                file.leave()
                self._lost(track, file.synced_end, cause)

    def turn_all(self) -> None:
        """Begin new files at the next key frames."""
        for track in self.tracks.values():
            track.turn = True

    def check_files(self) -> None:
        """Close the files that could not be synced."""
        for track in list(self.tracks.values()):
            if track.file is not None and track.file.failed is not None:
                self._give_up(track, track.file.failed)

    def save_gaps(self) -> None:
        """Keep what changed of the gaps, if there is a place for it."""
        if self.archive is None:
            return
        archive = self.archive
        try:
            with suppress_full(archive):
                self.with_room(lambda: archive.save_gaps(self.tilings.items()))
        except (OSError, sqlite3.Error) as error:
            self._fail(error)

    def after(self, last_run: int) -> None:
        """Number runs from here on."""
        self._last_run = max(self._last_run, last_run)

    # -- inside -----------------------------------------------------------------------------

    def _track(self, camera: str, stream: Stream) -> Track:
        key = (camera, stream)
        if key not in self.tracks:
            period = self.settings.file_s * 1_000_000
            share = len(self.tracks) * _GOLDEN % 1
            self.tracks[key] = Track(camera=camera, stream=stream, offset_us=int(period * share))
        return self.tracks[key]

    def _prepare(self, archive: Archive, track: Track, run: Run, samples: Samples) -> bool:
        """Have the right file open for a fragment; false when it cannot be used."""
        if track.file is not None and track.file.failed is not None:
            raise track.file.failed
        if track.owner is not run:
            self.finish(track, "unknown")
            track.owner, track.run = run, 0
        start = self._start(track, samples.rel_start_us)
        file = track.file
        if file is not None:
            hole = start - file.rel_end > (TOLERANCE_US if samples.key else _FILLED_US)
            if not hole and not (samples.key and self._due(track, run, file, start)):
                return True
            if hole:
                self.finish(track, "packet_loss")
        if samples.key:
            self._begin(archive, track, run, samples)
        return track.file is not None

    def _due(self, track: Track, run: Run, file: OpenFile, start: int) -> bool:
        return (
            track.turn
            or self._border(track, start) != track.border
            or track.init is not run.init
            or file.size >= self.settings.file_bytes
        )

    def _border(self, track: Track, rel_us: int) -> int:
        """Return the number of the stretch of wall time that a file belongs to."""
        return (self._clock.utc_us(rel_us) - track.offset_us) // (self.settings.file_s * 1_000_000)

    def _begin(self, archive: Archive, track: Track, run: Run, samples: Samples) -> None:
        """Go over to a new file."""
        archive.volume.check()
        old = track.file
        if old is not None:
            self._finish(archive, track, old)
        start = self._start(track, samples.rel_start_us)
        before = track.run, track.base, track.seq
        if track.run == 0 or track.end is None or start - track.end > TOLERANCE_US:
            self._last_run = max(self._last_run + 1, self._clock.utc_us() // 1000)
            track.run, track.base, track.seq = self._last_run, samples.ticks, 0
        else:
            track.seq += 1
        try:
            track.file = self._create(archive, track, run, start, samples.ticks)
        except OSError, sqlite3.Error:
            track.run, track.base, track.seq = before
            raise
        track.init, track.file_ticks0, track.turn = run.init, samples.ticks, False
        track.border = self._border(track, start)
        archive.files[track.camera, track.stream] = track.file

    def _create(self, archive: Archive, track: Track, run: Run, start: int, ticks: int) -> OpenFile:
        """Make the row of a file, then the file."""
        path = recording_path(track.camera, track.stream, track.run, track.seq, self._clock.utc_us(start))
        new = Begin(
            camera=track.camera, stream=track.stream, run=track.run, seq=track.seq, init=run.init,
            rel_start=start, ticks0=ticks - track.base, path=path, reader=run.reader, loss=run.loss,
        )  # fmt: skip
        row = archive.begin(new)
        fs = archive.env.fs
        try:
            archive.volume.check_folder(VIDEO)
            make_folders(fs, archive.volume.path, path.rpartition("/")[0])
            identity = self._identity(archive, new)
            file = OpenFile(fs, archive.volume.at(path), identity, run.init, row, start, self.make_room)
            try:
                archive.volume.check_folder(path.rpartition("/")[0])
            except OSError:
                file.leave()
                fs.unlink(file.path)
                raise
            return file
        except OSError:
            archive.forget(row)
            raise

    def _identity(self, archive: Archive, new: Begin) -> Identity:
        epoch = self._clock.epoch
        return Identity(
            archive_id=archive.archive_id, camera=new.camera, stream=new.stream, run=new.run, seq=new.seq,
            epoch=epoch.id, boot_id=epoch.boot_id, mono_ns=epoch.mono0_ns + new.rel_start * 1000,
            utc_us=self._clock.utc_us(new.rel_start), rel_start_us=new.rel_start, ticks0=new.ticks0,
            init_sha=new.init.sha256, ledger_n=archive.ledger.number, ledger_h=archive.ledger.head,
        )  # fmt: skip

    def _append(self, track: Track, samples: Samples) -> None:
        file = track.file
        assert file is not None
        rate = file.init.audio.rate if file.init.audio is not None else 0
        data = checked(samples, len(file.entries) + 1, track.file_ticks0, rate)
        # Viewers share what waits for the sync: both at once were half a megabyte a camera more.
        samples.video_data = [pictures(data, samples)]
        begin = samples.ticks - track.file_ticks0
        file.append(data, begin, samples.duration, len(samples.video), key=samples.key)
        before = file.rel_end
        file.rel_end = track.end = max(samples.rel_end_us, before)
        self._has_room()
        tiling = self.tilings.get(track.camera)
        if track.stream == "main" and tiling is not None:
            tiling.recorded(before, file.rel_end, "packet_loss")
            if tiling.changed:
                self.save_gaps()

    def _has_room(self) -> None:
        if self.full:
            self.full = False
            _LOGGER.warning("There is room again: recording goes on")
            self._emit("archive_restored", None, {"status": "full"})

    def _start(self, track: Track, rel_us: int) -> int:
        tiling = self.tilings.get(track.camera)
        if track.stream == "main" and tiling is not None:
            return tiling.begin(rel_us)
        return rel_us if track.end is None else max(rel_us, track.end)

    def _finish(self, archive: Archive, track: Track, file: OpenFile) -> None:
        """Close a file, whole or without what did not reach the disk."""
        track.file = None
        archive.closing[file.recording] = file
        archive.files.pop((track.camera, track.stream), None)
        try:
            file.finish()
        except OSError as error:
            self._cut(track, file, error)

    def _cut(self, track: Track, file: OpenFile, error: OSError) -> None:
        file.abandon()
        self._lost(track, file.rel_end, "disk_full" if is_full(error) else "disk_error")
        _LOGGER.warning("The disk failed under %s: %s", file.path, error.strerror)

    def _lost(self, track: Track, from_us: int, cause: str) -> None:
        track.end = from_us
        tiling = self.tilings.get(track.camera)
        if track.stream == "main" and tiling is not None:
            tiling.lost(from_us, cause)

    def _hole(self, track: Track, rel_us: int, cause: str, detail: str = "") -> None:
        self.down(track.camera, track.stream, rel_us, cause, detail)

    def _on_full(self, track: Track, samples: Samples) -> None:
        """There is nothing that may go: recording stops until there is room."""
        self.finish(track, "disk_full")
        self._hole(track, samples.rel_start_us, "disk_full")
        if not self.full:
            self.full = True
            _LOGGER.error("The disk is full and nothing on it may be deleted: recording stops")
            self._emit("archive_unavailable", None, {"status": "full", "detail": self.why_full()})

    def _on_error(self, track: Track, samples: Samples, error: Exception) -> None:
        if isinstance(error, OSError) and track.file is not None and self._there():
            self._give_up(track, error)
        else:
            self._fail(error)
        # The disk is well then: whoever looks for a fault must not look there.
        scarce = isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE)
        self._hole(track, samples.rel_start_us, "disk_error", "too many open files" if scarce else "")

    def _there(self) -> bool:
        try:
            if self.archive is not None:
                self.archive.volume.check()
        except ArchiveError:
            return False
        return self.archive is not None

    def _give_up(self, track: Track, error: OSError) -> None:
        """Close a file whose last part cannot be trusted; the next key frame begins another."""
        archive, file, track.file = self.archive, track.file, None
        if archive is None or file is None:
            return
        archive.closing[file.recording] = file
        archive.files.pop((track.camera, track.stream), None)
        self._cut(track, file, error)
        try:
            self._close(archive, file, "disk_full" if is_full(error) else "disk_error")
        except (OSError, sqlite3.Error) as failed:
            self._fail(failed)


def no_room(error: Exception, archive: Archive | None) -> bool:
    """Tell whether deleting something would help."""
    if isinstance(error, sqlite3.OperationalError):
        return archive is not None and archive.catalog.full(error)
    return isinstance(error, OSError) and is_full(error)


@contextmanager
def suppress_full(archive: Archive) -> Iterator[None]:
    """Let something wait for room."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        if not no_room(error, archive):
            raise
