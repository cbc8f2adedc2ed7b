"""Playing what a server keeps: its own playlist with our names in it, its own bytes, nothing else."""

from io import BytesIO
import time

import av
from av.container import InputContainer
import pytest

from kindergarten_engine.errors import RequestError
from kindergarten_engine.frigate.footage import Footage
from tests.frigate_stand_in import Settings, StandIn
from tests.frigate_stand_in.faults import Kind

from .conftest import Connect

MINUTE_US = 60_000_000


def names(playlist: str) -> list[str]:
    """Return the files of a playlist, the init segment first."""
    first = [line.split('"')[1] for line in playlist.splitlines() if "MAP" in line]
    return [*first, *(line for line in playlist.splitlines() if not line.startswith("#"))]


async def test_a_stretch_plays_from_every_version(server: StandIn, connect: Connect) -> None:
    footage = Footage(connect(server), "cam1")
    start = (time.time_ns() // 1000) - 60 * MINUTE_US
    listed = names(await footage.playlist(start, start + MINUTE_US))
    assert all(name.startswith("vod/") for name in listed)
    data = b""
    for name in listed[:3]:
        async with footage.part(start, start + MINUTE_US, name.removeprefix("vod/")) as (_, parts):
            data += b"".join([part async for part in parts])
    film = av.open(BytesIO(data))
    assert isinstance(film, InputContainer)
    assert len(list(film.decode(video=0))) > 10
    film.close()


async def test_only_files_of_a_playlist_have_a_name(server: StandIn, connect: Connect) -> None:
    footage = Footage(connect(server), "cam1")
    start = (time.time_ns() // 1000) - 60 * MINUTE_US
    for name in ("../../../api/config", "index.m3u8", "seg-1-v1.m4s/../x", "seg%2e.ts", ""):
        with pytest.raises(RequestError) as raised:
            async with footage.part(start, start + MINUTE_US, name):
                pass
        assert raised.value.code == "not_found"
    assert server.control.asked() == []


@pytest.mark.parametrize("kind", ["html", "bytes", "redirect", "huge", "status"])
async def test_a_playlist_that_is_none_is_refused(kind: Kind, connect: Connect) -> None:
    with StandIn(Settings(version="0.17", cameras=1, days=1)) as server:
        footage = Footage(connect(server), "cam1")
        server.control.fault("/vod/.*", kind)
        start = (time.time_ns() // 1000) - 60 * MINUTE_US
        with pytest.raises(RequestError) as raised:
            await footage.playlist(start, start + MINUTE_US)
        assert raised.value.code in {"unavailable", "no_footage"}


async def test_where_nothing_was_recorded_nothing_plays(server: StandIn, connect: Connect) -> None:
    footage = Footage(connect(server), "cam1")
    start = (time.time_ns() // 1000) - 20 * 24 * 60 * MINUTE_US
    with pytest.raises(RequestError) as raised:
        await footage.playlist(start, start + MINUTE_US)
    assert raised.value.code == "no_footage"
    with pytest.raises(RequestError):
        await footage.still(start, 0)


async def test_a_still_is_a_picture_of_now_or_of_the_footage(server: StandIn, connect: Connect) -> None:
    footage = Footage(connect(server), "cam1")
    for at in (None, (time.time_ns() // 1000) - 60 * MINUTE_US):
        with av.open(BytesIO(await footage.still(at, 240)), format="jpeg_pipe") as picture:
            assert picture.streams.video[0].width > 0


async def test_a_still_of_the_footage_is_asked_for_as_high_as_it_is_wanted(
    server: StandIn, connect: Connect
) -> None:
    footage, at = Footage(connect(server), "cam1"), time.time_ns() // 1000 - 60 * MINUTE_US
    for height in (480, 0):
        await footage.still(at, height)
    asked = [each for each in server.control.asked() if str(each["path"]).endswith("/snapshot.jpg")]
    assert [each["query"] for each in asked] == ["height=480", ""]
