"""Runs cameras: in a thread of this process, or in a process of their own."""

import asyncio
from collections.abc import Iterator, Sequence
import json
from pathlib import Path
import subprocess
import sys
import threading
from typing import Any, Self

from .camera import PATIENCE_S, SimulatedCamera
from .stream import Sent

ROOT = Path(__file__).parents[2]


class Fleet:
    """Cameras in a background thread; use as a context manager. Clips are encoded on entry."""

    def __init__(self, cameras: Sequence[SimulatedCamera]) -> None:
        self._cameras = {camera.name: camera for camera in cameras}
        for number, camera in enumerate(cameras, start=1):
            camera.number = camera.number or number
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="cameras", daemon=True)

    def __getitem__(self, name: str) -> SimulatedCamera:
        return self._cameras[name]

    def __iter__(self) -> Iterator[SimulatedCamera]:
        return iter(self._cameras.values())

    def __enter__(self) -> Self:
        for camera in self:
            camera.prepare()
        self._thread.start()
        try:
            for camera in self:
                asyncio.run_coroutine_threadsafe(camera.start(), self._loop).result(PATIENCE_S)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for camera in self:
            asyncio.run_coroutine_threadsafe(camera.stop(), self._loop).result(PATIENCE_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE_S)
        self._loop.close()


class FleetProcess:
    """Cameras in a process of their own: `python -m tests.cameras`. Use as a context manager.

    `arguments` are those of the command line, for example `"--cameras", "16", "--bench"`. The names
    are cam1, cam2, …
    """

    def __init__(self, *arguments: str) -> None:
        self._arguments = arguments
        self.cameras: dict[str, dict[str, Any]] = {}
        self._asking = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    @property
    def pid(self) -> int:
        """Return the process id."""
        assert self._process
        return self._process.pid

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "tests.cameras", *self._arguments]
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.cameras = {camera["name"]: camera for camera in self._read()["cameras"]}
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process
        assert self._process.stdin
        self._process.stdin.close()
        try:
            self._process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def url(self, camera: str, stream: str = "main") -> str:
        """Return the RTSP address without the login."""
        return str(self.cameras[camera][stream])

    def fault(self, camera: str, fault: str, **arguments: object) -> None:
        """Switch a fault by the name of its method; raise RuntimeError when it is not known."""
        self._ask({"camera": camera, "fault": fault, "arguments": arguments})

    def sent(self, camera: str, stream: str = "main") -> list[Sent]:
        """Return what a stream has sent."""
        return [Sent(*entry) for entry in self._ask({"camera": camera, "ask": "sent", "stream": stream})]

    def sessions(self, camera: str, stream: str = "main") -> int:
        """Return how many sessions play a stream now."""
        return int(self._ask({"camera": camera, "ask": "sessions", "stream": stream}))

    def connects(self, camera: str, stream: str = "main") -> int:
        """Return how many sessions have played a stream so far."""
        return int(self._ask({"camera": camera, "ask": "connects", "stream": stream}))

    def _ask(self, command: dict[str, object]) -> Any:
        assert self._process
        assert self._process.stdin
        with self._asking:  # a bench lets each camera misbehave from a thread of its own
            self._process.stdin.write(json.dumps(command) + "\n")
            self._process.stdin.flush()
            answer = self._read()
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["answer"]

    def _read(self) -> Any:
        assert self._process
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the cameras ended with {self._process.wait(PATIENCE_S)}")
        return json.loads(line)
