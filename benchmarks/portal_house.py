"""A kindergarten for the portal's bench: a real Home Assistant, simulated cameras, families with phones."""

import asyncio
from base64 import urlsafe_b64encode
from contextlib import AsyncExitStack
from datetime import date
import json
from pathlib import Path
import secrets
import time
from typing import Any, override

from custom_components.kindergarten.engine.people.people import People
from tests.cameras.fleet import FleetProcess
from tests.instance.client import Client
from tests.instance.engines import engines, stop_engines
from tests.instance.hass import Hass
from tests.instance.kindergarten import Kindergarten, NewCamera

PORTAL = "/api/kindergarten/portal"
PROBE = Path(__file__).parent / "loop_probe"


class ProbedHass(Hass):
    """A Home Assistant that tells how late its loop is."""

    @override
    def prepare(self) -> None:
        super().prepare()
        link = self.folder / "custom_components/loop_probe"
        if not link.exists():
            link.symlink_to(PROBE)
        with (self.folder / "configuration.yaml").open("a", encoding="utf-8") as file:
            file.write("loop_probe:\n")


class House:
    """Cameras that are recorded, one to a group's room, and guardians with a phone each."""

    def __init__(self, folder: Path, cameras: int, guardians: int) -> None:
        """Keep everything below `folder`."""
        self.folder = folder
        self.archive = folder / "archive"
        self.cameras = cameras
        self.guardians = guardians
        self.hass = ProbedHass(folder / "config")
        self.cookies: list[str] = []
        self._client = Client(self.hass.url)
        self._running = AsyncExitStack()

    @property
    def portal(self) -> str:
        """Return the portal's address."""
        return f"{self.hass.url}{PORTAL}"

    async def start(self, *fleet_arguments: str) -> None:
        """Set everything up as an owner does, and give every guardian a phone."""
        await asyncio.to_thread(self.archive.mkdir, parents=True)
        fleet = FleetProcess("--cameras", str(self.cameras), *fleet_arguments)
        await asyncio.to_thread(fleet.__enter__)
        self._running.callback(fleet.__exit__)
        await self.hass.start()
        self._running.push_async_callback(self._stop)
        await self._running.enter_async_context(self._client)
        await self._client.enter()
        kindergarten = Kindergarten(self._client)
        await kindergarten.install("Солнышко", self.archive)
        for number in range(1, self.cameras + 1):
            await kindergarten.add_camera(
                NewCamera(
                    name=f"Camera {number}",
                    room=f"Group {number}",
                    kind="group",
                    url=fleet.url(f"cam{number}"),
                    sub_path="sub",
                    user="viewer",
                    password="kindergarten",
                )
            )
        await self._recording(kindergarten)
        await self.hass.stop()
        rooms = await asyncio.to_thread(self._open_rooms)
        self.cookies = await asyncio.to_thread(self._add_families, rooms)
        await self.hass.start()
        await self._client.enter()
        await self._recording(kindergarten)

    async def _recording(self, kindergarten: Kindergarten) -> None:
        async with asyncio.timeout(60):
            while await kindergarten.cameras_recording() < self.cameras:
                await asyncio.sleep(0.5)

    def _open_rooms(self) -> list[str]:
        """Open the portal and the rooms, around the clock, in what Home Assistant has stored."""
        path = self.hass.folder / ".storage/core.config_entries"
        stored = json.loads(path.read_text(encoding="utf-8"))
        entry = next(each for each in stored["data"]["entries"] if each["domain"] == "kindergarten")
        entry["options"] |= {
            "portal_enabled": True,
            "portal_origin": self.hass.url,
            "portal_site_cap": self.guardians,
            "portal_room_cap": self.guardians,
        }
        rooms = [each for each in entry["subentries"] if each["subentry_type"] == "room"]
        days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
        for room in rooms:
            room["data"] |= {"shown": True, "opening": {"days": days, "from": "00:00", "to": "23:59:59"}}
        path.write_text(json.dumps(stored), encoding="utf-8")
        return [room["subentry_id"] for room in rooms]

    def _add_families(self, rooms: list[str]) -> list[str]:
        """Return the cookies of the guardians' phones; rooms take turns."""
        people = People.open(
            self.hass.folder / ".storage/kindergarten", lambda: time.time_ns() // 1000, secrets.token_bytes
        )
        groups = [people.add_group(f"Group {number}", room) for number, room in enumerate(rooms, start=1)]
        pairs, cookies = [], []
        for number in range(self.guardians):
            child = people.add_child(f"Child {number}")
            people.enrol(child, groups[number % len(groups)], date(2024, 1, 1))
            guardian = people.add_guardian(f"Айгерим Сатпаева {number}", "", "ru", date(2024, 1, 1))
            people.link(guardian, child)
            pairs.append((guardian, child))
            invitation = people.invite(guardian)
            device = people.redeem(
                invitation.id, invitation.secret, invitation.code, f"nonce {number}", "phone"
            )
            raw = bytes.fromhex(device.device_id) + device.secret.encode()
            cookies.append(f"__Secure-kindergarten={urlsafe_b64encode(raw).decode().rstrip('=')}")
            people.accept_rules(guardian, 1)
        for purpose in ("parent_live", "recording_notice"):
            people.tick_consents(pairs, purpose)
        people.close()
        return cookies

    async def lag(self) -> dict[str, Any]:
        """Return how late Home Assistant's loop was since this was asked last."""
        found: dict[str, Any] = await self._client.request("GET", "/api/loop_probe")
        return found

    def pids(self) -> list[int]:
        """Return Home Assistant's process and the engines."""
        return [self.hass.pid, *engines(self.folder)]

    async def _stop(self) -> None:
        await self.hass.stop()
        await asyncio.to_thread(stop_engines, self.folder)

    async def stop(self) -> None:
        """Stop everything."""
        await self._running.aclose()
