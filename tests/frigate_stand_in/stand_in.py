"""Runs a stand-in: in a thread of this process, or in a process of its own."""

import asyncio
from functools import partial
import json
from pathlib import Path
import subprocess
import sys
import threading
from typing import Any, Self

from .control import Control
from .house import House
from .settings import PASSWORD, Settings

ROOT = Path(__file__).parents[2]


class StandIn:
    """A server in a background thread, with a loop of its own; use as a context manager.

    `internal_url` is the door without login (port 5000 of a real one), `external_url` the one with login and
    TLS (8971), `rtsp_url` the restream. `control` does things to it.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="frigate", daemon=True)
        self._house = House(self.settings)
        self.control = Control(self._house, self._loop)

    @property
    def internal_url(self) -> str:
        """Return the address without login."""
        return f"http://{self.settings.host}:{self._house.ports['internal']}"

    @property
    def external_url(self) -> str:
        """Return the address with login, self-signed unless the settings say otherwise."""
        return f"http{'s' * self.settings.tls}://{self.settings.host}:{self._house.ports['external']}"

    @property
    def rtsp_url(self) -> str:
        """Return the restream's address; append `/<camera>`."""
        return f"rtsp://{self.settings.host}:{self._house.frigate.rtsp_port}"

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 of the certificate in hex."""
        return self._house.fingerprint

    def __enter__(self) -> Self:
        self._thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self._house.start(), self._loop).result(60)
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._house.stop(), self._loop).result(30)
        self._end()

    def _end(self) -> None:
        asyncio.run_coroutine_threadsafe(_cancel_rest(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


async def _cancel_rest() -> None:
    """End what is still answering."""
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)


class StandInProcess:
    """A server in a process of its own: `python -m tests.frigate_stand_in`. Use as a context manager.

    `arguments` are those of the command line. `control` has the methods of `Control` by name, with keywords.
    """

    def __init__(self, *arguments: str, password: str = PASSWORD) -> None:
        self._arguments, self._password = arguments, password
        self._process: subprocess.Popen[str] | None = None
        self.internal_url = self.external_url = self.rtsp_url = self.fingerprint = ""
        self.cameras: list[str] = []

    @property
    def pid(self) -> int:
        """Return the process id."""
        assert self._process
        return self._process.pid

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "tests.frigate_stand_in", "--password-stdin", *self._arguments]
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._write(self._password)
        said = self._read()
        self.internal_url, self.external_url = said["internal"], said["external"]
        self.rtsp_url, self.fingerprint, self.cameras = said["rtsp"], said["fingerprint"], said["cameras"]
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process
        assert self._process.stdin
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def do(self, name: str, **arguments: Any) -> Any:
        """Call a method of `Control`; raise RuntimeError when it fails."""
        self._write(json.dumps({"do": name, "arguments": arguments}))
        said = self._read()
        if "error" in said:
            raise RuntimeError(said["error"])
        return said["answer"]

    @property
    def control(self) -> Any:
        """Return the methods of `Control`."""
        return _ByName(self)

    def _write(self, line: str) -> None:
        assert self._process
        assert self._process.stdin
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def _read(self) -> Any:
        assert self._process
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the stand-in ended with {self._process.wait(10)}")
        return json.loads(line)


class _ByName:
    def __init__(self, process: StandInProcess) -> None:
        self._process = process

    def __getattr__(self, name: str) -> Any:
        return partial(self._process.do, name)
