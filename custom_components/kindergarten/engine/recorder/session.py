"""Keeps one stream of a camera connected, for ever."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
import threading
from typing import Protocol

from ..env import Env
from ..errors import SourceError
from .assembler import Output, Transcoder
from .attempt import Attempt
from .conduct import MISCONDUCT, Conduct
from .reader import address
from .reader.interface import AudioTrack, Loss, Reader, Source
from .waiting import Waiting

AUTH_WAIT_S = 60.0
JITTER = 0.2
KNOCK_S = 1.0
STAGGER_S = 0.1
_TICK_S = 0.5


class SessionState(StrEnum):
    """How a stream is doing, as the control API says it."""

    STARTING = "starting"
    RECORDING = "recording"
    CONNECTING = "connecting"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    AUTH = "auth"
    STALLED = "stalled"
    NO_VIDEO = "no_video"
    UNSUPPORTED = "unsupported"
    OFF = "off"


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """What an error code of a reader means: the state that is shown, and the cause of the gap."""

    state: SessionState
    cause: str


FAILURES = {
    "bad_address": Failure(state=SessionState.REFUSED, cause="refused"),
    "unreachable": Failure(state=SessionState.UNREACHABLE, cause="connect"),
    "timeout": Failure(state=SessionState.UNREACHABLE, cause="connect"),
    "refused": Failure(state=SessionState.REFUSED, cause="refused"),
    "tls": Failure(state=SessionState.REFUSED, cause="refused"),
    "auth": Failure(state=SessionState.AUTH, cause="auth"),
    "not_found": Failure(state=SessionState.NO_VIDEO, cause="refused"),
    "no_video": Failure(state=SessionState.NO_VIDEO, cause="refused"),
    "unsupported_codec": Failure(state=SessionState.UNSUPPORTED, cause="refused"),
    "stall": Failure(state=SessionState.STALLED, cause="stall"),
    "closed": Failure(state=SessionState.CONNECTING, cause="closed_by_camera"),
    "unsteady": Failure(state=SessionState.UNSUPPORTED, cause="clock_jump"),
    "too_much": Failure(state=SessionState.UNSUPPORTED, cause="too_much"),
}
_ABSENT = frozenset({"unreachable", "refused"})


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionFacts:
    """What is known of a stream. `code` and `detail` say what went wrong last ("" = nothing).

    `loss` tells whether packets were lost since the run began, as far as the `reader` sees that.
    """

    state: SessionState = SessionState.STARTING
    since_us: int = 0
    code: str = ""
    cause: str = ""
    detail: str = ""
    audio: AudioTrack | None = None
    camera_clock_us: int | None = None
    reader: str = ""
    loss: Loss = Loss.UNKNOWN


class SessionOutput(Output, Protocol):
    """Takes the runs of a stream, and hears why there is none."""

    def down(self, rel_us: int, cause: str, detail: str) -> None:
        """Hear why the stream could not be had; may come again and again."""

    def changed(self, facts: SessionFacts) -> None:
        """Hear that the state changed; called from the session's threads."""


type TranscoderFactory = Callable[[AudioTrack, Callable[[int, bytes], None]], Transcoder | None]
"""Makes what turns a camera's G.711 into AAC frames for a callback; None if that cannot be."""


class StreamSession:
    """One stream of a camera: connect, read, and connect again, until `stop`.

    A thread of its own waits and watches; the reader's thread delivers.
    """

    def __init__(
        self,
        env: Env,
        source: Source,
        output: SessionOutput,
        *,
        make_reader: Callable[[Env], Reader],
        rel_us: Callable[[int | None], int],
        transcoders: TranscoderFactory | None = None,
        delay_s: float = 0.0,
        name: str = "",
    ) -> None:
        """Connect after `delay_s`, once `start` is called; `rel_us` is the epoch's clock.

        `name` is what the log calls the stream.
        """
        self._env = env
        self._source = source
        self.output = output
        self._make_reader = make_reader
        self.rel_us = rel_us
        self._transcoders = transcoders
        self._delay_s = delay_s
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._attempt: Attempt | None = None
        self._stop_cause = ""
        self._thread = threading.Thread(target=self._run, name="session", daemon=True)
        self.conduct = Conduct(env, name)
        self.end_us = 0
        self.gop_s: float | None = None
        self.facts = SessionFacts(since_us=rel_us(None))

    def start(self) -> None:
        """Begin to connect."""
        self._thread.start()

    def stop(self, cause: str, detail: str = "") -> None:
        """End the run and the session now; its threads follow within seconds."""
        with self._lock:
            self._stopped.set()
            attempt = self._attempt
        if attempt is not None:
            attempt.close(cause, detail)
        self.note(SessionState.OFF, cause=cause, detail=detail)

    def join(self, timeout_s: float) -> bool:
        """Wait for the threads; tells whether they ended."""
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def transcoder(self, track: AudioTrack, deliver: Callable[[int, bytes], None]) -> Transcoder | None:
        """Return what makes AAC of a track; None when it is AAC or cannot be made."""
        if track.codec == "aac" or self._transcoders is None:
            return None
        return self._transcoders(track, deliver)

    def cause(self, error: SourceError) -> str:
        """Return the cause of the gap that an error leaves."""
        if error.code in MISCONDUCT:
            return self.conduct.cause
        return FAILURES.get(error.code, FAILURES["closed"]).cause

    def note(self, state: SessionState, **facts: object) -> None:
        """Remember a state, and say so when it is another one."""
        before = self.facts
        if self._stopped.is_set() and state is not SessionState.OFF:
            return
        since_us = before.since_us if before.state is state else self.rel_us(None)
        self.facts = replace(before, state=state, since_us=since_us, **facts)  # type: ignore[arg-type]
        if before.state is not state or before.code != self.facts.code:
            self.output.changed(self.facts)

    def run_began(self) -> None:
        """Hear that something is recorded."""
        self.note(SessionState.RECORDING, code="", cause="", detail="")

    def run_ended(self, cause: str, detail: str) -> None:
        """Hear that nothing is recorded any more."""
        self.note(SessionState.CONNECTING, cause=cause, detail=detail)

    def learn(self, **facts: object) -> None:
        """Remember something about the stream; who reads it, and whether he sees a loss, is said at once."""
        before, self.facts = self.facts, replace(self.facts, **facts)  # type: ignore[arg-type]
        if (before.reader, before.loss) != (self.facts.reader, self.facts.loss):
            self.output.changed(self.facts)

    def _run(self) -> None:
        waiting, refusals = Waiting(self._env.monotonic_ns()), 0
        self._stopped.wait(self._delay_s)
        while not self._stopped.is_set():
            began_ns = self._env.monotonic_ns()
            attempt = self._try()
            if attempt is None:
                return
            error, recorded_s = attempt.error, attempt.recorded_s
            refusals = refusals + 1 if error.code == "auth" else 0
            if error.code in MISCONDUCT:
                self._pause(self.conduct.rest_s(error, recorded_s), error.code)
                continue
            self.conduct.behaved(recorded_s)
            if refusals > 1:
                self._pause(AUTH_WAIT_S, error.code)
                continue
            now_ns = self._env.monotonic_ns()
            spent_s = (now_ns - began_ns) / 1e9 if not recorded_s else 0.0
            self._pause(waiting.after(error.code, recorded_s, now_ns, spent_s), error.code)

    def _try(self) -> Attempt | None:
        """Hold one session until it ends; None when this stream is to stop."""
        attempt = Attempt(self, self._env, self._make_reader(self._env))
        with self._lock:
            if self._stopped.is_set():
                return None
            self._attempt = attempt
        attempt.begin(self._source)
        while not attempt.over.wait(_TICK_S):
            if self._stopped.is_set():
                return None
            if silent := attempt.silence():
                attempt.ended(SourceError("stall", silent))
                attempt.let_go()
                break
        if self._stopped.is_set():
            return None
        self._fell(attempt.error)
        return attempt

    def _fell(self, error: SourceError) -> None:
        state, cause = FAILURES.get(error.code, FAILURES["closed"]).state, self.cause(error)
        self.output.down(self.rel_us(None), cause, error.text)
        self.note(state, code=error.code, cause=cause, detail=error.text)

    def _pause(self, seconds: float, code: str) -> None:
        """Wait; a camera that was not there is tried as soon as something listens at its address."""
        seconds *= 1 + JITTER * (2 * self._env.random.random() - 1)
        absent = code in _ABSENT and seconds > KNOCK_S and not address.knock(self._source, KNOCK_S)
        if not absent:
            self._stopped.wait(seconds)
            return
        until_ns = self._env.monotonic_ns() + round(seconds * 1e9)
        while (left_s := (until_ns - self._env.monotonic_ns()) / 1e9) > 0:
            if self._stopped.wait(min(KNOCK_S, left_s)):
                return
            if left_s > KNOCK_S and address.knock(self._source, KNOCK_S):
                return
