"""Viewers of one camera's live stream, as go2rtc and Home Assistant read it: delay, memory, sessions."""

import argparse
import asyncio
from contextlib import AsyncExitStack, suppress
from pathlib import Path
import shutil
import tempfile
import time
from typing import Any

import aiohttp
import av

from tests.cameras.clips import split_annexb
from tests.cameras.fleet import FleetProcess
from tests.cameras.numbering import read_stamp

from .processes import MB, memory
from .recorder_bench import SETTLE_S, Engine

_CAMERA = "cam1"


async def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Have many watch one of the recorded cameras and return the figures of `script/bench viewers`."""
    async with AsyncExitStack() as running:
        arguments = ("--bench", "--cameras", str(options.cameras), "--no-sub")  # no stagger: clocks are right
        fleet = FleetProcess(*arguments)
        await asyncio.to_thread(fleet.__enter__)
        running.callback(fleet.__exit__)
        folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="kindergarten-bench-"))
        running.callback(shutil.rmtree, folder)
        engine = Engine(folder)
        await engine.start()
        await engine.record([camera["main"] for camera in fleet.cameras.values()])
        await asyncio.sleep(SETTLE_S)
        address = await _address(engine)
        before = memory([engine.pid])
        most, received = before.rss, [0] * options.viewers
        delays: list[float] = []
        async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as group:
            watching = [
                group.create_task(_watch(session, address, received, number))
                for number in range(options.viewers)
            ]
            reading = asyncio.to_thread(_delays, address, options.seconds, delays)
            clock = group.create_task(reading)
            while not clock.done():
                most = max(most, memory([engine.pid]).rss)
                await asyncio.sleep(0.5)
            sessions = await asyncio.to_thread(fleet.sessions, _CAMERA)
            connects = await asyncio.to_thread(fleet.connects, _CAMERA)
            for task in watching:
                task.cancel()
        await engine.stop()
    delays.sort()
    return {
        "cameras": options.cameras,
        "viewers": options.viewers + 1,
        "viewers_served": sum(1 for count in received if count) + bool(delays),
        "rss_mb_grown_at_most": round((most - before.rss) / MB, 1),
        "camera_sessions": sessions,
        "camera_sessions_ever": connects,
        "delay_s_median": round(delays[len(delays) // 2], 2),
        "delay_s_p95": round(delays[len(delays) * 95 // 100], 2),
        "delay_s_max": round(delays[-1], 2),
    }


async def _address(engine: Engine) -> str:
    """Return what the camera entity gives as its `stream_source`."""
    status = await engine.call("GET", "status")
    uid = engine.uids[0]
    token = status["cameras"][uid]["live"]["token"]
    return f"http://127.0.0.1:{status['live_port']}/live/{uid}.ts?auth={token}"


async def _watch(session: aiohttp.ClientSession, address: str, received: list[int], number: int) -> None:
    with suppress(asyncio.CancelledError):
        async with session.get(address, timeout=aiohttp.ClientTimeout(total=None)) as response:
            async for data in response.content.iter_any():
                received[number] += len(data)


def _delays(address: str, seconds: float, delays: list[float]) -> None:
    """Note how old each picture is when a player has it to decode; the first seconds are what was kept."""
    began = time.monotonic()
    with av.open(address, options={"fflags": "nobuffer", "probesize": "65536"}) as container:
        for packet in container.demux(video=0):
            now, running_s = time.time(), time.monotonic() - began
            for unit in split_annexb(bytes(packet)):
                stamp = read_stamp("h264", unit) if unit else None
                if stamp is not None and running_s > SETTLE_S:
                    delays.append(now - stamp.wall_us / 1e6)
            if running_s > seconds + SETTLE_S:
                return
