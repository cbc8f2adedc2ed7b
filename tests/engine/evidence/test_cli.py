"""`script/archive` does on a bare disk what the engine does, and says what it cannot."""

from collections.abc import Iterator
from contextlib import closing
import json
from pathlib import Path
import sqlite3
import subprocess
import sys

import pytest

from kindergarten_engine.report import verifier
from tests import engine_package
from tests.demo_archive import plan

from .test_demo import rows


def run(*arguments: object) -> tuple[int, str]:
    """Run a program; returns its exit code and what it printed."""
    command = [sys.executable, "-I", str(engine_package.BOOT), "archive", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, check=False)
    return done.returncode, done.stdout.decode() + done.stderr.decode()


@pytest.fixture
def untouched(made_archive: Path) -> Iterator[Path]:
    """Return an archive in which nothing may be written."""
    before = {path: path.stat().st_mtime_ns for path in made_archive.rglob("*")}
    yield made_archive
    assert {path: path.stat().st_mtime_ns for path in made_archive.rglob("*")} == before


def test_verify_says_unchanged_and_what_that_leaves_open(untouched: Path) -> None:
    code, text = run("verify", "--archive", untouched)
    assert code == 0, text
    assert "unchanged" in text
    assert "no head from outside" in text


def test_verify_names_what_is_missing(archive: Path) -> None:
    gone = sorted((archive / "video" / plan.uid(0)[:12]).rglob("*.mp4"))[300]
    gone.unlink()
    code, text = run("verify", "--archive", archive, "--depth", "quick")
    assert code == 1
    assert gone.name in text
    assert plan.label(0) in text


def test_export_can_be_verified(untouched: Path, tmp_path: Path) -> None:
    code, text = run(
        "export", "--archive", untouched, "--out", tmp_path, "--camera", plan.label(1), "--from", "2026-09-20T10:00:00",
        "--to", "2026-09-20T10:10:00",
    )  # fmt: skip
    assert code == 0, text
    assert "not signed" in text
    (folder,) = tmp_path.iterdir()
    assert (folder / "verify.py").exists()
    manifest = json.loads((folder / "manifest.json").read_bytes())
    assert manifest["signed"] is False
    assert [each["label"] for each in manifest["cameras"]] == [plan.label(1)]
    assert manifest["runs"][0]["file"].startswith(f"{plan.label(1)}-")
    done = subprocess.run([sys.executable, folder / "verify.py", folder], capture_output=True, check=False)
    assert done.returncode == 2


def test_pack_is_a_folder_and_a_zip_and_can_be_verified(untouched: Path, tmp_path: Path) -> None:
    code, text = run("pack", "--archive", untouched, "--out", tmp_path, "--days", 2, "--language", "en")
    assert code == 0, text
    assert "signed up to record" in text
    (folder,) = (each for each in tmp_path.iterdir() if each.is_dir())
    assert Path(f"{folder}.zip").exists()
    cameras = json.loads((folder / "manifest.json").read_bytes())["cameras"]
    assert {each["label"] for each in cameras} == {plan.label(0), plan.label(1)}
    for each in (folder, f"{folder}.zip"):
        script = verifier.FOLDER / "verify.py"
        done = subprocess.run([sys.executable, script, each], capture_output=True, check=False)
        assert done.returncode == 2, done.stdout.decode()


def test_rebuild_makes_the_same_catalog_anew(archive: Path) -> None:
    before = rows(archive)
    code, text = run("rebuild", "--archive", archive)
    assert code == 0, text
    after = rows(archive)
    assert [row[:9] for row in after] == [row[:9] for row in before]


def test_rebuild_leaves_an_archive_alone_that_a_recorder_uses(archive: Path) -> None:
    with closing(sqlite3.connect(archive / "catalog/catalog.db", isolation_level=None)) as db:
        db.execute("BEGIN EXCLUSIVE")
        code, text = run("rebuild", "--archive", archive)
    assert code == 3
    assert "using" in text
    assert [each.name for each in (archive / "catalog").glob("*before*")] == []


def test_folder_that_is_no_archive_is_said_to_be_none(tmp_path: Path) -> None:
    code, text = run("verify", "--archive", tmp_path)
    assert code == 3
    assert "no archive" in text
