"""The control socket: bound in a private folder, and bound again when somebody removed it."""

import asyncio
import logging
import os
from pathlib import Path

from aiohttp import web

from ...place import Place
from .answers import MAX_BODY, errors

_LOGGER = logging.getLogger(__name__)


class ControlSocket:
    """An HTTP server on a unix socket whose path is told in the state folder."""

    def __init__(self, place: Place, routes: list[web.RouteDef]) -> None:
        """Serve some routes."""
        app = web.Application(client_max_size=MAX_BODY, middlewares=[errors])
        app.add_routes(routes)
        self._place = place
        self._runner = web.AppRunner(
            app, access_log=None, handle_signals=False, shutdown_timeout=1.0, keepalive_timeout=75.0
        )
        self._site: web.UnixSite | None = None
        self._path: Path | None = None
        self._inode = 0

    async def open(self) -> None:
        """Begin to listen."""
        await self._runner.setup()
        await self._bind()

    async def _bind(self) -> None:
        path = await asyncio.to_thread(self._place.socket)
        site = web.UnixSite(self._runner, path)
        await site.start()
        path.chmod(0o600)
        self._path, self._inode = path, path.lstat().st_ino
        old, self._site = self._site, site
        await asyncio.to_thread(self._place.write, "socket.path", os.fsencode(path))
        if old is not None:
            await old.stop()

    async def check(self) -> None:
        """Listen anew when the socket's file is gone, as after a cleaner of temporary files."""
        try:
            there = self._path is not None and self._path.lstat().st_ino == self._inode
        except OSError:
            there = False
        if not there:
            _LOGGER.warning("The control socket was removed, listening anew")
            await self._bind()

    async def close(self) -> None:
        """Stop listening; running answers get a second."""
        await self._runner.cleanup()
        if self._path is not None:
            self._path.unlink(missing_ok=True)
