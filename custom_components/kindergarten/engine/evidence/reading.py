"""An archive as it lies on its disks: nothing is written, and nobody has to run."""

from collections.abc import Callable, Iterator, Sequence
import hashlib

from ..env import Env
from ..recorder.format.boxes import Read
from ..recorder.format.identity import Identity
from ..recorder.format.recording_file import ScannedFile, find_identity, scan
from ..recorder.store.files import VIDEO

_FRONT = 8 << 10
_CHUNK = 1 << 20


class Reading:
    """The folders of an archive; the first holds ledger and seals. Everything may raise OSError."""

    def __init__(self, env: Env, roots: Sequence[str], archive_id: str) -> None:
        """Read an archive from its volumes' folders."""
        self.env = env
        self.roots = list(roots)
        self.archive_id = archive_id

    def full(self, path: str) -> str:
        """Return where a path of the archive is: on the first volume that has it."""
        found = (f"{root}/{path}" for root in self.roots if self.env.fs.exists(f"{root}/{path}"))
        return next(found, f"{self.roots[0]}/{path}")

    def ledger(self) -> list[tuple[str, bytes]]:
        """Return the ledger's files: name and content."""
        return [(name, self._file(f"ledger/{name}") or b"") for name in self.names("ledger", ".jsonl")]

    def seals(self) -> list[str]:
        """Return the names of the seals that are there."""
        return self.names("seals", ".jsonl")

    def seal(self, name: str) -> bytes | None:
        """Return a seal by its name, None when there is none."""
        return self._file(f"seals/{name}")

    def names(self, folder: str, end: str) -> list[str]:
        """Return the files of a folder of the first volume whose names end so."""
        try:
            listed = self.env.fs.list(f"{self.roots[0]}/{folder}")
        except FileNotFoundError:
            return []
        return [entry.name for entry in listed if not entry.folder and entry.name.endswith(end)]

    def folders(self) -> list[str]:
        """Return the day folders of all cameras on all volumes, each once."""
        found: set[str] = set()
        for root in self.roots:
            for camera in self._list(f"{root}/{VIDEO}"):
                found.update(f"{VIDEO}/{camera}/{day}" for day in self._list(f"{root}/{VIDEO}/{camera}"))
        return sorted(found)

    def videos(self, folder: str) -> dict[str, int]:
        """Return path and size of every file in a day's folder, whatever it is."""
        sizes: dict[str, int] = {}
        for root in reversed(self.roots):
            try:
                listed = self.env.fs.list(f"{root}/{folder}")
            except FileNotFoundError:
                continue
            sizes |= {f"{folder}/{entry.name}": entry.size for entry in listed if not entry.folder}
        return sizes

    def identity(self, path: str) -> Identity | None:
        """Return what a file says about itself, None when it is not one of a kindergarten's."""
        with _Opened(self.env, self.full(path)) as read:
            found = find_identity(read(0, _FRONT))
            return None if found is None else found[0]

    def scanned(self, path: str) -> ScannedFile:
        """Return what is in a file; raises FileNotFoundError."""
        opened = _Opened(self.env, self.full(path))
        with opened as read:
            return scan(read, opened.size)

    def part(self, path: str, offset: int, size: int) -> bytearray:
        """Return some bytes of a file; fewer at its end."""
        with _Opened(self.env, self.full(path)) as read:
            return bytearray(read(offset, size))

    def digest(self, path: str, heard: Callable[[int], None] = lambda _: None) -> str | None:
        """Return a file's SHA-256 (hex), None when there is none; `heard` gets the bytes of each read."""
        found = hashlib.sha256()
        offset = 0
        try:
            with _Opened(self.env, self.full(path)) as read:
                while data := read(offset, _CHUNK):
                    found.update(data)
                    offset += len(data)
                    heard(len(data))
        except FileNotFoundError:
            return None
        return found.hexdigest()

    def _list(self, folder: str) -> Iterator[str]:
        try:
            yield from (entry.name for entry in self.env.fs.list(folder) if entry.folder)
        except FileNotFoundError:
            return

    def _file(self, path: str) -> bytes | None:
        try:
            return self.env.fs.read(f"{self.roots[0]}/{path}")
        except FileNotFoundError:
            return None


class _Opened:
    """A file open for reading."""

    def __init__(self, env: Env, path: str) -> None:
        self._fs = env.fs
        self._path = path
        self._fd = -1
        self.size = 0

    def __enter__(self) -> Read:
        self._fd = self._fs.open(self._path)
        self.size = self._fs.size(self._fd)
        return lambda offset, length: self._fs.pread(self._fd, length, offset)

    def __exit__(self, *_: object) -> None:
        self._fs.close(self._fd)
