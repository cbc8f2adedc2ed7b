"""Live pictures in memory: what a test lets a camera show."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
import time

from custom_components.kindergarten.archive.protocol import (
    ArchiveRefused,
    ArchiveUnavailable,
    LiveArchive,
    LiveInit,
    LiveMessage,
    LivePart,
    Picture,
    StreamName,
)

INIT = LiveInit(sha256="ab" * 32, codecs="avc1.42c01e", width=320, height=180, browser=True, data=b"init")


@dataclass
class FakeCamera:
    """A sub stream that is shown to whoever asks."""

    init: LiveInit = INIT
    number: int = 0
    run: int = 1
    viewers: list[asyncio.Queue[LiveMessage]] = field(default_factory=list)
    opened: int = 0
    newest: list[LiveMessage] = field(default_factory=list)

    def show(
        self, *, key: bool = True, seconds: float = 1.0, data: bytes | None = None, end_us: int | None = None
    ) -> LivePart:
        """Send another part that ends now, or then."""
        self.number += 1
        end_us = end_us or time.time_ns() // 1000
        part = LivePart(
            number=self.number,
            run=self.run,
            key=key,
            duration=round(seconds * 90_000),
            start_us=end_us - round(seconds * 1e6),
            end_us=end_us,
            init=self.init.sha256,
            data=f"part {self.number}".encode() if data is None else data,
        )
        self.newest = [self.init, part] if key else [*self.newest, part]
        for viewer in self.viewers:
            viewer.put_nowait(part)
        return part


class FakeLive(LiveArchive):
    """Shows what the test says."""

    def __init__(self) -> None:
        """Begin without cameras that have a sub stream."""
        super().__init__()
        self.subs: dict[str, FakeCamera] = {}
        self.warmed: list[tuple[str, ...]] = []
        self.pictures: list[tuple[str, str, tuple[str, ...]]] = []
        self.picture_fails = False
        self.picture_age_s = 0

    async def parts(self, uid: str) -> AsyncGenerator[LiveMessage]:
        """Show a camera from its newest key frame on."""
        if (camera := self.subs.get(uid)) is None:
            raise ArchiveRefused("no_sub", "no sub stream")
        queue: asyncio.Queue[LiveMessage] = asyncio.Queue()
        for message in camera.newest or [camera.init]:
            queue.put_nowait(message)
        camera.viewers.append(queue)
        camera.opened += 1
        try:
            while True:
                yield await queue.get()
        finally:
            camera.viewers.remove(queue)

    async def warm(self, cameras: Sequence[str], ttl_s: int) -> frozenset[str]:
        """Remember what is to be kept open."""
        self.warmed.append(tuple(cameras))
        return frozenset(cameras)

    async def picture(
        self, uid: str, stream: StreamName, lines: Sequence[str], *, height: int = 480, quality: int = 60
    ) -> Picture:
        """Return bytes that name who they were made for."""
        if self.picture_fails:
            raise ArchiveUnavailable("nobody answers")
        self.pictures.append((uid, stream, tuple(lines)))
        time_us = time.time_ns() // 1000 - self.picture_age_s * 1_000_000
        return Picture(time_us=time_us, jpeg=b"\xff\xd8" + "|".join(lines).encode())
