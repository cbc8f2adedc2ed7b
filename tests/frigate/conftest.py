"""The engine's Frigate side under test, and servers to ask."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_socket

from kindergarten_engine.env import Env, RealEnv
from kindergarten_engine.frigate_api.client import FrigateClient
from kindergarten_engine.frigate_api.server import Server
from tests.frigate_stand_in import PASSWORD, Settings, StandIn

type Connect = Callable[..., FrigateClient]


@pytest.fixture(autouse=True)
def real_sockets(socket_enabled: None) -> None:
    """The stand-in listens on this machine."""
    pytest_socket.enable_socket()
    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


@pytest.fixture(params=["0.16", "0.17", "0.18"])
def server(request: pytest.FixtureRequest) -> Iterator[StandIn]:
    """Return a server of each version, with two cameras and three days of footage."""
    with StandIn(Settings(version=request.param, cameras=2, days=3)) as running:
        yield running


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    """Return a way to a server's doors; what was opened is closed after the test."""
    async with AsyncExitStack() as stack:

        def open_door(
            running: StandIn, *, user: str = "admin", env: Env | None = None, **more: str | None
        ) -> FrigateClient:
            pinned = {"trust": "pin", "fingerprint": running.fingerprint} if user else {}
            url = running.external_url if user else running.internal_url
            wanted: Any = {"url": url, "user": user, "secret": PASSWORD, **pinned, **more}
            client = FrigateClient(env or RealEnv(), Server(**wanted))
            stack.push_async_callback(client.close)
            return client

        yield open_door
