"""What cameras do wrong, what the archive says of it, and how soon it records again."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
import sqlite3
import time
from typing import Any

import pytest
import pytest_socket

from kindergarten_engine.recorder.reader.automatic import Readers
from kindergarten_engine.recorder.reader.pyav import PyAVReader
from tests.cameras.camera import SimulatedCamera, packet_clip
from tests.cameras.clips import ClipSpec
from tests.cameras.fleet import Fleet
from tests.stopwatch import Stopwatch

from .archive import Archive, config, recording
from .rig import wait_for

GOP_S = 1.0
CLIP = ClipSpec(loop_s=10, gop_s=GOP_S, width=320, height=180, bitrate=150_000)
OTHER_SIZE = replace(CLIP, width=480, height=270)
AGAIN_S = 2 + GOP_S


@dataclass(frozen=True)
class Fault:
    """What a camera does after a few seconds, when it ends, and what should come of it."""

    begin: Callable[[SimulatedCamera], object]
    end: Callable[[SimulatedCamera], object] = lambda _: None
    seconds: float = 0.0
    state: str | None = None
    causes: frozenset[str] = frozenset()


FAULTS = {
    "stall": Fault(lambda c: c.stall(), lambda c: c.resume(), 6, "stalled", frozenset({"stall"})),
    "hang up": Fault(lambda c: c.hang_up(), causes=frozenset({"closed_by_camera"})),
    "off and on": Fault(lambda c: c.offline(), lambda c: c.online(), 5, "refused", frozenset({"closed_by_camera", "refused"})),
    "refusing": Fault(lambda c: c.refuse(), lambda c: c.refuse(on=False), 0.9, None, frozenset({"closed_by_camera"})),
    "burst": Fault(lambda c: c.burst(3)),
    "clock back": Fault(lambda c: c.clock_jump(-5)),
    "clock ahead": Fault(lambda c: c.clock_jump(3600)),
    "other size": Fault(lambda c: c.change_clip(OTHER_SIZE)),
    "loss": Fault(lambda c: c.packet_loss(40), lambda c: c.resume(), 3),
    "none": Fault(lambda _: None),
}  # fmt: skip
READERS = {"native": Readers(), "pyav": PyAVReader}
WHOLE = ("burst", "clock back", "clock ahead", "other size", "none")


@dataclass
class Outcome:
    """What came of a fault."""

    gaps: list[Any]
    recordings: list[Any]
    began_us: int
    ended_us: int
    state: str
    report: Any
    owed_s: float


@pytest.fixture(scope="module", params=["native", pytest.param("pyav", marks=pytest.mark.long)])
def outcomes(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Outcome]]:
    """Let all faults happen at the same time, each on a camera of its own."""
    pytest_socket.enable_socket()
    cameras = [SimulatedCamera(name=name, main=CLIP, sub=None) for name in FAULTS]
    packet_clip(OTHER_SIZE)  # encoded now: no fault may wait for that
    folder, make_reader = tmp_path_factory.mktemp("archive"), READERS[request.param]
    with Fleet(cameras) as fleet, recording(folder, cameras, make_reader=make_reader) as archive:
        # How late the first pictures were is part of every time that follows.
        stopwatch = Stopwatch()
        now_us = archive.store.utc_us
        for name in FAULTS:
            wait_for(archive.records(name))
        time.sleep(2)
        began, states, ended = {}, {}, {}
        for name, fault in FAULTS.items():
            began[name] = now_us()
            fault.begin(fleet[name])
        start = time.monotonic()
        for name, fault in sorted(FAULTS.items(), key=lambda item: item[1].seconds):
            time.sleep(max(0, start + fault.seconds - time.monotonic()))
            if fault.state:
                wait_for(lambda: archive.state(name) == fault.state)  # noqa: B023
            states[name] = archive.state(name)
            ended[name] = now_us()
            fault.end(fleet[name])
        time.sleep(AGAIN_S)
        for name in FAULTS:
            wait_for(archive.records(name))
        time.sleep(2)
        owed_s = stopwatch.owed_s
        archive.end()
        yield {
            name: Outcome(
                gaps=[gap for gap in archive.timeline(name).gaps if gap.start_us >= began[name] - 500_000][
                    :-1
                ],
                recordings=archive.timeline(name).recordings,
                began_us=began[name],
                ended_us=ended[name],
                state=states[name],
                report=archive.report(name),
                owed_s=owed_s,
            )
            for name in FAULTS
        }


@pytest.mark.parametrize("name", [name for name, fault in FAULTS.items() if fault.causes])
def test_a_fault_leaves_one_gap_with_its_cause_and_recording_goes_on_soon(
    outcomes: dict[str, Outcome], name: str
) -> None:
    outcome, fault = outcomes[name], FAULTS[name]
    (gap,) = outcome.gaps
    assert gap.cause in fault.causes
    assert abs(gap.start_us - outcome.began_us) / 1e6 < 0.3 + outcome.owed_s
    assert (gap.end_us - outcome.ended_us) / 1e6 < AGAIN_S + outcome.owed_s
    if fault.state:
        assert outcome.state == fault.state
    assert not outcome.report.damaged
    assert not outcome.report.repeated


@pytest.mark.parametrize("name", WHOLE)
def test_a_fault_that_costs_no_picture_leaves_no_gap(outcomes: dict[str, Outcome], name: str) -> None:
    assert outcomes[name].report.whole, outcomes[name].report
    assert outcomes[name].gaps == []


def test_lost_packets_cost_only_what_they_carried(outcomes: dict[str, Outcome]) -> None:
    report = outcomes["loss"].report
    assert 0 < len(report.damaged) + report.missing_count < 60
    assert not report.repeated
    assert outcomes["loss"].gaps == []


@pytest.mark.parametrize("name", ["clock back", "clock ahead"])
def test_a_jump_of_the_camera_clock_begins_a_new_run_without_a_hole(
    outcomes: dict[str, Outcome], name: str
) -> None:
    first, second = outcomes[name].recordings
    assert first.run != second.run
    assert 0 <= second.start_us - first.end_us < 50_000


def test_another_picture_size_begins_a_new_file_of_the_same_run(outcomes: dict[str, Outcome]) -> None:
    first, second = outcomes["other size"].recordings
    assert first.run == second.run
    assert second.start_us == first.end_us


def test_who_reads_whether_something_was_lost_and_the_cameras_clock_is_known(tmp_path: Path) -> None:
    cameras = [
        SimulatedCamera(name=name, main=CLIP, sub=None, report_every_s=0.3, sender_clock_offset_s=ahead_s)
        for name, ahead_s in (("good", 0), ("bad", 90))
    ]
    with Fleet(cameras) as fleet, recording(tmp_path, cameras) as archive:
        for camera in cameras:
            wait_for(archive.records(camera.name))
            wait_for(lambda: archive.cameras[camera.name].clock_offset_ms is not None)  # noqa: B023
            status = archive.cameras[camera.name].status()
            assert (status["reader"], status["loss"]) == ("native", "no")
        fleet["bad"].packet_loss(20)
        wait_for(lambda: archive.cameras["bad"].status()["loss"] == "yes")
        assert archive.cameras["good"].status()["loss"] == "no"
    with closing(sqlite3.connect(tmp_path / "catalog/catalog.db")) as db:
        assert db.execute(
            "SELECT reader, loss, round(cam_offset / 1e6 / 90) FROM run ORDER BY loss"
        ).fetchall() == [
            ("native", "no", 0),
            ("native", "yes", 1),
        ]


def test_a_wrong_login_is_told_apart_and_put_right_at_once(tmp_path: Path) -> None:
    camera = SimulatedCamera(name="gate", main=CLIP, sub=None, user="admin", password="right", auth="digest")
    with Fleet([camera]), recording(tmp_path, []) as archive:
        _add(archive, camera, secret="wrong % @ :/ secret")
        wait_for(lambda: archive.state("gate") == "auth")
        time.sleep(1)
        assert "wrong" not in str(archive.cameras["gate"].status())
        assert archive.cameras["gate"].apply(config(camera))
        wait_for(lambda: archive.timeline("gate").recordings)
        archive.end()
        assert archive.report("gate").whole
        assert "auth" in [gap.cause for gap in archive.timeline("gate").gaps]


def test_an_address_where_nobody_is_is_not_called_a_wrong_login(tmp_path: Path) -> None:
    camera = SimulatedCamera(name="gone", main=CLIP, sub=None, port=1)
    with recording(tmp_path, [camera]) as archive:
        wait_for(lambda: archive.state("gone") == "refused")
        assert archive.cameras["gone"].status()["cause"] == "refused"


def test_changing_a_camera_does_not_touch_another(tmp_path: Path) -> None:
    cameras = [SimulatedCamera(name=name, main=CLIP, sub=CLIP) for name in ("one", "other")]
    with Fleet(cameras), recording(tmp_path, cameras) as archive:
        for camera in cameras:
            wait_for(lambda: archive.timeline(camera.name).recordings)  # noqa: B023
        changed = config(cameras[0])
        assert changed.sub is not None
        assert archive.cameras["one"].apply(replace(changed, main=changed.sub))
        assert not archive.cameras["other"].apply(config(cameras[1]))
        wait_for(lambda: len(archive.timeline("one").recordings) == 2)
        archive.end()
        assert [view.stream for view in archive.timeline("one").recordings] == ["main", "main"], (
            archive.timeline("one")
        )
        assert archive.report("one").sources == [(1, "main"), (1, "sub")]
        assert archive.report("other").whole
        assert len(archive.timeline("other").recordings) == 1


@pytest.mark.long
def test_a_camera_without_key_frames_is_called_again(tmp_path: Path) -> None:
    camera = SimulatedCamera(name="one", main=CLIP, sub=None)
    with Fleet([camera]), recording(tmp_path, [camera]) as archive:
        wait_for(lambda: archive.state("one") == "recording")
        time.sleep(3)
        before = camera.connects()
        camera.no_keys()
        wait_for(lambda: camera.connects() > before)
        camera.resume()
        time.sleep(3)
        archive.end()
        assert "stall" in [gap.cause for gap in archive.timeline("one").gaps]


@pytest.mark.long
def test_a_key_frame_every_20_seconds_is_enough(tmp_path: Path) -> None:
    clip = ClipSpec(loop_s=60, gop_s=20, width=320, height=180, bitrate=150_000)
    camera = SimulatedCamera(name="one", main=clip, sub=None, join="any")
    with Fleet([camera]), recording(tmp_path, [camera]) as archive:
        wait_for(lambda: archive.state("one") == "recording")
        time.sleep(45)
        archive.end()
        assert archive.report("one").whole
        assert archive.report("one").pictures > 44 * 25
        assert camera.connects() == 1


def _add(archive: Archive, camera: SimulatedCamera, *, secret: str) -> None:
    wanted = config(camera)
    archive.add(camera.name, replace(wanted, main=replace(wanted.main, secret=secret)))
