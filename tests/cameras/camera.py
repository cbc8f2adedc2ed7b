"""A simulated camera: one port, a main and a sub stream, and the faults that tests switch on."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
import socket
from typing import Any

from tests.ports import hold_port

from .audio import load_sound
from .clips import TEST_MAIN, TEST_SUB, TICKS, ClipSpec, load_clip, through
from .login import Auth, Login
from .packets import PacketClip
from .rtsp import Connection, Site
from .stream import SECOND, CameraStream, Sent, utc_us

PATIENCE_S = 120
"""How long the cameras' thread may take for anything: whoever waits longer has found a deadlock."""

_packetised: dict[ClipSpec, PacketClip] = {}


def packet_clip(spec: ClipSpec) -> PacketClip:
    """Return a clip ready to send; cameras with the same clip share it."""
    if spec not in _packetised:
        _packetised[spec] = PacketClip(load_clip(spec))
    return _packetised[spec]


def _complain(task: asyncio.Task[None]) -> None:
    """Let a stream that broke be heard at once, not when the task is collected."""
    if not task.cancelled() and (error := task.exception()):
        task.get_loop().call_exception_handler({"message": "a camera broke", "exception": error})


@dataclass(kw_only=True)
class SimulatedCamera:
    """How a camera is set up; `Fleet` runs it. The methods may be called from any thread.

    `audio` ("aac", "pcma", "pcmu") is on the main stream only. `join` says where a session begins:
    at the next "key" picture or at "any". `phase_s` shifts the pictures (and the clock shown) so
    that the key frames of cameras do not coincide. `port` 0 takes a free one and keeps it.
    Where a method takes `stream`, None means both.
    """

    name: str
    main: ClipSpec = TEST_MAIN
    sub: ClipSpec | None = TEST_SUB
    user: str = ""
    password: str = field(default="", repr=False)
    auth: str = "none"
    audio: str | None = None
    sdp_sets: bool = True
    inband_sets: bool = True
    join: str = "key"
    max_sessions: int | None = None
    sender_clock_offset_s: float = 0
    report_every_s: float = 5
    phase_s: float = 0
    port: int = 0
    number: int = 0
    host: str = "127.0.0.1"

    def __post_init__(self) -> None:
        self._login = Login(Auth(self.auth), self.user, self.password)
        self._streams: dict[str, CameraStream] = {}
        self._site = Site(self._streams, self._login, self.join, self.max_sessions)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: asyncio.Server | None = None
        self._place: socket.socket | None = None
        self._tasks: list[asyncio.Task[None]] = []

    def prepare(self) -> None:
        """Encode or load the clips; slow the first time."""
        specs = {"main": self.main} | ({"sub": self.sub} if self.sub else {})
        for name, spec in specs.items():
            stream = CameraStream(
                packet_clip(spec),
                camera=self.number,
                sub=name == "sub",
                sound=load_sound(self.audio) if self.audio and name == "main" else None,
                phase_us=round(self.phase_s * SECOND),
            )
            stream.sdp_sets, stream.inband_sets = self.sdp_sets, self.inband_sets
            stream.faults.sender_clock_offset_us = round(self.sender_clock_offset_s * SECOND)
            stream.faults.report_every_us = round(self.report_every_s * SECOND)
            self._streams[name] = stream

    async def start(self) -> None:
        """Listen and begin; called by `Fleet` in its loop."""
        self._loop = asyncio.get_running_loop()
        for stream in self._streams.values():
            self._tasks += [
                asyncio.create_task(stream.run_pictures()),
                asyncio.create_task(stream.run_sound()),
            ]
        for task in self._tasks:
            task.add_done_callback(_complain)
        await self._listen()

    async def stop(self) -> None:
        """End everything; called by `Fleet` in its loop."""
        self._close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._place:
            self._place.close()
            self._place = None

    # What a test asks

    def url(self, stream: str = "main", *, login: bool = False) -> str:
        """Return the RTSP address; with the login inside only when asked."""
        credentials = f"{self.user}:{self._login.password}@" if login and self.auth != Auth.NONE else ""
        return f"rtsp://{credentials}{self.host}:{self.port}/{stream}"

    def sessions(self, stream: str = "main") -> int:
        """Return how many sessions play the stream now."""
        return self._streams[stream].sessions

    def connects(self, stream: str = "main") -> int:
        """Return how many sessions have played the stream so far."""
        return self._streams[stream].connects

    @property
    def failed_logins(self) -> int:
        """Return how many requests came with a wrong login."""
        return self._site.failed_logins

    def sent(self, stream: str = "main") -> list[Sent]:
        """Return what was sent while at least one session played (the newest 500,000 pictures)."""
        return self._call(lambda: list(self._streams[stream].sent))

    # Faults

    def stall(self, stream: str | None = None) -> None:
        """Send nothing, keep the connection."""
        self._each(stream, lambda each: setattr(each.faults, "stalled", True))

    def resume(self, stream: str | None = None) -> None:
        """End `stall`, `no_keys`, `packet_loss` and `damage`."""

        def mend(each: CameraStream) -> None:
            each.faults.stalled = each.faults.no_keys = False
            each.faults.lose_one_of = each.faults.damage_one_of = 0

        self._each(stream, mend)

    def no_keys(self, stream: str | None = None) -> None:
        """Withhold key pictures."""
        self._each(stream, lambda each: setattr(each.faults, "no_keys", True))

    def burst(self, hold_s: float, stream: str | None = None) -> None:
        """Hold everything for a time, then send it at once."""
        until_us = utc_us() + round(hold_s * SECOND)
        self._each(stream, lambda each: setattr(each.faults, "hold_until_us", until_us))

    def packet_loss(self, one_of: int, stream: str | None = None) -> None:
        """Withhold one of so many RTP packets, at random; 0 ends it."""
        self._each(stream, lambda each: setattr(each.faults, "lose_one_of", one_of))

    def damage(self, one_of: int, stream: str | None = None) -> None:
        """Change bytes in the slices of one of so many pictures; 0 ends it."""
        self._each(stream, lambda each: setattr(each.faults, "damage_one_of", one_of))

    def clock_jump(self, seconds: float, stream: str | None = None) -> None:
        """Let RTP time jump."""

        def jump(each: CameraStream) -> None:
            each.faults.jump_ticks += round(seconds * TICKS)

        self._each(stream, jump)

    def drift(self, ppm: float, stream: str | None = None) -> None:
        """Let RTP time run too fast (or slow, when negative); 0 ends it."""
        self._each(stream, lambda each: each.set_drift(ppm))

    def sender_clock_offset(self, seconds: float, stream: str | None = None) -> None:
        """Set how far the camera's wall clock (sender reports) is ahead."""
        offset_us = round(seconds * SECOND)
        self._each(stream, lambda each: setattr(each.faults, "sender_clock_offset_us", offset_us))

    def change_clip(self, spec: ClipSpec, stream: str = "main") -> None:
        """Go over to another clip (size, codec parameters) at its next key picture."""
        clip = packet_clip(spec)
        self._each(stream, lambda each: each.change_clip(clip))

    def change_sps(self, width: int = 480, height: int = 270, stream: str = "main") -> None:
        """Change the picture size in mid-stream."""
        spec = self._streams[stream].clip.clip.spec
        self.change_clip(replace(spec, width=width, height=height), stream)

    def sight(self, sight: str = "") -> None:
        """Let both streams see as through a lens that is "covered", "dark", "frozen" or "turned"; "" ends it.

        Slow the first time: the clips are encoded then.
        """
        specs = {"main": self.main} | ({"sub": self.sub} if self.sub else {})
        for stream, spec in specs.items():
            self.change_clip(through(spec, sight) if sight else spec, stream)

    def parameter_sets(self, *, sdp: bool, inband: bool, stream: str | None = None) -> None:
        """Say where the parameter sets are sent from now on."""

        def change(each: CameraStream) -> None:
            each.sdp_sets, each.inband_sets = sdp, inband

        self._each(stream, change)

    def change_password(self, password: str) -> None:
        """Want another password from the next request on; running sessions go on."""
        self._call(lambda: setattr(self._login, "password", password))

    def hang_up(self) -> None:
        """Close all connections; new ones are welcome."""

        def close() -> None:
            for connection in tuple(self._site.connections):
                connection.hang_up()

        self._call(close)

    def refuse(self, *, on: bool = True) -> None:
        """Accept and close at once, also what runs."""
        self._call(lambda: setattr(self._site, "refusing", on))
        if on:
            self.hang_up()

    def offline(self) -> None:
        """Close the port and all connections: connects are refused."""
        self._call(self._close)

    def online(self) -> None:
        """Listen again on the same port."""
        assert self._loop
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(PATIENCE_S)

    def _each(self, stream: str | None, change: Callable[[CameraStream], None]) -> None:
        def change_all() -> None:
            for name in (stream,) if stream else tuple(self._streams):
                change(self._streams[name])

        self._call(change_all)

    def _call[T](self, what: Callable[[], T]) -> T:
        async def run() -> T:
            return what()

        if self._loop is None:
            return what()
        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(PATIENCE_S)

    async def _listen(self) -> None:
        if self._server:
            return
        if self._place is None:
            self._place = hold_port(self.port, self.host)
            self.port = self._place.getsockname()[1]
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: Connection(self._site), self.host, self.port, reuse_address=True, family=socket.AF_INET
        )

    def _close(self) -> None:
        if self._server:
            self._server.close()
            self._server = None
        for connection in tuple(self._site.connections):
            connection.cut()


FAULTS: dict[str, Callable[..., Any]] = {
    name: getattr(SimulatedCamera, name)
    for name in (
        "stall",
        "resume",
        "no_keys",
        "burst",
        "packet_loss",
        "damage",
        "clock_jump",
        "drift",
        "sender_clock_offset",
        "change_sps",
        "sight",
        "parameter_sets",
        "change_password",
        "hang_up",
        "refuse",
        "offline",
        "online",
    )
}
"""What can be switched by name over the control line of a fleet in its own process."""
