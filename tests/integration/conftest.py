"""What every test inside Home Assistant needs."""

from collections.abc import Iterator
from unittest.mock import patch

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import pytest_socket

# Imported before `hass` starts: Home Assistant would bind its own test package of this name.
import custom_components.kindergarten  # noqa: F401

from .fake_archive import (
    BEDROOM,
    PLAYROOM,
    FakeArchive,
    FakeSupervisor,
    camera,
    kindergarten_entry,
    load,
    room,
)


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


@pytest.fixture
def archive() -> FakeArchive:
    """Return an archive in memory."""
    return FakeArchive()


@pytest.fixture
def supervisor(archive: FakeArchive) -> Iterator[FakeSupervisor]:
    """Let the integration find that archive instead of an engine's process."""
    fake = FakeSupervisor(archive)
    with patch("custom_components.kindergarten.Supervisor", fake):
        yield fake


@pytest.fixture
async def kindergarten(hass: HomeAssistant, supervisor: FakeSupervisor) -> MockConfigEntry:
    """Return a loaded kindergarten with two cameras in two rooms."""
    entry = kindergarten_entry(
        room("Playroom"), camera(PLAYROOM, "By the window"), room("Bedroom"), camera(BEDROOM, "At the door")
    )
    return await load(hass, entry)
