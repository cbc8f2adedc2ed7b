"""Reads the tables into a snapshot."""

from collections.abc import Iterator, Mapping
from datetime import date
import sqlite3
from types import MappingProxyType
from typing import Any, Protocol

from .cipher import Cipher
from .names import short_name
from .records import (
    Child,
    Closure,
    Consent,
    Device,
    Group,
    Guardian,
    Guardianship,
    Membership,
    Pause,
    Presence,
    RulesAccepted,
)
from .snapshot import Snapshot


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


def load(db: sqlite3.Connection, cipher: Cipher, meta: Mapping[str, int], *, locked: bool) -> Snapshot:
    """Return everything a decision needs. Raises PeopleError("damaged"), sqlite3.Error."""
    return Snapshot(
        generation=meta.get("generation", 0),
        floor_us=meta.get("floor_us", 0),
        locked=locked,
        text_version=meta.get("text_version", 1),
        window_until_us=meta.get("window_until_us", 0),
        groups=_by_id(_group(cipher, row) for row in _rows(db, "groups")),
        children=_by_id(_child(cipher, row) for row in _rows(db, "children")),
        memberships=_by_id(_membership(row) for row in _rows(db, "memberships")),
        guardians=_by_id(_guardian(cipher, row) for row in _rows(db, "guardians")),
        guardianships=frozenset(
            Guardianship(guardian_id=row["guardian_id"], child_id=row["child_id"])
            for row in _rows(db, "guardianships")
        ),
        consents=_consents(db),
        devices=devices(db, cipher, meta),
        closures=_by_id(_closure(row) for row in _rows(db, "closures")),
        presences=frozenset(
            Presence(child_id=row["child_id"], day=date.fromisoformat(row["day"]))
            for row in _rows(db, "presences")
        ),
        pauses=MappingProxyType(
            {
                row["room_id"]: Pause(room_id=row["room_id"], until_us=row["until_us"])
                for row in _rows(db, "pauses")
            }
        ),
        invitations=MappingProxyType(dict(db.execute("SELECT id, secret_hash FROM invitations").fetchall())),
        rules=MappingProxyType({row["guardian_id"]: _rules(row) for row in _rows(db, "rules")}),
    )


def devices(db: sqlite3.Connection, cipher: Cipher, meta: Mapping[str, int]) -> Mapping[str, Device]:
    """Return the browsers that have not ended yet; those that have are kept for weeks, but nobody decides by them."""
    living = "SELECT * FROM devices WHERE revoked_us IS NULL AND min(idle_us, until_us) > ?"
    return _by_id(device_of(cipher, row) for row in records(db, living, (meta.get("floor_us", 0),)))


def records(db: sqlite3.Connection, query: str, values: tuple[object, ...] = ()) -> Iterator[dict[str, Any]]:
    """Yield the rows of a query by column."""
    cursor = db.execute(query, values)
    names = [column[0] for column in cursor.description]
    for row in cursor:
        yield dict(zip(names, row, strict=True))


def day_or_none(text: str | None) -> date | None:
    """Return a stored day."""
    return None if text is None else date.fromisoformat(text)


def _rows(db: sqlite3.Connection, table: str) -> Iterator[dict[str, Any]]:
    return records(db, f"SELECT * FROM {table}")  # noqa: S608 - a name of ours


def _by_id[T: _HasId](found: Iterator[T]) -> Mapping[str, T]:
    return MappingProxyType({each.id: each for each in found})


def _group(cipher: Cipher, row: dict[str, Any]) -> Group:
    return Group(
        id=row["id"],
        name=cipher.open("groups", "name", row["id"], row["name"]),
        room_id=row["room_id"],
        needs_presence=bool(row["needs_presence"]),
    )


def _child(cipher: Cipher, row: dict[str, Any]) -> Child:
    return Child(id=row["id"], name=cipher.open("children", "name", row["id"], row["name"]))


def _membership(row: dict[str, Any]) -> Membership:
    return Membership(
        id=row["id"],
        child_id=row["child_id"],
        group_id=row["group_id"],
        from_day=date.fromisoformat(row["from_day"]),
        until_day=day_or_none(row["until_day"]),
    )


def _guardian(cipher: Cipher, row: dict[str, Any]) -> Guardian:
    name = cipher.open("guardians", "name", row["id"], row["name"])
    return Guardian(
        id=row["id"],
        name=name,
        short_name=short_name(name),
        phone=cipher.open("guardians", "phone", row["id"], row["phone"]),
        language=row["language"],
        relative=bool(row["relative"]),
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_until=day_or_none(row["valid_until"]),
        blocked=bool(row["blocked"]),
        salt=row["salt"],
    )


def _consents(db: sqlite3.Connection) -> tuple[Consent, ...]:
    newest = (
        "SELECT guardian_id, child_id, purpose, version, state, how, at_us FROM words WHERE n IN"
        " (SELECT max(n) FROM words GROUP BY guardian_id, child_id, purpose) ORDER BY n"
    )
    return tuple(Consent(**row) for row in records(db, newest))


def device_of(cipher: Cipher, row: dict[str, Any]) -> Device:
    """Return the browser of a row."""
    return Device(**{**row, "label": cipher.open("devices", "label", row["id"], row["label"])})


def _closure(row: dict[str, Any]) -> Closure:
    return Closure(
        id=row["id"],
        from_day=date.fromisoformat(row["from_day"]),
        until_day=date.fromisoformat(row["until_day"]),
        room_id=row["room_id"],
    )


def _rules(row: dict[str, Any]) -> RulesAccepted:
    return RulesAccepted(guardian_id=row["guardian_id"], version=row["version"], at_us=row["at_us"])
