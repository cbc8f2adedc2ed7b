-- The catalog is a cache: everything in it can be read again from the recordings' headers and the
-- ledger. So there are no migrations; another version is moved aside and rebuilt.
--
-- Times are integer µs. "rel" counts from an epoch's origin, so that setting a boot's clock right
-- is one UPDATE of epoch.utc0. Names of cameras are here for people; nothing depends on them.

-- schema, archive_id; ledger_n and ledger_h: the last ledger record whose effect is in here;
-- retention: how far deletion by age may go (see retention.py).
CREATE TABLE meta (k TEXT PRIMARY KEY, v TEXT NOT NULL) WITHOUT ROWID;

-- One run of the engine. UTC of anything = utc0 + rel. trust: 0 the clock was not set, 1 it looked
-- plausible, 2 it followed a time server. alive: rel until which the engine is known to have run.
-- end_cause: from its stop record; NULL while it runs and when it never stopped properly.
CREATE TABLE epoch (
  id INTEGER PRIMARY KEY, boot_id TEXT NOT NULL, mono0_ns INTEGER NOT NULL, utc0 INTEGER NOT NULL,
  trust INTEGER NOT NULL, source TEXT NOT NULL, alive INTEGER NOT NULL DEFAULT 0, end_cause TEXT);

-- A camera keeps its row when it is removed: its footage stays until its time.
CREATE TABLE camera (
  id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, label TEXT NOT NULL DEFAULT '',
  added_epoch INTEGER, added_rel INTEGER, removed_epoch INTEGER, removed_rel INTEGER);

-- When a camera should record, since when: weekly local times as in the ledger, null is around the
-- clock. The history is the denominator of coverage.
CREATE TABLE schedule (
  id INTEGER PRIMARY KEY, camera INTEGER NOT NULL, epoch INTEGER NOT NULL, rel INTEGER NOT NULL,
  spec TEXT NOT NULL, UNIQUE (camera, epoch, rel));

-- Init segments, shared by all files with the same parameter sets.
CREATE TABLE init (
  id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE, box BLOB NOT NULL,
  vcodec TEXT NOT NULL DEFAULT '', w INTEGER NOT NULL DEFAULT 0, h INTEGER NOT NULL DEFAULT 0,
  acodec TEXT NOT NULL DEFAULT '', arate INTEGER NOT NULL DEFAULT 0);

-- A stretch of a stream without a break. cam_offset: how far the camera's clock was ahead (µs).
CREATE TABLE run (
  id INTEGER PRIMARY KEY, camera INTEGER NOT NULL, stream TEXT NOT NULL, epoch INTEGER NOT NULL,
  rel0 INTEGER NOT NULL, reader TEXT NOT NULL DEFAULT '', loss TEXT NOT NULL DEFAULT 'unknown',
  cam_offset INTEGER, end_cause TEXT) WITHOUT ROWID;

-- One file. ticks0: decoding time of its first picture since the run began (90 kHz), ticks: its
-- length in them. idx: the packed index of its fragments (format/index.py), empty while it is open.
-- state: open closed sealed adopted bad deleting. A row is there before its file is.
CREATE TABLE recording (
  id INTEGER PRIMARY KEY, camera INTEGER NOT NULL, stream TEXT NOT NULL, run INTEGER NOT NULL,
  seq INTEGER NOT NULL, init INTEGER NOT NULL, epoch INTEGER NOT NULL, rel_start INTEGER NOT NULL,
  rel_end INTEGER NOT NULL, ticks0 INTEGER NOT NULL, ticks INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0, pictures INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL,
  sha256 TEXT, path TEXT NOT NULL UNIQUE, idx BLOB NOT NULL DEFAULT x'');
-- Covers timelines, coverage and sums: the rows themselves are large because of their index.
CREATE INDEX recording_time ON recording (camera, stream, epoch, rel_start, rel_end, run, seq, bytes, state);
CREATE INDEX recording_run ON recording (run, seq);
CREATE INDEX recording_unsealed ON recording (state) WHERE state IN ('closed', 'adopted');
CREATE INDEX recording_unfinished ON recording (state) WHERE state IN ('open', 'deleting');

-- What should have been recorded and was not. rel_end is NULL while it lasts. A gap that began in
-- an earlier epoch has a negative rel_start; when that was another boot its begin is only known in
-- UTC, kept in utc_start, and follows when this epoch's clock is set right.
CREATE TABLE gap (
  id INTEGER PRIMARY KEY, camera INTEGER NOT NULL, stream TEXT NOT NULL, epoch INTEGER NOT NULL,
  rel_start INTEGER NOT NULL, rel_end INTEGER, cause TEXT NOT NULL, planned INTEGER NOT NULL DEFAULT 0,
  pictures_lost INTEGER, detail TEXT NOT NULL DEFAULT '', utc_start INTEGER,
  UNIQUE (camera, stream, epoch, rel_start));

-- What was recorded and then lawfully deleted, neighbours merged: neither a recording nor a gap.
CREATE TABLE deletion (
  camera INTEGER NOT NULL, stream TEXT NOT NULL, epoch INTEGER NOT NULL, rel_start INTEGER NOT NULL,
  rel_end INTEGER NOT NULL, UNIQUE (camera, stream, epoch, rel_start));

-- Ranges of some cameras that nothing may delete until they are lifted. t0 and t1 are UTC; when the
-- clock of the boot in which a hold was made is set right they move along, and where they were stays
-- held too (hold_range has both). made: when, UTC. state: held lift_asked lifted. second: whether
-- another administrator must agree, approved_by: the one who did.
CREATE TABLE hold (
  id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, t0 INTEGER NOT NULL, t1 INTEGER NOT NULL,
  until INTEGER, by_id TEXT NOT NULL, reason_hash TEXT NOT NULL, incident INTEGER NOT NULL,
  epoch INTEGER NOT NULL, made INTEGER NOT NULL, state TEXT NOT NULL DEFAULT 'held', lift_by TEXT,
  second INTEGER NOT NULL DEFAULT 0, approved_by TEXT, not_before INTEGER);
CREATE TABLE hold_range (
  hold INTEGER NOT NULL, t0 INTEGER NOT NULL, t1 INTEGER NOT NULL, PRIMARY KEY (hold, t0, t1)) WITHOUT ROWID;
CREATE TABLE hold_camera (
  hold INTEGER NOT NULL, camera INTEGER NOT NULL, PRIMARY KEY (hold, camera)) WITHOUT ROWID;

-- What was recorded each full UTC hour is in the ledger (its number: µs / 3600 s).
CREATE TABLE hour (utc_hour INTEGER PRIMARY KEY, ledger_n INTEGER NOT NULL);

-- Seal files of a local day (part 2, 3 …: files found later); applied: whether their hashes are in
-- the recordings' rows.
CREATE TABLE seal (
  day TEXT NOT NULL, part INTEGER NOT NULL, sha256 TEXT NOT NULL, files INTEGER NOT NULL,
  bytes INTEGER NOT NULL, ledger_n INTEGER NOT NULL, applied INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (day, part)) WITHOUT ROWID;

-- Signed heads, one for each local day: record n with hash h was the last one before.
CREATE TABLE head (
  day TEXT PRIMARY KEY, n INTEGER NOT NULL, h TEXT NOT NULL, key TEXT NOT NULL, ledger_n INTEGER NOT NULL);

-- Footage that somebody else keeps, by UTC hour as it was seen there: see elsewhere_rows.py. first and
-- last: its edges in UTC; files: how many were found on the disk, -1 when nobody looked; spans: begins
-- and ends in ms of the hour; gone: it was there and is no more.
CREATE TABLE elsewhere (
  camera INTEGER NOT NULL, hour INTEGER NOT NULL, first INTEGER, last INTEGER, seconds REAL NOT NULL,
  bytes INTEGER NOT NULL, files INTEGER NOT NULL, spans TEXT NOT NULL, gaps TEXT NOT NULL,
  gone INTEGER NOT NULL, PRIMARY KEY (camera, hour)) WITHOUT ROWID;
