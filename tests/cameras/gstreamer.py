"""Starts and stops GStreamer's RTSP server as a camera."""

from dataclasses import dataclass, field
import json
from pathlib import Path
import shutil
import socket
import subprocess
from typing import Self

from tests.ports import hold_port

from .clips import TEST_MAIN, ClipSpec, clip_path

_PYTHON = "/usr/bin/python3"
_SERVER = Path(__file__).with_name("gstreamer_server.py")


def gstreamer_missing() -> str | None:
    """Return what must be installed before `GStreamerServer` works, None when it is all here."""
    probe = "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import GstRtspServer"
    if (
        shutil.which(_PYTHON) is None
        or subprocess.run([_PYTHON, "-c", probe], capture_output=True, check=False).returncode
    ):
        return "apt-get install python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-good gstreamer1.0-plugins-bad"
    return None


@dataclass(kw_only=True)
class GStreamerServer:
    """A camera by GStreamer: pictures numbered and timed like those of `SimulatedCamera`.

    Use as a context manager, or switch it `on()` and `off()`; the port stays the same.
    """

    clip: ClipSpec = TEST_MAIN
    auth: str = "none"
    user: str = ""
    password: str = field(default="", repr=False)
    number: int = 100
    port: int = 0

    def __post_init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._place: socket.socket | None = None

    @property
    def url(self) -> str:
        """Return the RTSP address without the login."""
        return f"rtsp://127.0.0.1:{self.port}/main"

    def on(self) -> None:
        """Start; returns when it listens. Raise RuntimeError when it does not."""
        if self._place is None:
            self._place = hold_port(self.port)
            self.port = self._place.getsockname()[1]
        settings = {
            "clip": str(clip_path(self.clip)),
            "port": self.port,
            "auth": self.auth,
            "user": self.user,
            "password": self.password,
            "camera": self.number,
        }
        self._process = subprocess.Popen(
            [_PYTHON, "-I", str(_SERVER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(settings) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"GStreamer's server ended with {self._process.wait(60)}")
        assert json.loads(line)["port"] == self.port

    def off(self) -> None:
        """Stop: connections are reset, then refused."""
        if self._process is None:
            return
        self._process.kill()
        self._process.communicate()
        self._process = None

    def __enter__(self) -> Self:
        self.on()
        return self

    def __exit__(self, *_: object) -> None:
        self.off()
        if self._place:
            self._place.close()
            self._place = None
