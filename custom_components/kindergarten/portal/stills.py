"""Pictures for phones that cannot show moving ones: each with the name of whom it was made for."""

import asyncio
from collections import defaultdict
from datetime import datetime
from http import HTTPStatus
import math
import time
from typing import Final

from ..archive.protocol import ArchiveRefused, ArchiveUnavailable, LiveArchive, Picture, StreamName
from .answers import Refusal
from .live import woken
from .viewing import Viewing

EVERY_S: Final = 1.0
"""No phone gets them faster."""
HEIGHT: Final = 480
QUALITY: Final = 55
OLDEST_US: Final = 30_000_000
"""What is older nobody sees as a picture of now; cameras that save have a key frame every 20 s."""
_LINE: Final = 40
_PATIENCE_S: Final = 2 * EVERY_S
"""Whoever asks for several at once has so much waiting; more is not even begun."""
_AT_ONCE: Final = 2
"""So many of one camera: phones that wait for one that is away hold up nobody else's."""


class Stills:
    """Asks the recorder for marked pictures, a few at a time."""

    def __init__(self, archive: LiveArchive) -> None:
        """Take pictures from an archive."""
        self._archive = archive
        self._turns: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(_AT_ONCE))

    async def take(self, viewing: Viewing, now: datetime) -> Picture:
        """Return what is to be seen now; raises Refusal `no_picture` when there is nothing."""
        now_s = time.monotonic()
        wait_s = viewing.still_s + EVERY_S - now_s
        if wait_s > _PATIENCE_S:
            raise Refusal("slow_down", HTTPStatus.TOO_MANY_REQUESTS, wait_s=math.ceil(wait_s))
        viewing.still_s = max(now_s, viewing.still_s + EVERY_S)
        if wait_s > 0:
            await woken(wait_s, viewing.ending)
        stream: StreamName = "sub" if viewing.has_sub else "main"
        lines = [_plain(line) for line in (*viewing.lines, f"{now:%d.%m.%Y %H:%M}")]
        try:
            async with self._turns[viewing.camera]:
                picture = await self._archive.picture(
                    viewing.camera, stream, lines, height=HEIGHT, quality=QUALITY
                )
        except ArchiveUnavailable, ArchiveRefused:
            raise no_picture() from None
        if picture.time_us < max(viewing.not_before_us, round(now.timestamp() * 1e6) - OLDEST_US):
            raise no_picture()
        return picture


def no_picture() -> Refusal:
    """Return, to be raised, that the camera shows nothing just now; the viewing goes on."""
    return Refusal("no_picture", HTTPStatus.SERVICE_UNAVAILABLE)


def _plain(line: str) -> str:
    """Return a text that can be drawn, and is never empty."""
    return "".join(each for each in line if each.isprintable())[:_LINE].strip() or "·"
