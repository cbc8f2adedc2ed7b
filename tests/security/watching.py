"""A phone that watches, as the portal's page does."""

import asyncio
from dataclasses import dataclass
import re
import socket
from typing import Any

from custom_components.kindergarten.portal.me import RULES_VERSION
from tests.portal.site import PREFIX, Answer, Browser, Family
from tests.stopwatch import Stopwatch


@dataclass
class Watching:
    """A phone and its viewing."""

    phone: Browser
    id: str
    answer: dict[str, Any]

    @property
    def below(self) -> str:
        """Return where the viewing's addresses begin."""
        return f"/v/{self.id}"

    async def live(self) -> Answer:
        """Ask for the playlist."""
        return await self.phone.get(f"{self.below}/live")

    async def segment(self) -> str:
        """Return the address of the newest segment."""
        answer = await self.live()
        assert answer.status == 200, answer
        return f"{self.below}/{re.findall(rb'^s/[0-9]+$', answer.body, re.MULTILINE)[-1].decode()}"

    async def init(self) -> str:
        """Return the address of the init segment."""
        answer = await self.live()
        found = re.search(rb'URI="(i/[0-9]+)"', answer.body)
        assert found is not None
        return f"{self.below}/{found[1].decode()}"

    async def beat(self, *, visible: bool = True, active: bool = True) -> Answer:
        """Give a sign of life."""
        return await self.phone.post(f"{self.below}/beat", {"visible": visible, "active": active})

    async def lost(self, within_s: float = 5.0) -> float:
        """Wait until nothing is given out any more; returns how many seconds that took."""
        watch = Stopwatch()
        async with asyncio.timeout(60):
            while True:
                answers = [await self.phone.get(f"{self.below}/{what}") for what in ("live", "still")]
                if all(answer.status == 404 for answer in answers):
                    return watch.seconds
                assert watch.seconds < within_s, answers
                await asyncio.sleep(0.05)


async def room_id(phone: Browser) -> str:
    """Return what the phone calls its first room."""
    me = await phone.get("/me")
    room: str = me.json["rooms"][0]["id"]
    return room


async def begin(phone: Browser) -> Answer:
    """Ask to watch the phone's first room."""
    return await phone.post("/viewings", {"room": await room_id(phone)})


async def watch(family: Family, phone: Browser | None = None) -> Watching:
    """Watch with a phone of a family, which may be a new one."""
    phone = phone or await family.phone()
    assert (await phone.post("/me/rules", {"version": RULES_VERSION})).status == 200
    answer = await begin(phone)
    assert answer.status == 201, answer
    return Watching(phone, answer.json["id"], answer.json)


class SlowReader:
    """A phone that asks for something and takes nothing of the answer until `rest`."""

    def __init__(self, phone: Browser, path: str) -> None:
        """Prepare to ask for `path`."""
        self._phone = phone
        self._path = path
        self._connection: socket.socket
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter

    async def ask(self) -> None:
        """Send the request and read no more than the system does by itself."""
        connection = self._connection = socket.create_connection(("127.0.0.1", self._phone.site.client.port))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._reader, self._writer = await asyncio.open_connection(sock=connection, limit=4096)
        transport = self._writer.transport
        assert isinstance(transport, asyncio.ReadTransport)
        transport.pause_reading()
        self._transport = transport
        cookies = "; ".join(f"{name}={value}" for name, value in self._phone.cookies.items())
        lines = [f"GET {PREFIX}{self._path} HTTP/1.1", f"Host: 127.0.0.1:{self._phone.site.client.port}"]
        self._writer.write("\r\n".join([*lines, f"Cookie: {cookies}", "", ""]).encode())
        await self._writer.drain()

    async def dropped(self) -> None:
        """Wait until the other side has given up, reading nothing."""
        established = 1
        async with asyncio.timeout(60):
            while self._connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == established:
                await asyncio.sleep(0.05)

    async def rest(self) -> int:
        """Read on to the end of the connection; returns the bytes that came."""
        self._transport.resume_reading()
        count = 0
        try:
            async with asyncio.timeout(60):
                while piece := await self._reader.read(1 << 20):
                    count += len(piece)
        except ConnectionError:
            pass
        finally:
            self._writer.close()
        return count
