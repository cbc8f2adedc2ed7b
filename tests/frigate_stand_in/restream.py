"""go2rtc's RTSP restream: all streams of all cameras at one port, by our simulated cameras, without a login."""

import asyncio
import socket

from tests.cameras.camera import packet_clip
from tests.cameras.clips import TEST_MAIN, TEST_SUB
from tests.cameras.login import Auth, Login
from tests.cameras.rtsp import Connection, Site
from tests.cameras.stream import CameraStream


class Restream:
    """Serves `rtsp://host:port/<camera>` and `…/<camera>_sub`."""

    def __init__(self, cameras: tuple[str, ...], host: str, port: int) -> None:
        self.port = port
        self._host = host
        self._streams: dict[str, CameraStream] = {}
        for number, name in enumerate(cameras, start=1):
            for stream, clip in ((name, TEST_MAIN), (f"{name}_sub", TEST_SUB)):
                sub = clip is TEST_SUB
                self._streams[stream] = CameraStream(packet_clip(clip), camera=number, sub=sub, sound=None)
        self._site = Site(self._streams, Login(Auth.NONE, "", ""))
        self._server: asyncio.Server | None = None
        self._tasks: list[asyncio.Task[None]] = []

    def sessions(self, stream: str) -> int:
        """Return how many play a stream now."""
        return self._streams[stream].sessions

    def connects(self, stream: str) -> int:
        """Return how many have played a stream so far."""
        return self._streams[stream].connects

    def stall(self, stream: str, *, on: bool = True) -> None:
        """Send nothing of a stream, keep the connection."""
        self._streams[stream].faults.stalled = on

    async def start(self) -> None:
        """Listen."""
        self._tasks = [asyncio.create_task(stream.run_pictures()) for stream in self._streams.values()]
        self._server = await asyncio.get_running_loop().create_server(
            lambda: Connection(self._site), self._host, self.port, reuse_address=True, family=socket.AF_INET
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """End; all sessions are cut."""
        if self._server:
            self._server.close()
            self._server = None
        for connection in tuple(self._site.connections):
            connection.cut()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
