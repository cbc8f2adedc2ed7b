"""Days are proven by files that are there, and quickly."""

from pathlib import Path
from zoneinfo import ZoneInfo

from kindergarten_engine.evidence.proof import CameraProof, Prover
from kindergarten_engine.recorder.store.store import Store
from kindergarten_engine.recorder.store.views import StoreSettings
from tests.demo_archive import plan
from tests.demo_archive.machine import PastMachine

from .conftest import END_US, archive_id

ZONE = ZoneInfo("Asia/Almaty")


def proven(archive: Path, prover: Prover | None = None, days: int = 4) -> dict[str, CameraProof]:
    """Return what an engine that opens an archive right after its end says."""
    store = Store(PastMachine(END_US + 1), lambda *_: None, StoreSettings(ballast_bytes=0))
    assert store.open(str(archive), archive_id(archive)).status == "ok"
    with store.using_all() as opened:
        found = (prover or Prover()).prove(opened, ZONE, days)
    store.close("user")
    return found


def test_days_with_all_their_files_are_proven(archive: Path) -> None:
    found = proven(archive)[plan.uid(1)]
    assert found.days_proven == 2
    assert found.longest_gap_s == 40.0
    assert [round(recorded) for recorded, _ in found.coverage[-2:]] == [86_360, 86_400]


def test_hole_of_some_minutes_is_a_day_not_proven_but_does_not_end_the_count(archive: Path) -> None:
    path = sorted((archive / "video" / plan.uid(1)[:12] / "20260920").iterdir())[100]
    path.unlink()
    found = proven(archive)[plan.uid(1)]
    assert found.longest_gap_s == 300.0
    assert found.days_proven == 1


def test_deleted_files_prove_nothing_though_the_catalog_has_them(archive: Path) -> None:
    files = sorted((archive / "video" / plan.uid(1)[:12]).rglob("*.mp4"))
    middle = files.index(next(each for each in files if each.name.startswith("20260920T0")))
    for each in files[middle : middle + 3]:
        each.unlink()
    found = proven(archive)[plan.uid(1)]
    assert found.days_proven == 0
    assert 890 <= (found.longest_gap_s or 0) <= 910


def test_cut_file_proves_nothing(archive: Path) -> None:
    path = sorted((archive / "video" / plan.uid(1)[:12] / "20260920").iterdir())[100]
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(data[:-1])
    assert (proven(archive)[plan.uid(1)].longest_gap_s or 0) >= 290


def test_second_look_sees_what_was_deleted_since(archive: Path) -> None:
    prover = Prover()
    before = proven(archive, prover)[plan.uid(1)]
    for each in sorted((archive / "video" / plan.uid(1)[:12] / "20260919").iterdir())[:12]:
        each.unlink()
    after = proven(archive, prover)[plan.uid(1)]
    assert before.days_proven == 2
    assert after.days_proven < 2
