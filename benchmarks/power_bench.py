"""Power cuts: thousands on a simulated disk, and real ones on an ext4 that is shut down as if its power had gone.

The real ones need root and a loop device; where that is not to be had, the figures say so.
"""

import argparse
import asyncio
from contextlib import AsyncExitStack
import fcntl
import os
from pathlib import Path
import random
import shutil
import signal
import struct
import sys
import tempfile
import time
from typing import Any

from tests.cameras.fleet import FleetProcess

from .kills_bench import all_record, lost_s, reports, until
from .recorder_bench import Engine

REPOSITORY = Path(__file__).parents[1]
_SIMULATED = "tests/engine/store/test_power_cuts.py"
_SHUTDOWN = 0x8004587D  # EXT4_IOC_SHUTDOWN; 2: nothing more is written, not even the journal
_NO_FLUSH = struct.pack("I", 2)
_DISK_BYTES = 2 << 30


async def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Cut the power and return the figures of `script/bench power`."""
    seed = random.SystemRandom().randrange(1 << 32) if options.seed is None else options.seed
    print(f"power: seed {seed}", file=sys.stderr)
    figures: dict[str, Any] = {"seed": seed, "simulated_cuts": options.simulated}
    if options.simulated:
        figures["simulated_whole"] = await _simulated(options.simulated)
    if options.cuts:
        figures |= await _real(options, random.Random(seed))
    return figures


async def _simulated(count: int) -> bool:
    """Tell whether nothing synced was lost, nothing torn served and no hold forgotten in so many cuts."""
    environment = os.environ | {"KINDERGARTEN_POWER_CUTS": str(count)}
    command = (sys.executable, "-m", "pytest", "-q", "-p", "no:homeassistant", _SIMULATED)
    process = await asyncio.create_subprocess_exec(
        *command, cwd=REPOSITORY, env=environment, stdout=sys.stderr.fileno()
    )
    return await process.wait() == 0


async def _real(options: argparse.Namespace, dice: random.Random) -> dict[str, Any]:
    """Cut the power of a disk under a recording engine, again and again."""
    async with AsyncExitStack() as running:
        folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="kindergarten-bench-"))
        running.callback(shutil.rmtree, folder)
        disk = Disk(folder)
        if problem := await disk.make():
            return {"real_cuts": 0, "not_run": problem}
        running.push_async_callback(disk.leave)
        fleet = FleetProcess("--cameras", str(options.cameras), "--stagger", "--no-sub")
        await asyncio.to_thread(fleet.__enter__)
        running.callback(fleet.__exit__)
        urls = [camera["main"] for camera in fleet.cameras.values()]
        engine = Engine(folder)
        engine.archive = disk.mount / "archive"
        await engine.start()
        running.push_async_callback(engine.stop)
        await engine.record(urls, file_s=20)
        archive_id = (await engine.call("GET", "status"))["archive"]["archive_id"]
        held = await _hold(engine)
        cuts: list[float] = []
        for _ in range(options.cuts):
            await asyncio.sleep(3 + 5 * dice.random())
            cuts.append(time.time())
            await disk.cut()
            os.kill(engine.pid, signal.SIGKILL)
            await disk.again()
            await engine.start()
            await until(engine, lambda status: status["archive"]["state"] == "ok")
            await until(engine, all_record)
        await asyncio.sleep(3)
        holds = [each["uid"] for each in await engine.call("GET", "holds")]
        same = (await engine.call("GET", "status"))["archive"]["archive_id"] == archive_id
        await engine.record(urls, archive_id=archive_id)
        found = await asyncio.to_thread(reports, engine.archive / "video")
    lost = sorted(lost_s(report, moment) for report in found for moment in cuts)
    return {
        "real_cuts": len(cuts),
        "cameras": options.cameras,
        "lost_s_max": round(lost[-1], 2),
        "lost_s_median": round(lost[len(lost) // 2], 2),
        "files_unreadable": sum(len(report.errors) for report in found),
        "pictures": sum(report.pictures for report in found),
        "pictures_damaged": sum(len(report.damaged) for report in found),
        "pictures_repeated": sum(len(report.repeated) for report in found),
        "holds_lost": int(held not in holds),
        "same_archive": same,
    }


async def _hold(engine: Engine) -> str:
    """Hold something and return by which id."""
    now_us = time.time_ns() // 1000
    body = {
        "cameras": engine.uids[:1], "t0_us": now_us - 1_000_000, "t1_us": now_us, "until_us": None,
        "reason": "bench", "by": "bench", "automation": False,
    }  # fmt: skip
    made = await engine.call("POST", "holds", body)
    return str(made["uid"])


class Disk:
    """An ext4 in a file, mounted."""

    def __init__(self, folder: Path) -> None:
        """Make it below `folder`."""
        self._image = folder / "disk"
        self.mount = folder / "mount"

    async def make(self) -> str:
        """Make and mount it; returns what was in the way, "" when nothing was."""
        if os.geteuid():
            return "only root can mount"
        with self._image.open("wb") as file:
            file.truncate(_DISK_BYTES)
        self.mount.mkdir()
        for command in (("mkfs.ext4", "-q", str(self._image)), self._mounting):
            try:
                process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
            except OSError as error:
                return f"{command[0]}: {error.strerror}"
            _, said = await process.communicate()
            if process.returncode:
                return said.decode(errors="replace").strip()
        return ""

    @property
    def _mounting(self) -> tuple[str, ...]:
        return ("mount", "-o", "loop", str(self._image), str(self.mount))

    async def cut(self) -> None:
        """Let nothing more come onto the disk, from now on."""
        handle = os.open(self.mount, os.O_RDONLY)
        try:
            fcntl.ioctl(handle, _SHUTDOWN, _NO_FLUSH)
        finally:
            os.close(handle)

    async def again(self) -> None:
        """Mount the disk as after a restart."""
        async with asyncio.timeout(30):
            while not await self._unmounted():
                await asyncio.sleep(0.1)
        process = await asyncio.create_subprocess_exec(*self._mounting)
        assert await process.wait() == 0, "the disk could not be mounted again"

    async def _unmounted(self) -> bool:
        process = await asyncio.create_subprocess_exec(
            "umount", str(self.mount), stderr=asyncio.subprocess.DEVNULL
        )
        return await process.wait() == 0

    async def leave(self) -> None:
        """Unmount for good, once nobody is on it."""
        async with asyncio.timeout(30):
            while not await self._unmounted():
                await asyncio.sleep(0.1)
