"""Footage that a server keeps, played from there: exactly what a playlist of its own names, and nothing else."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
import re

from ..errors import RequestError
from ..frigate_api.client import FrigateClient
from ..frigate_api.connection import chunks
from ..frigate_api.errors import FrigateError

_PLAYLIST_BYTES = 4 << 20
_PART_BYTES = 64 << 20
_PLAYLIST_S, _SILENCE_S = 20.0, 15.0
_NAME = re.compile(r"(?:init|seg)-[a-z0-9-]{1,60}\.(?:mp4|m4s|ts)")
_INIT = re.compile(r'#EXT-X-MAP:URI="([^"]{1,200})"')
_PLAIN = re.compile(r"#EXT(?:INF:[0-9.]{1,20},|M3U|-X-[A-Z-]{1,40}(?::[A-Za-z0-9.:+-]{1,60})?)")
"""What a line may be that names no file."""

_TYPES = {"mp4": "video/mp4", "m4s": "video/iso.segment", "ts": "video/mp2t"}
_JPEG = b"\xff\xd8\xff"


class Footage:
    """One camera's footage at its server; raises RequestError with the codes of our own footage."""

    def __init__(self, client: FrigateClient, camera: str) -> None:
        """Ask for the camera of that name."""
        self._client = client
        self._camera = camera

    async def playlist(self, start_us: int, end_us: int) -> str:
        """Return the playlist of a stretch; its files are asked for by `part`, as `vod/NAME`."""
        path = f"{self._below(start_us, end_us)}/index.m3u8"
        with _refusing():
            data = await self._client.connection.ask(
                "GET", path, limit_s=_PLAYLIST_S, limit_bytes=_PLAYLIST_BYTES
            )
            return _ours(data)

    @asynccontextmanager
    async def part(
        self, start_us: int, end_us: int, name: str
    ) -> AsyncGenerator[tuple[str, AsyncIterator[bytes]]]:
        """Open a file of a playlist: its content type and its bytes."""
        if not _NAME.fullmatch(name):
            raise RequestError("not_found", "there is no such file")
        with _refusing():
            async with self._client.connection.open(
                "GET", f"{self._below(start_us, end_us)}/{name}"
            ) as answer:
                if (answer.content_length or 0) > _PART_BYTES:
                    raise FrigateError("too_large", "the file is too large")
                yield _TYPES[name.rpartition(".")[2]], _limited(chunks(answer, _SILENCE_S))

    async def still(self, at_us: int | None, height: int) -> bytes:
        """Return a JPEG of now, or out of the footage of a time."""
        with _refusing():
            picture = await (
                self._client.still(self._camera, height or 720)
                if at_us is None
                else self._client.still_at(self._camera, at_us, height)
            )
        if not picture.startswith(_JPEG):
            raise RequestError("no_footage", "there is no picture of that time")
        return picture

    def _below(self, start_us: int, end_us: int) -> str:
        """Return the address of a stretch in whole seconds, as the server keeps it."""
        start, end = start_us // 1_000_000, -(-end_us // 1_000_000)
        return f"/vod/{self._camera}/start/{start}/end/{end}"


def _ours(data: bytes) -> str:
    """Return a playlist with our names in it; raises FrigateError for what is none."""
    try:
        lines = data.decode("ascii").splitlines()
    except UnicodeDecodeError as error:
        raise FrigateError("bad_answer", "the playlist cannot be read") from error
    if not lines or lines[0] != "#EXTM3U":
        raise FrigateError("bad_answer", "that is no playlist")
    found: list[str] = []
    for line in filter(None, map(str.strip, lines)):
        if _NAME.fullmatch(line):
            found.append(f"vod/{line}")
        elif (init := _INIT.fullmatch(line)) and _NAME.fullmatch(init[1]):
            found.append(f'#EXT-X-MAP:URI="vod/{init[1]}"')
        elif _PLAIN.fullmatch(line):
            found.append(line)
        else:
            raise FrigateError("bad_answer", "the playlist names something else")
    return "\n".join(found) + "\n"


async def _limited(parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    size = 0
    async for part in parts:
        size += len(part)
        if size > _PART_BYTES:
            raise FrigateError("too_large", "the file is too large")
        yield part


class _refusing:  # noqa: N801 (a context manager)
    """Says in the words of our own footage what a server refuses."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, FrigateError):
            if error.code in {"not_found", "bad_request"}:
                raise RequestError("no_footage", "nothing was recorded then") from error
            raise RequestError("unavailable", f"the server does not answer: {error.code}") from error
