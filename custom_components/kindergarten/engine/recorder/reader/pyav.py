"""The PyAV reader: libavformat does the network, we correct what it says.

What is corrected is measured, not read: see `docs/architecture.md`, "What PyAV gets wrong".
"""

from collections.abc import Callable, Iterator
import contextlib
import struct
import threading
from typing import TYPE_CHECKING, override

import av
from av.bitstream import BitStreamFilterContext

from ...env import Env
from ...errors import SourceError
from ..format import annexb, parameter_sets
from . import address, problems
from .interface import (
    VIDEO_CLOCK,
    AccessUnit,
    AudioTrack,
    AudioUnit,
    Reader,
    Sink,
    Source,
    StreamDescription,
    VideoTrack,
)

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.packet import Packet
    from av.stream import Stream

    type Piece = Packet[Stream]

CODECS = {"h264": "h264", "hevc": "h265"}
"""What libavformat calls the codecs we record, and what we call them."""

SOUND = frozenset({"aac", "pcm_alaw", "pcm_mulaw"})
CLOCK_EVERY_NS = 10_000_000_000
FIRST_PICTURE_BEFORE = 4 * VIDEO_CLOCK
MAX_FIRST_US = 30_000_000
DEFAULT_STEP = VIDEO_CLOCK // 25
_WRAP = 1 << 32
_PRFT = struct.Struct("<q")

av.logging.set_level(None)  # a Python log callback can deadlock with the GIL (PyAV #751, #2276)


class _Ticks:
    """Turns packet times into 90 kHz ticks that never wrap."""

    def __init__(self, scale: float) -> None:
        """Scale by `scale` ticks per unit of the stream's time base."""
        self._scale = scale
        self._last: int | None = None

    def __call__(self, value: int) -> int:
        """Return the tick of a packet time, near the one before it modulo 2^32."""
        ticks = value if self._scale == 1 else round(value * self._scale)
        if self._last is not None:
            step = ticks - self._last
            if not -_WRAP // 2 <= step < _WRAP // 2:
                ticks = self._last + (step + _WRAP // 2) % _WRAP - _WRAP // 2
        self._last = ticks
        return ticks


class PyAVReader(Reader):
    """Reads one stream with libavformat in a thread of its own.

    Does not see lost packets: `loss` is always "unknown".
    """

    name = "pyav"

    def __init__(self, env: Env, opened: Callable[[str], None] = lambda _host: None) -> None:
        """Use the clocks of `env`; before anything is read over RTSP `opened` hears of the host, and may refuse."""
        self._env = env
        self._opened = opened
        self._stop = threading.Event()
        self._clock_ns = 0
        self._steady = False

    @override
    def start(self, source: Source, sink: Sink) -> None:
        threading.Thread(target=self._run, args=(source, sink), name="reader", daemon=True).start()

    @override
    def stop(self) -> None:
        self._stop.set()

    def _run(self, source: Source, sink: Sink) -> None:
        error = SourceError("closed", "the session was ended")
        try:
            self._session(source, sink)
            if not self._stop.is_set():
                error = SourceError("closed", "the camera hung up")
        except SourceError as problem:
            error = problem
        except Exception as problem:  # the thread's last line of defence
            error = SourceError("closed", f"the reader failed: {type(problem).__name__}")
        sink.ended(error)

    def _session(self, source: Source, sink: Sink) -> None:
        target = address.parse(source)
        self._steady = target.scheme in {"rtsp", "rtsps"}
        began_ns = self._env.monotonic_ns()
        try:
            container = av.open(
                target.url, mode="r", options=target.options, timeout=(address.OPEN_S, address.READ_S)
            )
        except av.FFmpegError as problem:
            took_s = (self._env.monotonic_ns() - began_ns) / 1e9
            raise problems.open_problem(problem, target, took_s) from None
        try:
            if self._steady:
                self._opened(target.host)
            self._read(container, source, sink)
        except av.FFmpegError as problem:
            raise problems.read_problem(problem) from None
        finally:
            with contextlib.suppress(av.FFmpegError):
                container.close()

    def _read(self, container: InputContainer, source: Source, sink: Sink) -> None:
        if not container.streams.video:
            raise SourceError("no_video", "the stream has no picture track")
        video = container.streams.video[0]
        codec = CODECS.get(video.codec_context.name)
        if codec is None:
            raise SourceError("unsupported_codec", f"the camera sends {video.codec_context.name}")
        audio = next(iter(container.streams.audio), None) if source.sound else None
        track = _audio_track(audio) if audio is not None else None
        extradata = video.codec_context.extradata or b""
        filtered = None
        if extradata[:1] == b"\x01":  # avcC/hvcC: length-prefixed units (MP4, FLV)
            filtered = BitStreamFilterContext(f"{video.codec_context.name}_mp4toannexb", video)
            extradata = b""  # the filter puts the sets in front of every key frame
        sets = tuple(bytes(unit) for unit in annexb.split(extradata))
        sink.described(StreamDescription(video=VideoTrack(codec=codec, parameter_sets=sets), audio=track))
        streams: list[Stream] = [video] if audio is None or track is None else [video, audio]
        scale = {s.index: VIDEO_CLOCK * float(s.time_base or 1 / VIDEO_CLOCK) for s in streams}
        times = {index: _Ticks(1 if abs(value - 1) < 1e-9 else value) for index, value in scale.items()}
        pieces = container.demux(streams)
        self._pump(pieces, video.index, codec, times, filtered, sink)

    def _pump(
        self,
        pieces: Iterator[Piece],
        video: int,
        codec: str,
        times: dict[int, _Ticks],
        filtered: BitStreamFilterContext | None,
        sink: Sink,
    ) -> None:
        split = parameter_sets.syntax(codec)[0]
        monotonic_ns, stopped = self._env.monotonic_ns, self._stop.is_set
        ticks = times[video]
        arrival_ns: int | None = None
        waiting: list[AccessUnit] = []
        beginning = True
        taken_us = 0
        silence_ns = address.SILENCE_NS if self._steady else None
        before_ns = monotonic_ns()
        for piece in pieces:
            now_ns = monotonic_ns()
            if stopped():
                return
            silent, before_ns = silence_ns is not None and now_ns - before_ns > silence_ns, now_ns
            if not piece.size:
                continue
            if piece.stream_index != video:
                if piece.pts is not None:
                    sink.sound(AudioUnit(pts=times[piece.stream_index](piece.pts), data=bytes(piece)))
                continue
            if now_ns - self._clock_ns > CLOCK_EVERY_NS and arrival_ns is not None:
                self._camera_clock(piece, arrival_ns, sink)
            pts, shown_us = piece.pts, _taken_us(piece) if beginning else None  # a filter takes them away
            data = bytes(piece) if filtered is None else b"".join(map(bytes, filtered.filter(piece)))
            units = split(data)
            # libavformat hands a picture on when the next one begins: that is when *it* was here.
            arrived_ns, arrival_ns = arrival_ns, now_ns
            if pts is None:
                taken_us = shown_us or taken_us
                waiting.append(AccessUnit(pts=0, arrival_ns=None, units=units))
                continue
            unit = AccessUnit(pts=ticks(pts), arrival_ns=arrived_ns, units=units)
            if waiting:
                later_us = (shown_us or 0) - taken_us if taken_us else 0
                for early in _timed(waiting, unit.pts, later_us, beginning=beginning):
                    sink.picture(early)
                waiting.clear()
            beginning = False
            sink.picture(unit)
            if silent:  # libavformat hands on what it still has instead of saying that time is up
                raise SourceError("stall", "the camera stopped sending")

    def _camera_clock(self, piece: Piece, arrival_ns: int, sink: Sink) -> None:
        """Tell the sink what the sender reports say about the camera's wall clock."""
        taken_us = _taken_us(piece)
        if taken_us is None:
            return
        now_ns = self._env.monotonic_ns()
        self._clock_ns = now_ns
        arrival_utc_ns = self._env.realtime_ns() - (now_ns - arrival_ns)
        sink.camera_clock(taken_us - arrival_utc_ns // 1000)


def _taken_us(piece: Piece) -> int | None:
    """Return the camera's wall clock at a picture (UTC µs), once it has sent a sender report."""
    if not piece.has_sidedata("prft"):
        return None
    data = bytes(piece.get_sidedata("prft"))
    return int(_PRFT.unpack_from(data)[0]) if len(data) >= _PRFT.size else None


def _timed(waiting: list[AccessUnit], following: int, later_us: int, *, beginning: bool) -> list[AccessUnit]:
    """Give pictures without a time (the first after connecting) the one they must have had.

    `later_us` is how much later the following picture was taken by the camera's wall clock (0:
    not known). libavformat counts from the first packet of the stream: without a sender report
    that was the first picture.
    """
    if 0 < later_us < MAX_FIRST_US:
        first = following - round(later_us * VIDEO_CLOCK / 1_000_000)
    elif beginning and not later_us and 0 < following <= FIRST_PICTURE_BEFORE:
        first = 0
    else:
        first = following - DEFAULT_STEP * len(waiting)
    step = max(1, (following - first) // len(waiting))
    for index, unit in enumerate(waiting):
        unit.pts = first + index * step
    return waiting


def _audio_track(stream: AudioStream) -> AudioTrack | None:
    """Return the sound track, or None when we cannot record it."""
    context = stream.codec_context
    if context.name not in SOUND or (context.name == "aac" and not context.extradata):
        return None
    return AudioTrack(
        codec=context.name,
        rate=context.sample_rate,
        channels=context.channels,
        config=bytes(context.extradata or b"") if context.name == "aac" else b"",
    )
