"""A group of two families whose room may be watched, and the owner who lets them in."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from playwright.async_api import Browser

from tests.instance.client import Client
from tests.instance.kindergarten import SUBENTRY_FLOWS, Kindergarten

from .phones import Phone, open_phone

ROOM: Final = "Ромашка"
CHILD, OTHER_CHILD = "Алия Жаксыгулова", "Тимур Омаров"
MOTHER, FATHER = "Айгерим Жаксыгулова", "Данияр Омаров"
SHORT: Final = "Айгерим Ж."
PHONES: Final = {MOTHER: "+77015550101", FATHER: "+77015550202"}
ALMATY: Final = ZoneInfo("Asia/Almaty")
DAYS: Final = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
ALL_DAY: Final = {"days": DAYS, "from": "00:00:00", "to": "23:59:59"}


@dataclass(kw_only=True)
class Garden:
    """The owner's side of the portal, by the commands of the panel."""

    client: Client
    kindergarten: Kindergarten
    browser: Browser
    origin: str
    room_id: str
    guardians: Mapping[str, str]
    children: Mapping[str, str]
    secrets: list[str] = field(default_factory=list)
    recorded_since: datetime = field(default_factory=lambda: datetime.now(ALMATY))
    taken: AsyncExitStack = field(default_factory=AsyncExitStack)
    phones: dict[str, Phone] = field(default_factory=dict)
    figures: dict[str, float] = field(default_factory=dict)

    async def command(self, kind: str, **fields: Any) -> Any:
        """Send one of our websocket commands."""
        return await self.client.command(f"kindergarten/{kind}", **fields)

    async def take_phone(self, name: str) -> Phone:
        """Open a phone that stays until the last test."""
        self.phones[name] = phone = await self.taken.enter_async_context(
            open_phone(self.browser, self.origin)
        )
        return phone

    async def invite(self, guardian: str) -> tuple[str, str]:
        """Return an invitation's link and its code."""
        [made] = await self.command("ways/invite", guardian_ids=[self.guardians[guardian]])
        self.secrets += [made["link"].rpartition(".")[2], made["code"]]
        return made["link"], made["code"]

    async def set_hours(self, opening: Mapping[str, object]) -> None:
        """Change when the room is open, in the room's own form."""
        entry_id = await self.kindergarten.entry_id()
        answer = await self.client.flow(
            SUBENTRY_FLOWS,
            [entry_id, "room"],
            {"room": room_form(opening), "reconfigure": room_form(opening)},
            subentry_id=self.room_id,
        )
        assert answer["reason"] == "reconfigure_successful", answer

    async def pause(self, *, on: bool) -> None:
        """Turn the room's switch for a privacy pause."""
        states = await self.kindergarten.states("privacy_pause")
        [switch] = [each for each in states if each.startswith("switch.") and "romashka" in each]
        await self.client.request(
            "POST", f"/api/services/switch/turn_{'on' if on else 'off'}", {"entity_id": switch}
        )

    async def devices(self, guardian: str) -> list[dict[str, Any]]:
        """Return a guardian's phones that may come in, the newest first."""
        found = await self.command("devices/list", guardian_id=self.guardians[guardian])
        return sorted(
            (each for each in found if each["alive"] and not each["revoked_us"]),
            key=lambda each: -int(each["made_us"]),
        )

    async def holds(self) -> list[dict[str, Any]]:
        """Return what the recorder keeps from deletion."""
        answer = await self.client.request(
            "POST", "/api/services/kindergarten/list_holds?return_response", {}
        )
        return list(answer["service_response"]["holds"])


def room_form(opening: Mapping[str, object]) -> dict[str, object]:
    """Return what the owner fills in for the room."""
    return {
        "name": ROOM,
        "kind": "group",
        "recording": "always",
        "opening": dict(opening),
        "quiet": {},
        "parents": {"shown": True},
    }


async def plant(client: Client, kindergarten: Kindergarten, browser: Browser, origin: str) -> Garden:
    """Add the room and the families, and open the portal to them, as an owner does."""
    answer = await client.flow(
        SUBENTRY_FLOWS,
        [await kindergarten.entry_id(), "room"],
        {"user": room_form(ALL_DAY), "room": room_form(ALL_DAY)},
    )
    assert answer["type"] == "create_entry", answer
    room_id = (await kindergarten.subentries("room"))[ROOM]
    garden = Garden(
        client=client,
        kindergarten=kindergarten,
        browser=browser,
        origin=origin,
        room_id=room_id,
        guardians={},
        children={},
    )
    await garden.command("portal/set", portal_enabled=True, portal_origin=origin, confirm=True)
    group = (await garden.command("people/group/save", name=ROOM, room_id=room_id))["id"]
    children, guardians = {}, {}
    since = (datetime.now(ALMATY) - timedelta(days=30)).date().isoformat()
    for guardian, child in ((MOTHER, CHILD), (FATHER, OTHER_CHILD)):
        saved = await garden.command("people/child/save", name=child, group_id=group, from_day=since)
        children[child] = saved["id"]
        saved = await garden.command(
            "people/guardian/save",
            name=guardian,
            phone=PHONES[guardian],
            language="ru",
            valid_from=since,
            children=[saved["id"]],
        )
        guardians[guardian] = saved["id"]
    garden.children, garden.guardians = children, guardians
    paper = [{"guardian_id": guardians[FATHER], "child_id": children[OTHER_CHILD]}]
    for purpose in ("parent_live", "recording_notice"):
        await garden.command("people/consents/tick", entries=paper, purpose=purpose)
    return garden


async def away_from_midnight() -> None:
    """Wait until the kindergarten's day has a while to go, and has begun a while ago: nothing crosses its end."""
    while (now := datetime.now(ALMATY)).time() >= time(23, 58) or now.time() < time(0, 1):
        await asyncio.sleep(1)
