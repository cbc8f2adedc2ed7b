"""What somebody put into the archive instead of files: it holds nobody up and leads nowhere."""

from collections.abc import Callable
from contextlib import closing
import errno
import os
from pathlib import Path
import socket
import sqlite3

import pytest

from kindergarten_engine.filesystem import RealFileSystem
from kindergarten_engine.recorder.store.store import Store
from kindergarten_engine.recorder.store.views import StoreSettings

from .rig import Events, Feed, RealDisk, record, uid

HALL = uid(1)
SETTINGS = StoreSettings(file_s=4, ballast_bytes=0)


def pipe(path: Path) -> None:
    os.mkfifo(path)


def link(path: Path) -> None:
    secret = path.with_name("secret")
    secret.write_text("out of the archive")
    path.symlink_to(secret)


def folder(path: Path) -> None:
    path.mkdir()


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def listener(path: Path) -> None:
    # The path of a socket may not be long.
    here = os.open(path.parent, os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(f"/proc/self/fd/{here}/{path.name}")
    os.close(here)


STRANGE = pytest.mark.parametrize("make", [pipe, link, folder, device, listener])


class Site:
    """An archive with footage that nobody uses just now."""

    def __init__(self, place: Path) -> None:
        self.path = place / "archive"
        self.env = RealDisk()
        self.store = Store(self.env, Events(), SETTINGS)
        self.archive_id = self.store.open(str(self.path)).archive_id
        self.store.declare(HALL, "Hall")
        feed = Feed(self.store, HALL)
        feed.begin()
        record(self.env, feed, 14)

    @property
    def files(self) -> list[Path]:
        return sorted(self.path.glob("video/*/*/*.mp4"))

    def again(self) -> Store:
        """Return the next engine, which has the archive and has read what it did not know."""
        store = Store(self.env, Events(), SETTINGS)
        assert store.open(str(self.path), self.archive_id).status == "ok"
        for _ in range(5):
            self.env.advance(1)
            store.step()
        return store


@STRANGE
@pytest.mark.parametrize("write", [False, True])
def test_what_is_no_regular_file_is_not_opened(
    tmp_path: Path, make: Callable[[Path], None], write: bool
) -> None:
    make(tmp_path / "strange")
    with pytest.raises(OSError, match="not a regular file") as caught:
        RealFileSystem().open(str(tmp_path / "strange"), write=write)
    assert caught.value.errno == errno.EINVAL
    (entry,) = [each for each in RealFileSystem().list(str(tmp_path)) if each.name == "strange"]
    assert not entry.file


@STRANGE
def test_a_rebuild_passes_over_what_is_no_file(tmp_path: Path, make: Callable[[Path], None]) -> None:
    site = Site(tmp_path)
    site.store.close("user")
    (site.path / "catalog/catalog.db").unlink()
    make(site.files[0].with_name("20260101T000000000z-m-1-0.mp4"))
    store = site.again()
    assert len(store.timeline(HALL, "main", 0, 1 << 60).recordings) > 0
    assert store.check(content=True) == []
    store.close("user")


@STRANGE
def test_recovery_passes_over_a_file_that_became_none(tmp_path: Path, make: Callable[[Path], None]) -> None:
    site = Site(tmp_path)
    archive = site.store._keeper.writer.archive
    assert archive is not None
    open_file = Path(next(iter(archive.files.values())).path)
    archive.let_go()  # killed
    open_file.unlink()
    make(open_file)
    store = site.again()
    assert store.timeline(HALL, "main", 0, 1 << 60).recordings
    assert store.check(content=True) == []
    store.close("user")


@STRANGE
def test_a_database_that_became_no_file_is_moved_aside(tmp_path: Path, make: Callable[[Path], None]) -> None:
    site = Site(tmp_path)
    site.store.close("user")
    (site.path / "catalog/catalog.db").unlink()
    make(site.path / "catalog/catalog.db")
    store = site.again()
    assert list((site.path / "catalog").glob("catalog.db.damaged-*"))
    assert store.timeline(HALL, "main", 0, 1 << 60).recordings
    assert store.check(content=True) == []
    store.close("user")


@pytest.mark.parametrize("make", [pipe, Path.touch])
def test_a_catalog_that_is_no_folder_is_moved_aside(tmp_path: Path, make: Callable[[Path], None]) -> None:
    site = Site(tmp_path)
    site.store.close("user")
    (site.path / "catalog").rename(tmp_path / "away")
    make(site.path / "catalog")
    store = site.again()
    assert list(site.path.glob("catalog.damaged-*"))
    assert store.timeline(HALL, "main", 0, 1 << 60).recordings
    assert store.check(content=True) == []
    store.close("user")


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("epoch", "mono0_ns", b"\0"),
        ("init", "arate", "fast"),
        ("recording", "rel_end", "late"),
        ("recording", "rel_start", -(1 << 62)),
        ("camera", "label", b"Hall"),
    ],
)
def test_a_catalog_with_strange_values_is_read_back_from_the_files(
    tmp_path: Path, table: str, column: str, value: object
) -> None:
    site = Site(tmp_path)
    site.store.close("user")
    with closing(sqlite3.connect(site.path / "catalog/catalog.db", autocommit=True)) as db:
        db.execute(f"UPDATE {table} SET {column} = ?", (value,))
    store = site.again()
    assert list((site.path / "catalog").glob("catalog.db.damaged-*"))
    assert len(store.timeline(HALL, "main", 0, 1 << 60).recordings) > 0
    assert store.check(content=True) == []
    store.close("user")
