"""Parents who watch while everything is recorded: pictures for all of them, and none missing on disk."""

import argparse
import asyncio
import json
import os
from pathlib import Path
import shutil
import statistics
import sys
import tempfile
import time
from typing import Any

from tests.cameras.check import check_files

from .portal_house import House
from .processes import MB, cpu_seconds, memory
from .recorder_bench import REPOSITORY

RAMP_S = 10.0
SETTLE_S = 10.0
MEMORY_EVERY_S = 1.0


async def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Return the figures of `script/bench portal`."""
    folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="kindergarten-bench-", dir=options.folder))
    house = House(folder, options.cameras, options.viewers)
    figures: dict[str, Any] = {
        "viewers": options.viewers,
        "cameras": options.cameras,
        "seconds": options.seconds,
    }
    try:
        print("setting up", file=sys.stderr)
        await house.start(
            "--bench", "--stagger", "--auth", "digest", "--size", options.size, "--bitrate",
            str(options.bitrate), "--sub-size", "640x360", "--sub-bitrate", "500000",
        )  # fmt: skip
        await asyncio.sleep(SETTLE_S)
        figures |= await _watched(house, options)
    finally:
        await house.stop()
    figures |= await asyncio.to_thread(_recorded, house.archive, figures.pop("watched_from_us"))
    figures["trouble"] = house.hass.trouble()[:5]
    if figures["pictures_missing"] or figures["trouble"]:
        print(f"everything was left in {folder}", file=sys.stderr)
    else:
        await asyncio.to_thread(shutil.rmtree, folder)
    return figures


async def _watched(house: House, options: argparse.Namespace) -> dict[str, Any]:
    print("watching", file=sys.stderr)
    orders = {
        "portal": house.portal,
        "cookies": house.cookies,
        "seconds": options.seconds,
        "ramp_s": min(RAMP_S, options.seconds / 4),
    }
    watched_from_us = time.time_ns() // 1000
    await house.lag()
    pids = house.pids()
    load_before, cpu_before = os.getloadavg(), [cpu_seconds([pid]) for pid in pids]
    viewers = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.portal_viewers",
        cwd=REPOSITORY, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    seeing = asyncio.create_task(viewers.communicate(json.dumps(orders).encode()))
    await asyncio.sleep(orders["ramp_s"] + options.seconds / 10)
    held_mb = await _memory(house.hass.pid, options.seconds * 0.85 - orders["ramp_s"])
    output = (await seeing)[0].decode().splitlines()
    cpu = [
        after - before
        for after, before in zip(map(cpu_seconds, [[p] for p in pids]), cpu_before, strict=True)
    ]
    lag = await house.lag()
    return {
        "watched_from_us": watched_from_us,
        **json.loads(output[-1]),
        "loop_lag_p99_ms": lag.get("p99_ms"),
        "loop_lag_p95_ms": lag.get("p95_ms"),
        "loop_lag_max_ms": lag.get("max_ms"),
        "loop_busy_p99_ms": lag.get("busy_p99_ms"),
        "loop_busy_max_ms": lag.get("busy_max_ms"),
        "memory_start_mb": round(held_mb[0], 1),
        "memory_end_mb": round(held_mb[-1], 1),
        "memory_growth_mb": round(growth(held_mb[len(held_mb) // 2 :]), 1),
        "hass_cpu_share": round(cpu[0] / options.seconds, 2),
        "engine_cpu_share": round(sum(cpu[1:]) / options.seconds, 2),
        "load_before": round(load_before[0], 2),
        "load_after": round(os.getloadavg()[0], 2),
    }


async def _memory(pid: int, seconds: float) -> list[float]:
    """Return what a process holds for itself, in MB, looked at again and again."""
    until_s, held_mb = time.monotonic() + seconds, [memory([pid]).anonymous / MB]
    while time.monotonic() < until_s:
        await asyncio.sleep(MEMORY_EVERY_S)
        held_mb.append(memory([pid]).anonymous / MB)
    return held_mb


def growth(values: list[float]) -> float:
    """Return by how much values rise from first to last along their own straight line: one high value says little."""
    if len(values) < 2:
        return 0.0
    return statistics.linear_regression(range(len(values)), values).slope * (len(values) - 1)


def _recorded(archive: Path, from_us: int) -> dict[str, int]:
    """Count what the recordings lack from a time on: before it Home Assistant was set up and started anew."""
    totals = {"pictures": 0, "pictures_missing": 0, "pictures_repeated": 0, "pictures_damaged": 0}
    for camera in sorted((archive / "video").iterdir()):
        report = check_files(sorted(camera.rglob("*-m-*.mp4")))
        totals["pictures"] += sum(sent_us >= from_us for sent_us in report.wall_us.values())
        totals["pictures_missing"] += sum(
            last - first + 1 for first, last in report.missing if report.wall_us.get(first - 1, 0) >= from_us
        )
        totals["pictures_repeated"] += len(report.repeated)
        totals["pictures_damaged"] += len(report.damaged)
    return totals
