"""Watching a server: what it really recorded, what it lost, and why; nothing it does loses a record."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
import json
from pathlib import Path
import time
from zoneinfo import ZoneInfo

import pytest

from kindergarten_engine.env import RealEnv
from kindergarten_engine.evidence.proof import Prover
from kindergarten_engine.frigate.books import Books
from kindergarten_engine.frigate.watch import Means, ServerWatch, Watched
from kindergarten_engine.frigate_api.server import Server
from kindergarten_engine.kept import KeptElsewhere
from kindergarten_engine.recorder.store import elsewhere
from kindergarten_engine.recorder.store.elsewhere_rows import HOUR_US
from kindergarten_engine.recorder.store.holds import NewHold
from kindergarten_engine.recorder.store.store import Store
from kindergarten_engine.recorder.store.views import Timeline
from tests.frigate_stand_in import Settings, StandIn
from tests.frigate_stand_in.faults import Kind

UID = "ab" * 16
DAY_US = 24 * HOUR_US


class Rig:
    """A server, an archive, and a watch that looks all the time."""

    def __init__(self, server: StandIn, folder: Path) -> None:
        self.server = server
        self.events: list[tuple[str, str | None, Mapping[str, object]]] = []
        self.store = Store(RealEnv(), self._heard)
        self.store.open(str(folder))
        self.store.start()
        self.watch = self._make()

    def _heard(self, kind: str, camera: str | None, data: Mapping[str, object]) -> None:
        self.events.append((kind, camera, data))

    def _make(self) -> ServerWatch:
        means = Means(
            env=RealEnv(), books=Books(self.store, self._in_thread), now_us=self.now_us, emit=self._heard,
            minimum_days=lambda: 30, look_s=0.05,
        )  # fmt: skip
        watch = ServerWatch(means, Server(url=self.server.internal_url))
        camera = Watched(uid=UID, label="Sunflowers", kept=KeptElsewhere(server="s1", camera="cam1"))
        watch.watch({UID: camera})
        watch.start()
        return watch

    async def _in_thread(self, work: Callable[[], object]) -> object:
        return await asyncio.to_thread(work)

    def now_us(self) -> int:
        return round(self.server.control.now() * 1e6)

    async def restart(self) -> None:
        """End the watch and begin anew, as an engine that was started again does."""
        await self.watch.close()
        self.watch = self._make()

    def timeline(self, start_us: int, end_us: int) -> Timeline:
        return self.store.timeline(UID, "main", start_us, end_us)

    def recorded_s(self, start_us: int, end_us: int) -> float:
        return sum(self.store.coverage(UID, start_us, end_us, (end_us - start_us) // 1_000_000).recorded)

    def heard(self, kind: str) -> list[Mapping[str, object]]:
        return [data for each, _, data in self.events if each == kind]

    def state(self) -> tuple[str, str | None]:
        seen = self.watch.seen(UID)
        assert seen is not None
        return seen.judgement.state, seen.judgement.code

    async def until(self, look: Callable[[], object]) -> None:
        end = time.monotonic() + 60
        while not look():
            assert time.monotonic() < end, (self.state(), self.events[-5:])
            await asyncio.sleep(0.02)

    async def written_down(self) -> None:
        """Wait until the hours up to now are in the ledger."""
        hour = (self.now_us() - 120_000_000) // HOUR_US - 1

        def known() -> bool:
            with self.store.using() as archive:
                return hour in elsewhere.known(archive, UID)

        await self.until(known)


@asynccontextmanager
async def watching(folder: Path, settings: Settings) -> AsyncIterator[Rig]:
    # Its clock is the watch's too: no hour and no day ends unless the test lets it.
    with StandIn(replace(settings, minute=20)) as server:
        rig = Rig(server, folder)
        try:
            yield rig
        finally:
            await rig.watch.close()
            rig.store.close("user")


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    """Return a watch of a server of 0.17 with three days of footage."""
    async with watching(tmp_path / "archive", Settings(version="0.17", cameras=1, days=3)) as made:
        yield made


async def test_days_recorded_before_we_came_are_proven_by_their_files(tmp_path: Path) -> None:
    settings = Settings(version="0.16", cameras=1, days=3)
    async with watching(tmp_path / "archive", settings) as rig:

        def proven() -> int:
            with rig.store.using_all() as volumes:
                proof = Prover().prove(volumes, ZoneInfo("UTC"), 30)
                return proof[UID].days_proven if UID in proof else 0

        await rig.until(lambda: proven() >= 2)
        now = rig.now_us()
        assert rig.recorded_s(now - DAY_US, now) > 86_000
        assert len(rig.store.days(UID)) == 4


async def test_a_hole_is_a_gap_to_the_second(rig: Rig) -> None:
    hole = (rig.now_us() // HOUR_US - 6) * HOUR_US + 600_000_000
    rig.server.control.add_hole("cam1", hole / 1e6, hole / 1e6 + 120)
    await rig.restart()
    await rig.until(lambda: rig.timeline(hole - HOUR_US, hole + HOUR_US).gaps)
    (gap,) = rig.timeline(hole - HOUR_US, hole + HOUR_US).gaps
    assert gap.cause == "unknown"
    assert gap.end_us is not None
    assert abs(gap.start_us - hole) < 12_000_000
    assert 100 < (gap.end_us - gap.start_us) / 1e6 < 150


async def test_recording_that_is_switched_off_is_told_with_its_cause_and_so_is_its_return(rig: Rig) -> None:
    await rig.until(lambda: rig.state() == ("recording", None))
    rig.server.control.toggle_recording("cam1", on=False)
    rig.server.control.advance(200)
    await rig.until(lambda: rig.heard("recording_stopped"))
    assert rig.state()[0] == "stalled"
    rig.server.control.toggle_recording("cam1", on=True)
    rig.server.control.advance(60)
    await rig.until(lambda: rig.heard("recording_resumed"))
    assert rig.state() == ("recording", None)


@pytest.mark.parametrize(
    ("kind", "code"), [("status", "failed"), pytest.param("hang", "timeout", marks=pytest.mark.long)]
)
async def test_a_server_that_fails_or_hangs_is_told_and_nothing_written_is_lost(
    rig: Rig, kind: Kind, code: str
) -> None:
    await rig.written_down()
    now = rig.now_us()
    before = rig.recorded_s(now - 2 * DAY_US, now - HOUR_US)
    rig.server.control.fault("/.*", kind, status=500)
    # An answer that was on its way must not tell of the time that is still to come.
    await rig.until(lambda: rig.watch.trouble == code)
    rig.server.control.advance(300)
    await rig.until(lambda: rig.state() == ("unreachable", code))
    assert rig.watch.view()["state"] == code
    assert rig.recorded_s(now - 2 * DAY_US, now - HOUR_US) == before
    rig.server.control.heal()
    await rig.until(lambda: rig.state() == ("recording", None))


async def test_deletion_before_its_time_is_told_and_what_was_there_stays_known(rig: Rig) -> None:
    await rig.written_down()
    lost = rig.now_us() // HOUR_US - 60
    rig.server.control.delete_early(lost * HOUR_US / 1e6, (lost + 10) * HOUR_US / 1e6, "cam1")
    rig.server.control.advance(3700)
    await rig.until(lambda: rig.heard("retention_broken"))
    gaps = rig.timeline((lost + 1) * HOUR_US, (lost + 9) * HOUR_US).gaps
    assert [gap.cause for gap in gaps] == ["disk_full"]
    with rig.store.using() as archive:
        kinds = [record.data for record in archive.ledger.records(kind="elsewhere")]
    assert any(lost + 5 in _hours(data.get("gone")) for data in kinds)


async def test_footage_past_its_days_goes_without_an_alarm(tmp_path: Path) -> None:
    settings = Settings(version="0.17", cameras=1, days=3, keep_days=2)
    async with watching(tmp_path / "archive", settings) as rig:
        await rig.written_down()
        rig.server.control.advance(3 * 3600)
        rig.server.control.pass_of_retention()
        rig.server.control.advance(3600)
        await rig.until(lambda: rig.recorded_s(rig.now_us() - 4 * DAY_US, rig.now_us() - 50 * HOUR_US) == 0)
        assert not rig.heard("retention_broken")


async def test_a_renamed_camera_is_named_before_its_history_dies(rig: Rig) -> None:
    await rig.until(lambda: rig.state() == ("recording", None))
    rig.server.control.rename_camera("cam1", "sunflowers")
    await rig.restart()
    rig.server.control.advance(200)
    await rig.until(lambda: rig.state() == ("no_video", "camera_gone"))
    assert {"code": "camera_gone", "camera": UID, "days": None} in rig.watch.view()["problems"]


async def test_what_is_missing_for_the_minimum_is_counted(tmp_path: Path) -> None:
    settings = Settings(version="0.17", cameras=1, days=2, keep_days=30, camera_days=20)
    async with watching(tmp_path / "archive", settings) as rig:
        await rig.until(lambda: rig.watch.view()["problems"])
        told = [(each["code"], each["camera"], each["days"]) for each in rig.watch.view()["problems"]]
        assert ("retention_short", None, 30.0) in told
        assert ("retention_short", UID, 20.0) in told


async def test_an_hour_is_looked_at_with_few_questions(rig: Rig) -> None:
    await rig.written_down()
    rig.server.control.forget_asked()
    rig.server.control.advance(3600)
    await rig.written_down()
    asked = [row["path"] for row in rig.server.control.asked()]
    assert sum(path.endswith("/summary") for path in asked) == 1
    assert sum(path.startswith("/recordings/") for path in asked) <= 24 * 3
    assert not [path for path in asked if "unavailable" in path]


async def test_a_catalog_made_anew_from_the_ledger_knows_the_same_hours(rig: Rig, tmp_path: Path) -> None:
    await rig.written_down()
    now = rig.now_us()
    before = rig.recorded_s(now - 2 * DAY_US, now - 3 * HOUR_US)
    await rig.watch.close()
    rig.store.close("user")
    for file in (tmp_path / "archive/catalog").iterdir():
        file.unlink()
    again = Store(RealEnv(), lambda *_: None)
    again.open(str(tmp_path / "archive"), _archive_id(tmp_path / "archive"))
    again.step()
    found = sum(again.coverage(UID, now - 2 * DAY_US, now - 3 * HOUR_US, 3600).recorded)
    again.close("user")
    assert abs(found - before) < 5


def _archive_id(folder: Path) -> str:
    marker = json.loads((folder / "kindergarten-archive.json").read_text(encoding="utf-8"))
    found: str = marker["archive_id"]
    return found


def _hours(value: object) -> list[object]:
    return value if isinstance(value, list) else []


@pytest.mark.parametrize("version", ["0.16", "0.17", "0.18"])
async def test_a_hold_becomes_an_export_there_with_its_hash_and_its_holes(
    tmp_path: Path, version: str
) -> None:
    settings = Settings(version=version, cameras=1, days=2)
    async with watching(tmp_path / "archive", settings) as rig:
        hole = (rig.now_us() // HOUR_US - 6) * HOUR_US + 600_000_000
        rig.server.control.add_hole("cam1", hole / 1e6, hole / 1e6 + 120)
        await rig.restart()
        await rig.written_down()
        with rig.store.evidence() as evidence:
            wanted = NewHold(
                cameras=(UID,), t0=hole - 300_000_000, t1=hole + 300_000_000, until=None, reason="a fall", by="u1",
            )  # fmt: skip
            hold, _ = evidence.holds.make(wanted)

        def held() -> list[Mapping[str, object]]:
            with rig.store.using() as archive:
                found = [record.data.get("held") for record in archive.ledger.records(kind="elsewhere")]
            return [each for each in found if isinstance(each, dict)]

        await rig.until(held)
        (told,) = held()
        assert told["hold"] == hold
        assert len(str(told["sha256"])) == 64
        assert isinstance(told["holes"], list)
        assert len(told["holes"]) == 1
        rig.server.control.forget_asked()
        await rig.until(lambda: len(rig.server.control.asked()) > 20)
        assert len(held()) == 1


async def test_a_hold_that_the_server_cannot_carry_out_is_told_until_it_can(rig: Rig) -> None:
    await rig.written_down()
    rig.server.control.fault("/api/export/.*", "status", status=500)
    with rig.store.evidence() as evidence:
        begin = rig.now_us() - 2 * HOUR_US
        wanted = NewHold(
            cameras=(UID,), t0=begin, t1=begin + 60_000_000, until=None, reason="a fall", by="u1"
        )
        evidence.holds.make(wanted)
    failed = {"code": "hold_failed", "camera": UID, "days": None}
    await rig.until(lambda: failed in rig.watch.view()["problems"])
    rig.server.control.heal()
    await rig.until(lambda: failed not in rig.watch.view()["problems"])


def asked_for(rig: Rig, begin: str) -> int:
    """Return how many addresses that begin so were asked for."""
    return sum(str(each["path"]).startswith(begin) for each in rig.server.control.asked())


def hold_minute(rig: Rig, begin: int, reason: str = "a fall") -> str:
    """Hold a minute of the camera."""
    with rig.store.evidence() as evidence:
        wanted = NewHold(cameras=(UID,), t0=begin, t1=begin + 60_000_000, until=None, reason=reason, by="u1")
        return evidence.holds.make(wanted)[0]


@pytest.mark.parametrize("version", ["0.16", "0.18"])
async def test_a_hold_whose_export_cannot_be_read_costs_the_server_one_export_and_no_more(
    tmp_path: Path, version: str
) -> None:
    settings = Settings(version=version, cameras=1, days=1)
    async with watching(tmp_path / "archive", settings) as rig:
        await rig.written_down()
        rig.server.control.fault("^/exports/", "status", status=502)
        hold_minute(rig, rig.now_us() - 2 * HOUR_US)
        failed = {"code": "hold_failed", "camera": UID, "days": None}
        await rig.until(lambda: failed in rig.watch.view()["problems"])
        rig.server.control.forget_asked()
        await rig.until(lambda: asked_for(rig, "/exports/") > 5)
        assert len(rig.server.control.exports()) == 1
        rig.server.control.heal()
        await rig.until(lambda: told(rig, "held"))
        (held,) = told(rig, "held")
        assert rig.server.control.exports() == [held["export"]]


@pytest.mark.parametrize(("version", "waits"), [("0.16", False), ("0.18", False), ("0.18", True)])
async def test_an_export_that_was_begun_before_a_restart_is_gone_on_with_and_no_other_is_made(
    tmp_path: Path, version: str, waits: bool
) -> None:
    settings = Settings(version=version, cameras=1, days=1)
    async with watching(tmp_path / "archive", settings) as rig:
        await rig.written_down()
        rig.server.control.exports_take(3600)
        begin = rig.now_us() - 2 * HOUR_US
        if waits:
            await rig.watch.client.export("cam1", begin, begin + 60_000_000, "somebody else's")
        hold_minute(rig, begin)
        await rig.until(lambda: asked_for(rig, "/api/exports/cam1_"))
        there = rig.server.control.exports()
        await rig.restart()
        rig.server.control.forget_asked()
        await rig.until(lambda: asked_for(rig, "/api/exports/cam1_"))
        rig.server.control.finish_exports()
        await rig.until(lambda: told(rig, "held"))
        (held,) = told(rig, "held")
        assert (rig.server.control.exports(), held["export"]) == (there, there[-1])


async def test_a_hold_of_what_was_never_recorded_keeps_no_other_from_being_carried_out(rig: Rig) -> None:
    await rig.written_down()
    hold_minute(rig, rig.now_us() - 40 * DAY_US)
    later = hold_minute(rig, rig.now_us() - 2 * HOUR_US)
    await rig.until(lambda: told(rig, "held"))
    assert [each["hold"] for each in told(rig, "held")] == [later]
    failed = {"code": "hold_failed", "camera": UID, "days": None}
    await rig.until(lambda: failed in rig.watch.view()["problems"])


@pytest.mark.parametrize("version", ["0.16", "0.18"])
async def test_what_was_kept_for_a_hold_goes_when_the_hold_is_lifted_and_not_before(
    tmp_path: Path, version: str
) -> None:
    settings = Settings(version=version, cameras=1, days=1)
    async with watching(tmp_path / "archive", settings) as rig:
        await rig.written_down()
        begin = rig.now_us() - 2 * HOUR_US
        with rig.store.evidence() as evidence:
            wanted = NewHold(
                cameras=(UID,), t0=begin, t1=begin + 60_000_000, until=None, reason="a fall", by="u1"
            )
            hold, _ = evidence.holds.make(wanted)
        await rig.until(lambda: told(rig, "held"))
        export = rig.server.control.exports()
        assert len(rig.server.control.cases()) == (1 if version == "0.18" else 0)
        with rig.store.evidence() as evidence:
            evidence.holds.lift(hold, "u1", {"u1": 0})
            evidence.holds.look()
        rig.server.control.forget_asked()
        await rig.until(lambda: len(rig.server.control.asked()) > 20)
        assert rig.server.control.exports() == export
        rig.server.control.fault("/api/exports?/.*", "status", status=500)
        with rig.store.using() as archive:
            archive.record([("lift", {"uid": hold, "step": "done", "by": "u1", "not_before": None})])
        failed = {"code": "release_failed", "camera": UID, "days": None}
        await rig.until(lambda: failed in rig.watch.view()["problems"])
        assert rig.server.control.exports() == export
        rig.server.control.heal()
        await rig.until(lambda: told(rig, "released"))
        assert rig.server.control.exports() == []
        assert rig.server.control.cases() == {}
        (released,) = told(rig, "released")
        assert (released["hold"], released["export"]) == (hold, export[0])
        await rig.until(lambda: failed not in rig.watch.view()["problems"])


def told(rig: Rig, what: str) -> list[Mapping[str, object]]:
    """Return what the ledger tells of holds elsewhere."""
    with rig.store.using() as archive:
        found = [record.data.get(what) for record in archive.ledger.records(kind="elsewhere")]
    return [each for each in found if isinstance(each, dict)]
