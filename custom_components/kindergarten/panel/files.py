"""The panel's files, in memory under one hash: whatever changes, changes the address of all of them.

Home Assistant imports integrations outside its loop, so the reading and compressing here blocks nobody.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
import gzip
import hashlib
from pathlib import Path
from types import MappingProxyType
from typing import Final

_FOLDER: Final = Path(__file__).parent
_TYPES: Final = {
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
}
_PAGES: Final = _FOLDER.parent / "portal" / "pages"
_BORROWED: Final = {
    "message.js": _PAGES / "message.js",
    "vendor/hls.js": _PAGES / "vendor" / "hls.light.min.mjs",
}
"""What the parents' pages have already, by its name here."""
_BARE: Final = {
    '"@lit/reactive-element"': '"./reactive-element.js"',
    '"lit-html"': '"./lit-html.js"',
}
"""Lit's parts name each other as packages; a browser wants addresses. The files stay as they were released."""


@dataclass(frozen=True, kw_only=True)
class File:
    """A file that never changes under its address; `body` and `packed` (gzip) are the same content."""

    content_type: str
    body: bytes
    packed: bytes


def _sources() -> Iterator[tuple[str, bytes]]:
    for path in sorted(_FOLDER.rglob("*")):
        if path.suffix in _TYPES:
            name = path.relative_to(_FOLDER).as_posix()
            body = path.read_bytes()
            if name.startswith("vendor/"):
                for bare, address in _BARE.items():
                    body = body.replace(bare.encode(), address.encode())
            yield name, body
    for name, path in _BORROWED.items():
        yield name, path.read_bytes()


def _file(name: str, body: bytes) -> File:
    content_type = _TYPES[Path(name).suffix]
    return File(content_type=content_type, body=body, packed=gzip.compress(body, 9, mtime=0))


def _hash(sources: Mapping[str, bytes]) -> str:
    whole = hashlib.sha256()
    for name, body in sorted(sources.items()):
        whole.update(f"{name}\0{len(body)}\0".encode() + body)
    return whole.hexdigest()[:16]


_found = dict(_sources())

HASH: Final = _hash(_found)
"""Changes with any of the files."""
FILES: Final[Mapping[str, File]] = MappingProxyType(
    {name: _file(name, body) for name, body in _found.items()}
)
"""Every file, by its path below this folder."""
