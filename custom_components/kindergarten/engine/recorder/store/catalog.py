"""The catalog's database: opened so that it works on any volume, moved aside when it is damaged."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from functools import cache
from pathlib import Path
import sqlite3
import threading
from typing import Any

from ...env import Env
from ...filesystem import NotAFileError

SCHEMA = 3
_FULL, _HIDDEN = "full", "disk I/O"
_STRANGE = ("no such column", "no such table", "Could not decode")
_DDL = Path(__file__).with_name("schema.sql").read_text(encoding="utf-8")
_TABLES = frozenset(
    {"meta", "epoch", "camera", "schedule", "init", "run", "recording", "gap", "deletion"}
    | {"hold", "hold_range", "hold_camera", "hour", "seal", "head", "elsewhere"}
)


_INDEXED = ("camera", "stream", "epoch", "rel_start", "rel_end", "run", "seq", "bytes", "state")
"""The columns of the index `recording_time`."""


_TIMES = frozenset(
    {
        "rel",
        "rel0",
        "rel_start",
        "rel_end",
        "alive",
        "added_rel",
        "removed_rel",
        "utc0",
        "utc_start",
        "t0",
        "t1",
    }
    | {"until", "made", "not_before"}
)
_MAX_TIME, _MAX_NUMBER = 1 << 53, 1 << 62


@cache
def _layout() -> dict[str, dict[str, str]]:
    """Return, for each table, the condition that tells a strange value of each column."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript(_DDL)
        return {
            table: {
                name: _strange(name, kind.lower(), filled)
                for _, name, kind, filled, *_ in db.execute(f"PRAGMA table_info({table})")
            }
            for table in sorted(_TABLES)
        }


def _strange(name: str, kind: str, filled: int) -> str:
    condition = f"typeof({name}) NOT IN ('{kind}'" + ("" if filled else ", 'null'") + ")"
    if kind != "integer":
        return condition
    most = _MAX_TIME if name in _TIMES else _MAX_NUMBER
    return f"{condition} OR {name} NOT BETWEEN {-most} AND {most}"


class DamagedError(Exception):
    """The file is no catalog of this version."""


def damaged(error: Exception) -> bool:
    """Tell whether an error means that the database itself is damaged, and not the disk or the moment."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return isinstance(error, DamagedError | NotAFileError) or code in {
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
    }


class Catalog:
    """One connection, behind one lock. Queries see only what is committed or being written by us."""

    def __init__(self, env: Env, path: str) -> None:
        """Name the database; `open` opens it."""
        self._env = env
        self._path = path
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self.make_room: Callable[[], bool] = lambda: False
        self.no_room: Callable[[], bool] = lambda: False
        self.commits = 0

    def open(self, archive_id: str, *, footage: bool) -> str | None:
        """Open or make the catalog; raises OSError or sqlite3.Error when the volume does not let us.

        A new one says that it must be rebuilt when there is `footage`. Returns None when a sound one was there, "" when there was none, else the name under which
        a damaged one was kept.
        """
        there = self._env.fs.exists(self._path)
        moved = ""
        if there:
            try:
                self._connect()
                if self._check(archive_id):
                    return None
            except (DamagedError, NotAFileError, sqlite3.Error) as error:
                self.close()
                if not damaged(error):
                    raise
                moved = self._move_aside()
                self._connect()
        else:
            try:
                self._remove_journals()
            except NotADirectoryError:
                moved = self._make_way()
            self._connect()
        self._create(archive_id, footage=footage)
        folder = self._path.rpartition("/")[0]
        self._env.fs.sync_folder(folder)
        return moved

    def close(self) -> None:
        """Let go of the database."""
        with self._lock:
            connection, self._connection = self._connection, None
            if connection is not None:
                with suppress(sqlite3.Error):
                    connection.close()

    def discard(self) -> None:
        """Move the database aside: it was found damaged while in use."""
        if self._env.fs.exists(self._path):
            self._move_aside()

    def query(self, sql: str, parameters: Iterable[object] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        with self._lock:
            return self._db().execute(sql, tuple(parameters)).fetchall()

    def one(self, sql: str, parameters: Iterable[object] = ()) -> tuple[Any, ...] | None:
        """Return the first row of a query, or None."""
        with self._lock:
            row: tuple[Any, ...] | None = self._db().execute(sql, tuple(parameters)).fetchone()
            return row

    def read[T](self, question: Callable[[sqlite3.Connection], T]) -> T:
        """Return what a function reads of the database."""
        with self._lock:
            return question(self._db())

    def meta(self, key: str) -> str | None:
        """Return a value of the meta table."""
        row = self.one("SELECT v FROM meta WHERE k = ?", (key,))
        return None if row is None else str(row[0])

    def write[T](self, change: Callable[[sqlite3.Connection], T]) -> T:
        """Make a durable change, whole or not at all; a full disk is asked for room once."""
        try:
            with self._transaction() as db:
                return change(db)
        except sqlite3.OperationalError as error:
            if not self.full(error) or not self.make_room():
                raise
        with self._transaction() as db:
            return change(db)

    def full(self, error: sqlite3.Error) -> bool:
        """Tell whether an error means that there is no room; SQLite hides that a quota is used up."""
        text = str(error)
        return _FULL in text or (_HIDDEN in text and self.no_room())

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            db = self._db()
            if db.in_transaction:
                yield db
                return
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
                self.commits += 1
            except BaseException:
                with suppress(sqlite3.Error):
                    db.rollback()
                raise

    def _db(self) -> sqlite3.Connection:
        if self._connection is None:
            raise sqlite3.OperationalError("the catalog is closed")
        return self._connection

    def _connect(self) -> None:
        connection = self._env.database(self._path)
        self._connection = connection
        # Exclusive locking comes before WAL: then the index of the WAL is in our memory, and no
        # shared memory is asked of the volume (https://sqlite.org/wal.html#noshm).
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        # A row is about a kilobyte because of its index: small pages would be left half empty.
        connection.execute("PRAGMA page_size = 16384")
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute("PRAGMA journal_mode = WAL").fetchone()
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA cache_size = -8000")
        connection.execute("PRAGMA temp_store = MEMORY")

    def _check(self, archive_id: str) -> bool:
        """Tell whether this is our catalog (false: nothing is in it); raises when it is damaged."""
        try:
            return self._known(archive_id)
        except sqlite3.OperationalError as error:
            if not str(error).startswith(_STRANGE):
                raise
            raise DamagedError("another schema") from error

    def _known(self, archive_id: str) -> bool:
        names = {row[0] for row in self.query("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not names:
            return False
        if not names >= _TABLES:
            raise DamagedError("tables are missing")
        if self.meta("schema") != str(SCHEMA) or self.meta("archive_id") != archive_id:
            raise DamagedError("another version or archive")
        for table, columns in _layout().items():
            if table == "recording":
                # All rows by their index alone, and all of the newest: the others are large.
                self._look(table, {name: columns[name] for name in _INDEXED})
                self._look(table, columns, "ORDER BY id DESC LIMIT 64")
            else:
                self._look(table, columns)
        return True

    def _look(self, table: str, columns: Mapping[str, str], part: str = "") -> None:
        """Read a table, or a part of its rows; raises DamagedError for a value of a kind that we never wrote."""
        strange = " OR ".join(columns.values())
        rows = f"SELECT {', '.join(columns)} FROM {table} {part}"  # noqa: S608
        if self.one(f"SELECT 1 FROM ({rows}) WHERE {strange} LIMIT 1") is not None:  # noqa: S608
            raise DamagedError(f"strange values in {table}")

    def _create(self, archive_id: str, *, footage: bool) -> None:
        def fill(db: sqlite3.Connection) -> None:
            for statement in _DDL.split(";\n"):
                if statement.strip():
                    db.execute(statement)
            db.executemany(
                "INSERT INTO meta (k, v) VALUES (?, ?)",
                [
                    ("schema", str(SCHEMA)),
                    ("archive_id", archive_id),
                    *([("rebuild", "wanted")] if footage else []),
                ],
            )

        self.write(fill)

    def _move_aside(self) -> str:
        """Keep a damaged catalog under another name; returns the name."""
        folder, _, name = self._path.rpartition("/")
        aside = f"{name}.damaged-{self._env.realtime_ns() // 1_000_000}"
        self._env.fs.rename(self._path, f"{folder}/{aside}")
        self._remove_journals()
        self._env.fs.sync_folder(folder)
        return aside

    def _make_way(self) -> str:
        """Keep what lies where the catalog's folder should be under another name; returns the name."""
        fs, folder = self._env.fs, self._path.rpartition("/")[0]
        aside = f"{folder}.damaged-{self._env.realtime_ns() // 1_000_000}"
        fs.rename(folder, aside)
        fs.make_folder(folder)
        fs.sync_folder(folder.rpartition("/")[0])
        return aside.rpartition("/")[2]

    def _remove_journals(self) -> None:
        """A journal without its database would be played into a new one."""
        for end in ("-wal", "-shm", "-journal"):
            with suppress(FileNotFoundError):
                self._env.fs.unlink(self._path + end)
