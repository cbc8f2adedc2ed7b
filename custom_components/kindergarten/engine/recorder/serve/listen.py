"""The control socket: bound in a private folder, and bound again when somebody removed it."""

import asyncio
from contextlib import suppress
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
        self._inode: tuple[int, int] | None = None
        self._told: Path | None = None

    async def open(self) -> None:
        """Begin to listen."""
        await self._runner.setup()
        await self._bind()

    async def _bind(self) -> None:
        path = await asyncio.to_thread(self._place.socket)
        site = web.UnixSite(self._runner, path)
        await site.start()
        path.chmod(0o600)
        self._path, self._inode = path, _inode(path)
        old, self._site, self._told = self._site, site, None
        if old is not None:
            await old.stop()
        await self._tell(path)

    async def _tell(self, path: Path) -> None:
        await asyncio.to_thread(self._place.write, "socket.path", os.fsencode(path))
        self._told = path

    async def check(self) -> None:
        """Listen anew when the socket's file is gone, as after a cleaner of temporary files.

        Raises OSError when there is no place for it, or it cannot be told where it is.
        """
        try:
            there = self._ours()
        except OSError:
            there = False
        if not there:
            await self._bind()
            _LOGGER.warning("The control socket was removed: listening anew")
        elif self._path is not None and self._told is None:
            await self._tell(self._path)

    async def close(self) -> None:
        """Stop listening; running answers get a second."""
        path = self._path
        if path is not None:
            with suppress(OSError):
                # While it is there nobody else's can have its number.
                if self._ours():
                    path.unlink()
        await self._runner.cleanup()
        if path is not None:
            with suppress(OSError):
                path.parent.rmdir()

    def _ours(self) -> bool:
        """Tell whether the socket that is there is the one we made. Raises OSError without any."""
        return self._path is not None and _inode(self._path) == self._inode


def _inode(path: Path) -> tuple[int, int]:
    found = path.lstat()
    return found.st_dev, found.st_ino
