"""The RTSP/1.0 side of a camera (RFC 2326): sessions over one TCP connection, RTP interleaved."""

import asyncio
import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
import re
import secrets
from typing import override

from .login import Login
from .packets import VIDEO_TYPE
from .stream import CameraStream

MAX_UNSENT = 8 * 1024 * 1024
"""Bytes that may wait for a client before it is cut; enough for a burst of 10 s."""

_REASON = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    405: "Method Not Allowed",
    453: "Not Enough Bandwidth",
    454: "Session Not Found",
    455: "Method Not Valid in This State",
    461: "Unsupported Transport",
}
_METHODS = "OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, GET_PARAMETER, SET_PARAMETER, TEARDOWN"


@dataclass
class Site:
    """What the connections of one camera share."""

    streams: Mapping[str, CameraStream]
    login: Login
    join: str = "key"
    max_sessions: int | None = None
    refusing: bool = False
    failed_logins: int = 0
    connections: set[Connection] = field(default_factory=set)


class Connection(asyncio.Protocol):
    """One client."""

    def __init__(self, site: Site) -> None:
        self.waits_for_key = False
        self._site = site
        self._transport: asyncio.Transport | None = None
        self._unread = bytearray()
        self._session = ""
        self._stream: CameraStream | None = None
        self._channels: dict[int, int] = {}

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.set_write_buffer_limits(high=MAX_UNSENT)
        if self._site.refusing:
            transport.abort()
            return
        self._site.connections.add(self)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._site.connections.discard(self)
        self._leave()

    @override
    def data_received(self, data: bytes) -> None:
        self._unread += data
        while self._unread:
            if self._unread[0] == ord("$"):
                size = 4 + int.from_bytes(self._unread[2:4])
                if len(self._unread) < max(size, 4):
                    return
                del self._unread[:size]
                continue
            head, separator, _ = self._unread.partition(b"\r\n\r\n")
            length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
            size = len(head) + 4 + (int(length[1]) if length else 0)
            if not separator or len(self._unread) < size:
                return
            del self._unread[:size]
            self._request(head.decode("utf-8", "replace"))

    def channel(self, track: int) -> int | None:
        """Return the interleaved channel of a track."""
        return self._channels.get(track)

    def write(self, data: bytes | bytearray) -> None:
        """Send packets, or cut the client when too much waits for it."""
        if self._transport is None or self._transport.is_closing():
            return
        if self._transport.get_write_buffer_size() > MAX_UNSENT:
            self.cut()
        else:
            self._transport.write(data)

    def cut(self) -> None:
        """End the connection at once."""
        self._leave()
        if self._transport:
            self._transport.abort()

    def hang_up(self) -> None:
        """Close the connection as a camera that restarts does."""
        self._leave()
        if self._transport:
            self._transport.close()

    def _leave(self) -> None:
        if self._stream:
            self._stream.discard(self)
        self._session, self._stream, self._channels = "", None, {}

    def _request(self, text: str) -> None:
        first, *lines = text.split("\r\n")
        headers = {
            name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
        }
        cseq = headers.get("cseq", "0")
        method, _, rest = first.partition(" ")
        url = rest.rpartition(" ")[0]
        answers: dict[str, Callable[[str, dict[str, str]], tuple[int, dict[str, str], str]]] = {
            "OPTIONS": lambda _url, _headers: (200, {"Public": _METHODS}, ""),
            "DESCRIBE": self._describe,
            "SETUP": self._setup,
            "PLAY": self._play,
            "PAUSE": self._pause,
            "GET_PARAMETER": lambda _url, _headers: (200, {}, ""),
            "SET_PARAMETER": lambda _url, _headers: (200, {}, ""),
            "TEARDOWN": lambda _url, _headers: (200, {}, ""),
        }
        if method not in answers:
            self._answer(405, cseq, {"Allow": _METHODS}, "")
        elif method != "OPTIONS" and not self._site.login.accepts(method, headers.get("authorization", "")):
            self._site.failed_logins += "authorization" in headers
            self._answer(401, cseq, {"WWW-Authenticate": self._site.login.challenge()}, "")
        else:
            code, fields, body = answers[method](url, headers)
            self._answer(code, cseq, fields, body)
            if method == "TEARDOWN":
                self.hang_up()

    def _answer(self, code: int, cseq: str, headers: dict[str, str], body: str) -> None:
        lines = [f"RTSP/1.0 {code} {_REASON[code]}", f"CSeq: {cseq}"]
        if self._session:
            headers = headers | {"Session": f"{self._session};timeout=60"}
        if body:
            headers = headers | {"Content-Length": str(len(body))}
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.write(("\r\n".join(lines) + "\r\n\r\n" + body).encode())

    def _find(self, url: str) -> tuple[CameraStream, int] | None:
        path = re.sub(r"^rtsp://[^/]*", "", url).strip("/")
        name, _, track = path.partition("/")
        stream = self._site.streams.get(name)
        if stream is None or track not in ("", "track0", "track1"):
            return None
        return stream, 1 if track == "track1" else 0

    def _describe(self, url: str, _headers: dict[str, str]) -> tuple[int, dict[str, str], str]:
        if (found := self._find(url)) is None:
            return 404, {}, ""
        headers = {"Content-Base": url.rstrip("/") + "/", "Content-Type": "application/sdp"}
        return 200, headers, session_description(found[0])

    def _setup(self, url: str, headers: dict[str, str]) -> tuple[int, dict[str, str], str]:
        if (found := self._find(url)) is None:
            return 404, {}, ""
        stream, track = found
        playing = sum(each.sessions for each in self._site.streams.values())
        if self._site.max_sessions is not None and not self._session and playing >= self._site.max_sessions:
            return 453, {}, ""
        transport = headers.get("transport", "")
        if "/TCP" not in transport.upper():
            return 461, {}, ""
        given = re.search(r"interleaved=(\d+)", transport)
        channel = int(given[1]) if given else 2 * track
        self._session = self._session or secrets.token_hex(8)
        self._stream = stream
        self._channels[track] = channel
        return 200, {"Transport": f"RTP/AVP/TCP;unicast;interleaved={channel}-{channel + 1}"}, ""

    def _play(self, _url: str, headers: dict[str, str]) -> tuple[int, dict[str, str], str]:
        if not self._session or headers.get("session", "").partition(";")[0] != self._session:
            return 454, {}, ""
        assert self._stream
        self._stream.discard(self)
        self.waits_for_key = self._site.join == "key"
        self._stream.add(self)
        return 200, {"Range": "npt=now-"}, ""

    def _pause(self, _url: str, _headers: dict[str, str]) -> tuple[int, dict[str, str], str]:
        if self._stream:
            self._stream.discard(self)
        return 200, {}, ""


def session_description(stream: CameraStream) -> str:
    """Return the SDP of a stream (RFC 4566; formats: RFC 6184, 7798, 3640)."""
    clip = stream.clip.clip
    lines = [
        "v=0",
        "o=- 0 0 IN IP4 127.0.0.1",
        "s=Simulated camera",
        "c=IN IP4 0.0.0.0",
        "t=0 0",
        "a=control:*",
    ]
    lines += [f"m=video 0 RTP/AVP {VIDEO_TYPE}"]
    sets = [base64.b64encode(unit).decode() for unit in clip.sets]
    if clip.spec.codec == "h264":
        lines += [f"a=rtpmap:{VIDEO_TYPE} H264/90000"]
        parameters = "packetization-mode=1"
        if stream.sdp_sets:
            level = clip.sets[0][1:4].hex().upper()
            parameters += f";profile-level-id={level};sprop-parameter-sets={','.join(sets)}"
        lines += [f"a=fmtp:{VIDEO_TYPE} {parameters}"]
    else:
        lines += [f"a=rtpmap:{VIDEO_TYPE} H265/90000"]
        if stream.sdp_sets:
            named = zip(("sprop-vps", "sprop-sps", "sprop-pps"), sets, strict=True)
            lines += [f"a=fmtp:{VIDEO_TYPE} " + ";".join(f"{name}={value}" for name, value in named)]
    lines += [f"a=framerate:{float(clip.spec.rate):g}", "a=control:track0"]
    if sound := stream.sound:
        lines += [
            f"m=audio 0 RTP/AVP {sound.payload_type}",
            f"a=rtpmap:{sound.payload_type} {sound.rtpmap}",
        ]
        if sound.format:
            lines += [f"a=fmtp:{sound.payload_type} {sound.format}"]
        lines += ["a=control:track1"]
    return "\r\n".join(lines) + "\r\n"
