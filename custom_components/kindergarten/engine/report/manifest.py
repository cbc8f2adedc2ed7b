"""The manifest of a pack or an export: what is in it, in one signed canonical JSON file."""

from collections.abc import Iterable, Mapping
import hashlib
import json
from typing import Any

from ..ledger.chain import Json, canonical

MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"
_SIGNED = b"kindergarten-manifest-1\n"
_PAPER = b"kindergarten-pack-1\n"
_HOUR_US = 3_600_000_000


def message(manifest: bytes) -> bytes:
    """Return what is signed for a manifest: a domain prefix and its SHA-256, 56 bytes."""
    return _SIGNED + hashlib.sha256(manifest).digest()


def entry(data: bytes) -> dict[str, Json]:
    """Return how the manifest lists a file."""
    return {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def fingerprint(manifest: Mapping[str, Any]) -> str:
    """Return the hash a report can carry: of the manifest without the reports themselves (their hashes hold it)."""
    files = {name: value for name, value in manifest["files"].items() if not name.startswith("report-")}
    return hashlib.sha256(_PAPER + canonical({**manifest, "files": files})).hexdigest()


def hours(seal: bytes) -> dict[str, Json]:
    """Return per camera and UTC hour (number since 1970) of a seal's lines 16 hex digits over them.

    So that a verifier can say which camera and which hour of a changed seal is not what it was.
    """
    blocks: dict[str, dict[str, list[bytes]]] = {}
    for line in seal.splitlines():
        told = json.loads(line)
        blocks.setdefault(told["camera"], {}).setdefault(str(told["t0"] // _HOUR_US), []).append(line)
    return {
        uid: {hour: hashlib.sha256(b"\n".join(lines)).hexdigest()[:16] for hour, lines in by_hour.items()}
        for uid, by_hour in blocks.items()
    }


def last_signed(lines: Iterable[bytes]) -> int:
    """Return the number of the last record under a signed head in ledger lines, 0 for none."""
    last = 0
    for line in lines:
        if b'"k":"head"' in line:
            last = max(last, json.loads(line)["d"]["n"])
    return last
