"""The ledger: an append-only chain of records, each sealed with the hash of the one before.

A record is one line of canonical JSON: `{"d": data, "e": epoch, "h": hash, "k": kind, "n": number,
"p": hash before, "t": UTC µs, "v": 1}`; `h` is SHA-256 of a domain prefix and the line without `h`.
Files are monthly and named by the number of their first record. There are no names of people in it.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
import errno
import hashlib
import json
import threading
import unicodedata

from ..filesystem import FileSystem

type Json = int | str | bool | list[Json] | dict[str, Json] | None

DOMAIN = b"kindergarten-ledger-1\n"
START = "0" * 64
MAX_RECORD = 64 << 10
KINDS = frozenset(
    [
        "genesis",
        "key",
        "start",
        "stop",
        "recover",
        "clock",
        "camera",
        "schedule",
        "settings",
        "gap",
        "hour",
        "elsewhere",
        "seal",
        "head",
        "delete",
        "hold",
        "lift",
        "adopt",
        "missing",
        "rebuild",
        "view",
        "export",
        "request",
        "challenge",
        "inspection",
        "people",
        "pack",
        "discard",
        "verify",
    ]
)


class LedgerState(StrEnum):
    """Whether the chain can be relied on; only a good one allows deletion."""

    GOOD = "good"
    MISSING = "missing"
    BROKEN = "broken"


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """One record; `time_us` is UTC as it was believed then, `data` depends on `kind`."""

    number: int
    kind: str
    epoch: int
    time_us: int
    data: dict[str, Json]
    before: str
    hash: str


def canonical(value: object) -> bytes:
    """Return sorted, spaceless UTF-8 NFC JSON."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return unicodedata.normalize("NFC", text).encode()


def encode(
    number: int, kind: str, epoch: int, time_us: int, data: dict[str, Json], before: str
) -> tuple[bytes, str]:
    """Return a record's line, without its end, and its hash."""
    body: dict[str, Json] = {"d": data, "e": epoch, "k": kind, "n": number, "p": before, "t": time_us, "v": 1}
    digest = hashlib.sha256(DOMAIN + canonical(body)).hexdigest()
    return canonical({**body, "h": digest}), digest


def decode(line: bytes) -> Record | None:
    """Return the record of a line, or None when it is not one or its hash is wrong."""
    try:
        body = json.loads(line)
        digest = body.pop("h")
        if canonical({**body, "h": digest}) != line or body["v"] != 1:
            return None
        record = Record(
            number=body["n"], kind=body["k"], epoch=body["e"], time_us=body["t"], data=body["d"],
            before=body["p"], hash=digest,
        )  # fmt: skip
    except ValueError, KeyError, TypeError, AttributeError, RecursionError:
        return None
    if hashlib.sha256(DOMAIN + canonical(body)).hexdigest() != digest:
        return None
    return record


class Ledger:
    """The chain in a folder. `append` returns when the record is durable."""

    def __init__(self, fs: FileSystem, folder: str, make_room: Callable[[], bool] = lambda: False) -> None:
        """Use a folder; `make_room` is asked when the disk is full and says whether to try again."""
        self._fs = fs
        self._folder = folder
        self._make_room = make_room
        self._lock = threading.Lock()
        self._fd: int | None = None
        self._size = 0
        self._month = ""
        self.number = 0
        self.head = START
        self.state = LedgerState.MISSING
        self.fault = ""
        self.cut = 0

    def open(self) -> None:
        """Read and check the chain; a torn last line is cut (`cut` says how many bytes).

        Raises OSError. A chain that does not hold together is `BROKEN`, none at all `MISSING`.
        """
        self._fs.make_folder(self._folder)
        files = self._files()
        for position, (first, name) in enumerate(files):
            self._read(first, name, last=position == len(files) - 1)
        if files and self.state is LedgerState.MISSING and self.number:
            self.state = LedgerState.GOOD

    def begin(self, epoch: int, time_us: int, data: dict[str, Json]) -> None:
        """Write the first record of a new archive."""
        self.append("genesis", epoch, time_us, data)
        self.state = LedgerState.GOOD

    def check_head(self, number: int, digest: str) -> None:
        """Compare with a head remembered elsewhere: a shorter or other chain is a broken one."""
        if number == 0 or (number, digest) == (self.number, self.head):
            return
        found = next((record for record in self.records(number) if record.number == number), None)
        if found is None or found.hash != digest:
            self._break(f"record {number} is not the one that was there")

    def append(self, kind: str, epoch: int, time_us: int, data: dict[str, Json]) -> Record:
        """Add a record and sync it. Raises OSError; then it was not added.

        Each record is synced by itself: so only the last line can ever be torn, and damage anywhere
        else is not the power's doing.
        """
        if kind not in KINDS:
            raise ValueError(kind)
        with self._lock:
            number = self.number + 1
            line, digest = encode(number, kind, epoch, time_us, data, self.head)
            if len(line) > MAX_RECORD:
                raise ValueError(f"a record of {len(line)} bytes")
            try:
                self._write(number, time_us, line + b"\n")
            except OSError as error:
                if error.errno not in {errno.ENOSPC, errno.EDQUOT} or not self._make_room():
                    raise
                self._write(number, time_us, line + b"\n")
            self.number, before, self.head = number, self.head, digest
            return Record(
                number=number, kind=kind, epoch=epoch, time_us=time_us, data=data, before=before, hash=digest
            )

    def confirm(self, epoch: int, time_us: int) -> None:
        """An administrator accepts what is broken or missing, and the chain goes on."""
        self.append("recover", epoch, time_us, {"confirmed": self.fault or self.state.value})
        self.state, self.fault = LedgerState.GOOD, ""

    def records(self, first: int = 1, kind: str | None = None) -> Iterator[Record]:
        """Yield the records from a number on, of one kind or all, that are whole; the chain is not checked."""
        files, mark = self._files(), b"" if kind is None else canonical({"k": kind})[1:-1]
        for position, (_, name) in enumerate(files):
            if position + 1 < len(files) and files[position + 1][0] <= first:
                continue
            for line in self._fs.read(f"{self._folder}/{name}").split(b"\n"):
                record = decode(line) if line and mark in line else None
                if record is not None and record.number >= first and kind in {None, record.kind}:
                    yield record

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._drop()

    # -- inside -----------------------------------------------------------------------------

    def _files(self) -> list[tuple[int, str]]:
        names = [entry.name for entry in self._fs.list(self._folder) if not entry.folder]
        return sorted(
            (int(name.removesuffix(".jsonl")), name)
            for name in names
            if name.endswith(".jsonl") and name.removesuffix(".jsonl").isdecimal()
        )

    def _read(self, first: int, name: str, *, last: bool) -> None:
        content = self._fs.read(f"{self._folder}/{name}")
        if content and first != self.number + 1:
            self._break(f"{name} does not follow record {self.number}")
            self.number = max(self.number, first - 1)
        offset = 0
        while offset < len(content):
            end = content.find(b"\n", offset)
            record = decode(content[offset:end]) if end >= 0 else None
            if record is None:
                if last and not _any_record(content[offset:].partition(b"\n")[2]):
                    self._cut(name, offset, len(content) - offset)
                    return
                self._break(f"{name} is damaged at byte {offset}")
                if end < 0:
                    return
            else:
                self._follow(record)
            offset = end + 1
        if last:
            self._size = len(content)

    def _follow(self, record: Record) -> None:
        if record.number != self.number + 1 or record.before != self.head:
            self._break(f"record {record.number} does not follow {self.number}")
        if record.kind == "recover" and "confirmed" in record.data:
            self.state, self.fault = LedgerState.GOOD, ""
        self.number, self.head = max(self.number, record.number), record.hash

    def _break(self, fault: str) -> None:
        if self.state is not LedgerState.BROKEN:
            self.state, self.fault = LedgerState.BROKEN, fault

    def _cut(self, name: str, offset: int, lost: int) -> None:
        """Cut a torn last line; a file with nothing else in it goes."""
        path = f"{self._folder}/{name}"
        self.cut += lost
        if offset == 0:
            self._fs.unlink(path)
            self._fs.sync_folder(self._folder)
            return
        fd = self._fs.open(path, write=True)
        try:
            self._fs.truncate(fd, offset)
            self._fs.sync(fd)
        finally:
            self._fs.close(fd)

    def _write(self, number: int, time_us: int, line: bytes) -> None:
        fd = self._file(number, time_us)
        try:
            self._fs.write_all(fd, line, self._size)
            self._fs.sync(fd)
        except OSError:
            # What the disk kept of it is unknown: cut it, and look at the file anew next time.
            with suppress(OSError):
                self._fs.truncate(fd, self._size)
            self._drop()
            raise
        self._size += len(line)

    def _file(self, number: int, time_us: int) -> int:
        """Return the file for a record: a new one when a month (or the chain) begins."""
        moment = datetime.fromtimestamp(max(0, time_us) / 1e6, UTC)
        month = f"{moment.year}-{moment.month}"
        files = self._files() if self._fd is None or month != self._month else []
        if self._fd is None and files:
            name = files[-1][1]
            self._fd = self._fs.open(f"{self._folder}/{name}", write=True)
            self._size = self._fs.size(self._fd)
            self._month = self._month or self._month_of(name)
        if self._fd is None or month != self._month:
            self._drop()
            path = f"{self._folder}/{number:08d}.jsonl"
            try:
                self._fd = self._fs.create(path)
            except FileExistsError:
                self._fd = self._fs.open(path, write=True)
            self._size, self._month = self._fs.size(self._fd), month
            self._fs.sync_folder(self._folder)
        return self._fd

    def _month_of(self, name: str) -> str:
        content = self._fs.read(f"{self._folder}/{name}")
        record = decode(content.partition(b"\n")[0])
        if record is None:
            return ""
        moment = datetime.fromtimestamp(max(0, record.time_us) / 1e6, UTC)
        return f"{moment.year}-{moment.month}"

    def _drop(self) -> None:
        fd, self._fd = self._fd, None
        if fd is not None:
            self._fs.close(fd)


def _any_record(tail: bytes) -> bool:
    """Tell whether anything whole follows: then the damage before it is not a torn end."""
    return any(decode(line) is not None for line in tail.split(b"\n") if line)
