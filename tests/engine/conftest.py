"""The engine under test, loaded as its own process loads it."""

from hypothesis import HealthCheck, settings
import pytest
import pytest_socket

from tests import engine_package

engine_package.load()

# The same inputs each time, and none is too slow: what is found by chance is for `script/fuzz`.
settings.register_profile("engine", derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
settings.load_profile("engine")


@pytest.fixture(autouse=True)
def real_sockets(socket_enabled: None) -> None:
    """The engine talks to cameras and clients on this machine."""
    pytest_socket.enable_socket()
    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
