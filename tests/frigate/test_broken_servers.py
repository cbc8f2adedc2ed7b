"""A server that is broken in one place costs that place only, and no record; causes are the best there are."""

from pathlib import Path

import pytest

from kindergarten_engine.frigate.watch import Watched
from kindergarten_engine.kept import KeptElsewhere
from kindergarten_engine.recorder.store import elsewhere
from kindergarten_engine.recorder.store.elsewhere_rows import HOUR_US
from tests.frigate_stand_in import Settings
from tests.frigate_stand_in.faults import Kind

from .test_watch import UID, watching

OTHER = "cd" * 16


async def test_one_cameras_garbage_keeps_nobody_from_writing_down_the_others(tmp_path: Path) -> None:
    async with watching(tmp_path / "archive", Settings(version="0.17", cameras=2, days=2)) as rig:
        rig.server.control.fault("^/api/cam1/recordings", "html")
        other = Watched(uid=OTHER, label="Bees", kept=KeptElsewhere(server="s1", camera="cam2"))
        mine = Watched(uid=UID, label="Sunflowers", kept=KeptElsewhere(server="s1", camera="cam1"))
        rig.watch.watch({UID: mine, OTHER: other})
        hour = rig.now_us() // HOUR_US - 3

        def written() -> bool:
            with rig.store.using() as archive:
                return hour in elsewhere.known(archive, OTHER)

        await rig.until(written)
        seen = rig.watch.seen(OTHER)
        assert seen is not None
        await rig.until(lambda: seen.judgement.state == "recording")


async def test_one_empty_answer_is_no_deletion_of_everything(tmp_path: Path) -> None:
    """An unknown camera, a camera without footage and a hiccup have the same answer."""
    async with watching(tmp_path / "archive", Settings(version="0.17", cameras=1, days=3)) as rig:
        await rig.written_down()
        rig.server.control.fault("/recordings/summary", "nothing", times=1)
        rig.server.control.forget_asked()
        rig.server.control.advance(3600)

        def summaries() -> int:
            return sum(row["path"].endswith("/summary") for row in rig.server.control.asked())

        await rig.until(summaries)
        rig.server.control.advance(3600)
        await rig.until(lambda: summaries() >= 2)
        await rig.written_down()
        assert not rig.heard("retention_broken")
        now = rig.now_us()
        assert rig.recorded_s(now - 48 * HOUR_US, now - 24 * HOUR_US) > 86_000


@pytest.mark.parametrize("version", ["0.16", "0.18"])
async def test_a_restart_is_the_cause_of_its_minute(tmp_path: Path, version: str) -> None:
    async with watching(tmp_path / "archive", Settings(version=version, cameras=1, days=2)) as rig:
        await rig.until(lambda: rig.state() == ("recording", None))
        at = rig.now_us()
        rig.server.control.restart(gap_s=60, away_s=1)
        rig.server.control.advance(40)
        await rig.until(lambda: rig.watch.stats and (rig.watch.stats.uptime_s or 0) < 300)
        rig.server.control.advance(80)
        await rig.until(lambda: rig.state() == ("recording", None))
        rig.server.control.advance(3700)
        await rig.until(lambda: rig.timeline(at - HOUR_US, at + HOUR_US).gaps)
        (gap,) = rig.timeline(at - HOUR_US, at + HOUR_US).gaps
        assert gap.cause == "host_restart"


@pytest.mark.parametrize("kind", ["html", "nan", "empty", "cut", "bomb", "huge"])
async def test_garbage_everywhere_is_told_and_ends_no_watch(
    tmp_path: Path, kind: Kind, caplog: pytest.LogCaptureFixture
) -> None:
    async with watching(tmp_path / "archive", Settings(version="0.17", cameras=1, days=2)) as rig:
        await rig.written_down()
        for path in ("/api/stats", "/recordings"):
            rig.server.control.fault(path, kind, mib=100)
            rig.server.control.advance(300)
            await rig.until(lambda: rig.watch.view()["state"] not in ("ok", "starting"))
            rig.server.control.heal()
            await rig.until(lambda: rig.watch.view()["state"] == "ok")
        ours = [each for each in caplog.records if each.name.startswith("kindergarten_engine")]
        assert not [each for each in ours if each.exc_info]
        assert not rig.heard("retention_broken")


async def test_a_clock_that_differs_is_named_and_not_taken_for_a_camera_that_stopped(tmp_path: Path) -> None:
    """The server's clock is a quarter of an hour behind ours; it records all the time."""
    async with watching(tmp_path / "archive", Settings(version="0.17", cameras=1, days=2)) as rig:
        rig.now_us = lambda: round((rig.server.control.now() + 900) * 1e6)  # type: ignore[method-assign]
        await rig.restart()
        await rig.until(lambda: rig.state()[0] != "starting")
        codes = [problem["code"] for problem in rig.watch.view()["problems"]]
        assert rig.state() == ("recording", None) or "clock" in str((rig.state(), codes))


async def test_footage_of_a_clock_that_was_not_set_makes_no_half_century_of_gaps(tmp_path: Path) -> None:
    """A small machine begins in 1970 until it is told the time."""
    async with watching(tmp_path / "archive", Settings(version="0.17", cameras=1, days=1)) as rig:
        rig.server.control.add_footage("cam1", 1000, 1300)
        await rig.restart()
        await rig.written_down()
        with rig.store.using() as archive:
            assert len(elsewhere.known(archive, UID)) < 100
