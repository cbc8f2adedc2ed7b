"""Whether the catalog still says what files, seals and ledger say: it is a cache, and may have been edited."""

from collections.abc import Collection, Iterator, Mapping
import sqlite3

from ..ledger.verify import Chain, Finding, Sealed
from .footage import Query

_ROWS = (
    "SELECT r.path, r.bytes, c.uid, r.stream, r.run, r.seq, e.utc0 + r.rel_start FROM recording r"
    " JOIN camera c ON c.id = r.camera JOIN epoch e ON e.id = r.epoch WHERE r.state IN ('closed', 'sealed', 'adopted')"
)
_GAPS = "SELECT c.uid, g.epoch, g.rel_start, g.rel_end, g.cause FROM gap g JOIN camera c ON c.id = g.camera"
_LATE_US = 2_000_000


def check_rows(
    query: Query, sizes: Mapping[str, int], sealed: Sealed, chain: Chain, growing: Collection[str]
) -> tuple[set[str], list[Finding]]:
    """Compare the catalog's rows with what is on the disk; returns the paths it knows, and what is wrong."""
    findings: list[Finding] = []
    known: set[str] = set()
    retimed = max((record.time_us for record in chain.records if record.kind == "clock"), default=0)
    for path, size, camera, stream, run, seq, t0 in query(_ROWS, ()):
        known.add(path)
        file = sealed.files.get(path)
        found = sizes.get(path)
        what = ""
        if file is not None:
            if (file.camera, file.stream, file.run, file.seq) != (camera, stream, run, seq):
                what = "belongs to another recording"
            elif file.bytes != size:
                what = f"has {file.bytes} bytes, not {size}"
            elif retimed < file.t0 and abs(file.t0 - t0) > _LATE_US:
                what = "was recorded at another time"
        elif found is None and path not in growing:
            text = f"{path} is in the catalog and not on the disk"
            findings.append(Finding(code="file_missing", text=text, path=path, camera=camera, t_us=t0))
        elif found is not None and found < size:
            text = f"{path} has {found} bytes, {size} were recorded"
            findings.append(Finding(code="file_size", text=text, path=path, camera=camera, t_us=t0))
        if what:
            text = f"the catalog was changed: {path} {what}"
            findings.append(Finding(code="catalog_edited", text=text, path=path, camera=camera, t_us=t0))
    return known, findings


def unknown_rows(known: Collection[str], sizes: Mapping[str, int], sealed: Sealed) -> Iterator[Finding]:
    """Yield the sealed files on the disk that the catalog has forgotten."""
    for path, file in sealed.files.items():
        if path in sizes and path not in known:
            text = f"the catalog was changed: {path} is not in it"
            yield Finding(code="catalog_edited", text=text, path=path, camera=file.camera, t_us=file.t0)


def check_gaps(query: Query, told: sqlite3.Connection) -> Iterator[Finding]:
    """Yield the gaps of the catalog that the ledger does not tell, and the newest that it tells and are not there."""
    there = set(query(_GAPS, ()))
    ledger = set(told.execute(_GAPS).fetchall())
    for camera, epoch, start, _, cause in sorted(there - ledger, key=str):
        utc = told.execute("SELECT utc0 FROM epoch WHERE id = ?", (epoch,)).fetchone()
        text = f"the catalog was changed: a gap ({cause}) that is not in the ledger"
        at = None if utc is None else utc[0] + start
        yield Finding(code="catalog_edited", text=text, camera=camera, t_us=at)
    oldest: dict[str, int] = dict(
        query(
            "SELECT c.uid, min(e.utc0 + r.rel_start) FROM recording r JOIN camera c ON c.id = r.camera"
            " JOIN epoch e ON e.id = r.epoch GROUP BY c.id",
            (),
        )
    )
    keys = {(camera, epoch, start) for camera, epoch, start, *_ in there}
    for camera, epoch, start, _, cause in sorted(ledger, key=str):
        utc = told.execute("SELECT utc0 FROM epoch WHERE id = ?", (epoch,)).fetchone()
        if (camera, epoch, start) in keys or utc is None or utc[0] + start < oldest.get(camera, 1 << 60):
            continue  # older gaps are forgotten with their footage
        text = f"the catalog was changed: a gap ({cause}) is not in it"
        yield Finding(code="catalog_edited", text=text, camera=camera, t_us=utc[0] + start)


def check_ledger_seen(query: Query, chain: Chain) -> Iterator[Finding]:
    """Yield that the ledger is not the one that the catalog has seen: cut, or an older one."""
    meta: dict[str, str] = dict(query("SELECT k, v FROM meta WHERE k IN ('ledger_n', 'ledger_h')", ()))
    number = int(meta.get("ledger_n") or 0)
    if number == 0 or any(
        record.number == number and record.hash == meta.get("ledger_h") for record in reversed(chain.records)
    ):
        return
    text = f"record {number}, which the catalog has seen, is not in the ledger, which ends at {chain.number}"
    yield Finding(code="ledger_cut", text=text, number=number)
