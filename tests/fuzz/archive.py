"""What lies on the disk: recordings, ledger, seals, catalog."""

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
import random
import shutil
import sqlite3
from tempfile import TemporaryDirectory
from typing import override

from kindergarten_engine.errors import EngineError, FormatError
from kindergarten_engine.ledger import verify
from kindergarten_engine.ledger.seal import SealedFile, parse_seal, seal_bytes
from kindergarten_engine.recorder.format import index
from kindergarten_engine.recorder.format.recording_file import read_samples, scan
from kindergarten_engine.recorder.store.store import Store
from kindergarten_engine.recorder.store.views import StoreSettings
from tests.engine.format.clips import encode, encode_sound, record
from tests.engine.store.rig import Events, Feed, RealDisk, record as deliver, uid

from .harness import Target

HALL = uid(1)
SECONDS = 12
MEMORY = Path("/dev/shm")
"""Thousands of archives a minute are too many for a disk."""


def _file(data: bytes) -> None:
    """Read a file as recovery, playback and stills do."""
    read = lambda at, size: data[at : at + size]  # noqa: E731
    found = scan(read, len(data))
    assert found.good_end <= len(data)
    assert found.pictures >= 0
    for entry in found.fragments:
        assert entry.end <= found.good_end
        try:
            samples = read_samples(read, entry)
        except FormatError:
            continue
        for sample in (*samples.video, *samples.audio):
            assert 0 <= sample.offset <= sample.offset + sample.size <= len(data), "a sample out of its file"
    index.pack(found.fragments)


def _index(data: bytes) -> None:
    index.unpack(data)


def _ledger(data: bytes) -> None:
    chain = verify.read_chain([("00000001.jsonl", data)])
    verify.read_seals(chain, lambda _: data[:4000])
    verify.check_head(chain, "0" * 64)
    if chain.records and not chain.findings:
        numbers = [each.number for each in chain.records]
        assert numbers == list(range(1, len(numbers) + 1)), "a changed ledger is called whole"


def _seal(data: bytes) -> None:
    parse_seal(data)


class SameDisk(RealDisk):
    """Chooses the same names each time, so that an input can be repeated."""

    def __init__(self) -> None:
        super().__init__()
        self._dice = random.Random(1)

    @override
    def token(self, size: int) -> str:
        return self._dice.randbytes(size).hex()


class Site:
    """A small archive whose catalog, or ledger, is replaced again and again."""

    def __init__(self, folder: Path) -> None:
        self.good, self.tried = folder / "good", folder / "tried"
        self.env = SameDisk()
        store = Store(self.env, Events(), StoreSettings(file_s=4, ballast_bytes=0))
        self.archive_id = store.open(str(self.good)).archive_id
        store.declare(HALL, "Hall")
        feed = Feed(store, HALL)
        feed.begin()
        deliver(self.env, feed, SECONDS)
        feed.end()
        assert store.flush()
        store.close("user")
        self.catalog = self.good / "catalog/catalog.db"
        (self.ledger,) = sorted((self.good / "ledger").iterdir())
        self.videos = {path.relative_to(self.good): path.stat().st_size for path in self.good.rglob("*.mp4")}
        assert self.videos

    def open_with_file(self, wrong: Path, data: bytes) -> None:
        """Open the archive with other bytes in one of its files."""
        self._copy()
        (self.tried / wrong.relative_to(self.good)).write_bytes(data)
        self._open()

    def open_with_value(self, data: bytes) -> None:
        """Open the archive with another value in its catalog: the first bytes say where, the others what."""
        where, what = data[:3].ljust(3, b"\0"), data[3:]
        self._copy()
        with closing(sqlite3.connect(self.tried / "catalog/catalog.db", autocommit=True)) as db:
            tables = [
                row[0]
                for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            ]
            table = tables[where[0] % len(tables)]
            columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
            column = columns[where[1] % len(columns)]
            value = (None, what, what.decode("utf-8", "replace"), int.from_bytes(what[:8], signed=True))[
                where[2] % 4
            ]
            with suppress(sqlite3.IntegrityError):
                db.execute(f"UPDATE {table} SET {column} = ?", (value,))
        self._open()

    def _copy(self) -> None:
        shutil.rmtree(self.tried, ignore_errors=True)
        shutil.copytree(self.good, self.tried)

    def _open(self) -> None:
        """Open the archive, ask what everybody asks, close: no recording is lost."""
        store = Store(self.env, Events(), StoreSettings(file_s=4, ballast_bytes=0))
        try:
            state = store.open(str(self.tried), self.archive_id)
            assert state.status == "ok", f"the archive stays closed: {state}"
            self._ask(store)
        finally:
            store.close("user")
        left = {path.relative_to(self.tried): path.stat().st_size for path in self.tried.rglob("*.mp4")}
        assert left == self.videos, "recordings were touched"

    def _ask(self, store: Store) -> None:
        store.declare(HALL, "Hall")
        now = self.env.realtime_ns() // 1000
        for question in (
            lambda: store.timeline(HALL, "main", now - 3_600_000_000, now),
            lambda: store.coverage(HALL, now - 3_600_000_000, now, 600),
            lambda: store.days(HALL),
            store.cameras,
            lambda: store.facts(HALL),
            lambda: [store.read_media(part.recording, part.first, part.first)
                     for part in store.fragments(HALL, "main", now - 3_600_000_000, now)],
            store.retention_pass,
        ):  # fmt: skip
            try:
                question()
            except EngineError:
                continue


@contextmanager
def targets() -> Iterator[list[Target]]:
    """Return what reads a disk."""
    recorded = record(encode("h264_b", 12, gop=6), encode_sound(1))
    sealed = [
        SealedFile(camera=HALL, stream="main", t0=at, t1=at + 9, path=f"video/{at}.mp4", bytes=9, sha256="ab" * 32,
                   pictures=5, run=1, seq=at, state="closed")
        for at in range(3)
    ]  # fmt: skip
    with TemporaryDirectory(prefix="kindergarten-fuzz-", dir=MEMORY if MEMORY.is_dir() else None) as folder:
        site = Site(Path(folder))
        ledger = site.ledger.read_bytes()
        yield [
            Target(name="mp4", seeds=(recorded.open, recorded.closed), take=_file,
                   tokens=(b"moof", b"mdat", b"uuid", b"mfra", b"traf", b"trun", b"free", b"\0\0\0\1", b"\0\0\0\0")),
            Target(name="index", seeds=(index.pack(recorded.entries),), take=_index, refusals=(FormatError,)),
            Target(name="seal", seeds=(seal_bytes(sealed),), take=_seal, refusals=(FormatError,),
                   tokens=(b"\n", b'"', b"{", b"}", b":", b"null", b"-1", b"1e999", b"[" * 2000)),
            Target(name="ledger", seeds=(ledger,), take=_ledger,
                   tokens=(b"\n", b'"n":', b'"k":"seal"', b'"d":{}', b"null", b"1e999", b"[" * 2000, b"\xff")),
            Target(name="ledger_opened", seeds=(ledger,), take=lambda data: site.open_with_file(site.ledger, data),
                   tokens=(b"\n", b'"n":', b'"k":"hold"', b"null")),
            Target(name="catalog", seeds=(site.catalog.read_bytes(),), take=lambda data: site.open_with_file(site.catalog, data),
                   tokens=(b"SQLite format 3\0", b"CREATE TABLE", b"recording")),
            Target(name="catalog_values", seeds=[bytes((table, column, kind)) + b"\0\0\0\0\0\0\0\2" for table in range(16)
                                                 for column in range(12) for kind in range(4)],
                   take=site.open_with_value, tokens=(b"\xff" * 8, b"\x7f" + b"\xff" * 7, b"[]", b"main")),
        ]  # fmt: skip
