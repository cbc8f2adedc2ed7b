"""Inside the machine: an engine lives on a network folder, and what happens to it is written down.

`python -m tests.engine.network_folders.house KIND OPTIONS OUT`; `seen.json` in OUT is the result.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
import faulthandler
from importlib import import_module
import json
import os
from pathlib import Path
import shutil
import subprocess
import sys
import time
import traceback
from types import ModuleType
from typing import Any

from tests.cameras import TEST_SUB, Fleet, SimulatedCamera
from tests.cameras.check import check_files
from tests.engine.process.rig import EngineProcess, camera, config, uid, until

FLOWS = Path(__file__).parents[3] / "custom_components/kindergarten/flows"
MOUNT = Path("/mnt/nas")
ARCHIVE = MOUNT / "archive"
SERVED = Path("/mnt/srv/archive")
FOREVER = {"from": 0, "to": 1 << 52}
TARGETS = {
    "nfs4": ("nfs", "10.9.0.2:/", "vers=4.2"),
    "nfs3": ("nfs", "10.9.0.2:/mnt/srv/archive", "vers=3"),
    "smb": ("cifs", "//10.9.0.2/archive", "username=root,password=secret"),
}
AWAY_S = 40


class House:
    """An engine with two cameras whose archive is on a mount, and what was seen."""

    def __init__(self, kind: str, options: str, out: Path, fleet: Fleet) -> None:
        self.kind = kind
        self.options = options
        self.out = out
        self.fleet = fleet
        self.seen: dict[str, Any] = {"finished": False}
        self.engine = EngineProcess(Path("/mnt/tmp/state"))

    def note(self, name: str, value: object) -> None:
        """Write down what was seen; it is kept even if the machine dies."""
        print(f"{time.monotonic():.1f} {name}: {value}", flush=True)
        self.seen[name] = value
        (self.out / "seen.json").write_text(json.dumps(self.seen, indent=1))

    # -- the NAS ------------------------------------------------------------------------

    def mount(self) -> None:
        """Mount the folder."""
        kind, source, options = TARGETS[self.kind]
        command = ["mount", "-t", kind, "-o", f"{options},{self.options}", source, str(MOUNT)]
        subprocess.run(command, check=True)

    def unmount(self) -> None:
        """Take the folder away at once, whoever uses it."""
        subprocess.run(["umount", "-l", str(MOUNT)], check=True)

    def plug(self, state: str) -> None:
        """Pull the NAS's network cable ("down"), or put it back ("up")."""
        subprocess.run(["ip", "-n", "nas", "link", "set", "s0", state], check=True)

    # -- the engine ---------------------------------------------------------------------

    async def configure(self, **more: Any) -> Any:
        """Tell the engine what to record."""
        cameras = camera(1, self.fleet["one"].url()), camera(2, self.fleet["two"].url())
        return await self.engine.ask("PUT", "config", config(ARCHIVE, *cameras, file_s=2, **more))

    async def timeline(self, number: int = 1) -> dict[str, Any]:
        """Return a camera's timeline."""
        status, found = await self.engine.answer("GET", f"cameras/{uid(number)}/timeline", **FOREVER)
        assert status == 200, found
        result: dict[str, Any] = found
        return result

    async def recorded_s(self) -> float:
        """Return the seconds that both cameras have at least."""

        async def one(number: int) -> float:
            timeline = await self.timeline(number)
            return float(sum(each["end_us"] - each["start_us"] for each in timeline["recordings"]) / 1e6)

        return min([await one(1), await one(2)])

    async def more(self, seconds: float, within_s: float = 60) -> float:
        """Wait until so much more is recorded; returns how long that took."""
        began = time.monotonic()
        before: list[float] = []

        async def enough() -> bool:
            with suppress(AssertionError, OSError):
                now = await self.recorded_s()
                before.append(now)
                return now - before[0] >= seconds
            return False

        await until(enough, within_s)
        return round(time.monotonic() - began, 1)

    async def state(self) -> str:
        """Return the state of the archive."""
        return str((await self.engine.ask("GET", "status"))["archive"]["state"])

    def pictures(self) -> dict[str, object]:
        """Return what is wrong with the pictures of the first camera, the file being written left out."""
        files = sorted(ARCHIVE.glob(f"video/{uid(1)[:12]}/*/*-m-*.mp4"))[:-1]
        report = check_files(files)
        return {
            "files": len(files),
            "pictures": report.pictures,
            "missing": report.missing_count,
            "damaged": len(report.damaged),
            "repeated": len(report.repeated),
            "errors": report.errors,
        }

    # -- what happens -------------------------------------------------------------------

    async def trial(self) -> None:
        """Try the folder as the config flow does."""
        # Without Home Assistant, which the package above would load.
        flows = ModuleType("flows")
        flows.__path__ = [str(FLOWS)]
        sys.modules["flows"] = flows
        folder, mounts = import_module("flows.folder"), import_module("flows.mounts")
        surroundings = mounts.Surroundings(config_dir=Path("/mnt/tmp/config"), media_dirs=())
        surroundings.config_dir.mkdir()
        found = await asyncio.to_thread(folder.try_folder, str(ARCHIVE), surroundings, 0)
        self.note("trial", {"notes": [each.code for each in found.notes], "mb_s": round(found.bytes_s / 1e6)})

    async def record(self) -> None:
        """Record for a while; every picture must be there."""
        hello = await self.engine.start()
        await self.configure()
        self.note("opened", await self.state())
        await self.more(15)
        self.note("recorded", self.pictures())
        self.note("archive_id", (await self.engine.ask("GET", "hello"))["archive_id"])
        self.note("pid", hello["pid"])

    async def second(self) -> None:
        """Another engine may not have the archive."""
        other = EngineProcess(Path("/mnt/tmp/other"))
        await other.start()
        body = config(ARCHIVE)
        body["archive"]["archive_id"] = self.seen["archive_id"]
        await other.ask("PUT", "config", body)
        self.note("second", (await other.ask("GET", "status"))["archive"]["state"])
        await other.close()

    async def killed(self) -> None:
        """The engine is killed, and goes on with what was there."""
        before = await self.recorded_s()
        self.engine.kill()
        began = time.monotonic()
        await self.engine.start()
        await self.more(4)
        lost = before - (await self.recorded_s() - 4)
        causes = [gap["cause"] for gap in (await self.timeline())["gaps"]]
        self.note("killed", {"back_s": round(time.monotonic() - began, 1), "lost_s": lost, "causes": causes})

    async def answers(self, seconds: float) -> dict[str, Any]:
        """Ask the engine again and again; returns the slowest answers and the states told."""
        slowest: dict[str, float] = {"hello": 0, "status": 0}
        states: list[str] = []
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for route, so_far in slowest.items():
                began = time.monotonic()
                status, body = await asyncio.wait_for(self.engine.answer("GET", route), 30)
                slowest[route] = max(so_far, round(time.monotonic() - began, 1))
                if route == "status":
                    states.append(body["archive"]["state"] if status == 200 else f"HTTP {status}")
            await asyncio.sleep(1)
        return {"slowest_s": slowest, "states": list(dict.fromkeys(states))}

    async def outage(self) -> None:
        """The cable is pulled in the middle of it, and comes back."""
        self.plug("down")
        told = await self.answers(AWAY_S)
        self.plug("up")
        began = time.monotonic()
        await until(self._well, 120)
        told["well_s"] = round(time.monotonic() - began, 1)
        await self.more(6, 90)
        timeline = await self.timeline()
        told["gaps"] = [
            (each["cause"], round((each["end_us"] - each["start_us"]) / 1e6, 1))
            for each in timeline["gaps"]
            if each["end_us"]
        ]
        self.note("outage", told)
        self.note("after_outage", self.pictures())

    async def _well(self) -> bool:
        with suppress(OSError, KeyError):
            return await self.state() == "ok"
        return False

    async def vanished(self) -> None:
        """The folder is unmounted: nothing may be written where it was."""
        self.unmount()
        states = (await self.answers(15))["states"]
        left = [str(each) for each in MOUNT.rglob("*")]
        self.mount()
        began = time.monotonic()
        await until(self._well, 120)
        await self.more(4, 60)
        back_s = round(time.monotonic() - began, 1)
        self.note("vanished", {"states": states, "left_behind": left, "back_s": back_s})

    async def full(self) -> None:
        """Somebody fills the NAS: the oldest footage goes, recording does not stop."""
        space = os.statvfs(SERVED)
        with (SERVED / "stranger").open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, space.f_bavail * space.f_frsize - (8 << 20))
        await asyncio.sleep(25)
        state = await self.state()
        newest_us = max(each["end_us"] for each in (await self.timeline())["recordings"])
        lag_s = time.time() - newest_us / 1e6
        (SERVED / "stranger").unlink()
        await asyncio.sleep(12)
        self.note("full", {"state": state, "lag_s": round(lag_s, 1)})

    async def rebuilt(self) -> None:
        """The catalog is lost: it is made anew from the files."""
        await self.engine.close()
        before = len(list(ARCHIVE.glob("video/*/*/*.mp4")))
        shutil.rmtree(ARCHIVE / "catalog")
        began = time.monotonic()
        await self.engine.start()
        await until(self._well, 60)
        await self.more(3)
        timeline = await self.timeline()
        self.note(
            "rebuilt",
            {
                "files": before,
                "recordings": len(timeline["recordings"]),
                "took_s": round(time.monotonic() - began, 1),
            },
        )

    async def live(self) -> None:
        """Live through all of it."""
        self.mount()
        steps: list[Callable[[], Awaitable[None]]] = [
            self.trial, self.record, self.second, self.killed, self.outage, self.vanished, self.full,
            self.rebuilt,
        ]  # fmt: skip
        for step in steps:
            await step()
        await self.engine.close()
        self.note("log", [line for line in self.engine.log().splitlines() if "Traceback" in line])
        self.note("finished", True)


def main(kind: str, options: str, out: Path) -> None:
    """Live, and say what went wrong if something did."""
    faulthandler.dump_traceback_later(60, repeat=True)
    cameras = [SimulatedCamera(name=name, main=TEST_SUB, sub=None) for name in ("one", "two")]
    with Fleet(cameras) as fleet:
        house = House(kind, options, out, fleet)
        try:
            asyncio.run(house.live())
        except BaseException:
            traceback.print_exc()
            house.note("failed", traceback.format_exc())
        finally:
            with suppress(OSError):
                shutil.copy(house.engine.state / "engine.log", out / "engine.log")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
