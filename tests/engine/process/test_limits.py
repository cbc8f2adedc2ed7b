"""What other processes of the machine, and faults of its own, can do to the engine."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
import logging
import os
from pathlib import Path
import re
import signal
import time

from aiohttp import web
import pytest

from kindergarten_engine.log import Patience
from kindergarten_engine.recorder.serve.door import MOST, STRANGERS, Door

from .rig import EngineProcess, camera, config, uid, until, wait_for_end

PATIENCE_S = 0.7

type Pipe = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def knock(port: int, request: bytes = b"") -> AsyncIterator[Pipe]:
    """Connect to the live listener and send something."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        yield reader, writer
    finally:
        writer.close()


async def left(pipe: Pipe, within_s: float) -> bool:
    """Tell whether the other end hangs up in time."""
    try:
        async with asyncio.timeout(within_s):
            while await pipe[0].read(1000):
                pass
    except TimeoutError:
        return False
    except ConnectionError:
        return True
    return True


@pytest.fixture
async def request_line(engine: EngineProcess) -> bytes:
    """Return a request with a good token for a camera that does not answer."""
    await engine.start()
    await engine.ask("PUT", "config", config(None, camera(1, "rtsp://127.0.0.1:9/")))
    token = (await engine.ask("GET", "status"))["cameras"][uid(1)]["live"]["token"]
    return f"GET /live/{uid(1)}.ts?auth={token} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


def descriptors(engine: EngineProcess) -> int:
    """Return how many files and sockets the engine has open."""
    return len(list(Path(f"/proc/{engine.pid}/fd").iterdir()))


async def test_strangers_cannot_take_the_place_of_players(engine: EngineProcess, request_line: bytes) -> None:
    port = (await engine.ask("GET", "hello"))["live_port"]
    async with AsyncExitStack() as stack:
        early = await stack.enter_async_context(knock(port, request_line))
        assert b"200 OK" in await early[0].readuntil(b"\r\n\r\n")
        before = descriptors(engine)
        for _ in range(200):
            await stack.enter_async_context(knock(port))
        late = await stack.enter_async_context(knock(port, request_line))
        assert b"200 OK" in await late[0].readuntil(b"\r\n\r\n")
        await until(lambda: descriptors(engine) <= before + STRANGERS + 2)
        assert not await left(early, 0.2)
    assert "out of system resource" not in engine.log()


async def test_no_more_players_than_there_is_room_for(engine: EngineProcess, request_line: bytes) -> None:
    port = (await engine.ask("GET", "hello"))["live_port"]
    async with AsyncExitStack() as stack:
        players: list[Pipe] = []
        for _ in range(MOST):
            players.append(await stack.enter_async_context(knock(port, request_line)))
            assert b"200 OK" in await players[-1][0].readuntil(b"\r\n\r\n")
        assert await left(await stack.enter_async_context(knock(port, request_line)), 150)
        assert not await left(players[0], 0.1)


@pytest.mark.parametrize(
    "sent", [b"", b"GET /live/", b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"]
)
@pytest.mark.usefixtures("socket_enabled")
async def test_who_does_not_ask_is_hung_up_on(sent: bytes) -> None:
    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        await request.read()
        return web.Response()

    runner = web.ServerRunner(Door(answer, patience_s=PATIENCE_S))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    began_s = time.monotonic()
    async with knock(runner.addresses[0][1], sent) as pipe:
        assert await left(pipe, 150)
    assert time.monotonic() - began_s >= PATIENCE_S, "nobody is hung up on at once"
    await runner.cleanup()


async def test_wrong_question_ends_the_connection(engine: EngineProcess) -> None:
    port = (await engine.start())["live_port"]
    for head in (
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n",
    ):
        async with knock(port, head) as pipe:
            assert await left(pipe, 150)


async def test_process_may_open_many_files_and_leaves_no_image_of_its_memory(engine: EngineProcess) -> None:
    await engine.start()
    limits = Path(f"/proc/{engine.pid}/limits").read_text(encoding="ascii")
    soft, hard = re.findall(r"^Max open files +(\w+) +(\w+)", limits, re.MULTILINE)[0]
    assert int(soft) >= min(int(hard), 65_536)
    # 1 is what the kernel takes for "not even through a pipe" (core(5) knows it from recursion).
    assert set(re.findall(r"^Max core file size +(\w+) +(\w+)", limits, re.MULTILINE)[0]) <= {"0", "1"}


async def test_crash_is_told_by_the_next_process(engine: EngineProcess) -> None:
    await engine.start()
    os.kill(engine.pid, signal.SIGABRT)
    assert await asyncio.to_thread(wait_for_end, engine.pid)
    faults = engine.state / "faults.log"
    assert "Fatal Python error: Aborted" in faults.read_text(encoding="utf-8")
    await engine.start()
    await until(lambda: "Fatal Python error: Aborted" in engine.log())
    await until(lambda: faults.stat().st_size == 0)


def record(message: str) -> logging.LogRecord:
    """Return a record of a message."""
    return logging.LogRecord("asyncio", logging.ERROR, "", 0, message, None, None)


def test_same_message_is_logged_a_few_times_a_minute() -> None:
    now_s = 0.0
    patience = Patience(lambda: now_s)
    passed = [patience.filter(record("out of system resource")) for _ in range(1000)]
    assert sum(passed) == 5
    assert patience.filter(record("another message"))
    now_s = 60.0
    again = record("out of system resource")
    assert patience.filter(again)
    assert again.getMessage() == "out of system resource (and 995 times more)"


def test_messages_without_end_take_no_memory_without_end() -> None:
    patience = Patience(lambda: 0.0)
    assert all(patience.filter(record(f"message {number}")) for number in range(5000))
    assert len(patience._said) <= 256
