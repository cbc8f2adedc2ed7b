"""The words of what is shown while it happens, beside `models.py`. Times in `_us` are µs since 1970, UTC."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from .models import StreamName


@dataclass(frozen=True, kw_only=True, slots=True)
class LiveInit:
    """What a player needs before the first part; `browser` is whether every browser plays it."""

    sha256: str
    codecs: str
    width: int
    height: int
    browser: bool
    data: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class LivePart:
    """At most a second of pictures as one `moof` + `mdat`.

    `number` rises by one from part to part; a jump, or another `run`, is a break. `key` is whether it
    decodes by itself. `duration` is in 90 kHz ticks. `init` is the SHA-256 of the init it needs.
    """

    number: int
    run: int
    key: bool
    duration: int
    start_us: int
    end_us: int
    init: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A JPEG of what a camera showed at `time_us`."""

    time_us: int
    jpeg: bytes = field(repr=False)


type LiveMessage = LiveInit | LivePart | None


class LiveArchive(Protocol):
    """What parents are shown; raises as `Archive` does."""

    def parts(self, uid: str) -> AsyncGenerator[LiveMessage]:
        """Iterate over a camera's sub stream from its newest key frame on, opening it when it is closed.

        Every few seconds without pictures it yields `None`. Ends when the camera is taken away, by
        `ArchiveRefused` `no_sub` when it has no sub stream, by `ArchiveUnavailable` when it breaks.
        """

    async def warm(self, cameras: Sequence[str], ttl_s: int) -> frozenset[str]:
        """Keep the sub streams of these cameras open for so long, and of no others.

        Returns those that are kept open: an archive that has just started knows no cameras yet.
        """

    async def picture(
        self, uid: str, stream: StreamName, lines: Sequence[str], *, height: int = 480, quality: int = 60
    ) -> Picture:
        """Return the newest key frame, at most 480 lines high, with up to three lines burned in.

        Refusals: no_sub, no_picture, decoder_failed.
        """
