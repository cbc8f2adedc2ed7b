"""Facts for whoever helps: only what is listed here leaves the house, and nothing here names it."""

from dataclasses import asdict
from typing import Any, Final

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceEntry

from .archive.protocol import ArchiveStatus, CameraStatus
from .const import (
    CONF_CAMERA_ID,
    CONF_KIND,
    CONF_PROFILE,
    CONF_RETENTION_DAYS,
    CONF_SCHEME,
    CONF_SOUND,
    CONF_SOURCE,
    CONF_SUB_PATH,
    CONF_SUB_POLICY,
    DOMAIN,
    SUBENTRY_CAMERA,
    SUBENTRY_ROOM,
)
from .coordinator import KindergartenConfigEntry

_CAMERA_SETTINGS: Final = (CONF_SOURCE, CONF_SCHEME, CONF_SOUND, CONF_SUB_POLICY)
_CAMERA_FACTS: Final = (
    "state",
    "since_us",
    "cause",
    "newest_us",
    "oldest_us",
    "coverage_24h",
    "bytes_24h",
    "bitrate_bps",
    "fps",
    "gop_s",
    "video",
    "audio",
    "clock_offset_ms",
    "loss",
    "reader",
    "sub",
    "live_stream",
    "still_us",
)


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: KindergartenConfigEntry
) -> dict[str, Any]:
    """Return how everything is, without addresses, logins, names or paths."""
    data = entry.runtime_data
    status = data.coordinator.data.status
    hello = data.supervisor.hello
    return {
        "settings": {
            "version": [entry.version, entry.minor_version],
            CONF_PROFILE: entry.data[CONF_PROFILE],
            CONF_RETENTION_DAYS: entry.options[CONF_RETENTION_DAYS],
            "room_kinds": [room.data[CONF_KIND] for room in entry.get_subentries_of_type(SUBENTRY_ROOM)],
        },
        "engine": {
            "answers": not data.coordinator.data.silent and status is not None,
            "proto": hello.proto if hello else None,
            "version": hello.version if hello else None,
            "started_us": hello.started_us if hello else None,
        },
        "status": _site(status),
        "cameras": [_camera(entry, camera) for camera in entry.get_subentries_of_type(SUBENTRY_CAMERA)],
    }


async def async_get_device_diagnostics(
    hass: HomeAssistant, entry: KindergartenConfigEntry, device: DeviceEntry
) -> dict[str, Any]:
    """Return a camera's part; everything for a room or the kindergarten."""
    for camera in entry.get_subentries_of_type(SUBENTRY_CAMERA):
        if (DOMAIN, camera.data[CONF_CAMERA_ID]) in device.identifiers:
            return _camera(entry, camera)
    return await async_get_config_entry_diagnostics(hass, entry)


def _site(status: ArchiveStatus | None) -> dict[str, Any] | None:
    if status is None:
        return None
    volume = status.volume
    return {
        "rev": status.rev,
        "now_us": status.now_us,
        "clock": asdict(status.clock) if status.clock else None,
        "archive": {
            "state": volume.state,
            "total": volume.total,
            "free": volume.free,
            "used": volume.used,
        },
        "forecast": asdict(status.forecast),
        "retention_days": status.retention_days,
        "minimum_days": status.minimum_days,
        "maximum_days": status.maximum_days,
        "removed_cameras": len(status.removed_cameras),
    }


def _camera(entry: KindergartenConfigEntry, subentry: ConfigSubentry) -> dict[str, Any]:
    status = entry.runtime_data.coordinator.data.camera(subentry.data[CONF_CAMERA_ID])
    return {
        "camera": subentry.data[CONF_CAMERA_ID],
        **{name: subentry.data.get(name) for name in _CAMERA_SETTINGS},
        "has_sub": bool(subentry.data.get(CONF_SUB_PATH)),
        "status": _facts(status) if status else None,
    }


def _facts(status: CameraStatus) -> dict[str, Any]:
    everything = asdict(status)
    return {name: everything[name] for name in _CAMERA_FACTS}
