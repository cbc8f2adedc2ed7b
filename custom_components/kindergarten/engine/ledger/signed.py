"""What the archive's key signs, byte for byte. Ed25519 itself is the decode worker's (decode/signing.py)."""

from collections.abc import Mapping
import hashlib

from .chain import Json, canonical

_HEAD = b"kindergarten-head-1\n"
_KEY = b"kindergarten-key-1\n"
_MANIFEST = b"kindergarten-manifest-1\n"


def head_message(archive_id: str, data: Mapping[str, Json]) -> bytes:
    """Return what is signed for a `head` record's data."""
    return _HEAD + canonical(
        {"archive": archive_id, "day": data.get("day"), "n": data.get("n"), "h": data.get("h")}
    )


def key_message(archive_id: str, data: Mapping[str, Json]) -> bytes:
    """Return what the key before signs of a `key` record's data."""
    return _KEY + canonical({"archive": archive_id, "public": data.get("public")})


def manifest_message(manifest: bytes) -> bytes:
    """Return what is signed for a manifest file's content."""
    return _MANIFEST + hashlib.sha256(manifest).digest()
