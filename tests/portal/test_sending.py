"""What a viewing is sent ends with it: not a byte of a picture goes out after its end."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
import socket

from aiohttp import ClientError, ClientSession, web
from aiohttp.test_utils import TestServer
import pytest
from yarl import URL

from custom_components.kindergarten.engine.people.records import Device
from custom_components.kindergarten.portal import sending as module
from custom_components.kindergarten.portal.sending import Sent
from custom_components.kindergarten.portal.viewing import Ended, Viewing

PICTURE = b"picture-canary" * 1000


def viewing() -> Viewing:
    """Return a viewing that runs."""
    return Viewing(
        id="viewing",
        device=Device(
            id="phone",
            guardian_id="guardian",
            label="Chrome, Android",
            made_us=0,
            seen_us=0,
            idle_us=0,
            until_us=0,
            revoked_us=None,
            secret_hash=b"",
        ),
        guardian_id="guardian",
        pseudonym="p",
        room_id="room",
        camera="aa" * 16,
        mode="stills",
        has_sub=False,
        can_move=False,
        lines=("Aigerim C.", "ABCD"),
        began_us=0,
        not_before_us=0,
    )


@asynccontextmanager
async def served(watched: Viewing, body: bytes = PICTURE) -> AsyncIterator[URL]:
    """Send a picture to whoever asks for this address."""

    async def send(request: web.Request) -> web.StreamResponse:
        return Sent(watched, body, "image/jpeg")

    app = web.Application()
    app.router.add_get("/", send)
    async with TestServer(app) as server:
        yield server.make_url("/")


async def fetch(address: URL) -> bytes:
    """Return what comes until the connection ends, however it ends."""
    got = b""
    async with ClientSession() as session, session.get(address) as response:
        async for piece in response.content.iter_any():
            got += piece
    return got


@pytest.mark.usefixtures("real_sockets")
async def test_a_running_viewing_is_sent_everything() -> None:
    watched = viewing()
    async with served(watched) as address:
        assert await fetch(address) == PICTURE
    assert watched.sending == set()


@pytest.mark.usefixtures("real_sockets")
async def test_a_viewing_that_ended_before_its_picture_went_out_is_sent_nothing_of_it() -> None:
    watched = viewing()
    watched.stop(Ended.STOPPED, 0.0)
    async with served(watched) as address:
        with pytest.raises((ClientError, OSError)):
            await fetch(address)
    assert watched.sending == set()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not true():
            await asyncio.sleep(0.005)


@pytest.mark.usefixtures("real_sockets")
async def test_a_phone_that_takes_too_long_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SEND_S", 0.5)
    watched, body = viewing(), bytes(32 << 20)
    async with served(watched, body) as address:
        slow = socket.create_connection((address.host, address.port))
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        await until(lambda: bool(watched.sending))
        await until(lambda: not watched.sending)
        slow.setblocking(False)
        got = 0
        try:
            while piece := slow.recv(1 << 20):
                got += len(piece)
        except OSError:  # the connection was reset
            pass
        finally:
            slow.close()
    assert got < len(body)
    assert watched.end is None
