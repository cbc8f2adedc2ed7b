"""A real disk that is kept full, and real pictures of cameras: none is lost."""

import json
from pathlib import Path
import subprocess
import sys
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]


def record_on_a_full_disk(folder: Path, seconds: int, period_s: float) -> dict[str, Any]:
    """Mount a small disk, record to it while it is kept full, and return what happened."""
    disk, copies = folder / "disk", folder / "copies"
    disk.mkdir()
    copies.mkdir()
    command = f'mount -t tmpfs -o size=64m tmpfs {disk} && exec "$0" "$@"'
    trial = ["unshare", "-rm", "sh", "-c"]
    if subprocess.run([*trial, command, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a small disk (unshare -rm)")
    program = [
        sys.executable, "-m", "tests.engine.recorder.full_disk", str(disk), str(copies), str(seconds), str(period_s),
    ]  # fmt: skip
    done = subprocess.run(
        [*trial, command, *program],
        check=False,
        capture_output=True,
        text=True,
        timeout=seconds + 400,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def expect_nothing_lost(found: dict[str, Any], seconds: int) -> None:
    """Every picture of four cameras is there, and the disk was full many times."""
    assert found["whole"], found
    assert found["lost"] == 0
    # What a busy machine had not sent or read yet when the recording ended is no loss.
    assert found["pictures"] >= 4 * 25 * (seconds - min(5, found["owed_s"]))
    assert found["wrong"] == []
    assert found["stopped"] == 0
    # Before the first picture there is a gap, unless a key frame came the moment the camera was asked.
    assert all(causes in (["connect", "upgrade"], ["upgrade"]) for causes in found["gaps"].values()), found
    assert found["deleted"] > 0


def test_no_picture_is_lost_while_somebody_else_keeps_the_disk_full(tmp_path: Path) -> None:
    found = record_on_a_full_disk(tmp_path, 14, 2)
    expect_nothing_lost(found, 14)
    assert found["full"] >= 3


@pytest.mark.long
def test_no_picture_is_lost_on_a_disk_kept_full_for_10_minutes(tmp_path: Path) -> None:
    found = record_on_a_full_disk(tmp_path, 600, 15)
    expect_nothing_lost(found, 600)
    assert found["full"] >= 20
