"""Proves an archive from its ledger, seals and files alone; the catalog is not asked.

Pure functions: bytes in, findings out. Who reads the disk, hashes files and knows Ed25519 passes that in.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
import hashlib

from ..errors import FormatError
from . import signed
from .chain import MAX_RECORD, START, Json, Record, decode
from .seal import SealedFile, code, parse_seal, seal_name, summary

type Key = tuple[str, str, int, int]
"""Camera uid, stream, run, sequence: what names a recording for ever."""
type Check = Callable[[bytes, bytes, bytes], bool]
"""Tells whether `(public key, message, signature)` belong together (Ed25519)."""

UNSURE = frozenset({"ledger_torn", "key_unvouched", "not_signed", "seal_unrecorded", "file_unsealed"})
"""Findings that leave something open and prove no harm; all others are bad."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """Something that is not as it was. `text` is English; the rest lets others say it in their words."""

    code: str
    text: str
    number: int | None = None
    path: str | None = None
    camera: str | None = None
    t_us: int | None = None

    @property
    def bad(self) -> bool:
        """Tell whether this proves a change, and does not only leave something open."""
        return self.code not in UNSURE


@dataclass(frozen=True, kw_only=True, slots=True)
class Chain:
    """The records that could be read, in order, and what is wrong with their chain."""

    records: list[Record]
    findings: list[Finding]

    @property
    def number(self) -> int:
        """Return the number of the last record."""
        return self.records[-1].number if self.records else 0

    @property
    def head(self) -> str:
        """Return the hash of the last record."""
        return self.records[-1].hash if self.records else START


@dataclass(frozen=True, kw_only=True, slots=True)
class Sealed:
    """All that seals vouch for: files by path, those that were lawfully deleted since left out."""

    files: Mapping[str, SealedFile]
    findings: list[Finding]


@dataclass(frozen=True, kw_only=True, slots=True)
class Signatures:
    """The keys that signed heads, and up to which record heads are signed (0: none)."""

    signed_n: int
    fingerprint: str | None
    findings: list[Finding] = field(default_factory=list)


def read_chain(files: Iterable[tuple[str, bytes]], *, whole: bool = True) -> Chain:
    """Check the lines of ledger files `(name, content)`, in the order of their names.

    `whole`: the chain must begin with record 1; otherwise it is an excerpt that begins anywhere.
    """
    records: list[Record] = []
    findings: list[Finding] = []
    listed = sorted(files, key=lambda each: (len(each[0]), each[0]))
    for position, (name, content) in enumerate(listed):
        lines = content.split(b"\n")
        torn = lines.pop()
        for line in lines:
            record = decode(line) if len(line) <= MAX_RECORD else None
            if record is None:
                after = records[-1].number if records else 0
                text = f"{name}: the line behind record {after} was changed"
                findings.append(Finding(code="ledger_edited", text=text, number=after + 1, path=name))
                continue
            findings += _follows(records, record, name, whole=whole)
            records.append(record)
        if torn:
            last = position == len(listed) - 1
            findings.append(
                Finding(
                    code="ledger_torn" if last else "ledger_edited",
                    text=f"{name}: its end is torn",
                    path=name,
                )
            )
    if not records and whole:
        findings.append(Finding(code="ledger_missing", text="there is no ledger"))
    return Chain(records=records, findings=findings)


def _follows(records: list[Record], record: Record, name: str, *, whole: bool) -> list[Finding]:
    if not records and not whole:
        return []
    number, head = (records[-1].number, records[-1].hash) if records else (0, START)
    if record.number == number + 1 and record.before == head:
        return []
    if record.number > number + 1:
        kind, text = "ledger_removed", f"{name}: records {number + 1} to {record.number - 1} are missing"
    else:
        kind, text = "ledger_broken", f"{name}: record {record.number} does not follow record {number}"
    return [Finding(code=kind, text=text, number=number + 1, path=name, t_us=record.time_us)]


def check_head(chain: Chain, head: str, number: int | None = None) -> Finding | None:
    """Compare with a head known from outside: a hash (hex) with its number, or the 20 digits of its code."""
    wanted = "".join(head.split()).lower()
    digits = len(wanted) == 20 and wanted.isdecimal()
    for record in reversed(chain.records):
        same = "".join(code(record.hash).split()) == wanted if digits else record.hash == wanted
        if same and number in (None, record.number):
            return None
    return Finding(code="head_unknown", text="the head from outside is not in this ledger", number=number)


def check_signatures(
    chain: Chain, archive_id: str, check: Check, fingerprint: str | None = None
) -> Signatures:
    """Check keys, their rotation and the signed heads; `fingerprint` is one known from outside."""
    keys: dict[str, bytes] = {}
    vouched: dict[str, str] = {}
    findings: list[Finding] = []
    known = {record.number: record.hash for record in chain.records}
    signed_n, last, signer = 0, None, ""
    for record in chain.records:
        data = record.data
        if record.kind == "key":
            found = _key(record, keys, archive_id, check)
            findings += found
            if not any(each.bad for each in found):
                last = str(data["fingerprint"])
                keys[last] = bytes.fromhex(str(data["public"]))
                vouched[last] = str(data["by"] or "")
        elif record.kind == "head":
            before = known.get(record.number - 1)
            public = keys.get(str(data.get("key")))
            right = data.get("n") == record.number - 1 and before in (None, data.get("h"))
            if (
                public is None
                or not right
                or not check(public, signed.head_message(archive_id, data), _sig(data))
            ):
                text = f"the signature of the head of {data.get('day')} is wrong"
                findings.append(
                    Finding(code="head_signature", text=text, number=record.number, t_us=record.time_us)
                )
            else:
                signed_n, signer = record.number - 1, str(data["key"])
    if fingerprint is not None:
        findings += _outside_key(fingerprint, signer or last, vouched)
    if signed_n == 0:
        findings.append(Finding(code="not_signed", text="no head is signed"))
    return Signatures(signed_n=signed_n, fingerprint=last, findings=findings)


def _outside_key(fingerprint: str, signer: str | None, vouched: Mapping[str, str]) -> list[Finding]:
    """Compare a key from outside with whose key signed last, and those before it that vouch for it."""
    if fingerprint not in vouched:
        return [Finding(code="key_other", text="the key from outside is not the one that signed")]
    trusted: list[str] = []
    while signer and signer not in trusted:
        trusted.append(signer)
        signer = vouched.get(signer)
    if fingerprint in trusted:
        return []
    text = "the newest heads are signed by a key that the one from outside does not vouch for"
    return [Finding(code="key_replaced", text=text)]


def _key(record: Record, keys: Mapping[str, bytes], archive_id: str, check: Check) -> list[Finding]:
    data = record.data
    try:
        public = bytes.fromhex(str(data["public"]))
    except KeyError, ValueError:
        public = b""
    wrong = Finding(code="key_changed", text="a key was changed", number=record.number, t_us=record.time_us)
    if len(public) != 32 or hashlib.sha256(public).hexdigest() != data.get("fingerprint"):
        return [wrong]
    if data.get("by") is None:
        text = "another key took over, and the one before did not sign it"
        vouched = not keys
        return (
            []
            if vouched
            else [Finding(code="key_unvouched", text=text, number=record.number, t_us=record.time_us)]
        )
    old = keys.get(str(data["by"]))
    if old is None or not check(old, signed.key_message(archive_id, data), _sig(data)):
        return [wrong]
    return []


def _sig(data: Mapping[str, Json]) -> bytes:
    try:
        return bytes.fromhex(str(data.get("sig")))
    except ValueError:
        return b""


def read_seals(chain: Chain, read: Callable[[str], bytes | None], names: Iterable[str] = ()) -> Sealed:
    """Check seal files against the ledger. `read` returns one by its name; `names` are those that are there."""
    files: dict[str, SealedFile] = {}
    findings: list[Finding] = []
    recorded = set()
    parts: dict[str, int] = {}
    for record in chain.records:
        if record.kind != "seal":
            continue
        day = str(record.data.get("day"))
        name = seal_name(day, _whole(record.data.get("part"), 1 + parts.get(day, 0)))
        parts[day] = parts.get(day, 0) + 1
        recorded.add(name)
        found, wrong = _read_seal(record, name, read(name))
        for file in found:
            files.setdefault(file.path, file)
        if wrong is not None:
            findings.append(wrong)
    findings += [
        Finding(code="seal_unrecorded", text=f"the seal {name} is not in the ledger", path=f"seals/{name}")
        for name in sorted(set(names) - recorded)
    ]
    gone, differing = _deleted(chain, files)
    kept = {path: file for path, file in files.items() if file.key not in gone}
    return Sealed(files=kept, findings=findings + differing)


def _read_seal(record: Record, name: str, content: bytes | None) -> tuple[list[SealedFile], Finding | None]:
    kind, text, files = "seal_edited", f"the seal {name} was changed", list[SealedFile]()
    if content is None:
        kind, text = "seal_missing", f"the seal {name} is missing"
    elif hashlib.sha256(content).hexdigest() == record.data.get("sha256"):
        try:
            files = parse_seal(content)
        except FormatError as error:
            text = f"{name}: {error.text}"
        if files and summary(files) == record.data.get("cameras"):
            return files, None
    finding = Finding(code=kind, text=text, number=record.number, path=f"seals/{name}", t_us=record.time_us)
    return [], finding


def _deleted(chain: Chain, files: Mapping[str, SealedFile]) -> tuple[set[Key], list[Finding]]:
    """Return what was lawfully deleted, and deletions that name another hash than the seal."""
    gone: set[Key] = set()
    wrong = []
    by_key = {file.key: file for file in files.values()}
    for record in chain.records:
        listed = record.data.get("files") if record.kind == "delete" else None
        for each in listed if isinstance(listed, list) else []:
            match each:
                case [str(camera), str(stream), int(run), int(seq), int(), int(), int(), int(), *rest]:
                    key = (camera, stream, run, seq)
                    gone.add(key)
                    sealed = by_key.get(key)
                    if sealed is not None and rest and rest[0] != sealed.sha256:
                        wrong.append(_about(sealed, "delete_hash", "was deleted under another hash"))
    return gone, wrong


def check_files(
    sealed: Sealed,
    size: Callable[[str], int | None],
    digest: Callable[[str], str | None] | None = None,
    paths: Iterable[str] | None = None,
) -> list[Finding]:
    """Compare files with their seals: present, size, and with `digest` their SHA-256 (hex).

    `size` and `digest` take a path relative to the volume, None means there is no such file.
    `paths`: only these (a sample).
    """
    findings = []
    for path in sorted(sealed.files) if paths is None else paths:
        file = sealed.files[path]
        found = size(path)
        if found is None:
            findings.append(_about(file, "file_missing", "is missing, and no deletion is recorded"))
        elif found != file.bytes:
            findings.append(_about(file, "file_size", f"has {found} bytes, {file.bytes} were sealed"))
        elif digest is not None and digest(path) != file.sha256:
            findings.append(_about(file, "file_changed", "is not what was sealed"))
    return findings


def check_file_heads(chain: Chain, heads: Iterable[tuple[str, int, str]]) -> list[Finding]:
    """Compare with the heads written into files `(path, n, h)`: a cut or exchanged ledger does not know them."""
    known = {record.number: record.hash for record in chain.records}
    first = chain.records[0].number if chain.records else 1
    findings = []
    for path, number, digest in heads:
        if number >= first and known.get(number) != digest:
            text = f"{path} was begun behind record {number}, which this ledger does not have"
            findings.append(Finding(code="ledger_cut", text=text, number=number, path=path))
    return findings


def _about(file: SealedFile, kind: str, text: str) -> Finding:
    return Finding(code=kind, text=f"{file.path} {text}", path=file.path, camera=file.camera, t_us=file.t0)


def _whole(value: Json, default: int) -> int:
    return value if isinstance(value, int) else default
