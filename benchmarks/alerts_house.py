"""A kindergarten for the alerts' bench: a real Home Assistant with our blueprints, cameras with faults, a phone."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
import json
import os
from pathlib import Path
import time
from typing import Any, override

from custom_components.kindergarten.const import WEEKDAYS
from tests.cameras.fleet import FleetProcess
from tests.instance.client import Client
from tests.instance.engines import engines, stop_engines
from tests.instance.hass import Hass, HassError
from tests.instance.kindergarten import FLOWS, SUBENTRY_FLOWS, Kindergarten, NewCamera, choose

from .turned_clock import TurnedClock

PHONE = "notify.witness"
WITNESS = Path(__file__).parent / "witness"
BLUEPRINTS: Mapping[str, Mapping[str, Any]] = {
    "camera_stopped": {},
    "lens_covered": {},
    "archive_trouble": {},
    "retention_at_risk": {},
}
SIGHTS = ("covered", "frozen", "dark", "turned")
LOOK_S = 2
PATIENCE = 5
"""So many minutes Home Assistant may take to start."""

type Line = dict[str, Any]


class WitnessedHass(Hass):
    """A Home Assistant with a phone that writes everything down, at a clock that can be turned."""

    clock: TurnedClock | None = None

    @override
    def prepare(self) -> None:
        super().prepare()
        link = self.folder / "custom_components/witness"
        if not link.exists():
            link.symlink_to(WITNESS)
        with (self.folder / "configuration.yaml").open("a", encoding="utf-8") as file:
            file.write("witness:\n")

    @override
    async def start(self, *, deadline_s: float = 60 * PATIENCE) -> None:
        before = dict(os.environ)
        os.environ |= self.clock.environment if self.clock else {}
        try:
            await super().start(deadline_s=deadline_s)
        finally:
            os.environ.clear()
            os.environ |= before


class House:
    """Cameras that are recorded, automations from our blueprints, and what was told."""

    def __init__(self, folder: Path, disk: Path | None, cameras: int, grace_s: int) -> None:
        """Keep everything below `folder`, the archive on `disk` where there is one."""
        self.folder = folder
        self.archive = (disk or folder) / "archive"
        self.clock = TurnedClock(folder)
        self.hass = WitnessedHass(folder / "config")
        self.hass.clock = self.clock
        self.fleet = FleetProcess("--cameras", str(cameras), "--auth", "digest", "--stagger")
        self.cameras = cameras
        self.lines: list[Line] = []
        self._grace_s = grace_s
        self._client = Client(self.hass.url)
        self._running = AsyncExitStack()
        self._switching = asyncio.Lock()
        self._read = 0

    async def start(self) -> None:
        """Set everything up as an owner does."""
        await asyncio.to_thread(self.archive.mkdir, parents=True)
        await asyncio.to_thread(self.fleet.__enter__)
        self._running.callback(self.fleet.__exit__)
        await self.hass.start()
        self._running.push_async_callback(self._stop)
        await self._running.enter_async_context(self._client)
        await self._enter()
        await self._prepare_sights()
        await self._install()
        await self.hass.stop()
        await asyncio.to_thread(self._hurry)
        await self.hass.start()
        await self._enter()

    async def _enter(self) -> None:
        """Log in and wait until all of Home Assistant runs, which may take minutes on a busy machine."""
        for _ in range(PATIENCE):
            with suppress(TimeoutError):
                return await self._client.enter()
        raise HassError("Home Assistant does not get ready")

    async def _prepare_sights(self) -> None:
        """Have the cameras' other pictures encoded: slow the first time."""
        for sight in (*SIGHTS, ""):
            await self.fault(1, "sight", sight=sight)

    async def _install(self) -> None:
        kindergarten = Kindergarten(self._client)
        steps: dict[str, Mapping[str, Any]] = {
            "user": {"name": "Sun", "profile": "other"},
            "folder": {"path": str(self.archive)},
            "folder_notes": choose("accept_folder"),
            "retention": {"retention_days": 30},
        }
        answer = await self._client.flow(FLOWS, "kindergarten", steps)
        if next_flow := answer.get("next_flow"):
            await self._client.request("DELETE", f"{SUBENTRY_FLOWS}/{next_flow[1]}")
        for number in range(1, self.cameras + 1):
            await kindergarten.add_camera(
                NewCamera(
                    name=f"Camera {number}", room="Group", kind="group", sub_path="sub",
                    url=self.fleet.url(f"cam{number}"), user="viewer", password="kindergarten",
                )
            )  # fmt: skip
        await kindergarten.raise_alarms_after(self._grace_s)
        await self._client.request(
            "POST", "/api/services/kindergarten/install_blueprints?return_response", {"language": "en"}
        )

    def _hurry(self) -> None:
        """Have the cameras' pictures looked at often, in rooms that are open, and make the automations."""
        path = self.hass.folder / ".storage/core.config_entries"
        stored = json.loads(path.read_text(encoding="utf-8"))
        entry = next(each for each in stored["data"]["entries"] if each["domain"] == "kindergarten")
        entry["options"] |= {"look_s": LOOK_S}
        # A dark room is no news while nobody is there.
        for room in entry["subentries"]:
            if room["subentry_type"] == "room":
                room["data"]["opening"] = {"days": list(WEEKDAYS), "from": "00:00:00", "to": "23:59:00"}
        path.write_text(json.dumps(stored), encoding="utf-8")
        made = [
            {
                "id": name,
                "alias": name,
                "use_blueprint": {
                    "path": f"kindergarten/{name}.yaml",
                    "input": {"phones": [PHONE], "more": [], **inputs},
                },
            }
            for name, inputs in BLUEPRINTS.items()
            if (self.hass.folder / f"blueprints/automation/kindergarten/{name}.yaml").exists()
        ]
        # Every JSON is YAML.
        (self.hass.folder / "automations.yaml").write_text(json.dumps(made), encoding="utf-8")

    async def hold_everything(self) -> None:
        """Have everything held that was and will be recorded today."""
        now = datetime.now(UTC)
        states = await self._client.request("GET", "/api/states")
        wanted = {
            "cameras": [each["entity_id"] for each in states if each["entity_id"].startswith("camera.")],
            "start": (now - timedelta(hours=3)).isoformat(),
            "end": (now + timedelta(hours=1)).isoformat(),
            "reason": "bench",
        }
        await self._client.request("POST", "/api/services/kindergarten/hold", wanted)

    def look(self) -> list[Line]:
        """Return everything that was told so far."""
        path = self.hass.folder / "witness.jsonl"
        if path.exists():
            with path.open("rb") as file:
                file.seek(self._read)
                while (line := file.readline()).endswith(b"\n"):
                    self._read += len(line)
                    self.lines.append(json.loads(line))
        return self.lines

    async def told(self, wanted: Callable[[Line], bool], since_s: float, deadline_s: float) -> Line | None:
        """Wait for the first line since a time that is wanted; `None` when none came in time."""
        until_s = time.monotonic() + deadline_s
        while True:
            found = next((line for line in self.look() if line["t"] >= since_s and wanted(line)), None)
            if found or time.monotonic() > until_s:
                return found
            await asyncio.sleep(0.2)

    def state(self, key: str, device: str) -> str | None:
        """Return the newest state of an entity that was told."""
        return next(
            (
                str(line["state"])
                for line in reversed(self.look())
                if line["kind"] == "state" and (line["key"], line["device"]) == (key, device)
            ),
            None,
        )

    def engines(self) -> list[int]:
        """Return the recorder's processes."""
        return engines(self.folder)

    async def fault(self, camera: int, fault: str, **arguments: object) -> None:
        """Switch a fault of a camera; one at a time, for the cameras hear through one pipe."""
        async with self._switching:
            await asyncio.to_thread(partial(self.fleet.fault, f"cam{camera}", fault, **arguments))

    async def _stop(self) -> None:
        await self.hass.stop()
        await asyncio.to_thread(stop_engines, self.folder)

    async def stop(self) -> None:
        """Stop everything."""
        await self._running.aclose()
