"""What Frigate tells of itself and lets be changed: version, configuration, state, restart, switches."""

import asyncio
from copy import deepcopy
import json
import re
from typing import Any

from aiohttp import web

from .answers import ApiError, answer, body, caller, camera, need_admin, said, state
from .configuration import ConfigError, Tree, flat, parse_value, record_defaults
from .frigate import Frigate
from .stats import stats

_SWITCHES = ("recordings", "enabled", "detect")


def routes() -> list[web.RouteDef]:
    """Return the addresses."""
    return [
        web.get("/api/", hello),
        web.get("/api/version", version),
        web.get("/api/stats", tell_stats),
        web.get("/api/config", config),
        web.get("/api/config/raw", raw_config),
        web.get("/api/config/schema.json", schema),
        web.put("/api/config/set", set_config),
        web.post("/api/restart", restart),
        web.get("/api/go2rtc/streams", streams),
        web.get("/api/go2rtc/streams/{name}", streams),
        web.put("/api/camera/{camera}/set/{feature}", switch),
        web.delete("/api/cameras/{camera}", delete_camera),
        web.get("/api/events", nothing),
        web.get("/api/review", nothing),
    ]


async def hello(_request: web.Request) -> web.Response:
    """Answer that Frigate is there."""
    return web.Response(text="Frigate is running. Alive and healthy!")


async def nothing(_request: web.Request) -> web.Response:
    """Answer that there were no incidents."""
    return answer([])


async def version(request: web.Request) -> web.Response:
    """Answer the version as text."""
    return web.Response(text=state(request).version.text)


async def tell_stats(request: web.Request) -> web.Response:
    """Answer the figures of the last round."""
    frigate = state(request)
    found = stats(frigate)
    if frigate.version.at_least(0, 18) and caller(request).role != "admin":
        mine = frigate.accounts.allowed(caller(request).role, frigate.cameras)
        found["cameras"] = {name: found["cameras"][name] for name in mine}
    return answer(found)


async def config(request: web.Request) -> web.Response:
    """Answer the configuration as Frigate believes it to be, for every role the same."""
    return answer(shown(state(request)))


def shown(frigate: Frigate) -> Tree:
    """Return what `/api/config` says; what is not set is absent."""
    tree = frigate.configuration.shown
    return {
        "version": frigate.version.config,
        "mqtt": {"topic_prefix": "frigate", "client_id": "frigate", "port": 1883} | tree["mqtt"],
        "auth": {
            "enabled": frigate.settings.login,
            "cookie_name": frigate.accounts.cookie,
            "session_length": frigate.accounts.session_s,
            "refresh_time": frigate.accounts.refresh_s,
            **({"failed_login_rate_limit": rate} if (rate := frigate.accounts.rate_limit) else {}),
            **(
                {"roles": {"admin": [], "viewer": [], **frigate.accounts.roles}}
                if frigate.version.custom_roles
                else {}
            ),
        },
        "proxy": {},
        "tls": {"enabled": frigate.settings.tls},
        "record": frigate.configuration.record(None) | {"enabled_in_config": _in_config(frigate, None)},
        "go2rtc": _masked(
            tree["go2rtc"] | ({"rtsp": {"listen": f":{port}"}} if (port := frigate.rtsp_port) else {})
        ),
        "ui": {"time_format": "browser"} | tree.get("ui", {}),
        "detectors": {"cpu": {"type": "cpu"}},
        "cameras": {name: _camera(frigate, name, order) for order, name in enumerate(frigate.cameras)},
    }


def _camera(frigate: Frigate, name: str, order: int) -> Tree:
    tree = frigate.configuration.shown["cameras"][name]
    enabled = bool(tree.get("enabled", True))
    entry: Tree = {
        "name": name,
        "enabled": enabled,
        "record": frigate.configuration.record(name)
        | {"enabled": frigate.shown_enabled(name), "enabled_in_config": _in_config(frigate, name)},
        "detect": {"enabled": True, "width": 1280, "height": 720, "fps": 5},
        "ffmpeg": _masked(tree["ffmpeg"]),
        "live": deepcopy(tree["live"]),
        "zones": {},
        "ui": {"order": order, "dashboard": True},
    }
    if frigate.version.at_least(0, 16):
        entry["enabled_in_config"] = enabled
    if frigate.version.at_least(0, 17) and (label := tree.get("friendly_name")):
        entry["friendly_name"] = label
    return entry


def _in_config(frigate: Frigate, name: str | None) -> bool:
    return bool(frigate.configuration.record(name)["enabled"])


def _masked(tree: Tree) -> Tree:
    """Return a section without the passwords of cameras."""
    masked: Tree = json.loads(re.sub(r"://[^:@/\"]+:[^@\"]+@", "://*:*@", json.dumps(tree)))
    return masked


async def raw_config(request: web.Request) -> web.Response:
    """Answer the file as a JSON string; to 0.16 a viewer may read it, passwords and all."""
    frigate = state(request)
    if frigate.version.at_least(0, 17):
        need_admin(request)
    return answer(frigate.configuration.raw())


async def schema(request: web.Request) -> web.Response:
    """Answer which keys of `record` this version knows."""
    keys: Tree = {key: {} for key in record_defaults(state(request).version)}
    record = {"additionalProperties": False, "properties": keys, "title": "RecordConfig", "type": "object"}
    return answer({"$defs": {"RecordConfig": record}, "title": "FrigateConfig", "type": "object"})


async def set_config(request: web.Request) -> web.Response:
    """Set keys by the query, or by `config_data` from 0.17 on; without the body it is an error."""
    need_admin(request)
    frigate, given = state(request), await body(request)
    values: dict[str, Any] = {key: parse_value(text) for key, text in request.query.items()}
    if not values and frigate.version.at_least(0, 17):
        values = flat(given.get("config_data") or {})
        if not values:
            return said("No configuration data provided", 400)
    try:
        frigate.configuration.set(values, restart=bool(given.get("requires_restart", 1)))
    except ConfigError as error:
        return said(f"Error parsing config. Check logs for error message.\n{error}", 400)
    return said("Config successfully updated, restart to apply")


async def restart(request: web.Request) -> web.Response:
    """End; the container comes back some time later."""
    need_admin(request)
    asyncio.get_running_loop().call_later(0.05, state(request).leave)
    return said("Restarting (this can take up to one minute)...")


async def streams(request: web.Request) -> web.Response:
    """Answer what go2rtc knows of its streams."""
    all_streams = state(request).configuration.shown["go2rtc"]["streams"]
    found = {
        name: {"producers": [{"url": url} for url in _masked({"urls": urls})["urls"]], "consumers": None}
        for name, urls in all_streams.items()
    }
    if name := request.match_info.get("name"):
        if name not in found:
            return said("Error fetching stream data", 500)
        return answer(found[name])
    return answer(found)


async def switch(request: web.Request) -> web.Response:
    """Switch a feature of a camera."""
    frigate = state(request)
    if not frigate.version.at_least(0, 18):
        raise ApiError(404, {"detail": "Not Found"})
    need_admin(request)
    name, feature = request.match_info["camera"], request.match_info["feature"]
    names = frigate.cameras if name == "*" else [name]
    if feature not in _SWITCHES or not set(names) <= set(frigate.cameras):
        return said("Camera or feature not found", 404)
    value = (await body(request)).get("value")
    if feature == "recordings":
        for each in names:
            frigate.switch(each, on=value == "ON")
    return answer({"success": True})


async def delete_camera(request: web.Request) -> web.Response:
    """Take a camera out of the configuration, and all its footage."""
    frigate = state(request)
    if not frigate.version.at_least(0, 18):
        raise ApiError(404, {"detail": "Not Found"})
    need_admin(request)
    name = camera(request)
    if name not in frigate.cameras:
        return said(f"Camera {name} not found", 404)
    for tree in (frigate.configuration.file, frigate.configuration.shown, frigate.configuration.running):
        tree["cameras"].pop(name, None)
    frigate.footages.pop(name, None)
    return answer({"success": True, "message": f"Camera {name} has been deleted", "cleanup": {}})
