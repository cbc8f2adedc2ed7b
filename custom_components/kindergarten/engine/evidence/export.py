"""Footage for somebody outside: whole fragments per run, with a manifest that says what they are and prove."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
import hashlib
import re
from typing import Any

from ..errors import ArchiveError, RequestError
from ..ledger.chain import Json, canonical
from ..ledger.seal import root
from . import fetched
from .copying import Copier
from .cutting import Piece, cut, holes
from .fetched import Keeper, Stretch
from .folder import Folder, Wrote
from .footage import Footage
from .jobs import Task
from .proofs import Proofs, Sign
from .readme import README, README_ELSEWHERE

EXPORTS = "exports"
_SPARE = 64 << 20
_SLUG = re.compile(r"[^\w-]+")

type Exact = Callable[[str, str, int, int], None]
"""Makes an exact copy of a video file: source, new file, and µs from its begin to start and to end at."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """What is wanted: cameras, a stretch of UTC (µs), why, for whom, by whom (an opaque id)."""

    uid: str
    cameras: list[str]
    t0: int
    t1: int
    purpose: str
    recipient: str
    by: str
    exact: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Tools:
    """What an export needs of its surroundings; all may be missing on somebody else's computer.

    `keepers` keep the footage of these cameras besides us.
    """

    generator: str
    verifier: Mapping[str, bytes] = field(default_factory=dict)
    sign: Sign | None = None
    record: Callable[[str, dict[str, Json]], None] | None = None
    exact: Exact | None = None
    rooms: Mapping[str, str] = field(default_factory=dict)
    keepers: Mapping[str, Keeper] = field(default_factory=dict)


def export(task: Task, footage: Footage, order: Order, tools: Tools, parent: str) -> dict[str, object]:
    """Write the export `order.uid` into the folder `parent`; returns `{id, folder, files, bytes, signed, holes}`.

    Raises RequestError ("no_footage", "bad_value"), ArchiveError("full"), OSError, CancelledError; then there
    is nothing in the folder.
    """
    if order.exact and tools.exact is None:
        raise RequestError("bad_value", "an exact copy needs a decoder, and there is none", "exact")
    pieces = [piece for camera in order.cameras for piece in cut(footage, camera, order.t0, order.t1)]
    theirs = [
        each for camera in order.cameras if camera in tools.keepers
        for each in tools.keepers[camera].stretches(order.t0, order.t1)
    ]  # fmt: skip
    if not pieces and not theirs:
        raise RequestError("no_footage", "nothing was recorded then")
    ours = sum(piece.size for piece in pieces)
    total = ours + sum(each.size for each in theirs)
    fs = footage.reading.env.fs
    fs.make_folder(parent)
    if fs.space(parent).free < total * (2 if order.exact else 1) + _SPARE:
        raise ArchiveError("full", "there is no room for the export")
    proofs = Proofs(footage.reading, tools.sign)
    with Folder(fs, parent, order.uid) as folder:
        heard = _Heard(task, ours, total, exact=order.exact)
        with Copier(footage.reading) as copier:
            runs = _write_pieces(heard, footage, folder, copier, pieces, order, tools)
        runs += _fetch_stretches(heard, footage, folder, theirs, order, tools)
        missing = [
            {"camera": camera, "t0": hole.t0, "t1": hole.t1, "cause": hole.cause, "planned": hole.planned}
            for camera in order.cameras
            for hole in holes(footage, camera, [*pieces, *theirs], order.t0, order.t1)
        ]
        digest = _prove(folder, footage, proofs, order, tools, runs, missing)
        size = sum(each.size for each in folder.files.values())
        task.progress(0.99)
        if tools.record is not None:
            tools.record("export", _ledger_data(order, size, digest, proofs.salt))
        folder.finish()
    files = [{"name": name, "bytes": wrote.size} for name, wrote in sorted(folder.files.items())]
    return {
        "id": order.uid, "folder": folder.path, "files": files, "bytes": size, "signed": proofs.signed, "holes": missing,
        "manifest": digest,
    }  # fmt: skip


class _Heard:
    """Turns bytes into progress; an exact copy takes as long again as the footage that it is made of."""

    def __init__(self, task: Task, ours: int, total: int, *, exact: bool) -> None:
        self.task = task
        self._done = 0
        self._total = max(1, total + (ours if exact else 0))

    def __call__(self, size: int) -> None:
        self.task.read(size)
        self.more(size)

    def more(self, size: int) -> None:
        """Count bytes that were not read from our disk."""
        self._done += size
        self.task.progress(0.95 * min(1.0, self._done / self._total))


def _write_pieces(
    heard: _Heard, footage: Footage, folder: Folder, copier: Copier, pieces: list[Piece], order: Order, tools: Tools
) -> list[dict[str, Any]]:  # fmt: skip
    labels = footage.labels()
    runs: list[dict[str, Any]] = []
    for piece in pieces:
        name = _unused(f"{slug(labels.get(piece.camera, ''), piece.camera)}/{piece.name}", folder.files)
        init, leaves = copier.copy(piece, folder.place(name), heard)
        tree = root([init, *(leaf["sha256"] for leaf in leaves)])
        folder.files[name] = Wrote(size=piece.size, digest=tree, tree=True)
        runs.append(
            {
                "file": name, "camera": piece.camera, "t0": piece.t0, "t1": piece.t1, "wanted_t0": order.t0,
                "wanted_t1": order.t1, "run": piece.run, "exact": False,
                "init": {"size": len(piece.init), "sha256": init}, "fragments": leaves,
            }
        )  # fmt: skip
        if order.exact and tools.exact is not None:
            runs.append(_exact(folder, piece, name, order, tools.exact))
            heard.more(piece.size)
    return runs


def _fetch_stretches(
    heard: _Heard, footage: Footage, folder: Folder, theirs: list[Stretch], order: Order, tools: Tools
) -> list[dict[str, Any]]:
    """Have others' footage made into files, and fetch them."""
    labels = footage.labels()
    runs: list[dict[str, Any]] = []
    for each in theirs:
        name = _unused(f"{slug(labels.get(each.camera, ''), each.camera)}/{each.name}", folder.files)
        with tools.keepers[each.camera].fetch(each, lambda: heard.more(0)) as found:
            fs, path = footage.reading.env.fs, folder.place(name)
            size, tree, leaves = fetched.write(fs, path, found.data, heard.more, each.most)
        folder.files[name] = Wrote(size=size, digest=tree, tree=True)
        runs.append(fetched.run(each, name, (order.t0, order.t1), found.told, leaves))
    return runs


def _exact(folder: Folder, piece: Piece, name: str, order: Order, make: Exact) -> dict[str, Any]:
    """Have a copy encoded anew that begins and ends at the picture; it is marked as such everywhere."""
    copy = f"{name.removesuffix('.mp4')}-reencoded.mp4"
    start, end = max(order.t0, piece.t0), min(order.t1, piece.t1)
    make(f"{folder.path}/{name}", f"{folder.path}/{copy}", start - piece.t0, end - piece.t0)
    folder.adopt(copy)
    return {
        "file": copy, "camera": piece.camera, "t0": start, "t1": end, "wanted_t0": order.t0, "wanted_t1": order.t1,
        "run": piece.run, "exact": True, "of": name, "fragments": [],
    }  # fmt: skip


def _prove(
    folder: Folder, footage: Footage, proofs: Proofs, order: Order, tools: Tools, runs: list[dict[str, Any]],
    missing: list[dict[str, Any]],
) -> str:  # fmt: skip
    """Write all that is not footage; returns the manifest's SHA-256."""
    theirs = [run for run in runs if "kept" in run]
    paths = {leaf["path"] for run in runs if "kept" not in run for leaf in run["fragments"]}
    begins = [who.ledger_n for who in map(footage.reading.identity, sorted(paths)) if who]
    if theirs:
        begins.append(proofs.first_after(order.t0))
    first = min(begins, default=0)
    proofs.add_evidence(folder, first, order.t0, order.t1, paths)
    for name, data in tools.verifier.items():
        folder.add(name, data)
    folder.add("README.txt", (README + (README_ELSEWHERE if theirs else "")).encode())
    labels = footage.labels()
    limits = ["whole_fragments", *(["holes"] if missing else []), *(["exact_copy"] if order.exact else [])]
    if proofs.unsealed(paths):
        limits.append("unsealed")
    if theirs:
        limits.append("elsewhere")
    body: dict[str, Any] = {
        "v": 1, "kind": "export", "archive": footage.reading.archive_id, "from": order.t0, "to": order.t1,
        "made": footage.reading.env.realtime_ns() // 1000, "mode": "full", "profile": None, "generator": tools.generator,
        "cameras": [
            {"uid": uid, "label": labels.get(uid, uid), "room": tools.rooms.get(uid, "")} for uid in order.cameras
        ],
        "purpose": order.purpose, "recipient": order.recipient, "salt": proofs.salt, "runs": runs, "holes": missing,
        "custody": proofs.custody(paths, order.by, _fetched(theirs)), "coverage": {}, "challenges": [], "limits": limits,
        "files": {name: wrote.entry for name, wrote in folder.files.items()},
    }  # fmt: skip
    return proofs.seal_manifest(folder, body)


def _fetched(theirs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return who had others' footage before us."""
    makers = {run["camera"]: run for run in theirs}
    return [
        {"t": max(run["t1"] for run in theirs if run["camera"] == camera), "what": "recorded_elsewhere",
         "by": f"{run['kept'].get('by')} {run['kept'].get('version')}, camera {camera}"}
        for camera, run in makers.items()
    ]  # fmt: skip


def _ledger_data(order: Order, size: int, manifest: str, salt: str) -> dict[str, Json]:
    def hidden(text: str) -> str:
        return hashlib.sha256(canonical({"salt": salt, "text": text})).hexdigest()

    return {
        "uid": order.uid, "cameras": list(order.cameras), "t0": order.t0, "t1": order.t1, "bytes": size, "manifest": manifest,
        "purpose": hidden(order.purpose), "recipient": hidden(order.recipient), "exact": order.exact,
    }  # fmt: skip


def slug(label: str, uid: str) -> str:
    """Return a folder name for a camera: its label as far as file systems take it, and a bit of its id."""
    return f"{_SLUG.sub('-', label).strip('-')[:40] or 'camera'}-{uid[:6]}"


def _unused(name: str, taken: Mapping[str, object]) -> str:
    stem = name.removesuffix(".mp4")
    return next(
        each for each in (name, *(f"{stem}-{number}.mp4" for number in range(2, 1000))) if each not in taken
    )
