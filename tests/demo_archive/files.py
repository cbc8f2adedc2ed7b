"""Writes whole recordings: a loop behind a true header, closed as the engine closes a file."""

from dataclasses import dataclass, field
import hashlib
import os

from kindergarten_engine.recorder.format.identity import Identity
from kindergarten_engine.recorder.format.index import FragmentEntry, pack
from kindergarten_engine.recorder.format.init import Init
from kindergarten_engine.recorder.format.recording_file import closing, head

from .clip import GOP_S, TICKS, Loop, make_loop


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """A file as it lies on the disk."""

    size: int
    pictures: int
    idx: bytes
    sha256: str


@dataclass(slots=True)
class FileMaker:
    """Makes the files of one camera, of `longest` seconds at most: the clock in their pictures is right.

    What depends only on the second of the minute in which a file begins, and on its length, is kept.
    """

    label: str
    longest: int
    _loops: dict[int, Loop] = field(default_factory=dict)
    _shapes: dict[tuple[int, int, int], tuple[list[tuple[int, bytes]], bytes, bytes]] = field(
        default_factory=dict
    )

    @property
    def init(self) -> Init:
        """Return the init segment of all its files."""
        return self._loop(0).init

    def write(self, path: str, identity: Identity, seconds: int) -> Written:
        """Write a file of whole GOPs; `seconds` is its length."""
        count = seconds // GOP_S
        second = identity.utc_us // 1_000_000 % 60
        begin = head(self._loop(second).init, identity)
        patches, body, idx = self._shape(begin, count, second)
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

    def _loop(self, second: int) -> Loop:
        if second not in self._loops:
            self._loops[second] = make_loop(self.label, self.longest, second)
        return self._loops[second]

    def _shape(self, begin: bytes, count: int, second: int) -> tuple[list[tuple[int, bytes]], bytes, bytes]:
        """Return the patches of the head, all that follows it, and the packed index."""
        key = (len(begin), count, second)
        if key not in self._shapes:
            entries, offset = [], len(begin)
            fragments = self._loop(second).fragments[:count]
            for number, data in enumerate(fragments):
                entries.append(
                    FragmentEntry(
                        offset=offset, size=len(data), ticks=number * GOP_S * TICKS, duration=GOP_S * TICKS,
                        key=True, pictures=GOP_S,
                    )
                )  # fmt: skip
                offset += len(data)
            end = closing(begin, entries)
            body = b"".join(fragments) + end.mfra
            self._shapes[key] = (end.patches, body, pack(entries))
        return self._shapes[key]
