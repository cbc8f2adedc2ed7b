"""Replaces a recording engine by another one, as Home Assistant does for a new version: how long nobody records."""

import argparse
import asyncio
from contextlib import AsyncExitStack
import os
from pathlib import Path
import select
import shutil
import statistics
import tempfile
import time
from typing import Any

import aiohttp

from tests.cameras.fleet import FleetProcess

from .kills_bench import FRAME_S, all_record, reports, until
from .recorder_bench import Engine

_UNTIL_ENDED_S = 60


async def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Replace the engine `options.upgrades` times and return the figures of `script/bench upgrade`.

    The pause of a camera is what its pictures lack; the wait for its next key frame is in it.
    """
    async with AsyncExitStack() as running:
        arguments = ("--cameras", str(options.cameras), "--gop", str(options.gop))
        fleet = FleetProcess(*arguments, "--stagger", "--no-sub")
        await asyncio.to_thread(fleet.__enter__)
        running.callback(fleet.__exit__)
        folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="kindergarten-bench-"))
        running.callback(shutil.rmtree, folder)
        engine = Engine(folder)
        await engine.start()
        running.push_async_callback(engine.stop)
        await engine.record([camera["main"] for camera in fleet.cameras.values()])
        ended, answered = [], []
        for _ in range(options.upgrades):
            await asyncio.sleep(4)
            gone, there = await _replace(engine)
            ended.append(gone)
            answered.append(there)
            await until(engine, all_record)
        await asyncio.sleep(3)
        found = await asyncio.to_thread(reports, folder / "archive/video")
    pauses = [FRAME_S * (last - first + 1) for report in found for first, last in report.missing]
    return {
        "cameras": options.cameras,
        "upgrades": options.upgrades,
        "key_frames_every_s": options.gop,
        "ended_after_s_max": round(max(ended), 2),
        "answers_after_s_max": round(max(answered), 2),
        "answers_after_s_median": round(statistics.median(answered), 2),
        "pause_s_max": round(max(pauses), 2),
        "pause_s_median": round(statistics.median(pauses), 2),
        "pictures_repeated": sum(len(report.repeated) for report in found),
        "pictures_damaged": sum(len(report.damaged) for report in found),
        "holes_beside": sum(max(0, len(report.missing) - options.upgrades) for report in found),
        "files_unreadable": sum(len(report.errors) for report in found),
    }


async def _replace(engine: Engine) -> tuple[float, float]:
    """Replace an engine whose events somebody follows; returns when it had ended and the new one answered."""
    socket = (await asyncio.to_thread((engine.state / "socket.path").read_text, encoding="utf-8")).strip()
    connector = aiohttp.UnixConnector(socket)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout()) as session:
        events = await session.get("http://engine/v1/events")
        await engine.launch("--wait", str(_UNTIL_ENDED_S))
        process = os.pidfd_open(engine.pid)
        begun = time.monotonic()
        await engine.call("POST", "stop", {"cause": "upgrade"})
        await asyncio.to_thread(select.select, [process], [], [], _UNTIL_ENDED_S)
        gone = time.monotonic() - begun
        os.close(process)
        await events.read()
    await engine.answering()
    return gone, time.monotonic() - begun
