"""The web socket `/ws`: what goes over MQTT, for browsers."""

import asyncio
import json
from typing import Any

from aiohttp import WSMsgType, web

from .answers import caller, state
from .frigate import Frigate
from .stats import stats

STATS_EVERY_S = 60


class Sockets:
    """All open sockets of a server."""

    def __init__(self, frigate: Frigate) -> None:
        self.stats_every_s: float = STATS_EVERY_S
        self._frigate = frigate
        self._open: dict[web.WebSocketResponse, list[str] | None] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def publish(self, topic: str, payload: Any) -> None:
        """Tell everybody; only from 0.18 on nobody is told of cameras that he may not see."""
        text = json.dumps({"topic": topic, "payload": payload})
        name = topic.partition("/")[0]
        for socket, mine in tuple(self._open.items()):
            foreign = mine is not None and name in self._frigate.cameras and name not in mine
            if not foreign:
                self._later(socket, text)

    async def tell_stats(self) -> None:
        """Publish the figures again and again."""
        while True:
            await asyncio.sleep(self.stats_every_s)
            self._frigate.catch_up()
            self.publish("stats", json.dumps(stats(self._frigate)))

    async def close(self) -> None:
        """End all."""
        for socket in tuple(self._open):
            await socket.close(code=1001)

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one socket."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        frigate, who = state(request), caller(request)
        limited = frigate.version.media_by_role and frigate.accounts.restricted(who.role)
        self._open[socket] = frigate.accounts.allowed(who.role, frigate.cameras) if limited else None
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._heard(socket, message.data, admin=who.role == "admin")
        finally:
            self._open.pop(socket, None)
        return socket

    def _heard(self, socket: web.WebSocketResponse, text: str, *, admin: bool) -> None:
        try:
            message = json.loads(text)
            topic, payload = str(message["topic"]), message["payload"]
        except ValueError, KeyError, TypeError:
            return
        if topic == "onConnect":
            self.publish("camera_activity", json.dumps(activity(self._frigate)))
            return
        # Up to 0.17.1 nobody looked who it was that switched a room's recording off (#22710).
        if not admin and self._frigate.version.at_least(0, 17, 2):
            return
        match topic.split("/"):
            case [name, "recordings", "set"] if name in self._frigate.cameras:
                self._frigate.switch(name, on=payload == "ON")

    def _later(self, socket: web.WebSocketResponse, text: str) -> None:
        async def send() -> None:
            if not socket.closed:
                await socket.send_str(text)

        task = asyncio.create_task(send())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def activity(frigate: Frigate) -> dict[str, Any]:
    """Return the live switches, which are true also where `/api/config` is not."""
    return {
        name: {
            "motion": False,
            "objects": [],
            "config": {
                "detect": True,
                "enabled": True,
                "snapshots": False,
                "record": frigate.configuration.record(name)["enabled"] and frigate.switched.get(name, True),
                "audio": False,
            },
        }
        for name in frigate.cameras
    }
