"""Sets up a kindergarten in a Home Assistant, through the same flows as an owner, and watches it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
import io
from pathlib import Path
import re
from typing import Any

import av

from .client import Client
from .hass import HassError

FLOWS = "/api/config/config_entries/flow"
SUBENTRY_FLOWS = "/api/config/config_entries/subentries/flow"
OPTIONS_FLOWS = "/api/config/config_entries/options/flow"
DOMAIN = "kindergarten"


@dataclass(frozen=True, kw_only=True)
class NewCamera:
    """What an owner types for a camera; the room is made when there is none of that name."""

    name: str
    room: str
    kind: str
    url: str
    sub_path: str = ""
    user: str = ""
    password: str = ""


def choose(step: str) -> Mapping[str, str]:
    """Return what is posted for a choice in a menu."""
    return {"next_step_id": step}


class Kindergarten:
    """The integration as its owner's browser sees it."""

    def __init__(self, client: Client) -> None:
        """Use a logged-in owner."""
        self.client = client

    async def entry_id(self) -> str | None:
        """Return the id of our entry, if there is one."""
        entries = await self.client.command("config_entries/get", domain=DOMAIN)
        return next((entry["entry_id"] for entry in entries), None)

    async def subentries(self, kind: str) -> dict[str, str]:
        """Return the ids of the rooms or cameras by their names."""
        listed = await self.client.command("config_entries/subentries/list", entry_id=await self.entry_id())
        return {item["title"]: item["subentry_id"] for item in listed if item["subentry_type"] == kind}

    async def install(self, name: str, archive: Path, days: int = 30) -> None:
        """Add the integration."""
        steps: dict[str, Mapping[str, Any]] = {
            "user": {"name": name, "profile": "kz_2026"},
            "folder": {"path": str(archive)},
            "adopt": choose("adopt_archive"),
            "folder_notes": choose("accept_folder"),
            "retention": {"retention_days": days},
        }
        answer = await self.client.flow(FLOWS, DOMAIN, steps)
        if answer["type"] != "create_entry":
            raise HassError(f"the integration was not added: {answer}")
        if next_flow := answer.get("next_flow"):
            await self.client.request("DELETE", f"{SUBENTRY_FLOWS}/{next_flow[1]}")

    async def add_camera(self, camera: NewCamera) -> None:
        """Add a camera; the flow opens its stream."""
        rooms = await self.subentries("room")
        form = {
            "name": camera.name,
            "room": rooms.get(camera.room, "new"),
            "host": camera.url,
            "username": camera.user,
            "password": camera.password,
            "sub_path": camera.sub_path,
        }
        steps: dict[str, Mapping[str, Any]] = {
            "user": choose("rtsp"),
            "rtsp": form,
            "new_room": {"name": camera.room, "kind": camera.kind},
            "found": choose("save"),
        }
        answer = await self.client.flow(SUBENTRY_FLOWS, [await self.entry_id(), "camera"], steps)
        if answer["type"] != "create_entry":
            raise HassError(f"the camera {camera.name} was not added: {answer}")

    async def raise_alarms_after(self, seconds: int) -> None:
        """Set in the options for how long any trouble of a camera is no alarm yet."""
        grace = {"hours": 0, "minutes": 0, "seconds": seconds}
        form = {f"grace_{name}_s": grace for name in ("recording", "picture", "outside")}
        steps: dict[str, Mapping[str, Any]] = {"init": choose("alerts"), "alerts": form}
        answer = await self.client.flow(OPTIONS_FLOWS, await self.entry_id(), steps)
        if answer["type"] != "create_entry":
            raise HassError(f"the options were not saved: {answer}")

    async def states(self, translation_key: str) -> dict[str, dict[str, Any]]:
        """Return our entities of one kind with their states, by entity id."""
        registry = await self.client.command("config/entity_registry/list")
        ours = {
            item["entity_id"]
            for item in registry
            if item["platform"] == DOMAIN and item["translation_key"] == translation_key
        }
        states = await self.client.request("GET", "/api/states")
        return {state["entity_id"]: state for state in states if state["entity_id"] in ours}

    async def cameras_recording(self) -> int:
        """Return how many camera entities say that they record."""
        states = await self.client.request("GET", "/api/states")
        return sum(
            state["entity_id"].startswith("camera.") and state["state"] == "recording" for state in states
        )

    async def browse(self, *identifier: str) -> list[dict[str, Any]]:
        """Return the children of a place in the media browser."""
        content = "media-source://" + "/".join((DOMAIN, *identifier))
        answer = await self.client.command("media_source/browse_media", media_content_id=content)
        children: list[dict[str, Any]] = answer["children"]
        return children

    async def newest_hour(self, camera: str) -> str | None:
        """Return the media id of a camera's newest hour with footage; `camera` is its media id."""
        days = await self.browse(*camera.removeprefix(f"media-source://{DOMAIN}/").split("/"))
        newest = max(
            days, key=lambda day: date.fromisoformat(day["media_content_id"].rpartition("/")[2]), default=None
        )
        if newest is None:
            return None
        hours = await self.browse(newest["media_content_id"].removeprefix(f"media-source://{DOMAIN}/"))
        return next((hour["media_content_id"] for hour in reversed(hours) if hour["can_play"]), None)

    async def play(self, media_id: str) -> str:
        """Return the path of a playlist for a piece of the media browser."""
        answer = await self.client.command("media_source/resolve_media", media_content_id=media_id)
        path: str = answer["url"]
        return path

    async def playlist(self, path: str) -> str:
        """Return the text of a playlist."""
        status, body = await self.client.fetch(path, login=False)
        if status != 200:
            raise HassError(f"the playlist answered {status}")
        return body.decode()

    async def footage(self, path: str, playlist: str, seconds: float = 3) -> bytes:
        """Return the newest stretch of a playlist as one fragmented MP4, fetched without a login."""
        base = path.partition("?")[0].rpartition("/")[0]
        found = re.findall(r'#EXT-X-MAP:URI="([^"]+)"|#EXTINF:([\d.]+),[^\n]*\n([^#\n]+)', playlist)
        parts: list[str] = []
        length = 0.0
        for init, duration, segment in reversed(found):
            if init:
                parts.insert(0, init)
                break
            if length < seconds:
                parts.insert(0, segment)
                length += float(duration)
        data = bytearray()
        for part in parts:
            status, body = await self.client.fetch(f"{base}/{part}", login=False)
            if status != 200:
                raise HassError(f"a segment answered {status}")
            data += body
        return bytes(data)


def playlist_seconds(playlist: str) -> float:
    """Return the length of everything in a playlist."""
    return sum(float(duration) for duration in re.findall(r"#EXTINF:([\d.]+)", playlist))


def decoded_pictures(footage: bytes) -> int:
    """Decode footage and return how many pictures there are; raises `av.FFmpegError`."""
    with av.open(io.BytesIO(footage), mode="r") as container:
        return sum(1 for _ in container.decode(video=0))


async def wait_until_recorded(
    kindergarten: Kindergarten, seconds: float, deadline_s: float
) -> dict[str, float]:
    """Wait until every camera has footage of `seconds`; returns what each has, by its title."""
    recorded: dict[str, float] = {}
    async with asyncio.timeout(deadline_s):
        while not recorded or min(recorded.values()) < seconds:
            await asyncio.sleep(1)
            for camera in await kindergarten.browse():
                hour = await kindergarten.newest_hour(camera["media_content_id"])
                length = 0.0
                if hour is not None:
                    path = await kindergarten.play(hour)
                    length = playlist_seconds(await kindergarten.playlist(path))
                recorded[camera["title"]] = max(length, recorded.get(camera["title"], 0.0))
    return recorded
