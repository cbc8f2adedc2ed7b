"""Asks a recorder, by its brand's own interface, which channels it has and what they are called."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
import json
import re
from types import MappingProxyType

from .brands import Listing
from .markup import clean, every, number, text, tree
from .web import Web

MOST = 64
"""Channels of one recorder."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """A channel, counted from one. `online` is None when the recorder does not tell."""

    number: int
    name: str
    online: bool | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What a device tells of itself; no channels where it does not list them."""

    model: str = ""
    maker: str = ""
    channels: tuple[Named, ...] = ()


async def told(listing: Listing, web: Web, port: int) -> Told:
    """Return what a device tells by an interface; nothing of what it does not, or not with this login."""
    found = await _ASK[listing](web, port)
    unlike = {each.number: each for each in found.channels if 1 <= each.number <= MOST}
    return replace(found, channels=tuple(unlike[each] for each in sorted(unlike)))


async def _body(web: Web, port: int, path: str) -> bytes:
    page = await web.get(port, path, login=True)
    return page.body if page is not None and page.status == 200 else b""


async def _isapi(web: Web, port: int) -> Told:
    """Ask as Hikvision's recorders are asked: first for network cameras, then for analogue inputs."""
    device = tree(await _body(web, port, "/ISAPI/System/deviceInfo"))
    if device is None:
        return Told()
    model, maker = clean(text(device, "model")), clean(text(device, "manufacturer"))
    proxied = tree(await _body(web, port, "/ISAPI/ContentMgmt/InputProxy/channels"))
    status = tree(await _body(web, port, "/ISAPI/ContentMgmt/InputProxy/channels/status"))
    inputs = tree(await _body(web, port, "/ISAPI/System/Video/inputs/channels"))
    online: dict[int | None, bool] = {}
    if status is not None:
        for each in every(status, "InputProxyChannelStatus"):
            online[number(text(each, "id"))] = text(each, "online") == "true"
    listed = [
        [
            Named(number=at, name=clean(text(each, "name")), online=online.get(at))
            for each in (() if root is None else every(root, name))
            if (at := number(text(each, "id"))) is not None
        ]
        for root, name in ((inputs, "VideoInputChannel"), (proxied, "InputProxyChannel"))
    ]
    if {each.number for each in listed[0]} & {each.number for each in listed[1]}:
        # A hybrid counts both from one: its streams tell which is which.
        return Told(model=model, maker=maker)
    return Told(model=model, maker=maker, channels=tuple(listed[0] + listed[1]))


_TITLE = re.compile(r"table\.ChannelTitle\[(\d{1,3})\]\.Name=(.*)")


async def _cgi(web: Web, port: int) -> Told:
    """Ask as Dahua's devices are asked."""
    kind = await _body(web, port, "/cgi-bin/magicBox.cgi?action=getDeviceType")
    titles = await _body(web, port, "/cgi-bin/configManager.cgi?action=getConfig&name=ChannelTitle")
    said = kind.decode("utf-8", "replace").strip()
    channels = [
        Named(number=int(found[1]) + 1, name=clean(found[2]))
        for line in titles.decode("utf-8", "replace").splitlines()
        if (found := _TITLE.fullmatch(line.strip()))
    ]
    model = clean(said.removeprefix("type=")) if said.startswith("type=") else ""
    return Told(model=model, channels=tuple(channels))


async def _lapi(web: Web, port: int) -> Told:
    """Ask as Uniview's devices are asked."""
    device = _data(await _body(web, port, "/LAPI/V1.0/System/DeviceInfo"))
    listed = _data(await _body(web, port, "/LAPI/V1.0/Channels/System/ChannelDetailInfos"))
    details = listed.get("DetailInfos")
    channels = [
        Named(number=each["ID"], name=clean(str(each.get("Name", ""))), online=each.get("Status") == 1)
        for each in (details if isinstance(details, list) else [])
        if isinstance(each, dict) and type(each.get("ID")) is int
    ]
    return Told(model=clean(str(device.get("DeviceModel", ""))), channels=tuple(channels))


def _data(body: bytes) -> Mapping[str, object]:
    """Return what an answer is about."""
    try:
        answer = json.loads(body or b"{}")
    except ValueError, RecursionError:
        return {}
    for name in ("Response", "Data"):
        answer = answer.get(name) if isinstance(answer, dict) else None
    return answer if isinstance(answer, dict) else {}


_ASK: Mapping[Listing, Callable[[Web, int], Awaitable[Told]]] = MappingProxyType(
    {"isapi": _isapi, "cgi": _cgi, "lapi": _lapi}
)
