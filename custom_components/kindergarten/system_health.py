"""A line of health for the system page, which every user may read: no paths, no addresses, no names."""

from typing import Any

from homeassistant.components.system_health import SystemHealthRegistration
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN
from .coordinator import KindergartenConfigEntry
from .engine.legal.facts import GOOD_LEDGER


@callback
def async_register(hass: HomeAssistant, register: SystemHealthRegistration) -> None:
    """Tell the system page whom to ask."""
    register.async_register_info(_async_health)


async def _async_health(hass: HomeAssistant) -> dict[str, Any]:
    entry: KindergartenConfigEntry | None = next(iter(hass.config_entries.async_loaded_entries(DOMAIN)), None)
    if entry is None or (status := entry.runtime_data.coordinator.data.status) is None:
        return {"recorder_answers": False}
    return {
        "recorder_answers": True,
        "archive_state": status.volume.state.value,
        "cameras": len(status.cameras),
        "cameras_recording": sum(camera.recording for camera in status.cameras.values()),
        "clock_sure": status.clock.trust > 0 if status.clock else None,
        "record_sound": status.ledger.state == GOOD_LEDGER if status.ledger else None,
        "archive_days": None if status.forecast.days is None else round(status.forecast.days, 1),
    }
