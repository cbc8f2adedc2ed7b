"""Opens the people's file, or says what is wrong with it. Nothing that was there is ever overwritten.

The file is about this machine's private folder, so `os` is used here as in `place.py`.
"""

from contextlib import suppress
import os
from pathlib import Path
import sqlite3
from typing import Final

from ..place import Place
from .cipher import KEY_NAME, Cipher, TokenBytes, make_key, read_key
from .errors import PeopleError
from .schema import APPLICATION_ID, STEPS

FILE_NAME: Final = "people.db"
_NEW: Final = "people.db.new"
_CHECK: Final = ("meta", "check", "check")
_WORD: Final = "kindergarten"


def keys_of(folder: Path) -> Path:
    """Return where the key of a folder lies: apart, so that who takes the folder has a list that nobody reads."""
    return folder.with_name(f"{folder.name}_keys")


def open_file(folder: Path, token_bytes: TokenBytes) -> tuple[sqlite3.Connection, Cipher]:
    """Open the people of a folder, made when there are none.

    Raises PeopleError: key_missing, key_wrong, key_damaged, damaged, newer, locked, storage.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return _open(folder, token_bytes)
    except sqlite3.Error as error:
        raise translated(error) from error
    except OSError as error:
        raise PeopleError("storage") from error


def translated(error: sqlite3.Error) -> PeopleError:
    """Return what an error of the database means."""
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return PeopleError("locked")
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_ERROR", "SQLITE_MISMATCH")):
        return PeopleError("damaged")
    return PeopleError("storage")


def _open(folder: Path, token_bytes: TokenBytes) -> tuple[sqlite3.Connection, Cipher]:
    path, keys = folder / FILE_NAME, _keys(folder)
    if not path.exists():
        _make(folder, Cipher(keys[0] if keys else _new_key(folder, token_bytes), token_bytes))
        keys = _keys(folder)
    elif not path.is_file() or path.is_symlink() or path.stat().st_size == 0:
        raise PeopleError("damaged")
    elif not keys:
        raise PeopleError("key_missing")
    path.chmod(0o600)
    db = _connect(path)
    try:
        key = _check(db, keys)
        _keep_apart(folder, key)
        _migrate(db)
    except BaseException:
        db.close()
        raise
    return db, Cipher(key, token_bytes)


def _keys(folder: Path) -> list[bytes]:
    """Return the keys there are: the one in its place, and one that an earlier version left beside the file."""
    found, wrong = list[bytes](), list[PeopleError]()
    for place in (Place(keys_of(folder)), Place(folder)):
        try:
            key = read_key(place)
        except PeopleError as error:
            wrong.append(error)
        else:
            found += [key] if key is not None else []
    if wrong and not found:
        raise wrong[0]
    return found


def _new_key(folder: Path, token_bytes: TokenBytes) -> bytes:
    apart = keys_of(folder)
    apart.mkdir(mode=0o700, exist_ok=True)
    key = make_key(Place(apart), token_bytes)
    _sync(apart)
    _sync(apart.parent)
    return key


def _keep_apart(folder: Path, key: bytes) -> None:
    """Bring the key that opened the file to its place; what is not surely there too is not taken away."""
    beside, apart = Place(folder), Place(keys_of(folder))
    if (earlier := beside.read(KEY_NAME)) is None:
        return
    if apart.read(KEY_NAME) is None:
        _new_key(folder, lambda _size: key)
    if apart.read(KEY_NAME) == earlier:
        (folder / KEY_NAME).unlink()
        _sync(folder)


def _make(folder: Path, cipher: Cipher) -> None:
    """Make an empty file under another name first: half a file must not look like a broken one."""
    path = folder / _NEW
    for name in (_NEW, f"{_NEW}-journal"):
        (folder / name).unlink(missing_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600))
    db = _connect(path)
    try:
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        _migrate(db)
        db.execute("INSERT INTO meta VALUES('check', ?)", (cipher.seal(*_CHECK, _WORD),))
    finally:
        db.close()
    path.replace(folder / FILE_NAME)
    _sync(folder)


def _sync(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=2, isolation_level=None, check_same_thread=False)
    try:
        # One owner, and nothing of what was deleted stays readable: neither in the file nor in a log of it.
        for pragma in (
            "locking_mode = EXCLUSIVE",
            "journal_mode = DELETE",
            "synchronous = EXTRA",
            "secure_delete = ON",
            "temp_store = MEMORY",
            "foreign_keys = ON",
            "trusted_schema = OFF",
        ):
            db.execute(f"PRAGMA {pragma}")
    except BaseException:
        db.close()
        raise
    return db


def _check(db: sqlite3.Connection, keys: list[bytes]) -> bytes:
    """Return which key the file is of; refuse one that is not whole, not ours, of a later version or of another."""
    if db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise PeopleError("damaged")
    if db.execute("PRAGMA user_version").fetchone()[0] > len(STEPS):
        raise PeopleError("newer")
    if db.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        raise PeopleError("damaged")
    row = db.execute("SELECT v FROM meta WHERE k = 'check'").fetchone()
    if row is None:
        raise PeopleError("damaged")
    for key in keys:
        with suppress(PeopleError):
            Cipher(key, os.urandom).open(*_CHECK, row[0])
            return key
    raise PeopleError("key_wrong")


def _migrate(db: sqlite3.Connection) -> None:
    """Bring the tables to our version, each step whole or not at all."""
    version = db.execute("PRAGMA user_version").fetchone()[0]
    for number, step in enumerate(STEPS[version:], version + 1):
        db.execute("BEGIN IMMEDIATE")
        try:
            for statement in statements(step):
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {number}")
            db.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                db.execute("ROLLBACK")
            raise


def statements(script: str) -> list[str]:
    """Return a script's statements: `executescript` would end the transaction around it."""
    found: list[str] = []
    text = ""
    for line in script.splitlines():
        text = f"{text}\n{line}".lstrip() if not line.lstrip().startswith("--") else text
        if sqlite3.complete_statement(text):
            found.append(text)
            text = ""
    return found
