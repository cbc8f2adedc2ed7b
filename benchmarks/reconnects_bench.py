"""Cameras that hang up again and again: what of it stays behind in the engine."""

import argparse
import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
import shutil
import tempfile
from typing import Any

from tests.cameras.fleet import FleetProcess

from .processes import MB, memory
from .recorder_bench import Engine

_ROUND_S = 120
_WARM_ROUNDS = 2
_MARKS = 4
"""So many times the memory is read on the way: a leak grows all along, what is bounded only at first."""


async def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Have all cameras hang up until there were `options.reconnects`; `script/bench reconnects`."""
    async with AsyncExitStack() as running:
        fleet = FleetProcess("--cameras", str(options.cameras), "--stagger", "--no-sub")
        await asyncio.to_thread(fleet.__enter__)
        running.callback(fleet.__exit__)
        folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="kindergarten-bench-"))
        running.callback(shutil.rmtree, folder)
        engine = Engine(folder)
        await engine.start()
        await engine.record([camera["main"] for camera in fleet.cameras.values()])
        for _ in range(_WARM_ROUNDS):
            await _round(engine, fleet)
        before, files, threads = memory([engine.pid]), _open_files(engine.pid), _threads(engine.pid)
        began = await asyncio.to_thread(_connects, fleet)
        done, marks = 0, [before]
        while done < options.reconnects:
            await _round(engine, fleet)
            done = await asyncio.to_thread(_connects, fleet) - began
            if done >= options.reconnects * len(marks) / _MARKS:
                marks.append(memory([engine.pid]))
        after = memory([engine.pid])
        figures = {
            "cameras": options.cameras,
            "reconnects": done,
            "rss_mb_before": round(before.rss / MB, 1),
            "rss_mb_after": round(after.rss / MB, 1),
            "anonymous_mb_by_quarters": [round(each.anonymous / MB, 1) for each in marks],
            "anonymous_mb_grown": round((after.anonymous - before.anonymous) / MB, 1),
            "descriptors_grown": _open_files(engine.pid) - files,
            "threads_grown": _threads(engine.pid) - threads,
        }
        await engine.stop()
    return figures


async def _round(engine: Engine, fleet: FleetProcess) -> None:
    """Have every camera hang up once, and wait until all are recorded again."""
    before = await asyncio.to_thread(_connects, fleet)
    for name in fleet.cameras:
        await asyncio.to_thread(fleet.fault, name, "hang_up")
    async with asyncio.timeout(_ROUND_S):
        while await asyncio.to_thread(_connects, fleet) < before + len(fleet.cameras) or not await _all(
            engine
        ):
            await asyncio.sleep(0.2)


async def _all(engine: Engine) -> bool:
    cameras = (await engine.call("GET", "status"))["cameras"].values()
    return all(each["state"] == "recording" for each in cameras)


def _connects(fleet: FleetProcess) -> int:
    return sum(fleet.connects(name) for name in fleet.cameras)


def _open_files(pid: int) -> int:
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())


def _threads(pid: int) -> int:
    return sum(1 for _ in Path(f"/proc/{pid}/task").iterdir())
