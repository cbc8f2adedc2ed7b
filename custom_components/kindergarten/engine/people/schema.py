"""The tables, as the steps that made them: a step is never changed, later ones follow it."""

from typing import Final

APPLICATION_ID: Final = 0x4B475031
"""Tells our file from any other: "KGP1"."""

_FIRST: Final = """
CREATE TABLE meta(k TEXT PRIMARY KEY, v ANY) STRICT, WITHOUT ROWID;
CREATE TABLE groups(
    id TEXT PRIMARY KEY, name BLOB NOT NULL, room_id TEXT, needs_presence INTEGER NOT NULL) STRICT;
CREATE TABLE children(id TEXT PRIMARY KEY, name BLOB NOT NULL) STRICT;
CREATE TABLE memberships(
    id TEXT PRIMARY KEY,
    child_id TEXT NOT NULL REFERENCES children ON DELETE CASCADE,
    group_id TEXT NOT NULL REFERENCES groups,
    from_day TEXT NOT NULL, until_day TEXT) STRICT;
CREATE TABLE guardians(
    id TEXT PRIMARY KEY, name BLOB NOT NULL, phone BLOB NOT NULL, language TEXT NOT NULL,
    relative INTEGER NOT NULL, valid_from TEXT NOT NULL, valid_until TEXT, blocked INTEGER NOT NULL,
    salt BLOB NOT NULL) STRICT;
CREATE TABLE guardianships(
    guardian_id TEXT NOT NULL REFERENCES guardians ON DELETE CASCADE,
    child_id TEXT NOT NULL REFERENCES children ON DELETE CASCADE,
    PRIMARY KEY(guardian_id, child_id)) STRICT, WITHOUT ROWID;
-- What somebody agreed to or not: only ever added to; the last word of a guardian for a child counts.
CREATE TABLE words(
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    guardian_id TEXT NOT NULL REFERENCES guardians ON DELETE CASCADE,
    child_id TEXT NOT NULL REFERENCES children ON DELETE CASCADE,
    purpose TEXT NOT NULL, version INTEGER NOT NULL, state TEXT NOT NULL, how TEXT NOT NULL,
    at_us INTEGER NOT NULL) STRICT;
CREATE TABLE rules(
    guardian_id TEXT PRIMARY KEY REFERENCES guardians ON DELETE CASCADE,
    version INTEGER NOT NULL, at_us INTEGER NOT NULL) STRICT;
CREATE TABLE devices(
    id TEXT PRIMARY KEY, guardian_id TEXT NOT NULL REFERENCES guardians ON DELETE CASCADE,
    label BLOB NOT NULL, secret_hash BLOB NOT NULL, made_us INTEGER NOT NULL, seen_us INTEGER NOT NULL,
    idle_us INTEGER NOT NULL, until_us INTEGER NOT NULL, revoked_us INTEGER) STRICT;
CREATE TABLE invitations(
    id TEXT PRIMARY KEY, guardian_id TEXT NOT NULL REFERENCES guardians ON DELETE CASCADE,
    secret_hash BLOB NOT NULL, code_hash BLOB NOT NULL, printed INTEGER NOT NULL,
    made_us INTEGER NOT NULL, until_us INTEGER NOT NULL, tries INTEGER NOT NULL,
    used_us INTEGER, nonce_hash BLOB, device_id TEXT, revoked_us INTEGER) STRICT;
CREATE TABLE pairings(
    id TEXT PRIMARY KEY, key_hash BLOB NOT NULL, code TEXT NOT NULL, label BLOB NOT NULL,
    made_us INTEGER NOT NULL, until_us INTEGER NOT NULL, state TEXT NOT NULL,
    guardian_id TEXT REFERENCES guardians ON DELETE CASCADE,
    decided_us INTEGER, by_id TEXT, device_id TEXT, collected_us INTEGER) STRICT;
CREATE TABLE handoffs(
    id TEXT PRIMARY KEY, code_hash BLOB NOT NULL UNIQUE,
    from_id TEXT NOT NULL REFERENCES devices ON DELETE CASCADE,
    until_us INTEGER NOT NULL, used_us INTEGER, nonce_hash BLOB, device_id TEXT) STRICT;
CREATE TABLE closures(
    id TEXT PRIMARY KEY, from_day TEXT NOT NULL, until_day TEXT NOT NULL, room_id TEXT) STRICT;
CREATE TABLE presences(
    child_id TEXT NOT NULL REFERENCES children ON DELETE CASCADE, day TEXT NOT NULL,
    PRIMARY KEY(child_id, day)) STRICT, WITHOUT ROWID;
CREATE TABLE pauses(room_id TEXT PRIMARY KEY, until_us INTEGER NOT NULL, by_id TEXT NOT NULL) STRICT;
-- No references: who watched is known longer than who they were.
CREATE TABLE viewings(
    id TEXT PRIMARY KEY, device_id TEXT NOT NULL, guardian_id TEXT NOT NULL, room_id TEXT NOT NULL,
    from_us INTEGER NOT NULL, until_us INTEGER, "end" TEXT) STRICT;
CREATE INDEX viewings_time ON viewings(from_us);
CREATE TABLE requests(
    number INTEGER PRIMARY KEY AUTOINCREMENT, guardian_id TEXT NOT NULL, child_id TEXT NOT NULL,
    room_id TEXT NOT NULL, from_us INTEGER NOT NULL, to_us INTEGER NOT NULL, state TEXT NOT NULL,
    hold_uid TEXT, made_us INTEGER NOT NULL, decided_us INTEGER, by_id TEXT) STRICT;
"""

_VIEWINGS_OF_ONE: Final = """
CREATE INDEX viewings_guardian ON viewings(guardian_id, from_us);
"""

STEPS: Final[tuple[str, ...]] = (_FIRST, _VIEWINGS_OF_ONE)
"""Step n makes version n + 1 of the tables."""
