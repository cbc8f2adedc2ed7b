"""Builds an inspection pack: the reports, the proof and the verifier in one folder, and as a zip beside it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
import hashlib
import io
import json
from typing import Any, Protocol
import zipfile

from ..filesystem import FileSystem
from ..ledger.chain import Json, canonical
from . import manifest as form, readme, verifier
from .model import Mode, Report, hand_over

LANGUAGES = ("kk", "ru", "en")
KEEP_S = 7 * 86_400
_PREFIX = "pack-"
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)

type Render = Callable[[Report, str, str], bytes]
"""Makes the PDF of a report in a language, with the pack's fingerprint (hex) on it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """What was asked for: a period in UTC µs, languages, mode; `uid` names the pack."""

    uid: str
    from_us: int
    to_us: int
    made_us: int
    languages: tuple[str, ...] = LANGUAGES
    mode: Mode = "hand_over"


class PackSource(Protocol):
    """What a pack is made of: from the running engine, or from a disk alone."""

    @property
    def archive(self) -> str:
        """The archive's id."""

    def report(self, order: Order) -> Report:
        """Return what is known of the period."""

    def seals(self, order: Order) -> Iterator[tuple[str, bytes]]:
        """Yield the seal files of the period's local days: name (`20261101.jsonl`) and content."""

    def ledger(self, order: Order) -> Iterator[bytes]:
        """Yield the ledger's lines, without their ends and without a break, from the period's first on."""

    def older(self, order: Order) -> Iterator[tuple[str, bytes]]:
        """Yield ledger and seals of the period on volumes that are not written any more: name and content."""

    def key_history(self) -> Sequence[dict[str, Json]]:
        """Return the data of every `key` record of the ledger, oldest first."""

    def older_keys(self) -> Mapping[str, Sequence[dict[str, Json]]]:
        """Return the same of each older volume, by its archive's id."""

    @property
    def public(self) -> str | None:
        """The public key that signs, 32 bytes as hex; None where there is no key (a disk alone)."""

    def sign(self, message: bytes) -> str:
        """Return the Ed25519 signature as hex; only asked where there is a key."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pack:
    """A finished pack: paths, SHA-256 of the manifest, and the fingerprint on the reports."""

    folder: str
    zip: str
    manifest: str
    fingerprint: str
    files: tuple[str, ...]


def build(
    fs: FileSystem,
    exports: str,
    order: Order,
    source: PackSource,
    *,
    render: Render | None = None,
    progress: Callable[[float], None] = lambda share: None,
) -> Pack:
    """Write `pack-<uid>` and `pack-<uid>.zip` into the folder of exports; they appear whole or not at all.

    `progress` gets a share (0..1) and may raise to cancel. Raises OSError.
    """
    part, folder = f"{exports}/{_PREFIX}{order.uid}.part", f"{exports}/{_PREFIX}{order.uid}"
    fs.make_folder(exports)
    remove(fs, part)
    try:
        files, fingerprint = _contents(order, source, render or _pdf, progress)
        for name, data in files.items():
            _put(fs, f"{part}/{name}", data)
        _put(fs, f"{part}.zip", _zipped(f"{_PREFIX}{order.uid}", files))
        progress(0.98)
        fs.rename(part, folder)
        fs.rename(f"{part}.zip", f"{folder}.zip")
        fs.sync_folder(exports)
    except BaseException:
        with suppress(OSError):
            remove(fs, part)
            remove(fs, f"{part}.zip")
        raise
    progress(1.0)
    digest = str(form.entry(files[form.MANIFEST])["sha256"])
    return Pack(
        folder=folder,
        zip=f"{folder}.zip",
        manifest=digest,
        fingerprint=fingerprint,
        files=tuple(sorted(files)),
    )


def remove_halves(fs: FileSystem, exports: str) -> list[str]:
    """Delete what a crash left of packs in the making, and return its names; only while none is being made."""
    if not fs.exists(exports):
        return []
    halves = [
        entry.name
        for entry in fs.list(exports)
        if entry.name.startswith(_PREFIX) and entry.name.endswith((".part", ".part.zip"))
    ]
    for name in halves:
        remove(fs, f"{exports}/{name}")
    return halves


def remove(fs: FileSystem, path: str) -> None:
    """Delete a file, or a folder with all that is in it, if it is there. Raises OSError."""
    if not fs.exists(path):
        return
    try:
        entries = fs.list(path)
    except NotADirectoryError:
        fs.unlink(path)
        return
    for entry in entries:
        remove(fs, f"{path}/{entry.name}")
    fs.remove_folder(path)


def _contents(
    order: Order, source: PackSource, render: Render, progress: Callable[[float], None]
) -> tuple[dict[str, bytes], str]:
    """Return the files of the pack by name, and the fingerprint printed on its reports."""
    report = source.report(order)
    if order.mode == "hand_over":
        report = hand_over(report)
    progress(0.1)
    lines = list(source.ledger(order))
    files = {"ledger.jsonl": b"".join(line + b"\n" for line in lines), **verifier.files()}
    progress(0.3)
    seals = {f"seals/{name}": data for name, data in source.seals(order)}
    files.update(seals)
    older = dict(source.older(order))
    files.update((f"older/{name}", data) for name, data in older.items())
    files["README.txt"] = readme.text(report).encode()
    public = source.public
    signer = hashlib.sha256(bytes.fromhex(public)).hexdigest() if public else None
    if public:
        files["key.json"] = canonical({"public": public, "fingerprint": signer})
    progress(0.4)
    manifest = _manifest(order, source, report, lines, seals)
    manifest["older"] = _older(source, older)
    manifest["signer"] = signer
    manifest["files"] = {name: form.entry(data) for name, data in files.items()}
    fingerprint = form.fingerprint(manifest)
    for index, language in enumerate(order.languages):
        name = f"report-{language}.pdf"
        files[name] = render(report, language, fingerprint)
        manifest["files"][name] = form.entry(files[name])
        progress(0.4 + 0.5 * (index + 1) / len(order.languages))
    files[form.MANIFEST] = canonical(manifest)
    if public:
        files[form.SIGNATURE] = source.sign(form.message(files[form.MANIFEST])).encode() + b"\n"
    return files, fingerprint


def _manifest(
    order: Order, source: PackSource, report: Report, lines: list[bytes], seals: dict[str, bytes]
) -> dict[str, Any]:
    last = json.loads(lines[-1])
    return {
        "v": 1,
        "kind": "pack",
        "archive": source.archive,
        "made": order.made_us,
        "from": order.from_us,
        "to": order.to_us,
        "mode": order.mode,
        "offset_s": report.site.offset_s,
        "time_zone": report.site.time_zone,
        "profile": {"key": report.profile, "date": report.profile_date.isoformat()},
        "generator": report.generator,
        "cameras": [
            {"uid": c.uid, "label": c.label, "room": c.room, **({"kept": "elsewhere"} if c.elsewhere else {})}
            for c in report.cameras
        ],
        "rooms": [{"uid": r.uid, "label": r.label, "kind": r.kind} for r in report.rooms],
        "head": {"n": last["n"], "h": last["h"]},
        "signed_to": form.last_signed(lines),
        "keys": [dict(key) for key in source.key_history()],
        "coverage": {
            c.uid: [[d.day.strftime("%Y%m%d"), d.recorded_s, d.wanted_s, d.gaps] for d in c.days]
            for c in report.cameras
        },
        "requirements": [{"id": r.id, "status": r.status} for r in report.requirements],
        "challenges": [
            {"camera": c.camera, "at": c.at_us, "asked": c.asked_us, "played": c.played, "ms": c.ms}
            for c in report.challenges
        ],
        "hours": {name: form.hours(data) for name, data in seals.items()},
        "limits": list(report.limits),
    }


def _older(source: PackSource, files: Mapping[str, bytes]) -> dict[str, Any]:
    """Return what is needed to check the ledger and the seals of each older volume as those of the one in use."""
    found: dict[str, Any] = {}
    for archive, keys in source.older_keys().items():
        if lines := files.get(f"{archive}/ledger.jsonl", b"").splitlines():
            last, seals = json.loads(lines[-1]), f"{archive}/seals/"
            found[archive] = {
                "keys": [dict(key) for key in keys],
                "head": {"n": last["n"], "h": last["h"]},
                "hours": {
                    name.removeprefix(f"{archive}/"): form.hours(data)
                    for name, data in files.items()
                    if name.startswith(seals)
                },
            }
    return found


def _pdf(report: Report, language: str, fingerprint: str) -> bytes:
    """Load the PDF library only when a report is made: nothing else needs it."""
    from . import pdf

    return pdf.render(report, language, fingerprint)


def _put(fs: FileSystem, path: str, data: bytes) -> None:
    fs.make_folder(path.rpartition("/")[0])
    fd = fs.create(path)
    try:
        fs.write_all(fd, data, 0)
        fs.sync(fd)
    finally:
        fs.close(fd)


def _zipped(top: str, files: dict[str, bytes]) -> bytes:
    """Return a zip that is the same for the same files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(
                zipfile.ZipInfo(f"{top}/{name}", _ZIP_TIME), files[name], compress_type=zipfile.ZIP_DEFLATED
            )
    return buffer.getvalue()
