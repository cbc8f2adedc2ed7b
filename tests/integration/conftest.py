"""What every test inside Home Assistant needs."""

from collections.abc import Iterator

import pytest
import pytest_socket

# Imported before `hass` starts: Home Assistant would bind its own test package of this name.
import custom_components.kindergarten  # noqa: F401


@pytest.fixture(autouse=True)
def our_integration(enable_custom_integrations: None) -> None:
    """Let Home Assistant load what lies in `custom_components`."""


@pytest.fixture(autouse=True)
def real_sockets(socket_enabled: None) -> Iterator[None]:
    """Allow sockets of this machine: the engine's, cameras' and the web server's."""
    pytest_socket.enable_socket()
    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
    yield
    pytest_socket.disable_socket(allow_unix_socket=True)
