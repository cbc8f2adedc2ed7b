"""Who calls the actions, and where."""

from homeassistant.core import Context, HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser


@pytest.fixture(autouse=True)
async def zone(hass: HomeAssistant, kindergarten: MockConfigEntry) -> None:
    """Live in Kazakhstan, five hours east."""
    await hass.config.async_set_time_zone("Asia/Almaty")


@pytest.fixture
def person(hass_admin_user: MockUser) -> Context:
    """Return an administrator at the keyboard."""
    return Context(user_id=hass_admin_user.id)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at long tasks without waiting."""
    monkeypatch.setattr("custom_components.kindergarten.long_tasks.POLL_S", 0.0)
