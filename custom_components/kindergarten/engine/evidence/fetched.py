"""Footage that somebody else keeps, handed out beside ours: fetched, hashed here, and never said to be our recording."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
import hashlib
from typing import Any, Protocol

from ..errors import RequestError
from ..filesystem import FileSystem
from ..ledger.chain import Json
from ..ledger.seal import root

LEAF = 4 << 20
_SPARE = 64 << 20
_USUAL_MOST = 4
"""Bytes a microsecond, where nobody says how much a stretch has: 32 Mbit/s."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NOTHING = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """Footage without a hole, as whoever keeps it lists it (UTC µs); `size` is about what it will have."""

    camera: str
    t0: int
    t1: int
    size: int

    @property
    def name(self) -> str:
        """Return a file name that sorts by time."""
        return f"{_EPOCH + timedelta(microseconds=self.t0):%Y%m%dT%H%M%SZ}-elsewhere.mp4"

    @property
    def most(self) -> int:
        """Return how many bytes a file of it may have."""
        return (2 * self.size or _USUAL_MOST * (self.t1 - self.t0)) + _SPARE


@dataclass(frozen=True, kw_only=True, slots=True)
class Fetched:
    """A file that was made there: what the manifest says of it, and its bytes."""

    told: Mapping[str, Json]
    data: Iterator[bytes]


class Keeper(Protocol):
    """Whoever keeps a camera's footage. Everything raises RequestError, and what `patience` raises."""

    @property
    def by(self) -> str:
        """Return what kind of keeper it is, as in the ledger."""

    def stretches(self, t0: int, t1: int) -> Sequence[Stretch]:
        """Return what there is between two times, in time order."""

    def fetch(self, stretch: Stretch, patience: Callable[[], None]) -> AbstractContextManager[Fetched]:
        """Have a file made of a stretch; what was made there for it is removed afterwards."""


def write(
    fs: FileSystem, path: str, data: Iterator[bytes], heard: Callable[[int], None], most: int
) -> tuple[int, str, list[dict[str, Any]]]:
    """Write a file and return its size, the root over its leaves, and the leaves; `heard` may raise to end it.

    Raises RequestError for one of more than `most` bytes: without an end it would cost us what we recorded.
    """
    leaves: list[dict[str, Any]] = []
    size = 0
    target = fs.create(path)
    try:
        for block in data:
            if size + len(block) > most:
                raise RequestError("unavailable", "what the server made is larger than its footage")
            fs.write_all(target, block, size)
            digest = hashlib.sha256(block).hexdigest()
            leaves.append({"at": size, "size": len(block), "sha256": digest})
            size += len(block)
            heard(len(block))
        fs.sync(target)
    finally:
        fs.close(target)
    return size, root([_NOTHING, *(leaf["sha256"] for leaf in leaves)]), leaves


def run(
    stretch: Stretch, file: str, wanted: tuple[int, int], told: Mapping[str, Json], leaves: list[dict[str, Any]]
) -> dict[str, Any]:  # fmt: skip
    """Return the manifest's entry of a file; there is no init segment of ours, and no run."""
    return {
        "file": file, "camera": stretch.camera, "t0": stretch.t0, "t1": stretch.t1, "wanted_t0": wanted[0],
        "wanted_t1": wanted[1], "run": None, "exact": False, "kept": dict(told),
        "init": {"size": 0, "sha256": _NOTHING}, "fragments": leaves,
    }  # fmt: skip
