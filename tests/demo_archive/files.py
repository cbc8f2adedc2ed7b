"""Writes whole recordings: the same loop behind a true header, closed as the engine closes a file."""

from dataclasses import dataclass, field
import hashlib
import os

from kindergarten_engine.recorder.format.identity import Identity
from kindergarten_engine.recorder.format.index import FragmentEntry, pack
from kindergarten_engine.recorder.format.recording_file import closing, head

from .clip import GOP_S, TICKS, Loop


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """A file as it lies on the disk."""

    size: int
    pictures: int
    idx: bytes
    sha256: str


@dataclass(slots=True)
class FileMaker:
    """Makes the files of one camera. What depends only on the length of head and file is kept."""

    loop: Loop
    _shapes: dict[tuple[int, int], tuple[list[tuple[int, bytes]], bytes, bytes]] = field(default_factory=dict)

    def write(self, path: str, identity: Identity, seconds: int) -> Written:
        """Write a file of whole GOPs; `seconds` is its length."""
        count = seconds // GOP_S
        begin = head(self.loop.init, identity)
        patches, body, idx = self._shape(begin, count)
        data = bytearray(begin)
        for offset, patch in patches:
            data[offset : offset + len(patch)] = patch
        data += body
        fd = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o640)
        try:
            os.write(fd, data)
        finally:
            os.close(fd)
        return Written(size=len(data), pictures=seconds, idx=idx, sha256=hashlib.sha256(data).hexdigest())

    def _shape(self, begin: bytes, count: int) -> tuple[list[tuple[int, bytes]], bytes, bytes]:
        """Return the patches of the head, all that follows it, and the packed index."""
        key = (len(begin), count)
        if key not in self._shapes:
            entries, offset = [], len(begin)
            for number, data in enumerate(self.loop.fragments[:count]):
                entries.append(
                    FragmentEntry(
                        offset=offset, size=len(data), ticks=number * GOP_S * TICKS, duration=GOP_S * TICKS,
                        key=True, pictures=GOP_S,
                    )
                )  # fmt: skip
                offset += len(data)
            end = closing(begin, entries)
            body = b"".join(self.loop.fragments[:count]) + end.mfra
            self._shapes[key] = (end.patches, body, pack(entries))
        return self._shapes[key]
