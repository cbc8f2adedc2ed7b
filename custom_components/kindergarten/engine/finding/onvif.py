"""Asks a device by ONVIF: who made it, and which streams its channels have."""

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
import hashlib
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from ..env import Env
from .markup import clean, every, local, number, text, tree
from .tally import Tally
from .web import Web

PORTS = (80, 8000, 2020, 8899)
"""Where devices listen: most at 80, Reolink at 8000, Tapo at 2020, others at 8899."""
DEVICE = "/onvif/device_service"
MOST_PROFILES = 160
SMALL_PIXELS = 1280 * 720
_YEARS = 1970, 2200
"""What a clock may say: some minutes after the end of the calendar nothing can be said at all."""
_KIND = "application/soap+xml; charset=utf-8"
_SOAP = "http://www.w3.org/2003/05/soap-envelope"
_WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
_WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
_DIGEST = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest"
_TDS = "http://www.onvif.org/ver10/device/wsdl"
_TRT = "http://www.onvif.org/ver10/media/wsdl"
_TT = "http://www.onvif.org/ver10/schema"


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """A stream as a device describes it. `source` tells the channels of a recorder apart."""

    token: str
    source: str
    codec: str
    pixels: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """Where a stream is, on the device that was asked."""

    port: int
    path: str


class Onvif:
    """One device that speaks ONVIF at a port; the login goes there as a digest with the device's own time."""

    def __init__(
        self, env: Env, web: Web, port: int, user: str, secret: str, tally: Tally, *, ahead_s: float = 0
    ) -> None:
        """Ask over `web`; the device's clock is `ahead_s` before ours."""
        self._env = env
        self._web = web
        self._port = port
        self._user = user
        self._secret = secret
        self._tally = tally
        self._ahead_s = ahead_s
        self._media = DEVICE
        self._proved = self._shut = False

    @classmethod
    async def find(
        cls, env: Env, web: Web, ports: Iterable[int], user: str, secret: str, tally: Tally
    ) -> Onvif | None:
        """Return the first of some ports that speaks ONVIF; costs no password."""
        question = f'<GetSystemDateAndTime xmlns="{_TDS}"/>'
        for port in ports:
            page = await web.post(port, DEVICE, _envelope("", question), _KIND)
            root = None if page is None else tree(page.body)
            if root is None or local(root) != "Envelope":
                continue
            ahead_s = device_time_s(root, env.realtime_ns() / 1e9)
            return cls(env, web, port, user, secret, tally, ahead_s=ahead_s)
        return None

    async def maker(self) -> tuple[str, str] | None:
        """Return manufacturer and model; None when the device does not tell, or not with this login."""
        root = await self._ask(DEVICE, f'<GetDeviceInformation xmlns="{_TDS}"/>')
        if root is None:
            return None
        return clean(text(root, "Manufacturer")), clean(text(root, "Model"))

    async def profiles(self) -> list[Profile]:
        """Return all streams of all channels, in the device's order."""
        root = await self._ask(
            DEVICE, f'<GetCapabilities xmlns="{_TDS}"><Category>Media</Category></GetCapabilities>'
        )
        media = None if root is None else next(every(root, "Media"), None)
        self._media = _own_path(text(media, "XAddr")) or self._media
        root = await self._ask(self._media, f'<GetProfiles xmlns="{_TRT}"/>')
        if root is None:
            return []
        return [_profile(each) for each in every(root, "Profiles")][:MOST_PROFILES]

    async def address(self, profile: Profile) -> Address | None:
        """Return where a stream is; a host that the device names is not believed."""
        root = await self._ask(
            self._media,
            f'<GetStreamUri xmlns="{_TRT}"><StreamSetup><Stream xmlns="{_TT}">RTP-Unicast</Stream>'
            f'<Transport xmlns="{_TT}"><Protocol>RTSP</Protocol></Transport></StreamSetup>'
            f"<ProfileToken>{escape(profile.token)}</ProfileToken></GetStreamUri>",
        )
        return None if root is None else stream_address(text(root, "Uri"))

    async def _ask(self, path: str, question: str) -> Element | None:
        """Return the answer to a question, None for anything but an answer."""
        login = bool(self._user or self._secret)
        if self._shut or (login and not self._tally.open):
            return None
        header = self._security() if login else ""
        page = await self._web.post(self._port, path, _envelope(header, question), _KIND)
        root = None if page is None else tree(page.body)
        if page is not None and root is not None and page.status == 200:
            self._proved = True
            return root
        if not login or root is None or page is None or page.status in {401, 403} or _is_refusal(root):
            # Without a word about the login, one that was never accepted counts as refused.
            self._shut = True
            if login and not (page is None and self._proved):
                self._tally.refuse()
        return None

    def _security(self) -> str:
        """Return the header with the login (WS-Security UsernameToken 1.0)."""
        seconds = self._env.realtime_ns() / 1e9 + self._ahead_s
        created = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        nonce = bytes.fromhex(self._env.token(16))
        digest = hashlib.sha1(nonce + created.encode() + self._secret.encode(), usedforsecurity=False)
        return (
            f'<Security s:mustUnderstand="1" xmlns="{_WSSE}"><UsernameToken>'
            f"<Username>{escape(self._user)}</Username>"
            f'<Password Type="{_DIGEST}">{b64encode(digest.digest()).decode()}</Password>'
            f"<Nonce>{b64encode(nonce).decode()}</Nonce>"
            f'<Created xmlns="{_WSU}">{created}</Created></UsernameToken></Security>'
        )


def _envelope(header: str, body: str) -> bytes:
    head = f"<s:Header>{header}</s:Header>" if header else ""
    return (
        f'<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="{_SOAP}">{head}'
        f"<s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def _is_refusal(root: Element) -> bool:
    said = " ".join(each.text or "" for each in every(root, "Value"))
    return "NotAuthorized" in said or "FailedAuthentication" in said


def device_time_s(root: Element, now_s: float) -> float:
    """Return by how much a device's clock is ahead; 0 where it does not tell."""
    utc = next(every(root, "UTCDateTime"), None)
    parts = [number(text(utc, name)) for name in ("Year", "Month", "Day", "Hour", "Minute", "Second")]
    known = [each for each in parts if each is not None]
    if len(known) < len(parts):
        return 0
    year, month, day, hour, minute, second = known
    if not _YEARS[0] <= year < _YEARS[1]:
        return 0
    try:
        there = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except ValueError:
        return 0
    return there.timestamp() - now_s


def _profile(said: Element) -> Profile:
    encoder = next(every(said, "VideoEncoderConfiguration"), None)
    width, height = (number(text(encoder, name)) or 0 for name in ("Width", "Height"))
    return Profile(
        token=said.get("token", "")[:128],
        source=text(next(every(said, "VideoSourceConfiguration"), None), "SourceToken")[:128],
        codec=text(encoder, "Encoding")[:16].upper(),
        pixels=width * height,
    )


def _own_path(url: str) -> str:
    """Return the path of an address that a device names; the host stays the one that was asked."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    usable = parts.path.startswith("/") and parts.path.isascii() and parts.path.isprintable()
    return parts.path if usable and " " not in parts.path and len(parts.path) < 256 else ""


def stream_address(url: str) -> Address | None:
    """Return port and path of a stream's address; None for one that we cannot ask."""
    try:
        parts = urlsplit(url)
        port = parts.port or 554
    except ValueError:
        return None
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    bad = not path.isascii() or not path.isprintable() or any(each in path for each in ' <>"\\^`{|}')
    if parts.scheme != "rtsp" or bad or len(path) > 1000 or not path.startswith("/"):
        return None
    return Address(port=port, path=path)


def channels_of(profiles: Iterable[Profile]) -> list[tuple[Profile, Profile | None]]:
    """Return the main and the sub stream of each channel: the largest, and the largest of the small ones."""
    by_source: dict[str, list[Profile]] = {}
    for profile in profiles:
        if profile.token and profile.codec not in {"JPEG", "MPEG4"}:
            by_source.setdefault(profile.source, []).append(profile)
    pairs: list[tuple[Profile, Profile | None]] = []
    for streams in by_source.values():
        main = max(streams, key=lambda each: each.pixels)
        rest = [each for each in streams if each is not main]
        small = [each for each in rest if each.pixels <= SMALL_PIXELS]
        sub = max(small, key=lambda each: each.pixels) if small else None
        pairs.append((main, sub or min(rest, key=lambda each: each.pixels, default=None)))
    return pairs
