"""A small demo archive, made once and copied for each test that changes it."""

from collections.abc import Iterator
import json
import os
from pathlib import Path
import shutil

import pytest

from tests.demo_archive.builder import Builder

END_US = 1_790_000_040_000_000
"""2026-09-21T14:14Z."""
DAY_US = 86_400_000_000


def demo_archive(factory: pytest.TempPathFactory) -> Path:
    """Make three days of two cameras, once for all tests of a run; nobody may change it."""
    out = factory.getbasetemp() / "demo-archive"
    if not out.exists():
        part = factory.mktemp("demo") / "archive"
        Builder(part, days=3, cameras=2, end_us=END_US, file_s=300, zone="Asia/Almaty").build()
        part.rename(out)
    return out


@pytest.fixture(scope="session")
def made_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the archive that all share."""
    return demo_archive(tmp_path_factory)


@pytest.fixture
def archive(made_archive: Path, tmp_path: Path) -> Iterator[Path]:
    """Return a copy that a test may do anything to, but write into recordings: those are linked."""
    copy = tmp_path / "archive"
    shutil.copytree(made_archive, copy, copy_function=_copy)
    yield copy
    shutil.rmtree(copy)


def archive_id(folder: Path) -> str:
    """Return the id of an archive."""
    return str(json.loads((folder / "kindergarten-archive.json").read_text())["archive_id"])


def _copy(source: str, target: str) -> None:
    if source.endswith(".mp4"):
        os.link(source, target)
    else:
        shutil.copy(source, target)
