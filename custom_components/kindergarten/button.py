"""A button for every room: something happened here, keep what the cameras saw."""

from typing import Final, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN
from .coordinator import KindergartenConfigEntry, KindergartenCoordinator
from .entity import KindergartenEntity, async_add_room_entities
from .holds import async_hold_incident

PARALLEL_UPDATES = 1

DESCRIPTION: Final = ButtonEntityDescription(key="incident", translation_key="incident")


async def async_setup_entry(
    hass: HomeAssistant, entry: KindergartenConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add a button for every room."""
    async_add_room_entities(
        entry, async_add_entities, lambda coordinator, room: [IncidentButton(coordinator, entry, room)]
    )


class IncidentButton(KindergartenEntity, ButtonEntity):
    """Holds the last and the next minutes of a room; whoever may press buttons may press this one."""

    def __init__(
        self, coordinator: KindergartenCoordinator, entry: KindergartenConfigEntry, room: ConfigSubentry
    ) -> None:
        """Take our place on the room's device."""
        super().__init__(coordinator)
        self.entity_description = DESCRIPTION
        self._entry = entry
        self._room_id = room.subentry_id
        self._attr_unique_id = f"{room.subentry_id}_{DESCRIPTION.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, room.subentry_id)})

    @override
    async def async_press(self) -> None:
        await async_hold_incident(self._entry, self._room_id, self._context)
