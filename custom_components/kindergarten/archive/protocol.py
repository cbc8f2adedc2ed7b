"""What Home Assistant's side can ask of whatever keeps the footage; import its words from here."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from .devices import DeviceArchive, FoundChannel, FoundDevice, WantedDevice
from .evidence import EvidenceArchive
from .live import LiveArchive, LiveInit, LiveMessage, LivePart, Picture
from .models import (
    Advice,
    ArchivedCamera,
    ArchiveState,
    ArchiveStatus,
    AudioInfo,
    CameraState,
    CameraStatus,
    Clock,
    Coverage,
    Day,
    Event,
    Forecast,
    Gap,
    Head,
    Hello,
    Hold,
    HoldsInAll,
    Job,
    LedgerInfo,
    LongTask,
    ProbeResult,
    RemovedCamera,
    Span,
    StopCause,
    StreamName,
    SubStatus,
    Timeline,
    VideoInfo,
    Volume,
    VolumeInfo,
    as_utc,
)
from .said import ArchiveRefused, ArchiveUnavailable, Media
from .servers import ServerCamera, ServerFound, ServerProblem, ServerStatus
from .sights import SEES_WELL, PictureStatus, SightArchive, SightEvent, Which
from .wanted import (
    ConfigError,
    ConfigResult,
    DesiredCamera,
    DesiredKeeper,
    DesiredRoom,
    DesiredServer,
    DesiredState,
    DesiredVolume,
    ProbeSource,
    Schedule,
    SubPolicy,
    Trust,
)

__all__ = [
    "SEES_WELL",
    "Advice",
    "Archive",
    "ArchiveRefused",
    "ArchiveState",
    "ArchiveStatus",
    "ArchiveUnavailable",
    "ArchivedCamera",
    "AudioInfo",
    "CameraState",
    "CameraStatus",
    "Clock",
    "ConfigError",
    "ConfigResult",
    "Coverage",
    "Day",
    "DesiredCamera",
    "DesiredKeeper",
    "DesiredRoom",
    "DesiredServer",
    "DesiredState",
    "DesiredVolume",
    "DeviceArchive",
    "Event",
    "Forecast",
    "FoundChannel",
    "FoundDevice",
    "Gap",
    "Head",
    "Hello",
    "Hold",
    "HoldsInAll",
    "Job",
    "LedgerInfo",
    "LiveArchive",
    "LiveInit",
    "LiveMessage",
    "LivePart",
    "LongTask",
    "Media",
    "Picture",
    "PictureStatus",
    "ProbeResult",
    "ProbeSource",
    "RemovedCamera",
    "Schedule",
    "ServerCamera",
    "ServerFound",
    "ServerProblem",
    "ServerStatus",
    "SightArchive",
    "SightEvent",
    "Span",
    "StopCause",
    "StreamName",
    "SubPolicy",
    "SubStatus",
    "Timeline",
    "Trust",
    "VideoInfo",
    "Volume",
    "VolumeInfo",
    "WantedDevice",
    "Which",
    "as_utc",
]


class Archive(DeviceArchive, EvidenceArchive, LiveArchive, SightArchive, Protocol):
    """Whoever keeps the footage.

    Every method raises `ArchiveUnavailable` when nobody answers in time and `ArchiveRefused`
    when the answer is no (codes `unknown_camera`, `no_footage`, `bad_request`, ...).
    """

    async def status(self) -> ArchiveStatus:
        """Return how everything is."""

    def events(self, after: int = 0) -> AsyncIterator[Event]:
        """Iterate over what happens, replaying what is remembered after number `after`.

        Ends by `ArchiveUnavailable` when the connection breaks; ask again then.
        """

    async def configure(self, desired: DesiredState) -> ConfigResult:
        """Make everything as desired; unchanged cameras are not touched."""

    async def probe(self, source: ProbeSource) -> ProbeResult:
        """Look at a stream, ≤ 30 s.

        Refusals: bad_address, unreachable, refused, auth, not_found, no_video,
        unsupported_codec, timeout, tls, closed, no_camera.
        """

    async def probe_server(self, server: DesiredServer) -> ServerFound:
        """Look at a server that records cameras itself, ≤ 25 s.

        Refusals: unreachable, timeout, tls, fingerprint, auth, forbidden, not_frigate, too_old, busy,
        bad_answer, too_large, failed, not_found.
        """

    async def certificate(self, server: DesiredServer) -> str:
        """Return the fingerprint of the certificate that a server shows; the login is not sent."""

    async def lengthen(self, server: str) -> None:
        """Have a server keep its footage for the minimum and a day, by its uid, ≤ 4 minutes; it restarts.

        Refusals: those of `probe_server`, not_kept, version_new, bad_request.
        """

    async def cameras(self) -> tuple[ArchivedCamera, ...]:
        """Return every camera the archive knows."""

    async def timeline(self, uid: str, start_us: int, end_us: int) -> Timeline:
        """Return footage and gaps between two times."""

    async def coverage(self, uid: str, start_us: int, end_us: int, step_s: int) -> Coverage:
        """Return how much of each step between two times was recorded."""

    async def days(self, uid: str, tz_offset_s: int) -> tuple[Day, ...]:
        """Return the days with footage in a time zone that far east of UTC."""

    async def still(self, uid: str, at_us: int | None = None, height: int | None = None) -> bytes:
        """Return a JPEG of the newest key frame, or of the last one before `at_us`."""

    def open_media(
        self, uid: str, stream: StreamName, tail: str, params: Mapping[str, str] | None = None
    ) -> AbstractAsyncContextManager[Media]:
        """Open what the player asks for below a camera's stream.

        `tail` is `play.m3u8`, `live.m3u8`, `init/SHA.mp4` or `media/REC/A-B.m4s`. `params` takes
        `from` and `to` (µs): needed for `play.m3u8`, and on media the range outside of which
        nothing is given out.
        """
