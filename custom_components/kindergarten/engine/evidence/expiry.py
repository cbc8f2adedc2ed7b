"""What was handed out is not the archive: packs go after a week, exports after a month.

By the time that really passed, as holds do, and never while somebody fetches them. The ledger says what went.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
import json
import re
import threading
from typing import Final, Literal

from ..filesystem import FileSystem
from ..recorder.store.archive import Archive
from ..recorder.store.passed import passed_us
from ..report.pack import KEEP_S as PACK_KEEP_S, remove

EXPORT_KEEP_S: Final = 30 * 86_400
EXPORTS: Final = "exports"
PACK: Final = "pack-"
_OURS: Final = re.compile(r"(pack-)?[0-9a-f]{1,32}")

type Reason = Literal["age", "asked"]


class BusyError(Exception):
    """Somebody fetches it right now."""


class Expiry:
    """The end of exports and packs; thread-safe. Everything may raise OSError or sqlite3.Error."""

    def __init__(self) -> None:
        """Begin with nobody fetching anything."""
        self._lock = threading.Lock()
        self._fetched: Counter[str] = Counter()

    @contextmanager
    def fetching(self, folder: str) -> Iterator[None]:
        """Keep an export or a pack for as long as somebody fetches a file of it."""
        with self._lock:
            self._fetched[folder] += 1
        try:
            yield
        finally:
            with self._lock:
                self._fetched[folder] -= 1
                self._fetched += Counter()

    def look(self, archives: Sequence[Archive]) -> list[str]:
        """Remove what is too old from all volumes, the one in use first, and return its folders.

        Nothing is removed while the clock is not set.
        """
        ids = {archive.archive_id for archive in archives}
        return [folder for archive in archives for folder in self._look(archive, ids)]

    def _look(self, archive: Archive, ids: Collection[str]) -> Iterator[str]:
        now_us = passed_us(archive)
        fs, parent = archive.env.fs, archive.volume.at(EXPORTS)
        if now_us is None or not fs.exists(parent):
            return
        for entry in fs.list(parent):
            if not entry.folder or not _OURS.fullmatch(entry.name):
                continue
            made_us = _made(fs, f"{parent}/{entry.name}", ids)
            keep_s = PACK_KEEP_S if entry.name.startswith(PACK) else EXPORT_KEEP_S
            if made_us is None or made_us + keep_s * 1_000_000 > now_us:
                continue
            try:
                self.discard(archive, entry.name, "age")
            except BusyError:
                continue  # next time
            yield entry.name

    def discard(self, archive: Archive, folder: str, reason: Reason) -> None:
        """Note in the ledger that an export or a pack goes, and remove it; raises BusyError."""
        path = archive.volume.at(f"{EXPORTS}/{folder}")
        what = "pack" if folder.startswith(PACK) else "export"
        with self._lock:
            if reason == "age" and self._fetched[folder]:
                raise BusyError
        archive.record([("discard", {"what": what, "uid": folder.removeprefix(PACK), "reason": reason})])
        remove(archive.env.fs, path)
        remove(archive.env.fs, f"{path}.zip")


def _made(fs: FileSystem, folder: str, ids: Collection[str]) -> int | None:
    """Return when an export or a pack of these archives was made (UTC µs), None for anything else.

    One across volumes is a folder with an export of each.
    """
    places = [folder, *(f"{folder}/{each.name}" for each in fs.list(folder) if each.folder)]
    return max((made for place in places if (made := _told(fs, place, ids)) is not None), default=None)


def _told(fs: FileSystem, folder: str, ids: Collection[str]) -> int | None:
    try:
        manifest = json.loads(fs.read(f"{folder}/manifest.json"))
        made = manifest["made"] if manifest["archive"] in ids else None
    except FileNotFoundError, ValueError, KeyError, TypeError:
        return None
    return made if isinstance(made, int) else None
