"""The part of our engine's client that asks for what parents are shown."""

from asyncio import IncompleteReadError
from collections.abc import AsyncGenerator, Mapping, Sequence
import json
from typing import Any, Final, override

import aiohttp

from .connection import Connection
from .live import LiveArchive, LiveInit, LiveMessage, LivePart, Picture
from .models import StreamName
from .said import ArchiveUnavailable

_PARTS: Final = aiohttp.ClientTimeout(total=None, sock_connect=3, sock_read=15)
"""A beat comes every three seconds."""
_PICTURE: Final = aiohttp.ClientTimeout(total=20, sock_connect=3)
_MOST_BYTES: Final = 32 << 20


class LiveClient(Connection, LiveArchive):
    """Asks over whatever connection the rest of the client has."""

    @override
    async def parts(self, uid: str) -> AsyncGenerator[LiveMessage]:
        async with self._open("GET", f"cameras/{uid}/sub/parts", timeout=_PARTS) as response:
            while (message := await _next(response.content)) is not None:
                yield _read(*message)

    @override
    async def warm(self, cameras: Sequence[str], ttl_s: int) -> frozenset[str]:
        answer = await self._ask("POST", "warm", body={"cameras": list(cameras), "ttl_s": ttl_s}, limit_s=5)
        try:
            return frozenset(map(str, answer["cameras"]))
        except (KeyError, TypeError) as error:
            raise _broken(error) from error

    @override
    async def picture(
        self, uid: str, stream: StreamName, lines: Sequence[str], *, height: int = 480, quality: int = 60
    ) -> Picture:
        body = {"stream": stream, "lines": list(lines), "height": height, "quality": quality}
        async with self._open("POST", f"cameras/{uid}/picture", timeout=_PICTURE, body=body) as response:
            try:
                time_us = int(response.headers.get("X-Time-Us", ""))
                return Picture(time_us=time_us, jpeg=await response.read())
            except (aiohttp.ClientError, OSError, ValueError) as error:
                raise _broken(error) from error


async def _next(content: aiohttp.StreamReader) -> tuple[dict[str, Any], bytes] | None:
    """Return a message and its bytes, `None` at the end."""
    try:
        if not (line := await content.readline()):
            return None
        head = json.loads(line)
        size = head["bytes"]
        if not 0 <= size <= _MOST_BYTES:
            raise ValueError("bytes")
        return head, await content.readexactly(size)
    except (aiohttp.ClientError, OSError, IncompleteReadError, ValueError, KeyError, TypeError) as error:
        raise _broken(error) from error


def _read(head: Mapping[str, Any], data: bytes) -> LiveMessage:
    try:
        if head["kind"] == "part":
            return LivePart(
                number=int(head["n"]),
                run=int(head["run"]),
                key=head["key"] is True,
                duration=int(head["duration"]),
                start_us=int(head["utc_us"]),
                end_us=int(head["end_us"]),
                init=str(head["init"]),
                data=data,
            )
        if head["kind"] == "init":
            return LiveInit(
                sha256=str(head["init"]),
                codecs=str(head["codecs"]),
                width=int(head["width"]),
                height=int(head["height"]),
                browser=head["browser"] is True,
                data=data,
            )
    except (KeyError, TypeError, ValueError) as error:
        raise _broken(error) from error
    return None


def _broken(error: Exception) -> ArchiveUnavailable:
    return ArchiveUnavailable(f"the recorder does not answer: {type(error).__name__}")
