"""Kills a recording engine at random moments: what is lost, and how soon it records again."""

import argparse
import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
import os
from pathlib import Path
import random
import shutil
import signal
import statistics
import sys
import tempfile
import time
from typing import Any

from tests.cameras.check import PictureReport, check_files
from tests.cameras.fleet import FleetProcess

from .recorder_bench import Engine

FRAME_S = 1 / 25
"""Between two pictures of a camera: so old the newest one is without any loss."""


async def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Kill the engine `options.kills` times and return the figures of `script/bench kills`."""
    seed = random.SystemRandom().randrange(1 << 32) if options.seed is None else options.seed
    print(f"kills: seed {seed}", file=sys.stderr)
    dice = random.Random(seed)
    async with AsyncExitStack() as running:
        fleet = FleetProcess("--cameras", str(options.cameras), "--stagger", "--no-sub")
        await asyncio.to_thread(fleet.__enter__)
        running.callback(fleet.__exit__)
        folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="kindergarten-bench-"))
        running.callback(shutil.rmtree, folder)
        engine = Engine(folder)
        await engine.start()
        await engine.record([camera["main"] for camera in fleet.cameras.values()])
        killed, opened, again = [], [], []
        await asyncio.sleep(options.age)
        for _ in range(options.kills):
            await asyncio.sleep(1.5 + 2.5 * dice.random())
            killed.append(time.time())
            os.kill(engine.pid, signal.SIGKILL)
            begun = time.monotonic()
            await engine.start()
            await until(engine, lambda status: status["archive"]["state"] == "ok")
            opened.append(time.monotonic() - begun)
            await until(engine, all_record)
            again.append(time.monotonic() - begun)
        await asyncio.sleep(2)
        await engine.stop()
        found = await asyncio.to_thread(reports, folder / "archive/video")
    lost = sorted(lost_s(report, moment) for report in found for moment in killed)
    return {
        "seed": seed,
        "cameras": options.cameras,
        "kills": options.kills,
        "age_s": options.age,
        "lost_s_max": round(lost[-1], 2),
        "lost_s_median": round(lost[len(lost) // 2], 2),
        "opened_s_max": round(max(opened), 2),
        "opened_s_median": round(statistics.median(opened), 2),
        "recording_again_s_max": round(max(again), 2),
        "pictures": sum(report.pictures for report in found),
        "pictures_repeated": sum(len(report.repeated) for report in found),
        "pictures_damaged": sum(len(report.damaged) for report in found),
        "holes_beside_the_kills": sum(max(0, len(report.missing) - options.kills) for report in found),
        "files_unreadable": sum(len(report.errors) for report in found),
    }


def reports(videos: Path) -> list[PictureReport]:
    """Return what is in the files of each camera."""
    return [check_files(sorted(folder.rglob("*.mp4"))) for folder in sorted(videos.iterdir())]


def lost_s(report: PictureReport, moment: float) -> float:
    """Return how much of the newest video a kill cost."""
    before = [wall / 1e6 for wall in report.wall_us.values() if wall / 1e6 <= moment]
    return max(0.0, moment - max(before) - FRAME_S) if before else float("inf")


def all_record(status: dict[str, Any]) -> bool:
    """Tell whether there are cameras, and each is recorded."""
    return bool(status["cameras"]) and all(
        each["state"] == "recording" for each in status["cameras"].values()
    )


async def until(engine: Engine, true: Callable[[dict[str, Any]], bool]) -> None:
    """Wait until something is true of the engine's status."""
    async with asyncio.timeout(60):
        while not true(await engine.call("GET", "status")):
            await asyncio.sleep(0.02)
