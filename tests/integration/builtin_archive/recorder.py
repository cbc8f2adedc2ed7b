"""A recorder that is played."""

import json
from pathlib import Path
from typing import Any

from aiohttp import web


class Recorder:
    """Answers each request with what the test says, and remembers what it was asked."""

    def __init__(self) -> None:
        """Begin with an answer to nothing."""
        self.answer: Any = {}
        self.status = 200
        self.headers: dict[str, str] = {}
        self.torn = False
        self.asked: list[tuple[str, str, dict[str, str], Any]] = []
        self.ranges: list[str | None] = []

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer; a torn answer ends before its length is reached."""
        body = await request.read()
        self.asked.append(
            (
                request.method,
                request.raw_path.partition("?")[0].removeprefix("/v1/"),
                dict(request.query),
                json.loads(body) if body else None,
            )
        )
        self.ranges.append(request.headers.get("Range"))
        data = self.answer if isinstance(self.answer, bytes) else json.dumps(self.answer).encode()
        if not self.torn:
            return web.Response(body=data, status=self.status, headers=self.headers)
        response = web.StreamResponse(status=self.status, headers=self.headers)
        response.content_length = len(data) + 100
        await response.prepare(request)
        await response.write(data)
        assert request.transport is not None
        request.transport.close()
        return response

    async def listen(self, state: Path, name: str) -> web.AppRunner:
        """Listen at a socket, and say so in the state folder."""
        app = web.Application()
        app.router.add_route("*", "/{tail:.*}", self.handle)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.UnixSite(runner, str(state / name)).start()
        (state / "socket.path").write_text(str(state / name))
        return runner
