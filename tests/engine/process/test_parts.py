"""What the engine gives for parents: live parts of sub streams, and pictures with lines burned in."""

import asyncio
from collections.abc import AsyncIterator, Iterator
import contextlib
import io
import json
from pathlib import Path
import time
from typing import Any

import aiohttp
from PIL import Image, ImageChops
import pytest
import pytest_socket

from tests.cameras import TEST_SUB, Fleet, SimulatedCamera
from tests.cameras.check import check_files

from .rig import EngineProcess, camera, config, uid, until

type Message = tuple[dict[str, Any], bytes]


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    """Return a camera with two streams."""
    pytest_socket.enable_socket()
    with Fleet([SimulatedCamera(name="one", main=TEST_SUB, sub=TEST_SUB)]) as fleet:
        yield fleet


@pytest.fixture
async def engine(running: EngineProcess) -> EngineProcess:
    """Return an engine without cameras."""
    await running.answering()
    await running.ask("PUT", "config", config(None))
    return running


async def record(engine: EngineProcess, fleet: Fleet, sub: str | None = "sub") -> None:
    """Have the camera recorded."""
    one = fleet["one"]
    await engine.ask(
        "PUT", "config", config(None, camera(1, one.url(), sub={"url": one.url(sub)} if sub else None))
    )


@contextlib.asynccontextmanager
async def watching(engine: EngineProcess) -> AsyncIterator[AsyncIterator[Message]]:
    """Open the parts of the camera."""

    async def messages(response: aiohttp.ClientResponse) -> AsyncIterator[Message]:
        while line := await response.content.readline():
            head = json.loads(line)
            yield head, await response.content.readexactly(head["bytes"])

    async with (
        engine.session() as session,
        session.get(f"http://engine/v1/cameras/{uid(1)}/sub/parts") as response,
    ):
        assert response.status == 200
        yield messages(response)


async def take(messages: AsyncIterator[Message], parts: int, within_s: float = 150) -> list[Message]:
    """Return messages until there are so many parts."""
    found: list[Message] = []
    async with asyncio.timeout(within_s):
        async for message in messages:
            if message[0]["kind"] != "beat":
                found.append(message)
            if sum(head["kind"] == "part" for head, _ in found) == parts:
                break
    return found


async def marked(engine: EngineProcess, **body: Any) -> tuple[int, bytes, int]:
    """Return status, body and time of a picture."""
    wanted = {"stream": "sub", "height": 360, "quality": 60, "lines": [], **body}
    async with (
        engine.session() as session,
        session.post(f"http://engine/v1/cameras/{uid(1)}/picture", json=wanted) as response,
    ):
        return response.status, await response.read(), int(response.headers.get("X-Time-Us", 0))


async def of_one_key_frame(
    engine: EngineProcess, *wanted: list[str], **body: Any
) -> list[tuple[int, bytes, int]]:
    """Return pictures with different lines: asked for at once, all of the same moment."""

    async def ask() -> list[tuple[int, bytes, int]]:
        answers = await asyncio.gather(*(marked(engine, lines=lines, **body) for lines in wanted))
        return answers if len({at_us for _, _, at_us in answers}) == 1 else []

    found: list[tuple[int, bytes, int]] = await until(ask)
    return found


async def test_parts_begin_at_a_key_frame_and_play(
    engine: EngineProcess, fleet: Fleet, tmp_path: Path
) -> None:
    began_us = time.time() * 1e6
    await record(engine, fleet)
    async with watching(engine) as messages:
        (init, data), *parts = await take(messages, 3)
    assert (init["kind"], init["codec"], init["browser"]) == ("init", "h264", True)
    heads = [head for head, _ in parts]
    assert heads[0]["key"]
    assert [head["n"] for head in heads] == list(range(heads[0]["n"], heads[0]["n"] + 3))
    assert all(0 < head["end_us"] - head["utc_us"] <= 1_100_000 for head in heads)
    assert began_us - 5_000_000 < heads[0]["utc_us"] < heads[-1]["end_us"] < time.time() * 1e6 + 5_000_000
    path = tmp_path / "live.mp4"
    path.write_bytes(data + b"".join(body for _, body in parts))
    assert check_files([path]).whole


async def test_watching_opens_a_sub_stream_once_for_all(engine: EngineProcess, fleet: Fleet) -> None:
    await record(engine, fleet)
    before = fleet["one"].connects("sub")
    async with watching(engine) as first:
        await take(first, 1)
        async with watching(engine) as second:
            await take(second, 1)
    assert fleet["one"].connects("sub") == before + 1


async def test_a_warm_sub_stream_shows_at_once_what_was_there_before(
    engine: EngineProcess, fleet: Fleet
) -> None:
    await record(engine, fleet)
    before = len(fleet["one"].sent("sub"))
    answer = await engine.ask("POST", "warm", {"cameras": [uid(1), uid(2)], "ttl_s": 60})
    assert answer == {"cameras": [uid(1)]}
    await until(lambda: len(fleet["one"].sent("sub")) > before + 10)
    asked_us = time.time() * 1e6
    async with watching(engine) as messages:
        _, (head, _) = await take(messages, 1)
    assert head["utc_us"] < asked_us, "a stream that is opened only now would begin with a later picture"
    assert await engine.ask("POST", "warm", {"cameras": [], "ttl_s": 60}) == {"cameras": []}


async def test_a_camera_without_a_sub_stream_has_no_parts(engine: EngineProcess, fleet: Fleet) -> None:
    await record(engine, fleet, sub=None)
    assert await engine.answer("GET", f"cameras/{uid(1)}/sub/parts") == (
        404,
        {"code": "no_sub", "text": "this camera has no sub stream", "field": None},
    )
    assert (await marked(engine))[0] == 404


async def test_parts_end_with_the_camera(engine: EngineProcess, fleet: Fleet) -> None:
    await record(engine, fleet)
    async with watching(engine) as messages:
        await take(messages, 1)
        await engine.ask("PUT", "config", config(None))
        async with asyncio.timeout(150):
            assert [head async for head, _ in messages if head["kind"] == "init"] == []


async def test_a_reader_that_hangs_does_not_hold_up_another(engine: EngineProcess, fleet: Fleet) -> None:
    await record(engine, fleet)
    async with watching(engine), watching(engine) as quick:
        assert len([head for head, _ in await take(quick, 4) if head["kind"] == "part"]) == 4


async def test_lines_are_burned_into_a_picture_and_nothing_else_changes(
    engine: EngineProcess, fleet: Fleet
) -> None:
    await record(engine, fleet)
    await engine.ask("POST", "warm", {"cameras": [uid(1)], "ttl_s": 60})
    await marked(engine)
    plain, with_lines = await of_one_key_frame(engine, [], ["Әйгерім С.", "K7F2"])
    pictures = [Image.open(io.BytesIO(body)).convert("L") for _, body, _ in (plain, with_lines)]
    assert pictures[0].size == (320, 180)
    changed = ImageChops.difference(*pictures).point(lambda value: 255 if value > 60 else 0)
    left, top, right, bottom = changed.getbbox() or (0, 0, 0, 0)
    assert 50 < right - left < 250
    assert 20 < bottom - top < 60
    assert len(with_lines[1]) < 60_000


async def test_a_picture_can_be_of_the_main_stream_and_no_higher_than_480_lines(
    engine: EngineProcess, fleet: Fleet
) -> None:
    began_us = time.time() * 1e6
    await record(engine, fleet, sub=None)
    status, body, at_us = await marked(engine, stream="main", height=120, lines=["x"])
    assert (status, Image.open(io.BytesIO(body)).size[1]) == (200, 120)
    assert began_us - 20_000_000 < at_us < time.time() * 1e6 + 5_000_000
    for wrong in ({"height": 720}, {"lines": ["x" * 41]}, {"lines": ["x"] * 4}, {"lines": ["a\nb"]}):
        assert (await marked(engine, **wrong))[0] == 400, wrong


async def test_what_is_burned_in_is_not_logged(engine: EngineProcess, fleet: Fleet) -> None:
    await record(engine, fleet)
    await marked(engine, lines=["Canaryname"])
    await marked(engine, lines=["Canaryname"], height=720)
    assert "Canaryname" not in engine.log()


async def test_each_reader_gets_lines_of_their_own(engine: EngineProcess, fleet: Fleet) -> None:
    await record(engine, fleet, sub=None)
    pictures = await asyncio.gather(*(marked(engine, stream="main", lines=[f"reader {n}"]) for n in range(8)))
    assert all(status == 200 for status, _, _ in pictures)
    assert len({body for _, body, _ in pictures}) == 8


async def test_lines_keep_off_the_edges_which_pages_round(engine: EngineProcess, fleet: Fleet) -> None:
    await record(engine, fleet, sub=None)
    wanted = [[], *([f"reader {n}", "22.11.2026 21:45"] for n in range(6))]
    answers = await of_one_key_frame(engine, *wanted, stream="main")
    plain, *lined = [Image.open(io.BytesIO(body)).convert("L") for _, body, _ in answers]
    width, height = plain.size
    for picture in lined:
        changed = ImageChops.difference(plain, picture).point(lambda value: 255 if value > 60 else 0)
        left, top, right, bottom = changed.getbbox() or (0, 0, 0, 0)
        assert min(left, top, width - right, height - bottom) >= width // 50
