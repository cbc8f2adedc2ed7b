"""UTC as far as time really passed: a wall clock that is set ahead ends no hold and no waiting time."""

import json
from typing import Any

from .archive import Archive
from .epochs import PLAUSIBLE, SYNCHRONISED

_SAVE_US = 60_000_000


def passed_us(archive: Archive) -> int | None:
    """Return the UTC up to which time is known to have passed, None while the clock is not set.

    It moves with the monotonic clock, never beyond the wall clock; what passed while the machine was
    off counts when a time server vouched for the clock before and after. Raises OSError, sqlite3.Error.
    """
    epoch = archive.clock.epoch
    if epoch.trust < PLAUSIBLE:
        return None
    now, mono = archive.clock.utc_us(), archive.env.monotonic_ns() // 1000
    text = archive.catalog.meta("passed")
    if text is None:
        before: dict[str, Any] = {
            "t": _last_told(archive, now),
            "mono": mono,
            "boot": epoch.boot_id,
            "sync": None,
        }
    else:
        before = json.loads(text)
    passed = before["t"] + (max(0, mono - before["mono"]) if before["boot"] == epoch.boot_id else 0)
    sync = before["sync"]
    if epoch.trust == SYNCHRONISED:
        if sync is not None and sync["boot"] != epoch.boot_id:
            passed = max(passed, sync["t"] + now - sync["now"])
        sync = {"now": now, "t": min(passed, now), "boot": epoch.boot_id}
    passed = min(passed, now)
    state = {"t": passed, "mono": mono, "boot": epoch.boot_id, "sync": sync}
    if text is None or before["boot"] != epoch.boot_id or abs(passed - before["t"]) >= _SAVE_US:
        value = json.dumps(state)
        archive.catalog.write(
            lambda db: db.execute("INSERT OR REPLACE INTO meta (k, v) VALUES ('passed', ?)", (value,))
        )
    return int(passed)


def _last_told(archive: Archive, now: int) -> int:
    """Return when the ledger last spoke before this start: a new catalog knows no better."""
    own = archive.clock.epoch.id
    times = [record.time_us for record in archive.ledger.records() if record.epoch != own]
    return min(now, times[-1]) if times else now
