"""Tells how many parents watch a room now; whose eyes they are, Home Assistant never learns."""

from collections.abc import Hashable
from typing import Final, override

from homeassistant.components.sensor import SensorEntity, SensorEntityDescription, SensorStateClass
from homeassistant.core import callback

from .entity import RoomEntity
from .portal.viewings import Watched

DESCRIPTION: Final = SensorEntityDescription(
    key="viewers", translation_key="viewers", state_class=SensorStateClass.MEASUREMENT
)


class ViewersSensor(RoomEntity, SensorEntity):
    """The number of phones that see a room just now, moving pictures or stills."""

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        viewings = self.coordinator.entry.runtime_data.portal.viewings
        self.async_on_remove(viewings.async_listen(self._hear))

    @callback
    def _hear(self, watched: Watched) -> None:
        if watched.room_id == self.room_id:
            self._handle_coordinator_update()

    @override
    def _read(self) -> None:
        self._attr_native_value = self.coordinator.entry.runtime_data.portal.viewings.watching(self.room_id)

    @override
    def _news(self) -> Hashable:
        return self._attr_native_value
