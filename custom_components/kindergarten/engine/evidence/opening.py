"""Opens an archive for evidence: beside the engine that records into it, or from the bare disk."""

from collections.abc import Iterable, Sequence
from typing import Any

from ..env import Env
from ..errors import ArchiveError
from ..ledger.verify import read_chain, read_seals
from ..recorder.store.archive import Archive
from ..recorder.store.volume import failure, read_marker
from .footage import Footage, FootageFile, without_catalog
from .reading import Reading
from .verify import Living


def beside(archive: Archive, older: Sequence[Archive] = ()) -> Footage:
    """Return the footage of an archive in use, what is being written included, and that of older volumes."""
    archives = [archive, *older]
    reading = Reading(archive.env, [each.volume.path for each in archives], archive.archive_id)

    def query(sql: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        return [row for each in reversed(archives) for row in each.catalog.query(sql, values)]

    def growing() -> Iterable[FootageFile]:
        for file in archive.growing():
            who, utc = file.identity, archive.clock.utc_us
            if file.entries:
                yield FootageFile(
                    path=file.path.removeprefix(f"{archive.volume.path}/"), camera=who.camera, stream=who.stream,
                    run=who.run, seq=who.seq, t0=utc(file.rel_start), t1=utc(file.rel_end), size=file.size, state="open",
                )  # fmt: skip

    return Footage(reading, query, growing)


def living(archive: Archive) -> Living:
    """Return the catalog of an archive in use, for verifying."""
    root = f"{archive.volume.path}/"
    growing = [file.path.removeprefix(root) for file in archive.growing()]
    return Living(query=archive.catalog.query, growing=growing, whole=not archive.incomplete)


def bare(reading: Reading) -> Footage:
    """Return the footage of an archive on a disk that no engine uses; nothing is written. Raises ArchiveError."""
    try:
        chain = read_chain(reading.ledger())
        sealed = read_seals(chain, reading.seal)
        there = {path for folder in reading.folders() for path in reading.videos(folder)}
        vouched = [file for path, file in sealed.files.items() if path in there]
        return without_catalog(reading, chain.records, vouched, sorted(there - sealed.files.keys()))
    except OSError as error:
        raise failure(error) from error


def disks(env: Env, roots: Sequence[str]) -> list[Reading]:
    """Return the archives in some folders: each disk that was ever moved to has one of its own. Raises ArchiveError."""
    found: dict[str, list[str]] = {}
    for root in roots:
        try:
            marker = read_marker(env, root)
        except OSError as error:
            raise failure(error) from error
        if marker is None:
            raise ArchiveError("missing", f"there is no archive in {root}")
        found.setdefault(marker.archive_id, []).append(root.rstrip("/") or "/")
    return [Reading(env, folders, archive_id) for archive_id, folders in found.items()]
