"""How large the catalog of 16 cameras and 30 days is, and how fast it answers."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
import random
import sqlite3
import statistics
import tempfile
import time

from kindergarten_engine.env import RealEnv
from kindergarten_engine.recorder.format.index import FragmentEntry, pack
from kindergarten_engine.recorder.store.store import Store
from kindergarten_engine.recorder.store.views import StoreSettings

FILE_S = 300
SECOND = 1_000_000
DAY = 86_400 * SECOND


def run(cameras: int = 16, days: int = 30) -> dict[str, float | int]:
    """Return the catalog's size in bytes and query times in ms (medians over cameras)."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(RealEnv(), lambda *_: None, StoreSettings(ballast_bytes=0))
        store.open(f"{folder}/archive")
        uids = [f"{number:032x}" for number in range(1, cameras + 1)]
        for uid in uids:
            store.declare(uid, uid[-4:])
        store.step()
        archive_id = store.state.archive_id
        now = store.utc_us()
        begin = now - days * DAY
        store.close("user")
        path = Path(folder, "archive/catalog/catalog.db")
        _fill(path, cameras, days, begin)
        size = path.stat().st_size
        start = time.perf_counter()
        store = Store(RealEnv(), lambda *_: None, StoreSettings(ballast_bytes=0))
        store.open(f"{folder}/archive", archive_id)
        opened = (time.perf_counter() - start) * 1000
        noon = begin + days // 2 * DAY
        result: dict[str, float | int] = {
            "cameras": cameras,
            "days": days,
            "files": cameras * days * 86_400 // FILE_S,
            "catalog_bytes": size,
            "bytes_per_file": round(size / (cameras * days * 86_400 / FILE_S)),
            "open_ms": round(opened, 1),
            "timeline_day_ms": _timed(uids, lambda uid: store.timeline(uid, "main", noon, noon + DAY)),
            "timeline_30_days_ms": _timed(uids, lambda uid: store.timeline(uid, "main", begin, now)),
            "playlist_hour_ms": _timed(
                uids, lambda uid: store.fragments(uid, "main", noon, noon + 3600 * SECOND)
            ),
            "seek_ms": _timed(uids, lambda uid: store.fragments(uid, "main", noon + DAY, noon + DAY + 1)),
            "facts_ms": _timed(uids, store.facts),
        }
        start = time.perf_counter()
        for uid in uids[:8]:
            store.coverage(uid, begin, now, 3600)
        result["coverage_30_days_8_cameras_ms"] = round((time.perf_counter() - start) * 1000, 1)
        start = time.perf_counter()
        store.retention_pass()
        result["retention_pass_ms"] = round((time.perf_counter() - start) * 1000, 1)
        store.close("user")
        _kill(path, days)
        start = time.perf_counter()
        store = Store(RealEnv(), lambda *_: None, StoreSettings(ballast_bytes=0))
        store.open(f"{folder}/archive", archive_id)
        result["open_after_kill_ms"] = round((time.perf_counter() - start) * 1000, 1)
        store.close("user")
        return result


def _kill(path: Path, days: int) -> None:
    """Make it an archive whose recorder was killed after all these days."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("DELETE FROM gap WHERE epoch > 1")
        db.execute("DELETE FROM epoch WHERE id > 1")
        db.execute("UPDATE epoch SET end_cause = NULL, alive = ?", (days * DAY,))
        db.commit()


def _timed(uids: list[str], ask: Callable[[str], object]) -> float:
    times = []
    for uid in uids:
        start = time.perf_counter()
        ask(uid)
        times.append((time.perf_counter() - start) * 1000)
    return round(statistics.median(times), 2)


def _fill(path: Path, cameras: int, days: int, begin: int) -> None:
    """Write the rows that so many cameras would have made in so many days, at 4 Mbit/s."""
    db = sqlite3.connect(path)
    db.execute(
        "INSERT INTO epoch (id, boot_id, mono0_ns, utc0, trust, source, alive, end_cause)"
        " VALUES (1, 'bench', 0, ?, 1, 'system', 0, 'upgrade')",
        (begin,),
    )
    db.execute("INSERT INTO init (id, sha256, box) VALUES (1000, 'bench', ?)", (bytes(800),))
    indexes = [_index(number) for number in range(32)]
    per_day = 86_400 // FILE_S
    for seq in range(days * per_day):
        rows, gaps = [], []
        hole = SECOND if seq % (per_day // 2) == 0 else 0
        for camera in range(1, cameras + 1):
            size, idx = indexes[(seq * 7 + camera) % len(indexes)]
            start = seq * FILE_S * SECOND + camera * 18 * SECOND
            name = f"video/{camera:012x}/20261122/20261122T000000000z-m-{camera}-{seq}.mp4"
            ticks0 = seq * 27_000_000
            end = start + FILE_S * SECOND
            rows.append((camera, camera, seq, start, end - hole, ticks0, size, name, idx))
            if hole:
                gaps.append((camera, end - hole, end))
        db.executemany(
            "INSERT INTO recording (camera, stream, run, seq, init, epoch, rel_start, rel_end, ticks0, ticks,"
            " bytes, pictures, state, path, idx)"
            " VALUES (?, 'main', ?, ?, 1000, 1, ?, ?, ?, 27000000, ?, 7500, 'closed', ?, ?)",
            rows,
        )
        db.executemany(
            "INSERT INTO gap (camera, stream, epoch, rel_start, rel_end, cause) VALUES (?, 'main', 1, ?, ?, 'stall')",
            gaps,
        )
    db.commit()
    db.close()


def _index(seed: int) -> tuple[int, bytes]:
    """Return size and index of a file of 300 fragments of varying size."""
    dice = random.Random(seed)
    entries = []
    offset = 5400
    for number in range(FILE_S):
        size = dice.randint(450_000, 550_000)
        entries.append(
            FragmentEntry(
                offset=offset,
                size=size,
                ticks=number * 90_000,
                duration=90_000,
                key=number % 2 == 0,
                pictures=25,
            )
        )
        offset += size
    return offset, pack(entries)
