"""One session with a camera, from connect to hang-up."""

import threading
from typing import Protocol

from ..env import Env
from ..errors import SourceError
from .assembler import Assembler, Output, Transcoder
from .conduct import Conduct
from .format.init import Init
from .fragments import Samples
from .reader.interface import AccessUnit, AudioTrack, AudioUnit, Loss, Reader, Sink, Source, StreamDescription

KEY_WAIT_S, FIRST_KEY_WAIT_S, PICTURE_WAIT_S = 20.0, 60.0, 20.0


class Owner(Protocol):
    """What an attempt needs of the session it belongs to."""

    conduct: Conduct
    gop_s: float | None
    end_us: int

    @property
    def output(self) -> Output:
        """Return what takes the runs."""

    def rel_us(self, mono_ns: int | None) -> int:
        """Return the epoch's time of a monotonic time, `None` for now."""

    def cause(self, error: SourceError) -> str:
        """Return the cause of the gap that an error leaves."""

    def transcoder(self, track: AudioTrack, deliver: Deliver) -> Transcoder | None:
        """Return what makes AAC of a track."""

    def run_began(self) -> None:
        """Hear that something is recorded."""

    def run_ended(self, cause: str, detail: str) -> None:
        """Hear that nothing is recorded any more."""

    def learn(self, **facts: object) -> None:
        """Hear something about the stream."""


class Deliver(Protocol):
    """Takes an AAC frame that was made of G.711."""

    def __call__(self, pts: int, data: bytes, /) -> None:
        """Take it; from any thread."""


class Attempt(Sink):
    """The sink of one reader. `over` is set when the reader has ended or was let go.

    `close` may come from another thread while the reader delivers, hence the lock.
    """

    def __init__(self, session: Owner, env: Env, reader: Reader) -> None:
        """Belong to a session."""
        self._session = session
        self._env = env
        self._reader = reader
        self._lock = threading.Lock()
        self._assembler: Assembler | None = None
        self._conduct = session.conduct
        self._conduct.fresh()
        self._closed = False
        self._loss: Loss | None = None
        self._keys = 0
        self._key_ns = self._picture_ns = env.monotonic_ns()
        self._run_ns: int | None = None
        self.recorded_s = 0.0
        self.over = threading.Event()
        self.error = SourceError("closed", "the session was ended")

    def begin(self, source: Source) -> None:
        """Connect."""
        self._reader.start(source, self)

    def silence(self) -> str:
        """Return what has been missing for too long, or "" (a reader minds the bytes itself)."""
        if self._assembler is None:
            return ""
        now_ns = self._env.monotonic_ns()
        gop_s = self._session.gop_s
        limit_s = FIRST_KEY_WAIT_S if gop_s is None else max(KEY_WAIT_S, 5 * gop_s)
        if now_ns - self._picture_ns > PICTURE_WAIT_S * 1e9:
            return f"no picture for {PICTURE_WAIT_S:.0f} s"
        if now_ns - self._key_ns > limit_s * 1e9:
            return f"no key frame for {limit_s:.0f} s"
        return ""

    def close(self, cause: str, detail: str) -> None:
        """End the run now and let the reader go; nothing it still delivers counts."""
        with self._lock:
            self._finish(cause, detail)
        self.let_go()

    def let_go(self) -> None:
        """Ask the reader to end."""
        self._reader.stop()

    def _finish(self, cause: str, detail: str) -> None:
        if self._closed:
            return
        self._closed = True
        if self._run_ns is not None:
            self.recorded_s = (self._env.monotonic_ns() - self._run_ns) / 1e9
        if self._assembler is not None:
            self._assembler.finish(cause, detail)

    def described(self, description: StreamDescription) -> None:
        with self._lock:
            if self._closed:
                return
            if self._assembler is not None:
                self._assembler.finish("param_change")
            audio, session = description.audio, self._session
            self._assembler = Assembler(
                description,
                _Watched(session, self),
                session.rel_us,
                transcoder=session.transcoder(audio, self._encoded) if audio else None,
                not_before_us=session.end_us,
            )
            self._keys = 0
            self._key_ns = self._picture_ns = self._env.monotonic_ns()
            session.learn(audio=audio, reader=self._reader.name)

    def picture(self, unit: AccessUnit) -> None:
        with self._lock:
            assembler = self._assembler
            if self._closed or assembler is None:
                return
            now_ns = self._picture_ns = self._env.monotonic_ns()
            self._conduct.took(sum([len(part) for part in unit.units]))
            if unit.loss is not self._loss and self._loss is not Loss.YES:
                self._loss = unit.loss
                self._session.learn(loss=unit.loss)
            assembler.picture(unit)
            if assembler.keys != self._keys:
                if self._keys:
                    self._session.gop_s = (now_ns - self._key_ns) / 1e9
                self._keys, self._key_ns = assembler.keys, now_ns
            self._judge()

    def sound(self, unit: AudioUnit) -> None:
        with self._lock:
            if not self._closed and self._assembler is not None:
                self._conduct.took(len(unit.data))
                self._assembler.sound(unit)
                self._judge()

    def _judge(self) -> None:
        """End the session of a camera that misbehaves."""
        problem = self._conduct.problem
        if problem is not None:
            self.error = problem
            self._finish(self._session.cause(problem), problem.text)
            self.over.set()
            self.let_go()

    def _encoded(self, pts: int, data: bytes, /) -> None:
        assembler = self._assembler
        if assembler is not None:
            assembler.encoded(pts, data)

    def camera_clock(self, offset_us: int) -> None:
        self._session.learn(camera_clock_us=offset_us)

    def ended(self, error: SourceError) -> None:
        with self._lock:
            if not self._closed:
                self.error = error
                self._finish(self._session.cause(error), error.text)
        self.over.set()

    def run_began(self) -> None:
        """Remember when this session was good for something."""
        if self._run_ns is None:
            self._run_ns = self._env.monotonic_ns()

    def run_ended(self) -> None:
        """Hold no loss against the next run."""
        self._loss = None


class _Watched(Output):
    """Passes runs on and lets the session know of them."""

    def __init__(self, session: Owner, attempt: Attempt) -> None:
        self._session = session
        self._attempt = attempt
        self._output = session.output

    def begin(self, init: Init, rel_start_us: int) -> None:
        self._attempt.run_began()
        self._output.begin(init, rel_start_us)
        self._session.run_began()

    def change_init(self, init: Init) -> None:
        self._session.conduct.broke("param_change")
        self._output.change_init(init)

    def add(self, samples: Samples) -> None:
        self._output.add(samples)

    def end(self, rel_end_us: int, cause: str, detail: str) -> None:
        self._attempt.run_ended()
        self._session.end_us = rel_end_us
        self._session.conduct.broke(cause)
        self._output.end(rel_end_us, cause, detail)
        self._session.run_ended(cause, detail)
