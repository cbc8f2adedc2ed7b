"""Answers that break off when their viewing ends, or when the phone is too slow for live pictures."""

import asyncio
from typing import Final, override

from aiohttp import web

from .viewing import Viewing, cut

SEND_S: Final = 8.0
"""A phone that takes longer for a second of pictures cannot watch; it may come again."""


class Sent(web.Response):
    """A body that goes out as long as its viewing lasts."""

    def __init__(self, viewing: Viewing, body: bytes, content_type: str) -> None:
        """Send `body`, which is shared: nothing is copied."""
        super().__init__(body=body, content_type=content_type)
        self._viewing = viewing

    @override
    async def write_eof(self, data: bytes = b"") -> None:
        transport = self._req.transport if self._req is not None else None
        if transport is None or self._viewing.end is not None:
            if transport is not None:
                cut(transport)
            return
        # Written counts only what the kernel has taken, else the end could be overtaken by a buffer.
        transport.set_write_buffer_limits(high=0)
        self._viewing.sending.add(transport)
        try:
            async with asyncio.timeout(SEND_S):
                await super().write_eof(data)
        except TimeoutError:
            cut(transport)
        finally:
            self._viewing.sending.discard(transport)
