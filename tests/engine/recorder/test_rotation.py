"""Files change again and again, and no picture is lost, repeated or damaged."""

from pathlib import Path
import subprocess

import pytest

from tests.cameras.camera import SimulatedCamera
from tests.cameras.clips import ClipSpec
from tests.cameras.fleet import Fleet

from .archive import recording
from .rig import wait_for

H264 = ClipSpec(loop_s=10, gop_s=1, width=320, height=180, bitrate=200_000)
H265 = ClipSpec(codec="h265", loop_s=10, gop_s=1, width=320, height=180, bitrate=200_000)


@pytest.mark.parametrize("files", [60, pytest.param(200, marks=pytest.mark.long)])
def test_files_of_2_seconds_have_every_picture_once(tmp_path: Path, files: int) -> None:
    names = [f"room {number}" for number in range(20)]
    cameras = [
        SimulatedCamera(name=name, main=(H264, H265)[number % 2], sub=None, phase_s=number / 20)
        for number, name in enumerate(names)
    ]
    with Fleet(cameras), recording(tmp_path, cameras, file_s=2) as archive:
        wait_for(lambda: sum(len(archive.files(name)) for name in names) >= files + len(names), 300)
        wait_for(lambda: all(len(archive.files(name)) >= files // len(names) for name in names))
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
