"""A kindergarten with an open portal, as a test sees it: families, invitations, browsers."""

import asyncio
from dataclasses import dataclass, field
from datetime import date
from http.cookies import SimpleCookie
from itertools import count
import json
from typing import Any, Final
from urllib.parse import urlsplit

from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.kindergarten.const import WEEKDAYS
from custom_components.kindergarten.engine.people.people import People
from custom_components.kindergarten.engine.people.records import Invitation
from custom_components.kindergarten.engine.people.snapshot import Snapshot
from custom_components.kindergarten.families import Families
from custom_components.kindergarten.portal.me import RULES_VERSION
from custom_components.kindergarten.portal.portal import Portal
from tests.integration.fake_archive import settle

PREFIX: Final = "/api/kindergarten/portal"
ALWAYS: Final = {"days": list(WEEKDAYS), "from": "00:00:00", "to": "23:59:59"}
LONG_AGO: Final = date(2020, 1, 1)
_NUMBERS = count(1)


@dataclass
class Answer:
    """What a browser heard."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """Return the content."""
        return json.loads(self.body)

    @property
    def code(self) -> object:
        """Return why the answer is no."""
        return self.json.get("code")


@dataclass
class Browser:
    """A phone's browser: keeps the cookies it is given, and says where it comes from."""

    site: Site
    cookies: dict[str, str] = field(default_factory=dict)
    token: str | None = None
    agent: str = "Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Mobile Safari/537.36"

    async def ask(
        self, method: str, path: str, body: object = None, headers: dict[str, str | None] | None = None
    ) -> Answer:
        """Ask for an address below the portal's; a header that is `None` is left out."""
        sent: dict[str, str | None] = {"User-Agent": self.agent}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        data = None
        if method == "POST":
            data = body if isinstance(body, bytes) else json.dumps({} if body is None else body).encode()
            sent |= {
                "Origin": self.site.origin,
                "Content-Type": "application/json",
                "X-Kindergarten-Token": self.token,
            }
        sent |= headers or {}
        response = await self.site.client.request(
            method,
            PREFIX + path,
            data=data,
            headers={name: value for name, value in sent.items() if value is not None},
            allow_redirects=False,
        )
        return await self._hear(response)

    async def get(self, path: str, **headers: str | None) -> Answer:
        """Look at something."""
        return await self.ask("GET", path, headers=headers)

    async def post(self, path: str, body: object = None, **headers: str | None) -> Answer:
        """Change something."""
        return await self.ask("POST", path, body, headers)

    async def sign_in(self) -> Any:
        """Ask who we are, and remember the token, as the page does."""
        me = await self.get("/me")
        assert me.status == 200, me
        self.token = me.json["token"]
        return me.json

    async def _hear(self, response: ClientResponse) -> Answer:
        for line in response.headers.getall("Set-Cookie", []):
            for name, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
        return Answer(response.status, dict(response.headers), await response.read())


@dataclass
class Family:
    """A guardian, their child and the child's room, by id."""

    site: Site
    guardian: str
    child: str
    group: str
    room: str

    async def watcher(self) -> Browser:
        """Return a browser that may watch: it is let in, and the rules are accepted."""
        browser = await self.phone()
        assert (await browser.post("/me/rules", {"version": RULES_VERSION})).status == 200
        return browser

    async def invitation(self) -> Invitation:
        """Return a new way in."""
        return await self.site.families.do(People.invite, self.guardian)

    async def phone(self, browser: Browser | None = None) -> Browser:
        """Return a browser that has redeemed an invitation."""
        browser = browser or self.site.browser()
        answer = await browser.post("/invite/redeem", redemption(await self.invitation()))
        assert answer.status == 200, answer
        await browser.sign_in()
        return browser


class Site:
    """The kindergarten, its portal and its people."""

    def __init__(self, hass: HomeAssistant, entry: MockConfigEntry, client: TestClient[Any, Any]) -> None:
        """Take what the test has."""
        self.hass = hass
        self.entry = entry
        self.client = client
        self.origin = f"http://127.0.0.1:{client.port}"

    @property
    def portal(self) -> Portal:
        """Return the portal."""
        portal: Portal = self.entry.runtime_data.portal
        return portal

    @property
    def families(self) -> Families:
        """Return the holder of the people."""
        families: Families = self.entry.runtime_data.families
        return families

    @property
    def snapshot(self) -> Snapshot:
        """Return the people as they are."""
        return self.families.snapshot

    async def do(self, method: Any, *args: Any, **details: Any) -> Any:
        """Change people."""
        return await self.families.do(method, *args, **details)

    async def noted(self) -> None:
        """Wait until whatever was begun to be written down is: one thread does it, one thing after the other."""
        await self.do(lambda people: people.generation)

    async def quiet(self) -> None:
        """Wait until the ledger has heard of every change so far."""
        async with asyncio.timeout(60):
            while not await self.do(lambda people: people.generation == people.mirrored):
                await asyncio.sleep(0.02)
        await settle(self.hass)

    async def set(self, **options: object) -> None:
        """Change options of the kindergarten."""
        self.hass.config_entries.async_update_entry(self.entry, options={**self.entry.options, **options})
        await settle(self.hass)

    async def open(self) -> None:
        """Switch the portal on."""
        await self.set(portal_enabled=True, portal_origin=self.origin)

    def room(self, title: str) -> str:
        """Return a room's id."""
        found: str = next(each.subentry_id for each in self.entry.subentries.values() if each.title == title)
        return found

    async def change_room(self, title: str, **data: object) -> None:
        """Change a room."""
        room = self.entry.subentries[self.room(title)]
        self.hass.config_entries.async_update_subentry(self.entry, room, data={**room.data, **data})
        await settle(self.hass)

    def browser(self) -> Browser:
        """Return a browser without cookies."""
        return Browser(self)

    async def group(self, room_title: str) -> str:
        """Return the group of a room, made when there is none."""
        room_id = self.room(room_title)
        for found in self.snapshot.groups_in(room_id):
            return found.id
        return await self.families.do(People.add_group, f"Group of {room_title}", room_id)

    async def guardian(self, name: str, **details: Any) -> str:
        """Add a guardian."""
        phone = f"+7701{next(_NUMBERS):07}"
        added: str = await self.do(People.add_guardian, name, phone, "ru", LONG_AGO, **details)
        return added

    async def family(self, name: str, child_name: str, room_title: str, agrees: bool = True) -> Family:
        """Add a guardian with a child in a room."""
        group = await self.group(room_title)
        child = await self.do(People.add_child, child_name)
        await self.do(People.enrol, child, group, LONG_AGO)
        guardian = await self.guardian(name)
        await self.do(People.link, guardian, child)
        if agrees:
            for purpose in ("parent_live", "recording_notice"):
                await self.do(People.tick_consents, [(guardian, child)], purpose)
        return Family(self, guardian, child, group, self.room(room_title))


def redemption(invitation: Invitation, **changes: object) -> dict[str, object]:
    """Return what a page sends for an invitation."""
    return {
        "id": invitation.id,
        "secret": invitation.secret,
        "code": invitation.code,
        "nonce": "nonce-of-one-tap",
        **changes,
    }


def wrong_code(invitation: Invitation, off: int = 1) -> str:
    """Return a code that is surely not the invitation's."""
    return f"{(int(invitation.code) + off) % 1_000_000:06}"


def host_of(origin: str) -> str:
    """Return host and port of an origin."""
    return urlsplit(origin).netloc
