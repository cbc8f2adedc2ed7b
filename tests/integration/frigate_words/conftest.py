"""A house with and without a server that is played."""

from pathlib import Path

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from ..camera_flow.test_frigate_cameras import SERVER
from ..fake_archive import FakeSupervisor
from .kit import BEARS, FOUND, Served, house


@pytest.fixture
def archive() -> Served:
    """Return a recorder with a server that answers."""
    archive = Served()
    archive.server = FOUND
    return archive


@pytest.fixture
async def bare(hass: HomeAssistant, tmp_path: Path, supervisor: FakeSupervisor) -> MockConfigEntry:
    """Return a kindergarten without a server."""
    return await house(hass, tmp_path)


@pytest.fixture
async def entry(hass: HomeAssistant, tmp_path: Path, supervisor: FakeSupervisor) -> MockConfigEntry:
    """Return a kindergarten with a server and a camera of it."""
    return await house(hass, tmp_path, SERVER, BEARS)
