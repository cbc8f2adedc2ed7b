"""The demo archive is a true one: the engine's own checks find nothing wrong with it."""

from pathlib import Path
import sqlite3
from typing import Any

import av

from kindergarten_engine.env import RealEnv
from kindergarten_engine.recorder.store.store import Store
from kindergarten_engine.recorder.store.views import StoreSettings
from tests.demo_archive import plan

from .conftest import DAY_US, END_US, archive_id


def opened(folder: Path) -> Store:
    """Open an archive as the engine does."""
    store = Store(RealEnv(), lambda *_: None, StoreSettings(ballast_bytes=0))
    assert store.open(str(folder), archive_id(folder)).status == "ok"
    return store


def rows(folder: Path) -> list[Any]:
    """Return what the catalog says of the files."""
    with sqlite3.connect(folder / "catalog/catalog.db") as db:
        return db.execute(
            "SELECT path, run, seq, rel_start, rel_end, ticks0, ticks, bytes, pictures, state, idx FROM recording ORDER BY path"
        ).fetchall()


def test_engine_opens_the_demo_and_finds_nothing_wrong(archive: Path) -> None:
    store = opened(archive)
    assert store.check(content=True) == []
    store.close("user")


def test_catalog_of_the_demo_is_what_its_files_and_ledger_say(archive: Path) -> None:
    before = rows(archive)
    for each in (archive / "catalog").iterdir():
        each.unlink()
    store = opened(archive)
    for _ in range(200):
        store.step()
    assert store.check() == []
    store.close("user")
    assert rows(archive) == before


def test_gaps_of_the_demo_have_their_causes(archive: Path) -> None:
    store = opened(archive)
    gaps = store.timeline(plan.uid(0), "main", END_US - 3 * DAY_US, END_US).gaps
    assert [(gap.cause, (gap.end_us or 0) - gap.start_us) for gap in gaps] == [("stall", 90_000_000)]
    store.close("user")


def test_a_file_of_the_demo_plays_from_begin_to_end(archive: Path) -> None:
    path = sorted(archive.rglob("*.mp4"))[5]
    with av.open(str(path)) as container:
        times = [float(frame.time or 0) for frame in container.decode(video=0)]
    assert times == [float(second) for second in range(300)]
