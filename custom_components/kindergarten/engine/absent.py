"""An archive that is not there: stands in until the store is built."""

from typing import override

from .env import Env
from .errors import RequestError
from .recorder.format.init import Init
from .recorder.fragments import Samples
from .recorder.store.store import Run, Store
from .recorder.store.views import (
    ArchiveState,
    ArchiveStatus,
    CameraFacts,
    CameraView,
    Coverage,
    Day,
    Emit,
    EpochView,
    Forecast,
    RecordingSlice,
    SpaceView,
    StoreSettings,
    Stream,
    Timeline,
)


class _AbsentRun(Run):
    @override
    def add(self, samples: Samples) -> None:
        pass

    @override
    def change_init(self, init: Init) -> None:
        pass

    @override
    def end(self, rel_end_us: int, cause: str, detail: str = "") -> None:
        pass


class AbsentStore(Store):
    """Keeps nothing."""

    @override
    def __init__(self, env: Env, emit: Emit, settings: StoreSettings | None = None) -> None:
        self._env = env

    @property
    @override
    def epoch(self) -> EpochView:
        return EpochView(
            id=0, boot_id=self._env.boot_id(), mono0_ns=0, utc0_us=self.utc_us(), trust=0, source="none"
        )

    @property
    @override
    def state(self) -> ArchiveState:
        return ArchiveState(status=ArchiveStatus.NONE)

    @override
    def utc_us(self, rel_us: int | None = None) -> int:
        return self._env.realtime_ns() // 1000

    @override
    def rel_us(self, mono_ns: int | None = None) -> int:
        return (self._env.monotonic_ns() if mono_ns is None else mono_ns) // 1000

    @override
    def configure(self, settings: StoreSettings) -> None:
        pass

    @override
    def open(self, path: str | None, archive_id: str | None = None) -> ArchiveState:
        return self.state

    @override
    def declare(self, uid: str, label: str) -> None:
        pass

    @override
    def remove(self, uid: str) -> None:
        pass

    @override
    def down(self, camera: str, stream: Stream, rel_us: int, cause: str, detail: str = "") -> None:
        pass

    @override
    def begin_run(
        self, camera: str, stream: Stream, init: Init, rel_start_us: int, reader: str, loss: str
    ) -> Run:
        return _AbsentRun()

    @override
    def start(self) -> None:
        pass

    @override
    def close(self, cause: str) -> None:
        pass

    @override
    def cameras(self) -> list[CameraView]:
        return []

    @override
    def space(self) -> SpaceView | None:
        return None

    @override
    def forecast(self) -> Forecast:
        return Forecast(days=None, bytes_per_day=None)

    @override
    def timeline(self, camera: str, stream: Stream, t0_us: int, t1_us: int) -> Timeline:
        return Timeline(horizon_us=0, recordings=[], gaps=[])

    @override
    def coverage(self, camera: str, t0_us: int, t1_us: int, step_s: int) -> Coverage:
        return Coverage(step_s=step_s, recorded=[], planned=[])

    @override
    def days(self, camera: str, tz_offset_s: int = 0) -> list[Day]:
        return []

    @override
    def facts(self, camera: str) -> CameraFacts:
        return CameraFacts(newest_us=None, oldest_us=None, coverage_24h=None, bytes_24h=0, bitrate_bps=None)

    @override
    def fragments(self, camera: str, stream: Stream, t0_us: int, t1_us: int) -> list[RecordingSlice]:
        return []

    @override
    def init(self, sha: str) -> bytes:
        raise RequestError("not_found", "there is no archive")

    @override
    def read_media(self, recording: int, first: int, last: int) -> bytes:
        raise RequestError("not_found", "there is no archive")

    @override
    def start_job(self, kind: str) -> str:
        raise RequestError("not_found", "there is no archive")

    @override
    def job(self, job_id: str) -> dict[str, object]:
        raise RequestError("not_found", "there is no job")
