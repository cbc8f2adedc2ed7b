"""Holding footage at a server: by an export there, the only footage that nothing of it deletes.

An export closes holes without a word, so the holes that we know of are written beside its hash.
"""

import asyncio
from dataclasses import dataclass
import hashlib

from ..frigate_api.client import FrigateClient
from ..frigate_api.connection import chunks
from ..frigate_api.errors import FrigateError
from ..recorder.store.elsewhere import PendingHold

SETTLED_US = 60_000_000
"""The last segments of a stretch are there half a minute after it."""
_LOOK_S = 1.0
_DONE_S = 1800.0
_SILENCE_S = 30.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Exported:
    """A file that the server keeps for ever, by its id there."""

    id: str
    bytes: int
    sha256: str


async def keep(client: FrigateClient, camera: str, hold: PendingHold) -> Exported:
    """Have a stretch exported by the server and read what it made; raises FrigateError.

    "not_found" is when there is no footage of it.
    """
    found = await client.export(camera, hold.t0_us, hold.t1_us, f"hold-{hold.uid[:12]}")
    try:
        async with asyncio.timeout(_DONE_S):
            while (name := await client.exported(found)) is None:
                await asyncio.sleep(_LOOK_S)
            size, digest = 0, hashlib.sha256()
            async with client.connection.open("GET", f"/exports/{name}") as answer:
                async for chunk in chunks(answer, _SILENCE_S):
                    size += len(chunk)
                    digest.update(chunk)
    except TimeoutError as error:
        raise FrigateError("timeout", "the export took too long") from error
    if not size:
        raise FrigateError("failed", "the export is empty")
    return Exported(id=found, bytes=size, sha256=digest.hexdigest())
