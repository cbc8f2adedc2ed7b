"""The figures of `/api/stats`, as they go over the web socket too."""

from typing import Any

from .frigate import Frigate

_ROUND_S = 10


def stats(frigate: Frigate) -> dict[str, Any]:
    """Return the figures of the last round."""
    now = frigate.clock.now()
    total, free = frigate.disk.total_mib, frigate.free_mib()
    disk = {
        "total": round(total, 1),
        "used": round(total - free, 1),
        "free": round(free, 1),
        "mount_type": "ext4",
    }
    memory = {"total": 512.0, "used": 20.0, "free": 492.0, "mount_type": "tmpfs"}
    return {
        "cameras": {name: _camera(frigate, name) for name in frigate.cameras},
        "detectors": {"cpu": {"inference_speed": 30.1, "detection_start": 0.0, "pid": 320}},
        "detection_fps": 0.0,
        "cpu_usages": {},
        "service": {
            "uptime": int(now - frigate.started_at),
            "version": frigate.version.text,
            "latest_version": "0.18.0",
            "last_updated": int(now) // _ROUND_S * _ROUND_S,
            "storage": {
                "/media/frigate/recordings": disk,
                "/media/frigate/clips": disk,
                "/tmp/cache": memory,
                "/dev/shm": memory,
            },
            "temperatures": {},
        },
        "processes": {},
    }


def _camera(frigate: Frigate, name: str) -> dict[str, Any]:
    frames = 0.0 if name in frigate.dark else 5.0
    found: dict[str, Any] = {
        "camera_fps": frames,
        "process_fps": frames,
        "skipped_fps": 0.0,
        "detection_fps": 0.0,
        "detection_enabled": True,
        "pid": 400,
        "capture_pid": 401,
        "ffmpeg_pid": 402,
    }
    if frigate.version.at_least(0, 18):
        quality = {"connection_quality": "excellent", "expected_fps": 5.0}
        found |= quality | {"reconnects_last_hour": 0, "stalls_last_hour": 0}
    return found
