"""`script/run`: a kindergarten with simulated cameras, to click through or to check."""

import argparse
import asyncio
from contextlib import AsyncExitStack
import json
from pathlib import Path
import shutil
import signal
import sys
import tempfile
import traceback
from typing import Any

from tests.cameras.fleet import FleetProcess

from .client import OWNER, Client
from .engines import stop_engines
from .hass import REPOSITORY, Hass, free_port
from .kindergarten import Kindergarten, NewCamera, decoded_pictures, wait_until_recorded

FIRST_CAMERA_PORT = 18554
ROOMS = (
    ("Солнышко", "group"),
    ("Ромашка", "group"),
    ("Столовая", "dining"),
    ("Вход", "entrance"),
    ("Спортзал", "sports"),
    ("Музыкальный зал", "music"),
    ("Двор", "yard"),
    ("Коридор", "corridor"),
)


def say(text: str) -> None:
    """Tell the developer what happens; standard output is for the result."""
    print(text, file=sys.stderr, flush=True)


def new_camera(number: int, url: str) -> NewCamera:
    """Return the `number`th simulated camera (from 0), two to a room."""
    name, kind = ROOMS[number // 2 % len(ROOMS)]
    storey = number // 2 // len(ROOMS)
    room = f"{name} {storey + 1}" if storey else name
    return NewCamera(
        name=f"{room} {number % 2 + 1}",
        room=room,
        kind=kind,
        url=url,
        sub_path="sub",
        user="viewer",
        password="kindergarten",
    )


class Instance:
    """Simulated cameras and a Home Assistant that records them."""

    def __init__(self, folder: Path, cameras: int, *, fixed_ports: bool) -> None:
        """Keep everything below `folder`."""
        self.folder = folder
        self.archive = folder / "archive"
        self.cameras = cameras
        self.hass = Hass(folder / "config", port=free_port(8123) if fixed_ports else None)
        self._ports = FIRST_CAMERA_PORT if fixed_ports else 0
        self._running = AsyncExitStack()
        self.client = Client(self.hass.url)
        self.kindergarten = Kindergarten(self.client)

    async def start(self) -> None:
        """Start the cameras and Home Assistant, and configure what is not configured yet."""
        self.archive.mkdir(parents=True, exist_ok=True)
        say(f"starting {self.cameras} simulated cameras")
        arguments = [
            "--cameras",
            str(self.cameras),
            "--auth",
            "digest",
            "--labels",
            "--port-base",
            str(self._ports),
        ]
        fleet = await asyncio.to_thread(FleetProcess(*arguments).__enter__)
        self._running.callback(fleet.__exit__)
        say("starting Home Assistant")
        await self.hass.start()
        self._running.push_async_callback(self._stop_hass)
        await self._running.enter_async_context(self.client)
        await self.client.enter()
        if await self.kindergarten.entry_id() is None:
            say("adding the integration")
            await self.kindergarten.install("Солнышко", self.archive)
        known = await self.kindergarten.subentries("camera")
        for number in range(self.cameras):
            camera = new_camera(number, fleet.url(f"cam{number + 1}"))
            if camera.name not in known:
                say(f"adding the camera {camera.name}")
                await self.kindergarten.add_camera(camera)

    async def _stop_hass(self) -> None:
        await self.hass.stop()
        await asyncio.to_thread(stop_engines, self.folder)

    async def stop(self) -> None:
        """Stop everything that was started, the engine included."""
        await self._running.aclose()


async def check(cameras: int, seconds: float) -> dict[str, Any]:
    """Set everything up in a fresh folder and return the figures of `--check`."""
    result: dict[str, Any] = {
        "cameras": cameras,
        "recording": 0,
        "seconds_recorded": 0.0,
        "playable": False,
        "errors": [],
    }
    folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="kindergarten-", dir=REPOSITORY / ".dev"))
    instance = Instance(folder, cameras, fixed_ports=False)
    try:
        await instance.start()
        say(f"waiting until every camera has {seconds:.0f} s in the archive")
        recorded = await wait_until_recorded(instance.kindergarten, seconds, deadline_s=seconds + 90)
        result["seconds_recorded"] = round(min(recorded.values()), 1)
        result["recording"] = await instance.kindergarten.cameras_recording()
        say("playing a stretch of every camera")
        pictures = [
            await _play(instance.kindergarten, camera) for camera in await instance.kindergarten.browse()
        ]
        result["playable"] = len(pictures) == cameras and min(pictures) > 0
        if len(recorded) != cameras:
            result["errors"].append(f"{len(recorded)} of {cameras} cameras are in the archive")
    except Exception as error:
        # The last line must be the result, whatever happened.
        traceback.print_exc(file=sys.stderr)
        result["errors"].append(f"{type(error).__name__}: {error}")
    try:
        await instance.stop()
    except Exception as error:
        result["errors"].append(f"stopping: {type(error).__name__}: {error}")
    result["errors"] += instance.hass.trouble()
    if not result["errors"]:
        await asyncio.to_thread(shutil.rmtree, folder)
    else:
        say(f"everything was left in {folder.relative_to(REPOSITORY)}")
    return result


async def _play(kindergarten: Kindergarten, camera: dict[str, Any]) -> int:
    """Decode the newest seconds of a camera from the media browser; returns the pictures."""
    hour = await kindergarten.newest_hour(camera["media_content_id"])
    if hour is None:
        return 0
    path = await kindergarten.play(hour)
    footage = await kindergarten.footage(path, await kindergarten.playlist(path))
    return await asyncio.to_thread(decoded_pictures, footage)


async def run(cameras: int) -> None:
    """Keep a kindergarten running until the developer stops it."""
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    instance = Instance(REPOSITORY / ".dev/run", cameras, fixed_ports=True)
    try:
        await instance.start()
        say(
            f"""
Home Assistant:  {instance.hass.url}     login {OWNER["username"]}, password {OWNER["password"]}
Live pictures:   Overview, or {instance.hass.url}/config/integrations/integration/kindergarten
Recordings:      {instance.hass.url}/media-browser/browser → Kindergarten Cameras → camera → day → hour
Archive:         {instance.archive.relative_to(REPOSITORY)}     log {instance.hass.log_path.relative_to(REPOSITORY)}
Ctrl-C stops everything. `rm -r .dev` begins anew."""
        )
        await ended.wait()
    finally:
        say("stopping")
        await instance.stop()


def main() -> int:
    """Run or check."""
    parser = argparse.ArgumentParser(prog="script/run", description=__doc__)
    parser.add_argument("--cameras", type=int, default=4)
    parser.add_argument("--check", action="store_true", help="record, play back, print JSON, exit 0 or 1")
    parser.add_argument(
        "--seconds", type=float, default=10, help="with --check: footage wanted of every camera"
    )
    options = parser.parse_args()
    (REPOSITORY / ".dev").mkdir(exist_ok=True)
    if not options.check:
        asyncio.run(run(options.cameras))
        return 0
    result = asyncio.run(check(options.cameras, options.seconds))
    print(json.dumps(result, ensure_ascii=False))
    good = not result["errors"] and result["playable"] and result["recording"] == result["cameras"]
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
