"""A plain RTSP client that shows what is on the wire."""

from dataclasses import dataclass
import re
import select
import socket
import struct
import time
from typing import Self


@dataclass(frozen=True)
class Packet:
    """An interleaved packet and when it was read (monotonic seconds)."""

    channel: int
    data: bytes
    at: float

    @property
    def sequence(self) -> int:
        return int.from_bytes(self.data[2:4])

    @property
    def ticks(self) -> int:
        return int.from_bytes(self.data[4:8])

    @property
    def marker(self) -> bool:
        return bool(self.data[1] & 0x80)

    @property
    def unit_type(self) -> int:
        """The type of an H.264 packet: a NAL unit type, 24 (STAP-A) or 28 (FU-A)."""
        return self.data[12] & 0x1F


class Client:
    """One connection. Raises OSError when the camera does not answer."""

    def __init__(self, url: str, timeout_s: float = 120) -> None:
        self.url = url
        host, port = re.findall(r"rtsp://([^:/]+):(\d+)", url)[0]
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        self._socket.settimeout(timeout_s)
        self._socket.connect((host, int(port)))
        self._file = self._socket.makefile("rb")
        self._session = ""
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._socket.close()

    def ask(self, method: str, url: str = "", **headers: str) -> tuple[int, dict[str, str], str]:
        """Send a request; return status, headers with small names, body."""
        self._count += 1
        lines = [f"{method} {url or self.url} RTSP/1.0", f"CSeq: {self._count}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if self._session:
            lines.append(f"Session: {self._session}")
        self._socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        while (first := self._file.read(1)) == b"$":
            self._file.read(int.from_bytes(self._file.read(3)[1:]))
        if not first:
            raise ConnectionError("closed")
        status = int(self._file.readline().split()[1])
        answer = {}
        while line := self._file.readline().decode().strip():
            name, _, value = line.partition(":")
            answer[name.lower()] = value.strip()
        self._session = answer.get("session", self._session).partition(";")[0]
        return status, answer, self._file.read(int(answer.get("content-length", 0))).decode()

    def play(self, channel: int = 0) -> Self:
        """Set the picture up and play."""
        transport = f"RTP/AVP/TCP;unicast;interleaved={channel}-{channel + 1}"
        assert self.ask("SETUP", f"{self.url}/track0", Transport=transport)[0] == 200
        assert self.ask("PLAY")[0] == 200
        return self

    def read(self, timeout_s: float = 120) -> Packet:
        """Read a packet; raise TimeoutError, or ConnectionError at the end."""
        self._socket.settimeout(timeout_s)
        head = self._file.read(4)
        if len(head) < 4:
            raise ConnectionError("closed")
        dollar, channel, length = struct.unpack(">cBH", head)
        assert dollar == b"$"
        return Packet(channel, self._file.read(length), time.monotonic())

    def is_quiet(self, seconds: float) -> bool:
        """Tell whether nothing comes for a time. Ask only when all that came has been read."""
        return not select.select([self._socket], [], [], seconds)[0]

    def packets(self, count: int, channel: int = 0) -> list[Packet]:
        """Read until so many packets of a channel have come; return those."""
        found: list[Packet] = []
        while len(found) < count:
            packet = self.read()
            if packet.channel == channel:
                found.append(packet)
        return found

    def pictures(self, count: int) -> list[Packet]:
        """Read until so many pictures have ended; return their last packets."""
        ends: list[Packet] = []
        while len(ends) < count:
            packet = self.read()
            if packet.channel % 2 == 0 and packet.marker:
                ends.append(packet)
        return ends
