"""A pack is whole or not there, says no more than it may, and goes after seven days."""

import json
from pathlib import Path
import zipfile

import pytest

from kindergarten_engine.filesystem import RealFileSystem
from kindergarten_engine.report.pack import build, remove_halves
from kindergarten_engine.report.verifier import verify
from tests.stopwatch import Stopwatch

from .kit import Key, Source, order, pack

FS = RealFileSystem()


class StopError(Exception):
    """Somebody cancelled."""


def test_a_month_of_eight_cameras_takes_less_than_a_minute_and_is_green(tmp_path: Path) -> None:
    source = Source(days=31, cameras=8, per_hour=12, key=Key())
    watch = Stopwatch()
    made = build(FS, str(tmp_path), order(source), source)
    assert watch.seconds < 60
    check = verify.Check(verify.Pack(made.zip), verify.TEXTS["en"])
    check.run(Key().fingerprint, source.head)
    assert check.verdict == "green", check.found
    assert {"report-kk.pdf", "report-ru.pdf", "report-en.pdf"} <= set(made.files)


def test_zip_and_folder_hold_the_same(tmp_path: Path) -> None:
    made = pack(tmp_path, Source(key=Key()))
    with zipfile.ZipFile(made.zip) as archive:
        inside = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
    folder = Path(made.folder)
    assert inside == {
        str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
    assert sorted(inside) == list(made.files)


def test_hand_over_is_the_default_and_names_nobody(tmp_path: Path) -> None:
    source = Source(key=Key())
    made = build(
        FS, str(tmp_path), order(source, ("kk",)), source, render=lambda report, *_: repr(report).encode()
    )
    for path in Path(made.folder).rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert "Сәрсенбаева".encode() not in data
            assert b"a picture" not in data
    assert json.loads((Path(made.folder) / "manifest.json").read_bytes())["mode"] == "hand_over"


def test_a_full_pack_has_what_was_asked_for(tmp_path: Path) -> None:
    source = Source(key=Key())
    full = order(source, ("kk",), mode="full")
    made = build(FS, str(tmp_path), full, source, render=lambda report, *_: repr(report).encode())
    assert "Сәрсенбаева".encode() in (Path(made.folder) / "report-kk.pdf").read_bytes()


def test_without_a_key_it_is_not_signed_and_says_so(tmp_path: Path) -> None:
    source = Source()
    made = pack(tmp_path, source)
    manifest = json.loads((Path(made.folder) / "manifest.json").read_bytes())
    assert manifest["signer"] is None
    assert manifest["signed_to"] == len(source.lines) - 1
    assert not {"manifest.sig", "key.json"} & set(made.files)


@pytest.mark.parametrize("at", [0.1, 0.4, 0.9, 0.98])
def test_a_cancelled_pack_leaves_nothing(tmp_path: Path, at: float) -> None:
    def progress(share: float) -> None:
        if share >= at:
            raise StopError

    source = Source(key=Key())
    with pytest.raises(StopError):
        build(FS, str(tmp_path), order(source), source, render=lambda *_: b"", progress=progress)
    assert list(tmp_path.iterdir()) == []


def test_what_a_crash_left_of_a_pack_goes_and_nothing_else_does(tmp_path: Path) -> None:
    pack(tmp_path, Source(key=Key()))
    (tmp_path / "pack-broken.part").mkdir()
    (tmp_path / "pack-unknown").mkdir()
    (tmp_path / "export-1").mkdir()
    assert remove_halves(FS, str(tmp_path)) == ["pack-broken.part"]
    left = ["export-1", "pack-test", "pack-test.zip", "pack-unknown"]
    assert sorted(path.name for path in tmp_path.iterdir()) == left
