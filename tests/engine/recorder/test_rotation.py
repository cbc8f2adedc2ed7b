"""Files change again and again, and no picture is lost, repeated or damaged."""

from dataclasses import replace
from pathlib import Path
import subprocess

import pytest

from kindergarten_engine.recorder import camera
from tests.cameras.camera import SimulatedCamera
from tests.cameras.clips import ClipSpec
from tests.cameras.fleet import Fleet

from .archive import recording
from .rig import wait_for

ROTATIONS = 200
CAMERAS = 50
"""So many that the files change often enough within seconds; their pictures are small and few."""
H264 = ClipSpec(loop_s=10, gop_s=1, fps=10, width=160, height=90, bitrate=100_000)
H265 = replace(H264, codec="h265")


def test_200_rotations_of_files_of_2_seconds_have_every_picture_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(camera, "STAGGER_S", 0.02)  # they are no channels of one device
    names = [f"room {number}" for number in range(CAMERAS)]
    cameras = [
        SimulatedCamera(name=name, main=(H264, H265)[number % 2], sub=None, phase_s=number / CAMERAS)
        for number, name in enumerate(names)
    ]
    with Fleet(cameras), recording(tmp_path, cameras, file_s=2) as archive:
        wait_for(lambda: sum(len(archive.files(name)) for name in names) >= ROTATIONS + len(names), 300)
        wait_for(lambda: all(len(archive.files(name)) > ROTATIONS // len(names) for name in names))
        archive.end()
        for name in names:
            report = archive.report(name)
            assert report.whole, (name, report)
            timeline = archive.timeline(name)
            # Before the first picture there is a gap, unless a key frame came the moment the camera was asked.
            begin_us = timeline.recordings[0].start_us
            assert [gap.cause for gap in timeline.gaps if gap.start_us >= begin_us] == ["upgrade"]
    path = archive.files("room 1")[1]
    done = subprocess.run(
        ["ffmpeg", "-v", "warning", "-i", path, "-f", "null", "-"], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
