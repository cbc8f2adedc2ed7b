"""Cameras that are recorded elsewhere, and the servers that do it: their part of the desired state."""

from dataclasses import dataclass
import re
from urllib.parse import urlsplit

from .address import address
from .fields import FieldError, Fields
from .frigate_api.server import Server, Trust

MAX_SERVERS = 16
_TRUSTS: tuple[Trust, ...] = ("verify", "pin", "any")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,120}")
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True, slots=True)
class ServerConfig:
    """A server that records and keeps cameras itself."""

    uid: str
    server: Server


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptElsewhere:
    """Which server keeps a camera's footage, and what the camera is called there."""

    server: str
    camera: str


def servers_of(listed: list[object]) -> tuple[ServerConfig, ...]:
    """Return the servers; raises FieldError."""
    servers = tuple(_server(Fields(item, f"servers[{number}]")) for number, item in enumerate(listed))
    if len({each.uid for each in servers}) != len(servers):
        raise FieldError("duplicate", "a server is there twice", "servers")
    return servers


def _server(fields: Fields) -> ServerConfig:
    uid = fields.text("uid", 64, least=1)
    return ServerConfig(uid=uid, server=server_of(fields))


def server_of(fields: Fields) -> Server:
    """Return a server from its `url`, `user`, `secret`, `trust` and `fingerprint`."""
    url = address(fields)
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or parts.path or parts.query or parts.fragment:
        raise FieldError("bad_address", "must be http:// or https://, a host and a port", fields.path("url"))
    fingerprint = fields.optional_text("fingerprint", 64)
    trust = fields.choice("trust", _TRUSTS, "verify")
    if (trust == "pin") != (fingerprint is not None) or (
        fingerprint is not None and not _FINGERPRINT.fullmatch(fingerprint)
    ):
        raise FieldError("bad_fingerprint", "must be 64 hex digits for pin", fields.path("fingerprint"))
    server = Server(
        url=url,
        user=fields.text("user", 256, ""),
        secret=fields.text("secret", 1024, ""),
        trust=trust,
        fingerprint=fingerprint,
    )
    fields.done()
    return server


def kept_elsewhere(fields: Fields | None, servers: frozenset[str]) -> KeptElsewhere | None:
    """Return who keeps a camera, None for one of ours; raises FieldError."""
    if fields is None:
        return None
    kept = KeptElsewhere(server=fields.text("server", 64, least=1), camera=fields.text("camera", 120))
    fields.done()
    if kept.server not in servers:
        raise FieldError("unknown_server", "there is no such server", fields.path("server"))
    if not _NAME.fullmatch(kept.camera):
        raise FieldError("bad_id", "is no camera's name", fields.path("camera"))
    return kept
