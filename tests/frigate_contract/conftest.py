"""The servers that the contract is checked against."""

from collections.abc import Iterator
import os

import pytest
import pytest_socket

from tests.frigate_stand_in import ADMIN, PASSWORD, Settings, StandIn

from .client import Server, login

VERSIONS = ("0.15", "0.16", "0.17", "0.18")
REAL_URL = os.environ.get("FRIGATE_URL")
"""A real server takes part as a version of its own name, so that its absence skips nothing."""

READ = [*VERSIONS, *(["real"] if REAL_URL else [])]
GUARDED = [*VERSIONS, *(["real"] if REAL_URL and os.environ.get("FRIGATE_USER") else [])]
WRITE = [*VERSIONS, *(["real"] if REAL_URL and os.environ.get("FRIGATE_WRITE") == "1" else [])]


@pytest.fixture(autouse=True)
def real_sockets(socket_enabled: None) -> None:
    """Servers are reached over TCP."""
    pytest_socket.enable_socket()


def _real() -> Server:
    assert REAL_URL
    user, password = os.environ.get("FRIGATE_USER"), os.environ.get("FRIGATE_PASSWORD", "")
    token = login(REAL_URL, user, password).cookie("frigate_token") if user else ""
    assert token is not None, "FRIGATE_USER and FRIGATE_PASSWORD are refused"
    return Server(url=REAL_URL.rstrip("/"), token=token, stand_in=None)


def _pretended(stand_in: StandIn) -> Server:
    token = login(stand_in.external_url, ADMIN, PASSWORD).cookie("frigate_token")
    assert token
    return Server(url=stand_in.external_url, token=token, stand_in=stand_in)


@pytest.fixture(scope="module", params=READ)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server that is only read; the tests of a file share it."""
    if request.param == "real":
        yield _real()
        return
    pytest_socket.enable_socket()
    with StandIn(Settings(version=request.param)) as stand_in:
        yield _pretended(stand_in)


@pytest.fixture(scope="module", params=GUARDED)
def guarded(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server that is only read, by its door with a login."""
    if request.param == "real":
        yield _real()
        return
    pytest_socket.enable_socket()
    with StandIn(Settings(version=request.param)) as stand_in:
        yield _pretended(stand_in)


@pytest.fixture(params=WRITE)
def writable(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server of the test's own that may be changed; a real one only by FRIGATE_WRITE=1."""
    if request.param == "real":
        yield _real()
        return
    with StandIn(Settings(version=request.param)) as stand_in:
        yield _pretended(stand_in)


@pytest.fixture(params=VERSIONS)
def stand_in(request: pytest.FixtureRequest) -> Iterator[StandIn]:
    """A stand-in of the test's own: time, disk and cameras do what the test wants."""
    with StandIn(Settings(version=request.param)) as found:
        yield found


@pytest.fixture
def pretended(stand_in: StandIn) -> Server:
    """The same with a login."""
    return _pretended(stand_in)
