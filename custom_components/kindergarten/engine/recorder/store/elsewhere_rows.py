"""Rows of footage that somebody else keeps: what a ledger record does to them, and what they tell.

A row is a UTC hour (its number: µs / 3600 s) of a camera. Ledger kind `elsewhere`: `camera`, `by` (who
keeps it) and `hours`, each `[hour, bytes, files, [begin, end, ...], [[begin, end, cause], ...]]` with
footage and gaps in ms of the hour; `files` is -1 until somebody looked for them. Or `gone`: hours whose
footage is there no more, and `cause`: expired, or that of the gaps that are there now. Or `held`: what is
kept there for a hold (`export`, `bytes`, `sha256`) and the `holes` in it. Or `released`: the `export` that was
removed there after the hold had been lifted.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
import json
import sqlite3
from typing import Any

from ...ledger.chain import Json
from .schedule import Span, union
from .views import GapView

HOUR_US = 3_600_000_000
EXPIRED = "expired"
_MS = 1000
_JOIN_US = 2_000_000
"""Ends and begins of neighbouring files differ by fractions of a second."""

type Query = Callable[[str, Iterable[object]], list[tuple[Any, ...]]]
"""A question to the catalog."""


def put(db: sqlite3.Connection, camera: int, data: dict[str, Json]) -> None:
    """Bring the rows up to a ledger record; twice is the same as once."""
    held = data.get("held")
    if isinstance(held, dict):
        key = f"held {held.get('hold')} {data.get('camera')} {held.get('from')} {held.get('to')}"
        db.execute("INSERT OR REPLACE INTO meta (k, v) VALUES (?, ?)", (key, str(held.get("export"))))
    released = data.get("released")
    if isinstance(released, dict):
        key = f"{released.get('hold')} {data.get('camera')} {released.get('from')} {released.get('to')}"
        db.execute("DELETE FROM meta WHERE k = ?", (f"held {key}",))
        db.execute("INSERT OR REPLACE INTO meta (k, v) VALUES (?, '1')", (f"released {key}",))
    hours, gone = data.get("hours"), data.get("gone")
    for each in hours if isinstance(hours, list) else []:
        match each:
            case [int(hour), int(size), int(files), list(footage), list(gaps)]:
                _put(db, camera, hour, size, files, [x for x in footage if isinstance(x, int)], gaps)
    for lost in gone if isinstance(gone, list) else []:
        cause = str(data.get("cause"))
        holes = [] if cause == EXPIRED else [[0, HOUR_US // _MS, cause]]
        db.execute(
            "UPDATE elsewhere SET gone = 1, spans = '[]', seconds = 0, gaps = ? WHERE camera = ? AND hour = ?",
            (json.dumps(holes), camera, lost),
        )


def _put(
    db: sqlite3.Connection,
    camera: int,
    hour: int,
    size: int,
    files: int,
    footage: list[int],
    gaps: list[Json],
) -> None:
    start = hour * HOUR_US
    first = start + footage[0] * _MS if footage else None
    last = start + footage[-1] * _MS if footage else None
    seconds = sum(end - begin for begin, end in list(pairwise(footage))[::2]) / 1000
    db.execute(
        "INSERT OR REPLACE INTO elsewhere (camera, hour, first, last, seconds, bytes, files, spans, gaps, gone)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
        (camera, hour, first, last, seconds, size, files, json.dumps(footage), json.dumps(gaps)),
    )


def footage(query: Query, camera: int, t0: int, t1: int, *, proven: bool = False) -> list[Span]:
    """Return when there is footage of a camera in a stretch; only what was found as files if `proven`."""
    rows = query(
        "SELECT hour, spans FROM elsewhere WHERE camera = ? AND hour BETWEEN ? AND ? AND gone = 0 AND files >= ?",
        (camera, t0 // HOUR_US, t1 // HOUR_US, 1 if proven else -1),
    )
    return _footage(rows, t0, t1)


def proven_of(query: Query, uid: str, t0: int, t1: int) -> list[Span]:
    """Return when files of a camera (uid) were found in a stretch, whichever catalogs `query` asks."""
    rows = query(
        "SELECT w.hour, w.spans FROM elsewhere w JOIN camera c ON c.id = w.camera"
        " WHERE c.uid = ? AND w.hour BETWEEN ? AND ? AND w.gone = 0 AND w.files >= 1",
        (uid, t0 // HOUR_US, t1 // HOUR_US),
    )
    return _footage(rows, t0, t1)


def _footage(rows: Iterable[tuple[Any, ...]], t0: int, t1: int) -> list[Span]:
    found: list[Span] = []
    for hour, text in rows:
        edges: list[int] = json.loads(text)
        for begin, end in list(pairwise(edges))[::2]:
            start, until = max(t0, hour * HOUR_US + begin * _MS), min(t1, hour * HOUR_US + end * _MS)
            if start < until:
                found.append((start, until))
    return joined(found)


def sizes(query: Query, camera: int, t0: int, t1: int) -> int:
    """Return the bytes of the hours that begin in a stretch."""
    rows = query(
        "SELECT coalesce(sum(bytes), 0) FROM elsewhere WHERE camera = ? AND hour >= ? AND hour < ? AND gone = 0",
        (camera, -(-t0 // HOUR_US), -(-t1 // HOUR_US)),
    )
    return int(rows[0][0])


def gaps(query: Query, camera: int, t0: int, t1: int) -> list[GapView]:
    """Return the gaps of a camera that touch a stretch; neighbours of one cause are one."""
    rows = query(
        "SELECT hour, gaps FROM elsewhere WHERE camera = ? AND hour BETWEEN ? AND ? AND gaps != '[]' ORDER BY hour",
        (camera, t0 // HOUR_US, t1 // HOUR_US),
    )
    return _gaps(rows, t0, t1)


def gaps_of(query: Query, uid: str, t0: int, t1: int) -> list[GapView]:
    """Return the same of a camera by its uid, whichever catalogs `query` asks."""
    rows = query(
        "SELECT w.hour, w.gaps FROM elsewhere w JOIN camera c ON c.id = w.camera"
        " WHERE c.uid = ? AND w.hour BETWEEN ? AND ? AND w.gaps != '[]'",
        (uid, t0 // HOUR_US, t1 // HOUR_US),
    )
    return _gaps(sorted(set(rows)), t0, t1)


def _gaps(rows: Iterable[tuple[Any, ...]], t0: int, t1: int) -> list[GapView]:
    found: list[tuple[int, int, str]] = []
    for hour, text in rows:
        for begin, end, cause in json.loads(text):
            start, until = hour * HOUR_US + begin * _MS, hour * HOUR_US + end * _MS
            if found and found[-1][1] == start and found[-1][2] == cause:
                start = found.pop()[0]
            found.append((start, until, cause))
    return [
        GapView(start_us=start, end_us=end, cause=cause, planned=False, detail="")
        for start, end, cause in found
        if start < t1 and end > t0
    ]


def edges(query: Query, camera: int) -> tuple[int | None, int | None]:
    """Return when the oldest footage of a camera begins and the newest ends."""
    rows = query("SELECT min(first), max(last) FROM elsewhere WHERE camera = ? AND gone = 0", (camera,))
    return rows[0][0], rows[0][1]


def since(query: Query, uid: str) -> int | None:
    """Return since when footage of a camera is known, gone or not; None for one that is kept by us."""
    rows = query(
        "SELECT min(w.first) FROM elsewhere w JOIN camera c ON c.id = w.camera WHERE c.uid = ?", (uid,)
    )
    return None if rows[0][0] is None else int(rows[0][0])


def joined(spans: Sequence[Span]) -> list[Span]:
    """Return spans in time order, those with less than two seconds between them as one."""
    return [(start, end - _JOIN_US) for start, end in union([(a, b + _JOIN_US) for a, b in spans])]
