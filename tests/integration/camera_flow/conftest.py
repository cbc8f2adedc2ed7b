"""A kindergarten to which cameras are added."""

from pathlib import Path

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.kindergarten.flows import find
from tests.integration.fake_archive import FakeSupervisor, load
from tests.integration.flow_kit import (
    PlayedArchive,
    camera,
    entry_of,
    room,
)


@pytest.fixture(autouse=True)
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for no browser to listen."""
    monkeypatch.setattr(find, "LEAST_S", 0)


@pytest.fixture
def archive() -> PlayedArchive:
    """The archive that answers for the cameras."""
    return PlayedArchive()


@pytest.fixture
async def entry(hass: HomeAssistant, tmp_path: Path, supervisor: FakeSupervisor) -> MockConfigEntry:
    """A kindergarten with two rooms and no camera."""
    kindergarten = entry_of(
        tmp_path, room("sunflowers", "Sunflowers", "group"), room("toilet", "Toilet", "toilet")
    )
    return await load(hass, kindergarten)


@pytest.fixture
async def entry_with_camera(
    hass: HomeAssistant, tmp_path: Path, supervisor: FakeSupervisor
) -> MockConfigEntry:
    """A kindergarten with a camera."""
    kindergarten = entry_of(
        tmp_path,
        room("sunflowers", "Sunflowers", "group"),
        room("yard", "Yard", "yard"),
        camera("door", "Door", room="yard", sub_path="/stream2"),
    )
    return await load(hass, kindergarten)
