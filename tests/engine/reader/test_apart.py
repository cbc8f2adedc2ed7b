"""libavformat in a process of its own: what becomes of it, nobody else notices."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict
import io
import os
from pathlib import Path
import signal

import pytest

from kindergarten_engine.env import RealEnv
from kindergarten_engine.errors import FormatError, SourceError
from kindergarten_engine.recorder.reader import apart, wire
from kindergarten_engine.recorder.reader.interface import (
    AccessUnit,
    AudioTrack,
    AudioUnit,
    Source,
    StreamDescription,
    VideoTrack,
)
from tests.cameras.camera import SimulatedCamera
from tests.cameras.clips import ClipSpec
from tests.cameras.fleet import Fleet

from .scripted import Heard, Scripted, answer, framed, key, rtp, until

PATIENCE_S = 150


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    with Fleet(
        [
            SimulatedCamera(
                name="hall", main=ClipSpec(loop_s=10), sub=None, user="u", password="s3cret", auth="digest"
            )
        ]
    ) as fleet:
        yield fleet


@pytest.fixture
def begin(fleet: Fleet) -> Iterator[Callable[[], tuple[apart.ReaderApart, Heard]]]:
    """Return what begins to read the camera."""
    readers = []

    def read() -> tuple[apart.ReaderApart, Heard]:
        reader, heard = apart.ReaderApart(RealEnv()), Heard()
        readers.append((reader, heard))
        reader.start(Source(url=fleet["hall"].url("main"), user="u", secret="s3cret"), heard)
        until(lambda: len(heard.pictures) > 5 or heard.over.is_set(), PATIENCE_S)
        assert not heard.over.is_set(), heard.error
        return reader, heard

    yield read
    for reader, heard in readers:
        reader.stop()
        assert heard.over.wait(PATIENCE_S)


type Begin = Callable[[], tuple[apart.ReaderApart, Heard]]


def test_a_process_that_dies_ends_its_own_session_only(begin: Begin) -> None:
    (first, dying), (_, other) = begin(), begin()
    assert first.pid is not None
    os.kill(first.pid, signal.SIGSEGV)
    assert dying.over.wait(PATIENCE_S)
    assert dying.error.code == "closed"
    seen = len(other.pictures)
    until(lambda: len(other.pictures) > seen + 10, PATIENCE_S)
    assert not other.over.is_set()


def test_a_process_that_hangs_is_ended(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "END_S", 0.2)
    reader, heard = begin()
    monkeypatch.setattr(apart, "HANG_S", 3.0)  # from now on: to begin may take longer
    seen = len(heard.pictures)
    until(lambda: len(heard.pictures) > seen + 1, PATIENCE_S)
    assert reader.pid is not None
    os.kill(reader.pid, signal.SIGSTOP)
    assert heard.over.wait(PATIENCE_S)
    assert heard.error.code == "stall"
    assert not Path(f"/proc/{reader.pid}").exists()


def test_the_login_is_nowhere_to_be_seen_and_the_process_goes_when_it_should(begin: Begin) -> None:
    reader, heard = begin()
    process = Path(f"/proc/{reader.pid}")
    assert b"s3cret" not in (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
    reader.stop()
    assert heard.over.wait(PATIENCE_S)
    assert not process.exists()


def test_a_refused_login_is_told_as_such(fleet: Fleet) -> None:
    reader, heard = apart.ReaderApart(RealEnv()), Heard()
    reader.start(Source(url=fleet["hall"].url("main"), user="u", secret="wrong"), heard)
    assert heard.over.wait(PATIENCE_S)
    assert heard.error.code == "auth"


@pytest.mark.parametrize(("host", "followed"), [("127.0.0.2", False), ("127.0.0.1", True)])
def test_nothing_is_read_where_a_camera_leads_to_another_host(host: str, *, followed: bool) -> None:
    with (
        closing(Scripted(framed(rtp(key(), 1)), host=host)) as other,
        closing(Scripted(DESCRIBE=lambda asked: answer(asked, "302 Found", Location=other.url))) as camera,
    ):
        reader, heard = apart.ReaderApart(RealEnv()), Heard()
        reader.start(Source(url=camera.url), heard)
        until(lambda: heard.descriptions or heard.over.is_set(), PATIENCE_S)
        reader.stop()
        assert heard.over.wait(PATIENCE_S)
        assert other.connections == 1
        assert bool(heard.descriptions) is followed
        assert followed or heard.error.code == "refused"


def test_a_process_that_cannot_be_started_is_an_end(tmp_path: Path) -> None:
    reader, heard = apart.ReaderApart(RealEnv(), tmp_path / "nothing.py"), Heard()
    reader.start(Source(url="rtsp://127.0.0.1/a"), heard)
    assert heard.over.wait(PATIENCE_S)
    assert heard.error.code == "closed"


def said() -> bytes:
    """Return all that a reader can say."""
    out = io.BytesIO()
    teller = wire.Teller(out)
    audio = AudioTrack(codec="aac", rate=16_000, channels=1, config=b"\x14\x08")
    teller.described(
        StreamDescription(video=VideoTrack(codec="h264", parameter_sets=(b"a", b"bc")), audio=audio)
    )
    teller.picture(AccessUnit(pts=-5, arrival_ns=None, units=[b"one", memoryview(b"two!")]))
    teller.picture(AccessUnit(pts=1 << 40, arrival_ns=7, units=[b"x"]))
    teller.sound(AudioUnit(pts=9, data=b"sound"))
    teller.camera_clock(-1_500_000)
    teller.ended(SourceError("auth", "the camera refuses", "user"))
    return out.getvalue()


def listen(data: bytes) -> Heard:
    """Have everything heard."""
    heard, pipe = Heard(), io.BytesIO(data)
    while (error := wire.pass_on(pipe.read, heard)) is None:
        pass
    heard.error = error
    return heard


def test_what_is_said_is_heard() -> None:
    heard = listen(said())
    (description,) = heard.descriptions
    assert description.video.parameter_sets == (b"a", b"bc")
    assert asdict(description.audio) == {"codec": "aac", "rate": 16_000, "channels": 1, "config": b"\x14\x08"}
    assert [(unit.pts, unit.arrival_ns, list(map(bytes, unit.units))) for unit in heard.pictures] == [
        (-5, None, [b"one", b"two!"]),
        (1 << 40, 7, [b"x"]),
    ]
    assert [(unit.pts, unit.data) for unit in heard.sounds] == [(9, b"sound")]
    assert heard.offsets == [-1_500_000]
    assert (heard.error.code, heard.error.field) == ("auth", "user")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"X\0\0\0\0",
        b"P\xff\xff\xff\xff",
        b"P\0\0\0\2ab",
        b"E\0\0\0\2{}",
        b"D\0\0\0\2[]",
        b"C\0\0\0\1a",
        b"D\0\0\0\4null",
    ],
)
def test_what_no_reader_says_is_not_believed(data: bytes) -> None:
    pipe = io.BytesIO(data)

    def take(size: int) -> bytes:
        if len(part := pipe.read(size)) < size:
            raise SourceError("closed", "the end")
        return part

    with pytest.raises((FormatError, SourceError)):
        wire.pass_on(take, Heard())
