"""The desired state: what Home Assistant wants recorded, how, and for how long.

It is sent whole, checked whole, and kept in one file, so that the engine can start and record
without Home Assistant.
"""

from dataclasses import dataclass, field
import json
import os
import re
from typing import Literal
from urllib.parse import urlsplit

from . import PROTOCOL
from .errors import RequestError
from .fields import FieldError, Fields
from .recorder.reader.interface import Source

type SubPolicy = Literal["demand", "warm", "record"]

MAX_CAMERAS = 128
_POLICIES: tuple[SubPolicy, ...] = ("demand", "warm", "record")
_SCHEMES = ("rtsp", "rtsps", "http", "https")
_UID = re.compile(r"[0-9a-f]{32}")
_ARCHIVE_ID = re.compile(r"[0-9a-zA-Z-]{1,64}")
_ADDRESS = re.compile(r"[\x21-\x7e\u00a1-\U0010ffff]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class CameraConfig:
    """A camera that should be recorded."""

    uid: str
    label: str
    main: Source
    sub: Source | None
    sub_policy: SubPolicy


@dataclass(frozen=True, kw_only=True, slots=True)
class Retention:
    """Days to keep footage; `minimum_days` by law, `maximum_days` when the law has one."""

    days: int
    minimum_days: int
    maximum_days: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Config:
    """Everything the engine should do. See the control API in `docs/architecture.md`."""

    rev: int = 0
    archive_path: str | None = None
    archive_id: str | None = None
    retention: Retention = field(
        default_factory=lambda: Retention(days=30, minimum_days=0, maximum_days=None)
    )
    file_s: int = 300
    without_ha_s: int | None = None
    cameras: tuple[CameraConfig, ...] = ()

    def camera(self, uid: str) -> CameraConfig | None:
        """Return a camera by its uid."""
        return next((camera for camera in self.cameras if camera.uid == uid), None)

    def secrets(self) -> set[str]:
        """Return everything that may not be seen anywhere."""
        sources = [source for camera in self.cameras for source in (camera.main, camera.sub) if source]
        return {source.secret for source in sources} | {urlsplit(source.url).query for source in sources}


@dataclass(frozen=True, kw_only=True, slots=True)
class Complaint:
    """Something of a desired state that cannot be; `uid` is `None` when no camera is to blame."""

    uid: str | None
    code: str
    field: str | None
    text: str


def parse(data: object, before: Config) -> tuple[Config, list[Complaint]]:
    """Check a desired state.

    Raises `RequestError` when the state as a whole cannot be. A camera that cannot be does not
    hinder the others: it is left as it was `before` (or out) and complained about.
    """
    fields = Fields(data)
    if (proto := fields.integer("proto", 0, 1 << 31)) != PROTOCOL:
        raise RequestError("wrong_protocol", f"this engine speaks {PROTOCOL}, not {proto}", "proto")
    rev = fields.integer("rev", 0, 1 << 53)
    path, archive_id = _archive(fields.inner("archive"))
    retention = _retention(fields.inner("retention"))
    file_s = fields.integer("file_s", 2, 3600, 300)
    without_ha_s = fields.optional_integer("without_ha_s", 1, 1 << 31)
    listed = fields.items("cameras", MAX_CAMERAS)
    fields.done()
    cameras, complaints = _cameras(listed, before)
    return Config(
        rev=rev,
        archive_path=path,
        archive_id=archive_id,
        retention=retention,
        file_s=file_s,
        without_ha_s=without_ha_s,
        cameras=tuple(cameras),
    ), complaints


def source(fields: Fields, *, sound: bool = False) -> Source:
    """Return a source from its `url`, `user` and `secret`."""
    url = _url(fields)
    found = Source(
        url=url,
        user=fields.text("user", 256, ""),
        secret=fields.text("secret", 1024, ""),
        sound=sound,
    )
    fields.done()
    return found


def dump(config: Config) -> bytes:
    """Return the file that `load` reads; it holds secrets."""
    retention = config.retention
    return json.dumps(
        {
            "proto": PROTOCOL,
            "rev": config.rev,
            "archive": {"path": config.archive_path, "archive_id": config.archive_id},
            "retention": {
                "days": retention.days,
                "minimum_days": retention.minimum_days,
                "maximum_days": retention.maximum_days,
            },
            "file_s": config.file_s,
            "without_ha_s": config.without_ha_s,
            "cameras": [_dump_camera(camera) for camera in config.cameras],
        },
        ensure_ascii=False,
        indent=1,
    ).encode()


def load(data: bytes) -> tuple[Config, list[Complaint]]:
    """Read what `dump` wrote; raises `RequestError`."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise RequestError("bad_json", "the stored configuration is damaged") from error
    return parse(value, Config())


def _dump_camera(camera: CameraConfig) -> dict[str, object]:
    return {
        "uid": camera.uid,
        "label": camera.label,
        "main": {"url": camera.main.url},
        "sub": {"url": camera.sub.url} if camera.sub else None,
        "user": camera.main.user,
        "secret": camera.main.secret,
        "sound": camera.main.sound,
        "sub_policy": camera.sub_policy,
        "schedule": None,
    }


def _archive(fields: Fields) -> tuple[str | None, str | None]:
    path = fields.optional_text("path", 4096, least=1)
    archive_id = fields.optional_text("archive_id", 64, least=1)
    fields.done()
    if path is not None and (not os.path.isabs(path) or os.path.normpath(path) in {"/", "//"}):
        raise FieldError("bad_path", "must be the full path of a folder", fields.path("path"))
    if archive_id is not None and not _ARCHIVE_ID.fullmatch(archive_id):
        raise FieldError("bad_id", "is no archive's id", fields.path("archive_id"))
    return path and os.path.normpath(path), archive_id


def _retention(fields: Fields) -> Retention:
    retention = Retention(
        days=fields.integer("days", 1, 36_500),
        minimum_days=fields.integer("minimum_days", 0, 36_500),
        maximum_days=fields.optional_integer("maximum_days", 1, 36_500),
    )
    fields.done()
    if retention.days < retention.minimum_days:
        raise FieldError("below_minimum", "is less than the law asks for", fields.path("days"))
    if retention.maximum_days is not None and retention.maximum_days < retention.days:
        raise FieldError("above_maximum", "is more than is allowed", fields.path("days"))
    return retention


def _cameras(listed: list[object], before: Config) -> tuple[list[CameraConfig], list[Complaint]]:
    cameras: dict[str, CameraConfig] = {}
    complaints: list[Complaint] = []
    for number, item in enumerate(listed):
        uid: str | None = None
        try:
            fields = Fields(item, f"cameras[{number}]")
            uid = _uid(fields)
            if uid in cameras:
                raise FieldError("duplicate", "is there twice", fields.path("uid"))
            cameras[uid] = _camera(uid, fields)
        except FieldError as error:
            complaints.append(Complaint(uid=uid, code=error.code, field=error.field, text=error.text))
            if uid and uid not in cameras and (old := before.camera(uid)):
                cameras[uid] = old
    return list(cameras.values()), complaints


def _uid(fields: Fields) -> str:
    uid = fields.text("uid", 32)
    if not _UID.fullmatch(uid):
        raise FieldError("bad_id", "must be 32 hex digits", fields.path("uid"))
    return uid


def _camera(uid: str, fields: Fields) -> CameraConfig:
    label = fields.text("label", 200)
    user = fields.text("user", 256, "")
    secret = fields.text("secret", 1024, "")
    sound = fields.boolean("sound", False)
    policy = fields.choice("sub_policy", _POLICIES, "demand")
    main = Source(url=_stream_url(fields.inner("main")), user=user, secret=secret, sound=sound)
    second = fields.optional_inner("sub")
    sub = Source(url=_stream_url(second), user=user, secret=secret) if second else None
    if fields.optional_inner("schedule") is not None:
        raise FieldError("unsupported", "this engine has no schedules yet", fields.path("schedule"))
    fields.done()
    return CameraConfig(uid=uid, label=label, main=main, sub=sub, sub_policy=policy)


def _stream_url(fields: Fields) -> str:
    url = _url(fields)
    fields.done()
    return url


def _url(fields: Fields) -> str:
    """Return an address that can be opened and holds no login."""
    url = fields.text("url", 2048, least=1)
    where = fields.path("url")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise FieldError("bad_address", "is no address", where) from error
    if parts.scheme not in _SCHEMES:
        raise FieldError("bad_address", f"must begin with {', '.join(_SCHEMES)}", where)
    if not host or port == 0 or not _ADDRESS.fullmatch(url):
        raise FieldError("bad_address", "is no address", where)
    if "@" in parts.netloc:
        raise FieldError("login_in_address", "the login has fields of its own", where)
    return url
