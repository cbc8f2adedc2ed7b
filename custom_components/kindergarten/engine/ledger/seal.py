"""A seal: the list of a day's files with their hashes, one canonical JSON line for each."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
import hashlib
import json
import re

from ..errors import FormatError
from .chain import Json, canonical

NO_FILES = "0" * 64
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True, slots=True)
class SealedFile:
    """One recording as it was sealed; `t0` and `t1` are UTC µs, `path` is relative to its volume."""

    bytes: int
    camera: str
    path: str
    pictures: int
    run: int
    seq: int
    sha256: str
    state: str
    stream: str
    t0: int
    t1: int

    @property
    def key(self) -> tuple[str, str, int, int]:
        """Return camera, stream, run and sequence: what names a recording for ever."""
        return self.camera, self.stream, self.run, self.seq


_TYPES = {each.name: each.type for each in fields(SealedFile)}


def seal_name(day: str, part: int) -> str:
    """Return the name of a day's first seal or of a supplementary one (`part` 2, 3, …)."""
    return f"{day}.jsonl" if part == 1 else f"{day}-{part}.jsonl"


def seal_bytes(files: Iterable[SealedFile]) -> bytes:
    """Return the content of a seal file."""
    return b"".join(canonical(asdict(file)) + b"\n" for file in in_order(files))


def in_order(files: Iterable[SealedFile]) -> list[SealedFile]:
    """Return files in the order of their lines and of the tree's leaves."""
    return sorted(files, key=lambda file: (file.camera, file.stream, file.t0, file.path))


def parse_seal(data: bytes) -> list[SealedFile]:
    """Return the files of a seal; raises FormatError for anything that `seal_bytes` does not make."""
    files = []
    for number, line in enumerate(data.splitlines(), 1):
        try:
            body = json.loads(line)
            if not isinstance(body, dict) or body.keys() != _TYPES.keys():
                raise FormatError(f"line {number} of a seal has other fields")
            if any(type(body[name]) is not wanted for name, wanted in _TYPES.items()):
                raise FormatError(f"line {number} of a seal has fields of another type")
        except (ValueError, RecursionError) as error:
            raise FormatError(f"line {number} of a seal is no JSON") from error
        if not _HASH.fullmatch(body["sha256"]):
            raise FormatError(f"line {number} of a seal has no hash")
        files.append(SealedFile(**body))
    try:
        same = seal_bytes(files) == data
    except UnicodeEncodeError:  # half a surrogate pair is JSON, and no text
        same = False
    if not same:
        raise FormatError("a seal is not in its one form")
    return files


def root(hashes: Sequence[str]) -> str:
    """Return the Merkle root of files' SHA-256 (hex): leaf `00`, inner `01`, an odd one is promoted."""
    level = [hashlib.sha256(b"\x00" + bytes.fromhex(each)).digest() for each in hashes]
    if not level:
        return NO_FILES
    while len(level) > 1:
        pairs = [
            hashlib.sha256(b"\x01" + level[at] + level[at + 1]).digest() for at in range(0, len(level) - 1, 2)
        ]
        level = pairs + level[len(level) - len(level) % 2 :]
    return level[0].hex()


def summary(files: Iterable[SealedFile]) -> dict[str, Json]:
    """Return what a `seal` record says of each camera: root, files, bytes."""
    by_camera: dict[str, list[SealedFile]] = {}
    for file in in_order(files):
        by_camera.setdefault(file.camera, []).append(file)
    return {
        camera: {
            "root": root([file.sha256 for file in each]),
            "files": len(each),
            "bytes": sum(file.bytes for file in each),
        }
        for camera, each in by_camera.items()
    }


def code(digest: str) -> str:
    """Return a ledger head (hex) as people's code: four groups of five digits."""
    digits = f"{int(digest, 16) % 10**20:020d}"
    return " ".join(digits[at : at + 5] for at in range(0, 20, 5))
