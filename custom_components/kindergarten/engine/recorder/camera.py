"""A camera: its main stream is always recorded, its sub stream as the policy says."""

from collections.abc import Callable
from dataclasses import dataclass
import threading

from ..config import CameraConfig
from ..env import Env
from ..errors import RequestError
from .format.init import Init
from .live import LiveStream
from .pipeline import Pipeline
from .reader.interface import Loss, Reader, Source
from .session import STAGGER_S, SessionState, StreamSession, TranscoderFactory
from .store.store import Store
from .store.views import ArchiveStatus, CameraFacts, Stream

LINGER_S = 30.0
EARLY_US, LATE_US = 5_000_000, 2_000_000
"""By how much more than its schedule a camera records, so that connecting costs nothing of it."""
SUB_KEEP_S = 10.0
MAX_LIVE_HEIGHT = 1080
_BY_SCHEDULE = "schedule"
_NOTHING = CameraFacts(newest_us=None, oldest_us=None, coverage_24h=None, bytes_24h=0, bitrate_bps=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Means:
    """What all cameras share. `changed` hears the uid of a camera whose state changed."""

    env: Env
    store: Store
    make_reader: Callable[[Env], Reader]
    transcoders: TranscoderFactory | None = None
    changed: Callable[[str], None] = lambda _: None


@dataclass(kw_only=True, slots=True)
class _Running:
    """A stream that is being read, and where it goes."""

    session: StreamSession
    pipeline: Pipeline


class Camera:
    """Records a camera until it is stopped. Methods may be called from any thread."""

    def __init__(self, means: Means, config: CameraConfig, *, place: int = 0) -> None:
        """Begin `place` × 100 ms after `start`, so that channels of one device do not connect all at once."""
        self._means = means
        self._delay_s = place * STAGGER_S
        self._lock = threading.RLock()
        self._running: dict[Stream, _Running] = {}
        self._linger: threading.Timer | None = None
        self._paused: tuple[str, str] | None = None
        self._stopped = True
        self._ended: list[StreamSession] = []
        self.config = config
        self._live: dict[Stream, LiveStream] = {
            "main": LiveStream(),
            "sub": LiveStream(keep_s=SUB_KEEP_S, on_viewers=self._sub_viewers),
        }

    @property
    def uid(self) -> str:
        """Return the camera's id."""
        return self.config.uid

    def start(self) -> None:
        """Begin to record; called once."""
        with self._lock:
            self._stopped = False
            store = self._means.store
            store.declare(self.uid, self.config.label)
            store.plan(self.uid, self.config.schedule)
            self._paused = None if self._wanted() else (_BY_SCHEDULE, "")
            cause, detail = self._paused or ("connect", "starting")
            store.down(self.uid, "main", store.rel_us(), cause, detail)
            self._begin_all()
            self._delay_s = 0.0

    def stop(self, cause: str, detail: str = "") -> None:
        """End all sessions now, for good, and say why."""
        with self._lock:
            self._stopped = True
            if self._linger is not None:
                self._linger.cancel()
            self._end_all(cause, detail)
            for live in self._live.values():
                live.close()

    def join(self, timeout_s: float) -> bool:
        """Wait for the threads of ended sessions; tells whether they are gone."""
        return all(session.join(timeout_s) for session in self._ended)

    def apply(self, config: CameraConfig) -> bool:
        """Go on as `config` says; what did not change is not touched. Tells whether anything did."""
        with self._lock:
            before, self.config = self.config, config
            if before == config:
                return False
            if self._stopped:
                return True
            if before.label != config.label:
                self._means.store.declare(self.uid, config.label)
            if before.schedule != config.schedule:
                self._means.store.plan(self.uid, config.schedule)
                self.follow_schedule()
            if before.main != config.main:
                self._end("main", "connect", "new settings")
            if before.sub != config.sub or before.sub_policy != config.sub_policy:
                self._end("sub", "connect", "new settings")
            self._begin_all()
            return True

    @property
    def on_schedule(self) -> bool:
        """Tell whether the camera has a schedule, or is still paused by one that it had."""
        return self.config.schedule is not None or (self._paused or ("",))[0] == _BY_SCHEDULE

    def follow_schedule(self) -> None:
        """Begin or end recording as the schedule says now; what an administrator paused stays so."""
        with self._lock:
            if self._stopped:
                return
            wanted = self._wanted()
            if wanted and self._paused is not None and self._paused[0] == _BY_SCHEDULE:
                self.resume()
            elif not wanted and self._paused is None:
                self.pause(_BY_SCHEDULE)

    def _wanted(self) -> bool:
        """Tell whether to record now; while nobody knows the time, yes."""
        schedule, store = self.config.schedule, self._means.store
        if schedule is None or store.epoch.trust == 0:
            return True
        now = store.utc_us()
        return schedule.wanted(now + EARLY_US) or schedule.wanted(now - LATE_US)

    def pause(self, cause: str, detail: str = "") -> None:
        """Do not record until `resume`: the schedule or an administrator says so."""
        with self._lock:
            self._paused = (cause, detail)
            self._end_all(cause, detail)
            store = self._means.store
            store.down(self.uid, "main", store.rel_us(), cause, detail)

    def resume(self) -> None:
        """Record again after `pause`."""
        with self._lock:
            if self._paused is None:
                return
            self._paused = None
            store = self._means.store
            store.down(self.uid, "main", store.rel_us(), "connect", "starting")
            self._begin_all()

    def live(self, stream: Stream) -> LiveStream:
        """Return what viewers watch; watching a sub stream on demand opens it."""
        return self._live[stream]

    @property
    def live_stream(self) -> Stream:
        """Return the stream that browsers should be shown: one they can play, and not too large."""
        if self.config.sub is None:
            return "main"
        init = self._init("main")
        if init is None or (init.video.codec == "h264" and init.video.height <= MAX_LIVE_HEIGHT):
            return "main"
        sub = self._init("sub")
        return "main" if sub is not None and not sub.video.browser else "sub"

    @property
    def clock_offset_ms(self) -> int | None:
        """Return how far the camera's wall clock is ahead of ours, if it says so."""
        main = self._running.get("main")
        clock_us = main.session.facts.camera_clock_us if main else None
        return None if clock_us is None else clock_us // 1000

    def status(self) -> dict[str, object]:
        """Return the camera's part of the control API's status (without `token` and `still_us`)."""
        main, sub = self._running.get("main"), self._running.get("sub")
        facts = main.session.facts if main else None
        archive = self._archived()
        rates, sub_rates = (each.pipeline.rates() if each else None for each in (main, sub))
        state = self._state(facts.state if facts else SessionState.OFF)
        audio = facts.audio if facts else None
        init = main.pipeline.init if main else None
        return {
            "state": state,
            "since_us": self._means.store.utc_us(facts.since_us) if facts else None,
            "cause": (facts.cause or None) if facts else (self._paused or (None,))[0],
            "code": (facts.code or None) if facts else None,
            "detail": facts.detail if facts else (self._paused or ("", ""))[1],
            "newest_us": archive.newest_us,
            "oldest_us": archive.oldest_us,
            "coverage_24h": archive.coverage_24h,
            "bytes_24h": archive.bytes_24h,
            "bitrate_bps": rates.bitrate_bps if rates else None,
            "fps": rates.fps if rates else None,
            "gop_s": rates.gop_s if rates else None,
            "video": _video(init),
            "audio": None
            if audio is None
            else {"codec": audio.codec, "rate": audio.rate, "recorded": bool(init and init.audio)},
            "clock_offset_ms": self.clock_offset_ms,
            "loss": facts.loss if facts else Loss.UNKNOWN,
            "reader": (facts.reader or None) if facts else None,
            "sub": None
            if self.config.sub is None
            else {
                "state": sub.session.facts.state if sub else SessionState.OFF,
                "video": _video(sub.pipeline.init if sub else None),
                "gop_s": sub_rates.gop_s if sub_rates else None,
            },
            "live": {"stream": self.live_stream},
        }

    def _archived(self) -> CameraFacts:
        try:
            return self._means.store.facts(self.uid)
        except RequestError:
            return _NOTHING

    def _state(self, state: SessionState) -> str:
        if state is SessionState.RECORDING and self._means.store.state.status is not ArchiveStatus.OK:
            return "disk"
        return state

    def _init(self, stream: Stream) -> Init | None:
        running = self._running.get(stream)
        return running.pipeline.init if running else None

    def _begin_all(self) -> None:
        if self._stopped or self._paused:
            return
        self._begin("main", self.config.main, recorded=True)
        policy = self.config.sub_policy
        if self.config.sub and (policy != "demand" or self._live["sub"].viewers):
            self._begin("sub", self.config.sub, recorded=policy == "record")

    def _begin(self, stream: Stream, source: Source, *, recorded: bool) -> None:
        if stream in self._running:
            return
        means = self._means
        pipeline = Pipeline(
            means.store,
            self.uid,
            stream,
            self._live[stream],
            recorded=recorded,
            changed=lambda: means.changed(self.uid),
        )
        session = StreamSession(
            means.env,
            source,
            pipeline,
            make_reader=means.make_reader,
            rel_us=means.store.rel_us,
            transcoders=means.transcoders,
            delay_s=self._delay_s,
            name=f"{self.uid} {stream}",
        )
        self._running[stream] = _Running(session=session, pipeline=pipeline)
        session.start()

    def _end(self, stream: Stream, cause: str, detail: str = "") -> None:
        running = self._running.pop(stream, None)
        if running is not None:
            running.session.stop(cause, detail)
            self._live[stream].clear()
            self._ended = [session for session in self._ended if not session.join(0)] + [running.session]

    def _end_all(self, cause: str, detail: str) -> None:
        for stream in tuple(self._running):
            self._end(stream, cause, detail)

    def _sub_viewers(self, count: int) -> None:
        """Open the sub stream for its first viewer, close it some time after the last one."""
        with self._lock:
            if self._linger is not None:
                self._linger.cancel()
                self._linger = None
            if self.config.sub_policy != "demand":
                return
            if count:
                self._begin_all()
            elif "sub" in self._running:
                self._linger = threading.Timer(LINGER_S, self._nobody_watches)
                self._linger.daemon = True
                self._linger.start()

    def _nobody_watches(self) -> None:
        with self._lock:
            if self.config.sub_policy == "demand" and not self._live["sub"].viewers:
                self._end("sub", "unknown")


def _video(init: Init | None) -> dict[str, object] | None:
    if init is None:
        return None
    video = init.video
    return {
        "codec": video.codec,
        "width": video.width,
        "height": video.height,
        "codecs": video.codecs,
        "browser": video.browser,
    }
