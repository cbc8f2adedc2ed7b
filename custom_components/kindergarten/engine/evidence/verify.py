"""Is everything still there and unchanged? Quick (names and sizes), by sample, or every byte."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from ..env import Env
from ..ledger.seal import code
from ..ledger.verify import (
    UNSURE,
    Chain,
    Finding,
    Sealed,
    check_file_heads,
    check_files,
    check_head,
    check_signatures,
    read_chain,
    read_seals,
)
from . import ed25519, history, rows
from .footage import Query
from .jobs import Task
from .reading import Reading
from .strangers import Strangers, heads

type Depth = Literal["quick", "sample", "full"]

SAMPLE = 0.02
OPEN = UNSURE | {"clock_back", "catalog_missing"}
"""Findings that leave something open and prove no harm."""
_MISSING = frozenset({"file_missing"})
_INJECTED = frozenset({"file_foreign", "file_copied", "file_misplaced", "file_returned", "file_injected"})
_HOUR_US = 3_600_000_000
_LISTED = 500
"""So many findings of a kind are named; `counts` has them all."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Living:
    """The catalog of an archive in use; `growing` are the paths that are being written, `whole`: all files are in it."""

    query: Query
    growing: Collection[str]
    whole: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Outside:
    """What somebody kept elsewhere: a head (hash or 20 digits, with its number) and a key's fingerprint."""

    head: str | None = None
    number: int | None = None
    fingerprint: str | None = None


@dataclass(slots=True)
class _Work:
    """One verification."""

    task: Task
    reading: Reading
    depth: Depth
    living: Living | None
    outside: Outside
    findings: list[Finding] = field(default_factory=list)
    hashed: int = 0
    hashed_bytes: int = 0


def verify(
    task: Task, reading: Reading, depth: Depth, living: Living | None = None, outside: Outside | None = None
) -> dict[str, object]:
    """Return what is wrong: `{kind, ok, files, bytes, hashed, bad, missing, injected, open, counts, ledger, seals, signed_to, key}`.

    `bad`, `missing`, `injected` and `open` list `{what, text, path, camera, hour}` (`hour`: UTC µs).
    Raises OSError, CancelledError.
    """
    work = _Work(task, reading, depth, living, outside or Outside())
    chain = read_chain(reading.ledger())
    work.findings += chain.findings
    sealed = read_seals(chain, reading.seal, reading.seals())
    work.findings += sealed.findings
    signatures = check_signatures(chain, reading.archive_id, ed25519.verify, work.outside.fingerprint)
    work.findings += signatures.findings
    if work.outside.head is not None:
        found = check_head(chain, work.outside.head, work.outside.number)
        work.findings += [] if found is None else [found]
    told, happened = history.retold(chain.records)
    work.findings += happened
    task.progress(0.05)
    sizes = _sizes(work)
    known = _rows(work, chain, sealed, sizes)
    if living is not None:
        work.findings += rows.check_gaps(living.query, told)
    _files(work, chain, sealed, sizes, known)
    findings = _settled(work, chain)
    return {
        **_told(findings, depth), "files": len(sizes), "bytes": sum(sizes.values()), "hashed": work.hashed,
        "hashed_bytes": work.hashed_bytes, "seals": {"days": _days(chain), "files": len(sealed.files)},
        "ledger": {
            "state": "broken" if any(_ledgers(each) for each in findings) else "good", "n": chain.number,
            "h": chain.head, "code": code(chain.head),
        },
        "signed_to": signatures.signed_n, "key": signatures.fingerprint, "outside_head": work.outside.head is not None,
    }  # fmt: skip


def _sizes(work: _Work) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for folder in work.reading.folders():
        sizes |= work.reading.videos(folder)
        work.task.read(0)
    work.task.progress(0.1)
    return sizes


def _rows(work: _Work, chain: Chain, sealed: Sealed, sizes: dict[str, int]) -> set[str]:
    living = work.living
    if living is None:
        if not work.reading.names("catalog", "catalog.db"):
            work.findings.append(
                Finding(code="catalog_missing", text="there is no catalog; it can be rebuilt")
            )
        return set()
    known, findings = rows.check_rows(living.query, sizes, sealed, chain, living.growing)
    work.findings += findings
    work.findings += rows.check_ledger_seen(living.query, chain)
    if living.whole:
        work.findings += rows.unknown_rows(known | set(living.growing), sizes, sealed)
    return known


def _files(work: _Work, chain: Chain, sealed: Sealed, sizes: dict[str, int], known: set[str]) -> None:
    growing = set() if work.living is None else set(work.living.growing)
    strangers = Strangers(work.reading, chain, sealed, known)
    others = sorted(sizes.keys() - sealed.files.keys() - growing)
    for number, path in enumerate(others):
        work.findings += strangers.judge(path)
        if number % 64 == 0:
            work.task.progress(0.1 + 0.1 * number / len(others))
    newest = {path.rpartition("/")[0]: path for path in sorted(sizes.keys() & sealed.files.keys())}
    work.findings += check_file_heads(chain, heads(work.reading, newest.values()))
    work.task.progress(0.25)
    work.findings += check_files(sealed, sizes.get)
    chosen = _chosen(work.reading.env, work.depth, sorted(sealed.files.keys() & sizes.keys()))
    total = sum(sizes[path] for path in chosen) or 1

    def heard(size: int) -> None:
        work.hashed_bytes += size
        work.task.read(size)
        work.task.progress(0.25 + 0.74 * work.hashed_bytes / total)

    for path in chosen:
        work.hashed += 1
        work.findings += check_files(sealed, sizes.get, lambda path: work.reading.digest(path, heard), [path])


def _chosen(env: Env, depth: Depth, paths: list[str]) -> list[str]:
    if depth == "quick":
        return []
    if depth == "full":
        return paths
    return sorted(env.random.sample(paths, min(len(paths), max(1, round(len(paths) * SAMPLE)))))


def _settled(work: _Work, chain: Chain) -> list[Finding]:
    """Drop what is only so because recording went on meanwhile, and what was said twice.

    Files were lawfully deleted, and new ones know records that were not there when the ledger was read.
    """
    findings = list(dict.fromkeys(work.findings))
    doubtful = {*_MISSING, "file_size", "catalog_edited", "ledger_cut"}
    if work.living is None or not any(each.code in doubtful for each in findings):
        return findings
    now = read_chain(work.reading.ledger())
    if now.number == chain.number:
        return findings
    left = read_seals(now, work.reading.seal).files
    gone = {path for path in read_seals(chain, work.reading.seal).files if path not in left}
    return [
        each
        for each in findings
        if each.path not in gone
        and not (each.code == "ledger_cut" and chain.number < (each.number or 0) <= now.number)
    ]


def _told(findings: Iterable[Finding], depth: Depth) -> dict[str, Any]:
    lists: dict[str, list[dict[str, Any]]] = {"bad": [], "missing": [], "injected": [], "open": []}
    for each in findings:
        if each.code in OPEN:
            name = "open"
        elif each.code in _MISSING:
            name = "missing"
        else:
            name = "injected" if each.code in _INJECTED else "bad"
        hour = None if each.t_us is None else each.t_us // _HOUR_US * _HOUR_US
        lists[name].append(
            {"what": each.code, "text": each.text, "path": each.path, "camera": each.camera, "hour": hour}
        )
    counts = {name: len(found) for name, found in lists.items()}
    ok = not (counts["bad"] or counts["missing"] or counts["injected"])
    listed = {name: found[:_LISTED] for name, found in lists.items()}
    return {"kind": depth, "ok": ok, "counts": counts, **listed}


def _days(chain: Chain) -> int:
    return len({record.data.get("day") for record in chain.records if record.kind == "seal"})


def _ledgers(finding: Finding) -> bool:
    return finding.code.startswith("ledger_") and finding.code not in OPEN
