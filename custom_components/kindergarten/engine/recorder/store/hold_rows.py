"""What holds are in the catalog: the rows, and the question whether something is held."""

import sqlite3

from ...ledger.chain import Json, Record

UNLIFTED = "state IN ('held', 'lift_asked')"
_HELD = (
    "SELECT 1 FROM hold_camera hc JOIN camera c ON c.id = hc.camera JOIN hold h ON h.id = hc.hold"
    " JOIN hold_range hr ON hr.hold = h.id"
    " WHERE c.uid = ? AND h.state != 'lifted' AND hr.t0 <= ? AND hr.t1 >= ? LIMIT 1"
)
# No file is longer than two hours, so the index on its begin finds all that reach into a range. The order
# of the tables is the order of the search.
FILES = (
    "SELECT DISTINCT r.id, r.bytes, e.utc0 + r.rel_end AS until FROM hold h CROSS JOIN hold_range hr ON hr.hold = h.id"
    " CROSS JOIN hold_camera hc ON hc.hold = h.id CROSS JOIN epoch e"
    " CROSS JOIN (SELECT 'main' AS name UNION ALL SELECT 'sub') s"
    " CROSS JOIN recording r INDEXED BY recording_time ON r.camera = hc.camera AND r.stream = s.name"
    " AND r.epoch = e.id AND r.rel_start BETWEEN hr.t0 - e.utc0 - 7200000000 AND hr.t1 - e.utc0"
    " AND r.rel_end >= hr.t0 - e.utc0 WHERE h.state != 'lifted'"
)
"""Id, bytes and end (UTC) of each file that is held."""
FILES_OF = (
    "SELECT r.id, r.bytes FROM camera c CROSS JOIN epoch e"
    " CROSS JOIN (SELECT 'main' AS name UNION ALL SELECT 'sub') s"
    " CROSS JOIN recording r INDEXED BY recording_time ON r.camera = c.id AND r.stream = s.name"
    " AND r.epoch = e.id AND r.rel_start BETWEEN ?2 - e.utc0 - 7200000000 AND ?3 - e.utc0"
    " AND r.rel_end >= ?2 - e.utc0 WHERE c.uid = ?1"
)
"""Id and bytes of each file of a camera (uid) in a range (UTC)."""


def is_held(db: sqlite3.Connection, camera: str, t0: int, t1: int) -> bool:
    """Tell whether an unlifted hold of a camera overlaps a stretch of UTC."""
    return db.execute(_HELD, (camera, t1, t0)).fetchone() is not None


def apply_hold(db: sqlite3.Connection, record: Record, cameras: list[int]) -> None:
    """Make a hold, or widen the one that has its uid: a record never makes a hold smaller."""
    data = record.data
    t0, t1, until = _number(data["t0"]), _number(data["t1"]), data["until"]
    row = db.execute("SELECT id, t0, t1, until FROM hold WHERE uid = ?", (data["uid"],)).fetchone()
    if row is None:
        hold = db.execute(
            "INSERT INTO hold (uid, t0, t1, until, by_id, reason_hash, incident, epoch, made)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
            (
                data["uid"], t0, t1, until, data["by"], data["reason"], bool(data["incident"]), record.epoch,
                record.time_us,
            ),
        ).fetchone()[0]  # fmt: skip
    else:
        hold = row[0]
        forever = row[3] is None or until is None
        db.execute(
            "UPDATE hold SET t0 = ?, t1 = ?, until = ? WHERE id = ?",
            (min(t0, row[1]), max(t1, row[2]), None if forever else max(row[3], _number(until)), hold),
        )
    db.execute("INSERT OR IGNORE INTO hold_range SELECT id, t0, t1 FROM hold WHERE id = ?", (hold,))
    db.executemany("INSERT OR IGNORE INTO hold_camera VALUES (?, ?)", [(hold, camera) for camera in cameras])


def apply_lift(db: sqlite3.Connection, record: Record) -> None:
    """Take a step of lifting a hold; one that is lifted stays so."""
    data = record.data
    uid = data["uid"]
    match data["step"]:
        case "asked":
            db.execute(
                "UPDATE hold SET state = 'lift_asked', lift_by = ?, not_before = ?, second = ?, approved_by = NULL"
                " WHERE uid = ? AND state != 'lifted'",
                (data["by"], data["not_before"], bool(data.get("second")), uid),
            )
        case "approved":
            db.execute(
                "UPDATE hold SET approved_by = ? WHERE uid = ? AND state = 'lift_asked'", (data["by"], uid)
            )
        case "cancelled":
            db.execute(
                "UPDATE hold SET state = 'held', lift_by = NULL, not_before = NULL, second = 0, approved_by = NULL"
                " WHERE uid = ? AND state = 'lift_asked'",
                (uid,),
            )
        case "done":
            db.execute("UPDATE hold SET state = 'lifted', lift_by = ? WHERE uid = ?", (data["by"], uid))


def move_with_clock(db: sqlite3.Connection, boot: str, delta: int) -> None:
    """The clock of a boot was wrong by `delta` µs: what was held in it lies elsewhere, and stays held here."""
    if abs(delta) <= 1_000_000:
        return
    rows = db.execute(
        "SELECT h.id, h.t0, h.t1 FROM hold h JOIN epoch e ON e.id = h.epoch"
        " WHERE e.boot_id = ? AND h.state != 'lifted'",
        (boot,),
    ).fetchall()
    for hold, t0, t1 in rows:
        db.execute("UPDATE hold SET t0 = ?, t1 = ? WHERE id = ?", (t0 + delta, t1 + delta, hold))
        db.execute("INSERT OR IGNORE INTO hold_range VALUES (?, ?, ?)", (hold, t0 + delta, t1 + delta))


def _number(value: Json) -> int:
    if not isinstance(value, int):
        raise TypeError(value)
    return value
