"""Tries a folder as the home of the archive. Everything here blocks: run it in an executor."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
import errno
import json
import os
from pathlib import Path
import secrets
import time

from .mounts import FAT, MEMORY, NETWORK, OVERLAY, Mount, Surroundings, is_sd_card
from .names import has_controls

MARKER = "kindergarten-archive.json"
SUBFOLDER = "kindergarten"

CAMERAS = 8
CAMERA_BYTES_S = 250_000
"""A usual camera: 2 Mbit/s."""
DAY_BYTES = CAMERAS * CAMERA_BYTES_S * 86_400

TRIAL_BYTES = 8 * 1024 * 1024
SLOW_BYTES_S = 5 * CAMERAS * CAMERA_BYTES_S
MAXIMUM_LENGTH = 1000

_TRIAL = ".kindergarten-trial-"
_NOT_FOREIGN = {"lost+found", "System Volume Information", "$RECYCLE.BIN", ".DS_Store", "@eaDir", "#recycle"}

_CODES = {
    errno.EACCES: "folder_no_permission",
    errno.EPERM: "folder_no_permission",
    errno.EROFS: "folder_read_only",
    errno.ENOSPC: "folder_full",
    errno.EDQUOT: "folder_full",
    errno.ENOTDIR: "folder_not_a_folder",
    errno.EEXIST: "folder_not_a_folder",
    errno.ENAMETOOLONG: "path_too_long",
    errno.ELOOP: "folder_not_a_folder",
}


class FolderError(Exception):
    """A folder that cannot be the archive's; `code` is the key of its text."""

    def __init__(self, code: str, **placeholders: str) -> None:
        """Say why."""
        super().__init__(code)
        self.code = code
        self.placeholders = placeholders


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """Something to know before a folder is used; `value` is a number to show with it."""

    code: str
    value: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """A folder that can be used. `archive_id` is set when an archive of ours lies in it.

    `made` are the folders that there were not before, the outer ones first.
    """

    path: str
    free_bytes: int
    bytes_s: float
    archive_id: str | None
    notes: tuple[Note, ...]
    made: tuple[str, ...] = ()

    @property
    def days(self) -> float:
        """Days that eight usual cameras need to fill the free space."""
        return self.free_bytes / DAY_BYTES


def take_away(folders: Iterable[str]) -> None:
    """Remove what trials made, the outer folders first in the list; what is not empty stays."""
    for folder in reversed(tuple(folders)):
        with suppress(OSError):
            os.rmdir(folder)


def clean_path(text: str) -> str:
    """Return an absolute path without detours.

    Raises FolderError: path_missing, path_too_long, path_characters, path_relative, path_dots.
    """
    text = text.strip()
    if not text:
        raise FolderError("path_missing")
    if len(text) > MAXIMUM_LENGTH:
        raise FolderError("path_too_long")
    if has_controls(text) or any(char in text for char in '<>|*?"\\'):
        raise FolderError("path_characters")
    if not text.startswith("/"):
        raise FolderError("path_relative")
    if ".." in text.split("/"):
        raise FolderError("path_dots")
    return os.path.normpath("/" + text.strip("/"))


def try_folder(text: str, surroundings: Surroundings, minimum_days: int) -> Trial:
    """Write to a folder, make the disk keep it, and tell how that went.

    A missing folder is made, and taken away again if it turns out to be of no use.
    Raises FolderError.
    """
    path = Path(clean_path(text))
    with _as_folder_error():
        if reason := surroundings.refusal(path, Path(os.path.realpath(path))):
            raise FolderError(reason)
        with _made(path) as made:
            archive_id = _archive_in(path)
            bytes_s = _write(path)
            free = free_bytes(path)
            mount = surroundings.mount_of(path)
            same_disk = path.stat().st_dev == surroundings.config_dir.stat().st_dev
    return Trial(
        path=str(path),
        free_bytes=free,
        bytes_s=bytes_s,
        archive_id=archive_id,
        notes=tuple(_notes(mount, surroundings, same_disk, free, bytes_s, minimum_days)),
        made=tuple(made),
    )


def free_bytes(path: Path) -> int:
    """Return what a process without special rights can still write."""
    figures = os.statvfs(path)
    return figures.f_bavail * figures.f_frsize


@contextmanager
def _as_folder_error() -> Iterator[None]:
    """Put the system's errors into our words."""
    try:
        yield
    except OSError as err:
        code = _CODES.get(err.errno or 0, "folder_failed")
        raise FolderError(code, error=err.strerror or type(err).__name__) from err


@contextmanager
def _made(path: Path) -> Iterator[list[str]]:
    """Make a folder and its parents, give what was made, and take it away if the body fails."""
    made: list[str] = []
    try:
        for folder in [*reversed(path.parents), path]:
            if not folder.exists():
                folder.mkdir(mode=0o750)
                made.append(str(folder))
        if not path.is_dir():
            raise FolderError("folder_not_a_folder")
        yield made
    except BaseException:
        take_away(made)
        raise


def _archive_in(path: Path) -> str | None:
    """Return the id of the archive in a folder, `None` if the folder is empty."""
    marker = path / MARKER
    if marker.exists():
        try:
            archive_id = json.loads(marker.read_text(encoding="utf-8"))["archive_id"]
        except (ValueError, KeyError, TypeError) as err:
            raise FolderError("archive_unreadable") from err
        if not isinstance(archive_id, str) or not archive_id:
            raise FolderError("archive_unreadable")
        return archive_id
    with os.scandir(path) as entries:
        for entry in entries:
            if entry.name not in _NOT_FOREIGN and not entry.name.startswith((_TRIAL, ".Trash")):
                raise FolderError("folder_not_empty", suggestion=str(path / SUBFOLDER))
    return None


def _write(path: Path) -> float:
    """Write and sync a file, take it away again, and return the bytes a second."""
    trial = path / f"{_TRIAL}{secrets.token_hex(8)}"
    block = os.urandom(TRIAL_BYTES // 8)
    started = time.perf_counter()
    try:
        with trial.open("wb") as file:
            for _ in range(8):
                file.write(block)
            file.flush()
            _sync(file.fileno())
        taken_s = time.perf_counter() - started
    finally:
        trial.unlink(missing_ok=True)
    return TRIAL_BYTES / max(taken_s, 1e-6)


def _sync(descriptor: int) -> None:
    """Have the disk confirm what was written."""
    try:
        os.fsync(descriptor)
    except OSError as err:
        if err.errno in (errno.EINVAL, errno.ENOTSUP, errno.ENOSYS):
            raise FolderError("folder_no_sync") from err
        raise


def disk_notes(mount: Mount | None, surroundings: Surroundings, *, same_disk: bool) -> Iterator[Note]:
    """Say what an owner should know of the disk that a folder lies on; `same_disk` is Home Assistant's."""
    if mount and mount.kind in MEMORY:
        yield Note(code="memory")
    elif mount and mount.kind in OVERLAY:
        yield Note(code="container")
    elif mount and mount.kind in NETWORK:
        yield Note(code="network", value=mount.kind)
    elif same_disk or (mount and mount.point == "/"):
        yield Note(code="system_disk")
    if mount and mount.kind in FAT:
        yield Note(code="fat", value=mount.kind)
    if mount and is_sd_card(mount, surroundings.sys_block):
        yield Note(code="sd_card")


def _notes(
    mount: Mount | None,
    surroundings: Surroundings,
    same_disk: bool,
    free: int,
    bytes_s: float,
    minimum_days: int,
) -> Iterator[Note]:
    """Say what an owner should know about a usable folder."""
    yield from disk_notes(mount, surroundings, same_disk=same_disk)
    if bytes_s < SLOW_BYTES_S:
        yield Note(code="slow", value=f"{bytes_s / 1e6:.1f}")
    if free / DAY_BYTES < minimum_days:
        yield Note(code="small", value=f"{free / DAY_BYTES:.1f}")
