"""Which cameras should record, and what the archive knows of them."""

import sqlite3

from . import replay
from .archive import Archive
from .gaps import Tiling
from .tiling import bridge, tail


def register(archive: Archive, uid: str, label: str, tiling: Tiling) -> None:
    """Make a declared camera known to an archive; what lies between its last footage and now is a gap.

    Raises OSError or sqlite3.Error.
    """
    row = archive.catalog.one("SELECT id, removed_epoch, added_epoch FROM camera WHERE uid = ?", (uid,))
    own = archive.clock.epoch.id
    before = tail(archive, row[0]) if row is not None else None
    start = tiling.open.start if tiling.open is not None else tiling.end
    if row is not None and before is not None:
        if before.epoch != own or row[1] is not None:
            bridge(archive, row[0], uid, before, own, start)
        else:
            tiling.survived(before.rel)
    if row is None or row[1] is not None or row[2] is None:
        archive.record([("camera", {"camera": uid, "added": start})])
    archive.catalog.write(
        lambda db: _put_label(db, uid, label),
    )


def unregister(archive: Archive, uid: str) -> None:
    """Remember that a camera no longer records. Raises OSError or sqlite3.Error."""
    row = archive.catalog.one("SELECT removed_epoch FROM camera WHERE uid = ?", (uid,))
    if row is not None and row[0] is None:
        archive.record([("camera", {"camera": uid, "removed": archive.clock.rel_us()})])


def _put_label(db: sqlite3.Connection, uid: str, label: str) -> None:
    db.execute("UPDATE camera SET label = ? WHERE id = ?", (label, replay.camera_id(db, uid)))
