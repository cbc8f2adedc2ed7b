"""Facts for whoever helps: only what is listed here leaves the house, and nothing here names it."""

from dataclasses import asdict
from typing import Any, Final

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.device_registry import DeviceEntry

from .archive.protocol import ArchiveStatus, CameraStatus
from .brands import brand_of
from .const import (
    CONF_CAMERA_ID,
    CONF_KIND,
    CONF_PORTAL_ENABLED,
    CONF_PROFILE,
    CONF_RETENTION_DAYS,
    CONF_SCHEME,
    CONF_SOUND,
    CONF_SOURCE,
    CONF_SUB_PATH,
    CONF_SUB_POLICY,
    CONF_WATCH_PICTURE,
    DOMAIN,
    SUBENTRY_CAMERA,
    SUBENTRY_ROOM,
)
from .coordinator import KindergartenConfigEntry
from .grace import USUAL_S, seconds_of

_CAMERA_SETTINGS: Final = (CONF_SOURCE, CONF_SCHEME, CONF_SOUND, CONF_SUB_POLICY, CONF_WATCH_PICTURE)
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
    "picture",
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
            "graces_s": {option: seconds_of(entry, option) for option in USUAL_S},
            CONF_PORTAL_ENABLED: entry.options.get(CONF_PORTAL_ENABLED, False),
            "room_kinds": [room.data[CONF_KIND] for room in entry.get_subentries_of_type(SUBENTRY_ROOM)],
        },
        "engine": {
            "answers": not data.coordinator.data.silent and status is not None,
            "proto": hello.proto if hello else None,
            "version": hello.version if hello else None,
            "started_us": hello.started_us if hello else None,
            "installed_as": data.restarts.installed_as,
            "restart_costs_gap": data.restarts.costs_gap,
        },
        # What is to be mended, as keys: their ids may hold a name.
        "repairs": sorted(
            issue.translation_key or ""
            for (domain, _), issue in ir.async_get(hass).issues.items()
            if domain == DOMAIN
        ),
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
        "ledger": status.ledger.state if status.ledger else None,
        "holds": asdict(status.holds) if status.holds else None,
        "volumes": [{"role": volume.role, "state": volume.state} for volume in status.volumes],
        "tasks": [asdict(task) for task in status.tasks],
    }


def _camera(entry: KindergartenConfigEntry, subentry: ConfigSubentry) -> dict[str, Any]:
    snapshot, uid = entry.runtime_data.coordinator.data, subentry.data[CONF_CAMERA_ID]
    status, proof = snapshot.camera(uid), snapshot.evidence.of(uid)
    return {
        "camera": uid,
        **{name: subentry.data.get(name) for name in _CAMERA_SETTINGS},
        "has_sub": bool(subentry.data.get(CONF_SUB_PATH)),
        "brand": brand_of(subentry.data),
        "stopped_s": snapshot.stopped_s.get(uid),
        "days_proven": proof.days_proven if proof else None,
        "status": _facts(status) if status else None,
    }


def _facts(status: CameraStatus) -> dict[str, Any]:
    everything = asdict(status)
    return {name: everything[name] for name in _CAMERA_FACTS}
