"""The folder that holds an archive: is it ours, is it there, how much room has it."""

from contextlib import suppress
from dataclasses import dataclass
import errno
import json
import sqlite3
import threading
from typing import override

from ...env import Env
from ...errors import ArchiveError
from ...filesystem import Space
from .claim import NAMES, Claim
from .files import is_full
from .views import ArchiveState, ArchiveStatus

MARKER = "kindergarten-archive.json"
FORMAT = 1
_BALLAST = "ballast"
_RESERVE = "reserve"
_RESERVE_BYTES = 1 << 20
_TRIAL = ".trial"
_DAMAGED = ".damaged-"
_TRIAL_BYTES = 256 << 10
_CATALOG = {
    sqlite3.SQLITE_BUSY: "busy",
    sqlite3.SQLITE_LOCKED: "busy",
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_READONLY: "read_only",
}
_SYSTEM_NAMES = frozenset({"lost+found", "System Volume Information", "$RECYCLE.BIN", ".DS_Store"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Marker:
    """What makes a folder an archive of ours."""

    archive_id: str
    volume_id: str


class Volume:
    """A folder with our marker in it. Raises ArchiveError when that is no longer so."""

    def __init__(self, env: Env, path: str, marker: Marker) -> None:
        """Remember what the folder is now; `attach` makes one."""
        self._env = env
        self._fs = env.fs
        self._lock = threading.Lock()
        self.path = path
        self.marker = marker
        self.device = env.fs.device(path)
        self.reserved = False

    @classmethod
    def attach(cls, env: Env, path: str, archive_id: str | None, claim: Claim) -> Volume:
        """Return the volume of a folder; without `archive_id` it is made in an empty or missing folder.

        Nothing in an archive is changed before the `claim` to it is taken, which whoever called releases.
        Raises ArchiveError: missing (not there, or without the marker it should have), foreign
        (another archive, or other files), busy (another engine's), read_only, error.
        """
        path = path.rstrip("/") or "/"
        try:
            marker = read_marker(env, path)
            if archive_id is None:
                if marker is not None:
                    raise ArchiveError("foreign", "the folder holds an archive; its id is needed to use it")
                marker = _make(env, path, claim)
            elif marker is None:
                raise ArchiveError("missing", "the archive is not in this folder")
            elif marker.archive_id != archive_id:
                raise ArchiveError("foreign", "the folder holds another archive")
            else:
                _claim(env, path, claim)
            _try_write(env, path)
        except OSError as error:
            raise failure(error) from error
        return cls(env, path, marker)

    def check(self) -> None:
        """Raise ArchiveError("missing") unless the same disk with the same marker is still there."""
        try:
            gone = (
                self._fs.device(self.path) != self.device or read_marker(self._env, self.path) != self.marker
            )
        except OSError, ArchiveError:
            gone = True
        if gone:
            raise ArchiveError("missing", "the archive's disk is gone")

    def check_folder(self, relative: str) -> None:
        """Raise FileNotFoundError unless a folder is there and on our disk, not where that was mounted."""
        if self._fs.device(self.at(relative)) != self.device:
            raise FileNotFoundError(errno.ENOENT, "the archive's disk is gone")

    def at(self, relative: str) -> str:
        """Return the path of something in the volume."""
        return f"{self.path}/{relative}"

    def space(self) -> Space:
        """Return the space of the disk, what the ballast holds counted as taken; raises OSError."""
        return self._fs.space(self.path)

    def keep_ballast(self, wanted: int) -> None:
        """Set aside room for a failing write; does nothing when the disk has too little. Raises OSError."""
        self._keep(_BALLAST, min(wanted, self.space().total // 100), 8)

    def keep_reserve(self) -> None:
        """Set aside a little room for ledger and catalog, without which nothing can be deleted.

        `reserved` tells whether it is there; recordings must not be written while it is not.
        """
        self.reserved = self._keep(_RESERVE, min(_RESERVE_BYTES, self.space().total // 20), 1)

    def _keep(self, name: str, size: int, times: int) -> bool:
        """Have a file of a size where the disk has `times` as much free; a power cut may have cut it short."""
        path = self.at(name)
        with self._lock:
            if size == 0 or self._size(path) >= size:
                return True
            if self.space().free <= times * size:
                return False
            with suppress(FileNotFoundError):
                self._fs.unlink(path)
            try:
                self._fill(path, size)
            except OSError as error:
                # Somebody else took the room meanwhile, or a quota leaves less than the disk has.
                with suppress(OSError):
                    self._fs.unlink(path)
                if not is_full(error):
                    raise
                return False
        return True

    def _fill(self, path: str, size: int) -> None:
        fd = self._fs.create(path)
        try:
            self._fs.allocate(fd, size)
            self._fs.sync(fd)
        finally:
            self._fs.close(fd)

    def full(self) -> bool:
        """Try whether there is room for anything."""
        path = self.at(_TRIAL)
        with self._lock:
            try:
                with suppress(FileNotFoundError):
                    self._fs.unlink(path)
                self._fill(path, _TRIAL_BYTES)
            except OSError as error:
                return is_full(error)
            finally:
                with suppress(OSError):
                    self._fs.unlink(path)
        return False

    def _size(self, path: str) -> int:
        try:
            fd = self._fs.open(path)
        except FileNotFoundError:
            return -1
        try:
            return self._fs.size(fd)
        finally:
            self._fs.close(fd)

    def release_reserve(self) -> bool:
        """Give the room of the reserve back, or the ballast's, or of what is of no use; tells whether there was any."""
        self.reserved = False
        with self._lock, suppress(OSError):
            self._fs.unlink(self.at(_RESERVE))
            return True
        return self.release_ballast() or self._release_damaged()

    def release_ballast(self) -> bool:
        """Give the room back; tells whether there was any."""
        with self._lock, suppress(OSError):
            self._fs.unlink(self.at(_BALLAST))
            return True
        return False

    def _release_damaged(self) -> bool:
        """Let go of catalogs that were found damaged: they were made anew from the files."""
        released = False
        with self._lock, suppress(OSError):
            folder = self.at("catalog")
            for entry in self._fs.list(folder):
                if _DAMAGED in entry.name and entry.file:
                    self._fs.unlink(f"{folder}/{entry.name}")
                    released = True
        return released

    @override
    def __repr__(self) -> str:
        """Name the folder."""
        return f"Volume({self.path!r})"


def read_marker(env: Env, path: str) -> Marker | None:
    """Return the marker of a folder, None without one; raises OSError or ArchiveError("foreign")."""
    try:
        text = env.fs.read(f"{path}/{MARKER}")
    except FileNotFoundError, NotADirectoryError:
        return None
    try:
        body = json.loads(text)
        if body["format"] != FORMAT:
            raise ArchiveError("foreign", "the archive is of a later version")
        return Marker(archive_id=str(body["archive_id"]), volume_id=str(body["volume_id"]))
    except (ValueError, KeyError, TypeError) as error:
        raise ArchiveError("foreign", "the archive's marker is damaged") from error


def failure(error: OSError | sqlite3.Error) -> ArchiveError:
    """Return what an error of the file system or the catalog means for an archive."""
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        default = "full" if "full" in str(error) else "error"
        return ArchiveError(_CATALOG.get(code, default), f"catalog: {error}")
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return ArchiveError("missing", "the folder is not there")
    names = {30: "read_only", 13: "read_only", 1: "read_only", 28: "full", 122: "full"}
    return ArchiveError(names.get(error.errno or 0, "error"), error.strerror or "the disk does not answer")


def refusal(env: Env, path: str, archive_id: str | None, error: Exception) -> ArchiveState:
    """Return the state of an archive that could not be used, and whose it is when it is another's."""
    if isinstance(error, OSError | sqlite3.Error):
        error = failure(error)
    if not isinstance(error, ArchiveError):
        error = ArchiveError("error", str(error))
    found = archive_id
    if error.code == "foreign":
        try:
            marker = read_marker(env, path)
            found = None if marker is None else marker.archive_id
        except OSError, ArchiveError:
            found = None
    return ArchiveState(status=ArchiveStatus(error.code), path=path, archive_id=found, detail=error.text)


def _make(env: Env, path: str, claim: Claim) -> Marker:
    """Make an archive in an empty or missing folder."""
    fs = env.fs
    parent, _, _ = path.rpartition("/")
    if not fs.exists(path):
        if not fs.exists(parent or "/"):
            raise ArchiveError("missing", "the folder above is not there")
        fs.make_folder(path)
        fs.sync_folder(parent or "/")
    elif any(
        entry.name not in _SYSTEM_NAMES | NAMES
        and not entry.name.startswith(".Trash")
        and entry.name != f"{MARKER}.part"
        for entry in fs.list(path)
    ):
        raise ArchiveError("foreign", "the folder is not empty")
    claim.take(path)
    if read_marker(env, path) is not None:
        raise ArchiveError("foreign", "the folder holds an archive; its id is needed to use it")
    marker = Marker(archive_id=env.token(16), volume_id=env.token(8))
    body = {"format": FORMAT, "archive_id": marker.archive_id, "volume_id": marker.volume_id}
    fs.replace(f"{path}/{MARKER}", json.dumps(body, indent=1).encode() + b"\n")
    return marker


def _claim(env: Env, path: str, claim: Claim) -> None:
    """Take the claim, on a full disk too: where the lock could not even be made, nobody holds it."""
    try:
        claim.take(path)
    except OSError as error:
        if not is_full(error):
            raise
        env.fs.unlink(f"{path}/{_RESERVE}")
        claim.take(path)


def _try_write(env: Env, path: str) -> None:
    """Raise OSError when nothing can be written; a full disk is no reason to refuse it."""
    trial = f"{path}/{_TRIAL}"
    try:
        with suppress(FileNotFoundError):
            env.fs.unlink(trial)
        env.fs.close(env.fs.create(trial))
        env.fs.unlink(trial)
    except OSError as error:
        if not is_full(error):
            raise
