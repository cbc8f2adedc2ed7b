"""Who may stay connected to the live listener: every process of this machine can knock there."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import override

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

MOST = 64
"""Connections in all: each takes a file descriptor, and the recordings need those."""
STRANGERS = 16
"""Connections that have not shown a camera's token yet."""
PATIENCE_S = 5.0

type Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class Door(web.Server):
    """An HTTP server that keeps few strangers, and none of them for long.

    The oldest stranger makes room for the next one: a player shows its token at once, whoever
    only takes up room does not.
    """

    def __init__(self, handler: Handler, *, patience_s: float = PATIENCE_S) -> None:
        """Serve with `handler`, which calls `admit`. Needs the running loop."""
        super().__init__(handler, access_log=None, keepalive_timeout=0, lingering_time=0)
        self._patience_s = patience_s
        self._strangers: dict[RequestHandler, tuple[asyncio.Transport, asyncio.TimerHandle]] = {}
        self._players: set[RequestHandler] = set()

    def admit(self, connection: RequestHandler | None) -> None:
        """Let a connection stay as long as it likes: it has shown a token."""
        if connection is not None and (found := self._strangers.pop(connection, None)):
            found[1].cancel()
            self._players.add(connection)

    @override
    def connection_made(self, handler: RequestHandler, transport: asyncio.Transport) -> None:
        super().connection_made(handler, transport)
        full = len(self._strangers) + len(self._players) >= MOST
        if self._strangers and (full or len(self._strangers) >= STRANGERS):
            self._turn_away(next(iter(self._strangers)))
        elif full:
            transport.abort()
            return
        timer = asyncio.get_running_loop().call_later(self._patience_s, self._turn_away, handler)
        self._strangers[handler] = transport, timer

    @override
    def connection_lost(self, handler: RequestHandler, exc: BaseException | None = None) -> None:
        super().connection_lost(handler, exc)
        self._players.discard(handler)
        if found := self._strangers.pop(handler, None):
            found[1].cancel()

    def _turn_away(self, connection: RequestHandler) -> None:
        transport, timer = self._strangers.pop(connection)
        timer.cancel()
        transport.abort()
