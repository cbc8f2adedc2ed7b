"""The web socket `/ws`, from a thread of its own."""

import asyncio
from collections.abc import Coroutine
import json
import threading
from typing import Any, Self

import aiohttp

from .client import PATIENCE_S


class Socket:
    """One socket; use as a context manager."""

    def __init__(self, url: str, token: str | None) -> None:
        self._url, self._token = url, token
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._session: aiohttp.ClientSession
        self._socket: aiohttp.ClientWebSocketResponse

    def __enter__(self) -> Self:
        self._thread.start()
        self._run(self._open())
        return self

    def __exit__(self, *_: object) -> None:
        self._run(self._session.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def send(self, topic: str, payload: str) -> None:
        """Send a message."""
        self._run(self._socket.send_json({"topic": topic, "payload": payload}))

    def wait_for(self, topic: str) -> Any:
        """Return the payload of the next message of a topic; TimeoutError when none comes."""
        return self._run(self._heard(topic))

    async def _open(self) -> None:
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        self._session = aiohttp.ClientSession(headers=headers)
        self._socket = await self._session.ws_connect(f"{self._url}/ws", ssl=False)

    async def _heard(self, topic: str) -> Any:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                message = json.loads(await self._socket.receive_str())
                if message["topic"] == topic:
                    return message["payload"]

    def _run[T](self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE_S + 10)
