"""The desired state: what Home Assistant wants recorded, how, and for how long.

It is sent whole, checked whole, and kept in one file, so that the engine can start and record
without Home Assistant.
"""

from dataclasses import asdict, dataclass, field
import json
import os
import re
from typing import Literal
from urllib.parse import urlsplit

from . import PROTOCOL
from .address import address
from .errors import RequestError
from .fields import FieldError, Fields
from .kept import MAX_SERVERS, KeptElsewhere, ServerConfig, kept_elsewhere, servers_of
from .recorder.reader.interface import Source
from .recorder.store.schedule import Schedule, parse as parse_schedule

type SubPolicy = Literal["demand", "warm", "record"]

MAX_CAMERAS = 128
MAX_VOLUMES = 16
LOOK_S = 60.0
_POLICIES: tuple[SubPolicy, ...] = ("demand", "warm", "record")
_UID = re.compile(r"[0-9a-f]{32}")
_ARCHIVE_ID = re.compile(r"[0-9a-zA-Z-]{1,64}")


@dataclass(frozen=True, kw_only=True, slots=True)
class RoomConfig:
    """A room as the legal profile sees it; `kind` is a word of the profile."""

    uid: str
    kind: str
    label: str


@dataclass(frozen=True, kw_only=True, slots=True)
class VolumeConfig:
    """An archive that is read and ages out, and to which nothing new is written."""

    path: str
    archive_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CameraConfig:
    """A camera that should be recorded; without a `schedule` around the clock.

    One that is `kept` elsewhere is recorded there: its streams are for looking only.
    `watch_picture` says whether to look if it still sees its room; people are there in the `hours`,
    None when nobody knows.
    """

    uid: str
    label: str
    main: Source
    sub: Source | None
    sub_policy: SubPolicy
    room: RoomConfig | None = None
    schedule: Schedule | None = None
    kept: KeptElsewhere | None = None
    watch_picture: bool = True
    hours: Schedule | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Retention:
    """Days to keep footage; `minimum_days` by law, `maximum_days` when the law has one."""

    days: int
    minimum_days: int
    maximum_days: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Config:
    """Everything the engine should do. See the control API in `docs/architecture.md`.

    `rooms` are those that the kindergarten has, with or without a camera. `holds_share` is the
    part of the disk, 0..1, that holds may take. Every `look_s` each camera's sight is looked at.
    """

    rev: int = 0
    archive_path: str | None = None
    archive_id: str | None = None
    retention: Retention = field(
        default_factory=lambda: Retention(days=30, minimum_days=0, maximum_days=None)
    )
    file_s: int = 300
    without_ha_s: int | None = None
    cameras: tuple[CameraConfig, ...] = ()
    old_volumes: tuple[VolumeConfig, ...] = ()
    time_zone: str | None = None
    profile: str | None = None
    rooms: tuple[RoomConfig, ...] = ()
    holds_share: float = 0.5
    servers: tuple[ServerConfig, ...] = ()
    look_s: float = LOOK_S

    def camera(self, uid: str) -> CameraConfig | None:
        """Return a camera by its uid."""
        return next((camera for camera in self.cameras if camera.uid == uid), None)

    def secrets(self) -> set[str]:
        """Return everything that may not be seen anywhere."""
        sources = [source for camera in self.cameras for source in (camera.main, camera.sub) if source]
        return (
            {source.secret for source in sources}
            | {urlsplit(source.url).query for source in sources}
            | {each.server.secret for each in self.servers}
        )


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
    path, archive_id, old_volumes = _archive(fields.inner("archive"))
    time_zone, profile, holds_share = _site(fields)
    rooms = _rooms(fields.optional_items("rooms", MAX_CAMERAS))
    retention = _retention(fields.inner("retention"))
    file_s = fields.integer("file_s", 2, 3600, 300)
    without_ha_s = fields.optional_integer("without_ha_s", 1, 1 << 31)
    servers = servers_of(fields.optional_items("servers", MAX_SERVERS))
    look_s = fields.number("look_s", 0.2, 600, LOOK_S)
    listed = fields.items("cameras", MAX_CAMERAS)
    fields.done()
    known = frozenset(each.uid for each in servers)
    cameras, complaints = _cameras(listed, before, time_zone, known)
    return Config(
        rev=rev,
        archive_path=path,
        archive_id=archive_id,
        retention=retention,
        file_s=file_s,
        without_ha_s=without_ha_s,
        cameras=tuple(cameras),
        old_volumes=old_volumes,
        time_zone=time_zone,
        profile=profile,
        rooms=rooms,
        holds_share=holds_share,
        servers=servers,
        look_s=look_s,
    ), complaints


def source(fields: Fields, *, sound: bool = False) -> Source:
    """Return a source from its `url`, `user` and `secret`."""
    url = address(fields)
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
            "archive": {
                "path": config.archive_path,
                "archive_id": config.archive_id,
                "volumes": [
                    {"path": volume.path, "archive_id": volume.archive_id, "role": "old"}
                    for volume in config.old_volumes
                ],
            },
            "site": {"time_zone": config.time_zone} if config.time_zone else None,
            "profile": {"key": config.profile} if config.profile else None,
            "rooms": [asdict(room) for room in config.rooms],
            "holds": {"share": config.holds_share},
            "retention": {
                "days": retention.days,
                "minimum_days": retention.minimum_days,
                "maximum_days": retention.maximum_days,
            },
            "file_s": config.file_s,
            "look_s": config.look_s,
            "without_ha_s": config.without_ha_s,
            "servers": [{"uid": each.uid, **asdict(each.server)} for each in config.servers],
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
        "room": asdict(camera.room) if camera.room else None,
        "schedule": {"days": camera.schedule.spec()["days"]} if camera.schedule else None,
        "kept": asdict(camera.kept) if camera.kept else None,
        "watch_picture": camera.watch_picture,
        "hours": {"days": camera.hours.spec()["days"]} if camera.hours else None,
    }


def _archive(fields: Fields) -> tuple[str | None, str | None, tuple[VolumeConfig, ...]]:
    """Return folder and id of the archive that is written, and the old ones.

    The active volume may be the first with that role in `volumes` instead of `path`.
    """
    path, archive_id = _folder(fields)
    old: list[VolumeConfig] = []
    for number, item in enumerate(fields.optional_items("volumes", MAX_VOLUMES)):
        volume = Fields(item, fields.path(f"volumes[{number}]"))
        role = volume.choice("role", ("active", "old"))
        where, its_id = _folder(volume)
        volume.done()
        if role == "active" and path in (None, where):
            path, archive_id = where, archive_id or its_id
        elif role == "active":
            raise FieldError("duplicate", "there is another active volume", volume.path("role"))
        elif where is None or its_id is None:
            raise FieldError("missing", "an old volume needs path and archive_id", volume.path("archive_id"))
        else:
            old.append(VolumeConfig(path=where, archive_id=its_id))
    fields.done()
    folders = [path, *(volume.path for volume in old)]
    if len(set(folders)) != len(folders):
        raise FieldError("duplicate", "a folder is there twice", fields.path("volumes"))
    return path, archive_id, tuple(old)


def _folder(fields: Fields) -> tuple[str | None, str | None]:
    path = fields.optional_text("path", 4096, least=1)
    archive_id = fields.optional_text("archive_id", 64, least=1)
    if path is not None and (not os.path.isabs(path) or os.path.normpath(path) in {"/", "//"}):
        raise FieldError("bad_path", "must be the full path of a folder", fields.path("path"))
    if archive_id is not None and not _ARCHIVE_ID.fullmatch(archive_id):
        raise FieldError("bad_id", "is no archive's id", fields.path("archive_id"))
    return path and os.path.normpath(path), archive_id


def _site(fields: Fields) -> tuple[str | None, str | None, float]:
    """Return time zone, key of the legal profile, and the part of the disk (0..1) that holds may take."""
    time_zone = profile = None
    share = 0.5
    if site := fields.optional_inner("site"):
        time_zone = site.optional_text("time_zone", 64, least=1)
        site.done()
    if chosen := fields.optional_inner("profile"):
        profile = chosen.optional_text("key", 64, least=1)
        chosen.done()
    if holds := fields.optional_inner("holds"):
        share = holds.number("share", 0, 0.9, 0.5)
        holds.done()
    return time_zone, profile, share


def _rooms(listed: list[object]) -> tuple[RoomConfig, ...]:
    return tuple(_room(Fields(item, f"rooms[{number}]")) for number, item in enumerate(listed))


def _room(fields: Fields) -> RoomConfig:
    room = RoomConfig(
        uid=fields.text("uid", 64, least=1),
        kind=fields.text("kind", 32, least=1),
        label=fields.text("label", 200),
    )
    fields.done()
    return room


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


def _cameras(
    listed: list[object], before: Config, time_zone: str | None, servers: frozenset[str]
) -> tuple[list[CameraConfig], list[Complaint]]:
    cameras: dict[str, CameraConfig] = {}
    complaints: list[Complaint] = []
    for number, item in enumerate(listed):
        uid: str | None = None
        try:
            fields = Fields(item, f"cameras[{number}]")
            uid = _uid(fields)
            if uid in cameras:
                raise FieldError("duplicate", "is there twice", fields.path("uid"))
            cameras[uid] = _camera(uid, fields, time_zone, servers)
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


def _camera(uid: str, fields: Fields, time_zone: str | None, servers: frozenset[str]) -> CameraConfig:
    user = fields.text("user", 256, "")
    secret = fields.text("secret", 1024, "")
    sound = fields.boolean("sound", False)
    second = fields.optional_inner("sub")
    found = fields.optional_inner("room")
    camera = CameraConfig(
        uid=uid,
        label=fields.text("label", 200),
        main=Source(url=_stream_url(fields.inner("main")), user=user, secret=secret, sound=sound),
        sub=Source(url=_stream_url(second), user=user, secret=secret) if second else None,
        sub_policy=fields.choice("sub_policy", _POLICIES, "demand"),
        room=_room(found) if found else None,
        schedule=_schedule(fields, "schedule", time_zone),
        watch_picture=fields.boolean("watch_picture", True),
        hours=_schedule(fields, "hours", time_zone),
        kept=kept_elsewhere(fields.optional_inner("kept"), servers),
    )
    fields.done()
    return camera


def _schedule(fields: Fields, name: str, time_zone: str | None) -> Schedule | None:
    """Return local times of weekdays, None for around the clock."""
    found = fields.optional_inner(name)
    if found is None:
        return None
    days = found.table("days")
    found.done()
    if time_zone is None:
        raise FieldError("missing", "is needed for a schedule", "site.time_zone")
    try:
        return parse_schedule(days, time_zone)
    except ValueError as error:
        raise FieldError("bad_schedule", str(error), fields.path(name)) from error


def _stream_url(fields: Fields) -> str:
    url = address(fields)
    fields.done()
    return url
