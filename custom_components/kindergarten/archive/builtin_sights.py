"""The part of our engine's client that asks whether cameras still see their rooms."""

from typing import Final, override

import aiohttp

from . import wire
from .connection import Connection
from .said import ArchiveUnavailable
from .sights import SightArchive, SightEvent, Which

_STILL: Final = aiohttp.ClientTimeout(total=20, sock_connect=3)


class SightClient(Connection, SightArchive):
    """Asks over whatever connection the rest of the client has."""

    @override
    async def sights(self, uid: str) -> tuple[SightEvent, ...]:
        answer = await self._ask("GET", f"cameras/{uid}/sights")
        return wire.decode_list(SightEvent, answer.get("events") if isinstance(answer, dict) else None)

    @override
    async def sight_still(self, uid: str, event_id: str, which: Which) -> bytes:
        route = f"cameras/{uid}/sights/{event_id}/{which}.jpg"
        async with self._open("GET", route, timeout=_STILL) as response:
            try:
                return await response.read()
            except (aiohttp.ClientError, OSError) as error:
                raise ArchiveUnavailable(f"the recorder does not answer: {type(error).__name__}") from error

    @override
    async def learn_picture(self, uid: str) -> None:
        await self._ask("POST", f"cameras/{uid}/learn")
