"""What a ledger record does to the catalog: the same when it is made, after a crash, and in a rebuild."""

from collections.abc import Sequence
from dataclasses import dataclass
import json
import sqlite3

from ...ledger.chain import Json, Record
from . import elsewhere_rows
from .gaps import TOLERANCE_US
from .hold_rows import apply_hold, apply_lift, move_with_clock

type Key = tuple[str, str, int, int]
"""Camera uid, stream, run, sequence: what names a recording for ever."""


def apply(db: sqlite3.Connection, record: Record) -> None:
    """Bring the catalog up to a record; twice is the same as once."""
    data = record.data
    match record.kind:
        case "start":
            db.execute(
                "INSERT OR IGNORE INTO epoch (id, boot_id, mono0_ns, utc0, trust, source) VALUES (?, ?, ?, ?, ?, ?)",
                (record.epoch, data["boot"], data["mono0"], data["utc0"], data["trust"], data["source"]),
            )
        case "stop":
            db.execute(
                "UPDATE epoch SET end_cause = ?, alive = max(alive, ?) WHERE id = ?",
                (data["cause"], data["rel"], record.epoch),
            )
        case "clock":
            _retime(db, record)
        case "camera":
            _camera(db, record)
        case "gap":
            _gap(db, record)
        case "schedule":
            db.execute(
                "INSERT OR IGNORE INTO schedule (camera, epoch, rel, spec) VALUES (?, ?, ?, ?)",
                (camera_id(db, str(data["camera"])), record.epoch, data["rel"], json.dumps(data["spec"])),
            )
        case "delete":
            for file in deleted_files(record):
                _delete(db, file)
        case "hold":
            cameras = record.data["cameras"]
            apply_hold(
                db, record, [camera_id(db, str(uid)) for uid in cameras] if isinstance(cameras, list) else []
            )
        case "lift":
            apply_lift(db, record)
        case "elsewhere":
            elsewhere_rows.put(db, camera_id(db, str(data["camera"])), data)
        case "hour" | "seal" | "head" | "key":
            _proof(db, record)
    db.execute("INSERT OR REPLACE INTO meta (k, v) VALUES ('ledger_n', ?)", (str(record.number),))
    db.execute("INSERT OR REPLACE INTO meta (k, v) VALUES ('ledger_h', ?)", (record.hash,))


@dataclass(frozen=True, kw_only=True, slots=True)
class Deleted:
    """A recording that a `delete` record names: what it was, and the time it covered."""

    camera: str
    stream: str
    run: int
    seq: int
    epoch: int
    start: int
    end: int
    bytes: int
    sha256: str | None = None

    @property
    def key(self) -> Key:
        """Return what names the recording for ever."""
        return self.camera, self.stream, self.run, self.seq

    def data(self) -> list[Json]:
        """Return it as it stands in the record; what was sealed has its hash at the end."""
        hashes: list[Json] = [] if self.sha256 is None else [self.sha256]
        return [
            self.camera,
            self.stream,
            self.run,
            self.seq,
            self.epoch,
            self.start,
            self.end,
            self.bytes,
            *hashes,
        ]


def deleted_files(record: Record) -> list[Deleted]:
    """Return the recordings that a `delete` record names."""
    files = record.data.get("files")
    found = []
    for each in files if isinstance(files, list) else []:
        match each:
            case [
                str(camera), str(stream), int(run), int(seq), int(epoch), int(start), int(end), int(size), *hashes,
            ]:  # fmt: skip
                found.append(
                    Deleted(
                        camera=camera, stream=stream, run=run, seq=seq, epoch=epoch, start=start, end=end, bytes=size,
                        sha256=str(hashes[0]) if hashes else None,
                    )
                )  # fmt: skip
    return found


def gap_data(
    camera: str,
    epoch: int,
    start: int,
    end: int | None,
    cause: str,
    detail: str,
    utc_start: int | None,
    *,
    planned: bool,
) -> dict[str, Json]:
    """Return the data of a `gap` record; one that ends where it begins takes an earlier one back."""
    return {
        "camera": camera, "stream": "main", "epoch": epoch, "start": start, "end": end, "cause": cause, "planned": planned,
        "detail": detail, "utc_start": utc_start,
    }  # fmt: skip


def camera_id(db: sqlite3.Connection, uid: str) -> int:
    """Return the row of a camera, made if need be."""
    row = db.execute("SELECT id FROM camera WHERE uid = ?", (uid,)).fetchone()
    if row is None:
        row = db.execute("INSERT INTO camera (uid) VALUES (?) RETURNING id", (uid,)).fetchone()
    return int(row[0])


def run(db: sqlite3.Connection, sql: str, parameters: Sequence[object]) -> None:
    """Carry out one statement that answers nothing."""
    db.execute(sql, tuple(parameters))


def _delete(db: sqlite3.Connection, file: Deleted) -> None:
    camera = camera_id(db, file.camera)
    where = (camera, file.stream, file.epoch)
    db.execute(
        "UPDATE recording INDEXED BY recording_run SET state = 'deleting' WHERE camera = ? AND stream = ? AND epoch = ? AND run = ?"
        " AND seq = ? AND state != 'open'",
        (*where, file.run, file.seq),
    )
    known = db.execute(
        "SELECT 1 FROM deletion WHERE camera = ? AND stream = ? AND epoch = ? AND rel_start <= ? AND rel_end >= ?",
        (*where, file.start, file.end),
    ).fetchone()
    if known:
        return
    grown = db.execute(
        "UPDATE deletion SET rel_end = ? WHERE camera = ? AND stream = ? AND epoch = ? AND abs(rel_end - ?) <= ?",
        (file.end, *where, file.start, TOLERANCE_US),
    )
    if grown.rowcount == 0:
        db.execute("INSERT OR REPLACE INTO deletion VALUES (?, ?, ?, ?, ?)", (*where, file.start, file.end))


def _retime(db: sqlite3.Connection, record: Record) -> None:
    """Correct every epoch of a boot: `offset` is the UTC in µs of its monotonic zero."""
    data = record.data
    before = db.execute(
        "SELECT utc0 - mono0_ns / 1000 FROM epoch WHERE boot_id = ? ORDER BY id DESC LIMIT 1", (data["boot"],)
    ).fetchone()
    if before is not None and isinstance(data["offset"], int):
        move_with_clock(db, str(data["boot"]), data["offset"] - before[0])
    db.execute(
        "UPDATE epoch SET utc0 = ? + mono0_ns / 1000, trust = ?, source = ? WHERE boot_id = ?",
        (data["offset"], data["trust"], data["source"], data["boot"]),
    )
    db.execute(
        "UPDATE gap SET rel_start = min(rel_end - 1, utc_start - (SELECT utc0 FROM epoch WHERE id = gap.epoch))"
        " WHERE utc_start IS NOT NULL AND epoch IN (SELECT id FROM epoch WHERE boot_id = ?)",
        (data["boot"],),
    )


def _camera(db: sqlite3.Connection, record: Record) -> None:
    data = record.data
    row = camera_id(db, str(data["camera"]))
    if "removed" in data:
        db.execute(
            "UPDATE camera SET removed_epoch = ?, removed_rel = ? WHERE id = ?",
            (record.epoch, data["removed"], row),
        )
    else:
        db.execute(
            "UPDATE camera SET added_epoch = coalesce(added_epoch, ?), added_rel = coalesce(added_rel, ?),"
            " removed_epoch = NULL, removed_rel = NULL WHERE id = ?",
            (record.epoch, data["added"], row),
        )


def _gap(db: sqlite3.Connection, record: Record) -> None:
    data = record.data
    camera = camera_id(db, str(data["camera"]))
    key = (camera, data["stream"], data["epoch"], data["start"])
    if data["end"] == data["start"]:
        db.execute("DELETE FROM gap WHERE camera = ? AND stream = ? AND epoch = ? AND rel_start = ?", key)
        return
    db.execute(
        "INSERT INTO gap (camera, stream, epoch, rel_start, rel_end, cause, planned, detail, utc_start)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (camera, stream, epoch, rel_start) DO UPDATE"
        " SET rel_end = excluded.rel_end, cause = excluded.cause, planned = excluded.planned,"
        " detail = excluded.detail",
        (*key, data["end"], data["cause"], bool(data["planned"]), data["detail"], data["utc_start"]),
    )


def _proof(db: sqlite3.Connection, record: Record) -> None:
    data = record.data
    if record.kind == "key":
        db.execute("INSERT OR REPLACE INTO meta (k, v) VALUES ('key', ?)", (data["fingerprint"],))
        return
    if record.kind == "hour":
        db.execute("INSERT OR IGNORE INTO hour VALUES (?, ?)", (data["hour"], record.number))
    elif record.kind == "seal":
        before = db.execute(
            "SELECT count(*) FROM seal WHERE day = ? AND ledger_n < ?", (data["day"], record.number)
        ).fetchone()
        part = data.get("part") or before[0] + 1
        db.execute(
            "INSERT OR IGNORE INTO seal VALUES (?, ?, ?, ?, ?, ?, 0)",
            (data["day"], part, data["sha256"], data["files"], data["bytes"], record.number),
        )
    else:
        db.execute(
            "INSERT OR REPLACE INTO head VALUES (?, ?, ?, ?, ?)",
            (data["day"], data["n"], data["h"], data["key"], record.number),
        )
