"""What players see of a camera that works."""

from collections.abc import Iterator
from itertools import pairwise
import json
from pathlib import Path
import subprocess
import time

import av
import pytest
import pytest_socket

from tests.cameras import ClipSpec, Fleet, FleetProcess, SimulatedCamera, read_clock
from tests.cameras.check import check_files
from tests.cameras.clips import load_clip
from tests.cameras.gstreamer import GStreamerServer, gstreamer_missing
from tests.stopwatch import Stopwatch

from .client import Client
from .conftest import QUICK, QUICK_H265

CAMERAS = (
    ("plain", QUICK, "none", None),
    ("basic", QUICK, "basic", "pcma"),
    ("digest", QUICK, "digest", "aac"),
    ("mulaw", QUICK_H265, "digest", "pcmu"),
    ("b-frames", ClipSpec(width=320, height=180, gop_s=0.4, loop_s=4, b_frames=2), "none", None),
    ("slices", ClipSpec(width=320, height=180, gop_s=0.4, loop_s=4, slices=3), "none", None),
    ("variable", ClipSpec(width=320, height=180, gop_s=0.4, loop_s=4, variable=True), "none", None),
)
AUDIO = {None: None, "pcma": "pcm_alaw", "pcmu": "pcm_mulaw", "aac": "aac"}


def make(name: str, clip: ClipSpec, auth: str, audio: str | None) -> SimulatedCamera:
    return SimulatedCamera(
        name=name, main=clip, sub=None, auth=auth, audio=audio, user="viewer", password="s3cret"
    )


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    pytest_socket.enable_socket()
    with Fleet([make(*given) for given in CAMERAS]) as fleet:
        yield fleet


def copy(url: str, path: Path, seconds: float) -> subprocess.Popen[str]:
    command = [
        "ffmpeg",
        "-v",
        "error",
        "-rtsp_transport",
        "tcp",
        "-fpsprobesize",
        "0",
        "-i",
        url,
        "-t",
        str(seconds),
        "-c:v",
        "copy",
    ]
    return subprocess.Popen([*command, "-an", str(path)], stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("name", ["plain", "basic", "digest", "mulaw"])
def test_pyav_reads_every_codec_and_login(fleet: Fleet, name: str) -> None:
    camera = fleet[name]
    options = {"rtsp_transport": "tcp", "fpsprobesize": "0"}
    with av.open(camera.url(login=True), options=options, timeout=120) as container:
        assert container.streams.video[0].codec_context.width == 320
        sounds = [stream.codec_context.name for stream in container.streams.audio]
        assert sounds == [AUDIO[camera.audio]] * bool(camera.audio)
        kinds = set()
        for packet in container.demux():
            kinds.add(packet.stream.type)
            if len(kinds) == 1 + len(sounds):
                break


def test_ffmpeg_copies_every_picture_of_every_kind(fleet: Fleet, tmp_path: Path) -> None:
    copies = [copy(camera.url(login=True), tmp_path / f"{camera.name}.mp4", 1.5) for camera in fleet]
    for process, camera in zip(copies, fleet, strict=True):
        _, errors = process.communicate(timeout=200)
        assert process.returncode == 0, errors
        report = check_files([tmp_path / f"{camera.name}.mp4"])
        assert report.whole, (camera.name, report.as_json())
        assert report.first is not None
        assert report.last is not None
        assert report.sources == [(camera.number, "main")]
        assert report.pictures >= (20 if camera.name == "variable" else 35)
        sent = [sent.number for sent in camera.sent() if report.first <= sent.number <= report.last]
        assert report.lost(sent) == []


def test_ffprobe_describes_the_stream(fleet: Fleet) -> None:
    command = [
        "ffprobe",
        "-v",
        "error",
        "-fpsprobesize",
        "3",
        "-rtsp_transport",
        "tcp",
        "-show_streams",
        "-of",
        "json",
    ]
    run = subprocess.run(
        [*command, fleet["digest"].url(login=True)], capture_output=True, check=True, timeout=200
    )
    video, audio = json.loads(run.stdout)["streams"]
    assert (video["codec_name"], video["width"], video["r_frame_rate"]) == ("h264", 320, "25/1")
    assert (audio["codec_name"], audio["sample_rate"]) == ("aac", "16000")


def test_pictures_come_at_their_pace(camera: SimulatedCamera) -> None:
    stopwatch = Stopwatch()
    with Client(camera.url()).play() as client:
        ticks = [packet.ticks for packet in client.pictures(15)]
    late_us = [
        each.wall_us - each.number * 40_000 for each in camera.sent() if each.wall_us / 1e6 > stopwatch.began
    ]
    assert len(late_us) >= 15
    assert all(-10_000 < late < 200_000 + stopwatch.owed_s * 1e6 for late in late_us)
    assert {(later - earlier) & 0xFFFFFFFF for earlier, later in pairwise(ticks)} == {3600}


def test_the_clock_in_the_picture_is_right() -> None:
    clip = load_clip(ClipSpec(width=320, height=180, fps=5, gop_s=1, bitrate=100_000))
    decoder = av.CodecContext.create("h264", "r")
    shown = []
    for picture in clip.pictures:
        sets = clip.sets if picture.key else ()
        packet = av.Packet(b"".join(b"\0\0\0\1" + unit for unit in (*sets, *picture.units)))
        shown += [read_clock(frame.to_ndarray(format="rgb24")) for frame in decoder.decode(packet)]
    shown += [read_clock(frame.to_ndarray(format="rgb24")) for frame in decoder.decode(None)]
    assert shown == [index // 5 for index in range(300)]


def test_a_live_picture_shows_the_second_of_now() -> None:
    clip = ClipSpec(width=320, height=180, fps=5, gop_s=1, bitrate=100_000)
    with Fleet([SimulatedCamera(name="clock", main=clip, sub=None)]) as fleet:
        stopwatch = Stopwatch()
        options = {"rtsp_transport": "tcp", "fpsprobesize": "0", "analyzeduration": "1"}
        with av.open(fleet["clock"].url(), options=options, timeout=120) as container:
            frame = next(container.decode(video=0))
        shown = read_clock(frame.to_ndarray(format="rgb24"))
    assert shown is not None
    assert (time.time() - shown) % 60 < 4 + stopwatch.owed_s


def test_sessions_are_counted_by_stream(camera: SimulatedCamera) -> None:
    with (
        Client(camera.url("main")).play(),
        Client(camera.url("sub")).play(),
        Client(camera.url("sub")).play(),
    ):
        assert (camera.sessions("main"), camera.sessions("sub")) == (1, 2)
    deadline = time.monotonic() + 120
    while camera.sessions("sub") and time.monotonic() < deadline:
        time.sleep(0.01)
    assert (camera.sessions("sub"), camera.connects("sub")) == (0, 2)


def test_another_channel_and_a_second_client_get_the_same_pictures(camera: SimulatedCamera) -> None:
    with Client(camera.url()).play() as first, Client(camera.url()).play(channel=6) as second:
        one = {packet.sequence: packet.data for packet in first.packets(80)}
        other = {packet.sequence: packet.data for packet in second.packets(80, channel=6)}
    both = one.keys() & other.keys()
    assert len(both) > 10
    assert all(one[sequence] == other[sequence] for sequence in both)


def test_odd_requests_get_the_right_answers(camera: SimulatedCamera) -> None:
    with Client(camera.url("nowhere")) as client:
        assert client.ask("DESCRIBE")[0] == 404
    with Client(camera.url()) as client:
        assert client.ask("OPTIONS")[0] == 200
        assert client.ask("RECORD")[0] == 405
        assert client.ask("PLAY")[0] == 454
        assert client.ask("SETUP", Transport="RTP/AVP;unicast;client_port=5000-5001")[0] == 461
        client.play()
        assert client.ask("GET_PARAMETER")[0] == 200
        assert client.ask("TEARDOWN")[0] == 200
        with pytest.raises(ConnectionError):
            client.ask("OPTIONS")


def test_a_client_that_does_not_read_is_cut(camera: SimulatedCamera, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.cameras.rtsp.MAX_UNSENT", 10_000)
    clip = ClipSpec(width=640, height=360, gop_s=0.4, loop_s=4, bitrate=30_000_000)
    camera.change_clip(clip)
    with Client(camera.url()).play() as client:
        client.read()
        camera.burst(0.8)
        deadline = time.monotonic() + 120
        while camera.sessions() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert camera.sessions() == 0


def test_a_fleet_in_its_own_process_obeys() -> None:
    arguments = ("--cameras", "2", "--size", "320x180", "--gop", "0.4", "--bitrate", "200000", "--no-sub")
    with FleetProcess(*arguments) as fleet:
        with Client(fleet.url("cam2")).play() as client:
            client.pictures(5)
            assert (fleet.sessions("cam2"), fleet.connects("cam1")) == (1, 0)
            fleet.fault("cam2", "stall")
            numbers = [sent.number for sent in fleet.sent("cam2")]
            assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        with pytest.raises(RuntimeError, match="explode"):
            fleet.fault("cam1", "explode")


def test_gstreamer_is_a_camera_too(tmp_path: Path) -> None:
    assert gstreamer_missing() is None
    with GStreamerServer(clip=QUICK, auth="digest", user="viewer", password="s3cret") as server:
        process = copy(server.url.replace("//", "//viewer:s3cret@"), tmp_path / "copy.mp4", 1)
        _, errors = process.communicate(timeout=200)
        assert process.returncode == 0, errors
        report = check_files([tmp_path / "copy.mp4"])
        assert report.whole, report.as_json()
        server.off()
        with pytest.raises(ConnectionRefusedError):
            Client(server.url)
        server.on()
        with Client(server.url) as client:
            assert client.ask("DESCRIBE")[0] == 401
