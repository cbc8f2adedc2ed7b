"""`script/archive`: verify, export, pack or rebuild an archive on any PC that has its disk, without Home Assistant.

Nothing is written to the archive but by `rebuild`. There is no private key here: what is handed out is
unsigned and rests on the heads that the recorder signed; the programs say up to which record those go.
Exit codes: 0 done and nothing wrong, 1 something is wrong with the archive, 2 wrong use, 3 not possible.
"""

import argparse
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime
import json
import sqlite3
import sys
from typing import Any, override

from ..env import Env, RealEnv
from ..errors import ArchiveError, EngineError
from ..ledger.verify import read_chain
from ..recorder.store.claim import Claim
from ..recorder.store.store import Store
from ..recorder.store.views import StoreSettings
from ..report import verifier
from . import opening
from .export import Order, Tools, export
from .footage import Footage
from .jobs import Task
from .verify import Outside, verify
from .volumes import merge

WRONG, MISUSED, IMPOSSIBLE = 1, 2, 3
_SHOWN = 40


def main(arguments: Sequence[str]) -> int:
    """Run one of the programs."""
    options = _parser().parse_args(arguments)
    env = RealEnv()
    try:
        code: int = options.run(env, options)
    except (EngineError, OSError, sqlite3.Error) as error:
        _say(f"not possible: {error}")
        return IMPOSSIBLE
    except KeyboardInterrupt:
        _say("cancelled")
        return IMPOSSIBLE
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="script/archive", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True, metavar="verify|export|pack|rebuild")

    def command(name: str, run: Any, text: str) -> argparse.ArgumentParser:
        found = commands.add_parser(name, help=text)
        found.add_argument(
            "--archive", action="append", required=True, metavar="DIR",
            help="the archive's folder; again for the disks that it was on before, the newest first",
        )  # fmt: skip
        found.set_defaults(run=run)
        return found

    check = command("verify", _verify, "is everything there and unchanged?")
    check.add_argument("--depth", choices=("quick", "sample", "full"), default="full")
    check.add_argument("--head", help="a ledger head from outside: N:HASH, HASH or the 20 digits")
    check.add_argument("--key", help="the fingerprint of the archive's key, from outside")
    check.add_argument("--out", metavar="DIR", help="also write the result to DIR/verify.json")
    check.add_argument("--json", action="store_true", help="print the result as JSON")
    take = command("export", _export, "hand out footage")
    take.add_argument("--out", required=True, metavar="DIR")
    take.add_argument(
        "--camera", action="append", help="name, or the first letters of the id; again for more; default: all"
    )
    take.add_argument("--from", dest="start", required=True, type=_time, help="UTC, like 2026-11-20T10:00:00")
    take.add_argument("--to", dest="end", required=True, type=_time)
    take.add_argument("--purpose", default="", help="why; it is written into the manifest")
    take.add_argument("--recipient", default="", help="for whom; it is written into the manifest")
    hand = command("pack", report_pack, "make an inspection pack")
    hand.add_argument("--out", required=True, metavar="DIR")
    hand.add_argument("--days", type=int, default=30, help="whole local days up to the last one recorded")
    hand.add_argument("--profile", default="kz_2026", help="the legal profile to judge by")
    hand.add_argument(
        "--language", action="append", choices=("kk", "ru", "en"), help="again for more; default: all"
    )
    command("rebuild", _rebuild, "make the catalog anew from files and ledger")
    return parser


def report_pack(env: Env, options: argparse.Namespace) -> int:
    """Make an inspection pack of a bare disk; imported late, it needs a PDF library."""
    from .disk_pack import make

    made_at = f"{datetime.now(UTC):%Y%m%d%H%M%S}"
    disks = opening.disks(env, options.archive)
    for number, footage in enumerate(map(opening.bare, disks), 1):
        uid = made_at if len(disks) == 1 else f"{made_at}-{number}"
        made = make(
            Task(env=env, kind="pack"), uid, footage, _labels(footage.reading.roots, footage), options
        )
        _say(f"{made.folder}\n{made.zip}")
        _say(
            f"the pack is not signed: there is no key on this disk; heads are signed up to record {made.signed_n}"
        )
    return 0


def _verify(env: Env, options: argparse.Namespace) -> int:
    number, _, head = (options.head or "").rpartition(":")
    if number and not number.isdecimal():
        _say("--head is N:HASH, HASH or the 20 digits")
        return MISUSED
    outside = Outside(head=head or None, number=int(number) if number else None, fingerprint=options.key)
    task = _Shown(env=env, kind="verify")
    readings = opening.disks(env, options.archive)
    found: list[dict[str, Any]] = []
    for number, each in enumerate(readings):
        part = task.part(number / len(readings), 1 / len(readings))
        found.append(verify(part, each, options.depth, outside=outside))
    result: dict[str, Any] = (
        found[0] if len(found) == 1 else merge(found, [each.roots[0] for each in readings])
    )
    if options.out:
        env.fs.make_folder(options.out)
        env.fs.replace(f"{options.out}/verify.json", json.dumps(result, indent=1).encode() + b"\n")
    if options.json:
        sys.stdout.write(json.dumps(result) + "\n")
    else:
        _tell(result, _labels(options.archive, None), outside)
    return 0 if result["ok"] else WRONG


def _tell(result: Mapping[str, Any], labels: Mapping[str, str], outside: Outside) -> None:
    for name in ("missing", "injected", "bad", "open"):
        for each in result[name][:_SHOWN]:
            hour = (
                ""
                if each["hour"] is None
                else f", {datetime.fromtimestamp(each['hour'] / 1e6, UTC):%Y-%m-%d %H:00Z}"
            )
            camera = (
                "" if each["camera"] is None else f" [{labels.get(each['camera'], each['camera'])}{hour}]"
            )
            _say(f"{name}: {each['text']}{camera}")
        if (left := result["counts"][name] - _SHOWN) > 0:
            _say(f"{name}: and {left} more")
    seals, ledger = result["seals"], result["ledger"]
    _say(
        f"{result['files']} files, {result['bytes']} bytes; {result['hashed']} files compared byte by byte;"
        f" {seals['days']} days sealed with {seals['files']} files"
    )
    _say(f"ledger: {ledger['n']} records, head {ledger['code']}; signed up to record {result['signed_to']}")
    if not outside.fingerprint:
        _say(f"whose key? compare this fingerprint with one kept elsewhere: {result['key']}")
    if not outside.head:
        _say("no head from outside was given: a history rewritten as a whole would not be noticed")
    _say("unchanged" if result["ok"] else "NOT as it was recorded")


def _export(env: Env, options: argparse.Namespace) -> int:
    disks = [opening.bare(reading) for reading in opening.disks(env, options.archive)]
    labels = _labels(options.archive, None)
    for footage in disks:
        labels = _labels((), footage) | labels
    cameras = _chosen(labels, options.camera)
    if cameras is None:
        _say(
            f"no such camera; there are: {', '.join(f'{label} ({uid[:8]})' for uid, label in labels.items())}"
        )
        return MISUSED
    order = Order(
        uid=f"export-{datetime.now(UTC):%Y%m%dT%H%M%SZ}", cameras=cameras, t0=options.start, t1=options.end,
        purpose=options.purpose, recipient=options.recipient, by="script/archive",
    )  # fmt: skip
    parts = _parts(disks, order)
    for number, (footage, part) in enumerate(parts, 1):
        footage.name(labels)
        uid = order.uid if len(parts) == 1 else f"{order.uid}-{number}"
        _export_one(_Shown(env=env, kind="export"), footage, replace(part, uid=uid), options.out, labels)
    _say(
        "the manifest is not signed: there is no key on this disk; it rests on the heads in its ledger excerpt"
    )
    return 0


def _parts(disks: Sequence[Footage], order: Order) -> list[tuple[Footage, Order]]:
    """Return what each disk answers for, in time order: from the begin of its ledger to the begin of the next one's."""
    begun = sorted(((_begun(each), each) for each in disks), key=lambda found: found[0])
    found = []
    for number, (begin, each) in enumerate(begun):
        t0 = max(begin, order.t0) if number else order.t0
        t1 = min(begun[number + 1][0], order.t1) if number + 1 < len(begun) else order.t1
        if t0 < t1 and any(each.files(camera, t0, t1) for camera in order.cameras):
            found.append((each, replace(order, t0=t0, t1=t1)))
    return found if len(found) > 1 else [(found[0][0] if found else disks[0], order)]


def _begun(footage: Footage) -> int:
    """Return when a disk's ledger begins (UTC µs); without one it answers for what nobody else does."""
    records = read_chain(footage.reading.ledger()).records
    return records[0].time_us if records else 0


def _export_one(task: Task, footage: Footage, order: Order, out: str, labels: Mapping[str, str]) -> None:
    tools = Tools(generator="kindergarten script/archive", verifier=verifier.files())
    made: dict[str, Any] = export(task, footage, order, tools, out)
    _say(made["folder"])
    for hole in made["holes"]:
        begin, end = (datetime.fromtimestamp(hole[name] / 1e6, UTC) for name in ("t0", "t1"))
        _say(
            f"not recorded: {labels.get(hole['camera'])} {begin:%Y-%m-%d %H:%M:%S} to {end:%H:%M:%SZ} ({hole['cause']})"
        )


def _rebuild(env: Env, options: argparse.Namespace) -> int:
    (reading,) = opening.disks(env, options.archive[:1])
    catalog = f"{reading.roots[0]}/catalog/catalog.db"
    if env.fs.exists(catalog):
        if _in_use(catalog):
            _say("not possible: a recorder is using this archive")
            return IMPOSSIBLE
        claim = Claim(env)
        try:
            claim.take(reading.roots[0])
            env.fs.rename(catalog, f"{catalog}.before-{env.realtime_ns() // 1_000_000}")
        except ArchiveError as error:
            _say(f"not possible: {error.text}")
            return IMPOSSIBLE
        finally:
            claim.release()
    store = Store(env, lambda *_: None, StoreSettings(ballast_bytes=0, days=36_500, minimum_days=36_500))
    state = store.open(reading.roots[0], reading.archive_id)
    if state.status != "ok":
        _say(f"not possible: {state.status} {state.detail}")
        return IMPOSSIBLE
    try:
        incomplete = True
        while incomplete:
            store.step()
            with store.using() as archive:
                incomplete = archive.incomplete
        wrong = store.check()
    finally:
        store.close("user")
    for each in wrong[:_SHOWN]:
        _say(each)
    _say(
        "the catalog was made anew"
        if not wrong
        else f"the catalog was made anew; {len(wrong)} things are wrong"
    )
    return WRONG if wrong else 0


def _in_use(catalog: str) -> bool:
    """Tell whether an engine has the catalog open: it keeps it locked."""
    try:
        with closing(sqlite3.connect(catalog, timeout=0.2, isolation_level=None)) as db:
            db.execute("BEGIN EXCLUSIVE")
            db.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        return "locked" in str(error)
    except sqlite3.DatabaseError:
        return False
    return False


def _labels(roots: Sequence[str], footage: Footage | None) -> dict[str, str]:
    """Return the cameras' names, those of the first folder rather: only catalogs have them, the ledger holds none."""
    found = {} if footage is None else footage.labels()
    for root in reversed(roots):
        with (
            suppress(sqlite3.Error),
            closing(sqlite3.connect(f"file:{root}/catalog/catalog.db?immutable=1", uri=True)) as db,
        ):
            found |= {uid: label for uid, label in db.execute("SELECT uid, label FROM camera") if label}
    return found


def _chosen(labels: Mapping[str, str], wanted: Sequence[str] | None) -> list[str] | None:
    if not wanted:
        return list(labels)
    found = []
    for each in wanted:
        match = [
            uid for uid, label in labels.items() if label == each or (len(each) > 1 and uid.startswith(each))
        ]
        if len(match) != 1:
            return None
        found += match
    return list(dict.fromkeys(found))


def _time(text: str) -> int:
    """Return a time of the command line as UTC µs."""
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1_000_000)


class _Shown(Task):
    """A task whose progress is shown to whoever waits at a terminal."""

    @override
    def progress(self, share: float) -> None:
        before = int(self.share * 100)
        super().progress(share)
        if sys.stderr.isatty() and int(self.share * 100) > before:
            sys.stderr.write(f"\r{self.share:4.0%} \r")
            sys.stderr.flush()


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
