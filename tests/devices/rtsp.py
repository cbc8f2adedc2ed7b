"""The RTSP side of a device: a brand's own paths, mostly described and seldom played."""

from collections.abc import Mapping
from dataclasses import dataclass, field
import re
from typing import override

from tests.cameras.rtsp import Connection, Site
from tests.cameras.stream import CameraStream

_SDP = "v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=x\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"


@dataclass
class DeviceSite(Site):
    """What the connections of a device share. `paths` lead to a stream, None for one that is never played."""

    paths: Mapping[str, CameraStream | None] = field(default_factory=dict)
    server: str = ""
    hangs_up: bool = False
    described: list[str] = field(default_factory=list)


class DeviceConnection(Connection):
    """One client of a device."""

    def __init__(self, site: DeviceSite) -> None:
        super().__init__(site)
        self._device = site

    @override
    def _find(self, url: str) -> tuple[CameraStream, int] | None:
        path, track = _parts(url)
        stream = self._device.paths.get(path)
        return None if stream is None else (stream, track)

    @override
    def _describe(self, url: str, headers: dict[str, str]) -> tuple[int, dict[str, str], str]:
        path, _ = _parts(url)
        self._device.described.append(path)
        if path not in self._device.paths:
            return 404, {}, ""
        if self._device.paths[path] is None:
            return 200, {"Content-Type": "application/sdp"}, _SDP
        return super()._describe(url, headers)

    @override
    def _answer(self, code: int, cseq: str, headers: dict[str, str], body: str) -> None:
        said = {"Server": self._device.server} if self._device.server else {}
        super()._answer(code, cseq, headers | said, body)
        if self._device.hangs_up and code >= 400 and code != 401:
            self.hang_up()


def _parts(url: str) -> tuple[str, int]:
    """Return the path of a stream and the number of its track."""
    path = re.sub(r"^rtsp://[^/]*", "", url).rstrip("/")
    bare = re.sub(r"/track[01]$", "", path)
    return bare.rstrip("/"), int(path.endswith("/track1"))
