"""How a stand-in is set up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ADMIN = "admin"
PASSWORD = "kindergarten-2026"
"""The login of a stand-in unless a test says otherwise."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a server is before a test changes it.

    `cameras` are ids, a number stands for cam1, cam2, …; `days` of history; `keep_days` is written into the
    configuration globally, `camera_days` with each camera (None: not written). `lag_s` passes until a segment
    is known. `labels` writes each camera's name into its pictures. Ports: 0 takes a free one and keeps it.
    `minute` is that of the hour in which it begins (None: the machine's), so that no hour ends by chance.
    `rtsp` runs the restream. `host` is where it listens. `config` is set on top, by dotted keys
    ("cameras.cam1.friendly_name"). `login` False is `auth.enabled: false`: everybody at the outer door is a
    viewer; `tls` False is that door without TLS.
    """

    version: str = "0.17"
    cameras: int | tuple[str, ...] = 2
    days: float = 30
    keep_days: float | None = 31
    camera_days: float | None = None
    lag_s: float = 8
    labels: bool = False
    user: str = ADMIN
    password: str = field(default=PASSWORD, repr=False)
    host: str = "127.0.0.1"
    internal_port: int = 0
    external_port: int = 0
    rtsp: bool = False
    login: bool = True
    tls: bool = True
    config: Mapping[str, Any] = field(default_factory=dict)
    rtsp_port: int = 0
    minute: int | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Return the cameras' ids."""
        if isinstance(self.cameras, int):
            return tuple(f"cam{number}" for number in range(1, self.cameras + 1))
        return self.cameras
