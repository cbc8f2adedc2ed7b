"""Switches: parents see nothing of a room for some minutes; whether a camera's picture is watched."""

from collections.abc import Hashable
from typing import Any, Final, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import KindergartenConfigEntry
from .entity import RoomEntity, async_add_camera_entities, async_add_room_entities
from .judgement import profile_of
from .news import SIGNAL_PAUSES
from .picture_entities import SWITCH as WATCH_DESCRIPTION, WatchPicture

PARALLEL_UPDATES = 1

ATTR_UNTIL: Final = "until"

DESCRIPTION: Final = SwitchEntityDescription(key="privacy_pause", translation_key="privacy_pause")


async def async_setup_entry(
    hass: HomeAssistant, entry: KindergartenConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add a switch for every room and every camera."""
    async_add_room_entities(
        entry,
        async_add_entities,
        lambda coordinator, room: [PrivacyPauseSwitch(coordinator, room, DESCRIPTION)],
    )
    async_add_camera_entities(
        entry,
        async_add_entities,
        lambda coordinator, camera: [WatchPicture(coordinator, camera, WATCH_DESCRIPTION)],
    )


class PrivacyPauseSwitch(RoomEntity, SwitchEntity):
    """On while parents see nothing of the room; ends by itself, whatever happens to Home Assistant."""

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(
            async_dispatcher_connect(self.hass, SIGNAL_PAUSES, self._handle_coordinator_update)
        )

    @override
    def _read(self) -> None:
        data = self.coordinator.entry.runtime_data
        # Whether the recorder answers does not matter: recording goes on during a pause as well.
        self._attr_available = data.families.available
        until = data.pauses.until(self.room_id)
        self._attr_is_on = until is not None
        self._attr_extra_state_attributes = {ATTR_UNTIL: until.isoformat() if until else None}

    @override
    def _news(self) -> Hashable:
        return self._attr_available, self._attr_is_on, self._attr_extra_state_attributes[ATTR_UNTIL]

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        entry = self.coordinator.entry
        data = entry.runtime_data
        minutes = profile_of(entry).duties.privacy_pause_min.value
        by = data.people.id_of(self._context.user_id if self._context else None)
        await data.pauses.async_pause(self.room_id, minutes, by)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        await self.coordinator.entry.runtime_data.pauses.async_resume(self.room_id)
