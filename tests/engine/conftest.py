"""The engine under test, loaded as its own process loads it."""

import pytest
import pytest_socket

from tests import engine_package

engine_package.load()


@pytest.fixture(autouse=True)
def real_sockets(socket_enabled: None) -> None:
    """The engine talks to cameras and clients on this machine."""
    pytest_socket.enable_socket()
    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
