"""What the web interfaces of devices answer: ISAPI, CGI, LAPI."""

from collections.abc import Sequence
from dataclasses import dataclass
import json
from xml.sax.saxutils import escape

_NS = 'version="2.0" xmlns="http://www.isapi.org/ver20/XMLSchema"'


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A channel as the device lists it."""

    number: int
    name: str
    online: bool


def answer(api: str, target: str, model: str, slots: Sequence[Slot]) -> tuple[str, str] | None:
    """Return body and content type of an address of an interface, None for one that it has not."""
    if api.startswith("isapi"):
        body = _isapi(target, model, slots, api)
        return (
            None if body is None else ('<?xml version="1.0" encoding="UTF-8"?>\n' + body, "application/xml")
        )
    if api == "cgi":
        return _cgi(target, model, slots)
    return _lapi(target, model, slots) if api == "lapi" else None


def _isapi(target: str, model: str, slots: Sequence[Slot], api: str) -> str | None:
    analogue = api in {"isapi-inputs", "isapi-hybrid"}
    if target == "/ISAPI/System/deviceInfo":
        return f"<DeviceInfo {_NS}><deviceName>NVR</deviceName><model>{model}</model></DeviceInfo>"
    if target == "/ISAPI/System/Video/inputs/channels" and analogue:
        items = "".join(
            f"<VideoInputChannel {_NS}><id>{slot.number}</id><inputPort>{slot.number}</inputPort>"
            f"<name>{escape(slot.name)}</name></VideoInputChannel>"
            for slot in slots
        )
        return f"<VideoInputChannelList {_NS}>{items}</VideoInputChannelList>"
    if api == "isapi-inputs":
        return None
    if target == "/ISAPI/ContentMgmt/InputProxy/channels":
        items = "".join(
            f"<InputProxyChannel {_NS}><id>{slot.number}</id><name>{escape(slot.name)}</name>"
            "<sourceInputPortDescriptor><proxyProtocol>HIKVISION</proxyProtocol>"
            f"<ipAddress>192.168.254.{slot.number}</ipAddress></sourceInputPortDescriptor></InputProxyChannel>"
            for slot in slots
        )
        return f'<InputProxyChannelList {_NS} size="99">{items}</InputProxyChannelList>'
    if target == "/ISAPI/ContentMgmt/InputProxy/channels/status":
        items = "".join(
            f"<InputProxyChannelStatus {_NS}><id>{slot.number}</id>"
            f"<online>{str(slot.online).lower()}</online></InputProxyChannelStatus>"
            for slot in slots
        )
        return f"<InputProxyChannelStatusList {_NS}>{items}</InputProxyChannelStatusList>"
    return None


def _cgi(target: str, model: str, slots: Sequence[Slot]) -> tuple[str, str] | None:
    if target == "/cgi-bin/magicBox.cgi?action=getDeviceType":
        return f"type={model}\r\n", "text/plain"
    if target == "/cgi-bin/configManager.cgi?action=getConfig&name=ChannelTitle":
        lines = [
            line
            for slot in slots
            for line in (
                f"table.ChannelTitle[{slot.number - 1}].Name={slot.name}",
                f"table.ChannelTitle[{slot.number - 1}].SerialNo=",
            )
        ]
        return "\r\n".join(lines) + "\r\n", "text/plain"
    return None


def _lapi(target: str, model: str, slots: Sequence[Slot]) -> tuple[str, str] | None:
    data: dict[str, object]
    if target == "/LAPI/V1.0/System/DeviceInfo":
        data = {"DeviceModel": model}
    elif target == "/LAPI/V1.0/Channels/System/ChannelDetailInfos":
        details = [{"ID": slot.number, "Name": slot.name, "Status": int(slot.online)} for slot in slots]
        data = {"Nums": len(details), "DetailInfos": details}
    else:
        return None
    return json.dumps({"Response": {"ResponseCode": 0, "Data": data}}), "application/json"
