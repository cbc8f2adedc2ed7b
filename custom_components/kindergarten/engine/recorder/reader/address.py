"""Addresses of cameras: what may be opened, with which options, and what a failure means.

libavformat's own texts hold the whole URL, login included, so none of them leaves this module.
"""

from dataclasses import dataclass, field
import errno
import re
import socket
from urllib.parse import SplitResult, quote, urlsplit

import av

from ...errors import SourceError
from .interface import Source

OPEN_S = 10.0
READ_S = 25.0
"""The longest that one call into libavformat may take; the sockets give up after 5 s."""

TIMEOUT_US = "5000000"
SILENCE_NS = 4_900_000_000
TIMED_OUT_S = 4.5
PORTS = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443, "rtmp": 1935}

_COMMON = {"fpsprobesize": "0", "analyzeduration": "100000"}
_RTSP = {"rtsp_transport": "tcp", "timeout": TIMEOUT_US, "protocol_whitelist": "rtsp,rtsps,rtp,tcp,tls"}
_HTTP = {
    "timeout": TIMEOUT_US,
    "protocol_whitelist": "http,https,tcp,tls,crypto",
    "format_whitelist": "hls,mpegts,mov,flv,matroska,h264,hevc",
    "analyzeduration": "1000000",
}
OPTIONS = {
    "rtsp": _COMMON | _RTSP,
    "rtsps": _COMMON | _RTSP,
    "http": _COMMON | _HTTP,
    "https": _COMMON | _HTTP,
    "rtmp": _COMMON | {"rw_timeout": TIMEOUT_US, "protocol_whitelist": "rtmp,tcp", "format_whitelist": "flv"},
}
"""libavformat's options by scheme. What is missing here (file:, concat:, …) is never opened."""

UNREACHABLE = frozenset({errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN})
_CONTROL = re.compile(r"[\x00-\x20\x7f]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """What to hand to libavformat. `url` holds the login: never show it."""

    url: str = field(repr=False)
    options: dict[str, str]
    scheme: str
    host: str
    port: int


def parse(source: Source) -> Target:
    """Return what to open; raises `SourceError` bad_address."""
    try:
        parts = urlsplit(source.url)
        port = parts.port
    except ValueError:
        raise SourceError("bad_address", "this is not an address", "url") from None
    if parts.scheme not in OPTIONS:
        raise SourceError("bad_address", f"addresses begin with {', '.join(OPTIONS)}", "url")
    if not parts.hostname or _CONTROL.search(source.url):
        raise SourceError("bad_address", "this is not an address", "url")
    options = dict(OPTIONS[parts.scheme])
    if parts.scheme in {"rtsp", "rtsps"}:
        # With two tracks libavformat moves PTS with the camera's wall clock at every sender report.
        options["allowed_media_types"] = "video+audio" if source.sound else "video"
    return Target(
        url=_with_login(parts, source),
        options=options,
        scheme=parts.scheme,
        host=parts.hostname,
        port=port or PORTS[parts.scheme],
    )


def _with_login(parts: SplitResult, source: Source) -> str:
    if not source.user and not source.secret:
        return parts.geturl()
    login = f"{quote(source.user, safe='')}:{quote(source.secret, safe='')}"
    return parts._replace(netloc=f"{login}@{parts.netloc.rpartition('@')[2]}").geturl()


def open_problem(problem: av.FFmpegError, target: Target, took_s: float) -> SourceError:
    """Say why a camera could not be opened, after so many seconds.

    For a camera that does not answer or hangs up libavformat says "invalid data" too.
    """
    if isinstance(problem, av.InvalidDataError) and target.scheme in {"rtsp", "rtsps"}:
        if took_s > TIMED_OUT_S:
            return SourceError("timeout", "the camera does not answer in time")
        return SourceError("closed", "what answers there hangs up, or is no camera")
    match problem:
        case av.HTTPUnauthorizedError() | av.HTTPForbiddenError():
            return SourceError("auth", "the camera refuses this login", "secret")
        case av.HTTPNotFoundError():
            return SourceError("not_found", "the camera has no such stream", "url")
        case av.HTTPOtherClientError():  # 454 Session Not Found among them
            return SourceError("not_found", "the camera refuses this stream", "url")
        case av.HTTPError():
            return SourceError("refused", "the camera answers with an error")
        case av.ConnectionRefusedError():
            return SourceError("refused", "nothing listens at this address")
        case av.InvalidDataError() | av.PatchWelcomeError() | av.DemuxerNotFoundError():
            return SourceError("no_video", "what answers there is no video stream")
        case av.ProtocolNotFoundError():
            return SourceError("bad_address", "this kind of address cannot be opened", "url")
    return _from_network(problem, target)


def _from_network(problem: av.FFmpegError, target: Target) -> SourceError:
    """Tell a camera that is not there from one that does not answer."""
    if problem.errno in UNREACHABLE:
        return SourceError("unreachable", "there is no way to this address")
    try:
        socket.create_connection((target.host, target.port), 2).close()
    except ConnectionRefusedError:
        return SourceError("refused", "nothing listens at this address")
    except OSError:
        return SourceError("unreachable", "nothing answers at this address")
    if isinstance(problem, av.TimeoutError | av.ExitError):
        return SourceError("timeout", "the camera does not answer in time")
    if target.scheme in {"rtsps", "https"}:
        return SourceError("tls", "no encrypted connection comes about")
    return SourceError("closed", "the camera hung up")


def read_problem(problem: av.FFmpegError) -> SourceError:
    """Say why a running stream ended."""
    if isinstance(problem, av.TimeoutError | av.ExitError):
        return SourceError("stall", "the camera stopped sending")
    if problem.errno in UNREACHABLE:
        return SourceError("unreachable", "the way to the camera is gone")
    return SourceError("closed", "the camera hung up")


def knock(source: Source, timeout_s: float) -> bool:
    """Tell whether something listens at an address, without saying anything to it."""
    try:
        target = parse(source)
        socket.create_connection((target.host, target.port), timeout_s).close()
    except SourceError, OSError:
        return False
    return True
