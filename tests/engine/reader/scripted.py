"""A camera that says what a test tells it to, byte by byte, and what a reader made of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
import re
import socket
import ssl
import struct
import threading
import time
from typing import Any

from kindergarten_engine.env import RealEnv
from kindergarten_engine.recorder.reader.interface import Source
from kindergarten_engine.recorder.reader.native.reader import NativeReader

SPS = bytes.fromhex("6764001facb402802dd80880000003008000001907 8c1950")
PPS = bytes.fromhex("68ef3cb0")
SDP = """v=0
s=x
m=video 0 RTP/AVP 96
a=rtpmap:96 H264/90000
a=fmtp:96 packetization-mode=1
a=control:track1
"""
SOUND = """m=audio 0 RTP/AVP 8
a=control:track2
"""
STEP = 3600


def rtp(
    payload: bytes,
    number: int,
    *,
    ticks: int | None = None,
    marker: bool = True,
    ssrc: int = 7,
    kind: int = 96,
) -> bytes:
    """Return an RTP packet; each number has a picture time of its own unless `ticks` is given."""
    at = number * STEP if ticks is None else ticks
    return struct.pack(">BBHII", 0x80, kind | marker << 7, number & 0xFFFF, at & 0xFFFFFFFF, ssrc) + payload


def framed(packet: bytes, channel: int = 0) -> bytes:
    """Return a packet as it lies between RTSP messages."""
    return struct.pack(">cBH", b"$", channel, len(packet)) + packet


def key(name: bytes = b"") -> bytes:
    return b"\x65\x88" + name


def other(name: bytes = b"") -> bytes:
    return b"\x41\x9a" + name


def report(utc_s: float, ticks: int, ssrc: int = 7) -> bytes:
    """Return a sender report."""
    return struct.pack(
        ">BBHIIIIII", 0x80, 200, 6, ssrc, int(utc_s) + 2_208_988_800, int(utc_s % 1 * 2**32), ticks & 0xFFFFFFFF, 0, 0
    )  # fmt: skip


@dataclass
class Heard:
    """A sink that remembers."""

    descriptions: list[Any] = field(default_factory=list)
    pictures: list[Any] = field(default_factory=list)
    sounds: list[Any] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    error: Any = None
    over: threading.Event = field(default_factory=threading.Event)
    described_at: threading.Event = field(default_factory=threading.Event)

    def described(self, description: Any) -> None:
        self.described_at.set()
        self.descriptions.append(description)

    def picture(self, unit: Any) -> None:
        self.pictures.append(unit)

    def sound(self, unit: Any) -> None:
        self.sounds.append(unit)

    def camera_clock(self, offset_us: int) -> None:
        self.offsets.append(offset_us)

    def ended(self, error: Any) -> None:
        self.error = error
        self.over.set()

    @property
    def names(self) -> list[bytes]:
        """Return what is written behind the heads of the pictures' last slices."""
        return [bytes(unit.units[-1])[2:] for unit in self.pictures]

    @property
    def losses(self) -> list[str]:
        return [str(unit.loss) for unit in self.pictures]


@dataclass
class Asked:
    """A request that came."""

    method: str
    url: str
    headers: dict[str, str]


type Answer = Callable[[Asked], bytes | None]


def answer(asked: Asked, status: str = "200 OK", body: str = "", **headers: str) -> bytes:
    lines = [f"RTSP/1.0 {status}", f"CSeq: {asked.headers['cseq']}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


class Scripted:
    """Answers each request with what `answers` has for its method, or as a good camera would.

    `stream` is sent right behind the answer to PLAY.
    """

    def __init__(
        self,
        stream: bytes = b"",
        sdp: str = SDP,
        *,
        tls: ssl.SSLContext | None = None,
        host: str = "127.0.0.1",
        **answers: Answer,
    ) -> None:
        self.asked: list[Asked] = []
        self.connections = 0
        self._tls = tls
        self._stream = stream
        self._sdp = sdp
        self._answers = answers
        self._socket = socket.create_server((host, 0))
        self._talking: list[socket.socket] = []
        self.url = f"rtsp{'s' if tls else ''}://{host}:{self._socket.getsockname()[1]}/main"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        for each in (*self._talking, self._socket):
            each.close()

    def send(self, data: bytes) -> None:
        """Send something to the newest client."""
        self._talking[-1].sendall(data)

    def hang_up(self) -> None:
        self._talking[-1].shutdown(socket.SHUT_RDWR)

    def forget(self) -> None:
        """Close all connections."""
        while self._talking:
            self._talking.pop().close()

    def methods(self) -> list[str]:
        return [each.method for each in self.asked]

    def _serve(self) -> None:
        while True:
            try:
                talking, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            if self._tls is not None:
                talking = self._tls.wrap_socket(talking, server_side=True)
            self._talking.append(talking)
            threading.Thread(target=self._talk, args=(talking,), daemon=True).start()

    def _talk(self, talking: socket.socket) -> None:
        unread = b""
        try:
            while data := talking.recv(65536):
                unread += data
                if unread[0] > 127 or unread[0] < 32:  # what is no RTSP is not answered
                    talking.close()
                    return
                while b"\r\n\r\n" in unread:
                    head, _, unread = unread.partition(b"\r\n\r\n")
                    first, *lines = head.decode().split("\r\n")
                    if first.startswith("RTSP/"):
                        continue
                    method, url, _ = first.split(" ", 2)
                    headers = {
                        name.lower(): value.strip()
                        for name, _, value in (line.partition(":") for line in lines)
                    }
                    asked = Asked(method, url, headers)
                    self.asked.append(asked)
                    said = self._answers[method](asked) if method in self._answers else self._usual(asked)
                    if said is not None:
                        talking.sendall(said)
        except OSError:
            return

    def _usual(self, asked: Asked) -> bytes:
        match asked.method:
            case "OPTIONS":
                return answer(asked, Public="OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER")
            case "DESCRIBE":
                return answer(asked, body=self._sdp)
            case "SETUP":
                wanted = re.findall(r"interleaved=\d+-\d+", asked.headers["transport"])[0]
                return answer(asked, Session="cafe;timeout=60", Transport=f"RTP/AVP/TCP;unicast;{wanted}")
            case "PLAY":
                return answer(asked, Session="cafe") + self._stream
        return answer(asked)


@contextmanager
def reading(
    camera: Scripted, *, user: str = "", secret: str = "", sound: bool = False, farewell: bool = False
) -> Iterator[Heard]:
    """Read a scripted camera until the block ends; with `farewell` it has to hear one."""
    heard = Heard()
    reader = NativeReader(RealEnv())
    reader.start(Source(url=camera.url, user=user, secret=secret, sound=sound), heard)
    try:
        yield heard
    finally:
        reader.stop()
        assert heard.over.wait(150)
        if farewell:
            until(lambda: "TEARDOWN" in camera.methods())  # it was said, perhaps not yet heard
        camera.close()


def until(what: Callable[[], object], limit_s: float = 150.0) -> None:
    end = time.monotonic() + limit_s
    while not what():
        assert time.monotonic() < end, "this never came true"
        time.sleep(0.005)


def read(stream: bytes, pictures: int, *, sdp: str = SDP, **options: Any) -> Heard:
    """Return what is read of a stream once so many pictures are there."""
    with reading(Scripted(stream, sdp), **options) as heard:
        until(lambda: len(heard.pictures) >= pictures or heard.over.is_set())
    return heard
