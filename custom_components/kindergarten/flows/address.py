"""Takes camera addresses apart and puts them together; the login is never part of a URL of ours."""

from collections.abc import Mapping
from dataclasses import dataclass
import re
from typing import Any
from urllib.parse import unquote

from homeassistant.const import CONF_HOST, CONF_PASSWORD, CONF_PATH, CONF_PORT, CONF_USERNAME
from homeassistant.util.network import is_host_valid

from ..const import CONF_SCHEME, CONF_SUB_PATH
from .names import FieldError, has_controls

DEFAULT_PORTS = {"rtsp": 554, "rtsps": 322}
WEB_PORTS = {"http": 80, "https": 443}
MAXIMUM_LENGTH = 1000
MAXIMUM_LOGIN_LENGTH = 128

_URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/]*)(?P<path>.*)", re.DOTALL)
_HOST = re.compile(r"(?P<host>\[[^\]]*\]|[^:]*|.*:.*:.*?)(?::(?P<port>[0-9]*))?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """A URL in its parts; `port` is `None` when it does not name one."""

    scheme: str
    host: str
    port: int | None
    path: str
    username: str
    password: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WebPage:
    """A device's web page: its `ports` by scheme, and whether only an `encrypted` one was named."""

    ports: Mapping[str, int]
    encrypted: bool


def parse(url: str) -> Address | None:
    """Take a URL apart, `None` if it is none. Everything before the last @ is login: passwords have one."""
    if not (match := _URL.fullmatch(url.strip())):
        return None
    login, _, where = match["authority"].rpartition("@")
    username, _, password = login.partition(":")
    if not (place := _HOST.fullmatch(where)):
        return None
    return Address(
        scheme=match["scheme"].lower(),
        host=place["host"].strip("[]"),
        port=int(place["port"]) if place["port"] else None,
        path=match["path"],
        username=unquote(username),
        password=unquote(password),
    )


def read_address(user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return scheme, host, port, paths and login from a form; an address as host is split.

    That may be a whole URL, or host:port, host/path and the like without the scheme.

    Raises FieldError: bad_host, bad_scheme, bad_port, bad_path, bad_login, sub_same.
    """
    typed = _split(user_input)
    if len(typed[CONF_HOST]) > MAXIMUM_LENGTH or not is_host_valid(typed[CONF_HOST]):
        raise FieldError(CONF_HOST, "bad_host")
    if not 1 <= typed[CONF_PORT] <= 65535:
        raise FieldError(CONF_PORT, "bad_port")
    for field in (CONF_PATH, CONF_SUB_PATH):
        typed[field] = _path(typed[field], field)
    if typed[CONF_SUB_PATH] in (None, "/"):
        typed[CONF_SUB_PATH] = None
    elif typed[CONF_SUB_PATH] == typed[CONF_PATH]:
        raise FieldError(CONF_SUB_PATH, "sub_same")
    for field in (CONF_USERNAME, CONF_PASSWORD):
        if len(typed[field]) > MAXIMUM_LOGIN_LENGTH or has_controls(typed[field]):
            raise FieldError(field, "bad_login")
    return typed


def read_device(user_input: Mapping[str, Any]) -> tuple[dict[str, Any], WebPage]:
    """Return what `read_address` does of a device's address, and where its web page is.

    The address of that page will do as well. Raises FieldError.
    """
    typed = {CONF_PORT: DEFAULT_PORTS["rtsp"], **user_input}
    url = parse(typed[CONF_HOST])
    if url is None or url.scheme not in WEB_PORTS:
        return read_address(typed), WebPage(ports=WEB_PORTS, encrypted=False)
    ports = WEB_PORTS if url.port is None else {**WEB_PORTS, url.scheme: url.port}
    if not 1 <= ports[url.scheme] <= 65535:
        raise FieldError(CONF_HOST, "bad_host")
    page = WebPage(ports=ports, encrypted=url.scheme == "https")
    return read_address({**typed, CONF_HOST: f"[{url.host}]" if ":" in url.host else url.host}), page


def _split(user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return the form's fields, those of a pasted address in their place."""
    typed = {
        CONF_SCHEME: user_input.get(CONF_SCHEME, "rtsp"),
        CONF_HOST: user_input[CONF_HOST].strip(),
        CONF_PORT: int(user_input[CONF_PORT]),
        CONF_PATH: user_input.get(CONF_PATH, ""),
        CONF_SUB_PATH: user_input.get(CONF_SUB_PATH, ""),
        CONF_USERNAME: user_input.get(CONF_USERNAME, "").strip(),
        CONF_PASSWORD: user_input.get(CONF_PASSWORD, ""),
    }
    whole = "://" in typed[CONF_HOST]
    url = parse(typed[CONF_HOST] if whole else f"{typed[CONF_SCHEME]}://{typed[CONF_HOST]}")
    if url is None:
        raise FieldError(CONF_HOST, "bad_host")
    if url.scheme not in DEFAULT_PORTS:
        raise FieldError(CONF_HOST, "bad_scheme")
    port = DEFAULT_PORTS[url.scheme] if whole else typed[CONF_PORT]
    if url.port is not None:
        port = url.port
    typed |= {CONF_SCHEME: url.scheme, CONF_HOST: url.host, CONF_PORT: port}
    if url.path.strip("/"):
        typed[CONF_PATH] = url.path
    if url.username:
        typed |= {CONF_USERNAME: url.username, CONF_PASSWORD: url.password}
    return typed


def _path(text: str, field: str) -> str:
    """Return a path with its slash in front; a whole URL is reduced to its path."""
    text = text.strip()
    if url := parse(text):
        text = url.path
    if len(text) > MAXIMUM_LENGTH or has_controls(text) or any(char in text for char in ' <>"\\^`{|}'):
        raise FieldError(field, "bad_path")
    return "/" + text.lstrip("/")


def same_place(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether two RTSP cameras are the same stream of the same device."""

    def place(data: Mapping[str, Any]) -> tuple[str, int, str]:
        return data[CONF_HOST].casefold(), data[CONF_PORT], data[CONF_PATH]

    return place(one) == place(other)
