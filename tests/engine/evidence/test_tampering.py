"""The tamper table: whatever is done to an archive is detected, and named."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
import json
from pathlib import Path
import shutil
import sqlite3
from typing import Any

import pytest

from kindergarten_engine.env import RealEnv
from kindergarten_engine.evidence.jobs import Task
from kindergarten_engine.evidence.opening import disks, living
from kindergarten_engine.evidence.verify import Depth, Outside, verify
from kindergarten_engine.filesystem import RealFileSystem
from kindergarten_engine.ledger.chain import Ledger, decode
from kindergarten_engine.recorder.format.init import Init
from kindergarten_engine.recorder.format.recording_file import find_identity, head, scan
from kindergarten_engine.recorder.store.store import Store
from kindergarten_engine.recorder.store.views import StoreSettings
from tests.demo_archive import plan
from tests.demo_archive.machine import PastMachine

from .conftest import DAY_US, END_US, archive_id

HOUR_US = 3_600_000_000


def checked(archive: Path, depth: Depth = "quick", **outside: Any) -> dict[str, Any]:
    """Return what verifying the bare disk says."""
    env = RealEnv()
    task = Task(env=env, kind="verify")
    return verify(task, disks(env, [str(archive)])[0], depth, outside=Outside(**outside))


def codes(result: dict[str, Any], *lists: str) -> set[str]:
    """Return what was found, by its codes."""
    return {each["what"] for name in lists or ("bad", "missing", "injected") for each in result[name]}


def files(archive: Path, camera: int = 0) -> list[Path]:
    """Return the files of a camera by time."""
    return sorted((archive / "video" / plan.uid(camera)[:12]).rglob("*.mp4"))


def lines(archive: Path) -> tuple[Path, list[bytes]]:
    """Return the ledger's file and its lines."""
    (path,) = (archive / "ledger").iterdir()
    return path, path.read_bytes().splitlines(keepends=True)


def test_untouched_archive_is_whole(made_archive: Path) -> None:
    result = checked(made_archive, "full")
    assert result["ok"]
    assert result["open"] == []
    assert result["hashed"] > 1000


def test_deleted_file_is_named_with_camera_and_hour(archive: Path) -> None:
    path = files(archive)[300]
    path.unlink()
    (found,) = checked(archive)["missing"]
    assert found["path"] == str(path.relative_to(archive))
    assert found["camera"] == plan.uid(0)
    assert END_US - 3 * DAY_US < found["hour"] < END_US
    assert found["hour"] % HOUR_US == 0


def test_flipped_byte_is_named_by_a_full_check(archive: Path) -> None:
    path = files(archive, 1)[200]
    data = bytearray(path.read_bytes())
    data[20_000] ^= 4
    path.unlink()
    path.write_bytes(data)
    (found,) = checked(archive, "full")["bad"]
    assert (found["what"], found["path"], found["camera"]) == (
        "file_changed", str(path.relative_to(archive)), plan.uid(1),
    )  # fmt: skip


def test_another_cameras_file_in_its_place_is_named(archive: Path) -> None:
    path = files(archive, 1)[200]
    path.unlink()
    shutil.copy(files(archive, 0)[200], path)
    (found,) = checked(archive, "full")["bad"]
    assert found["what"] in {"file_size", "file_changed"}
    assert found["camera"] == plan.uid(1)


def foreign(archive: Path) -> Path:
    """Put some film among the recordings."""
    path = files(archive)[100].with_name("20260919t000000000z-m-abc-0.mp4")
    path.write_bytes(b"\0\0\0\x18ftypisom" + bytes(5000))
    return path


def copied(archive: Path) -> Path:
    """Put a recording there twice."""
    path = files(archive)[100]
    return Path(shutil.copy(path, path.with_name("20260919t000000000z-m-abc-0.mp4")))


def misplaced(archive: Path) -> Path:
    """Put a recording among another camera's."""
    path = files(archive)[100]
    return Path(shutil.copy(path, files(archive, 1)[100].with_name("20260919t000000000z-m-abc-0.mp4")))


def forged(archive: Path) -> Path:
    """Make a recording of a day that is long sealed, with a header that is right in itself."""
    old = files(archive)[100]
    data = old.read_bytes()
    found = scan(lambda offset, size: data[offset : offset + size], len(data))
    who = find_identity(data[:8192])
    assert who is not None
    video: Any = None
    init = Init(sha256=who[0].init_sha, data=found.init, video=video, audio=None)
    path = old.with_name("20260919t000000000z-m-abc-0.mp4")
    path.write_bytes(head(init, replace(who[0], run=who[0].run + 5)) + data[found.fragments[0].offset :])
    return path


@pytest.mark.parametrize(
    ("inject", "what"),
    [
        (foreign, "file_foreign"),
        (copied, "file_copied"),
        (misplaced, "file_misplaced"),
        (forged, "file_injected"),
    ],
)
def test_injected_file_is_named(archive: Path, inject: Callable[[Path], Path], what: str) -> None:
    path = inject(archive)
    result = checked(archive)
    assert [(each["what"], each["path"]) for each in result["injected"]] == [
        (what, str(path.relative_to(archive)))
    ]


def test_edited_ledger_line_is_named(archive: Path) -> None:
    path, content = lines(archive)
    number = next(n for n, line in enumerate(content) if b'"stall"' in line)
    content[number] = content[number].replace(b'"stall"', b'"power"')
    path.write_bytes(b"".join(content))
    result = checked(archive)
    assert "ledger_edited" in codes(result)
    assert result["ledger"]["state"] == "broken"


def test_removed_ledger_line_is_named(archive: Path) -> None:
    path, content = lines(archive)
    path.write_bytes(b"".join(content[:20] + content[21:]))
    assert "ledger_removed" in codes(checked(archive))


def test_ledger_cut_short_is_given_away_by_later_files(archive: Path) -> None:
    path, content = lines(archive)
    path.write_bytes(b"".join(content[:-20]))
    assert "ledger_cut" in codes(checked(archive))


def test_edited_seal_is_named(archive: Path) -> None:
    path = sorted((archive / "seals").iterdir())[1]
    data = path.read_bytes()
    path.write_bytes(data.replace(b'"pictures":300', b'"pictures":299', 1))
    (found,) = [each for each in checked(archive)["bad"] if each["what"] == "seal_edited"]
    assert found["path"] == f"seals/{path.name}"


def test_removed_seal_is_named(archive: Path) -> None:
    sorted((archive / "seals").iterdir())[1].unlink()
    assert "seal_missing" in codes(checked(archive))


def test_backup_of_ledger_and_catalog_is_given_away_by_later_files(archive: Path) -> None:
    """Yesterday's ledger, seals and catalog under today's footage."""
    path, content = lines(archive)
    path.write_bytes(b"".join(content[: len(content) * 2 // 3]))
    max((archive / "seals").iterdir()).unlink()
    assert "ledger_cut" in codes(checked(archive))


def test_backup_of_everything_is_given_away_by_a_head_from_outside(archive: Path) -> None:
    path, content = lines(archive)
    today = decode(content[-1].rstrip(b"\n"))
    assert today is not None
    kept = content[: len(content) * 2 // 3]
    path.write_bytes(b"".join(kept))
    told = [json.loads(line) for line in kept]
    last = told[-1]
    for seal in (archive / "seals").iterdir():
        if seal.stem not in {each["d"]["day"] for each in told if each["k"] == "seal"}:
            seal.unlink()
    for each in [*files(archive, 0), *files(archive, 1)]:
        who = find_identity(each.read_bytes()[:8192])
        if who is None or who[0].ledger_n > last["n"]:
            each.unlink()
    assert checked(archive)["ok"]
    assert "head_unknown" in codes(checked(archive, head=today.hash, number=today.number))
    assert checked(archive, head=last["h"], number=last["n"])["ok"]


def test_another_key_is_given_away_by_a_fingerprint_from_outside(archive: Path) -> None:
    assert "key_other" in codes(checked(archive, fingerprint="0" * 64))
    key = checked(archive)["key"]
    assert checked(archive, fingerprint=key)["ok"]


def append(archive: Path, *records: tuple[str, dict[str, Any]], at_us: int = END_US) -> None:
    """Write records with the engine's own ledger."""
    ledger = Ledger(RealFileSystem(), str(archive / "ledger"))
    ledger.open()
    for kind, data in records:
        ledger.append(kind, 1, at_us, data)
    ledger.close()


def test_deleting_what_is_held_is_named(archive: Path) -> None:
    gone = files(archive)[300]
    who = find_identity(gone.read_bytes()[:8192])
    assert who is not None
    start = who[0].rel_start_us
    hold = {
        "uid": "ab", "cameras": [plan.uid(0)], "t0": who[0].utc_us, "t1": who[0].utc_us + 1, "until": None, "by": "x",
        "reason": "", "incident": False,
    }  # fmt: skip
    file = [
        plan.uid(0),
        "main",
        who[0].run,
        who[0].seq,
        who[0].epoch,
        start,
        start + 300_000_000,
        gone.stat().st_size,
    ]
    append(archive, ("hold", hold), ("delete", {"reason": "age", "below_minimum": False, "files": [file]}))
    gone.unlink()
    assert codes(checked(archive)) == {"hold_deleted"}


def test_clock_turned_back_is_named(archive: Path) -> None:
    store = Store(PastMachine(END_US - DAY_US), lambda *_: None, StoreSettings(ballast_bytes=0))
    assert store.open(str(archive), archive_id(archive)).status == "ok"
    store.close("user")
    result = checked(archive)
    assert "clock_back" in codes(result, "open")


def edited(archive: Path, change: str) -> dict[str, Any]:
    """Return what verifying says beside the engine, after somebody changed its catalog."""
    with closing(sqlite3.connect(archive / "catalog/catalog.db", isolation_level=None)) as db:
        assert db.execute(change).rowcount > 0
    env = PastMachine(END_US + 60_000_000)
    store = Store(env, lambda *_: None, StoreSettings(ballast_bytes=0))
    assert store.open(str(archive), archive_id(archive)).status == "ok"
    opened = store._keeper.writer.archive
    assert opened is not None
    result = verify(Task(env=env, kind="verify"), disks(env, [str(archive)])[0], "quick", living(opened))
    store.close("user")
    return result


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE recording SET bytes = bytes - 1 WHERE id = 40",
        "UPDATE recording SET rel_start = rel_start + 9000000 WHERE id = 40",
        "DELETE FROM recording WHERE id = 40",
        "UPDATE gap SET cause = 'power' WHERE rel_end IS NOT NULL",
        "DELETE FROM gap",
    ],
)
def test_edited_catalog_is_named(archive: Path, change: str) -> None:
    assert "catalog_edited" in codes(edited(archive, change))


def test_catalog_that_nobody_edited_agrees_with_files_and_ledger(archive: Path) -> None:
    result = edited(archive, "UPDATE camera SET label = 'Tulips'")
    assert result["ok"], result


def test_deleted_catalog_is_named_and_harms_nothing(archive: Path) -> None:
    shutil.rmtree(archive / "catalog")
    result = checked(archive)
    assert result["ok"]
    assert codes(result, "open") == {"catalog_missing"}
