"""Turns the engine's JSON into the words of the archive interface.

Fields that we do not know are ignored, missing ones are "not known" where that is allowed; a
value of the wrong type means that something else answered: `ArchiveUnavailable`.
"""

from collections.abc import Mapping
from dataclasses import MISSING, asdict, fields, is_dataclass
from enum import StrEnum
from functools import cache
import types
from typing import Any, Literal, TypeAliasType, Union, cast, get_args, get_origin, get_type_hints

from .protocol import ArchiveStatus, ArchiveUnavailable, DesiredCamera, DesiredServer, DesiredState

PROTOCOL = 1


def decode[T](wanted: type[T], value: object) -> T:
    """Return a value of the interface; raises `ArchiveUnavailable`."""
    return cast("T", _decode(wanted, value, wanted.__name__))


def decode_list[T](wanted: type[T], value: object) -> tuple[T, ...]:
    """Return a list of values of the interface; raises `ArchiveUnavailable`."""
    return tuple(decode(wanted, item) for item in _expect(list, value, wanted.__name__))


def text(answer: object, name: str) -> str:
    """Return a text of an answer; raises `ArchiveUnavailable`."""
    return _expect(str, _expect(dict, answer, "answer").get(name), name)


def status(value: object) -> ArchiveStatus:
    """Return the status; its nesting on the wire differs from ours."""
    data = dict(_expect(dict, value, "status"))
    epoch = data.get("epoch")
    data["clock"] = {**epoch, "epoch": epoch.get("id")} if isinstance(epoch, dict) else None
    data["volume"] = data.get("archive")
    retention = _expect(dict, data.get("retention") or {}, "retention")
    data |= {"retention_days": retention.get("days")}
    data |= {name: retention.get(name) for name in ("minimum_days", "maximum_days")}
    data["servers"] = data.get("servers") or {}
    cameras = _expect(dict, data.get("cameras"), "cameras")
    data["cameras"] = {uid: _camera(uid, camera, data.get("live_port")) for uid, camera in cameras.items()}
    return decode(ArchiveStatus, data)


def _camera(uid: str, value: object, port: object) -> dict[str, object]:
    data = dict(_expect(dict, value, uid))
    live = data.get("live")
    if isinstance(live, dict) and port:
        data["live_stream"] = live.get("stream")
        data["live_url"] = f"http://127.0.0.1:{port}/live/{uid}.ts?auth={live.get('token')}"
    return {**data, "uid": uid}


def desired(state: DesiredState) -> dict[str, object]:
    """Return the body of `PUT config`."""
    return {
        "proto": PROTOCOL,
        "rev": state.rev,
        "archive": {
            "path": state.archive_path,
            "archive_id": state.archive_id,
            # The folder that is written is named above.
            "volumes": [asdict(volume) for volume in state.volumes if volume.role == "old"],
        },
        "site": {"time_zone": state.time_zone},
        "profile": {"key": state.profile},
        "rooms": [asdict(room) for room in state.rooms],
        "retention": {
            "days": state.retention_days,
            "minimum_days": state.minimum_days,
            "maximum_days": state.maximum_days,
        },
        "file_s": state.file_s,
        "without_ha_s": state.without_ha_s,
        "servers": [{"uid": each.uid, **desired_server(each)} for each in state.servers],
        "look_s": state.look_s,
        "cameras": [_desired_camera(camera) for camera in state.cameras],
    }


def desired_server(server: DesiredServer) -> dict[str, object]:
    """Return a server as the engine hears of it."""
    return {
        "url": server.url,
        "user": server.user,
        "secret": server.secret,
        "trust": server.trust,
        "fingerprint": server.fingerprint,
    }


def _desired_camera(camera: DesiredCamera) -> dict[str, object]:
    return {
        "uid": camera.uid,
        "label": camera.label,
        "main": {"url": camera.main_url},
        "sub": {"url": camera.sub_url} if camera.sub_url else None,
        "user": camera.user,
        "secret": camera.secret,
        "sound": camera.sound,
        "sub_policy": camera.sub_policy,
        "room": asdict(camera.room) if camera.room else None,
        "schedule": {"days": camera.schedule} if camera.schedule else None,
        "kept": asdict(camera.kept) if camera.kept else None,
        "watch_picture": camera.watch_picture,
        "hours": {"days": camera.hours} if camera.hours else None,
    }


@cache
def _hints(wanted: type) -> dict[str, Any]:
    return get_type_hints(wanted)


def _expect[T](wanted: type[T], value: object, where: str) -> T:
    """Return a value if it is of a type; JSON's whole numbers are good for floats too."""
    if wanted is float and isinstance(value, int) and not isinstance(value, bool):
        return cast("T", float(value))
    if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
        raise ArchiveUnavailable(f"bad answer: {where} is no {wanted.__name__}")
    return value


def _decode(wanted: Any, value: object, where: str) -> object:
    if isinstance(wanted, TypeAliasType):
        wanted = wanted.__value__
    origin, arguments = get_origin(wanted), get_args(wanted)
    if origin in (Union, types.UnionType):
        inner = next(argument for argument in arguments if argument is not types.NoneType)
        return None if value is None else _decode(inner, value, where)
    if origin is Literal:
        if value not in arguments:
            raise ArchiveUnavailable(f"bad answer: {where} is none of {arguments}")
        return value
    if origin is tuple:
        return tuple(_decode(arguments[0], item, where) for item in _expect(list, value, where))
    if origin is Mapping:
        items = _expect(dict, value, where).items()
        return types.MappingProxyType({str(key): _decode(arguments[1], item, where) for key, item in items})
    if wanted is object:
        return value
    if is_dataclass(wanted):
        return _decode_fields(cast("type", wanted), value, where)
    if issubclass(wanted, StrEnum):
        text = _expect(str, value, where)
        return wanted(text if text in wanted else "unknown")
    return _expect(wanted, value, where)


def _decode_fields(wanted: type, value: object, where: str) -> object:
    data = _expect(dict, value, where)
    found: dict[str, object] = {}
    for field in fields(wanted):
        if field.name in data:
            found[field.name] = _decode(_hints(wanted)[field.name], data[field.name], f"{where}.{field.name}")
        elif field.default is MISSING and field.default_factory is MISSING:
            found[field.name] = _decode(_hints(wanted)[field.name], None, f"{where}.{field.name}")
    return wanted(**found)
