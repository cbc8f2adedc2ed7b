"""The native reader: one thread and one connection for each stream."""

import logging
import re
import threading
from typing import override
from urllib.parse import urlsplit

from ....env import Env
from ....errors import SourceError
from .. import address
from ..interface import AccessUnit, NotUnderstoodError, Reader, Sink, Source, StreamDescription
from .auth import Login
from .clock import CameraClock, Moment, Report, read_reports
from .dialogue import Dialogue
from .drain import Drain
from .framing import SIZE
from .messages import Message, base_url, redirect, track_url
from .pictures import PICTURES, Pictures
from .sdp import Described, Media, describe, refused
from .sound import AacSound, Sound
from .track import Track
from .transport import Connection

SILENCE_NS = 5_000_000_000
CLOCK_EVERY_NS = 10_000_000_000
LEARNING_NS = 2_000_000_000
MOST_READS = 64
"""In one turn, of at most 256 kB each, or one TLS record."""

_SSRC = re.compile(r"ssrc\s*=\s*([0-9a-fA-F]{1,8})\b", re.IGNORECASE)
_CHANNELS = re.compile(r"interleaved\s*=\s*(\d{1,3})(?:\s*-\s*(\d{1,3}))?", re.IGNORECASE)
_LOGGER = logging.getLogger(__name__)


class _SilentError(SourceError):
    """Not one packet came, and a track was not set up that the camera may want."""


class NativeReader(Reader):
    """Reads H.264 and H.265 with AAC or G.711 over RTSP and RTSPS; TCP only.

    What it does not understand ends with NotUnderstoodError.
    """

    name = "native"

    def __init__(self, env: Env, drain: Drain | None = None) -> None:
        """Use the clocks of `env`, and a thread that others share."""
        self._env = env
        self._drain = drain or Drain(env)
        self._stop = threading.Event()

    @override
    def start(self, source: Source, sink: Sink) -> None:
        threading.Thread(target=self._run, args=(source, sink), name="reader", daemon=True).start()

    @override
    def stop(self) -> None:
        self._stop.set()

    def _run(self, source: Source, sink: Sink) -> None:
        error = SourceError("closed", "the session was ended")
        try:
            try:
                self._session(source, sink, everything=False)
            except _SilentError:
                self._session(source, sink, everything=True)
        except SourceError as problem:
            error = problem
        except Exception as problem:  # the thread's last line of defence
            _LOGGER.exception("The native reader failed")
            error = NotUnderstoodError("closed", f"the reader failed: {type(problem).__name__}")
        sink.ended(error)

    def _session(self, source: Source, sink: Sink, *, everything: bool) -> None:
        _Session(self._env, source, sink, self._stop).run(self._drain, everything=everything)


class _Session:
    """One RTSP session, from connect to TEARDOWN.

    It is opened and closed in a thread of its own; in between that of `Drain` reads.
    """

    def __init__(self, env: Env, source: Source, sink: Sink, stop: threading.Event) -> None:
        target = address.parse(source)
        if target.scheme not in {"rtsp", "rtsps"}:
            raise NotUnderstoodError("bad_address", "this is no RTSP address", "url")
        parts = urlsplit(source.url)
        self._url = parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment="").geturl()
        self._env = env
        self._source = source
        self._sink = sink
        self._stop = stop
        self._moment = Moment()
        self._clock = CameraClock()
        self._told_ns: int | None = None
        self._connection = Connection(target.host, target.port, encrypted=target.scheme == "rtsps")
        login = Login(source.user, source.secret, env.token)
        self._talk = Dialogue(env, self._connection, login, self._moment, stop.is_set)
        self._pictures: Pictures | None = None
        self._sound: Sound | None = None
        self._wants_more = False
        self._over = threading.Event()
        self._error: SourceError | None = None
        self._count = self._heard_ns = 0
        self.learning_until_ns = 0

    def run(self, drain: Drain, *, everything: bool) -> None:
        """Hold the session until it ends; set `everything` up that the camera has, or what we record."""
        farewell = b""
        try:
            self._url = self._open(everything=everything)
            self._connection.hurry()
            self._heard_ns = self._env.monotonic_ns()
            self.learning_until_ns = self._heard_ns + LEARNING_NS
            drain.add(self)
            self._over.wait()
            if self._error is not None:
                raise self._error
            farewell = self._talk.farewell(self._url)
        except SourceError as error:
            if error.code != "closed":
                farewell = self._talk.farewell(self._url)
            raise
        finally:
            self._connection.close(farewell)
            self._talk.framing.close()
            self._pictures = self._sound = None

    def _open(self, *, everything: bool) -> str:
        """Do all that is needed for the camera to send; returns the session's address."""
        talk, url = self._talk, self._url
        options = talk.ask("OPTIONS", url)
        if options.status == 401:
            raise refused(401)
        talk.learn_methods(options)
        answer = talk.ask("DESCRIBE", url, Accept="application/sdp")
        if 300 <= answer.status < 400 and (there := redirect(answer, url)):
            url = there
            answer = talk.expect("DESCRIBE", url, Accept="application/sdp")
        elif 300 <= answer.status < 400:
            raise SourceError("refused", "the camera sends us to another address")
        elif answer.status != 200:
            raise refused(answer.status)
        described = describe(answer.body.decode("utf-8", "replace"))
        base = base_url(answer, url)
        try:
            self._set_up(described, base, everything=everything)
        except SourceError as error:
            if error.code != "not_found" or base == url:
                raise
            base = url  # the camera said that its tracks are somewhere else, and they are not
            self._set_up(described, base, everything=everything)
        whole = track_url(base, described.control)
        audio = described.audio if self._sound is not None else None
        self._sink.described(StreamDescription(video=described.video, audio=audio))
        talk.expect("PLAY", whole, Range="npt=0.000-")
        return whole

    def _set_up(self, described: Described, base: str, *, everything: bool) -> None:
        channel, ssrc = self._set_up_track(described.picture, base, 0)
        framing = self._talk.framing
        self._pictures = PICTURES[described.video.codec](
            framing,
            described.picture.payload,
            self._picture,
            self._moment,
            clock=described.picture.clock or 90_000,
            ssrc=ssrc,
        )
        self._attach(self._pictures, channel)
        framing.followers[channel] = self._pictures.follow
        sound, audio = described.sound, described.audio
        if sound is None or not (self._source.sound or everything):
            self._wants_more = sound is not None
            return
        try:
            channel, ssrc = self._set_up_track(sound, base, 2)
        except SourceError as error:
            if error.code == "not_found":
                return  # pictures without sound are better than nothing
            raise
        if audio is None or not self._source.sound:
            framing.handlers[channel] = None
            return
        kind = AacSound if audio.codec == "aac" else Sound
        clock, newest = sound.clock or audio.rate, self._newest_pts
        self._sound = kind(framing, sound.payload, self._sink.sound, newest, clock, ssrc)
        self._attach(self._sound, channel)

    def _set_up_track(self, media: Media, base: str, channel: int) -> tuple[int, int | None]:
        """Set one track up; return its channel and the source that the camera names."""
        wanted = f"RTP/AVP/TCP;unicast;interleaved={channel}-{channel + 1}"
        answer = self._talk.expect("SETUP", track_url(base, media.control), Transport=wanted)
        return _transport(answer, channel)

    def _attach(self, track: Track, channel: int) -> None:
        handlers = self._talk.framing.handlers
        handlers[channel] = track.packet
        if channel < 255:
            handlers[channel + 1] = lambda at, stop: self._report(track, at, stop)

    def _newest_pts(self) -> int | None:
        return self._pictures.newest_pts if self._pictures else None

    def drain(self, now_ns: int) -> bool:
        """Take what came; tells whether the session goes on."""
        try:
            if not self._stop.is_set():
                self._read(now_ns)
                return True
        except SourceError as error:
            self._error = error
        except Exception as problem:  # one camera's session must not end all others
            _LOGGER.exception("The native reader failed")
            self._error = NotUnderstoodError("closed", f"the reader failed: {type(problem).__name__}")
        self._over.set()
        return False

    def _read(self, now_ns: int) -> None:
        """Read all there is; raises SourceError when the session is over."""
        framing, pictures = self._talk.framing, self._pictures
        assert pictures
        self._moment.now_ns = now_ns
        for _ in range(MOST_READS):
            size = self._connection.receive(framing.room())
            if not size:
                break
            framing.take(size)
            if not self._connection.encrypted and size < SIZE // 2:
                break
        total = pictures.count + (self._sound.count if self._sound else 0)
        if total != self._count:
            self._count, self._heard_ns = total, now_ns
        elif now_ns - self._heard_ns > SILENCE_NS:
            self._silent(total)
        self._talk.keep_alive(self._url, now_ns)

    def _silent(self, count: int) -> None:
        if not count and self._wants_more:
            raise _SilentError("stall", "the camera sends nothing")
        raise SourceError("stall", "the camera stopped sending")

    def _picture(self, unit: AccessUnit) -> None:
        if unit.arrival_ns is not None:
            self._clock.observe(unit.pts, unit.arrival_ns)
        self._sink.picture(unit)

    def _report(self, track: Track, at: int, stop: int) -> None:
        """Take what a camera says of its clocks."""
        report, bye = read_reports(self._talk.framing.view[at:stop], track.ssrc)
        if report is not None and self._pictures is not None:
            if track is self._pictures:
                self._camera_clock(report, self._pictures)
            elif self._sound is not None and (time := self._sound.time(report.time)) is not None:
                self._sound.times.sound(report, time)
        if bye and track is self._pictures and track.count:
            raise SourceError("closed", "the camera ends the stream")

    def _camera_clock(self, report: Report, pictures: Pictures) -> None:
        pts = pictures.pts(report.time)
        if pts is None:
            return
        if self._sound is not None:
            self._sound.times.pictures(report, pts)
        now_ns = self._moment.now_ns
        if self._told_ns is not None and now_ns - self._told_ns < CLOCK_EVERY_NS:
            return
        ahead_ns = self._env.realtime_ns() - self._env.monotonic_ns()
        offset_us = self._clock.offset_us(report, pts, ahead_ns)
        if offset_us is not None:
            self._told_ns = now_ns
            self._sink.camera_clock(offset_us)


def _transport(answer: Message, wanted: int) -> tuple[int, int | None]:
    """Return channel and source of an answer to SETUP; cameras may choose another channel."""
    said = answer.get("transport")
    if "TCP" not in said.upper() and "interleaved" not in said.lower():
        if said:
            raise NotUnderstoodError("refused", "the camera does not send over this connection")
        return wanted, None
    channels, ssrc = _CHANNELS.search(said), _SSRC.search(said)
    channel = int(channels[1]) if channels else wanted
    if channel > 254:
        raise NotUnderstoodError("refused", "the camera names a channel that cannot be")
    return channel, int(ssrc[1], 16) if ssrc else None
