"""Live parts of a sub stream, as they come, for whoever shows them on; pictures only, no sound.

An answer is a row of messages: one line of JSON, and then as many raw bytes as its `bytes` says.
`kind` is `init` (an init segment, before the first part that needs it), `part` or `beat`.
"""

import asyncio
from contextlib import suppress
import json
from typing import TYPE_CHECKING, override

from aiohttp import web

from ...errors import RequestError
from ...fields import Fields
from ..format.init import Init
from ..format.silent import silent_init, without_sound
from ..live import LiveFragment, LiveStream, LiveViewer
from . import answers
from .queries import UID

if TYPE_CHECKING:
    from ...engine import Engine

_BEAT_S = 3.0
_WRITE_S = 10.0
"""A reader that takes nothing for so long is gone, or may come again."""
_MAX_CAMERAS = 128
_MAX_TTL_S = 600


class PartRoutes:
    """Hands out live parts, and keeps sub streams open that will be asked for soon."""

    def __init__(self, engine: Engine) -> None:
        """Serve from an engine's cameras."""
        self._engine = engine
        self._warm: dict[str, tuple[LiveStream, _Warmer]] = {}
        self._lease: asyncio.TimerHandle | None = None
        self._changing = asyncio.Lock()
        self._ending: set[asyncio.Task[None]] = set()

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.get(f"/v1/cameras/{UID}/sub/parts", self.parts),
            web.post("/v1/warm", self.warm),
        ]

    async def parts(self, request: web.Request) -> web.StreamResponse:
        """Write a camera's sub stream from its newest key frame on, until somebody hangs up.

        A camera that is away is waited for. Who reads too slowly goes on at a later key frame.
        """
        uid = request.match_info["uid"]
        await self._engine.known(uid)
        stream = self._engine.fleet.sub(uid)
        if stream is None:
            raise RequestError("no_sub", "this camera has no sub stream")
        response = web.StreamResponse(
            headers={"Content-Type": "application/octet-stream", "Cache-Control": "no-store, private"}
        )
        await response.prepare(request)
        with suppress(ConnectionError, TimeoutError):
            async with stream.watch() as viewer:
                await self._write(response, uid, stream, viewer)
        return response

    async def _write(
        self, response: web.StreamResponse, uid: str, stream: LiveStream, viewer: LiveViewer
    ) -> None:
        init: Init | None = None
        while self._engine.fleet.sub(uid) is stream:
            message = _line(kind="beat", bytes=0)
            with suppress(TimeoutError):
                async with asyncio.timeout(_BEAT_S):
                    fragment = await anext(viewer, None)
                if fragment is None:
                    return
                message = self._part(fragment)
                if init is not fragment.init:
                    init = fragment.init
                    message = _init(init) + message
            async with asyncio.timeout(_WRITE_S):
                await response.write(message)

    def _part(self, fragment: LiveFragment) -> bytes:
        data = fragment.data if fragment.init.audio is None else without_sound(fragment.data)
        utc_us = self._engine.store.utc_us
        line = _line(
            kind="part",
            n=fragment.number,
            run=fragment.run,
            key=fragment.key,
            ticks=fragment.ticks,
            duration=fragment.duration,
            utc_us=utc_us(fragment.rel_start_us),
            end_us=utc_us(fragment.rel_end_us),
            init=silent_init(fragment.init).sha256,
            bytes=len(data),
        )
        return line + data

    async def warm(self, request: web.Request) -> web.Response:
        """Keep the sub streams of these cameras open for `ttl_s` seconds, and of no others."""
        fields = Fields(await answers.body(request))
        wanted = {str(uid) for uid in fields.items("cameras", _MAX_CAMERAS)}
        ttl_s = fields.integer("ttl_s", 1, _MAX_TTL_S)
        fields.done()
        async with self._changing:
            if self._lease is not None:
                self._lease.cancel()
            self._lease = asyncio.get_running_loop().call_later(ttl_s, self._expired)
            await self._keep(wanted)
        return web.json_response({"cameras": sorted(self._warm)})

    async def _keep(self, wanted: set[str]) -> None:
        """Watch the sub streams of `wanted`; whoever opens or closes a stream may wait for its camera."""
        for uid, (stream, warmer) in list(self._warm.items()):
            if uid not in wanted or self._engine.fleet.sub(uid) is not stream:
                del self._warm[uid]
                await asyncio.to_thread(stream.leave, warmer)
        for uid in wanted - set(self._warm):
            if (sub := self._engine.fleet.sub(uid)) is not None:
                self._warm[uid] = sub, _Warmer(sub)
                await asyncio.to_thread(sub.join, self._warm[uid][1])

    def _expired(self) -> None:
        task = asyncio.ensure_future(self._forget())
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _forget(self) -> None:
        lease = self._lease
        async with self._changing:
            if self._lease is lease:
                await self._keep(set())


class _Warmer(LiveViewer):
    """A viewer that only wants the stream to be there."""

    @override
    def wake(self) -> None:
        """Have no use for what is new."""


def _init(init: Init) -> bytes:
    shown = silent_init(init)
    video = shown.video
    line = _line(
        kind="init",
        init=shown.sha256,
        bytes=len(shown.data),
        codec=video.codec,
        codecs=video.codecs,
        width=video.width,
        height=video.height,
        browser=video.browser,
    )
    return line + shown.data


def _line(**fields: object) -> bytes:
    return json.dumps(fields).encode() + b"\n"
