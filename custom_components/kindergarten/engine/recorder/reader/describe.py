"""A look at what an rtsp:// address answers, before libavformat is let near it.

libavformat follows redirects to any address and takes as many bytes as an answer says it has. So
one DESCRIBE (RFC 2326 §10.2) without the login comes first, on a connection of its own that is
closed again: no session comes about (no SETUP), and a camera that allows one connection has it
free. What it answers is not kept. This keeps ordinary devices from sending us elsewhere; one that
knows us and answers the second time otherwise, or only after the login, is not caught. rtsps,
http(s) and rtmp are not looked at.
"""

import re
import socket
import threading
from typing import Final
from urllib.parse import urlsplit

from ...env import Env
from ...errors import SourceError
from . import address

CONNECT_S, ANSWER_S = 5.0, 3.0
MAX_HEADERS, MAX_BODY = 16 << 10, 64 << 10
FINE_NS = 600_000_000_000
_MAX_KNOWN = 256
_PIECE = 4096
_END = re.compile(rb"\n\r*\n")
_STATUS = re.compile(rb"RTSP/\d\.\d +(\d{3})\b")
_LENGTH = re.compile(rb"(?im)^content-length\s*:\s*\+?(\d+)")

_BROKEN: Final = frozenset({"closed", "stall", "timeout", "unreachable", "refused"})
"""What says nothing about the address: only the connection broke."""


class Addresses:
    """Addresses that were fine less than 10 minutes ago; those need no look. Thread safe."""

    def __init__(self) -> None:
        """Know none."""
        self._lock = threading.Lock()
        self._fine: dict[str, int] = {}

    def look(self, env: Env, target: address.Target) -> None:
        """Ask an address, unless it was fine lately; raises SourceError refused or unreachable."""
        if target.scheme != "rtsp":
            return
        now_ns = env.monotonic_ns()
        with self._lock:
            fine_ns = self._fine.get(target.url)
        if fine_ns is None or now_ns - fine_ns > FINE_NS:
            _judge(_ask(env, target))

    def worked(self, env: Env, target: address.Target) -> None:
        """Hear that a stream came from an address just now."""
        if target.scheme != "rtsp":
            return
        with self._lock:
            if len(self._fine) >= _MAX_KNOWN:
                self._fine.clear()
            self._fine[target.url] = env.monotonic_ns()

    def failed(self, target: address.Target, error: SourceError) -> None:
        """Hear that an address could not be opened or read."""
        if error.code not in _BROKEN:
            with self._lock:
                self._fine.pop(target.url, None)


def _ask(env: Env, target: address.Target) -> bytes:
    """Return the beginning of the answer to a DESCRIBE, b"" when none comes."""
    try:
        camera = socket.create_connection((target.host, target.port), CONNECT_S)
    except ConnectionRefusedError:
        raise SourceError("refused", "nothing listens at this address") from None
    except OSError as problem:
        if problem.errno in address.UNREACHABLE:
            raise SourceError("unreachable", "there is no way to this address") from None
        raise SourceError("unreachable", "nothing answers at this address") from None
    answer = b""
    with camera:
        until_ns = env.monotonic_ns() + round(ANSWER_S * 1e9)
        try:
            camera.settimeout(ANSWER_S)
            camera.sendall(_request(target))
            while len(answer) <= MAX_HEADERS and not _END.search(answer):
                left_s = (until_ns - env.monotonic_ns()) / 1e9
                if left_s <= 0:
                    break
                camera.settimeout(left_s)
                if not (piece := camera.recv(_PIECE)):
                    break
                answer += piece
        except OSError:
            pass  # libavformat will meet the same, and say what it is
    return answer


def _request(target: address.Target) -> bytes:
    """Return a DESCRIBE of the address without its login."""
    parts = urlsplit(target.url)
    host = f"[{target.host}]" if ":" in target.host else target.host
    url = parts._replace(netloc=f"{host}:{target.port}", fragment="").geturl()
    lines = [f"DESCRIBE {url} RTSP/1.0", "CSeq: 1", "Accept: application/sdp", "User-Agent: kindergarten"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _judge(answer: bytes) -> None:
    """Refuse a redirect and what is far too long; leave everything else to libavformat."""
    end = _END.search(answer)
    headers = answer[: end.start()] if end else answer
    if len(headers) > MAX_HEADERS:
        raise SourceError("refused", "what answers there is no camera: its answer has no end")
    status = _STATUS.match(headers)
    if status and status[1].startswith(b"3"):
        raise SourceError("refused", "what answers there sends us on to another address", "url")
    if any(int(length[:20]) > MAX_BODY for length in _LENGTH.findall(headers)):
        raise SourceError("refused", "what answers there is no camera: its answer is far too long")
