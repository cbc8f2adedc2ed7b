"""What all our entities share: their devices, and when they speak."""

from collections.abc import Callable, Hashable, Iterable
import time
from typing import Final, override

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity
from homeassistant.util.signal_type import SignalType

from .archive.protocol import CameraStatus
from .const import CONF_CAMERA_ID, DOMAIN, SUBENTRY_CAMERA, SUBENTRY_ROOM
from .coordinator import KindergartenConfigEntry, KindergartenCoordinator

CALM_S: Final = 300.0
"""While all is well a figure is written no more often than this."""

SIGNAL_CAMERAS_CHANGED: Final = SignalType[()](f"{DOMAIN}_cameras_changed")

type EntityFactory = Callable[[KindergartenCoordinator, ConfigSubentry], Iterable[Entity]]


@callback
def async_add_camera_entities(
    entry: KindergartenConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    make: EntityFactory,
) -> None:
    """Add the entities of every camera, those of later ones too, each to its subentry."""
    _add_entities(entry, async_add_entities, make, SUBENTRY_CAMERA)


@callback
def async_add_room_entities(
    entry: KindergartenConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    make: EntityFactory,
) -> None:
    """Add the entities of every room, those of later ones too, each to its subentry."""
    _add_entities(entry, async_add_entities, make, SUBENTRY_ROOM)


def _add_entities(
    entry: KindergartenConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    make: EntityFactory,
    kind: str,
) -> None:
    coordinator = entry.runtime_data.coordinator
    known: set[str] = set()

    @callback
    def add_new() -> None:
        for subentry in entry.get_subentries_of_type(kind):
            if subentry.subentry_id not in known:
                known.add(subentry.subentry_id)
                async_add_entities(make(coordinator, subentry), config_subentry_id=subentry.subentry_id)

    add_new()
    entry.async_on_unload(async_dispatcher_connect(coordinator.hass, SIGNAL_CAMERAS_CHANGED, add_new))


class KindergartenEntity(CoordinatorEntity[KindergartenCoordinator]):
    """Speaks at once when something changes, and calmly about figures."""

    _attr_has_entity_name = True
    _written_s = 0.0
    _written_for: Hashable = None

    @property
    @override
    def available(self) -> bool:
        """Return what `_read` found."""
        return self._attr_available

    def _read(self) -> None:
        """Take our state from the coordinator; what is not measured yet is unknown."""
        self._attr_available = not self.coordinator.data.silent

    def _news(self) -> Hashable:
        """Return what is told at once when it changes."""
        return self._attr_available

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self._read()
        self._written_s, self._written_for = time.monotonic(), self._news()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        self._read()
        now_s, news = time.monotonic(), self._news()
        if news == self._written_for and now_s - self._written_s < CALM_S:
            return
        self._written_s, self._written_for = now_s, news
        self.async_write_ha_state()


class SiteEntity(KindergartenEntity):
    """Belongs to the kindergarten as a whole."""

    def __init__(self, coordinator: KindergartenCoordinator, description: EntityDescription) -> None:
        """Take the description's place on the site's device."""
        super().__init__(coordinator)
        self.entity_description = description
        entry_id = coordinator.entry.entry_id
        self._attr_unique_id = f"{entry_id}_{description.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, entry_id)})


class RoomEntity(KindergartenEntity):
    """Belongs to one room."""

    def __init__(
        self, coordinator: KindergartenCoordinator, room: ConfigSubentry, description: EntityDescription
    ) -> None:
        """Take the description's place on the room's device."""
        super().__init__(coordinator)
        self.entity_description = description
        self.room_id = room.subentry_id
        self._attr_unique_id = f"{room.subentry_id}_{description.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, room.subentry_id)})


class CameraDeviceEntity(KindergartenEntity):
    """Belongs to one camera."""

    def __init__(
        self, coordinator: KindergartenCoordinator, subentry: ConfigSubentry, description: EntityDescription
    ) -> None:
        """Take the description's place on the camera's device."""
        super().__init__(coordinator)
        self.entity_description = description
        self.camera_id: str = subentry.data[CONF_CAMERA_ID]
        self._attr_unique_id = f"{self.camera_id}_{description.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, self.camera_id)})

    @property
    def status(self) -> CameraStatus | None:
        """Return what is known of the camera."""
        return self.coordinator.data.camera(self.camera_id)

    @override
    def _news(self) -> Hashable:
        return self._attr_available, self.status and self.status.state
