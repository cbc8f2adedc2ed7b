"""A camera that somebody else records: shown live from there, once for all viewers, and never kept by us."""

from typing import override

from ..config import CameraConfig
from ..recorder.camera import Camera, Means
from ..recorder.store.views import Stream
from .servers import Servers

_UNKNOWN: dict[str, object] = {
    "state": "unknown",
    "cause": None,
    "code": None,
    "since_us": None,
    "newest_us": None,
    "fps": None,
}


class RelayCamera(Camera):
    """Opens the live stream for viewers only; how it records is what its server shows."""

    def __init__(self, means: Means, config: CameraConfig, servers: Servers, *, place: int = 0) -> None:
        """Ask these servers how the camera is."""
        super().__init__(means, config, place=place)
        self._servers = servers

    @override
    def start(self) -> None:
        with self._lock:
            self._stopped = False
            self._begin_all()
            self._delay_s = 0.0

    @override
    def apply(self, config: CameraConfig) -> bool:
        with self._lock:
            before, self.config = self.config, config
            if before.sub != config.sub or before.sub_policy != config.sub_policy:
                self._end("sub", "connect", "new settings")
            self._begin_all()
            return before != config

    @property
    @override
    def on_schedule(self) -> bool:
        return False

    @property
    @override
    def live_stream(self) -> Stream:
        return "sub"

    @override
    def status(self) -> dict[str, object]:
        told = self._servers.told(self.uid)
        now = dict(_UNKNOWN)
        if told is not None:
            judged = told.judgement
            now = {
                "state": judged.state, "cause": judged.cause, "code": judged.code, "since_us": told.since_us,
                "newest_us": told.newest_us, "fps": told.fps,
            }  # fmt: skip
        archive = self._archived()
        return {
            **super().status(),
            **now,
            "newest_us": now["newest_us"] or archive.newest_us,
            "detail": "",
            "bitrate_bps": archive.bitrate_bps,
        }

    @override
    def _begin_all(self) -> None:
        if self._stopped or self.config.sub is None:
            return
        if self.config.sub_policy != "demand" or self._live["sub"].viewers:
            self._begin("sub", self.config.sub, recorded=False)
