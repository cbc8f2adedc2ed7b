"""Loads the engine the way its own process does: under a package name of its own."""

import importlib.util
from pathlib import Path

import pytest
import pytest_socket

BOOT = Path(__file__).parents[2] / "custom_components/kindergarten/engine/boot.py"
_spec = importlib.util.spec_from_file_location("kindergarten_boot", BOOT)
assert _spec is not None
assert _spec.loader is not None
boot = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(boot)
boot.load()


@pytest.fixture(autouse=True)
def real_sockets(socket_enabled: None) -> None:
    """The engine talks to cameras and clients on this machine."""
    pytest_socket.enable_socket()
    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
