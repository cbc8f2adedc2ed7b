"""Tells one state of the engine's code from another."""

import hashlib
from pathlib import Path

_SUFFIXES = {".py", ".sql", ".json"}


def fingerprint(folder: Path) -> str:
    """Return a short hash of the engine's files below a folder."""
    digest = hashlib.sha256()
    files = (path for path in folder.rglob("*") if path.suffix in _SUFFIXES)
    for path in sorted(files, key=lambda path: path.relative_to(folder).as_posix()):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]
