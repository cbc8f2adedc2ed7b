"""An archive in memory, which tests can make do anything, and an entry with rooms and cameras."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import HomeAssistant, State
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.kindergarten.archive.protocol import (
    Archive,
    ArchivedCamera,
    ArchiveRefused,
    ArchiveState,
    ArchiveStatus,
    ArchiveUnavailable,
    CameraState,
    CameraStatus,
    Clock,
    ConfigError,
    ConfigResult,
    Coverage,
    Day,
    DesiredServer,
    DesiredState,
    Event,
    Forecast,
    FoundDevice,
    Hello,
    Media,
    ProbeResult,
    ProbeSource,
    ServerFound,
    StopCause,
    StreamName,
    Timeline,
    VideoInfo,
    Volume,
    WantedDevice,
)
from custom_components.kindergarten.const import DOMAIN

from .fake_evidence import FakeEvidence
from .fake_live import FakeLive
from .fake_sights import FakeSights

PLAYROOM = "a" * 32
BEDROOM = "b" * 32
HOUR_US = 3_600_000_000
NOW_US = 1_795_000_000_000_000
"""2026-11-18 13:06:40 UTC."""

JPEG = b"\xff\xd8 a picture \xff\xd9"


def camera_status(uid: str, state: CameraState = CameraState.RECORDING, **changes: Any) -> CameraStatus:
    """Return a camera that is recorded well, but for what is changed."""
    status = CameraStatus(
        uid=uid,
        state=state,
        since_us=NOW_US - HOUR_US,
        cause=None,
        detail="",
        newest_us=NOW_US - 1_000_000,
        oldest_us=NOW_US - 48 * HOUR_US,
        coverage_24h=0.9987,
        bytes_24h=40_000_000_000,
        bitrate_bps=4_000_000,
        fps=25.0,
        video=VideoInfo(codec="h264", width=1920, height=1080, codecs="avc1.640028", browser=True),
        audio=None,
        clock_offset_ms=120,
        loss="unknown",
        sub=None,
        live_stream="main",
        live_url=f"http://127.0.0.1:41234/live/{uid}.ts?auth=live-secret-{uid[:4]}",
        still_us=NOW_US - 1_000_000,
    )
    return replace(status, **changes)


def site_status(*cameras: CameraStatus, **changes: Any) -> ArchiveStatus:
    """Return a recorder that is well, but for what is changed."""
    status = ArchiveStatus(
        rev=1,
        version="test",
        now_us=NOW_US,
        clock=Clock(epoch=1, utc0_us=NOW_US - 5 * HOUR_US, trust=2, source="ntp"),
        volume=Volume(
            state=ArchiveState.OK,
            path="/srv/path-canary",
            archive_id="archive-1",
            total=4_000_000_000_000,
            free=1_000_000_000_000,
            used=2_500_000_000_000,
            detail="",
        ),
        forecast=Forecast(days=41.5, bytes_per_day=80_000_000_000),
        retention_days=32,
        minimum_days=30,
        maximum_days=35,
        cameras={camera.uid: camera for camera in cameras},
        removed_cameras=(),
    )
    return replace(status, **changes)


@dataclass
class FakeMedia(Media):
    """A file that the fake archive serves."""

    body: bytes
    status: int = 200
    content_type: str = "application/octet-stream"
    headers: Mapping[str, str] = field(default_factory=dict)

    async def read(self) -> bytes:
        """Return the whole body."""
        return self.body

    async def chunks(self) -> AsyncIterator[bytes]:
        """Return the body in two pieces."""
        half = len(self.body) // 2
        yield self.body[:half]
        yield self.body[half:]


class FakeArchive(FakeLive, FakeSights, FakeEvidence, Archive):
    """Answers what the test says; `reachable` is whether it answers at all."""

    def __init__(self) -> None:
        """Begin with two cameras that are recorded well."""
        super().__init__()
        self.reachable = True
        self.now = site_status(camera_status(PLAYROOM), camera_status(BEDROOM))
        self.configured: list[DesiredState] = []
        self.known: tuple[ArchivedCamera, ...] = ()
        self.recorded = Timeline(horizon_us=NOW_US, recordings=(), gaps=(), holds=())
        self.covered: dict[int, float] = {}
        self.files: dict[str, FakeMedia] = {}
        self.refuses: set[str] = set()
        self.opened: list[tuple[str, str, str, dict[str, str]]] = []
        self._events: asyncio.Queue[Event | None] = asyncio.Queue()
        self._n = 0

    def show(self, *cameras: CameraStatus, **changes: Any) -> None:
        """Change cameras, and the site."""
        self.now = replace(
            self.now, cameras={**self.now.cameras, **{camera.uid: camera for camera in cameras}}, **changes
        )

    def happen(self, kind: str, camera: str | None = None, t_us: int = NOW_US, **data: object) -> None:
        """Let something happen."""
        self._n += 1
        self._events.put_nowait(Event(n=self._n, t_us=t_us, kind=kind, camera=camera, data=data))

    def hang_up(self) -> None:
        """Stop answering."""
        self.reachable = False
        self._events.put_nowait(None)

    def _answer(self) -> None:
        if not self.reachable:
            raise ArchiveUnavailable("nobody answers")

    async def status(self) -> ArchiveStatus:
        """Return what the test says."""
        self._answer()
        return self.now

    async def events(self, after: int = 0) -> AsyncIterator[Event]:
        """Return what the test lets happen."""
        self._answer()
        while (event := await self._events.get()) is not None:
            yield event
        raise ArchiveUnavailable("hung up")

    async def configure(self, desired: DesiredState) -> ConfigResult:
        """Do as wanted at once."""
        self._answer()
        self.configured.append(desired)
        self.now = replace(
            self.now,
            rev=desired.rev,
            volume=replace(self.now.volume, path=desired.archive_path),
            cameras={
                camera.uid: self.now.cameras.get(camera.uid, camera_status(camera.uid))
                for camera in desired.cameras
                if camera.main_url and camera.uid not in self.refuses
            },
        )
        refused = [camera.uid for camera in desired.cameras if camera.uid not in self.now.cameras]
        errors = tuple(ConfigError(uid=uid, code="bad_address", field="main.url", text="") for uid in refused)
        return ConfigResult(rev=desired.rev, applied=(), unchanged=(), removed=(), errors=errors)

    async def probe(self, source: ProbeSource) -> ProbeResult:
        """See nothing."""
        raise ArchiveRefused("unreachable", "not part of these tests")

    async def probe_server(self, server: DesiredServer) -> ServerFound:
        """See nobody."""
        raise ArchiveRefused("unreachable", "not part of these tests")

    async def certificate(self, server: DesiredServer) -> str:
        """See nobody."""
        raise ArchiveRefused("unreachable", "not part of these tests")

    async def lengthen(self, server: str) -> None:
        """Know no server."""
        raise ArchiveRefused("not_found", "not part of these tests")

    async def cameras(self) -> tuple[ArchivedCamera, ...]:
        """Return the cameras with footage."""
        self._answer()
        return self.known

    async def timeline(self, uid: str, start_us: int, end_us: int) -> Timeline:
        """Return what lies between two times."""
        self._answer()
        if uid not in {camera.uid for camera in self.known}:
            raise ArchiveRefused("unknown_camera", "no such camera")
        inside = [
            span for span in self.recorded.recordings if span.end_us > start_us and span.start_us < end_us
        ]
        gaps = [
            gap
            for gap in self.recorded.gaps
            if (gap.end_us is None or gap.end_us > start_us) and gap.start_us < end_us
        ]
        return replace(self.recorded, recordings=tuple(inside), gaps=tuple(gaps))

    async def coverage(self, uid: str, start_us: int, end_us: int, step_s: int) -> Coverage:
        """Return the seconds the test put at the beginning of steps."""
        self._answer()
        steps = range(start_us, end_us, step_s * 1_000_000)
        return Coverage(
            step_s=step_s,
            recorded=tuple(self.covered.get(step, 0.0) for step in steps),
            planned=(0.0,) * len(steps),
        )

    async def days(self, uid: str, tz_offset_s: int) -> tuple[Day, ...]:
        """Know no days."""
        return ()

    async def still(self, uid: str, at_us: int | None = None, height: int | None = None) -> bytes:
        """Return a picture."""
        self._answer()
        return JPEG

    @asynccontextmanager
    async def open_media(
        self, uid: str, stream: StreamName, tail: str, params: Mapping[str, str] | None = None
    ) -> AsyncIterator[Media]:
        """Serve a file."""
        self._answer()
        self.opened.append((uid, stream, tail, dict(params or {})))
        if (found := self.files.get(tail)) is None:
            raise ArchiveRefused("no_footage", "nothing there")
        yield found

    async def find(self, device: WantedDevice) -> FoundDevice:
        """See no device."""
        raise ArchiveRefused("not_found", "not part of these tests")


class FakeSupervisor:
    """Stands for the engine's process."""

    def __init__(self, archive: FakeArchive) -> None:
        """Supervise an archive in memory."""
        self.archive = archive
        self.hello: Hello | None = None
        self.closed = 0
        self.stopped: list[StopCause] = []

    def __call__(self, hass: HomeAssistant, state: Path) -> FakeSupervisor:
        """Take the place of the real one's class."""
        return self

    async def start(self) -> None:
        """Find the engine running."""

    async def close(self) -> None:
        """Let go."""
        self.closed += 1

    async def stop(self, cause: StopCause) -> None:
        """End the engine."""
        self.stopped.append(cause)


def room(title: str = "Playroom", **data: Any) -> ConfigSubentryData:
    """Return a room."""
    return ConfigSubentryData(
        subentry_type="room",
        title=title,
        unique_id=f"room:{title}",
        data={"kind": "group", "area_id": None, "opening": None, "quiet": [], **data},
    )


def camera(camera_id: str = PLAYROOM, title: str = "By the window", **data: Any) -> ConfigSubentryData:
    """Return an RTSP camera."""
    return ConfigSubentryData(
        subentry_type="camera",
        title=title,
        unique_id=f"camera:{camera_id}",
        data={
            "camera_id": camera_id,
            "room": "",
            "source": "rtsp",
            "scheme": "rtsp",
            "host": "192.168.77.10",
            "port": 554,
            "path": "/stream1?pw=path-canary",
            "sub_path": "/stream2",
            "username": "login-canary",
            "password": "password-canary",
            "sound": False,
            "sub_policy": "demand",
            "found": {},
            **data,
        },
    )


def kindergarten_entry(*subentries: ConfigSubentryData) -> MockConfigEntry:
    """Return the entry of a kindergarten."""
    return MockConfigEntry(
        domain=DOMAIN,
        title="Little Sun",
        unique_id=DOMAIN,
        version=1,
        minor_version=1,
        data={"profile": "kz_2026", "archive_path": "/srv/path-canary", "archive_id": "archive-1"},
        options={"retention_days": 32},
        subentries_data=subentries,
    )


async def load(hass: HomeAssistant, entry: MockConfigEntry) -> MockConfigEntry:
    """Set the entry up, and wait until the recorder is known."""
    entry.add_to_hass(hass)
    move_in(hass, entry)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await settle(hass)
    return entry


def move_in(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Put every camera that is nowhere into the room that stands before it."""
    room_id = ""
    for subentry in list(entry.subentries.values()):
        if subentry.subentry_type == "room":
            room_id = subentry.subentry_id
        elif subentry.subentry_type == "camera" and not subentry.data["room"]:
            data = {**subentry.data, "room": room_id}
            hass.config_entries.async_update_subentry(entry, subentry, data=data)


async def settle(hass: HomeAssistant) -> None:
    """Wait until the background task has told everything there is to tell."""
    for _ in range(20):
        await asyncio.sleep(0)
    await hass.async_block_till_done()


async def look(hass: HomeAssistant) -> None:
    """Have the status read now, as every half minute."""
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    await entry.runtime_data.coordinator.async_refresh()
    await settle(hass)


def state_of(hass: HomeAssistant, entity_id: str) -> State:
    """Return an entity's state, which must be there."""
    state = hass.states.get(entity_id)
    assert state is not None, f"no {entity_id}"
    return state
