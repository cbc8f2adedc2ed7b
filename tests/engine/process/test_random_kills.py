"""Kills a recording engine at random moments and looks at every picture afterwards."""

import asyncio
from pathlib import Path
import random
import time

import pytest

from tests.cameras import ClipSpec, Fleet, SimulatedCamera
from tests.cameras.check import check_files
from tests.stopwatch import Stopwatch

from .rig import EngineProcess, camera, config, until

LOST_S = 2.0
CLIP = ClipSpec(width=320, height=180, gop_s=0.4, loop_s=4)


@pytest.mark.parametrize("kills", [2, pytest.param(10, marks=pytest.mark.long)])
async def test_engine_killed_at_random_loses_two_seconds_at_most(
    engine: EngineProcess, tmp_path: Path, kills: int
) -> None:
    seed = random.randrange(1 << 32)
    moments = random.Random(seed)
    cameras = [
        SimulatedCamera(name="one", main=CLIP, sub=None),
        SimulatedCamera(name="two", main=CLIP, sub=None),
    ]
    killed: list[tuple[float, float]] = []
    with Fleet(cameras) as fleet:
        wanted = [camera(number, each.url()) for number, each in enumerate(fleet, start=1)]
        await engine.start()
        await engine.ask("PUT", "config", config(tmp_path / "archive", *wanted, file_s=2))

        async def all_record() -> bool:
            states = (await engine.ask("GET", "status"))["cameras"].values()
            return len(states) == len(wanted) and all(state["state"] == "recording" for state in states)

        for _ in range(kills):
            await until(all_record)
            stopwatch = Stopwatch()
            await asyncio.sleep(2 + moments.random() * 2)
            killed.append((time.time(), stopwatch.owed_s))
            engine.kill()
            await engine.start()
        await until(all_record)
        await asyncio.sleep(2)
        await engine.close()
    for folder in (tmp_path / "archive/video").iterdir():
        report = check_files(sorted(folder.rglob("*.mp4")))
        assert (report.damaged, report.repeated, report.disordered, report.errors) == ([], [], [], []), seed
        assert len(report.missing) == kills, (seed, report.missing)
        walls = sorted(wall / 1e6 for wall in report.wall_us.values())
        for moment, owed_s in killed:
            newest = max(wall for wall in walls if wall <= moment)
            assert moment - newest <= LOST_S + owed_s, (seed, killed, moment - newest)
