"""What the ledger tells when it is read from its first record to its last."""

from collections.abc import Iterable
from contextlib import suppress
import sqlite3

from ..ledger.chain import Record
from ..ledger.verify import Finding
from ..recorder.store import replay
from ..recorder.store.epochs import STEP_US
from ..recorder.store.hold_rows import is_held
from .footage import empty_tables


def retold(records: Iterable[Record]) -> tuple[sqlite3.Connection, list[Finding]]:
    """Return the tables that the records make, and what should not have happened.

    That is: something held was deleted (`hold_deleted`), the clock went back (`clock_back`).
    """
    db = empty_tables()
    findings: list[Finding] = []
    before: Record | None = None
    for record in records:
        if before is not None and record.time_us < before.time_us - STEP_US:
            back = (before.time_us - record.time_us) // 1_000_000
            text = f"the clock went back by {back} s before record {record.number}"
            findings.append(Finding(code="clock_back", text=text, number=record.number, t_us=record.time_us))
        before = record
        with suppress(KeyError, TypeError, ValueError, sqlite3.Error):  # the chain's check names it
            if record.kind == "delete":
                findings += _held(db, record)
            replay.apply(db, record)
    return db, findings


def _held(db: sqlite3.Connection, record: Record) -> list[Finding]:
    """Return the files of a deletion that somebody had asked to keep."""
    found = []
    for file in replay.deleted_files(record):
        row = db.execute("SELECT utc0 FROM epoch WHERE id = ?", (file.epoch,)).fetchone()
        if row is not None and is_held(db, file.camera, row[0] + file.start, row[0] + file.end):
            text = f"a recording was deleted that was held (record {record.number})"
            found.append(
                Finding(
                    code="hold_deleted", text=text, number=record.number, camera=file.camera, t_us=row[0] + file.start
                )
            )  # fmt: skip
    return found
