"""Addresses of cameras: what may be opened, and with which of libavformat's options."""

from dataclasses import dataclass, field
import re
import socket
from urllib.parse import SplitResult, quote, urlsplit

from ...errors import SourceError
from .interface import Source

OPEN_S = 10.0
READ_S = 25.0
"""The longest that one call into libavformat may take; the sockets give up after 5 s."""

TIMEOUT_US = "5000000"
SILENCE_NS = 4_900_000_000
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


def knock(source: Source, timeout_s: float) -> bool:
    """Tell whether something listens at an address, without saying anything to it."""
    try:
        target = parse(source)
        socket.create_connection((target.host, target.port), timeout_s).close()
    except SourceError, OSError:
        return False
    return True
