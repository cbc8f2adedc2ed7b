"""Proves the archive's invariants on a real archive: what the catalog says, the files hold, and time is tiled."""

from collections.abc import Mapping

from ...ledger.chain import LedgerState
from ..format.index import unpack
from ..format.recording_file import scan
from .archive import Archive
from .checksum import intact
from .files import VIDEO
from .gaps import TOLERANCE_US, Tiling
from .replay import deleted_files
from .tiling import Piece, pieces

_WHOLE = ("closed", "sealed", "adopted")


def check(archive: Archive, tilings: Mapping[str, Tiling], *, content: bool = False) -> list[str]:
    """Return what is wrong, in words; nothing when all invariants hold. `content` reads every fragment.

    Nothing may be recording meanwhile, and the background rebuild must be done.
    """
    return [*_files(archive, content=content), *_time(archive, tilings), *_ledger(archive)]


def _files(archive: Archive, *, content: bool) -> list[str]:
    wrong = []
    sizes: dict[str, int] = {}
    fs, volume = archive.env.fs, archive.volume
    for camera in fs.list(volume.at(VIDEO)):
        for day in fs.list(volume.at(f"{VIDEO}/{camera.name}")) if camera.folder else []:
            folder = f"{VIDEO}/{camera.name}/{day.name}"
            sizes |= (
                {f"{folder}/{each.name}": each.size for each in fs.list(volume.at(folder)) if each.file}
                if day.folder
                else {}
            )
    rows = archive.catalog.query("SELECT path, bytes, state, idx, id FROM recording")
    growing = {file.recording for file in archive.files.values()}
    for path, size, state, idx, row in rows:
        found = sizes.pop(path, None)
        if state == "bad":
            continue
        if state == "open":
            if row not in growing or found is None:
                wrong.append(f"{path} is open, and nobody writes it")
        elif state not in _WHOLE:
            wrong.append(f"{path} is {state}")
        elif found is None:
            wrong.append(f"{path} is in the catalog and not on the disk")
        elif found < size:
            wrong.append(f"{path} has {found} bytes, {size} are in the catalog")
        elif content:
            wrong += _content(archive, path, idx)
    wrong += [f"{path} is on the disk and not in the catalog" for path in sizes if _ours(archive, path)]
    return wrong


def _ours(archive: Archive, path: str) -> bool:
    fs = archive.env.fs
    fd = fs.open(archive.volume.at(path))
    try:
        found = scan(lambda offset, length: fs.pread(fd, length, offset), fs.size(fd))
    finally:
        fs.close(fd)
    ours = found.identity is not None and found.identity.archive_id == archive.archive_id
    return ours and found.init_intact and bool(found.fragments)


def _content(archive: Archive, path: str, idx: bytes) -> list[str]:
    fs = archive.env.fs
    entries = unpack(idx)
    fd = fs.open(archive.volume.at(path))
    try:
        found = scan(lambda offset, length: fs.pread(fd, length, offset), fs.size(fd))
        broken = [entry for entry in entries if not intact(fs.pread(fd, entry.size, entry.offset))]
    finally:
        fs.close(fd)
    wrong = []
    if found.identity is None or not found.init_intact:
        wrong.append(f"{path} has a damaged header")
    if found.fragments != entries:
        wrong.append(f"{path} holds {len(found.fragments)} fragments, {len(entries)} are in the catalog")
    if broken:
        wrong.append(f"{path} has {len(broken)} damaged fragments")
    return wrong


def _time(archive: Archive, tilings: Mapping[str, Tiling]) -> list[str]:
    wrong: list[str] = []
    own = archive.clock.epoch.id
    epochs = archive.catalog.query("SELECT id, boot_id, mono0_ns, utc0 FROM epoch ORDER BY id")
    for epoch, start in archive.catalog.query("SELECT epoch, rel_start FROM gap WHERE rel_end IS NULL"):
        if epoch != own:
            wrong.append(f"a gap from {start} of the ended epoch {epoch} never ends")
    for camera, uid in archive.catalog.query("SELECT id, uid FROM camera"):
        before: tuple[tuple[int, str, int, int], int] | None = None
        for epoch in epochs:
            known = pieces(archive, camera, epoch[0])
            if epoch[0] == own:
                known = _now(archive, uid, known, tilings.get(uid))
            if not known:
                continue
            end = _tiled(uid, epoch[0], known, wrong)
            if before is not None:
                _joined(uid, before, epoch, known[0], wrong)
            before = (epoch, end)
    return wrong


def _now(archive: Archive, uid: str, known: list[Piece], tiling: Tiling | None) -> list[Piece]:
    """Return the pieces of the running epoch, with what is not in the catalog yet."""
    file = archive.files.get((uid, "main"))
    current = [piece for piece in known if piece.end is not None]
    if file is not None:
        current = [piece for piece in current if piece.gap or piece.start != file.rel_start]
        current.append(Piece(start=file.rel_start, end=file.rel_end, gap=False))
    if tiling is not None:
        waiting = [*tiling.changed, *([tiling.open] if tiling.open is not None else [])]
        for gap in waiting:
            current = [piece for piece in current if not (piece.gap and piece.start == gap.start)]
            current.append(Piece(start=gap.start, end=gap.end, gap=True))
    return sorted(current, key=lambda piece: (piece.start, piece.end is None, piece.end or 0))


def _tiled(uid: str, epoch: int, known: list[Piece], wrong: list[str]) -> int:
    """Check that pieces follow each other; returns where they end."""
    position = known[0].start
    for piece in known:
        if piece.start - position > TOLERANCE_US:
            wrong.append(f"{uid} {epoch}: nothing from {position} to {piece.start}")
        if position - piece.start > TOLERANCE_US:
            wrong.append(f"{uid} {epoch}: twice from {piece.start} to {position}")
        if piece.end is None and piece is not known[-1]:
            wrong.append(f"{uid} {epoch}: a gap from {piece.start} never ends")
        position = max(position, piece.start if piece.end is None else piece.end)
    return position


def _joined(
    uid: str,
    before: tuple[tuple[int, str, int, int], int],
    epoch: tuple[int, str, int, int],
    first: Piece,
    wrong: list[str],
) -> None:
    """Check that an epoch begins where the one before it ended, as far as clocks can say."""
    (_, boot, mono0, utc0), end = before
    _, boot_now, mono0_now, utc0_now = epoch
    if boot == boot_now:
        expected = end + (mono0 - mono0_now) // 1000
    else:
        expected = utc0 + end - utc0_now
        if expected > first.start:
            return  # this boot's clock is behind: how long the machine was off, nobody knows
    if abs(first.start - expected) > TOLERANCE_US:
        wrong.append(f"{uid} {epoch[0]}: begins at {first.start}, the epoch before ended at {expected}")


def _ledger(archive: Archive) -> list[str]:
    catalog, ledger = archive.catalog, archive.ledger
    number = int(catalog.meta("ledger_n") or 0)
    wrong = [] if number <= ledger.number else [f"the ledger ends before record {number}"]
    if ledger.state is not LedgerState.GOOD:
        wrong.append(f"the ledger is {ledger.state}: {ledger.fault}")
    there = {
        (*key,)
        for key in catalog.query(
            "SELECT c.uid, r.stream, r.run, r.seq FROM recording r JOIN camera c ON c.id = r.camera"
        )
    }
    for record in ledger.records():
        if record.kind == "delete":
            wrong += [
                f"{each.key} was deleted and is there" for each in deleted_files(record) if each.key in there
            ]
    return wrong
