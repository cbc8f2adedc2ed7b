"""Lets a player that knows TCP only talk to the engine's socket."""

import asyncio
from collections.abc import AsyncIterator
import contextlib


@contextlib.asynccontextmanager
async def bridge(path: str) -> AsyncIterator[int]:
    """Serve what listens on a unix socket on a port of 127.0.0.1, which is given."""

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_unix_connection(path)
        await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))

    server = await asyncio.start_server(connect, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
