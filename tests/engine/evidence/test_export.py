"""An export is whole fragments that play, with a manifest that the published verifier accepts."""

from itertools import repeat
import json
from pathlib import Path
import subprocess
import sys
from typing import Any, override

import av
import pytest

from kindergarten_engine.env import RealEnv
from kindergarten_engine.errors import RequestError
from kindergarten_engine.evidence.export import Order, Tools, export
from kindergarten_engine.evidence.fetched import LEAF, Stretch, write
from kindergarten_engine.evidence.jobs import CancelledError, Task
from kindergarten_engine.evidence.opening import bare, disks
from kindergarten_engine.report import verifier
from tests.demo_archive import plan

from .conftest import DAY_US, END_US

SECOND = 1_000_000
NOON = END_US - DAY_US // 2 - 40 * SECOND


def order(t0: int, t1: int, *cameras: int) -> Order:
    """Return what is wanted of some cameras."""
    uids = [plan.uid(each) for each in cameras or (0,)]
    return Order(uid="e1", cameras=uids, t0=t0, t1=t1, purpose="police", recipient="K-17", by="admin")


def task() -> Task:
    """Return a job that does not hurry."""
    return Task(env=RealEnv(), kind="export")


def made(archive: Path, out: Path, wanted: Order, **tools: Any) -> dict[str, Any]:
    """Return the manifest of an export."""
    footage = bare(disks(RealEnv(), [str(archive)])[0])
    export(task(), footage, wanted, Tools(generator="test", **tools), str(out))
    manifest: dict[str, Any] = json.loads((out / "e1/manifest.json").read_text())
    return manifest


def test_export_plays_without_a_break_over_several_files(made_archive: Path, tmp_path: Path) -> None:
    manifest = made(made_archive, tmp_path, order(NOON, NOON + 900 * SECOND))
    (run,) = manifest["runs"]
    assert len({leaf["path"] for leaf in run["fragments"]}) == 4
    with av.open(str(tmp_path / "e1" / run["file"])) as container:
        times = [float(frame.time or 0) for frame in container.decode(video=0)]
    assert times == [float(second) for second in range((run["t1"] - run["t0"]) // SECOND)]


def test_export_begins_at_the_key_frame_before_and_says_so(made_archive: Path, tmp_path: Path) -> None:
    (run,) = made(made_archive, tmp_path, order(NOON + 3 * SECOND, NOON + 12 * SECOND))["runs"]
    assert run["wanted_t0"] == NOON + 3 * SECOND
    assert NOON - 10 * SECOND < run["t0"] <= NOON + 3 * SECOND
    assert NOON + 12 * SECOND <= run["t1"] < NOON + 22 * SECOND


def test_export_names_its_holes_and_their_causes(made_archive: Path, tmp_path: Path) -> None:
    begin = END_US - 3 * DAY_US
    stall = begin + (2 * plan.DAY + 11 * plan.HOUR) * SECOND
    manifest = made(made_archive, tmp_path, order(stall - 60 * SECOND, stall + 120 * SECOND))
    assert [(hole["t0"], hole["t1"], hole["cause"]) for hole in manifest["holes"]] == [
        (stall, stall + 90 * SECOND, "stall")
    ]
    assert len(manifest["runs"]) == 2


def test_export_takes_a_folder_for_each_camera(made_archive: Path, tmp_path: Path) -> None:
    made(made_archive, tmp_path, order(NOON, NOON + 60 * SECOND, 0, 1))
    assert len([each for each in (tmp_path / "e1").iterdir() if each.is_dir() and each.name != "seals"]) == 2


def test_export_of_an_empty_stretch_is_refused_and_leaves_nothing(made_archive: Path, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="no_footage"):
        made(made_archive, tmp_path, order(END_US + DAY_US, END_US + 2 * DAY_US))
    assert list(tmp_path.iterdir()) == []


class Impatient(Task):
    """A job that is cancelled after some bytes."""

    @override
    def read(self, size: int) -> None:
        self.cancel()
        super().read(size)


def test_cancelled_export_leaves_nothing(made_archive: Path, tmp_path: Path) -> None:
    footage = bare(disks(RealEnv(), [str(made_archive)])[0])
    with pytest.raises(CancelledError):
        export(
            Impatient(env=RealEnv(), kind="export"), footage, order(NOON, NOON + 900 * SECOND),
            Tools(generator="test"), str(tmp_path),
        )  # fmt: skip
    assert list(tmp_path.iterdir()) == []


def verified(folder: Path) -> tuple[int, str]:
    """Return what the published verifier says."""
    script = verifier.FOLDER / "verify.py"
    done = subprocess.run([sys.executable, script, folder, "--lang", "en"], capture_output=True, check=False)
    return done.returncode, done.stdout.decode()


def test_verifier_accepts_an_unsigned_export_and_says_that_it_is_unsigned(
    made_archive: Path, tmp_path: Path
) -> None:
    manifest = made(made_archive, tmp_path, order(NOON, NOON + 900 * SECOND))
    assert manifest["signed"] is False
    code, text = verified(tmp_path / "e1")
    assert code == 2
    assert "not signed" in text


def test_verifier_names_camera_and_time_of_a_flipped_byte(made_archive: Path, tmp_path: Path) -> None:
    (run,) = made(made_archive, tmp_path, order(NOON, NOON + 900 * SECOND))["runs"]
    path = tmp_path / "e1" / run["file"]
    data = bytearray(path.read_bytes())
    data[-500] ^= 1
    path.write_bytes(data)
    code, text = verified(tmp_path / "e1")
    assert code == 1
    assert run["file"] in text


def test_ledger_remembers_an_export_without_names(made_archive: Path, tmp_path: Path) -> None:
    seen: list[tuple[str, dict[str, Any]]] = []
    made(
        made_archive,
        tmp_path,
        order(NOON, NOON + 60 * SECOND),
        record=lambda kind, data: seen.append((kind, data)),
    )
    ((kind, data),) = seen
    assert kind == "export"
    assert data["cameras"] == [plan.uid(0)]
    assert "police" not in json.dumps(data)
    assert "K-17" not in json.dumps(data)


def test_file_of_somebody_else_that_never_ends_costs_no_more_than_its_footage_may(tmp_path: Path) -> None:
    stretch = Stretch(camera=plan.uid(0), t0=0, t1=SECOND, size=1 << 20)
    heard: list[int] = []
    with pytest.raises(RequestError, match="larger"):
        write(RealEnv().fs, str(tmp_path / "film"), repeat(bytes(LEAF)), heard.append, stretch.most)
    assert sum(heard) <= stretch.most < 70 << 20
