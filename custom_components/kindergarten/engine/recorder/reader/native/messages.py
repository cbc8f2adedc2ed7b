"""RTSP messages (RFC 2326): what is said to a camera, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
import re
from urllib.parse import urlsplit

AGENT = "Kindergarten"
MAX_HEAD = 16 << 10
MAX_BODY = 64 << 10
"""Bytes of an answer; a camera's description has about one thousand."""

_STATUS = re.compile(r"RTSP/\d\.\d +(\d{3})")
_NO_TEXT = re.compile(r"[\x00-\x1f\x7f]")
_CONTROL = re.compile(r"[\x00-\x20\x7f]")


@dataclass(kw_only=True, slots=True)
class Message:
    """An answer, or (status 0) a request of the camera's own. Names of headers are in small letters."""

    status: int
    first: str = ""
    headers: dict[str, list[str]] = field(default_factory=dict)
    body: bytes = b""

    def get(self, name: str) -> str:
        """Return a header, "" without it."""
        return self.headers[name][0] if name in self.headers else ""

    @property
    def cseq(self) -> int | None:
        """Return the number of the request that is meant, None when it is not said."""
        text = self.get("cseq")
        return int(text) if text.isdecimal() and len(text) < 10 else None

    @property
    def length(self) -> int:
        """Return how many bytes follow the head."""
        text = self.get("content-length")
        return int(text) if text.isdecimal() and len(text) < 10 else 0

    @property
    def session(self) -> tuple[str, float | None]:
        """Return the session's id and time-out in seconds."""
        name, _, rest = self.get("session").partition(";")
        found = re.search(r"timeout\s*=\s*(\d{1,6})", rest, re.IGNORECASE)
        return name.strip(), float(found[1]) if found else None


def parse(head: bytes) -> Message:
    """Return the message of a head without its empty line. Never raises."""
    first, *lines = head.decode("utf-8", "replace").split("\r\n")
    # What we say back to a camera, as a realm, may not hold a line of its own.
    lines = [_NO_TEXT.sub(" ", line) for line in lines[:200]]
    status = _STATUS.match(first)
    headers: dict[str, list[str]] = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers.setdefault(name.strip().lower(), []).append(value.strip())
    return Message(status=int(status[1]) if status else 0, first=first, headers=headers)


def request(method: str, url: str, cseq: int, headers: Mapping[str, str]) -> bytes:
    """Return a request."""
    lines = [f"{method} {url} RTSP/1.0", f"CSeq: {cseq}", f"User-Agent: {AGENT}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def reply(message: Message) -> bytes:
    """Return an answer to a request of the camera's: cameras look whether we are still there."""
    method = message.first.partition(" ")[0]
    status = "200 OK" if method in {"OPTIONS", "GET_PARAMETER", "SET_PARAMETER"} else "501 Not Implemented"
    cseq = message.cseq
    return f"RTSP/1.0 {status}\r\nCSeq: {0 if cseq is None else cseq}\r\n\r\n".encode()


def base_url(message: Message, asked: str) -> str:
    """Return what the tracks' addresses are relative to (RFC 2326 §C.1.1).

    Cameras behind an address translation, or wrongly set up, name a host that they do not have; ours
    is the one that answered.
    """
    said = message.get("content-base") or message.get("content-location")
    if not said or _CONTROL.search(said) or len(said) > 2048:
        return asked
    try:
        parts, ours = urlsplit(said), urlsplit(asked)
    except ValueError:
        return asked
    if parts.scheme not in {"rtsp", "rtsps"} or not parts.netloc:
        return asked
    return parts._replace(scheme=ours.scheme, netloc=ours.netloc).geturl()


def track_url(base: str, control: str) -> str:
    """Return a track's address. Cameras expect it put together like this, a query before it included."""
    if not control or control == "*" or _CONTROL.search(control) or len(control) > 2048:
        return base
    if control.lower().startswith(("rtsp://", "rtsps://")):
        try:
            parts, ours = urlsplit(control), urlsplit(base)
        except ValueError:
            return base
        return parts._replace(scheme=ours.scheme, netloc=ours.netloc).geturl()
    return base + ("" if base.endswith("/") or control.startswith("/") else "/") + control


def redirect(message: Message, asked: str) -> str | None:
    """Return where a camera sends us, when that is on itself; None for anywhere else."""
    try:
        there, ours = urlsplit(message.get("location")), urlsplit(asked)
        same = (there.scheme, there.hostname, there.port or 554) == (
            ours.scheme,
            ours.hostname,
            ours.port or 554,
        )
    except ValueError:
        return None
    if not same or _CONTROL.search(message.get("location")):
        return None
    return there._replace(netloc=ours.netloc).geturl()
