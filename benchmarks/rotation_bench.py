"""Thousands of files of 2 seconds: between two of them no picture is lost, repeated or damaged."""

import argparse
import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
import shutil
import tempfile
from typing import Any

from tests.cameras.fleet import FleetProcess

from .recorder_bench import Engine, pictures

FILE_S = 2
_LOOK_S = 2.0
_CODECS = ("h264", "h265")


async def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Record until `options.rotations` files followed another, and return the figures of `script/bench rotation`."""
    async with AsyncExitStack() as running:
        urls = []
        for codec in _CODECS:
            fleet = FleetProcess(
                "--cameras", str(options.cameras // 2), "--codec", codec, "--gop", "1",
                "--stagger", "--no-sub", "--size", "320x180", "--bitrate", "200000",
            )  # fmt: skip
            await asyncio.to_thread(fleet.__enter__)
            running.callback(fleet.__exit__)
            urls += [camera["main"] for camera in fleet.cameras.values()]
        folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="kindergarten-bench-"))
        running.callback(shutil.rmtree, folder)
        engine = Engine(folder)
        await engine.start()
        await engine.record(urls, file_s=FILE_S)
        wanted = options.rotations + len(urls)
        while await asyncio.to_thread(_files, folder) < wanted:
            await asyncio.sleep(_LOOK_S)
        await engine.stop()
        found = await asyncio.to_thread(pictures, folder)
        rotations = await asyncio.to_thread(_files, folder) - len(urls)
    return {"cameras": len(urls), "codecs": "+".join(_CODECS), "rotations": rotations, **found}


def _files(folder: Path) -> int:
    return sum(1 for _ in folder.rglob("*.mp4"))
