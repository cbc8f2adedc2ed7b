"""The people's file while it is open: one change after the other, each whole, then a new snapshot."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
import sqlite3
import threading
from types import MappingProxyType
from typing import Any, Final, Self

from .cipher import Cipher, TokenBytes
from .clock import Clock, Microseconds
from .errors import PeopleError
from .loading import devices, load, records
from .opening import open_file, translated
from .snapshot import Snapshot

ID_BYTES: Final = 16


class Store:
    """What every part of the people builds on. May be called by any thread, one at a time gets on."""

    def __init__(self, db: sqlite3.Connection, cipher: Cipher, token_bytes: TokenBytes, clock: Clock) -> None:
        """Begin with an open file; use `open`."""
        self._db = db
        self._cipher = cipher
        self._token_bytes = token_bytes
        self._clock = clock
        self._lock = threading.RLock()
        self._listeners: list[Callable[[Snapshot], None]] = []
        self._meta: Mapping[str, int] = {}
        self._locked = False
        self._snapshot = Snapshot(locked=True)

    @classmethod
    def open(
        cls,
        folder: Path,
        now_us: Microseconds,
        token_bytes: TokenBytes,
        monotonic_us: Microseconds | None = None,
    ) -> Self:
        """Open the people of a folder, made when there are none.

        Raises PeopleError: key_missing, key_wrong, key_damaged, damaged, newer, locked, storage.
        """
        db, cipher = open_file(folder, token_bytes)
        try:
            meta = _read_meta(db)
            people = cls(db, cipher, token_bytes, Clock(now_us, monotonic_us, meta.get("floor_us", 0)))
            people._begin()
        except sqlite3.Error as error:
            db.close()
            raise translated(error) from error
        except BaseException:
            db.close()
            raise
        return people

    @property
    def snapshot(self) -> Snapshot:
        """Return the people as they are."""
        return self._snapshot

    @property
    def generation(self) -> int:
        """Return a number that rises with every change of who may see what."""
        return self._snapshot.generation

    def subscribe(self, listener: Callable[[Snapshot], None]) -> Callable[[], None]:
        """Have `listener` told each new snapshot, in the thread that made the change."""
        self._listeners.append(listener)

        def stop() -> None:
            with suppress(ValueError):
                self._listeners.remove(listener)

        return stop

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()

    # -- for the parts ----------------------------------------------------------------------

    def _begin(self) -> None:
        """Write down the time, and empty what a forgotten family has left."""
        with self._change(access=False):
            pass
        if self._meta.get("vacuum"):
            self._vacuum()

    @contextmanager
    def _change(self, *, access: bool = True) -> Iterator[sqlite3.Connection]:
        """Change something, all of it or nothing, durable at the end.

        `access` says that it matters for who may see what: then the generation rises. Raises
        PeopleError("storage"), PeopleError("damaged").
        """
        with self._lock:
            with self._transaction() as db:
                yield db
                if access:
                    self._count(db, "generation", self._meta.get("generation", 0) + 1)
                self._count(db, "floor_us", self._clock.now())
            with _errors():
                self._meta = _read_meta(self._db)
                self._snapshot = load(self._db, self._cipher, self._meta, locked=self._locked)
            told = self._snapshot
        self._tell(told)

    @contextmanager
    def _note(self) -> Iterator[sqlite3.Connection]:
        """Change something that no decision looks at, such as who watched."""
        with self._lock, self._transaction() as db:
            yield db

    @contextmanager
    def _seen(self) -> Iterator[sqlite3.Connection]:
        """Change browsers only, which happens often: nothing else is read anew."""
        with self._lock:
            with self._transaction() as db:
                yield db
                self._count(db, "floor_us", self._clock.now())
            with _errors():
                self._meta = _read_meta(self._db)
                self._snapshot = replace(
                    self._snapshot,
                    devices=devices(self._db, self._cipher, self._meta),
                    floor_us=self._meta.get("floor_us", 0),
                )
            told = self._snapshot
        self._tell(told)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with _errors():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._db.execute("ROLLBACK")
                raise

    def _tell(self, snapshot: Snapshot) -> None:
        for listener in tuple(self._listeners):
            listener(snapshot)

    def _vacuum(self) -> None:
        """Write the file anew, so that nothing of what was deleted is in it."""
        with self._lock, _errors():
            self._db.execute("VACUUM")
            self._count(self._db, "vacuum", 0)
            self._meta = _read_meta(self._db)

    def _count(self, db: sqlite3.Connection, name: str, value: int) -> None:
        db.execute("INSERT OR REPLACE INTO meta VALUES(?, ?)", (name, value))

    def _new_id(self) -> str:
        return self._token_bytes(ID_BYTES).hex()

    def _row(self, query: str, values: tuple[object, ...]) -> dict[str, Any] | None:
        with self._lock, _errors():
            return next(records(self._db, query, values), None)

    def _asked_row(self, table: str, row_id: str) -> dict[str, Any] | None:
        """Return the row of an id that a stranger says."""
        if not row_id.isascii():
            return None
        return self._row(f"SELECT * FROM {table} WHERE id = ?", (row_id,))  # noqa: S608 - a table of ours

    def _rows(self, query: str, values: tuple[object, ...] = ()) -> list[dict[str, Any]]:
        with self._lock, _errors():
            return list(records(self._db, query, values))


@contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise translated(error) from error


def _read_meta(db: sqlite3.Connection) -> Mapping[str, int]:
    """Return the counted things."""
    found = db.execute("SELECT k, v FROM meta WHERE typeof(v) = 'integer'")
    return MappingProxyType(dict(found.fetchall()))


def known[T](found: Mapping[str, T], each_id: str, field: str) -> T:
    """Return the record of an id; raises PeopleError("unknown")."""
    record = found.get(each_id)
    if record is None:
        raise PeopleError("unknown", field)
    return record
