"""What keeps a server from holding footage for the minimum, and what is dangerous about it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..frigate_api.models import NEWEST, FrigateConfig, Keeping, Version
from ..frigate_api.server import Server

_ROLES_SAFE: Version = (0, 18, 0)
_CACHE_SAFE: Version = (0, 17, 2)
"""Before it a viewer could get an administrator's cached answer, and switch recording off."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """Something to be mended; `camera` is our uid of the one it is about, `days` what there is of them."""

    code: str
    camera: str | None = None
    days: float | None = None

    def view(self) -> dict[str, object]:
        """Return it for the API."""
        return {"code": self.code, "camera": self.camera, "days": self.days}


def problems(
    server: Server,
    version: Version,
    config: FrigateConfig,
    in_force: FrigateConfig,
    wanted: Mapping[str, str],
    minimum_days: int,
) -> list[Problem]:
    """Return what is wrong; `wanted` are our uids by the server's names of the cameras.

    `in_force` is what the server said when it began: its deletion goes by that, whatever it shows now.
    """
    return [
        *_about_version(server, version, config),
        *_about_retention(in_force, wanted, minimum_days),
        *(
            Problem(code=code, camera=uid)
            for name, uid in wanted.items()
            for code in _about_camera(config, name)
        ),
    ]


def _about_version(server: Server, version: Version, config: FrigateConfig) -> Iterator[Problem]:
    if version[:2] > NEWEST:
        yield Problem(code="version_new")
    elif version < _CACHE_SAFE:
        yield Problem(code="version_vulnerable")
    if config.roles and version < _ROLES_SAFE:
        yield Problem(code="roles_leak")
    if not server.user:
        yield Problem(code="port_open")
    if config.sync_recordings:
        yield Problem(code="sync_recordings")


def _about_retention(
    config: FrigateConfig, wanted: Mapping[str, str], minimum_days: int
) -> Iterator[Problem]:
    """The minute that is exactly the minimum old is deleted within the hour: a day more is needed."""
    if not minimum_days:
        return
    least = minimum_days + 1
    if (days := _kept(config.keeping)) < least:
        yield Problem(code="retention_short", days=days)
    for name, uid in wanted.items():
        camera = config.cameras.get(name)
        if camera is not None and (days := _kept(camera.keeping)) < least:
            yield Problem(code="retention_short", camera=uid, days=days)


def _kept(keeping: Keeping) -> float:
    return keeping.continuous


def _about_camera(config: FrigateConfig, name: str) -> Iterator[str]:
    camera = config.cameras.get(name)
    if camera is None:
        yield "camera_gone"
    elif not camera.enabled or not camera.record:
        yield "record_off"
    elif not camera.detects:
        yield "detect_off"
