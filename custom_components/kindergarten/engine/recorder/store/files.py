"""One recording's file while it is written, and where files lie."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
import errno
import threading

from ...filesystem import FileSystem
from ..format.identity import Identity
from ..format.index import FragmentEntry
from ..format.init import Init
from ..format.recording_file import closing, head

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_TRIES = 3
VIDEO = "video"


def recording_path(camera: str, stream: str, run: int, seq: int, utc_us: int) -> str:
    """Return where a recording lies in its volume: a hint for people, the header box is the truth."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(
        microseconds=min(max(0, utc_us), 250_000_000_000_000_000)
    )
    stamp = f"{moment:%Y%m%dT%H%M%S}{moment.microsecond // 1000:03d}z"
    return f"{camera_folder(camera)}/{moment:%Y%m%d}/{stamp}-{stream[0]}-{_base36(run)}-{seq}.mp4"


def camera_folder(camera: str) -> str:
    """Return the folder of a camera in its volume."""
    return f"{VIDEO}/{camera[:12]}"


def _base36(number: int) -> str:
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
    return text or "0"


def make_folders(fs: FileSystem, root: str, relative: str) -> None:
    """Make a folder of the archive so that it outlives a power cut."""
    path = root
    for part in relative.split("/"):
        parent, path = path, f"{path}/{part}"
        if not fs.exists(path):
            fs.make_folder(path)
            fs.sync_folder(parent)


def is_full(error: OSError) -> bool:
    """Tell whether an error means that there is no room."""
    return error.errno in _FULL


class OpenFile:
    """A recording that grows. One thread writes, another may sync; queries read `entries`.

    What was written since the last sync is kept in memory: many disks say only then that they are full.
    """

    def __init__(
        self, fs: FileSystem, path: str, identity: Identity, init: Init, recording: int, rel_start: int,
        make_room: Callable[[], bool] = lambda: False,
    ) -> None:  # fmt: skip
        """Create the file; raises OSError, leaving none behind. `make_room` is asked in a sync without room."""
        self._fs = fs
        self._make_room = make_room
        self._lock = threading.Lock()
        self._named = False
        self.path = path
        self.identity = identity
        self.init = init
        self.recording = recording
        self.rel_start = rel_start
        self.rel_end = rel_start
        self.entries: list[FragmentEntry] = []
        self.synced_entries = 0
        self.synced_size = 0
        self.synced_end = rel_start
        self.failed: OSError | None = None
        self.closed = False
        header = head(init, identity)
        self._begin = header
        self._fd = fs.create(path)
        try:
            self._write(header, 0)
        except OSError:
            fs.close(self._fd)
            fs.unlink(path)
            raise
        self.size = len(header)
        self._unsynced: list[tuple[int, bytes | bytearray]] = [(0, header)]

    @property
    def unsynced(self) -> bool:
        """Tell whether something is not on the disk yet."""
        return not self.closed and self.failed is None and (self.synced_size != self.size or not self._named)

    @property
    def ticks(self) -> int:
        """Return the length of what is in the file (90 kHz)."""
        return self.entries[-1].ticks + self.entries[-1].duration if self.entries else 0

    def append(self, data: bytes | bytearray, ticks: int, duration: int, pictures: int, *, key: bool) -> None:
        """Write one fragment with one call. Raises OSError; then it is not in the file."""
        self._write(data, self.size)
        self._unsynced.append((self.size, data))
        self.entries.append(
            FragmentEntry(
                offset=self.size, size=len(data), ticks=ticks, duration=duration, key=key, pictures=pictures
            )
        )
        self.size += len(data)

    def sync(self) -> None:
        """Make what is written durable. Raises OSError, once; then nothing since the last sync counts."""
        with self._lock:
            if self.closed or self.failed is not None:
                return
            count, size, end = len(self.entries), self.size, self.rel_end
            parts = self._unsynced.copy()
            try:
                self._sync(parts)
            except OSError as error:
                # After a failed sync the kernel may call lost pages clean: a second try proves nothing.
                self.failed = error
                raise
            del self._unsynced[: len(parts)]
            self.synced_entries, self.synced_size, self.synced_end = count, size, end

    def _sync(self, parts: list[tuple[int, bytes | bytearray]]) -> None:
        """Sync; without room make some, write the same once more, and sync that."""
        for attempt in range(_TRIES):
            try:
                if attempt:
                    for offset, data in parts:
                        self._write(data, offset, cut=False)
                self._fs.sync(self._fd)
                if not self._named:
                    self._fs.sync_folder(self.path.rpartition("/")[0])
                    self._named = True
                return
            except OSError as error:
                if attempt == _TRIES - 1 or not is_full(error) or not self._make_room():
                    raise

    def finish(self) -> None:
        """Complete the file for players, sync and close it. Raises OSError; then use `abandon`.

        On a full disk it stays without its end: any player can still read it.
        """
        self.sync()
        if self.failed is not None:
            raise self.failed
        end = closing(self._begin, self.entries)
        size = self.size
        try:
            self._write(end.mfra, size)
            for offset, patch in end.patches:
                self._fs.write_all(self._fd, patch, offset)
        except OSError as error:
            if not is_full(error):
                raise
        else:
            self._unsynced += [(size, end.mfra), *end.patches]
            self.size = size + len(end.mfra)
        self.sync()
        self._close()

    def abandon(self) -> None:
        """Cut off what is not known to be on the disk and close; whatever fails now is of no matter.

        Of a file with nothing on the disk no name is left: nobody would ever know what it was.
        """
        del self.entries[self.synced_entries :]
        self.rel_end = self.synced_end
        self.size = self.synced_size
        self._unsynced.clear()
        for act in (self._cut, self._close):
            _try(act)
        if not self.entries:
            _try(lambda: self._fs.unlink(self.path))
        self.closed = True

    def leave(self) -> None:
        """Close without another word to the disk, which is gone."""
        _try(self._close)
        self.closed = True

    def _cut(self) -> None:
        self._fs.truncate(self._fd, self.size)
        self._fs.sync(self._fd)

    def _close(self) -> None:
        with self._lock:
            if not self.closed:
                self.closed = True
                self._fs.close(self._fd)

    def _write(self, data: bytes | bytearray, offset: int, *, cut: bool = True) -> None:
        """Write all of `data`, or nothing: what a full disk cut short is `cut` off again."""
        view = memoryview(data)
        at = offset
        try:
            while view:
                count = self._fs.pwrite(self._fd, view, at)
                view, at = view[count:], at + count
        except OSError:
            if cut and at > offset:
                self._fs.truncate(self._fd, offset)
            raise


def _try(act: Callable[[], None]) -> None:
    try:
        act()
    except OSError:
        return
