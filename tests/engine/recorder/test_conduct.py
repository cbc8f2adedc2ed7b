"""Cameras that would fill the archive with confetti, or with bytes, and what becomes of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
import threading
import time
from typing import Any, override

import pytest

from kindergarten_engine.env import RealEnv
from kindergarten_engine.errors import SourceError
from kindergarten_engine.recorder.conduct import Conduct
from kindergarten_engine.recorder.reader.interface import (
    AccessUnit,
    Reader,
    Sink,
    Source,
    StreamDescription,
    VideoTrack,
)
from kindergarten_engine.recorder.session import SessionFacts, StreamSession
from tests.engine.virtual import VirtualEnv

from .pictures import Runs, unit
from .rig import wait_for


class Synthetic(Reader):
    """Delivers made pictures, one after the other, until it is stopped."""

    name = "synthetic"

    def __init__(self, picture: Callable[[int], AccessUnit], every_s: float) -> None:
        self._picture = picture
        self._every_s = every_s
        self._stop = threading.Event()

    @override
    def start(self, source: Source, sink: Sink) -> None:
        self.thread = threading.Thread(target=self._run, args=(sink,), daemon=True)
        self.thread.start()

    @override
    def stop(self) -> None:
        self._stop.set()

    def _run(self, sink: Sink) -> None:
        sink.described(StreamDescription(video=VideoTrack(codec="h264")))
        number = 0
        while not self._stop.wait(self._every_s):
            sink.picture(self._picture(number))
            number += 1
        sink.ended(SourceError("closed", "the session was ended"))


@dataclass
class Told(Runs):
    """Remembers runs and what was said about the session."""

    downs: list[tuple[str, str]] = field(default_factory=list)
    files_then: list[int] = field(default_factory=list)
    """How many files there were at each of `downs`."""
    states: list[SessionFacts] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    @property
    def files(self) -> int:
        return sum(len(run.inits) for run in self.all)

    def down(self, rel_us: int, cause: str, detail: str) -> None:
        self.files_then.append(self.files)
        self.downs.append((cause, detail))

    def changed(self, facts: SessionFacts) -> None:
        self.states.append(facts)

    def first(self, code: str) -> SessionFacts:
        """Wait for a state with a code; the next try may have begun meanwhile."""
        wait_for(lambda: any(facts.code == code for facts in self.states))
        return next(facts for facts in self.states if facts.code == code)


@contextmanager
def recording(picture: Callable[[int], AccessUnit], every_s: float = 0.005) -> Iterator[Told]:
    told, readers = Told(), []

    def reader(_env: Any) -> Synthetic:
        readers.append(Synthetic(picture, every_s))
        return readers[-1]

    session = StreamSession(
        RealEnv(),
        Source(url="rtsp://127.0.0.1:1/main"),
        told,
        make_reader=reader,
        rel_us=lambda ns: (time.monotonic_ns() if ns is None else ns) // 1000,
        name="cafe main",
    )
    session.start()
    try:
        yield told
    finally:
        session.stop("upgrade")
    assert session.join(150)
    for each in readers:
        each.thread.join(150)


def now(number: int, pts: int, **kwargs: Any) -> AccessUnit:
    made = unit(number, pts, "key", **kwargs)
    made.arrival_ns = time.monotonic_ns()
    return made


def _sizes(number: int) -> AccessUnit:
    """Return key pictures each of which is followed by sets of another size, in mid GOP."""
    made = now(number, number * 450, sets=("h264", "h264 small")[(number + 1) // 2 % 2])
    if number % 2:
        made.units[-1] = b"\x41\x9a" + bytes(made.units[-1][2:])
    return made


FLAPPING = {
    "clock back": ("clock_jump", lambda n: now(n, (1 << 31) - n * 90_000)),
    "clock ahead": ("clock_jump", lambda n: now(n, n * 90_000 * 3600)),
    "too fast": ("clock_jump", lambda n: now(n, n * 80_000)),
    "sizes": ("param_change", _sizes),
}


@pytest.mark.parametrize("name", FLAPPING)
def test_a_camera_that_flaps_is_left_alone_after_a_bounded_number_of_runs(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    cause, picture = FLAPPING[name]
    with recording(picture) as told:
        facts = told.first("unsteady")
        assert (facts.state, facts.cause) == ("unsupported", cause)
        assert "again and again" in facts.detail
        assert told.files_then[0] <= 13
        assert told.downs[0] == (cause, facts.detail)
        wait_for(lambda: len(told.downs) > 1)
        assert told.files_then[1] <= 17, "each further try may break once"
    logged = [record for record in caplog.records if "left alone" in record.message]
    assert len(logged) == 1
    assert "cafe main" in logged[0].getMessage()


def test_pictures_that_stand_still_in_time_fall_under_the_ceiling() -> None:
    body = b"\x65\x88" + bytes(1 << 20)

    def picture(number: int) -> AccessUnit:
        made = now(number, 0)
        made.units[-1] = body
        return made

    with recording(picture) as told:
        facts = told.first("too_much")
        assert (facts.state, facts.cause) == ("unsupported", "too_much")
        assert facts.detail == "the camera sends more than 60 Mbit/s"
        assert told.downs[0] == ("too_much", facts.detail)
        # It rests for a second before it tries again; what the next try writes is bounded in the same way.
        written = sum(sample.size for run in told.all for sample in run.samples)
        assert written < (80 << 20) * len(told.downs) + (80 << 20) * (len(told.all) > len(told.downs))


def test_a_camera_at_its_best_setting_is_not_too_much() -> None:
    env = VirtualEnv(1)
    conduct = Conduct(env, "cafe main")
    for _ in range(30 * 30):
        conduct.took(55_000_000 // 8 // 30)
        env.advance(1 / 30)
    assert conduct.problem is None
    for _ in range(30 * 10):
        conduct.took(65_000_000 // 8 // 30)
        env.advance(1 / 30)
    assert conduct.problem is not None


def test_ten_breaks_a_minute_are_borne() -> None:
    env = VirtualEnv(1)
    conduct = Conduct(env, "cafe main")
    for _ in range(100):
        conduct.broke("clock_jump")
        env.advance(6.1)
    assert conduct.problem is None


def test_the_rest_grows_to_a_minute_and_a_good_minute_begins_anew() -> None:
    conduct = Conduct(VirtualEnv(1), "cafe main")
    problem = SourceError("unsteady", "")
    assert [conduct.rest_s(problem, 5) for _ in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert conduct.rest_s(problem, 70) == 60, "the minute in which it misbehaved was no good one"
    conduct.behaved(61)
    assert conduct.rest_s(problem, 5) == 1
