"""Buttons: keep what a room's cameras saw, hide it from parents for some minutes, learn a picture anew."""

from typing import Final, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import KindergartenConfigEntry
from .entity import RoomEntity, async_add_camera_entities, async_add_room_entities
from .holds import async_hold_incident
from .judgement import profile_of
from .picture_entities import LEARN, LearnPicture

PARALLEL_UPDATES = 1

ATTR_DOES: Final = "does"

INCIDENT: Final = ButtonEntityDescription(key="incident", translation_key="incident")
PAUSE: Final = ButtonEntityDescription(key="privacy_pause", translation_key="privacy_pause")


async def async_setup_entry(
    hass: HomeAssistant, entry: KindergartenConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the buttons of every room, which anybody may press, and of every camera, which administrators may."""
    async_add_room_entities(
        entry,
        async_add_entities,
        lambda coordinator, room: [
            IncidentButton(coordinator, room, INCIDENT),
            PrivacyPauseButton(coordinator, room, PAUSE),
        ],
    )
    async_add_camera_entities(
        entry, async_add_entities, lambda coordinator, camera: [LearnPicture(coordinator, camera, LEARN)]
    )


class IncidentButton(RoomEntity, ButtonEntity):
    """Holds the last and the next minutes of a room."""

    # A blueprint is given a room and must find this button: names follow the language of the house.
    _attr_extra_state_attributes = {ATTR_DOES: INCIDENT.key}

    @override
    async def async_press(self) -> None:
        await async_hold_incident(self.coordinator.entry, self.room_id, self._context)


class PrivacyPauseButton(RoomEntity, ButtonEntity):
    """Begins a privacy pause, or begins the one that runs anew: what a button on a wall can do."""

    _attr_extra_state_attributes = {ATTR_DOES: PAUSE.key}

    @override
    def _read(self) -> None:
        self._attr_available = self.coordinator.entry.runtime_data.families.available

    @override
    async def async_press(self) -> None:
        entry = self.coordinator.entry
        data = entry.runtime_data
        minutes = profile_of(entry).duties.privacy_pause_min.value
        by = data.people.id_of(self._context.user_id if self._context else None)
        await data.pauses.async_pause(self.room_id, minutes, by)
