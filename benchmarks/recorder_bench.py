"""The engine beside one `ffmpeg -c copy` per camera: processor time, memory and pictures.

Both record the same simulated cameras, one after the other and several times over, so that a
machine whose speed drifts treats both alike; the cameras' own cost is not counted.
"""

import argparse
import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
import shutil
import statistics
import sys
import tempfile
from typing import Any
from uuid import uuid4

import aiohttp

from tests.cameras.check import check_files
from tests.cameras.fleet import FleetProcess

from .processes import MB, Memory, cpu_seconds, family, memory

REPOSITORY = Path(__file__).parents[1]
BOOT = REPOSITORY / "custom_components/kindergarten/engine/boot.py"
SETTLE_S = 6.0


@dataclass(frozen=True, kw_only=True)
class Window:
    """What one recorder cost in one window."""

    cpu_per_camera_minute: float
    memory: Memory


async def _window(pids: list[int], cameras: int, seconds: float) -> Window:
    """Measure processes that are already recording."""
    before = cpu_seconds(pids)
    await asyncio.sleep(seconds)
    cost = cpu_seconds(pids) - before
    return Window(cpu_per_camera_minute=cost / cameras / seconds * 60, memory=memory(pids))


async def run_ffmpeg(urls: list[str], folder: Path, seconds: float) -> Window:
    """Record with one ffmpeg per camera into 10-second files."""
    recorders = []
    for number, url in enumerate(urls):
        out = folder / f"camera{number}"
        await asyncio.to_thread(out.mkdir, parents=True)
        command = ["ffmpeg", "-nostdin", "-v", "error", "-rtsp_transport", "tcp", "-i", url]
        command += ["-c", "copy", "-an", "-f", "segment", "-segment_time", "10", str(out / "%05d.mp4")]
        recorders.append(await asyncio.create_subprocess_exec(*command))
    await asyncio.sleep(SETTLE_S)
    try:
        return await _window([recorder.pid for recorder in recorders], len(urls), seconds)
    finally:
        for recorder in recorders:
            recorder.terminate()
        for recorder in recorders:
            await recorder.wait()


class Engine:
    """The engine on folders of its own, run by hand as Home Assistant would."""

    def __init__(self, folder: Path) -> None:
        """Use `folder` for state and archive."""
        self.state = folder / "state"
        self.archive = folder / "archive"
        self.pid = 0
        self.uids: list[str] = []

    async def start(self) -> None:
        """Start the process and wait for its socket."""
        await self.launch()
        await self.answering()

    async def launch(self, *more: str) -> None:
        """Start the process; returns when it is loaded."""
        await asyncio.to_thread(self.state.mkdir, parents=True, exist_ok=True, mode=0o700)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-I", str(BOOT), "engine", "--detach", "--state", str(self.state), *more
        )
        await process.wait()

    async def answering(self) -> None:
        """Wait for the socket."""
        async with asyncio.timeout(15):
            while True:
                try:
                    self.pid = (await self.call("GET", "hello"))["pid"]
                except OSError, aiohttp.ClientError:
                    await asyncio.sleep(0.02)
                else:
                    return

    async def call(self, method: str, route: str, body: Any = None) -> Any:
        """Send one request to the engine's socket."""
        socket = await asyncio.to_thread((self.state / "socket.path").read_text, encoding="utf-8")
        connector = aiohttp.UnixConnector(socket.strip())
        async with (
            aiohttp.ClientSession(connector=connector) as session,
            session.request(method, f"http://engine/v1/{route}", json=body) as response,
        ):
            response.raise_for_status()
            return await response.json()

    async def record(self, urls: list[str], *, archive_id: str | None = None, **settings: Any) -> None:
        """Record these cameras, always the same ones, and wait until all do."""
        self.uids = self.uids or [uuid4().hex for _ in urls]
        cameras = [
            {
                "uid": self.uids[number],
                "label": f"camera {number}",
                "main": {"url": url},
                "sub": None,
                "user": "",
                "secret": "",
                "sound": False,
                "sub_policy": "demand",
                "schedule": None,
            }
            for number, url in enumerate(urls)
        ]
        await self.call(
            "PUT",
            "config",
            {
                "proto": 1,
                "rev": 1,
                "archive": {"path": str(self.archive), "archive_id": archive_id},
                "retention": {"days": 30, "minimum_days": 30, "maximum_days": None},
                "cameras": cameras,
                **settings,
            },
        )
        async with asyncio.timeout(60):
            while True:
                states = (await self.call("GET", "status"))["cameras"].values()
                if len(states) == len(urls) and all(state["state"] == "recording" for state in states):
                    return
                await asyncio.sleep(0.5)

    async def stop(self) -> None:
        """Stop as Home Assistant does when the integration is removed."""
        await self.call("POST", "stop", {"cause": "user"})
        async with asyncio.timeout(15):
            while await asyncio.to_thread(Path(f"/proc/{self.pid}").exists):
                await asyncio.sleep(0.1)


async def run_engine(urls: list[str], folder: Path, seconds: float) -> Window:
    """Record with our engine."""
    engine = Engine(folder)
    await engine.start()
    try:
        await engine.record(urls)
        await asyncio.sleep(SETTLE_S)
        return await _window(family(engine.pid), len(urls), seconds)
    finally:
        await engine.stop()


def pictures(folder: Path) -> dict[str, int]:
    """Count what the recorded files lack, by the running numbers and checksums in the pictures."""
    totals = {"pictures": 0, "pictures_missing": 0, "pictures_repeated": 0, "pictures_damaged": 0}
    for camera in sorted((folder / "archive/video").iterdir()):
        report = check_files(sorted(camera.rglob("*.mp4")))
        totals["pictures"] += report.pictures
        totals["pictures_missing"] += report.missing_count
        totals["pictures_repeated"] += len(report.repeated)
        totals["pictures_damaged"] += len(report.damaged)
    return totals


def _median(windows: list[Window]) -> Window:
    """Return the medians of several windows."""
    return Window(
        cpu_per_camera_minute=statistics.median(window.cpu_per_camera_minute for window in windows),
        memory=Memory(
            rss=round(statistics.median(window.memory.rss for window in windows)),
            pss=round(statistics.median(window.memory.pss for window in windows)),
            anonymous=round(statistics.median(window.memory.anonymous for window in windows)),
        ),
    )


async def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Run both recorders in turns and return the figures of `script/bench recorder`."""
    arguments = ["--cameras", str(options.cameras), "--bench", "--stagger", "--no-sub"]
    arguments += ["--size", options.size, "--bitrate", str(options.bitrate)]
    ffmpeg, engine = [], []
    totals: dict[str, int] = {}
    async with AsyncExitStack() as running:
        fleet = FleetProcess(*arguments)
        await asyncio.to_thread(fleet.__enter__)
        running.callback(fleet.__exit__)
        urls = [camera["main"] for camera in fleet.cameras.values()]
        for number in range(options.rounds):
            folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="kindergarten-bench-"))
            running.callback(shutil.rmtree, folder)
            ffmpeg.append(await run_ffmpeg(urls, folder / "ffmpeg", options.seconds))
            engine.append(await run_engine(urls, folder / "engine", options.seconds))
            found = await asyncio.to_thread(pictures, folder / "engine")
            totals = {name: totals.get(name, 0) + count for name, count in found.items()}
            print(f"round {number + 1}: ffmpeg {ffmpeg[-1]}, engine {engine[-1]}", file=sys.stderr)
    ours, theirs = _median(engine), _median(ffmpeg)
    return {
        "cameras": options.cameras,
        "seconds": options.seconds,
        "rounds": options.rounds,
        "cpu_ratio": round(
            statistics.median(
                a.cpu_per_camera_minute / b.cpu_per_camera_minute for a, b in zip(engine, ffmpeg, strict=True)
            ),
            3,
        ),
        "pss_ratio": round(ours.memory.pss / theirs.memory.pss, 3),
        "cpu_s_per_camera_minute": round(ours.cpu_per_camera_minute, 3),
        "ffmpeg_cpu_s_per_camera_minute": round(theirs.cpu_per_camera_minute, 3),
        "rss_mb": round(ours.memory.rss / MB, 1),
        "pss_mb": round(ours.memory.pss / MB, 1),
        "ffmpeg_pss_mb": round(theirs.memory.pss / MB, 1),
        **totals,
    }
