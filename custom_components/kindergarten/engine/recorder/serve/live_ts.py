"""The second listener: live MPEG-TS for players that know no unix socket. Nothing else is here."""

import asyncio
from contextlib import suppress
import hashlib
import hmac
import logging
import re
from typing import TYPE_CHECKING

from aiohttp import web

from ..format.mpegts import TsMuxer
from ..live import LiveFragment, LiveStream
from .door import Door

if TYPE_CHECKING:
    from ...fleet import Fleet

_ROUTE = re.compile(r"/live/([0-9a-f]{32})\.ts")
_WRITE_S = 20.0
"""A player that takes nothing for so long is gone, or may come again."""
_LOOK_S = 3.0
_BACKLOG = 64
_VIDEO_CLOCK = 90_000

_LOGGER = logging.getLogger(__name__)


class LiveListener:
    """An HTTP server on 127.0.0.1 where a camera's token opens its live stream."""

    def __init__(self, fleet: Fleet, key: str, port: int) -> None:
        """Use a secret key for the tokens and, when it is free, a port."""
        self._fleet = fleet
        self._key = bytes.fromhex(key)
        self.port = port
        self._door = Door(self._answer)
        self._runner = web.ServerRunner(self._door, shutdown_timeout=0.5)

    def token(self, uid: str) -> str:
        """Return what opens a camera's stream; it is the same for the life of the key."""
        return hmac.new(self._key, f"live {uid}".encode(), hashlib.sha256).hexdigest()[:43]

    async def open(self) -> None:
        """Begin to listen."""
        await self._runner.setup()
        try:
            await self._listen(self.port)
        except OSError:
            _LOGGER.warning("Port %d is taken, live streams get another one", self.port)
            await self._listen(0)
        self.port = self._runner.addresses[0][1]

    async def _listen(self, port: int) -> None:
        await web.TCPSite(self._runner, "127.0.0.1", port, backlog=_BACKLOG).start()

    async def close(self) -> None:
        """Stop listening and hang up."""
        await self._runner.cleanup()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        found = _ROUTE.fullmatch(request.path)
        uid = found[1] if found else "0" * 32
        right = hmac.compare_digest(request.query.get("auth", "").encode(), self.token(uid).encode())
        if not (found and right and request.method == "GET" and self._fleet.live(uid)):
            refusal = web.Response(status=404)
            refusal.force_close()
            return refusal
        self._door.admit(request.protocol)
        response = web.StreamResponse(headers={"Content-Type": "video/mp2t", "Cache-Control": "no-store"})
        response.force_close()
        await response.prepare(request)
        with suppress(ConnectionError, TimeoutError):
            shaper = _Continuous()
            while stream := self._fleet.live(uid):
                if not await self._stream(request, response, uid, stream, shaper):
                    break
                shaper.change()
        return response

    async def _stream(
        self,
        request: web.BaseRequest,
        response: web.StreamResponse,
        uid: str,
        stream: LiveStream,
        shaper: _Continuous,
    ) -> bool:
        """Write fragments while somebody reads; true when another stream is to be shown.

        A camera that is away is waited for. Only when its main stream is there can be known
        whether the sub stream is the one to show.
        """
        async with stream.watch() as viewer:
            while request.transport is not None and not request.transport.is_closing():
                fragment = None
                with suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK_S):
                        fragment = await anext(viewer, None)
                    if fragment is None:
                        return False
                if self._fleet.live_stream(uid) == "sub" and self._fleet.live(uid) is not stream:
                    return True
                if fragment is not None:
                    async with asyncio.timeout(_WRITE_S):
                        await response.write(shaper.packets(fragment))
        return False


class _Continuous:
    """Makes one transport stream of a camera's runs: its times never step back or start anew."""

    def __init__(self) -> None:
        self._muxer: TsMuxer | None = None
        self._init = ""
        self._run = 0
        self._number = 0
        self._offset = 0
        self._end = 0
        self._end_us = 0

    def change(self) -> None:
        """Expect fragments of another stream."""
        self._muxer = None
        self._run = -1

    def packets(self, fragment: LiveFragment) -> bytes:
        """Return the packets of the next fragment; nothing until a key frame after a break."""
        other_run = fragment.run != self._run
        skipped = fragment.number != self._number + 1
        if (other_run or skipped or self._muxer is None) and not fragment.key:
            return b""
        if self._muxer is None or fragment.init.sha256 != self._init:
            if not fragment.key:
                return b""
            self._muxer, self._init = TsMuxer(fragment.init.video, fragment.init.audio), fragment.init.sha256
        if other_run:
            self._shift(fragment)
        self._run, self._number = fragment.run, fragment.number
        self._end = self._offset + fragment.ticks + fragment.duration
        self._end_us = fragment.rel_end_us
        return self._muxer.fragment(fragment.data, self._offset)

    def _shift(self, fragment: LiveFragment) -> None:
        """Let a run begin as long after the one before it as it really did."""
        away_us = max(0, fragment.rel_start_us - self._end_us) if self._run > 0 else 0
        self._offset = self._end + away_us * _VIDEO_CLOCK // 1_000_000 - fragment.ticks
