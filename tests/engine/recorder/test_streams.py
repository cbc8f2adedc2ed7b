"""Every kind of stream comes out whole: numbers and checksums of the pictures tell."""

from contextlib import ExitStack
from dataclasses import dataclass
import functools
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
import itertools
from pathlib import Path
import subprocess
import threading
from typing import Any

import av
import pytest
import pytest_socket

from kindergarten_engine.recorder.format import fragment
from kindergarten_engine.recorder.reader.apart import ReaderApart
from kindergarten_engine.recorder.reader.interface import Source
from kindergarten_engine.recorder.reader.native.reader import NativeReader
from tests.cameras.camera import SimulatedCamera
from tests.cameras.check import check_files
from tests.cameras.clips import ClipSpec
from tests.cameras.fleet import Fleet
from tests.cameras.gstreamer import GStreamerServer, gstreamer_missing
from tests.cameras.stream import Sent
from tests.stopwatch import Stopwatch

from .rig import FileOutput, reading, wait_for


def clip(**changes: Any) -> ClipSpec:
    """Return a small clip: pictures of one packet, key frames of many."""
    return ClipSpec(**{"loop_s": 10, "width": 320, "height": 180, "bitrate": 400_000} | changes)


H264 = clip()
H265 = clip(codec="h265")

KINDS: dict[str, dict[str, Any]] = {
    "h264": {"main": H264},
    "h265": {"main": H265},
    "b pictures": {"main": clip(b_frames=2)},
    "h265 b pictures": {"main": clip(codec="h265", b_frames=3)},
    "slices": {"main": clip(slices=4)},
    "sets in band only": {"main": H264, "sdp_sets": False},
    "sets in the SDP only": {"main": H264, "inband_sets": False},
    "h265 sets in the SDP only": {"main": H265, "inband_sets": False},
    "variable": {"main": clip(variable=True)},
    "joined anywhere": {"main": H264, "join": "any"},
    "30 pictures a second": {"main": clip(fps=30)},
    "one picture a second": {"main": clip(fps=1, gop_s=2)},
    "sound": {"main": H264, "audio": "aac"},
    "sender reports": {"main": H264, "audio": "aac", "report_every_s": 0.3},
}  # fmt: skip


@dataclass(frozen=True)
class Recorded:
    """What was made of a stream, and what the camera says it sent."""

    output: FileOutput
    sent: list[Sent]
    state: str
    owed_s: float


SERVED = 3
"""Fragments, of a second each."""
READERS = {"native": NativeReader, "pyav": ReaderApart}


@pytest.fixture(scope="module", params=["native", pytest.param("pyav", marks=pytest.mark.long)])
def recorded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Recorded]:
    """Record all kinds at the same time."""
    pytest_socket.enable_socket()
    cameras = [SimulatedCamera(name=name, sub=None, **kind) for name, kind in KINDS.items()]
    with Fleet(cameras) as fleet, ExitStack() as stack:
        stopwatch = Stopwatch()
        streams = {}
        for name, kind in KINDS.items():
            folder = tmp_path_factory.mktemp(name.replace(" ", "-"))
            streams[name] = stack.enter_context(
                reading(fleet[name], folder, sound="audio" in kind, make_reader=READERS[request.param])
            )
        for name, (_, output) in streams.items():
            wait_for(output.has(_wanted(name)))
        return {
            name: Recorded(output, fleet[name].sent(), session.facts.state, stopwatch.owed_s)
            for name, (session, output) in streams.items()
        }


def _wanted(kind: str) -> int:
    return 6 if kind == "one picture a second" else 80


@pytest.mark.parametrize("kind", KINDS)
def test_every_picture_comes_out_whole(recorded: dict[str, Recorded], kind: str) -> None:
    output, sent = recorded[kind].output, recorded[kind].sent
    assert recorded[kind].state == "recording"
    report = output.report()
    assert report.whole, report
    assert [run.end[1] for run in output.runs if run.end] == ["upgrade"]
    (run,) = output.runs
    first = next(each for each in sent if each.key)
    assert report.first == first.number
    # the camera may have been late with its first picture; with B pictures all but a few are
    early = 0.3e9 if "b pictures" in kind else 0.05e9
    if kind == "variable":
        early = 2e9  # how late the camera was with its first picture cannot be told
    late = 0.05e9 + recorded[kind].owed_s * 1e9
    assert -early < run.start_us * 1000 - _due_ns(sent, KINDS[kind]["main"]) < late
    assert _decodes(run.paths[0]) == report.pictures
    assert bool(run.inits[0].audio) == ("audio" in KINDS[kind])


@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if "audio" in kind])
def test_sound_is_as_long_as_the_pictures(recorded: dict[str, Recorded], kind: str) -> None:
    (path,), owed_s = recorded[kind].output.paths, recorded[kind].owed_s
    with av.open(str(path)) as container:
        packets = [packet for packet in container.demux() if packet.size]
    pictures, sound = (_span([each for each in packets if each.stream_index == index]) for index in (0, 1))
    assert abs(pictures[0] - sound[0]) < 0.2 + owed_s
    assert abs(pictures[1] - sound[1]) < 0.3 + owed_s


@pytest.mark.parametrize(("clip", "auth"), [(H264, "digest"), (H265, "basic")], ids=["h264", "h265"])
def test_a_stranger_s_server_is_read_by_our_own_reader(tmp_path: Path, clip: ClipSpec, auth: str) -> None:
    assert gstreamer_missing() is None
    stopwatch = Stopwatch()
    with GStreamerServer(clip=clip, auth=auth, user="viewer", password="s3cret:pass") as server:
        address = Source(url=server.url, user=server.user, secret=server.password)
        with reading(address, tmp_path, make_reader=NativeReader) as (session, output):
            wait_for(output.has(40))
            assert session.facts.loss == "no"
            # its clock runs from before its first picture, which is the next key picture of the clip
            wait_for(lambda: session.facts.camera_clock_us)
            assert -2.5 - stopwatch.owed_s < (session.facts.camera_clock_us or 0) / 1e6 < 0.1
    assert output.report().whole, output.report()
    assert len(output.runs) == 1
    assert _decodes(output.paths[0]) == output.report().pictures


@pytest.mark.parametrize("kind", ["h264", "h265"])
def test_a_stream_over_http_comes_out_whole(recorded: dict[str, Recorded], tmp_path: Path, kind: str) -> None:
    served = _beginning(recorded[kind].output, tmp_path / "served.mp4")
    handler = functools.partial(_Quiet, directory=served.parent)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = Source(url=f"http://127.0.0.1:{server.server_port}/{served.name}")
        with reading(address, tmp_path) as (_, output):
            wait_for(lambda: output.downs)
        server.shutdown()
    assert output.runs_before[0] == 1
    read = check_files(output.runs[0].paths)
    assert read.whole, read
    assert read.wall_us == check_files([served]).wall_us
    assert output.downs[0][0] == "closed_by_camera"


def _beginning(output: FileOutput, path: Path) -> Path:
    """Write the first seconds of what was recorded: more, all at once, would be another run."""
    run = output.runs[0]
    parts = run.fragments[:SERVED]
    assert len(parts) == SERVED
    written = (fragment.build(part, number, parts[0].ticks, 0) for number, part in enumerate(parts, 1))
    path.write_bytes(run.inits[0].data + b"".join(written))
    return path


class _Quiet(SimpleHTTPRequestHandler):
    """Serves a folder without a word."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


def _span(packets: list[Any]) -> tuple[float, float]:
    """Return first and last decoding time in seconds; they increase."""
    times = [float(packet.dts * packet.time_base) for packet in packets]
    assert all(later > earlier for earlier, later in itertools.pairwise(times))
    return times[0], times[-1]


def _due_ns(sent: list[Sent], clip: ClipSpec) -> float:
    """Return when the first picture would have been sent by a camera that is never late."""
    first = next(each.number for each in sent if each.key)
    if clip.variable:
        return float(next(each.mono_ns for each in sent if each.key))
    return min(each.mono_ns - (each.number - first) * 1e9 / clip.fps for each in sent if each.number >= first)


def _decodes(path: Path) -> int:
    """Return how many pictures ffmpeg decodes; it may have nothing to complain about."""
    done = subprocess.run(
        ["ffmpeg", "-v", "warning", "-i", path, "-map", "0", "-f", "null", "-"], capture_output=True, text=True, check=True
    )  # fmt: skip
    assert done.stderr == ""
    with av.open(str(path)) as container:
        return sum(1 for packet in container.demux(video=0) if packet.size)
