"""Since when cameras are not recorded, by a clock that nobody can turn."""

from collections.abc import Mapping
from typing import Final

from .archive.protocol import ArchiveStatus, CameraState, CameraStatus

_WELL: Final = {CameraState.RECORDING, CameraState.OFF}


class StoppedCameras:
    """Remembers from one look to the next when each camera stopped.

    A camera goes through many states while it is tried anew; only a recording ends the trouble.
    """

    def __init__(self) -> None:
        """Begin without knowing anybody."""
        self._since_s: dict[str, float] = {}
        self._before: Mapping[str, CameraStatus] = {}

    def look(self, status: ArchiveStatus, now_s: float) -> Mapping[str, float]:
        """Return for how many seconds each camera has not been recorded that should be.

        `now_s` is monotonic: a clock that is set makes no trouble longer.
        """
        troubled = {uid: camera for uid, camera in status.cameras.items() if camera.state not in _WELL}
        self._since_s = {
            uid: self._since_s[uid] if uid in self._since_s else now_s - self._first(camera, status.now_us)
            for uid, camera in troubled.items()
        }
        self._before = status.cameras
        return {uid: now_s - since_s for uid, since_s in self._since_s.items()}

    def _first(self, camera: CameraStatus, now_us: int) -> float:
        """Return for how long a trouble that is seen for the first time has lasted, in seconds."""
        before = self._before.get(camera.uid)
        # A camera is still read while the disk takes nothing: its own state is as old as its session.
        was_recorded = camera.state is CameraState.DISK or (before and before.state is CameraState.RECORDING)
        began_us = camera.newest_us if was_recorded else camera.since_us
        return 0.0 if began_us is None else max(0.0, (now_us - began_us) / 1_000_000)
