"""A pack of a real archive, from its disk alone: what is in it is what is on the disk."""

from datetime import date
import json
from pathlib import Path
from typing import Any

import pytest

from kindergarten_engine.env import RealEnv
from kindergarten_engine.evidence.opening import bare, disks
from kindergarten_engine.filesystem import RealFileSystem
from kindergarten_engine.legal import profile
from kindergarten_engine.legal.requirements import Facts
from kindergarten_engine.recorder.store.days import local_day, zone
from kindergarten_engine.report.model import Report, Site
from kindergarten_engine.report.pack import Order, Pack, build
from kindergarten_engine.report.source import ArchiveSource, Told, offset_s
from kindergarten_engine.report.verifier import verify
from tests.engine.evidence.conftest import DAY_US, END_US, demo_archive

PLACE = "Asia/Almaty"


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return three days of two cameras."""
    return demo_archive(tmp_path_factory)


def source(disk: Path) -> ArchiveSource:
    """Return the disk as a source."""
    today = local_day(END_US, zone(PLACE))
    site = Site(name="Сад", offset_s=offset_s(PLACE, END_US), time_zone=PLACE)
    facts = Facts(today=date(2026, 9, 21), now_us=today.start_us, rooms=(), cameras=())
    told = Told(site=site, profile=profile("kz_2026"), generator="test", facts=facts)
    return ArchiveSource(bare(disks(RealEnv(), [str(disk)])[0]), told)


def order(*, today: bool = False) -> Order:
    """Return an order for the days up to today, or with what there is of today."""
    begin = local_day(END_US, zone(PLACE)).start_us
    return Order(uid="p1", from_us=begin - 3 * DAY_US, to_us=END_US if today else begin, made_us=END_US)


@pytest.fixture(scope="module")
def made(disk: Path, tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return build(RealFileSystem(), str(tmp_path_factory.mktemp("packs")), order(), source(disk))


def test_the_verifier_finds_nothing_wrong_and_says_that_nobody_signed(made: Pack) -> None:
    check = verify.Check(verify.Pack(made.folder), verify.TEXTS["en"])
    check.run("", "")
    assert check.verdict == "amber", check.found
    assert {what for _, what, _ in check.found} >= {"ok_ledger", "ok_seals", "open_unsigned"}


def test_the_pack_checks_the_disk_that_it_was_made_of(made: Pack, disk: Path) -> None:
    check = verify.Check(verify.Pack(made.folder), verify.TEXTS["en"])
    check.run("", "")
    check.archive(str(disk))
    assert [found for found in check.found if found[0] == "bad"] == []


def test_days_with_a_gap_are_not_whole_and_the_gap_has_its_cause(disk: Path) -> None:
    report: Report = source(disk).report(order(today=True))
    assert len(report.cameras) == 2
    assert any(gap.cause == "stall" for gap in report.gaps)
    for camera in report.cameras:
        recorded = sum(day.recorded_s or 0 for day in camera.days)
        wanted = sum(day.wanted_s for day in camera.days)
        assert 0.999 < recorded / wanted < 1
        assert camera.longest_gap_s in {40, 90}
        assert camera.days_proven == 3


def test_from_a_disk_alone_nothing_is_called_met_that_needs_a_recorder(made: Pack) -> None:
    manifest: dict[str, Any] = json.loads((Path(made.folder) / "manifest.json").read_bytes())
    status = {one["id"]: one["status"] for one in manifest["requirements"]}
    assert {name for name, value in status.items() if value == "met"} <= {
        "retention_maximum",
        "profile_current",
    }
    assert status["clock"] == status["sound_off"] == status["forbidden_rooms"] == "not_measurable"
