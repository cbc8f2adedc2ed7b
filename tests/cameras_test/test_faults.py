"""Each fault does what it says."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
import time

import av
import pytest

from tests.cameras import ClipSpec, Fleet, SimulatedCamera
from tests.cameras.camera import packet_clip
from tests.cameras.check import check_files
from tests.stopwatch import Stopwatch

from .client import Client, Packet
from .conftest import QUICK, QUICK_H265
from .test_streams import copy

FAST = {"rtsp_transport": "tcp", "fpsprobesize": "0"}
STAP_A, FU_A, IDR, SEI = 24, 28, 5, 6


def steps(packets: list[Packet]) -> list[int]:
    """Return the differences of RTP time, signed."""
    return [((b.ticks - a.ticks + 2**31) & 0xFFFFFFFF) - 2**31 for a, b in pairwise(packets)]


def is_key(packet: Packet) -> bool:
    return packet.unit_type == IDR or (packet.unit_type == FU_A and packet.data[13] & 0x1F == IDR)


def wait_for(what: Callable[[], object], limit_s: float = 120) -> None:
    end = time.monotonic() + limit_s
    while not what():
        assert time.monotonic() < end, "this never came true"
        time.sleep(0.02)


def record(camera: SimulatedCamera, path: Path, seconds: float = 1) -> Path:
    process = copy(camera.url(), path, seconds)
    process.communicate(timeout=200)
    return path


def test_a_stalled_camera_sends_nothing_and_stays_connected(camera: SimulatedCamera) -> None:
    with Client(camera.url()).play() as client:
        client.pictures(2)
        camera.stall()
        while not client.is_quiet(0.1):
            client.read()
        assert client.is_quiet(0.4)
        assert client.ask("GET_PARAMETER")[0] == 200
        camera.resume()
        client.pictures(2)


def test_a_hang_up_ends_sessions_and_takes_new_ones(camera: SimulatedCamera) -> None:
    with Client(camera.url()).play() as client:
        client.pictures(1)
        camera.hang_up()
        with pytest.raises(ConnectionError):
            client.pictures(100)
    with Client(camera.url()).play() as client:
        client.pictures(1)


def test_an_offline_camera_refuses_and_comes_back_on_its_port(camera: SimulatedCamera) -> None:
    url = camera.url()
    with Client(url).play() as client:
        camera.offline()
        with pytest.raises(ConnectionError):
            client.pictures(100)
    with pytest.raises(ConnectionRefusedError):
        Client(url)
    camera.online()
    with Client(url).play() as client:
        client.pictures(1)


def test_a_refusing_camera_closes_what_it_accepts(camera: SimulatedCamera) -> None:
    camera.refuse()
    with pytest.raises(ConnectionError), Client(camera.url()) as client:
        client.ask("OPTIONS")
    camera.refuse(on=False)
    with Client(camera.url()) as client:
        assert client.ask("OPTIONS")[0] == 200


def test_a_burst_loses_nothing(camera: SimulatedCamera) -> None:
    for _ in range(10):
        with Client(camera.url()).play() as client:
            before = client.pictures(2)[-1]
            camera.burst(0.5)
            packets = [before, *client.packets(60)]
        assert all((b.sequence - a.sequence) & 0xFFFF == 1 for a, b in pairwise(packets))
        # On a busy machine it may be us who read the ones before so late.
        if max(b.at - a.at for a, b in pairwise(packets)) > 0.4:
            return
    raise AssertionError("nothing was held")


def test_lost_packets_leave_holes_in_the_sequence(camera: SimulatedCamera) -> None:
    camera.packet_loss(5)
    with Client(camera.url()).play() as client:
        packets = client.packets(60)
    assert any((b.sequence - a.sequence) & 0xFFFF > 1 for a, b in pairwise(packets))
    assert {sent.whole for sent in camera.sent()} == {True, False}


def test_lost_packets_are_found_in_the_file(camera: SimulatedCamera, tmp_path: Path) -> None:
    camera.packet_loss(6)
    report = check_files([record(camera, tmp_path / "loss.mp4")])
    assert report.missing or report.damaged or report.unnumbered


def test_damaged_pictures_are_found_in_the_file(camera: SimulatedCamera, tmp_path: Path) -> None:
    camera.damage(7)
    report = check_files([record(camera, tmp_path / "damage.mp4")])
    assert report.damaged == [number for number in report.wall_us if number % 7 == 0]
    assert report.damaged
    assert not report.missing


def test_withheld_key_pictures_are_missing_in_the_file(camera: SimulatedCamera, tmp_path: Path) -> None:
    process = copy(camera.url(), tmp_path / "keys.mp4", 3)
    wait_for(lambda: len(camera.sent()) >= 15)
    camera.no_keys()
    process.communicate(timeout=200)
    report = check_files([tmp_path / "keys.mp4"])
    assert report.missing
    assert all(first == last and first % 10 == 0 for first, last in report.missing)


def test_repeated_and_foreign_pictures_are_found(camera: SimulatedCamera, tmp_path: Path) -> None:
    once, other = tmp_path / "once.mp4", tmp_path / "other.mp4"
    for process in [copy(camera.url("main"), once, 1), copy(camera.url("sub"), other, 1)]:
        process.communicate(timeout=200)
    report = check_files([once, once])
    assert report.repeated == sorted(report.wall_us)
    assert not report.whole
    assert check_files([once, other]).sources == [(1, "main"), (1, "sub")]
    torn = tmp_path / "torn.mp4"
    torn.write_bytes(once.read_bytes()[:500])
    assert check_files([torn]).errors


def test_a_clock_jump_shows_in_the_time_of_one_picture(camera: SimulatedCamera) -> None:
    with Client(camera.url()).play() as client:
        first = client.pictures(3)
        camera.clock_jump(3600)
        middle = client.pictures(5)
        camera.clock_jump(-5)
        last = client.pictures(5)
    jumps = [step for step in steps(first + middle + last) if step != 3600]
    assert jumps == [3600 * 90_000 + 3600, -5 * 90_000 + 3600]


def test_a_drifting_clock_runs_too_fast(camera: SimulatedCamera) -> None:
    with Client(camera.url()).play() as client:
        client.pictures(2)
        camera.drift(10_000)
        last = client.pictures(2)
        while steps(last) == [3600]:  # sent before
            last = [last[-1], *client.pictures(1)]
        drifting = steps(client.pictures(10))
    assert all(abs(step - 3636) <= 1 for step in drifting)


def test_the_size_changes_in_mid_stream_and_numbers_go_on(camera: SimulatedCamera, tmp_path: Path) -> None:
    other = replace(QUICK, width=256, height=144)
    packet_clip(other)  # encoded now, not while the camera is watched
    process = copy(camera.url(), tmp_path / "sps.ts", 3)
    wait_for(lambda: len(camera.sent()) >= 15)
    camera.change_sps(other.width, other.height)
    process.communicate(timeout=200)
    assert check_files([tmp_path / "sps.ts"]).whole
    with av.open(str(tmp_path / "sps.ts")) as container:
        assert {frame.width for frame in container.decode(video=0)} == {320, 256}


def test_parameter_sets_only_in_the_description(camera: SimulatedCamera) -> None:
    camera.parameter_sets(sdp=True, inband=False)
    with Client(camera.url()) as client:
        assert "sprop-parameter-sets" in client.ask("DESCRIBE")[2]
        kinds = [packet.unit_type for packet in client.play().packets(20)]
    assert STAP_A not in kinds
    assert SEI in kinds


@pytest.mark.parametrize("clip", [QUICK, QUICK_H265], ids=["h264", "h265"])
def test_parameter_sets_only_in_band(clip: ClipSpec) -> None:
    with Fleet([SimulatedCamera(name="inband", main=clip, sub=None, sdp_sets=False)]) as fleet:
        url = fleet["inband"].url()
        with Client(url) as client:
            assert "sprop" not in client.ask("DESCRIBE")[2]
        with av.open(url, options=FAST, timeout=120) as container:
            assert container.streams.video[0].codec_context.width == 320


def test_a_changed_password_refuses_new_sessions_only() -> None:
    camera = SimulatedCamera(name="door", main=QUICK, sub=None, auth="digest", user="viewer", password="old")
    with Fleet([camera]):
        with av.open(camera.url(login=True), options=FAST, timeout=120) as container:
            before = camera.url(login=True)
            camera.change_password("new")
            assert next(container.demux(video=0)).size
            with pytest.raises(av.HTTPUnauthorizedError):
                av.open(before, options=FAST, timeout=120)
        assert camera.failed_logins > 0


def test_a_camera_with_few_sessions_turns_the_next_away() -> None:
    camera = SimulatedCamera(name="cheap", main=QUICK, max_sessions=1)
    with Fleet([camera]), Client(camera.url()).play(), Client(camera.url("sub")) as second:
        assert second.ask("SETUP", Transport="RTP/AVP/TCP;unicast;interleaved=0-1")[0] == 453


def test_sessions_begin_at_a_key_picture_unless_told_otherwise() -> None:
    rare = ClipSpec(width=320, height=180, fps=5, gop_s=20, bitrate=100_000)
    # The next key picture comes in ten seconds: those of the first encoding must not lie in between.
    packet_clip(rare)
    cameras = [
        SimulatedCamera(name="any", main=rare, sub=None, join="any", phase_s=time.time() % 20 + 10),
        SimulatedCamera(name="key", main=QUICK, sub=None),
    ]
    with Fleet(cameras) as fleet:
        with Client(fleet["any"].url()).play() as client:
            assert not any(is_key(packet) for packet in client.pictures(2))
        with Client(fleet["key"].url()).play() as client:
            assert is_key(client.pictures(1)[0])


def test_a_slow_camera_sends_one_picture_a_second() -> None:
    slow = ClipSpec(width=320, height=180, fps=1, gop_s=1, loop_s=4)
    camera = SimulatedCamera(name="slow", main=slow, sub=None)
    with Fleet([camera]), Client(camera.url()).play() as client:
        assert steps(client.pictures(2)) == [90_000]


def test_sender_reports_tell_the_camera_clock() -> None:
    camera = SimulatedCamera(
        name="late", main=QUICK, sub=None, sender_clock_offset_s=3600, report_every_s=0.2
    )
    stopwatch = Stopwatch()
    with Fleet([camera]), Client(camera.url()).play() as client:
        reports = [packet.data for packet in client.packets(2, channel=1)]
        now, owed_s = time.time(), stopwatch.owed_s
    seconds = int.from_bytes(reports[-1][8:12]) - 2_208_988_800
    assert abs(seconds - now - 3600) < 3 + owed_s


def test_a_lens_that_has_something_shows_it_until_it_has_not(camera: SimulatedCamera, tmp_path: Path) -> None:
    light = {}
    for sight in ("covered", "dark", "frozen", "turned", ""):
        camera.sight(sight)
        path = record(camera, tmp_path / f"{sight}.mp4", 1.6)
        with av.open(str(path)) as container:
            keys = [frame for frame in container.decode(video=0) if frame.key_frame]
        light[sight] = [frame.to_ndarray(format="gray8").astype(int) for frame in keys]
    assert light["covered"][-1].std() < 10 < light["covered"][-1].mean()
    assert light["dark"][-1].mean() < 10
    frozen, moving = (abs(light[sight][-1] - light[sight][-2]).mean() for sight in ("frozen", ""))
    assert frozen < moving / 4
    assert light[""][-1].std() > 30
