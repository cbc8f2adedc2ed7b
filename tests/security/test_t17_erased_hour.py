"""T17: the owner erases an embarrassing hour; whoever verifies the disk is told, by the program that ships.

The whole table of what may be done to an archive is in `tests/engine/evidence/test_tampering.py`.
"""

from collections.abc import Callable
import os
from pathlib import Path
import shutil
import subprocess
import sys

import pytest

from tests import engine_package
from tests.demo_archive import plan
from tests.demo_archive.builder import Builder

END_US = 1_790_000_040_000_000
"""2026-09-21T14:14Z."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return two days of one camera, sealed; nobody may change it."""
    out = tmp_path_factory.mktemp("erased") / "archive"
    Builder(out, days=2, cameras=1, end_us=END_US, file_s=600, zone="Asia/Almaty").build()
    return out


@pytest.fixture
def archive(made: Path, tmp_path: Path) -> Path:
    """Return a copy that the owner may do anything to."""
    copy = tmp_path / "archive"
    shutil.copytree(made, copy, copy_function=_copy)
    return copy


def _copy(source: str, target: str) -> None:
    if source.endswith(".mp4"):
        os.link(source, target)
    else:
        shutil.copy(source, target)


def verify(archive: Path) -> tuple[int, str]:
    """Run the program that an inspector runs; returns its exit code and what it says."""
    command = [sys.executable, "-I", str(engine_package.BOOT), "archive", "verify", "--archive", str(archive)]
    done = subprocess.run([*command, "--depth", "quick"], capture_output=True, check=False)
    return done.returncode, done.stdout.decode() + done.stderr.decode()


def recordings(archive: Path) -> list[Path]:
    """Return the files of the camera by time."""
    return sorted((archive / "video").rglob("*.mp4"))


def ledger(archive: Path) -> Path:
    """Return the ledger's only file."""
    (path,) = (archive / "ledger").iterdir()
    return path


def _erase(archive: Path) -> str:
    hour = recordings(archive)[60:66]
    for path in hour:
        path.unlink()
    return hour[0].name


def _erase_and_hide(archive: Path) -> str:
    """Erase an hour, and the catalog with it: it is made anew from what is left."""
    shutil.rmtree(archive / "catalog")
    return _erase(archive)


def _edit(archive: Path) -> str:
    path = ledger(archive)
    lines = path.read_bytes().splitlines(keepends=True)
    lines[len(lines) // 2] = lines[len(lines) // 2].replace(b'"t":1', b'"t":2')
    path.write_bytes(b"".join(lines))
    return "ledger"


def _roll_back(archive: Path) -> str:
    """Put yesterday's ledger and seals under today's recordings."""
    path = ledger(archive)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[: len(lines) * 2 // 3]))
    max((archive / "seals").iterdir()).unlink()
    return "ledger"


def test_what_nobody_touched_is_unchanged(made: Path) -> None:
    code, text = verify(made)
    assert code == 0, text
    assert "unchanged" in text


@pytest.mark.parametrize("hides", [_erase, _erase_and_hide, _edit, _roll_back])
def test_every_way_of_hiding_an_hour_is_told(archive: Path, hides: Callable[[Path], str]) -> None:
    named = hides(archive)
    code, text = verify(archive)
    assert code == 1, text
    assert named in text


def test_the_erased_hour_is_told_by_camera(archive: Path) -> None:
    _erase(archive)
    assert plan.label(0) in verify(archive)[1]
