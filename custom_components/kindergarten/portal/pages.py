"""The portal's files, in memory: hashed names, ready compressed. Made once, when this module is imported.

Home Assistant imports integrations outside its loop, so the reading and compressing here blocks nobody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
import gzip
import hashlib
import html
from pathlib import Path, PurePosixPath
import posixpath
import re
from types import MappingProxyType

ASSET_PREFIX = "/api/kindergarten/portal/a/"
ASSET_HEADERS: Mapping[str, str] = MappingProxyType({"Cache-Control": "public, max-age=31536000, immutable"})

_FOLDER = Path(__file__).parent
_SHELL = "pages/shell.html"
_FIRST = "pages/app.js"
_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".webmanifest": "application/manifest+json; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
_BINARY = {".png"}
# What is written for the reader of the source only; its types name files in circles.
_JSDOC = re.compile(r"/\*\*.*?\*/ ?", re.DOTALL)
_IMPORT = re.compile(r"""\bfrom\s+["'](\.{1,2}/[\w./-]+)["']""")
_LINK = re.compile(r"""(["'])(\.{1,2}/[\w./-]+\.(?:js|mjs|json|css|svg|png|webmanifest))\1""")


@dataclass(frozen=True, kw_only=True)
class Asset:
    """A file that never changes under its name; `body` and `packed` (gzip) are the same content."""

    name: str
    content_type: str
    body: bytes
    packed: bytes


class _Press:
    """Turns the files of the portal into assets that name each other by their hashes."""

    def __init__(self, folder: Path) -> None:
        files = (path for part in ("pages", "locales") for path in (folder / part).rglob("*"))
        self._folder = folder
        self._sources = {
            path.relative_to(folder).as_posix(): path for path in sorted(files) if path.suffix in _TYPES
        }
        self._open: list[str] = []
        self.names: dict[str, str] = {}
        self.assets: dict[str, Asset] = {}
        for source in self._sources:
            self._press(source)

    def _press(self, source: str) -> str:
        """Make the asset of a file, and first those it names; return its hashed name."""
        if source in self.names:
            return self.names[source]
        if source in self._open:
            raise ValueError(f"portal files name each other in a circle: {[*self._open, source]}")
        self._open.append(source)
        path = PurePosixPath(source)
        body = self._sources[source].read_bytes()
        if path.suffix not in _BINARY and "vendor" not in path.parts:
            text = body.decode()
            if path.suffix == ".js":
                text = _JSDOC.sub("", text)
            body = self.linked(text, path.parent.as_posix()).encode()
        self._open.pop()
        flat = "-".join(path.with_suffix("").parts[1:]).replace(".", "-")
        name = f"{flat}.{hashlib.sha256(body).hexdigest()[:16]}{path.suffix}"
        self.names[source] = name
        self.assets[name] = Asset(
            name=name,
            content_type=_TYPES[path.suffix],
            body=body,
            packed=gzip.compress(body, compresslevel=9, mtime=0),
        )
        return name

    def linked(self, text: str, folder: str, prefix: str = "./") -> str:
        """Return a text in which every relative file that is ours has its hashed name."""

        def hashed(match: re.Match[str]) -> str:
            source = posixpath.normpath(posixpath.join(folder, match[2]))
            if source not in self._sources:
                raise ValueError(f"a portal file names {match[2]}, which is not there")
            return f"{match[1]}{prefix}{self._press(source)}{match[1]}"

        return _LINK.sub(hashed, text)

    def needed(self, source: str) -> list[str]:
        """Return a module and all that it imports from the start, in the order of their names."""
        found, waiting = {source}, [source]
        while waiting:
            source = waiting.pop()
            folder = posixpath.dirname(source)
            for name in _IMPORT.findall(self._sources[source].read_text(encoding="utf-8")):
                other = posixpath.normpath(posixpath.join(folder, name))
                if other not in found:
                    found.add(other)
                    waiting.append(other)
        return sorted(found)


def _make_shell(press: _Press) -> tuple[str, str]:
    """Return the page with everything in it but the name, and its version, which changes with any of its files.

    It asks at once for all modules of the first view.
    """
    names = (press.names[source] for source in press.needed(_FIRST) if source != _FIRST)
    preload = "\n    ".join(f'<link rel="modulepreload" href="{ASSET_PREFIX}{name}">' for name in names)
    page = (_FOLDER / _SHELL).read_text(encoding="utf-8").replace("{preload}", preload)
    page = press.linked(page, "pages", ASSET_PREFIX)
    version = hashlib.sha256(page.encode()).hexdigest()[:16]
    return page.replace("{version}", version), version


_press = _Press(_FOLDER)
_shell, PAGE_VERSION = _make_shell(_press)


def asset(name: str) -> Asset | None:
    """Return the asset of a hashed name (`app.0123456789abcdef.js`), None when there is none."""
    return _press.assets.get(name)


def asset_names() -> Mapping[str, str]:
    """Return the hashed name of every file, by its path below this folder (`pages/app.js`)."""
    return MappingProxyType(_press.names)


def shell(kindergarten_name: str) -> bytes:
    """Return the page that starts the portal; the name is only in its title and one `meta`."""
    return _shell.replace("{kindergarten}", html.escape(kindergarten_name, quote=True)).encode()
