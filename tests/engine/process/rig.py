"""Runs a real engine process and asks it over its socket."""

import asyncio
from collections.abc import Callable
import contextlib
import json
import os
from pathlib import Path
import select
import signal
import subprocess
import sys
import time
from typing import Any

import aiohttp

BOOT = Path(__file__).parents[3] / "custom_components/kindergarten/engine/boot.py"


class EngineProcess:
    """An engine of a state folder; `start` launches it as Home Assistant does."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.pid = 0

    def launch(self, *more: str) -> None:
        """Launch a detached engine; do not wait for its answer."""
        command = [sys.executable, "-I", str(BOOT), "engine", "--detach", "--state", str(self.state), *more]
        subprocess.run(command, check=True)

    async def start(self) -> dict[str, Any]:
        """Launch a detached engine and wait until it answers."""
        await asyncio.to_thread(self.launch)
        return await self.answering()

    async def answering(self) -> dict[str, Any]:
        """Wait until the engine answers; returns its hello."""

        async def look() -> dict[str, Any] | None:
            with contextlib.suppress(OSError, aiohttp.ClientError):
                hello: dict[str, Any] = await self.ask("GET", "hello")
                return hello
            return None

        hello: dict[str, Any] = await until(look)
        self.pid = hello["pid"]
        return hello

    @property
    def socket(self) -> str:
        """Return where the engine listens."""
        return os.fsdecode((self.state / "socket.path").read_bytes())

    @contextlib.asynccontextmanager
    async def session(self) -> Any:
        """Open an HTTP session to the engine."""
        async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(self.socket)) as session:
            yield session

    async def ask(self, method: str, route: str, body: object = None, **params: int) -> Any:
        """Return the JSON of a route's answer."""
        return (await self.answer(method, route, body, **params))[1]

    async def answer(self, method: str, route: str, body: object = None, **params: int) -> tuple[int, Any]:
        """Return status and JSON of a route's answer."""
        async with (
            self.session() as session,
            session.request(method, f"http://engine/v1/{route}", json=body, params=params) as response,
        ):
            return response.status, await response.json()

    async def fetch(self, route: str, **params: int) -> tuple[int, bytes]:
        """Return status and body of a route's answer."""
        async with (
            self.session() as session,
            session.get(f"http://engine/v1/{route}", params=params) as response,
        ):
            return response.status, await response.read()

    def kill(self) -> None:
        """End the process as a crash would; nothing when it never answered."""
        if not self.pid:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        wait_for_end(self.pid)

    async def close(self) -> None:
        """End the process, by force if it has to be."""
        if not self.pid:
            return
        with contextlib.suppress(OSError, aiohttp.ClientError):
            await self.ask("POST", "stop", {"cause": "user"})
        if not await asyncio.to_thread(wait_for_end, self.pid):
            self.kill()

    def log(self) -> str:
        """Return the engine's log."""
        return (self.state / "engine.log").read_text(encoding="utf-8")


def wait_for_end(pid: int, within_s: float = 150) -> bool:
    """Wait until a process ended (waiting for its parent counts as ended)."""
    try:
        fd = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([fd], [], [], within_s)[0])
    finally:
        os.close(fd)


async def until[T](look: Callable[[], Any], within_s: float = 150) -> Any:
    """Wait until a function (or coroutine function) returns something true; returns that."""
    end = time.monotonic() + within_s
    while True:
        found = look()
        if asyncio.iscoroutine(found):
            found = await found
        if found:
            return found
        assert time.monotonic() < end, f"not within {within_s} s"
        await asyncio.sleep(0.05)


def config(archive: Path | None, *cameras: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a desired state."""
    return {
        "proto": 1,
        "rev": 1,
        "archive": {"path": str(archive) if archive else None, "archive_id": None},
        "retention": {"days": 30, "minimum_days": 30, "maximum_days": None},
        "cameras": list(cameras),
        **more,
    }


def camera(number: int, url: str, **more: Any) -> dict[str, Any]:
    """Return a desired camera."""
    return {
        "uid": uid(number),
        "label": f"Room {number}",
        "main": {"url": url},
        "sub": None,
        "user": "",
        "secret": "",
        "sound": False,
        "sub_policy": "demand",
        "schedule": None,
        **more,
    }


def uid(number: int) -> str:
    """Return a camera's id."""
    return f"{number:02x}" * 16


def dump(data: object) -> bytes:
    """Return JSON."""
    return json.dumps(data).encode()
