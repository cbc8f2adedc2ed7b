"""The live listener: one camera per token, and nothing else."""

import asyncio
import base64
from collections.abc import Iterator
from dataclasses import replace
import io
import itertools
from typing import Any

import aiohttp
import av
import pytest
import pytest_socket

from tests.cameras import ClipSpec, Fleet, SimulatedCamera

from .rig import EngineProcess, camera, config, uid, until

CLIP = ClipSpec(loop_s=10, gop_s=1, width=320, height=180, bitrate=150_000)


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    """Return a camera with a small picture, and one whose main stream no browser plays for sure."""
    pytest_socket.enable_socket()
    cameras = [
        SimulatedCamera(name="one", main=CLIP, sub=CLIP),
        SimulatedCamera(name="two", main=replace(CLIP, codec="h265"), sub=CLIP),
    ]
    with Fleet(cameras) as fleet:
        yield fleet


@pytest.fixture
async def engine(running: EngineProcess) -> EngineProcess:
    """Return an engine without cameras."""
    await running.answering()
    await running.ask("PUT", "config", config(None))
    return running


async def live_url(engine: EngineProcess, number: int) -> str:
    """Return the address of a camera's live stream."""
    status = await engine.ask("GET", "status")
    token = status["cameras"][uid(number)]["live"]["token"]
    return f"http://127.0.0.1:{status['live_port']}/live/{uid(number)}.ts?auth={token}"


def read(url: str, pictures: int) -> list[int]:
    """Return the times of decoded pictures of a stream."""
    with av.open(url, timeout=150, options={"analyzeduration": "300000"}) as stream:
        assert stream.format.name == "mpegts"
        times: list[int] = []
        for frame in stream.decode(video=0):
            assert frame.pts is not None
            times.append(frame.pts)
            if len(times) == pictures:
                break
    return times


async def test_player_reads_the_live_stream(engine: EngineProcess, fleet: Fleet) -> None:
    await engine.ask("PUT", "config", config(None, camera(1, fleet["one"].url())))
    times = await asyncio.to_thread(read, await live_url(engine, 1), 30)
    assert all(later > earlier for earlier, later in itertools.pairwise(times))


async def test_player_waits_for_a_camera_that_is_away(engine: EngineProcess, fleet: Fleet) -> None:
    fleet["one"].refuse()
    await engine.ask("PUT", "config", config(None, camera(1, fleet["one"].url())))
    async with aiohttp.ClientSession() as session, session.get(await live_url(engine, 1)) as response:
        assert response.status == 200
        assert response.content_type == "video/mp2t"
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await response.content.readany()
        fleet["one"].refuse(on=False)
        async with asyncio.timeout(150):
            assert (await response.content.readany())[0] == 0x47


async def test_stream_goes_on_over_a_break(engine: EngineProcess, fleet: Fleet) -> None:
    await engine.ask("PUT", "config", config(None, camera(1, fleet["one"].url())))
    before = len(fleet["one"].sent())
    reading = asyncio.create_task(asyncio.to_thread(read, await live_url(engine, 1), 100))
    await until(lambda: len(fleet["one"].sent()) >= before + 35)
    fleet["one"].hang_up()
    times = await reading
    assert all(later > earlier for earlier, later in itertools.pairwise(times))


async def test_sub_stream_is_shown_when_the_main_one_is_h265(engine: EngineProcess, fleet: Fleet) -> None:
    two = fleet["two"]
    await engine.ask("PUT", "config", config(None, camera(1, two.url(), sub={"url": two.url("sub")})))
    await asyncio.to_thread(read, await live_url(engine, 1), 5)
    assert two.connects("sub") == 1
    status = await engine.ask("GET", "status")
    assert status["cameras"][uid(1)]["live"]["stream"] == "sub"


async def answers(engine: EngineProcess, path: str, **more: Any) -> int:
    """Return the status of an answer of the live listener."""
    status = await engine.ask("GET", "status")
    async with aiohttp.ClientSession() as session:
        url = f"http://127.0.0.1:{status['live_port']}{path}"
        async with session.request(more.get("method", "GET"), url) as response:
            assert await response.read() == b""
            return response.status


async def test_nothing_else_is_served(engine: EngineProcess) -> None:
    await engine.ask(
        "PUT", "config", config(None, camera(1, "rtsp://127.0.0.1:9/"), camera(2, "rtsp://127.0.0.1:9/"))
    )
    good = (await live_url(engine, 1)).partition("=")[2]
    for path in (
        "/",
        "/v1/hello",
        f"/live/{uid(1)}.ts",
        f"/live/{uid(1)}.ts?auth=",
        f"/live/{uid(1)}.ts?auth=%F0%9F%98%80",
        f"/live/{uid(1)}.ts?auth={good[:-1]}",
        f"/live/{uid(2)}.ts?auth={good}",
        f"/live/../live/{uid(3)}.ts?auth={good}",
    ):
        assert await answers(engine, path) == 404, path
    assert await answers(engine, f"/live/{uid(1)}.ts?auth={good}", method="POST") == 404


async def test_probe_says_what_a_camera_sends(engine: EngineProcess, fleet: Fleet) -> None:
    status, answer = await engine.answer("POST", "probe", {"source": {"url": fleet["two"].url()}})
    assert status == 200
    assert (answer["video"]["codec"], answer["video"]["width"]) == ("h265", 320)
    assert base64.b64decode(answer["still"])[:2] == b"\xff\xd8"
    status, answer = await engine.answer("POST", "probe", {"source": {"url": "rtsp://127.0.0.1:9/"}})
    assert (status, answer["code"]) == (422, "refused")


async def test_newest_picture_is_a_jpeg_of_the_asked_height(engine: EngineProcess, fleet: Fleet) -> None:
    await engine.ask("PUT", "config", config(None, camera(1, fleet["one"].url())))

    async def picture() -> bytes:
        found, body = await engine.fetch(f"cameras/{uid(1)}/still.jpg", height=90)
        return body if found == 200 else b""

    with av.open(io.BytesIO(await until(picture)), "r", format="jpeg_pipe") as jpeg:
        assert next(jpeg.decode(video=0)).height == 90
