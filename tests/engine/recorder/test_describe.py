"""What is asked of an rtsp:// address before libavformat opens it, and what is refused."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
import socket
import threading
import time
from typing import Any

import pytest

from kindergarten_engine.env import RealEnv
from kindergarten_engine.errors import SourceError
from kindergarten_engine.recorder.reader import address, describe
from kindergarten_engine.recorder.reader.interface import Sink, Source, StreamDescription
from kindergarten_engine.recorder.reader.pyav import PyAVReader
from tests.cameras.camera import SimulatedCamera
from tests.cameras.clips import ClipSpec
from tests.cameras.fleet import Fleet
from tests.engine.virtual import VirtualEnv

from .rig import source, wait_for

CLIP = ClipSpec(loop_s=10, gop_s=1, width=320, height=180, bitrate=150_000)


class Answering:
    """Answers the first request of each connection with bytes, and remembers what was asked."""

    def __init__(self, answer: Callable[[socket.socket], object]) -> None:
        self._answer = answer
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self.asked: list[bytes] = []
        self._threads = [threading.Thread(target=self._run, daemon=True)]
        self._threads[0].start()

    def _run(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            client.settimeout(5)
            self._threads.append(threading.Thread(target=self._serve, args=(client,), daemon=True))
            self._threads[-1].start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            try:
                while asked := client.recv(65536):
                    self.asked.append(asked)
                    self._answer(client)
            except OSError:
                return

    def close(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for thread in self._threads:
            thread.join(6)


def _once(answer: bytes) -> Callable[[socket.socket], None]:
    """Return what answers a client and hangs up."""

    def serve(client: socket.socket) -> None:
        client.sendall(answer)
        client.close()

    return serve


@contextmanager
def answering(answer: bytes | Callable[[socket.socket], object]) -> Iterator[Answering]:
    server = Answering(answer if callable(answer) else lambda client: client.sendall(answer))
    try:
        yield server
    finally:
        server.close()


class Heard(Sink):
    """Remembers how a session went."""

    def __init__(self) -> None:
        self.error: SourceError | None = None
        self.pictures = 0

    def described(self, description: StreamDescription) -> None: ...

    def picture(self, unit: Any) -> None:
        self.pictures += 1

    def sound(self, unit: Any) -> None: ...

    def camera_clock(self, offset_us: int) -> None: ...

    def ended(self, error: SourceError) -> None:
        self.error = error


def read(url: str, limit_s: float = 4.0) -> SourceError:
    heard = Heard()
    reader = PyAVReader(RealEnv())
    reader.start(Source(url=url, user="admin", secret="s3cret"), heard)
    wait_for(lambda: heard.error is not None, limit_s)
    assert heard.error is not None
    return heard.error


def redirect(port: int) -> bytes:
    return (
        f"RTSP/1.0 302 Moved\r\nCSeq: 1\r\nLocation: rtsp://127.0.0.1:{port}/inner\r\n"
        "Content-Length: 0\r\n\r\n"
    ).encode()


def test_a_redirect_is_refused_and_nobody_else_is_asked() -> None:
    with answering(b"") as inner, answering(redirect(inner.port)) as camera:
        error = read(f"rtsp://127.0.0.1:{camera.port}/main?a=1")
        assert (error.code, error.text) == ("refused", "what answers there sends us on to another address")
        assert inner.asked == []
        (asked,) = camera.asked
        assert asked.startswith(f"DESCRIBE rtsp://127.0.0.1:{camera.port}/main?a=1 RTSP/1.0\r\n".encode())
        assert b"s3cret" not in asked
        assert b"Authorization" not in asked


def endless(client: socket.socket) -> None:
    client.sendall(b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n")
    while True:
        client.sendall(b"X-A: " + b"a" * 4000 + b"\r\n")


@pytest.mark.parametrize(
    "answer",
    [
        b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 2000000000\r\n\r\n",
        b"RTSP/1.0 200 OK\ncontent-length:99999999999999999999999\n\n",
        endless,
        lambda client: client.sendall(b"a" * 100_000),
    ],
)
def test_an_answer_without_end_is_not_taken(answer: bytes | Callable[[socket.socket], object]) -> None:
    with answering(answer) as camera:
        error = read(f"rtsp://127.0.0.1:{camera.port}/main")
        assert error.code == "refused"
        assert "what answers there is no camera" in error.text
        assert len(camera.asked) == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\n\r\n",
        b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 5\r\n\r\nv=0\r\n",
        b"RTSP/1.0 200 OK\r\nContent-Length: ?\r\n\r\n",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\n\n",
        b"$\0\0\1a",
    ],
)
def test_anything_else_is_left_to_libavformat(answer: bytes) -> None:
    with answering(_once(answer)) as camera:
        target = address.parse(Source(url=f"rtsp://127.0.0.1:{camera.port}/main"))
        describe.Addresses().look(RealEnv(), target)
        assert len(camera.asked) == 1


def test_an_address_that_was_fine_is_asked_again_after_ten_minutes() -> None:
    env = VirtualEnv(1)
    with answering(_once(b"RTSP/1.0 200 OK\r\n\r\n")) as camera:
        target = address.parse(Source(url=f"rtsp://127.0.0.1:{camera.port}/main"))
        known = describe.Addresses()

        def asked() -> int:
            before = len(camera.asked)
            known.look(env, target)
            return len(camera.asked) - before

        assert asked() == 1
        known.worked(env, target)
        env.advance(599)
        known.failed(target, SourceError("closed", "the camera hung up"))
        assert asked() == 0
        env.advance(2)
        assert asked() == 1
        known.worked(env, target)
        known.failed(target, SourceError("not_found", "the camera has no such stream"))
        assert asked() == 1


def test_rtsps_and_http_are_not_asked() -> None:
    for scheme in ("rtsps", "http", "https", "rtmp"):
        target = address.parse(Source(url=f"{scheme}://127.0.0.1:1/main"))
        describe.Addresses().look(RealEnv(), target)


def test_a_camera_that_allows_one_session_and_wants_a_login_is_read() -> None:
    camera = SimulatedCamera(
        name="one", main=CLIP, sub=None, user="admin", password="right", auth="digest", max_sessions=1
    )
    with Fleet([camera]):
        heard = Heard()
        reader = PyAVReader(RealEnv())
        began = time.monotonic()
        reader.start(source(camera), heard)
        wait_for(lambda: heard.pictures > 10, 4)
        assert time.monotonic() - began < 3
        assert camera.connects() == 1
        reader.stop()
        wait_for(lambda: heard.error is not None, 4)
