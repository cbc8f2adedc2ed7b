"""What a viewing is sent ends with it: not a byte of a picture goes out after its end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import ClientError, ClientSession, web
from aiohttp.test_utils import TestServer
import pytest

from custom_components.kindergarten.engine.people.records import Device
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
async def served(watched: Viewing) -> AsyncIterator[str]:
    """Send a picture to whoever asks for this address."""

    async def send(request: web.Request) -> web.StreamResponse:
        return Sent(watched, PICTURE, "image/jpeg")

    app = web.Application()
    app.router.add_get("/", send)
    async with TestServer(app) as server:
        yield str(server.make_url("/"))


async def fetch(address: str) -> bytes:
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
