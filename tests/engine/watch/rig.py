"""A lookout over drawn rooms, in virtual time: only cameras, archive and worker are stood in for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kindergarten_engine.config import CameraConfig
from kindergarten_engine.decode.client import Look
from kindergarten_engine.errors import RequestError
from kindergarten_engine.eyes.eye import Eye
from kindergarten_engine.place import Place
from kindergarten_engine.recorder.format.init import Init
from kindergarten_engine.recorder.format.parameter_sets import VideoConfig
from kindergarten_engine.recorder.live import LiveFragment
from kindergarten_engine.recorder.reader.interface import Source
from kindergarten_engine.recorder.store.schedule import Schedule
from kindergarten_engine.recorder.store.views import EpochView, KeyFrame, Stream
from kindergarten_engine.watch.lookout import Lookout
from tests.engine.virtual import VirtualEnv
from tests.rooms.faults import ALL, Fault
from tests.rooms.life import LOOK_S, Habitat, Life, Manner

UID, OTHER = "a" * 32, "b" * 32
TUESDAY_10_S = 5 * 86_400 + 10 * 3600
ROOM = Habitat(name="group", windows=2, things=9, infrared=True)
QUIET = Manner(name="quiet", close_per_hour=0, children=2)
VIDEO = VideoConfig(
    codec="h264",
    width=640,
    height=360,
    sample_entry=b"",
    codecs="",
    shape=(),
    browser=True,
    parameter_sets=(),
)
INIT = Init(sha256="00", data=b"init", video=VIDEO, audio=None)


def camera(uid: str = UID, *, watch: bool = True, hours: Schedule | None = None) -> CameraConfig:
    """Return a camera that is wanted."""
    source = Source(url="rtsp://camera/main")
    return CameraConfig(
        uid=uid, label="Room", main=source, sub=None, sub_policy="demand", watch_picture=watch, hours=hours
    )


def fault(name: str) -> Fault:
    """Return a fault of the drawn rooms."""
    return next(each for each in ALL if each.name == name)


@dataclass
class Rig:
    """Stands for the cameras, the archive and the worker; `told` is what the lookout told."""

    state: Path
    env: VirtualEnv = field(default_factory=lambda: VirtualEnv(1))
    lives: dict[str, Life] = field(default_factory=dict)
    wrong: dict[str, Fault] = field(default_factory=dict)
    stalled: set[str] = field(default_factory=set)
    offset_ms: int | None = 100
    trust: int = 2
    breaks: bool = False
    spent_ms: float = 3.0
    looks: list[tuple[str, float]] = field(default_factory=list)
    told: list[tuple[str, str | None, Mapping[str, object]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.state.mkdir(exist_ok=True)
        self.began_s = self.env.mono_ns / 1e9
        self.numbers: dict[str, int] = {}
        for number, uid in enumerate((UID, OTHER)):
            self.lives[uid] = Life(ROOM, QUIET, 5 + number)
        self.lookout = self.begin()

    def begin(self) -> Lookout:
        """Begin a lookout, as a new engine does."""
        self.lookout = Lookout(self.env, Place(self.state), self, self, self, self)
        return self.lookout

    @property
    def now_s(self) -> float:
        return TUESDAY_10_S + self.env.mono_ns / 1e9 - self.began_s

    async def live(self, looks: int) -> None:
        """Let as much time go by as so many looks take."""
        for _ in range(looks * LOOK_S):
            self.env.advance(1)
            await self.lookout.look_around()

    @property
    def kinds(self) -> list[str]:
        return [kind for kind, _, _ in self.told]

    # What the lookout asks

    def watched_key(self, uid: str) -> LiveFragment | None:
        """Return another picture every second."""
        if uid not in self.stalled:
            self.numbers[uid] = int(self.now_s)
        rel_us = round((self.numbers[uid] - TUESDAY_10_S) * 1e6)
        return LiveFragment(
            number=self.numbers[uid],
            run=1,
            init=INIT,
            ticks=0,
            duration=90_000,
            key=True,
            rel_start_us=rel_us,
            rel_end_us=rel_us + 1_000_000,
            size=1,
            _samples=None,
            _data=uid.encode(),
        )

    async def watched_still(self, uid: str, at_us: int | None = None) -> bytes | None:
        """Return nothing: nobody else keeps these cameras."""
        return None

    def clock_offset_ms(self, uid: str) -> int | None:
        return self.offset_ms

    @property
    def epoch(self) -> EpochView:
        return EpochView(id=1, boot_id="", mono0_ns=0, utc0_us=0, trust=self.trust, source="")

    def utc_us(self, rel_us: int | None = None) -> int:
        return round(self.now_s * 1e6) if rel_us is None else rel_us + TUESDAY_10_S * 1_000_000

    def key_frame_at(self, camera: str, stream: Stream, utc_us: int | None) -> KeyFrame | None:
        assert utc_us is not None
        return KeyFrame(time_us=utc_us, recording=1, index=0, init_sha="00", init=b"init", fragment=b"then")

    async def look(
        self, eye: bytes, init: bytes, fragment: bytes, time_us: int, open_now: bool | None = None
    ) -> tuple[Look, bytes]:
        """Look as the worker does, at a drawn picture."""
        uid = fragment.decode()
        self.looks.append((uid, self.now_s))
        if self.breaks:
            raise RequestError("decoder_failed", "the decoder died")
        opened = Eye.load(eye)
        verdict = opened.look(self.lives[uid].picture(time_us // 1_000_000, self.wrong.get(uid)), time_us)
        look = Look(
            sight=verdict.sight,
            since_us=verdict.since_us,
            look=verdict.look,
            sure=verdict.sure,
            learning=verdict.learning,
            doubtful=verdict.doubtful,
            spent_ms=self.spent_ms,
        )
        return look, opened.dump()

    async def still(self, init: bytes, fragment: bytes, height: int | None = None) -> bytes:
        return b"jpeg of " + fragment

    def emit(self, kind: str, camera: str | None, data: Mapping[str, object]) -> None:
        self.told.append((kind, camera, data))
