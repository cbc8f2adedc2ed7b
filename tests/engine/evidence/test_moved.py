"""An archive that moved to a new disk: what the old one has counts as before, and what it cannot say is not made up."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
import json
from pathlib import Path
import subprocess
import sys
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kindergarten_engine.evidence.challenge import find
from kindergarten_engine.evidence.expiry import EXPORT_KEEP_S, Expiry
from kindergarten_engine.evidence.export import Order, Tools, export
from kindergarten_engine.evidence.jobs import Task
from kindergarten_engine.evidence.opening import beside
from kindergarten_engine.evidence.proof import CameraProof, Prover
from kindergarten_engine.evidence.verify import Outside
from kindergarten_engine.evidence.volumes import export_volumes, verify_volumes
from kindergarten_engine.filesystem import RealFileSystem
from kindergarten_engine.legal import profile
from kindergarten_engine.legal.requirements import Facts
from kindergarten_engine.recorder.store.store import Store
from kindergarten_engine.recorder.store.views import StoreSettings, VolumeRef
from kindergarten_engine.report import pack
from kindergarten_engine.report.model import Site
from kindergarten_engine.report.source import ArchiveSource, Told
from kindergarten_engine.report.verifier import verify as verifier
from tests import engine_package
from tests.demo_archive.machine import UnsyncedFiles

from ..store.rig import Events, Feed, RealDisk, uid

HALL = uid(1)
ZONE = ZoneInfo("UTC")
DAY_S = 86_400
DAY_US = DAY_S * 1_000_000
HOUR_US = DAY_US // 24
STEP_S = 3600


class Moved:
    """A camera that was recorded to one disk for some days, and then to another."""

    def __init__(self, folder: Path, before: float = 25, since: float = 10) -> None:
        self.folder = folder
        self.env, self.events = RealDisk(), Events()
        self.env.fs = UnsyncedFiles()
        self.env.synced = True
        self.store = Store(self.env, self.events, StoreSettings(file_s=3600, days=40, ballast_bytes=0))
        self.first = self.open("first")
        self.store.declare(HALL, "Hall")
        self.feed = Feed(self.store, HALL, gop=1, length_s=STEP_S)
        self.feed.begin()
        self.live(before)
        self.moved_us = self.store.utc_us()
        self.second = self.open("second")
        self.store.keep_old([self.first])
        self.live(since)

    def open(self, name: str) -> VolumeRef:
        state = self.store.open(str(self.folder / name))
        assert state.path is not None
        assert state.archive_id is not None
        return VolumeRef(path=state.path, archive_id=state.archive_id)

    def live(self, days: float) -> None:
        for _ in range(round(days * DAY_S / STEP_S)):
            self.env.advance(STEP_S)
            self.feed.add()
            self.store.step()

    @contextmanager
    def unplugged(self) -> Iterator[None]:
        """Take the old disk away, and let the engine notice; plug it in again."""
        (self.folder / "first").rename(self.folder / "elsewhere")
        self.live(1 / 24)
        try:
            yield
        finally:
            (self.folder / "elsewhere").rename(self.folder / "first")
            self.live(1 / 24)

    def proof(self, days: int = 30) -> CameraProof:
        with self.store.using_all() as volumes:
            return Prover().prove(volumes, ZONE, days)[HALL]

    def verified(self, outside: Outside | None = None) -> dict[str, Any]:
        with self.store.using_all() as volumes:
            task = Task(env=self.env, kind="verify")
            return dict(verify_volumes(task, volumes, "full", outside or Outside()))


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moved]:
    site = Moved(tmp_path_factory.mktemp("moved"))
    yield site
    site.store.close("upgrade")


def test_thirty_days_are_proven_though_the_disk_is_ten_days_old(moved: Moved) -> None:
    found = moved.proof()
    assert found.days_proven == 30
    assert found.unmeasured_days == 0
    assert (found.longest_gap_s or 0) < 60
    assert [round(recorded) for recorded, _ in found.coverage] == pytest.approx([DAY_S] * 30, abs=60)


def test_coverage_is_that_of_both_disks(moved: Moved) -> None:
    now = moved.store.utc_us()
    found = moved.store.coverage(HALL, now - 30 * DAY_US, now, DAY_S)
    assert sum(found.recorded) == pytest.approx(30 * DAY_S, abs=STEP_S)
    assert sum(found.planned) == pytest.approx(30 * DAY_S, abs=STEP_S)


def test_hours_and_heads_of_the_old_disk_are_complete(moved: Moved) -> None:
    with moved.store.using_all() as volumes:
        old = volumes.archives[1]
        (hours,) = old.catalog.one("SELECT max(utc_hour) FROM hour") or (0,)
        assert hours == moved.moved_us // 3_600_000_000 - (moved.moved_us % 3_600_000_000 == 0)
        assert old.catalog.one("SELECT count(*) FROM recording WHERE state != 'sealed'") == (0,)


def test_days_of_a_disk_that_is_not_there_are_neither_proven_nor_lost(moved: Moved) -> None:
    with moved.unplugged():
        found = moved.proof()
        assert 9 <= found.days_proven <= 10
        assert found.days_proven + found.unmeasured_days == 30
        assert (found.longest_gap_s or 0) < 60
    assert moved.proof().days_proven == 30


def test_without_a_disk_missing_what_is_older_than_the_archive_is_not_called_unmeasured(moved: Moved) -> None:
    found = moved.proof(60)
    assert found.days_proven < 40
    assert found.unmeasured_days == 0


def test_coverage_of_the_last_day_is_that_of_both_disks(tmp_path: Path) -> None:
    site = Moved(tmp_path, before=0.75, since=0.25)
    facts = site.store.facts(HALL)
    assert facts.coverage_24h == pytest.approx(1.0, abs=0.03)
    with site.store.using() as archive:
        own = archive.catalog.one("SELECT sum(bytes) FROM recording") or (0,)
    assert facts.bytes_24h > 2 * own[0]
    site.store.close("upgrade")


def test_damage_on_the_old_disk_is_named(moved: Moved) -> None:
    path = sorted((moved.folder / "first").rglob("*.mp4"))[100]
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    found = moved.verified()
    path.write_bytes(whole)
    assert not found["ok"]
    (bad,) = found["bad"]
    assert (bad["what"], bad["camera"], bad["volume"]) == ("file_changed", HALL, str(moved.folder / "first"))
    assert [each["ok"] for each in found["volumes"]] == [True, False]
    found = moved.verified()
    assert found["ok"]
    assert found["files"] == len(list(moved.folder.rglob("*.mp4")))


def test_what_lies_on_a_disk_that_is_not_there_stays_open(moved: Moved) -> None:
    with moved.unplugged():
        found = moved.verified()
    assert found["ok"]
    assert [each["what"] for each in found["open"]].count("volume_missing") == 1


def test_a_head_of_the_old_ledger_is_known(moved: Moved) -> None:
    with moved.store.using_all() as volumes:
        digest = next(record.hash for record in volumes.archives[1].ledger.records(5))
    assert moved.verified(Outside(head=digest))["ok"]
    assert not moved.verified(Outside(head="ab" * 32))["ok"]


def test_an_export_across_the_move_has_the_footage_of_both_disks(moved: Moved, tmp_path: Path) -> None:
    order = Order(
        uid="0a", cameras=[HALL], t0=moved.moved_us - 2 * HOUR_US, t1=moved.moved_us + 3 * HOUR_US, purpose="", recipient="",
        by="owner",
    )  # fmt: skip
    with moved.store.using_all() as volumes:
        task = Task(env=moved.env, kind="export")
        found: dict[str, Any] = dict(
            export_volumes(task, volumes, order, Tools(generator="test"), str(tmp_path))
        )
    assert sum(hole["t1"] - hole["t0"] for hole in found["holes"]) < 60_000_000
    manifests = [json.loads(path.read_bytes()) for path in sorted(tmp_path.glob("0a/*/manifest.json"))]
    assert [each["archive"] for each in manifests] == [moved.first.archive_id, moved.second.archive_id]
    runs = [(run["t0"], run["t1"]) for each in manifests for run in each["runs"]]
    assert sum(end - start for start, end in runs) == pytest.approx(5 * HOUR_US, rel=0.2)
    assert {each["name"].split("/")[0] for each in found["files"]} == {"0a-1", "0a-2"}
    assert all((tmp_path / "0a" / each["name"]).stat().st_size == each["bytes"] for each in found["files"])
    assert task.share > 0.9


def test_any_moment_of_the_old_disk_is_found(moved: Moved) -> None:
    assert find(moved.store, HALL, moved.store.utc_us() - 29 * DAY_US) is not None


def test_a_pack_reports_the_days_of_both_disks_and_has_the_proof_of_both(
    moved: Moved, tmp_path: Path
) -> None:
    now = moved.store.utc_us()
    order = pack.Order(uid="p1", from_us=now - 30 * DAY_US, to_us=now, made_us=now, languages=())
    facts = Facts(today=date(2026, 9, 21), now_us=now, rooms=(), cameras=())
    told = Told(
        site=Site(name="Garden", offset_s=0, time_zone="UTC"),
        profile=profile("kz_2026"),
        generator="test",
        facts=facts,
    )
    with moved.store.using_all() as volumes:
        first, *older = volumes.archives
        source = ArchiveSource(beside(first, older), told, [beside(each).reading for each in older])
        (camera,) = source.report(order).cameras
        made = pack.build(RealFileSystem(), str(tmp_path), order, source)
    assert sum(day.recorded_s or 0 for day in camera.days) > 0.99 * 29 * DAY_S
    folder = Path(made.folder)
    days = {path.name[:8] for path in folder.rglob("*.jsonl") if path.parent.name == "seals"}
    assert len(days) >= 29
    assert (folder / "older" / moved.first.archive_id / "ledger.jsonl").stat().st_size
    check = verifier.Check(verifier.Pack(made.folder), verifier.TEXTS["en"])
    check.run("", "")
    assert check.verdict == "amber", check.found


def test_what_was_handed_out_ends_on_the_old_disk_too_and_when_it_is_of_both(tmp_path: Path) -> None:
    site = Moved(tmp_path, before=0.25, since=0.25)
    expiry, tools, task = Expiry(), Tools(generator="test"), Task(env=site.env, kind="export")
    with site.store.using_all() as volumes:
        across = Order(
            uid="0a", cameras=[HALL], t0=site.moved_us - 2 * HOUR_US, t1=site.moved_us + 2 * HOUR_US, purpose="",
            recipient="", by="owner",
        )  # fmt: skip
        new, old = volumes.archives
        export_volumes(task, volumes, across, tools, new.volume.at("exports"))
        export(task, beside(old), replace(across, uid="0b"), tools, old.volume.at("exports"))
    left = [Path(archive.volume.at("exports")) for archive in (new, old)]
    assert [len(list(each.iterdir())) for each in left] == [1, 1]
    for days in (EXPORT_KEEP_S / DAY_S - 1, 2):
        site.live(days)
        with site.store.using_all() as volumes:
            gone = expiry.look(volumes.archives)
        assert gone == ([] if days > 2 else ["0a", "0b"])
    assert [len(list(each.iterdir())) for each in left] == [0, 0]
    site.store.close("user")


@pytest.fixture(scope="module")
def unplugged(tmp_path_factory: pytest.TempPathFactory) -> Moved:
    """Return a site whose two disks lie on somebody's desk."""
    site = Moved(tmp_path_factory.mktemp("desk"), before=2, since=2)
    site.store.close("user")
    return site


def on_the_desk(site: Moved, command: str, *options: object) -> tuple[int, str]:
    """Run `script/archive` with both disks, the newest first."""
    folders = [each for name in ("second", "first") for each in ("--archive", site.folder / name)]
    run = [sys.executable, "-I", engine_package.BOOT, "archive", command, *folders, *options]
    done = subprocess.run(list(map(str, run)), capture_output=True, check=False)
    return done.returncode, done.stdout.decode() + done.stderr.decode()


def test_both_disks_are_verified_without_home_assistant(unplugged: Moved) -> None:
    old = next((unplugged.folder / "first" / "ledger").iterdir()).read_bytes().splitlines()
    status, text = on_the_desk(unplugged, "verify", "--json", "--head", json.loads(old[-1])["h"])
    assert status == 0, text
    found = json.loads(text)
    assert [each["path"] for each in found["volumes"]] == [
        str(unplugged.folder / name) for name in ("second", "first")
    ]
    assert on_the_desk(unplugged, "verify", "--head", "ab" * 32)[0] == 1


def test_footage_of_both_disks_is_exported_without_home_assistant(unplugged: Moved, tmp_path: Path) -> None:
    t0, t1 = (
        datetime.fromtimestamp((unplugged.moved_us + hours * HOUR_US) / 1e6, UTC).isoformat()
        for hours in (-2, 3)
    )
    status, text = on_the_desk(unplugged, "export", "--out", tmp_path, "--from", t0, "--to", t1)
    assert status == 0, text
    manifests = [json.loads(path.read_bytes()) for path in sorted(tmp_path.glob("*/manifest.json"))]
    assert [each["archive"] for each in manifests] == [
        unplugged.first.archive_id, unplugged.second.archive_id,
    ]  # fmt: skip
    runs = [(run["t0"], run["t1"]) for each in manifests for run in each["runs"]]
    assert sum(end - start for start, end in runs) == pytest.approx(5 * HOUR_US, rel=0.25)


def test_each_disk_gets_a_pack_without_home_assistant(unplugged: Moved, tmp_path: Path) -> None:
    status, text = on_the_desk(unplugged, "pack", "--out", tmp_path, "--days", 1, "--language", "en")
    assert status == 0, text
    for folder in (each for each in tmp_path.iterdir() if each.is_dir()):
        check = verifier.Check(verifier.Pack(str(folder)), verifier.TEXTS["en"])
        check.run("", "")
        assert check.verdict == "amber", check.found
    assert len(list(tmp_path.glob("*.zip"))) == 2
