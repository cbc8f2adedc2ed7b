"""The words of the one interface to footage: what is wanted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

type SubPolicy = Literal["demand", "warm", "record"]
type Trust = Literal["verify", "pin", "any"]
"""Whether a server's certificate is verified as usual, must be the known one, or may be any."""
type Schedule = Mapping[str, tuple[tuple[str, str], ...]]
"""Spans of local time, from and to as HH:MM, by weekday (mon ... sun)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DesiredRoom:
    """A room as the legal profile sees it."""

    uid: str
    kind: str
    label: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DesiredVolume:
    """A disk of the archive; an old one is read and ages out, nothing new is written to it."""

    path: str
    archive_id: str | None
    role: Literal["active", "old"]


@dataclass(frozen=True, kw_only=True, slots=True)
class DesiredServer:
    """A server that records cameras itself. `url` is scheme, host and port, without the login.

    `fingerprint` is the SHA-256 (hex) of the certificate that is pinned.
    """

    uid: str
    url: str
    user: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    trust: Trust = "verify"
    fingerprint: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DesiredKeeper:
    """Which server keeps a camera's footage, and what the camera is called there."""

    server: str
    camera: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DesiredCamera:
    """A camera as it should be recorded. The URLs never contain the login.

    One that is `kept` by a server is recorded there; its URLs are for looking only.
    `schedule` holds local times by weekday, `None` for around the clock. `watch_picture` says whether to
    look if it still sees its room, where people are in the `hours` (None: nobody knows).
    """

    uid: str
    label: str
    main_url: str
    sub_url: str | None = None
    user: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    sound: bool = False
    sub_policy: SubPolicy = "demand"
    room: DesiredRoom | None = None
    schedule: Schedule | None = None
    kept: DesiredKeeper | None = None
    watch_picture: bool = True
    hours: Schedule | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DesiredState:
    """Everything the recorder should do. `rev` grows with every change.

    `minimum_days` is what the law asks for, `maximum_days` what it allows. `file_s` is the length
    of a recording file, `without_ha_s` how long to go on without us (`None`: for ever), `look_s` how
    often each picture is looked at.
    """

    rev: int
    archive_path: str | None
    archive_id: str | None
    retention_days: int
    minimum_days: int
    maximum_days: int | None
    cameras: tuple[DesiredCamera, ...] = ()
    file_s: int = 300
    without_ha_s: int | None = None
    time_zone: str | None = None
    profile: str | None = None
    rooms: tuple[DesiredRoom, ...] = ()
    volumes: tuple[DesiredVolume, ...] = ()
    servers: tuple[DesiredServer, ...] = ()
    look_s: float = 45


@dataclass(frozen=True, kw_only=True, slots=True)
class ConfigError:
    """One thing of the desired state that cannot be; `uid` is `None` when no camera is to blame."""

    uid: str | None
    code: str
    field: str | None
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ConfigResult:
    """What became of a desired state: the uids of the cameras, by what was done with them."""

    rev: int
    applied: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    errors: tuple[ConfigError, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ProbeSource:
    """A stream to look at. The URL does not contain the login."""

    url: str
    user: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
