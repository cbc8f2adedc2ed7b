"""Opening an archive: what a crash or power cut left is put right before recording goes on."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
import logging
import sqlite3

from ...env import Env
from ...errors import ArchiveError
from ...filesystem import NotAFileError
from ...ledger.chain import Json, Ledger, LedgerState
from ..format.index import FragmentEntry
from ..format.recording_file import ScannedFile, closing, scan
from . import replay
from .archive import CLOSE, Archive, index_values
from .catalog import Catalog
from .checksum import intact
from .claim import Claim
from .epochs import STEP_US, Clock
from .files import is_full
from .tiling import repair
from .views import Emit
from .volume import Volume, failure

_LOGGER = logging.getLogger(__name__)
SEALS = "seals"
_NEVER_UNSYNCED = 32 << 20
_FORGOTTEN = 200
# The partial index is used only where its own words stand.
_UNFINISHED = "SELECT id, path, rel_start FROM recording INDEXED BY recording_unfinished WHERE state IN ('open', 'deleting')"
_DOUBTFUL = 24
"""Fragments at the end of a file that may not have been synced: more than the slowest sync waits."""


@dataclass(slots=True)
class Found:
    """What recovery did."""

    files: int = 0
    bytes_cut: int = 0
    damaged_catalog: str = ""


def attach(
    env: Env, emit: Emit, clock: Clock, path: str, archive_id: str | None, claim: Claim, *,
    distrust: bool = False, secure: Callable[[Archive], None] = lambda _: None,
) -> Archive:  # fmt: skip
    """Open the archive in a folder and put right what is not. Raises ArchiveError.

    The archive releases `claim` when it is let go. `distrust`: the catalog was found damaged while
    it was in use. `secure` makes room where there is none, before anything new is written.
    """
    try:
        volume = Volume.attach(env, path, archive_id, claim)
    except ArchiveError:
        claim.release()
        raise
    ledger = Ledger(env.fs, volume.at("ledger"), volume.release_reserve)
    catalog = Catalog(env, volume.at("catalog/catalog.db"))
    catalog.make_room = volume.release_reserve
    catalog.no_room = volume.full
    archive = Archive(env, emit, clock, volume, catalog, ledger, claim)
    try:
        for name in ("ledger", "catalog", "video"):
            if not env.fs.exists(volume.at(name)):
                env.fs.make_folder(volume.at(name))
        env.fs.sync_folder(volume.path)
        found = _open(archive, distrust=distrust)
        # A full disk leaves the reserve's room for one thing: the record of what is deleted.
        secure(archive)
        _recover(archive, found)
    except (OSError, sqlite3.Error) as error:
        archive.let_go()
        raise failure(error) from error
    return archive


def _open(archive: Archive, *, distrust: bool) -> Found:
    """Bring ledger, catalog and files together as far as that needs no room."""
    found = Found()
    ledger, catalog = archive.ledger, archive.catalog
    ledger.open()
    if distrust:
        catalog.discard()
    footage = _any_footage(archive)
    moved = catalog.open(archive.archive_id, footage=footage)
    fresh = moved is not None
    if moved:
        found.damaged_catalog = moved
        _LOGGER.warning("The catalog was damaged; it is kept as %s and made anew", moved)
    archive.incomplete = catalog.meta("rebuild") is not None
    if ledger.state is LedgerState.MISSING and not footage and catalog.meta("ledger_n") is None:
        ledger.begin(archive.clock.epoch.id, archive.clock.utc_us(), {"archive": archive.archive_id})
    elif not fresh:
        ledger.check_head(int(catalog.meta("ledger_n") or 0), catalog.meta("ledger_h") or "")
    catch_up(archive)
    finish_deletions(archive)
    archive.volume.keep_reserve()
    _recover_files(archive, found)
    _follow(archive)
    return found


def _recover(archive: Archive, found: Found) -> None:
    """Register this process's clock, end what an engine before it left open, and say what was put right."""
    ledger, seals = archive.ledger, archive.volume.at(SEALS)
    if not archive.env.fs.exists(seals):
        archive.env.fs.make_folder(seals)
        archive.env.fs.sync_folder(archive.volume.path)
    _begin_epoch(archive)
    if not archive.incomplete:
        _close_epochs(archive)
    if found.files or found.damaged_catalog or ledger.cut:
        data: dict[str, Json] = {
            "files": found.files, "cut": found.bytes_cut, "ledger_cut": ledger.cut,
            "catalog": found.damaged_catalog,
        }  # fmt: skip
        archive.record([("recover", data)])
        archive.emit("recovered", None, data)


def catch_up(archive: Archive) -> None:
    """Bring the catalog up to the ledger: what was recorded there before a crash takes effect now."""
    first = int(archive.catalog.meta("ledger_n") or 0) + 1
    if first > archive.ledger.number:
        return
    records = list(archive.ledger.records(first))

    def change(db: sqlite3.Connection) -> None:
        for record in records:
            replay.apply(db, record)

    archive.catalog.write(change)


def finish_deletions(archive: Archive) -> int:
    """Unlink what is marked as deleted, then forget it; returns the number of files."""
    rows = archive.catalog.query(_UNFINISHED + " AND state = 'deleting'")
    if not rows:
        return 0
    fs = archive.env.fs
    folders = set()
    for _, path, _ in rows:
        full = archive.volume.at(path)
        folder = full.rpartition("/")[0]
        with suppress(FileNotFoundError):
            fs.unlink(full)
            folders.add(folder)
    for folder in sorted(folders):
        fs.sync_folder(folder)
        with suppress(OSError):
            fs.remove_folder(folder)  # the day is not over while files are in it
    ids = [(row[0],) for row in rows]
    for start in range(0, len(ids), _FORGOTTEN):
        part = ids[start : start + _FORGOTTEN]
        archive.catalog.write(partial(_forget, part))
    return len(rows)


def _forget(rows: list[tuple[int]], db: sqlite3.Connection) -> None:
    db.executemany("DELETE FROM recording WHERE id = ?", rows)


type Mended = tuple[ScannedFile, list[FragmentEntry], int, int]


def mend(archive: Archive, path: str) -> Mended:
    """Cut a torn end off a file of ours and complete it.

    Returns what was found in it, its good fragments, its size now and the bytes cut. Raises OSError.
    """
    fs = archive.env.fs
    fd = fs.open(path, write=True)
    try:
        size = fs.size(fd)

        def read(offset: int, length: int) -> bytes:
            return fs.pread(fd, length, offset)

        found = scan(read, size)
        if found.foreign or found.closed:
            return found, found.fragments, size, 0
        entries = list(found.fragments)
        good = len(entries)
        for number in range(max(0, good - _DOUBTFUL), good):
            entry = entries[number]
            if not intact(read(entry.offset, entry.size)):
                del entries[number:]
                break
        end = (
            entries[-1].end if entries else (found.fragments[0].offset if found.fragments else found.good_end)
        )
        cut = size - end
        if cut:
            fs.truncate(fd, end)
        if not entries or not archive.volume.reserved:
            fs.sync(fd)
            return found, entries, end, cut
        final = closing(found.begin, entries)
        try:
            fs.write_all(fd, final.mfra, end)
            for offset, patch in final.patches:
                fs.write_all(fd, patch, offset)
            end += len(final.mfra)
        except OSError as error:
            if not is_full(error):
                raise
            fs.truncate(fd, end)
        fs.sync(fd)
        return found, entries, end, cut
    finally:
        fs.close(fd)


def _mended(archive: Archive, path: str) -> Mended | FileNotFoundError | NotAFileError:
    """Mend a file, or say that there is none."""
    try:
        return mend(archive, path)
    except (FileNotFoundError, NotAFileError) as error:
        return error


def _any_footage(archive: Archive) -> bool:
    return bool(archive.env.fs.list(archive.volume.at("video")))


def _registered(archive: Archive) -> bool:
    own = (archive.clock.epoch.boot_id, archive.clock.epoch.mono0_ns)
    return archive.catalog.one("SELECT 1 FROM epoch WHERE boot_id = ? AND mono0_ns = ?", own) is not None


def _follow(archive: Archive) -> None:
    """Number this process's clock after all that were before."""
    catalog = archive.catalog
    if _registered(archive):
        return
    last = catalog.one("SELECT max(id) FROM epoch") or (None,)
    newest = catalog.one(
        "SELECT max(e.utc0 + (SELECT rel_end FROM recording WHERE camera = c.id AND stream = 'main'"
        " AND epoch = e.id ORDER BY rel_start DESC LIMIT 1)) FROM epoch e, camera c WHERE e.trust > 0"
    ) or (None,)
    archive.clock.follow(last[0] or 0, newest[0] or 0)


def _begin_epoch(archive: Archive) -> None:
    """Register this process's clock."""
    clock, catalog = archive.clock, archive.catalog
    if _registered(archive):
        return
    epoch = clock.epoch
    entries: list[tuple[str, dict[str, Json]]] = []
    before = catalog.one(
        "SELECT utc0 - mono0_ns / 1000 FROM epoch WHERE boot_id = ? ORDER BY id DESC LIMIT 1",
        (epoch.boot_id,),
    )
    if before and abs(before[0] - (epoch.utc0_us - epoch.mono0_ns // 1000)) > STEP_US:
        entries.append(("clock", clock_data(clock)))
    entries.append(
        (
            "start",
            {
                "boot": epoch.boot_id, "mono0": epoch.mono0_ns, "utc0": epoch.utc0_us, "trust": epoch.trust,
                "source": epoch.source,
            },
        )
    )  # fmt: skip
    archive.record(entries)


def clock_data(clock: Clock) -> dict[str, Json]:
    """Return the data of a `clock` record: the UTC in µs of this boot's monotonic zero."""
    epoch = clock.epoch
    return {
        "boot": epoch.boot_id, "offset": epoch.utc0_us - epoch.mono0_ns // 1000, "trust": epoch.trust,
        "source": epoch.source, "rel": clock.rel_us(),
    }  # fmt: skip


def _recover_files(archive: Archive, found: Found) -> None:
    """Put right the files that were open, known by their rows: a row is there before its file."""
    rows = archive.catalog.query(_UNFINISHED + " AND state = 'open'")
    updates: list[tuple[object, ...]] = []
    gone: list[tuple[int]] = []
    bad: list[tuple[int, int]] = []
    # Most of it is waiting for the disk: one file after the other, sixteen cameras take seconds.
    paths = [archive.volume.at(path) for _, path, _ in rows]
    mended = archive.env.each(partial(_mended, archive), paths)
    for (row, path, start), full, result in zip(rows, paths, mended, strict=True):
        if isinstance(result, FileNotFoundError):
            gone.append((row,))
            continue
        if isinstance(result, NotAFileError):
            _LOGGER.warning("%s is no file any more", path)
            bad.append((0, row))
            continue
        scanned, entries, size, cut = result
        found.files += 1
        found.bytes_cut += cut
        if not scanned.init_intact and size > _NEVER_UNSYNCED:
            bad.append((size, row))
            continue
        if not scanned.init_intact or not entries:
            # Not even a header, or nothing behind it: a file we began, of which nothing was synced.
            archive.env.fs.unlink(full)
            archive.env.fs.sync_folder(full.rpartition("/")[0])
            gone.append((row,))
            continue
        ticks, pictures, idx = index_values(entries)
        end = start + (ticks * 100 + 4) // 9
        updates.append((end, ticks, size, pictures, idx, "closed", row))

    def change(db: sqlite3.Connection) -> None:
        db.executemany(CLOSE, updates)
        db.executemany("DELETE FROM recording WHERE id = ?", gone)
        db.executemany("UPDATE recording SET state = 'bad', bytes = ? WHERE id = ?", bad)

    if rows:
        archive.catalog.write(change)


def _close_epochs(archive: Archive) -> None:
    """End the gaps that lasted when an engine died, and fill what it could not write down."""
    epochs = archive.catalog.query(
        "SELECT DISTINCT epoch FROM gap WHERE rel_end IS NULL AND epoch != ?"
        " UNION SELECT id FROM epoch WHERE end_cause IS NULL AND id != ? AND id >="
        " (SELECT coalesce(max(id), 0) FROM epoch WHERE id != ?)",
        (archive.clock.epoch.id,) * 3,
    )
    for (epoch,) in epochs:
        for camera, uid in archive.catalog.query("SELECT id, uid FROM camera"):
            repair(archive, epoch, camera, uid)
